#include "store/review.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/rubric.h"
#include "internal.h"

const char *review_mode_name(enum review_mode m)
{
	static const char *const names[] = {"study", "repeat", "practice", "mock", "script"};

	assert((size_t)m < sizeof(names) / sizeof(names[0]));
	return names[m];
}

/* What the caller may not get wrong; text from outside is looked at in store_add_review(). */
static void check_review(const struct review *r)
{
	assert(r->day >= DAY_MIN && r->day <= DAY_MAX);
	assert(r->blind >= -1 && r->blind <= SM2_GRADE_MAX);
	assert(r->grade >= 0 && r->grade <= SM2_GRADE_MAX);
	assert(r->point_count >= 0 && r->point_count <= POINTS_MAX);
	assert(!r->assessed || r->points < UINT32_C(1) << POINTS_MAX);
	assert(r->variant >= 0 && r->hints >= 0 && r->hints <= 2 && r->cap > 0);
}

static const char sql_card[] =
	"SELECT c.seconds,c.content," SCHEDULE_COLUMNS " FROM card c WHERE c.id=?";

/* What a review needs to know of its card. */
struct reviewed {
	int seconds;
	struct hash content;
	struct schedule schedule;
};

static enum err_code load_card(struct store *s, int64_t card, struct reviewed *out,
			       struct error *err)
{
	struct stmt *q = sql(s, sql_card);
	bool found;

	put_int(q, card);
	if (stmt_row(q, &found, err))
		return err->code;
	if (!found)
		return store_no_card(err);
	out->seconds = get_range(q, 0, CARD_SECONDS_MAX);
	if (!get_bytes(q, out->content.bytes, sizeof(out->content.bytes)))
		q->damaged = true;
	out->schedule = get_schedule(q);
	stmt_reset(q);
	return q->damaged ? store_unsound(s, err) : ERR_NONE;
}

static const char sql_add[] =
	"INSERT INTO review(event_id,day,mode,blind,grade,points,point_count,answer_ms,total_ms,"
	"seconds,variant,hints,cap,ask_by,counts,first,content,answer)"
	" VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

static void put_unless(struct stmt *q, bool unknown, int64_t value)
{
	if (unknown)
		put_null(q);
	else
		put_int(q, value);
}

static enum err_code add_row(struct store *s, int64_t event, const struct review *r,
			     const struct reviewed *card, bool counts, struct error *err)
{
	struct stmt *q = sql(s, sql_add);

	put_int(q, event);
	put_int(q, r->day);
	put_int(q, r->mode);
	put_unless(q, r->blind < 0, r->blind);
	put_int(q, r->grade);
	put_unless(q, !r->assessed, r->points);
	put_int(q, r->point_count);
	put_unless(q, r->answer_ms < 0, r->answer_ms);
	put_unless(q, r->total_ms < 0, r->total_ms);
	put_int(q, card->seconds);
	put_int(q, r->variant);
	put_int(q, r->hints);
	put_int(q, r->cap);
	put_day(q, r->ask_by);
	put_int(q, counts);
	put_int(q, counts && card->schedule.reviews == 0);
	put_bytes(q, card->content.bytes, sizeof(card->content.bytes));
	put_text(q, r->answer && *r->answer ? r->answer : NULL);
	return stmt_run(q, err);
}

static enum err_code add(struct store *s, const struct review *r, struct event *e,
			 struct schedule *after, struct error *err)
{
	struct reviewed card = {0};
	int64_t event = 0;
	bool counts;

	if (load_card(s, r->card, &card, err) || event_add(s, r->card, e, NULL, NULL, &event, err))
		return err->code;
	*after = card.schedule;
	counts = schedule_apply(after, e);
	if (add_row(s, event, r, &card, counts, err) ||
	    schedule_store(s, r->card, &card.schedule, after, err))
		return err->code;
	return store_drop_draft(s, r->card, err);
}

enum err_code store_add_review(struct store *s, const struct review *r, struct schedule *after,
			       struct error *err)
{
	struct event e = {
		.kind = EVENT_REVIEW,
		.time = r->time,
		.grade = r->grade,
		.day = r->day,
		.cap = r->cap,
		.review_ask_by = r->ask_by,
	};
	enum err_code rc;
	bool own;

	check_review(r);
	if (r->answer && strlen(r->answer) > ANSWER_MAX)
		return error_set(err, ERR_USAGE, "the answer is longer than %zu bytes", ANSWER_MAX);
	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	rc = add(s, r, &e, after, err);
	if (rc || !own)
		return change_end(s, own, rc, err);
	rc = store_end(s, true, err);
	if (rc && event_is_there(s, &e.uid)) {
		*err = (struct error)ERROR_INIT;
		rc = ERR_NONE;
	}
	return rc;
}

#define REVIEW_COLUMNS \
	"SELECT e.card_id,e.time,e.uid,e.id,r.day,r.mode,r.blind,r.grade,r.points,r.point_count," \
	"r.answer_ms,r.total_ms,r.variant,r.hints,r.cap,r.ask_by,r.counts,r.voided,r.answer," \
	"d.name,c.name FROM event e JOIN review r ON r.event_id=e.id" \
	" JOIN card c ON c.id=e.card_id JOIN deck d ON d.id=c.deck_id "

static struct review get_review(struct stmt *q, struct arena *arena)
{
	struct review r = {0};
	int points;

	r.card = get_int(q);
	r.time = get_int(q);
	if (!get_bytes(q, r.uid.bytes, sizeof(r.uid.bytes)))
		q->damaged = true;
	r.event = get_int(q);
	r.day = get_range(q, DAY_MIN, DAY_MAX);
	r.mode = (enum review_mode)get_range(q, 0, MODE_SCRIPT);
	r.blind = get_or(q, 0, SM2_GRADE_MAX, -1);
	r.grade = get_range(q, 0, SM2_GRADE_MAX);
	points = get_or(q, 0, (1 << POINTS_MAX) - 1, -1);
	r.assessed = points >= 0;
	r.points = r.assessed ? (uint32_t)points : 0;
	r.point_count = get_range(q, 0, POINTS_MAX);
	r.answer_ms = get_or(q, 0, INT_MAX, SECONDS_UNKNOWN);
	r.total_ms = get_or(q, 0, INT_MAX, SECONDS_UNKNOWN);
	r.variant = get_range(q, 0, INT_MAX);
	r.hints = get_range(q, 0, 2);
	r.cap = get_range(q, 1, INT_MAX);
	r.ask_by = get_day(q);
	r.counts = get_bool(q);
	r.voided = get_bool(q);
	r.answer = get_text(q, arena);
	r.card_name = get_card_name(q, arena);
	return r;
}

static const char sql_newest_own[] = REVIEW_COLUMNS
	"WHERE r.event_id=(SELECT v.event_id FROM review v JOIN event w ON w.id=v.event_id"
	" WHERE v.voided=0 AND w.machine_id=(SELECT m.id FROM machine m JOIN setting t"
	" ON t.value=m.name WHERE t.key='machine') ORDER BY v.event_id DESC LIMIT 1)";

static enum err_code undo(struct store *s, int64_t now, struct arena *arena, struct review *undone,
			  struct error *err)
{
	struct stmt *q = sql(s, sql_newest_own);
	struct event e = {.kind = EVENT_VOID, .time = now};
	bool found;

	if (stmt_row(q, &found, err))
		return err->code;
	if (!found)
		return error_set(err, ERR_FOUND, "there is nothing to undo");
	*undone = get_review(q, arena);
	stmt_reset(q);
	if (q->damaged)
		return store_damaged(s, "the newest review is outside of its range", err);
	undone->voided = true;
	e.target = undone->uid;
	if (event_add(s, undone->card, &e, NULL, NULL, NULL, err))
		return err->code;
	return card_replay(s, undone->card, err);
}

bool store_can_undo(struct store *s)
{
	struct error none = ERROR_INIT;
	struct stmt *q = sql(s, sql_newest_own);
	bool found = false;

	if (stmt_row(q, &found, &none))
		found = false;
	stmt_reset(q);
	return found;
}

enum err_code store_undo(struct store *s, int64_t now, struct arena *arena, struct review *undone,
			 struct error *err)
{
	enum err_code rc;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	return change_end(s, own, undo(s, now, arena, undone, err), err);
}

/* Newest first, so that a limit keeps the newest; -1 is no limit. */
static const char sql_reviews[] = REVIEW_COLUMNS "ORDER BY r.event_id DESC LIMIT ?";
static const char sql_reviews_of[] =
	REVIEW_COLUMNS "WHERE e.card_id=?2 ORDER BY r.event_id DESC LIMIT ?1";

enum err_code store_reviews(struct store *s, int64_t card, size_t limit, struct arena *arena,
			    struct review **out, size_t *count, struct error *err)
{
	struct stmt *q = sql(s, card ? sql_reviews_of : sql_reviews);
	struct review *list = NULL;
	size_t n = 0, cap = 0;
	enum err_code rc;
	bool more;

	put_int(q, limit ? (int64_t)limit : -1);
	if (card)
		put_int(q, card);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		mem_grow(&list, n, &cap, sizeof(*list));
		list[n++] = get_review(q, arena);
	}
	if (!rc && q->damaged)
		rc = store_damaged(s, "a review is outside of its range", err);
	*out = arena_array(arena, n, sizeof(**out));
	for (size_t i = 0; i < n; i++)
		(*out)[i] = list[n - 1 - i];
	*count = n;
	free(list);
	return rc;
}

static const char sql_newest[] = "SELECT r.day,e.time FROM review r JOIN event e ON e.id=r.event_id"
				 " ORDER BY r.event_id DESC LIMIT 1";

bool store_newest_review(struct store *s, int *day, int64_t *time)
{
	struct stmt *q = sql(s, sql_newest);
	struct error ignored = ERROR_INIT;
	bool found;

	if (stmt_row(q, &found, &ignored) || !found)
		return false;
	*day = get_range(q, DAY_MIN, DAY_MAX);
	*time = get_int(q);
	stmt_reset(q);
	return !q->damaged;
}

static const char sql_day_start[] =
	"SELECT min(e.time) FROM review r JOIN event e ON e.id=r.event_id WHERE r.day=?";

int64_t store_day_start(struct store *s, int day)
{
	struct stmt *q = sql(s, sql_day_start);

	put_int(q, day);
	return stmt_value(q, 0);
}
