/* Front matter: what a deck says of itself, and what publishers add. */
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "deck/internal.h"

#define WAS_MAX 32
#define URL_MAX 2048

static const char *const keys[] = {
	"deck",	  "title",   "summary", "language", "license",	"was",
	"serial", "updated", "refresh", "next-key", "moved-to",
};

/* How many decimal digits s starts with. */
static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* A strict decimal up to 10^15, as the signature rules want it: no sign, no leading zero. */
static bool parse_serial(const char *s, int64_t *out)
{
	size_t n = digits(s);
	int64_t value = 0;

	if (n == 0 || n > 16 || s[n] != '\0' || (s[0] == '0' && n > 1))
		return false;
	for (size_t i = 0; i < n; i++)
		value = 10 * value + (s[i] - '0');
	if (value > INT64_C(1000000000000000))
		return false;
	*out = value;
	return true;
}

/* "2026-11-20", or with a time behind 'T'. */
static bool is_time(const char *s)
{
	if (digits(s) != 4 || s[4] != '-' || digits(s + 5) != 2 || s[7] != '-' ||
	    digits(s + 8) != 2)
		return false;
	if (s[10] == '\0')
		return true;
	return (s[10] == 'T' || s[10] == ' ') && digits(s + 11) == 2 &&
	       s[11 + strspn(s + 11, "0123456789:.+-Z")] == '\0';
}

static bool is_promise(const char *s)
{
	size_t n = digits(s);

	return n > 0 && n < 5 && s[0] != '0' && strcmp(s + n, "d") == 0;
}

static bool is_public_key(const char *s)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	return strlen(s) == 56 && str_starts(s, "RW") && s[strspn(s, base64)] == '\0';
}

static bool is_https(const char *s)
{
	if (!str_starts(s, "https://") || strlen(s) > URL_MAX || strlen(s) == strlen("https://"))
		return false;
	for (; *s; s++) {
		if (*s <= ' ' || *s >= 0x7f)
			return false;
	}
	return true;
}

static bool is_language(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strspn(s, letters);

	return n >= 2 && n <= 8 && (s[n] == '\0' || (s[n] == '-' && s[n + 1] != '\0')) &&
	       s[n + strspn(s + n, "-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789")] == '\0';
}

/* A line that `good` accepts, else reported as "KEY 'value' EXPECTED". */
static const char *checked(const struct source *src, const struct entry *e,
			   bool (*good)(const char *), const char *expected)
{
	const char *s = value_line(src, e);

	if (!s || good(s))
		return s;
	source_error(src, e->values[0].at, "%s '%s' %s", e->key, source_quote(src, s), expected);
	return NULL;
}

static bool is_id(const char *s)
{
	return str_is_id(s, strlen(s));
}

static void read_serial(const struct source *src, const struct entry *e, struct publisher *out)
{
	const char *s = value_line(src, e);

	if (s && !parse_serial(s, &out->serial))
		source_error(src, e->values[0].at,
			     "serial '%s' is no number from 0 to 10^15 without sign and "
			     "leading zeros",
			     source_quote(src, s));
}

static void read_refresh(const struct source *src, const struct entry *e, struct publisher *out)
{
	const char *s = checked(src, e, is_promise, "is no number of days: write 30d");

	if (s)
		str_to_int(arena_bytes(src->arena, s, digits(s)), 1, 9999, &out->refresh);
}

static void read_publisher_key(const struct source *src, const struct entry *e,
			       struct publisher *out)
{
	if (str_eq(e->key, "serial"))
		read_serial(src, e, out);
	else if (str_eq(e->key, "updated"))
		out->updated = checked(src, e, is_time,
				       "is no date: write 2026-11-20 or 2026-11-20T08:30:00Z");
	else if (str_eq(e->key, "refresh"))
		read_refresh(src, e, out);
	else if (str_eq(e->key, "next-key"))
		out->next_key = checked(src, e, is_public_key,
					"is no minisign public key: 56 characters that start with "
					"RW");
	else if (str_eq(e->key, "moved-to"))
		out->moved_to = checked(src, e, is_https, "is no https:// address");
	else
		value_unknown_key(src, e, keys, sizeof(keys) / sizeof(*keys));
}

static void read_key(const struct source *src, const struct entry *e, struct deck *deck)
{
	if (str_eq(e->key, "deck")) {
		deck->id = value_id(src, e);
		deck->has_id = true;
	} else if (str_eq(e->key, "title")) {
		deck->title = value_line(src, e);
	} else if (str_eq(e->key, "summary")) {
		deck->summary = value_line(src, e);
	} else if (str_eq(e->key, "language")) {
		deck->language = checked(src, e, is_language, "is no language: write en or pt-BR");
	} else if (str_eq(e->key, "license")) {
		deck->license = value_line(src, e);
	} else if (str_eq(e->key, "was")) {
		deck->was = value_list(src, e, WAS_MAX, is_id, "is no deck id");
	} else {
		read_publisher_key(src, e, &deck->publisher);
	}
}

/* Whether there is nothing but blank lines and YAML comments. */
static bool is_empty(const char *text, size_t len)
{
	struct line line = {0};

	while (line_next(text, len, &line)) {
		size_t i = line.start;
		while (i < line.end && (text[i] == ' ' || text[i] == '\t'))
			i++;
		if (i < line.end && text[i] != '#')
			return false;
	}
	return true;
}

void front_read(const struct source *src, struct outline *o, struct deck *deck)
{
	struct mapping m;
	struct place at;
	const char *message;

	if (!o->has_front)
		return;
	if (o->front_end > DECK_FIELD_MAX) {
		source_error(src, (struct place){1, 1},
			     "front matter is longer than 64 KiB: move text below it");
		return;
	}
	/* The opening line goes along: YAML takes it for the start of its document. */
	switch (mapping_read(src, src->text, o->front_end, 0, 1, &m, &at, &message)) {
	case MAPPING_BAD:
		source_error(src, at, "front matter: %s", message);
		return;
	case MAPPING_OTHER:
		if (!is_empty(src->text + o->front_below, o->front_end - o->front_below))
			source_error(src, (struct place){2, 1},
				     "front matter is no list of `key: value` lines");
		return;
	case MAPPING_READ:
		break;
	}
	o->front_insert = m.insert;
	o->front_flow = m.flow;
	o->front_empty = m.count == 0;
	for (size_t i = 0; i < m.count; i++)
		read_key(src, &m.entries[i], deck);
}
