/* Front matter: what a deck says of itself, and what publishers add. */
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "deck/internal.h"

#define WAS_MAX 32

static const char *const keys[] = {
	"deck",	  "title",   "summary", "language", "license",	"was",
	"serial", "updated", "refresh", "next-key", "moved-to",
};

static bool is_language(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strspn(s, letters);

	return n >= 2 && n <= 8 && (s[n] == '\0' || (s[n] == '-' && s[n + 1] != '\0')) &&
	       s[n + strspn(s + n, "-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789")] == '\0';
}

static bool is_id(const char *s)
{
	return str_is_id(s, strlen(s));
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
		deck->language =
			value_checked(src, e, is_language, "is no language: write en or pt-BR");
	} else if (str_eq(e->key, "license")) {
		deck->license = value_line(src, e);
	} else if (str_eq(e->key, "was")) {
		deck->was = value_list(src, e, WAS_MAX, is_id, "is no deck id");
	} else if (!publisher_read(src, e, &deck->publisher)) {
		value_unknown_key(src, e, keys, sizeof(keys) / sizeof(*keys));
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
	if (m.count == MAPPING_KEYS_MAX && !deck->has_id)
		source_error(src, (struct place){1, 1}, NO_ROOM_FOR_ID);
}
