/*
 * The index of a published folder: YAML that lists decks by SHA-256.
 *
 *     viva-index: 1
 *     title: "Django interviews"
 *     serial: 7
 *     updated: "2026-11-20T08:30:00Z"
 *     refresh: 30d
 *     decks:
 *       - deck: django-orm
 *         title: "Django ORM and queries"
 *         url: d/django-orm.0123456789abcdef.md
 *         size: 81234
 *         sha256: 0123...
 *         cards: 38
 *
 * Optional are the publisher's keys (serial to moved-to, as in a deck's front matter) and `old`, a
 * list of {url, serial}. A url is names of letters, digits, '.', '_', '~' and '-' between single
 * slashes, none of them "." or "..": below the index's own folder, whatever parses it.
 *
 * Pure functions of bytes. A signature block at the end is YAML comments and not seen here.
 */
#ifndef DECK_INDEX_H
#define DECK_INDEX_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "core/card.h"
#include "core/signed.h"
#include "deck/parse.h"
#include "deck/problem.h"

#define INDEX_SIZE_MAX (1u << 20)
#define INDEX_DECKS_MAX 1000
#define INDEX_HASH_DIGITS 16 /* of its hash, that a deck's file name holds */

struct index_deck {
	const char *id;	   /* that of the file must be the same: the caller's to check */
	const char *title; /* one line */
	const char *url;   /* relative; contains the first INDEX_HASH_DIGITS of the hash */
	int64_t size;	   /* decoded bytes, exact, 1 to DECK_SIZE_MAX */
	struct hash hash;
	int cards; /* at most DECK_CARDS_MAX */
};

/* A file of an earlier edition, still served to who has read that edition's index. */
struct index_old {
	const char *url;
	int64_t serial; /* the last edition that listed it */
};

struct index {
	const char *title; /* one line */
	struct publisher publisher;
	struct index_deck *decks; /* each id once */
	size_t count;
	struct index_old *old; /* what a publisher removes some day; of no use to readers */
	size_t old_count;
};

/*
 * Whether the bytes are meant as an index: the first thing in them, comments and document start
 * apart, is the key `viva-index`.
 */
bool index_is_one(const char *bytes, size_t len);

/*
 * Problems as deck_parse() reports them: file:line:column. Unknown keys are ignored; an unknown
 * version is the error "needs a newer viva". One violation refuses the whole file.
 */
bool index_parse(const char *bytes, size_t len, const char *file, struct arena *arena,
		 struct index *out, struct problems *problems);

/* Whether a url or file name holds the first INDEX_HASH_DIGITS of the hash. */
bool index_names_hash(const char *url, const struct hash *hash);

/* Appends one that index_parse() reads back equal. */
void index_print(const struct index *index, struct strbuf *out);

#endif
