/*
 * What index.c and search.c share: the texts of a card in which words are looked for, and the
 * columns of the index.
 */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include "internal.h"
#include "store/search.h"

enum index_column {
	INDEX_QUESTION,
	INDEX_POINTS,
	INDEX_ANSWER,
	INDEX_MORE, /* the other sections, name and tags */
	INDEX_OWN,  /* note and answers */
	INDEX_COLUMNS
};
#define INDEX_TEXT_MAX ((size_t)4 << 20) /* bytes of a column */

/* Rows for words_get(), of the cards from ?1 to ?2, in order. */
extern const char words_sql[];
enum err_code words_get(struct stmt *q, struct arena *arena, struct searched *out,
			struct error *err);

/* What the index holds of one card: its columns, folded, a line end behind each text. */
struct entry {
	struct strbuf columns[INDEX_COLUMNS];
};
void entry_init(struct entry *e);
void entry_release(struct entry *e);
void entry_fill(struct entry *e, const struct searched *w);
int64_t entry_hash(const struct entry *e);

#endif
