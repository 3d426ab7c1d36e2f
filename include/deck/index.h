/*
 * The index of a published folder: YAML that lists decks by SHA-256.
 *
 *     viva-index: 1
 *     title: Django interviews
 *     serial: 7
 *     updated: 2026-11-20T08:30:00Z
 *     refresh: 30d
 *     decks:
 *       - deck: django-orm
 *         title: Django ORM and queries
 *         url: d/django-orm.0123456789abcdef.md
 *         size: 81234
 *         sha256: 0123...
 *         cards: 38
 *
 * Pure functions of bytes. A signature block at the end is YAML comments and not seen here.
 */
#ifndef DECK_INDEX_H
#define DECK_INDEX_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "core/card.h"
#include "deck/parse.h"
#include "deck/problem.h"

#define INDEX_SIZE_MAX (1u << 20)
#define INDEX_DECKS_MAX 1000
#define SERIAL_MAX INT64_C(1000000000000000)

struct index_deck {
	const char *id;
	const char *title;
	const char *url; /* relative; contains the first 16 digits of the hash */
	int64_t size;	 /* decoded bytes, exact, 1 to DECK_SIZE_MAX */
	struct hash hash;
	int cards;
};

struct index {
	const char *title;
	struct publisher publisher;
	struct index_deck *decks;
	size_t count;
};

/* Whether the bytes are meant as an index: their first key is `viva-index`. */
bool index_is_one(const char *bytes, size_t len);

/*
 * Problems as deck_parse() reports them: file:line:column. Unknown keys are ignored; an unknown
 * version is the error "needs a newer viva". One violation refuses the whole file.
 */
bool index_parse(const char *bytes, size_t len, const char *file, struct arena *arena,
		 struct index *out, struct problems *problems);

/* Writes one that index_parse() reads back equal. */
void index_print(const struct index *index, struct strbuf *out);

#endif
