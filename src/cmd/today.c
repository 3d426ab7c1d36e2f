#include "cmd/today.h"

#include <limits.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/card.h"

static int estimate(const struct today *t, int spoken_seconds)
{
	return queue_estimate(spoken_seconds, t->pace_spent_ms, t->pace_spoken_ms);
}

/* Topics as small numbers: equal numbers, equal topics. */
static int topic_number(const char *const *topics, size_t count)
{
	for (size_t i = 0; i + 1 < count; i++)
		if (str_eq(topics[i], topics[count - 1]))
			return (int)i;
	return (int)count - 1;
}

struct candidate today_candidate(const struct today *t, const struct card_info *card,
				 enum card_state state)
{
	return (struct candidate){
		.card = card->key,
		.state = state,
		.ask_day = schedule_ask_day(&card->schedule),
		.interval = card->schedule.sm2.interval,
		.level = card->level,
		.tier = card->tier,
		.most_asked = card->most_asked,
		.position = card->position,
		.day_answers = card->schedule.last_day == t->day ? card->schedule.day_answers : 0,
		.seconds = estimate(t, card->seconds),
	};
}

/* Whether a card of the list may be asked now. */
static bool askable(const struct card_info *card, enum card_state state, bool ahead)
{
	if (state == STATE_NEW)
		return card->parent_passed;
	return state == STATE_DUE || state == STATE_AGAIN || (ahead && state == STATE_SCHEDULED);
}

static enum err_code listed_candidates(struct app *app, const struct query *query, bool ahead,
				       struct arena *arena, const struct today *t,
				       struct candidate **out, size_t *count, struct error *err)
{
	struct card_info *cards;
	const char **topics;
	size_t total;
	enum err_code rc = store_list_cards(app->store, query, t->day, app->settings.repeat_below,
					    arena, &cards, &total, err);

	if (rc)
		return rc;
	*out = arena_array(arena, total, sizeof(**out));
	topics = arena_array(arena, total + 1, sizeof(*topics));
	*count = 0;
	for (size_t i = 0; i < total; i++) {
		enum card_state state = schedule_state(&cards[i].schedule, cards[i].retired, t->day,
						       app->settings.repeat_below);

		if (!askable(&cards[i], state, ahead))
			continue;
		topics[*count] = cards[i].topic;
		(*out)[*count] = today_candidate(t, &cards[i], state);
		(*out)[*count].topic = topic_number(topics, *count + 1);
		++*count;
	}
	return ERR_NONE;
}

enum err_code today_plan(struct app *app, enum today_scope scope, const struct query *query,
			 struct arena *arena, struct today *out, struct error *err)
{
	const struct settings *set = &app->settings;
	struct candidate *candidates;
	struct plan_input in = {0};
	size_t count;
	enum err_code rc;

	memset(out, 0, sizeof(*out));
	out->day = app_today(app);
	rc = store_plan(app->store, out->day, set->repeat_below, set->level, set->new_cards, arena,
			&in, err);
	if (rc)
		return rc;
	out->next_due = in.next_due;
	out->pace_spent_ms = in.pace_spent_ms;
	out->pace_spoken_ms = in.pace_spoken_ms;
	out->budget = set->minutes * 60 - (int)(in.spent_ms / 1000);
	out->new_left = in.new_done < set->new_cards ? set->new_cards - in.new_done : 0;
	candidates = in.candidates;
	count = in.count;
	for (size_t i = 0; i < count; i++)
		candidates[i].seconds = estimate(out, candidates[i].seconds);
	if (query) {
		rc = listed_candidates(app, query, scope == TODAY_AHEAD, arena, out, &candidates,
				       &count, err);
		if (rc)
			return rc;
	}
	if (scope == TODAY_AHEAD) {
		queue_plan_all(&out->queue, candidates, count);
	} else {
		struct queue_rules rules = {.today = out->day,
					    .budget = out->budget,
					    .begun = in.spent_ms > 0,
					    .new_left = out->new_left,
					    .own = set->level};

		if (scope == TODAY_ALL_DUE) {
			rules.budget = INT_MAX;
			rules.new_left = 0;
		}
		queue_plan(&out->queue, candidates, count, &rules);
		out->backlog = query ? out->queue.left : in.due - out->queue.due;
	}
	return ERR_NONE;
}

void today_release(struct today *t)
{
	queue_release(&t->queue);
}

void today_summary(const struct today *t, struct strbuf *out)
{
	const struct queue *q = &t->queue;
	const char *comma = "";

	if (q->due) {
		strbuf_printf(out, "%zu due", q->due);
		comma = ", ";
	}
	if (q->fresh) {
		strbuf_printf(out, "%s%zu new", comma, q->fresh);
		comma = ", ";
	}
	if (q->again) {
		strbuf_printf(out, "%s%zu again", comma, q->again);
		comma = ", ";
	}
	if (q->count)
		strbuf_printf(out, "%sabout %d minute%s", comma, (q->seconds + 59) / 60,
			      q->seconds > 60 ? "s" : "");
	if (t->backlog)
		strbuf_printf(out, "%s%zu more due than fit today", comma, t->backlog);
}

/* "2 suspended", behind a comma where it is not the first. */
static void add_reason(struct strbuf *out, size_t cards, const char *reason)
{
	if (cards)
		strbuf_printf(out, "%s%zu %s", out->len ? ", " : "", cards, reason);
}

enum err_code today_why_not(struct app *app, const struct query *query, bool ahead,
			    struct strbuf *out, struct error *err)
{
	struct arena arena = ARENA_INIT;
	size_t in[STATE_RETIRED + 1] = {0}, locked = 0, count = 0;
	const char *parent = NULL;
	struct card_info *cards;
	int today = app_today(app), repeat_below = app->settings.repeat_below;
	enum err_code rc = store_list_cards(app->store, query, today, repeat_below, &arena, &cards,
					    &count, err);

	for (size_t i = 0; !rc && i < count; i++) {
		enum card_state state =
			schedule_state(&cards[i].schedule, cards[i].retired, today, repeat_below);

		if (state == STATE_NEW && !cards[i].parent_passed) {
			parent = cards[i].follows;
			locked++;
		} else {
			in[state]++;
		}
	}
	add_reason(out, in[STATE_DUE] + in[STATE_AGAIN], "due, but today's minutes are used");
	add_reason(out, in[STATE_NEW], "new, but no more new ones today");
	add_reason(out, in[STATE_SCHEDULED], ahead ? "not due" : "not due: --ahead practises them");
	add_reason(out, in[STATE_SUSPENDED], "suspended");
	add_reason(out, in[STATE_BURIED], "buried until tomorrow");
	add_reason(out, in[STATE_RETIRED], "no longer in a deck");
	if (locked == 1)
		add_reason(out, 1,
			   arena_printf(&arena, "follows %s, which was not passed yet", parent));
	else
		add_reason(out, locked, "follow cards that were not passed yet");
	arena_release(&arena);
	return rc;
}
