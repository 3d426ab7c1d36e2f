#include "store/plan.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "internal.h"
#include "store/review.h"

#define PACE_ANSWERS 200

/*
 * Where one topic fills the head of a standing, cards of other topics are looked for this far
 * behind it, so that the queue can interleave.
 */
#define TOPIC_REACH 2000

struct plan {
	struct store *store;
	int today, repeat_below, wanted;
	enum level own;
	struct places places;
	struct plan_input *out;
	size_t cap;
};

static void add_candidate(struct plan *p, const struct candidate *c)
{
	mem_grow(&p->out->candidates, p->out->count, &p->cap, sizeof(*c));
	p->out->candidates[p->out->count++] = *c;
}

static const char sql_pace[] =
	"SELECT total_ms,seconds FROM review INDEXED BY review_pace"
	" WHERE mode=0 AND total_ms>=3000 AND voided=0 ORDER BY event_id DESC LIMIT ?";

static enum err_code read_pace(struct plan *p, struct error *err)
{
	struct stmt *q = sql(p->store, sql_pace);
	enum err_code rc;
	bool more;

	put_int(q, PACE_ANSWERS);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		p->out->pace_spent_ms += get_range(q, 0, INT_MAX);
		p->out->pace_spoken_ms += (int64_t)get_range(q, 0, CARD_SECONDS_MAX) * 1000;
	}
	return rc;
}

/* The schedule that the index knows: all that schedule_state() needs of a card that was asked. */
static struct schedule get_due_state(struct stmt *q, int ask)
{
	struct schedule s = schedule_init();

	s.due = ask;
	s.buried = get_day(q);
	s.last_day = get_day(q);
	s.last_grade = get_range(q, -1, SM2_GRADE_MAX);
	s.day_answers = get_range(q, 0, INT_MAX);
	return s;
}

static const char sql_due[] =
	"SELECT id,ask,interval,topic_id,position,seconds,buried,last_day,last_grade,day_answers"
	" FROM card INDEXED BY card_ask WHERE ask<=? AND ask IS NOT NULL AND suspended=0"
	" AND retired=0";

static enum err_code read_due(struct plan *p, struct error *err)
{
	struct stmt *q = sql(p->store, sql_due);
	enum err_code rc;
	bool more;

	put_int(q, p->today);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct candidate c = {.card = get_int(q)};
		struct schedule s;

		c.ask_day = get_day(q);
		c.interval = get_range(q, 0, INT_MAX);
		c.topic = get_range(q, 0, INT_MAX);
		c.position = place_of(&p->places, get_int(q));
		c.seconds = get_range(q, 0, CARD_SECONDS_MAX);
		s = get_due_state(q, c.ask_day);
		c.state = schedule_state(&s, false, p->today, p->repeat_below);
		if (c.state == STATE_BURIED)
			p->out->next_due = p->today + 1;
		if (c.state != STATE_DUE)
			continue;
		p->out->due++;
		add_candidate(p, &c);
	}
	return rc;
}

static const char sql_next[] = "SELECT min(ask) FROM card INDEXED BY card_ask WHERE ask>? AND"
			       " ask IS NOT NULL AND suspended=0 AND retired=0";

static enum err_code read_next(struct plan *p, struct error *err)
{
	struct stmt *q = sql(p->store, sql_next);
	int next;
	bool row;

	put_int(q, p->today);
	if (stmt_row(q, &row, err))
		return err->code;
	next = get_day(q);
	stmt_reset(q);
	if (p->out->next_due == DAY_NONE)
		p->out->next_due = next;
	return ERR_NONE;
}

/* An answer of today. */
struct answer {
	int64_t card;
	bool first;
};

static int compare_answers(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;

	if (x->card != y->card)
		return x->card < y->card ? -1 : 1;
	return y->first - x->first;
}

static const char sql_today[] = "SELECT e.card_id,r.first,r.mode,r.total_ms,r.seconds FROM review r"
				" JOIN event e ON e.id=r.event_id WHERE r.day=? AND r.voided=0";

/* What an answer took: as measured, else as likely. */
static int64_t get_spent(const struct plan *p, struct stmt *q)
{
	bool repeat = get_range(q, 0, MODE_SCRIPT) == MODE_REPEAT;
	int measured = get_or(q, 0, INT_MAX, -1);
	int likely = queue_estimate(get_range(q, 0, CARD_SECONDS_MAX), p->out->pace_spent_ms,
				    p->out->pace_spoken_ms);

	if (measured >= 0)
		return measured;
	return (int64_t)1000 * (repeat ? queue_repeat_seconds(likely) : likely);
}

static enum err_code read_today(struct plan *p, struct answer **answers, size_t *count,
				struct error *err)
{
	struct stmt *q = sql(p->store, sql_today);
	size_t cap = 0;
	enum err_code rc;
	bool more;

	*answers = NULL;
	*count = 0;
	put_int(q, p->today);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		mem_grow(answers, *count, &cap, sizeof(**answers));
		(*answers)[*count].card = get_int(q);
		(*answers)[*count].first = get_bool(q);
		++*count;
		p->out->spent_ms += get_spent(p, q);
	}
	return rc;
}

static const char sql_again[] = "SELECT c.retired,c.topic_id,c.position,c.seconds," SCHEDULE_COLUMNS
				" FROM card c WHERE c.id=?";

static enum err_code add_again(struct plan *p, int64_t card, struct error *err)
{
	struct stmt *q = sql(p->store, sql_again);
	struct candidate c = {.card = card};
	struct schedule s;
	bool row, retired;

	put_int(q, card);
	if (stmt_row(q, &row, err) || !row)
		return row ? ERR_NONE : err->code;
	retired = get_bool(q);
	c.topic = get_range(q, 0, INT_MAX);
	c.position = place_of(&p->places, get_int(q));
	c.seconds = get_range(q, 0, CARD_SECONDS_MAX);
	s = get_schedule(q);
	stmt_reset(q);
	if (q->damaged)
		return store_unsound(p->store, err);
	c.state = schedule_state(&s, retired, p->today, p->repeat_below);
	c.ask_day = schedule_ask_day(&s);
	c.interval = s.sm2.interval;
	c.day_answers = s.day_answers;
	if (c.state == STATE_AGAIN)
		add_candidate(p, &c);
	return ERR_NONE;
}

/* The cards answered today: what is asked again, and how many were new. */
static enum err_code add_todays(struct plan *p, struct error *err)
{
	struct answer *answers;
	size_t count;
	enum err_code rc = read_today(p, &answers, &count, err);

	if (count)
		qsort(answers, count, sizeof(*answers), compare_answers);
	for (size_t i = 0; i < count && !rc; i++) {
		if (i && answers[i].card == answers[i - 1].card)
			continue;
		p->out->new_done += answers[i].first;
		rc = add_again(p, answers[i].card, err);
	}
	free(answers);
	return rc;
}

/* How many cards of each topic were taken from one standing. */
struct topics {
	struct {
		int topic, count;
	} * items;
	size_t count, cap;
	int total, most;
};

static int *topic_count(struct topics *t, int topic)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->items[i].topic == topic)
			return &t->items[i].count;
	mem_grow(&t->items, t->count, &t->cap, sizeof(*t->items));
	t->items[t->count].topic = topic;
	t->items[t->count].count = 0;
	return &t->items[t->count++].count;
}

static const char sql_new[] =
	"SELECT id,position,topic_id,seconds,buried FROM card INDEXED BY card_new WHERE level=?"
	" AND tier=? AND most_asked=? AND due IS NULL AND suspended=0 AND retired=0 AND locked=0"
	" ORDER BY position";

/*
 * New cards of one level, tier and set, in their order, until the queue cannot want more: of no
 * topic it takes more than `wanted`, and it needs no others once, whichever topic came before,
 * there are `wanted` of another one.
 */
static enum err_code add_alike(struct plan *p, struct candidate like, struct topics *topics,
			       struct error *err)
{
	struct stmt *q = sql(p->store, sql_new);
	enum err_code rc = ERR_NONE;
	bool more = true;

	topics->count = 0;
	topics->total = 0;
	topics->most = 0;
	put_int(q, like.level);
	put_int(q, like.tier);
	put_int(q, like.most_asked);
	for (int read = 0; topics->total - topics->most < p->wanted &&
			   (read < TOPIC_REACH || topics->total < p->wanted);
	     read++) {
		struct candidate c = like;
		int *count;

		rc = stmt_row(q, &more, err);
		if (rc || !more)
			break;
		c.card = get_int(q);
		c.position = place_of(&p->places, get_int(q));
		c.topic = get_range(q, 0, INT_MAX);
		c.seconds = get_range(q, 0, CARD_SECONDS_MAX);
		if (get_day(q) == p->today)
			continue;
		count = topic_count(topics, c.topic);
		if (*count == p->wanted)
			continue;
		topics->total++;
		if (++*count > topics->most)
			topics->most = *count;
		add_candidate(p, &c);
	}
	stmt_reset(q);
	return rc;
}

/* A level, tier and set that new cards may have. */
struct class
{
	struct candidate like;
	int standing;
};

static int compare_classes(const void *a, const void *b)
{
	const struct class *x = a, *y = b;

	return (x->standing > y->standing) - (x->standing < y->standing);
}

#define CLASSES (LEVEL_COUNT * TIER_COUNT * 2)

static size_t list_classes(const struct plan *p, struct class out[CLASSES])
{
	size_t count = 0;

	for (int i = 0; i < CLASSES; i++) {
		struct candidate like = {
			.state = STATE_NEW,
			.ask_day = DAY_NONE,
			.level = (enum level)(i / (TIER_COUNT * 2)),
			.tier = (enum tier)(i / 2 % TIER_COUNT),
			.most_asked = i % 2,
		};

		if (queue_level_fits(like.level, p->own))
			out[count++] =
				(struct class){like, queue_standing(like.level, like.tier,
								    like.most_asked, p->own)};
	}
	qsort(out, count, sizeof(*out), compare_classes);
	return count;
}

/* New cards, best standing first. Where there are enough of one, the queue takes none below it. */
static enum err_code add_new(struct plan *p, struct error *err)
{
	struct class classes[CLASSES];
	size_t count = list_classes(p, classes);
	struct topics topics = {0};
	enum err_code rc = ERR_NONE;
	int found = 0;

	for (size_t i = 0; i < count && !rc; i++) {
		if (found >= p->wanted && classes[i].standing > classes[i - 1].standing)
			break;
		rc = add_alike(p, classes[i].like, &topics, err);
		found += topics.total;
	}
	free(topics.items);
	return rc;
}

/* Moves the list into the arena. */
static void keep_candidates(struct plan_input *out, struct arena *arena)
{
	struct candidate *list = out->candidates;

	out->candidates = arena_array(arena, out->count, sizeof(*list));
	if (out->count)
		memcpy(out->candidates, list, out->count * sizeof(*list));
	free(list);
}

enum err_code store_plan(struct store *s, int today, int repeat_below, enum level own,
			 int new_wanted, struct arena *arena, struct plan_input *out,
			 struct error *err)
{
	struct plan p = {s, today, repeat_below, new_wanted, own, {0}, out, 0};
	enum err_code rc;

	*out = (struct plan_input){.next_due = DAY_NONE};
	store_read_begin(s);
	rc = places_load(s, arena, &p.places, err);
	if (!rc)
		rc = read_pace(&p, err);
	if (!rc)
		rc = read_due(&p, err);
	if (!rc)
		rc = read_next(&p, err);
	if (!rc)
		rc = add_todays(&p, err);
	if (!rc && new_wanted > 0)
		rc = add_new(&p, err);
	store_read_end(s);
	keep_candidates(out, arena);
	return rc;
}
