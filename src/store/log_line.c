#include "store/log_line.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "base/str.h"
#include "core/card.h"
#include "log_value.h"

#define SUM_LEN (LOG_SUM_SIZE - 1)
#define SUM_KEY "\tsum="
#define SUM_KEY_LEN (sizeof(SUM_KEY) - 1)
#define SHOWN_MAX 40 /* bytes of a wrong value in a message */

/* The sum of a text that has the sum of the line before in front of it. */
static void sum_of(const char *text, size_t len, char sum[LOG_SUM_SIZE])
{
	struct hash hash = hash_of(text, len);

	hex_print(hash.bytes, SUM_LEN / 2, sum);
}

void log_line_print(const struct log_line *line, char sum[LOG_SUM_SIZE], struct strbuf *out)
{
	struct strbuf text;
	const char *between = "";

	strbuf_init(&text, 2 * LOG_LINE_MAX);
	strbuf_str(&text, sum);
	for (int i = 0; i < LOG_FIELDS; i++) {
		if (!log_has(line, (enum log_field)i))
			continue;
		strbuf_printf(&text, "%s%s=", between, log_fields[i].key);
		log_value_print(line, &log_fields[i], &text);
		between = "\t";
	}
	sum_of(text.buf, text.len, sum);
	strbuf_printf(&text, SUM_KEY "%s\n", sum);
	strbuf_add(out, text.buf + SUM_LEN, text.len - SUM_LEN);
	strbuf_release(&text);
}

#define BIT(field) (UINT32_C(1) << (field))
#define EVENT (BIT(LOG_ID) | BIT(LOG_TIME) | BIT(LOG_MACHINE))
#define REVIEW \
	(EVENT | BIT(LOG_CARD) | BIT(LOG_DAY) | BIT(LOG_MODE) | BIT(LOG_GRADE) | \
	 BIT(LOG_POINT_COUNT) | BIT(LOG_SECONDS) | BIT(LOG_VARIANT) | BIT(LOG_HINTS) | \
	 BIT(LOG_CAP) | BIT(LOG_CONTENT))

/* What a line of each kind must have. */
static uint32_t required(const struct log_line *line)
{
	switch (line->kind) {
	case LOG_KIND_END:
		return BIT(LOG_EVENTS);
	case LOG_KIND_CARD:
		return BIT(LOG_CARD) | BIT(LOG_TEXT);
	case EVENT_REVIEW:
		return REVIEW;
	case EVENT_VOID:
		return EVENT | BIT(LOG_CARD) | BIT(LOG_TARGET);
	case EVENT_SET:
		return EVENT | BIT(LOG_CARD) | BIT(LOG_WHAT);
	case EVENT_LINK:
	case EVENT_SOURCE:
		return EVENT | BIT(LOG_NAME) | BIT(LOG_TEXT);
	case EVENT_CONFIG:
		return EVENT | BIT(LOG_NAME);
	default:
		return EVENT;
	}
}

/* What a set must have beside its `what`. */
static uint32_t required_of_set(const struct log_line *line)
{
	if (line->kind != EVENT_SET)
		return 0;
	if (line->what == SET_SUSPEND || line->what == SET_FLAG)
		return BIT(LOG_VALUE);
	return line->what == SET_EDIT ? BIT(LOG_SECTION) : 0;
}

/* A question is one line with something in it, as in a deck file. */
static bool is_question(const char *s)
{
	return !str_is_blank(s) && !strpbrk(s, "\r\n");
}

static bool has_bad_question(const struct log_line *line)
{
	bool question =
		line->kind == LOG_KIND_CARD || (line->kind == EVENT_SET && line->what == SET_EDIT &&
						line->section == SECTION_QUESTION);

	return question && log_has(line, LOG_TEXT) && !is_question(line->text);
}

enum err_code log_line_check(const struct log_line *line, struct error *err)
{
	uint32_t missing;

	if (!log_has(line, LOG_KIND))
		return error_set(err, ERR_FORMAT, "`kind` is missing");
	missing = (required(line) | required_of_set(line)) & ~line->has;
	for (int i = 0; i < LOG_FIELDS; i++) {
		if (missing >> i & 1)
			return error_set(err, ERR_FORMAT, "`%s` is missing", log_fields[i].key);
		if (log_has(line, (enum log_field)i) && !log_value_check(line, &log_fields[i]))
			return error_set(err, ERR_FORMAT, "`%s` is out of its range",
					 log_fields[i].key);
	}
	if (has_bad_question(line))
		return error_set(err, ERR_FORMAT, "`text` is no question: one line is wanted");
	return ERR_NONE;
}

static int find_field(const char *key)
{
	for (int i = 0; i < LOG_FIELDS; i++)
		if (str_eq(key, log_fields[i].key))
			return i;
	return -1;
}

/* Takes one `key=value`, which is changed; `original` is the same, unchanged and without end. */
static enum err_code parse_field(char *s, const char *original, struct arena *arena,
				 struct log_line *out, struct error *err)
{
	char *value = strchr(s, '=');
	size_t len = strlen(value ? value + 1 : s);
	int field;

	if (!value)
		return error_set(err, ERR_FORMAT, "'%.*s' is no key=value", SHOWN_MAX, s);
	*value++ = '\0';
	field = find_field(s);
	if (field < 0) {
		out->unknown = true;
		return ERR_NONE;
	}
	if (log_has(out, (enum log_field)field))
		return error_set(err, ERR_FORMAT, "`%s` is there twice", s);
	if (!log_value_parse(value, &log_fields[field], out))
		return error_set(err, ERR_FORMAT, "`%s` is '%.*s', not %s", s,
				 (int)(len < SHOWN_MAX ? len : SHOWN_MAX), original + (value - s),
				 log_value_wanted(&log_fields[field], arena));
	out->has |= BIT(field);
	return ERR_NONE;
}

enum err_code log_line_parse(const char *text, size_t len, struct arena *arena,
			     struct log_line *out, struct error *err)
{
	char *copy, *next;

	*out = (struct log_line){0};
	if (len > LOG_LINE_MAX)
		return error_set(err, ERR_FORMAT, "the line is longer than 1 MiB");
	if (memchr(text, '\0', len))
		return error_set(err, ERR_FORMAT, "the line has a NUL in it");
	copy = arena_bytes(arena, text, len);
	for (char *s = copy; s; s = next) {
		next = strchr(s, '\t');
		if (next)
			*next++ = '\0';
		if (parse_field(s, text + (s - copy), arena, out, err))
			return err->code;
	}
	return log_line_check(out, err);
}

/* The sum that the line says it has; NULL when it says none. */
static const char *stated_sum(const char *line, size_t len)
{
	const char *s = line + len - SUM_LEN;
	unsigned char ignored[SUM_LEN / 2];

	if (len < SUM_LEN + SUM_KEY_LEN || memcmp(s - SUM_KEY_LEN, SUM_KEY, SUM_KEY_LEN) != 0)
		return NULL;
	return hex_parse(s, SUM_LEN, ignored, sizeof(ignored)) ? s : NULL;
}

/* Holds the line to its sum; the next one is held to what this one says. *text_len: without it. */
static enum err_code check_sum(struct log_reader *r, const char *line, size_t len, size_t *text_len,
			       struct error *err)
{
	const char *stated = stated_sum(line, len);
	char before[LOG_SUM_SIZE], sum[LOG_SUM_SIZE];
	struct strbuf text;

	memcpy(before, r->sum, sizeof(before));
	r->sum[0] = '\0';
	if (!stated)
		return error_set(err, ERR_FORMAT, "the line has no sum at its end: it was cut");
	memcpy(r->sum, stated, SUM_LEN);
	*text_len = len - SUM_LEN - SUM_KEY_LEN;
	if (!before[0])
		return error_set(err, ERR_FORMAT, "it follows a damaged line");
	strbuf_init(&text, SUM_LEN + LOG_LINE_MAX);
	strbuf_str(&text, before);
	strbuf_add(&text, line, *text_len);
	sum_of(text.buf, text.len, sum);
	strbuf_release(&text);
	if (memcmp(sum, stated, SUM_LEN) != 0)
		return error_set(err, ERR_FORMAT,
				 "the sum does not fit: this line was changed, or lines before it "
				 "are missing or changed");
	return ERR_NONE;
}

static enum err_code read_header(const char *line, size_t len, struct error *err)
{
	size_t name = strcspn(LOG_HEADER, " ") + 1;

	if (len == strlen(LOG_HEADER) && memcmp(line, LOG_HEADER, len) == 0)
		return ERR_NONE;
	if (len > name && memcmp(line, LOG_HEADER, name) == 0)
		return error_set(err, ERR_FORMAT,
				 "the log is of another format than `%s`: it needs a newer viva",
				 LOG_HEADER);
	return error_set(err, ERR_FORMAT,
			 "this is no log of `viva export --events`: its first line is `%s`",
			 LOG_HEADER);
}

static enum err_code read_end(struct log_reader *r, const struct log_line *line, struct error *err)
{
	r->ended = true;
	if (line->events == r->events)
		return ERR_NONE;
	return error_set(err, ERR_FORMAT, "the log had %" PRId64 " events, here are %" PRId64,
			 line->events, r->events);
}

enum err_code log_read(struct log_reader *r, const char *line, size_t len, struct arena *arena,
		       struct log_line *out, struct error *err)
{
	size_t text_len = 0;

	*out = (struct log_line){0};
	r->lines++;
	if (len && line[len - 1] == '\r')
		return error_set(err, ERR_FORMAT,
				 "it ends in CR LF: the log was changed on its way");
	if (r->lines == 1)
		return read_header(line, len, err);
	if (r->ended)
		return error_set(err, ERR_FORMAT, "something follows the end of the log");
	if (len > LOG_LINE_MAX)
		r->sum[0] = '\0';
	if (len > LOG_LINE_MAX)
		return error_set(err, ERR_FORMAT, "the line is longer than 1 MiB");
	if (check_sum(r, line, len, &text_len, err) ||
	    log_line_parse(line, text_len, arena, out, err))
		return err->code;
	if (out->kind == LOG_KIND_END)
		return read_end(r, out, err);
	r->events += out->kind >= 0;
	return ERR_NONE;
}
