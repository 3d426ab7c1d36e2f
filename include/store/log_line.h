/*
 * The event log as text, line by line: pure functions of bytes.
 *
 *     viva-events 1
 *     kind=card	card=django-orm/n-plus-one	text=What is ...	sum=0c1d43a8
 *     kind=review	id=...	time=2026-11-20T09:00:00.000Z	...	sum=77ab0e19
 *     kind=end	events=1	sum=e01c6b5d
 *
 * UTF-8, every line ends with LF. The first line is the version. The others are `key=value` with a
 * tab between them, in any order but for `sum`, which is the last: eight hexadecimal digits of the
 * SHA-256 over the sum of the line before (00000000 behind the first line) and the line's own text
 * in front of the tab of `sum`. So a line that was changed, lost, added or put elsewhere is found
 * where it is, and what follows it can be checked all the same.
 *
 * In values \\ \t \n \r and \xHH (two lower-case digits, not 00) stand for one byte each; so are
 * written all characters that utf8_is_hostile() names and bytes that are no UTF-8. Unknown keys
 * are passed over.
 *
 * kind     review, void, set, link, source, config: see core/schedule.h; or the number of a kind
 *          that a newer viva has. `card` is no event: what a card of the log asks, for whoever
 *          does not have its deck. `end` is the last line.
 * id       of the event, 32 digits; so are machine, prev (the event before it of its card) and
 *          target (the review that a void takes back)
 * time     UTC, with milliseconds
 * card     deck/card, the name that it has by now; events of no card are without
 * what     of a set: suspend, bury, flag, reset, ask-by, note, edit, or a number; with
 *          value    0 or 1, of suspend and flag
 *          day      of bury and ask-by; none: taken back
 *          section  of edit: question, answer, points, weak, good, flags, why, variants, links
 *          text     of note and edit; none: taken away
 * name     of a link the earlier name (deck/card, or a deck), of a source its location, of config
 *          its key; text: the name behind the link, what was done to the source, the value
 * day mode blind grade points of answer-ms total-ms seconds variant hints cap ask-by content answer
 *          of a review, as store/review.h has them; points: numbers from 1 with commas, of: how
 *          many the card had, content: SHA-256 of the card. What was not known is left out.
 * rev      of a card: its count of changes of meaning; text: its question
 * events   of the end: how many there are
 */
#ifndef STORE_LOG_LINE_H
#define STORE_LOG_LINE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "core/schedule.h"

#define LOG_HEADER "viva-events 1"
#define LOG_LINE_MAX ((size_t)1 << 20)	/* bytes of a line without its LF */
#define LOG_TEXT_MAX ((size_t)64 << 10) /* bytes of a value, escapes resolved */

enum { LOG_KIND_END = -2, LOG_KIND_CARD = -1 }; /* kinds of lines that are no events */

enum log_field {
	LOG_KIND,
	LOG_ID,
	LOG_TIME,
	LOG_MACHINE,
	LOG_CARD,
	LOG_PREV,
	LOG_WHAT,
	LOG_VALUE,
	LOG_SECTION,
	LOG_DAY,
	LOG_MODE,
	LOG_BLIND,
	LOG_GRADE,
	LOG_POINTS,
	LOG_POINT_COUNT,
	LOG_ANSWER_MS,
	LOG_TOTAL_MS,
	LOG_SECONDS,
	LOG_VARIANT,
	LOG_HINTS,
	LOG_CAP,
	LOG_ASK_BY,
	LOG_CONTENT,
	LOG_ANSWER,
	LOG_TARGET,
	LOG_NAME,
	LOG_TEXT,
	LOG_REV,
	LOG_EVENTS,
	LOG_FIELDS
};

/* One line. A member means something when its field is in `has`. */
struct log_line {
	uint32_t has; /* 1 << enum log_field */
	bool unknown; /* has keys that this viva does not know */
	int64_t kind; /* enum event_kind, a newer one, LOG_KIND_CARD or LOG_KIND_END */
	struct uid id, machine, prev, target;
	int64_t time; /* UTC, ms */
	const char *card;
	int64_t what, value, section, day;
	int64_t mode, blind, grade, points, point_count, answer_ms, total_ms;
	int64_t seconds, variant, hints, cap, ask_by;
	struct hash content;
	const char *answer, *name, *text;
	int64_t rev, events;
};

static inline bool log_has(const struct log_line *line, enum log_field f)
{
	return line->has >> f & 1;
}

#define LOG_SUM_SIZE 9 /* eight digits and a NUL */
#define LOG_SUM_START "00000000"

/*
 * Appends the line with its sum and LF. sum: of the line before, then of this one. The line must
 * be one that log_line_check() takes.
 */
void log_line_print(const struct log_line *line, char sum[LOG_SUM_SIZE], struct strbuf *out);

/*
 * Reads a line without its sum (the text that the sum is of). Strings live in the arena.
 * ERR_FORMAT with a message that starts with a verb or the field: the caller says which line.
 */
enum err_code log_line_parse(const char *text, size_t len, struct arena *arena,
			     struct log_line *out, struct error *err);

/* ERR_FORMAT when a field is missing, out of its range, or wants another one beside it. */
enum err_code log_line_check(const struct log_line *line, struct error *err);

/* A log that is read from its first line to its last. Start with LOG_READER_INIT. */
struct log_reader {
	char sum[LOG_SUM_SIZE]; /* of the line before; "" when it could not be read */
	int64_t lines, events;	/* read so far, sound or not; of them sound events */
	bool ended;		/* the last line was read */
};
#define LOG_READER_INIT \
	{ \
		.sum = LOG_SUM_START \
	}

/*
 * Reads the next line (without LF). ERR_FORMAT when it is damaged or at the wrong place: then the
 * next line may be read all the same, and is sound when its sum is.
 */
enum err_code log_read(struct log_reader *r, const char *line, size_t len, struct arena *arena,
		       struct log_line *out, struct error *err);

#endif
