#include "internal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int compare_uids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct uid));
}

/* What the review columns of a row say; a row without them is of another kind. */
static int get_review(struct stmt *q, struct event *e, bool review)
{
	int flags = 0;

	if (!review) {
		for (int i = 0; i < 7; i++)
			get_skip(q);
		return -1;
	}
	e->grade = get_range(q, 0, SM2_GRADE_MAX);
	e->day = get_range(q, DAY_MIN, DAY_MAX);
	e->cap = get_range(q, 1, INT_MAX);
	e->review_ask_by = get_day(q);
	flags |= get_int(q) == 1 ? LOG_COUNTS : 0;
	flags |= get_int(q) == 1 ? LOG_FIRST : 0;
	flags |= get_int(q) == 1 ? LOG_VOIDED : 0;
	return flags;
}

/* Adds the event of a row of LOG_COLUMNS. Kinds that are not known yet do nothing. */
void log_add(struct card_log *log, struct stmt *q)
{
	struct event e = {0};
	struct logged *entry;
	int64_t id = get_int(q);

	e.kind = (enum event_kind)get_range(q, 0, INT_MAX);
	if (!get_bytes(q, e.uid.bytes, sizeof(e.uid.bytes)))
		q->damaged = true;
	e.has_prev = get_bytes(q, e.prev.bytes, sizeof(e.prev.bytes));
	e.time = get_int(q);
	get_bytes(q, e.target.bytes, sizeof(e.target.bytes));
	e.what = (enum set_what)get_range(q, 0, INT_MAX);
	e.value = get_day(q);
	mem_grow(&log->events, log->count, &log->events_cap, sizeof(*log->events));
	mem_grow(&log->entries, log->count, &log->entries_cap, sizeof(*log->entries));
	entry = &log->entries[log->count];
	*entry = (struct logged){.id = id};
	entry->cached = get_review(q, &e, e.kind == EVENT_REVIEW);
	log->events[log->count++] = e;
}

/* Marks what a void names; a void cannot be voided. */
static void mark_voided(struct card_log *log)
{
	struct uid *targets = mem_array(log->count, sizeof(*targets));
	size_t count = 0;

	for (size_t i = 0; i < log->count; i++)
		if (log->events[i].kind == EVENT_VOID)
			targets[count++] = log->events[i].target;
	qsort(targets, count, sizeof(*targets), compare_uids);
	for (size_t i = 0; i < log->count && count; i++)
		if (log->events[i].kind != EVENT_VOID &&
		    bsearch(&log->events[i].uid, targets, count, sizeof(*targets), compare_uids))
			log->entries[i].derived |= LOG_VOIDED;
	free(targets);
}

/* The schedule; in `order` the order of replay; in each entry the flags that its review should
 * have. */
struct schedule log_replay(struct card_log *log)
{
	bool *counts = mem_array(log->count, sizeof(*counts));
	struct schedule result;
	bool fresh = true;

	free(log->order);
	log->order = mem_array(log->count, sizeof(*log->order));
	result = schedule_replay(log->events, log->count, counts, log->order);
	mark_voided(log);
	for (size_t i = 0; i < log->count; i++) {
		const struct event *e = &log->events[log->order[i]];
		struct logged *entry = &log->entries[log->order[i]];

		if (e->kind == EVENT_SET && e->what == SET_RESET && !(entry->derived & LOG_VOIDED))
			fresh = true;
		if (!counts[log->order[i]])
			continue;
		entry->derived |= LOG_COUNTS | (fresh ? LOG_FIRST : 0);
		fresh = false;
	}
	free(counts);
	return result;
}

void log_clear(struct card_log *log)
{
	log->count = 0;
}

void log_release(struct card_log *log)
{
	free(log->events);
	free(log->entries);
	free(log->order);
	*log = (struct card_log){0};
}

static const char sql_flags[] = "UPDATE review SET counts=?,first=?,voided=? WHERE event_id=?";

bool log_flags_differ(const struct card_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		if (log->entries[i].cached >= 0 &&
		    log->entries[i].cached != log->entries[i].derived)
			return true;
	return false;
}

enum err_code log_store_flags(struct store *s, const struct card_log *log, struct error *err)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct logged *entry = &log->entries[i];
		struct stmt *q;

		if (entry->cached < 0 || entry->cached == entry->derived)
			continue;
		q = sql(s, sql_flags);
		put_int(q, (entry->derived & LOG_COUNTS) != 0);
		put_int(q, (entry->derived & LOG_FIRST) != 0);
		put_int(q, (entry->derived & LOG_VOIDED) != 0);
		put_int(q, entry->id);
		if (stmt_run(q, err))
			return err->code;
	}
	return ERR_NONE;
}

static const char sql_log[] = "SELECT " LOG_COLUMNS " FROM event e"
			      " LEFT JOIN review r ON r.event_id=e.id WHERE e.card_id=?"
			      " ORDER BY e.id";

enum err_code log_load(struct store *s, int64_t card, struct card_log *log, struct error *err)
{
	struct stmt *q = sql(s, sql_log);
	enum err_code rc;
	bool more;

	log_clear(log);
	put_int(q, card);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more)
		log_add(log, q);
	if (!rc && q->damaged)
		rc = store_damaged(s, "an event is outside of its range", err);
	return rc;
}

enum err_code log_apply(struct store *s, int64_t card, struct card_log *log, struct error *err)
{
	struct schedule schedule;

	if (log_load(s, card, log, err))
		return err->code;
	schedule = log_replay(log);
	if (schedule_store(s, card, NULL, &schedule, err))
		return err->code;
	return log_store_flags(s, log, err);
}

enum err_code card_replay(struct store *s, int64_t card, struct error *err)
{
	struct card_log log = {0};
	enum err_code rc = log_apply(s, card, &log, err);

	log_release(&log);
	return rc;
}
