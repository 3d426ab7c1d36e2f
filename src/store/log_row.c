#include "log_row.h"

#include "log_value.h"

static const enum log_field event_fields[] = {
	LOG_ID, LOG_TIME, LOG_PREV, LOG_KIND, LOG_WHAT, LOG_VALUE, LOG_TARGET, LOG_NAME, LOG_TEXT,
};
static const enum log_field review_fields[] = {
	LOG_DAY,	 LOG_MODE,	LOG_BLIND,    LOG_GRADE,   LOG_POINTS,
	LOG_POINT_COUNT, LOG_ANSWER_MS, LOG_TOTAL_MS, LOG_SECONDS, LOG_VARIANT,
	LOG_HINTS,	 LOG_CAP,	LOG_ASK_BY,   LOG_CONTENT, LOG_ANSWER,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void get_field(struct stmt *q, enum log_field f, struct arena *arena, struct log_line *line)
{
	void *member = (char *)line + log_fields[f].at;

	if (get_null(q))
		return;
	switch (log_fields[f].type) {
	case AS_UID:
		q->damaged |= !get_bytes(q, member, sizeof(struct uid));
		break;
	case AS_HASH:
		q->damaged |= !get_bytes(q, member, HASH_SIZE);
		break;
	case AS_CARD:
	case AS_TEXT:
		*(const char **)member = get_text(q, arena);
		break;
	default:
		*(int64_t *)member = get_int(q);
		break;
	}
	line->has |= UINT32_C(1) << f;
}

static bool sets_a_day(const struct log_line *line)
{
	return line->kind == EVENT_SET && log_has(line, LOG_WHAT) &&
	       (line->what == SET_BURY || line->what == SET_ASK_BY);
}

static bool is_edit(const struct log_line *line)
{
	return line->kind == EVENT_SET && log_has(line, LOG_WHAT) && line->what == SET_EDIT;
}

/* The column `value` holds days and sections too; in a line these have fields of their own. */
static void split_value(struct log_line *line)
{
	enum log_field to = sets_a_day(line) ? LOG_DAY : is_edit(line) ? LOG_SECTION : LOG_VALUE;

	if (to == LOG_VALUE || !log_has(line, LOG_VALUE))
		return;
	line->day = line->section = line->value;
	line->has = (line->has & ~(UINT32_C(1) << LOG_VALUE)) | UINT32_C(1) << to;
}

void row_get(struct stmt *q, struct arena *arena, struct log_line *line)
{
	for (size_t i = 0; i < COUNT(event_fields); i++)
		get_field(q, event_fields[i], arena, line);
	for (size_t i = 0; i < COUNT(review_fields); i++)
		get_field(q, review_fields[i], arena, line);
	split_value(line);
}

static void put_field(struct stmt *q, enum log_field f, const struct log_line *line)
{
	const void *member = (const char *)line + log_fields[f].at;

	if (!log_has(line, f)) {
		put_null(q);
		return;
	}
	switch (log_fields[f].type) {
	case AS_UID:
		put_bytes(q, member, sizeof(struct uid));
		break;
	case AS_HASH:
		put_bytes(q, member, HASH_SIZE);
		break;
	case AS_CARD:
	case AS_TEXT:
		put_text(q, *(const char *const *)member);
		break;
	default:
		put_int(q, *(const int64_t *)member);
		break;
	}
}

static void put_value(struct stmt *q, const struct log_line *line)
{
	put_field(q, sets_a_day(line) ? LOG_DAY : is_edit(line) ? LOG_SECTION : LOG_VALUE, line);
}

void row_put_event(struct stmt *q, const struct log_line *line)
{
	for (size_t i = 0; i < COUNT(event_fields); i++) {
		if (event_fields[i] == LOG_VALUE)
			put_value(q, line);
		else
			put_field(q, event_fields[i], line);
	}
}

void row_put_review(struct stmt *q, const struct log_line *line)
{
	for (size_t i = 0; i < COUNT(review_fields); i++)
		put_field(q, review_fields[i], line);
}
