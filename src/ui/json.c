#include "ui/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "core/day.h"

#define HIGH_SURROGATE 0xD800
#define LOW_SURROGATE 0xDC00

static void put(struct json *j, const char *s)
{
	out_raw(j->out, s, strlen(s));
}

static void put_unit(struct json *j, uint32_t unit)
{
	char text[8];

	snprintf(text, sizeof(text), "\\u%04x", (unsigned)(unit & 0xFFFF));
	put(j, text);
}

/* Whether the character stands for itself in a string. */
static bool is_plain(uint32_t cp)
{
	return cp != '"' && cp != '\\' && !utf8_is_hostile(cp);
}

static void put_escaped(struct json *j, uint32_t cp)
{
	if (cp == '"') {
		put(j, "\\\"");
	} else if (cp == '\\') {
		put(j, "\\\\");
	} else if (cp == '\n') {
		put(j, "\\n");
	} else if (cp == '\t') {
		put(j, "\\t");
	} else if (cp > 0xFFFF) {
		put_unit(j, HIGH_SURROGATE + ((cp - 0x10000) >> 10));
		put_unit(j, LOW_SURROGATE + ((cp - 0x10000) & 0x3FF));
	} else {
		put_unit(j, cp);
	}
}

/* What needs no escape is written in one piece. */
static void put_quoted(struct json *j, const char *s)
{
	size_t len = strlen(s), done = 0, pos = 0;

	put(j, "\"");
	while (pos < len) {
		uint32_t cp = 0;
		size_t n = utf8_next(s + pos, len - pos, &cp);

		if (n && is_plain(cp)) {
			pos += n;
			continue;
		}
		out_raw(j->out, s + done, pos - done);
		if (n)
			put_escaped(j, cp);
		else
			put(j, "\\ufffd");
		pos += n ? n : 1;
		done = pos;
	}
	out_raw(j->out, s + done, len - done);
	put(j, "\"");
}

static void put_indent(struct json *j)
{
	static const char blanks[] = "\n                                ";

	static_assert(sizeof(blanks) == 2 + 2 * JSON_DEPTH_MAX, "as deep as it may be");
	out_raw(j->out, blanks, 1 + 2 * (size_t)j->depth);
}

/* What comes before a value: the comma of the one before, a line of its own, the key. */
static void start_value(struct json *j, const char *key)
{
	if (j->depth > 0) {
		assert((key != NULL) == (j->closers[j->depth - 1] == '}'));
		if (!j->empty[j->depth - 1])
			put(j, ",");
		j->empty[j->depth - 1] = false;
		put_indent(j);
	}
	if (key) {
		put_quoted(j, key);
		put(j, ": ");
	}
}

static void end_value(struct json *j)
{
	if (j->depth == 0)
		put(j, "\n");
}

static void open_container(struct json *j, const char *key, const char *opener, char closer)
{
	start_value(j, key);
	put(j, opener);
	assert(j->depth < JSON_DEPTH_MAX);
	j->closers[j->depth] = closer;
	j->empty[j->depth] = true;
	j->depth++;
}

void json_init(struct json *j, struct out *out)
{
	*j = (struct json){.out = out};
}

void json_object(struct json *j, const char *key)
{
	open_container(j, key, "{", '}');
}

void json_array(struct json *j, const char *key)
{
	open_container(j, key, "[", ']');
}

void json_end(struct json *j)
{
	assert(j->depth > 0);
	j->depth--;
	if (!j->empty[j->depth])
		put_indent(j);
	out_raw(j->out, &j->closers[j->depth], 1);
	end_value(j);
}

static void put_value(struct json *j, const char *key, const char *text)
{
	start_value(j, key);
	put(j, text);
	end_value(j);
}

void json_string(struct json *j, const char *key, const char *value)
{
	if (!value) {
		json_null(j, key);
		return;
	}
	start_value(j, key);
	put_quoted(j, value);
	end_value(j);
}

void json_int(struct json *j, const char *key, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	put_value(j, key, text);
}

void json_bool(struct json *j, const char *key, bool value)
{
	put_value(j, key, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	put_value(j, key, "null");
}

void json_hundredths(struct json *j, const char *key, int64_t value)
{
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char text[32];

	snprintf(text, sizeof(text), "%s%" PRIu64 ".%02" PRIu64, value < 0 ? "-" : "", size / 100,
		 size % 100);
	put_value(j, key, text);
}

void json_day(struct json *j, const char *key, int day)
{
	char text[DAY_TEXT];

	if (day == DAY_NONE) {
		json_null(j, key);
		return;
	}
	day_format(day, text);
	json_string(j, key, text);
}
