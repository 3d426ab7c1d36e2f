/* The metadata comment of a card: which comment it is, and what it says. */
#include <string.h>

#include "base/str.h"
#include "deck/internal.h"

#define LIST_MAX 32
#define REV_MAX 1000000
#define COMMENTS_MAX 64 /* of one card, that are looked at */

static const char *const keys[] = {
	"id",	"was",	"follows",    "probes",	 "level", "tier", "aim",
	"kind", "tags", "competency", "seconds", "set",	  "rev",
};

#define KEY_COUNT (sizeof(keys) / sizeof(*keys))

static bool is_key(const char *s, size_t len)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (strlen(keys[i]) == len && memcmp(keys[i], s, len) == 0)
			return true;
	}
	return false;
}

/* One reader for each key that takes one of a few words, from the tables of core/card.h. */
#define WORD_KEY(type) \
	static const char *name_of_##type(int i) \
	{ \
		return type##_name((enum type)i); \
	} \
	static bool set_##type(struct card *card, const char *s) \
	{ \
		return type##_parse(s, &card->type); \
	}
WORD_KEY(level)
WORD_KEY(tier)
WORD_KEY(aim)
WORD_KEY(kind)
WORD_KEY(competency)

static const struct word_key {
	const char *key;
	int count;
	const char *(*name_of)(int);
	bool (*set)(struct card *, const char *);
} word_keys[] = {
	{"level", LEVEL_COUNT, name_of_level, set_level},
	{"tier", TIER_COUNT, name_of_tier, set_tier},
	{"aim", AIM_COUNT, name_of_aim, set_aim},
	{"kind", KIND_COUNT, name_of_kind, set_kind},
	{"competency", COMPETENCY_COUNT, name_of_competency, set_competency},
};

static void read_word(const struct source *src, const struct entry *e, const struct word_key *key,
		      struct card *card)
{
	const char *s = value_text(src, e);
	const char *allowed = "";

	if (!s || key->set(card, s))
		return;
	for (int i = 0; i < key->count; i++) {
		if (*key->name_of(i))
			allowed = arena_printf(src->arena, "%s%s%s", allowed, *allowed ? ", " : "",
					       key->name_of(i));
	}
	source_error(src, e->values[0].at, "%s '%s' is unknown: use one of %s", e->key,
		     source_quote(src, s), allowed);
}

static void read_probes(const struct source *src, const struct entry *e, struct card *card)
{
	if (e->shape == SHAPE_NESTED || e->count > PROBES_MAX) {
		source_error(src, e->at, "probes takes a list of at most %d numbers: [1, 3]",
			     PROBES_MAX);
		return;
	}
	for (size_t i = 0; i < e->count; i++) {
		int number = 0;
		bool good = str_to_int(e->values[i].text, 1, POINTS_MAX, &number);

		for (size_t j = 0; good && j < card->probe_count; j++)
			good = card->probes[j] != number;
		if (good)
			card->probes[card->probe_count++] = number;
		else
			source_error(src, e->values[i].at,
				     "probe '%s' is no number of a key point, or is there twice",
				     source_quote(src, e->values[i].text));
	}
}

static void read_follows(const struct source *src, const struct entry *e, struct card *card)
{
	const char *s = value_text(src, e);

	if (s && value_is_reference(s))
		card->follows = s;
	else if (s)
		source_error(src, e->values[0].at,
			     "follows '%s' is no card: write its id, or deck-id/card-id",
			     source_quote(src, s));
}

static void read_key(const struct source *src, const struct entry *e, struct card *card,
		     struct place *id_at)
{
	for (size_t i = 0; i < sizeof(word_keys) / sizeof(*word_keys); i++) {
		if (str_eq(e->key, word_keys[i].key)) {
			read_word(src, e, &word_keys[i], card);
			return;
		}
	}
	if (str_eq(e->key, "id")) {
		card->id = value_id(src, e);
		card->has_id = true;
		*id_at = e->at;
	} else if (str_eq(e->key, "was")) {
		card->was = value_list(src, e, LIST_MAX, value_is_reference,
				       "is no card: write its earlier id, or deck-id/card-id");
	} else if (str_eq(e->key, "follows")) {
		read_follows(src, e, card);
	} else if (str_eq(e->key, "probes")) {
		read_probes(src, e, card);
	} else if (str_eq(e->key, "tags")) {
		card->tags = value_list(src, e, LIST_MAX, value_is_word,
					"is no tag: one word of at most 64 bytes");
	} else if (str_eq(e->key, "set")) {
		card->sets = value_list(src, e, LIST_MAX, value_is_word,
					"is no set: one word of at most 64 bytes");
	} else if (str_eq(e->key, "seconds")) {
		card->has_seconds = value_int(src, e, 1, CARD_SECONDS_MAX, &card->seconds);
	} else if (str_eq(e->key, "rev")) {
		value_int(src, e, 0, REV_MAX, &card->rev);
	} else {
		value_unknown_key(src, e, keys, KEY_COUNT);
	}
}

/*
 * Whether a comment's text has a known key where a mapping could have one: at the start of a line
 * or behind '{' and ','. Without that it is not shown to libyaml.
 */
static bool looks_like_metadata(const char *s, size_t len)
{
	bool start = true;

	for (size_t i = 0; i < len;) {
		size_t n = 0;
		if (start)
			while (i + n < len && ((s[i + n] >= 'a' && s[i + n] <= 'z')))
				n++;
		if (n > 0) {
			size_t end = i + n;
			while (end < len && memchr(" \t\"'", s[end], 4))
				end++;
			if (end < len && s[end] == ':' && is_key(s + i, n))
				return true;
			start = false;
			i += n;
			continue;
		}
		if (memchr("\n{,", s[i], 3))
			start = true;
		else if (!memchr(" \t\r\"'?", s[i], 6))
			start = false;
		i++;
	}
	return false;
}

/* The first word of a comment when a ':' is behind it, for the one who mistyped it; else NULL. */
static const char *first_word(const struct source *src, const char *s, size_t len)
{
	size_t i = 0, n = 0;

	while (i < len && memchr(" \t\r\n{\"'", s[i], 7))
		i++;
	while (i + n < len && s[i + n] >= 'a' && s[i + n] <= 'z')
		n++;
	return i + n < len && n > 1 && s[i + n] == ':' ? arena_bytes(src->arena, s + i, n) : NULL;
}

/* Reads a comment as YAML: its text with blanks in place of what is before it on its line. */
static enum mapping_status read_comment(const struct source *src, const struct comment *c,
					struct mapping *m, struct place *at, const char **message)
{
	size_t body = c->start + strlen("<!--");
	size_t skip = body - c->line_start, len = c->end - strlen("-->") - c->line_start;
	char *yaml = arena_bytes(src->arena, src->text + c->line_start, len);

	memset(yaml, ' ', skip);
	return mapping_read(src, yaml, len, c->line_start, c->line, m, at, message);
}

static bool has_known_key(const struct mapping *m)
{
	for (size_t i = 0; i < m->count; i++) {
		if (is_key(m->entries[i].key, strlen(m->entries[i].key)))
			return true;
	}
	return false;
}

/* Whether only blank lines are between the heading and the comment. */
static bool is_first_thing(const struct source *src, const struct outline_card *oc,
			   const struct comment *c)
{
	for (size_t i = oc->below; i < c->line_start; i++) {
		if (!memchr(" \t\r\n", src->text[i], 4))
			return false;
	}
	return true;
}

static void not_metadata(const struct source *src, const struct outline_card *oc,
			 const struct comment *c, const char *body, size_t len)
{
	const char *word = is_first_thing(src, oc, c) ? first_word(src, body, len) : NULL;
	const char *near = word ? str_nearest(word, keys, KEY_COUNT) : NULL;

	if (near)
		source_warn(src, source_place(src, c->line_start, c->line, c->start),
			    "comment is not read as metadata, '%s' is no key: did you mean '%s'?",
			    source_quote(src, word), near);
}

/* Tries one comment. True when it is the metadata. */
static bool try_comment(const struct source *src, const struct outline_card *oc,
			const struct comment *c, struct mapping *m)
{
	const char *body = src->text + c->start + strlen("<!--"), *message;
	size_t whole = c->end - c->start;
	size_t len = whole > strlen("<!---->") ? whole - strlen("<!---->") : 0;
	struct place at = source_place(src, c->line_start, c->line, c->start);

	if (!looks_like_metadata(body, len)) {
		not_metadata(src, oc, c, body, len);
		return false;
	}
	if (len > DECK_FIELD_MAX) {
		source_error(src, at, "comment is longer than 64 KiB: shorten it");
		return false;
	}
	switch (read_comment(src, c, m, &at, &message)) {
	case MAPPING_READ:
		return has_known_key(m);
	case MAPPING_BAD:
		if (is_first_thing(src, oc, c))
			source_error(src, at, "%s", message);
		else
			source_warn(src, at, "comment is not read as metadata: %s", message);
		return false;
	default:
		return false;
	}
}

void meta_read(const struct source *src, struct outline *o, struct outline_card *oc,
	       struct card *card, struct place *id_at)
{
	for (size_t i = 0; i < oc->comment_count && i < COMMENTS_MAX; i++) {
		const struct comment *c = &o->comments[oc->comment + i];
		struct mapping m;

		if (!try_comment(src, oc, c, &m))
			continue;
		if (oc->meta != NONE) {
			source_warn(src, source_place(src, c->line_start, c->line, c->start),
				    "second metadata comment of the card is not read: put all into "
				    "the first");
			return;
		}
		oc->meta = oc->comment + i;
		oc->meta_insert = m.insert;
		oc->meta_flow = m.flow;
		for (size_t k = 0; k < m.count; k++)
			read_key(src, &m.entries[k], card, id_at);
		if (m.count == MAPPING_KEYS_MAX && !card->has_id)
			source_error(src, source_place(src, c->line_start, c->line, c->start),
				     NO_ROOM_FOR_ID);
	}
}
