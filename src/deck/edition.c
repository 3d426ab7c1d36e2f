#include "deck/edition.h"

#include <string.h>

#include "base/str.h"

#define SUFFIX ".md"

const char *edition_url(const char *id, const struct hash *hash, struct arena *arena)
{
	char hex[2 * HASH_SIZE + 1];

	hash_hex(hash, hex);
	return arena_printf(arena, EDITION_FOLDER "/%s.%.*s" SUFFIX, id, INDEX_HASH_DIGITS, hex);
}

const char *edition_name(const char *url)
{
	const char *name = url + strlen(EDITION_FOLDER "/");
	size_t len, tail = 1 + INDEX_HASH_DIGITS + strlen(SUFFIX);
	const char *dot;

	if (!str_starts(url, EDITION_FOLDER "/"))
		return NULL;
	len = strlen(name);
	if (len <= tail || !str_is_id(name, len - tail))
		return NULL;
	dot = name + len - tail;
	if (dot[0] != '.' || strspn(dot + 1, "0123456789abcdef") != INDEX_HASH_DIGITS ||
	    !str_eq(dot + 1 + INDEX_HASH_DIGITS, SUFFIX))
		return NULL;
	return name;
}

static bool same_deck(const struct index_deck *a, const struct index_deck *b)
{
	return str_eq(a->id, b->id) && str_eq(a->title, b->title) && str_eq(a->url, b->url) &&
	       a->size == b->size && memcmp(&a->hash, &b->hash, sizeof(a->hash)) == 0 &&
	       a->cards == b->cards;
}

bool edition_same(const struct index *a, const struct index *b)
{
	const struct publisher *x = &a->publisher, *y = &b->publisher;

	if (!str_eq(a->title, b->title) || x->refresh != y->refresh ||
	    !str_eq(x->next_key, y->next_key) || !str_eq(x->moved_to, y->moved_to) ||
	    a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!same_deck(&a->decks[i], &b->decks[i]))
			return false;
	}
	return true;
}

static bool lists(const struct index *index, const char *url)
{
	for (size_t i = 0; i < index->count; i++) {
		if (str_eq(index->decks[i].url, url))
			return true;
	}
	return false;
}

static bool keeps(const struct index *index, const char *url)
{
	for (size_t i = 0; i < index->old_count; i++) {
		if (str_eq(index->old[i].url, url))
			return true;
	}
	return false;
}

static void keep(struct index *next, const char *url, int64_t serial)
{
	if (!lists(next, url) && !keeps(next, url))
		next->old[next->old_count++] = (struct index_old){url, serial};
}

void edition_keep(const struct index *before, struct index *next, struct arena *arena)
{
	/* An index of another hand may have no serial. */
	int64_t last = before->publisher.serial < 0 ? 0 : before->publisher.serial;

	next->old = arena_array(arena, before->count + before->old_count, sizeof(*next->old));
	next->old_count = 0;
	for (size_t i = 0; i < before->count; i++)
		keep(next, before->decks[i].url, last);
	for (size_t i = 0; i < before->old_count; i++) {
		if (before->old[i].serial > last - EDITIONS_KEPT)
			keep(next, before->old[i].url, before->old[i].serial);
	}
}

struct strlist edition_stale(const struct index *before, const struct index *next,
			     struct arena *arena)
{
	struct strlist stale = {arena_array(arena, before->old_count, sizeof(*stale.items)), 0};

	for (size_t i = 0; i < before->old_count; i++) {
		const char *url = before->old[i].url;

		if (!lists(next, url) && !keeps(next, url))
			stale.items[stale.count++] = url;
	}
	return stale;
}
