/*
 * Words of a query in a text.
 *
 * A word matches where a word of the text begins with it: "select" and "related" are both in
 * "select_related", "elated" is not. One of one or two letters is a whole word. Signs match as
 * they are: "F()", "N+1", "__in". In a phrase a blank stands for whatever is between two words.
 * Case and accents do not matter (base/fold.h).
 */
#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct match {
	size_t start, end; /* bytes of a text */
};

/*
 * Appends a word or phrase as the functions below and the search index take it: folded, blanks
 * single and none at the ends. Nothing where nothing is left.
 */
void match_fold_word(struct strbuf *out, const char *s, size_t len);

/* Whether `word` has a letter or digit: only by those an index finds anything. */
bool match_is_indexed(const char *word);

/* Whether the beginnings of longer words match too; only whole words else. */
bool match_is_prefix(const char *word);

/* The first place at or behind `from` where the folded word stands in a folded or ASCII text. */
bool match_find(const char *text, size_t len, const char *word, size_t from, struct match *hit);

/* Whether the folded word stands anywhere in a text as written. */
bool match_text(const char *text, size_t len, const char *word);

#endif
