#include "cmd/study.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/refresh.h"
#include "cmd/today.h"
#include "cmd/upkeep.h"
#include "cmd/view.h"
#include "core/sitting.h"
#include "os/process.h"

/* What a graded card added to the counts, so that undo can take it back. */
struct graded {
	int64_t card;
	int64_t follow_up; /* put in behind it; 0 for none */
	int seconds;
	bool repeat, passed, fresh;
};

struct session {
	struct app *app;
	const struct study_options *options;
	struct arena arena;
	struct today today;
	struct sitting *sitting;
	struct graded *graded; /* in this sitting, newest last */
	size_t graded_count, graded_cap;
	bool resume; /* the next card is the one of `undone` */
	struct review undone;
	bool leaving;
};

static void say(struct app *app, enum style style, const char *text)
{
	out_wrap(app->out, style, 0, 0, text);
}

/* "2 of 9 - Django ORM - mid - due for 3 days" */
static void write_header(const struct session *s, const struct sitting_step *step,
			 const struct ask *a, struct strbuf *out)
{
	const char *dot = s->app->out->plain ? ", " : " \xC2\xB7 ";

	if (step->move == SITTING_ASK)
		strbuf_printf(out, "%zu of %zu%s", step->position, step->total, dot);
	strbuf_printf(out, "%s%s", a->info.deck_title, dot);
	if (a->info.level != LEVEL_ANY)
		strbuf_printf(out, "%s%s", level_name(a->info.level), dot);
	if (step->move == SITTING_REPEAT)
		strbuf_str(out, "again today, the short way");
	else if (step->item.state == STATE_NEW && a->info.follows)
		strbuf_str(out, "new, a follow-up");
	else if (a->info.schedule.ask_by != DAY_NONE &&
		 a->info.schedule.ask_by < a->info.schedule.due)
		strbuf_str(out, "due for a check");
	else
		view_when(&a->info.schedule, false, s->today.day, s->app->settings.repeat_below,
			  out);
}

static enum review_mode mode_of(const struct session *s, const struct sitting_step *step)
{
	if (step->move == SITTING_REPEAT)
		return MODE_REPEAT;
	return s->options->ahead ? MODE_PRACTICE : MODE_STUDY;
}

/* The best follow-up of a card that was just passed comes next; *added is its key or 0. */
static enum err_code add_follow_up(struct session *s, const struct ask *a, int64_t *added,
				   struct error *err)
{
	struct card_info *list;
	size_t count, best = 0;
	int best_score = -1;
	enum err_code rc = store_follow_ups(s->app->store, a->info.key, s->today.day, &s->arena,
					    &list, &count, err);

	for (size_t i = 0; !rc && i < count; i++) {
		int score = 0;

		for (size_t p = 0; p < list[i].probe_count; p++)
			if (a->assessed && !(a->mask >> (list[i].probes[p] - 1) & 1))
				score = 1;
		if (score > best_score) {
			best_score = score;
			best = i;
		}
	}
	if (!rc && best_score >= 0) {
		bool fresh = list[best].schedule.due == DAY_NONE;
		struct candidate c =
			today_candidate(&s->today, &list[best], fresh ? STATE_NEW : STATE_DUE);

		sitting_insert(s->sitting, &c);
		*added = c.card;
	}
	return rc;
}

static enum err_code after_grade(struct session *s, const struct sitting_step *step,
				 const struct ask *a, struct error *err)
{
	struct graded g = {
		.card = a->info.key,
		.seconds = a->seconds,
		.repeat = step->move == SITTING_REPEAT,
		.passed = a->grade >= SM2_PASS,
		.fresh = step->item.state == STATE_NEW,
	};
	enum err_code rc = ERR_NONE;

	if (g.seconds == SECONDS_UNKNOWN)
		g.seconds =
			g.repeat ? queue_repeat_seconds(step->item.seconds) : step->item.seconds;
	sitting_graded(s->sitting, a->grade, g.seconds);
	if (g.passed && !g.repeat && !s->options->ahead)
		rc = add_follow_up(s, a, &g.follow_up, err);
	mem_grow(&s->graded, s->graded_count, &s->graded_cap, sizeof(*s->graded));
	s->graded[s->graded_count++] = g;
	return rc;
}

/* Takes the newest review back; its card is asked next, from its final grade on. */
static enum err_code take_back(struct session *s, struct error *err)
{
	enum err_code rc = store_undo(s->app->store, app_now(s->app), &s->arena, &s->undone, err);

	if (rc == ERR_FOUND) {
		say(s->app, STYLE_FAINT, "Nothing to undo.");
		*err = (struct error)ERROR_INIT;
		return ERR_NONE;
	}
	if (rc)
		return rc;
	s->resume = true;
	if (s->graded_count && s->graded[s->graded_count - 1].card == s->undone.card) {
		sitting_drop(s->sitting, s->graded[--s->graded_count].follow_up);
		sitting_undo(s->sitting);
	} else {
		struct card_info info;

		rc = store_card_info(s->app->store, s->undone.card, &s->arena, &info, err);
		if (!rc) {
			struct candidate c = today_candidate(&s->today, &info, STATE_DUE);

			sitting_insert(s->sitting, &c);
		}
	}
	return rc;
}

static enum err_code ask_one(struct session *s, const struct sitting_step *step, struct error *err)
{
	struct strbuf header;
	struct ask a;
	bool resumed = s->resume && s->undone.card == step->item.card;
	enum err_code rc = ask_init(&a, s->app, step->item.card,
				    resumed ? s->undone.mode : mode_of(s, step), err);

	s->resume = false;
	if (rc == ERR_FOUND || (!rc && a.info.retired)) { /* gone from its deck meanwhile */
		*err = (struct error)ERROR_INIT;
		rc = ERR_NONE;
		sitting_drop(s->sitting, step->item.card);
		ask_release(&a);
		return rc;
	}
	if (rc) {
		ask_release(&a);
		return rc;
	}
	strbuf_init(&header, 1000);
	write_header(s, step, &a, &header);
	a.header = header.buf;
	a.first = s->graded_count == 0;
	if (resumed)
		ask_resume(&a, &s->undone);
	rc = ask_run(&a, err);
	if (!rc && a.step == ASK_DONE)
		rc = after_grade(s, step, &a, err);
	if (!rc) {
		switch (a.end) {
		case ASK_GRADED:
			break;
		case ASK_SKIPPED:
			sitting_skip(s->sitting);
			break;
		case ASK_DROPPED:
			sitting_drop(s->sitting, step->item.card);
			break;
		case ASK_UNDO:
			rc = take_back(s, err);
			break;
		case ASK_LEFT:
		case ASK_STOPPED:
			s->leaving = true;
			break;
		}
	}
	strbuf_release(&header);
	ask_release(&a);
	return rc;
}

/* "15 minutes. 6 left: Enter goes on, q stops"; whether the candidate goes on. */
static bool goes_on(struct session *s, size_t left)
{
	int minutes = s->app->settings.minutes;
	bool yes = false, asked = !s->app->interactive;
	struct strbuf line, prompt;

	strbuf_init(&line, 100);
	strbuf_init(&prompt, 100);
	strbuf_printf(&prompt, "%d minute%s. %zu left: Enter goes on, q stops: ", minutes,
		      view_plural((size_t)minutes), left);
	while (!asked) {
		out_line(s->app->out);
		asked = ui_read(app_ui(s->app), PROMPT_WAIT, prompt.buf, NULL, &line) !=
				READ_LINE ||
			line.buf[0] == 'q' || str_eq(line.buf, "/quit");
		yes = !asked && str_is_blank(line.buf);
		asked = asked || yes;
	}
	strbuf_release(&line);
	strbuf_release(&prompt);
	return yes;
}

/* New cards that were asked, in this sitting and counting against the day's limit. */
static int new_asked(const struct session *s)
{
	int count = 0;

	for (size_t i = 0; i < s->graded_count; i++)
		count += s->graded[i].fresh;
	return count;
}

static enum err_code run_steps(struct session *s, struct error *err)
{
	enum err_code rc = ERR_NONE;

	while (!rc && !s->leaving) {
		struct sitting_step step = sitting_next(s->sitting);

		if (step.move == SITTING_DONE)
			break;
		if (step.move == SITTING_TIME_UP && goes_on(s, step.left + s->today.backlog))
			sitting_extend(s->sitting);
		else if (step.move == SITTING_TIME_UP)
			s->leaving = true;
		else if (step.move == SITTING_ASK && step.item.state == STATE_NEW &&
			 !s->options->ahead && new_asked(s) >= s->today.new_left && !s->resume)
			sitting_drop(s->sitting, step.item.card);
		else
			rc = ask_one(s, &step, err);
	}
	return rc;
}

static void say_next(struct app *app, const struct today *t)
{
	char day[DAY_SHORT_TEXT];

	if (t->next_due == DAY_NONE) {
		say(app, STYLE_NORMAL, "Nothing is scheduled yet.");
		return;
	}
	day_format_short(t->next_due, t->day, day);
	out_printf(app->out, STYLE_NORMAL, "Next: %s.\n", day);
}

static void say_done(struct session *s)
{
	size_t cards = 0, repeats = 0, passed = 0;
	struct out *o = s->app->out;
	int64_t seconds = 0;

	for (size_t i = 0; i < s->graded_count; i++) {
		const struct graded *g = &s->graded[i];

		repeats += g->repeat;
		cards += !g->repeat;
		passed += !g->repeat && g->passed;
		seconds += g->seconds;
	}
	out_line(o);
	out_printf(o, STYLE_NORMAL, "Done: %zu card%s, %zu passed", cards, view_plural(cards),
		   passed);
	if (repeats)
		out_printf(o, STYLE_NORMAL, ", %zu repeat%s", repeats, view_plural(repeats));
	if (s->app->interactive && seconds)
		out_printf(o, STYLE_NORMAL, ", %lld minute%s", (long long)(seconds + 59) / 60,
			   view_plural((size_t)((seconds + 59) / 60)));
	out_text(o, STYLE_NORMAL, ".\n");
}

static enum err_code summary(struct session *s, struct error *err)
{
	struct today now;
	struct strbuf left;
	enum err_code rc;

	if (!s->graded_count)
		return ERR_NONE;
	rc = today_plan(s->app, TODAY_BUDGET, NULL, &s->arena, &now, err);
	if (rc)
		return rc;
	say_done(s);
	strbuf_init(&left, 200);
	today_summary(&now, &left);
	if (now.queue.count)
		out_printf(s->app->out, STYLE_NORMAL, "Still today: %s.\n", left.buf);
	else
		say_next(s->app, &now);
	strbuf_release(&left);
	today_release(&now);
	return ERR_NONE;
}

static enum err_code say_nothing_matches(struct session *s, struct error *err)
{
	struct strbuf why;
	enum err_code rc;

	strbuf_init(&why, 1000);
	rc = today_why_not(s->app, s->options->query, s->options->ahead, &why, err);
	if (!rc && why.len)
		out_printf(s->app->out, STYLE_NORMAL, "Nothing to ask of what matches: %s.\n",
			   why.buf);
	else if (!rc)
		say(s->app, STYLE_NORMAL, "No card matches.");
	strbuf_release(&why);
	return rc;
}

static void say_nothing_due(struct session *s)
{
	if (s->today.backlog)
		out_printf(
			s->app->out, STYLE_NORMAL,
			"Today's %d minutes are used. %zu due: `study --ahead is:due` goes on.\n",
			s->app->settings.minutes, s->today.backlog);
	else
		say(s->app, STYLE_NORMAL,
		    "Nothing to ask now. `study --ahead QUERY` practises anyway.");
	say_next(s->app, &s->today);
}

static enum err_code plan(struct session *s, enum today_scope scope, struct error *err)
{
	struct sitting_rules rules = {.repeat_below = s->app->settings.repeat_below,
				      .limit = s->options->limit,
				      .unbounded = scope != TODAY_BUDGET};
	enum err_code rc = today_plan(s->app, scope, s->options->query, &s->arena, &s->today, err);

	rules.budget = s->today.budget;
	s->sitting = sitting_new(&s->today.queue, &rules);
	return rc;
}

static void drop_plan(struct session *s)
{
	sitting_free(s->sitting);
	today_release(&s->today);
}

/* Today's plan, and, for a candidate who wants to go on, what is due beyond it. */
static enum err_code run_sittings(struct session *s, struct error *err)
{
	enum err_code rc = run_steps(s, err);
	size_t backlog = s->today.backlog;

	if (rc || s->leaving || !backlog || s->options->limit || !goes_on(s, backlog))
		return rc;
	drop_plan(s);
	rc = plan(s, TODAY_ALL_DUE, err);
	return rc ? rc : run_steps(s, err);
}

enum err_code study_run(struct app *app, const struct study_options *options, struct error *err)
{
	struct session s = {.app = app, .options = options, .arena = ARENA_INIT};
	enum err_code rc = plan(&s, options->ahead ? TODAY_AHEAD : TODAY_BUDGET, err);

	if (!rc && !s.today.queue.count && options->query) {
		rc = say_nothing_matches(&s, err);
	} else if (!rc && !s.today.queue.count) {
		say_nothing_due(&s);
	} else if (!rc) {
		rc = run_sittings(&s, err);
		if (!rc && !process_stopping())
			rc = summary(&s, err);
		if (!rc && s.graded_count && !process_stopping())
			upkeep_daily(app);
	}
	drop_plan(&s);
	free(s.graded);
	arena_release(&s.arena);
	return rc;
}

static enum err_code run_study(struct app *app, const struct args *args, struct error *err)
{
	struct study_options options = {.ahead = args_option(args, "ahead") != NULL};
	const char *limit = args_option(args, "limit");
	struct arena arena = ARENA_INIT;
	struct query query;
	enum err_code rc = ERR_NONE;

	if (limit && !str_to_int(limit, 1, 100000, &options.limit))
		return error_set(err, ERR_USAGE, "--limit takes a number from 1, not '%s'", limit);
	if (options.ahead || args->count) {
		rc = query_parse(args->words, args->count, &arena, &query, err);
		options.query = &query;
	}
	if (!rc && app->interactive && !app->in_shell)
		rc = refresh_proposals(app, err);
	if (!rc)
		rc = study_run(app, &options, err);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_study = {
	.name = "study",
	.usage = "[QUERY...] [--ahead] [--limit N]",
	.summary = "practise today's cards",
	.help = "Asks what is due and new today, within the day's minutes. Answer in your own "
		"words, typed or aloud, grade yourself, then compare with the model answer.\n\n"
		"Without a terminal it reads lines: the answer up to an empty line, the blind "
		"grade, the points (only for cards that have some; empty: as shown), the final "
		"grade (empty: as proposed). After a blind 0 neither of the last two. For a "
		"repeat: lines up to an empty one, one grade.",
	.options = {{"ahead", NULL,
		     "practise cards that match, due or not; nothing is rescheduled early"},
		    {"limit", "N", "N cards at most, repeats not counted"}},
	.words_max = CMD_WORDS_ANY,
	.flags = CMD_WRITES | CMD_SOURCES,
	.run = run_study,
};
