/* The piece of a text that shows where the words of a query stand in it. */
#ifndef CORE_SNIPPET_H
#define CORE_SNIPPET_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/match.h"

struct snippet {
	struct match piece;
	struct match *hits; /* in order, apart, inside of the piece; like it bytes of the text */
	size_t hit_count;
	uint32_t words; /* which of the words are among the hits, as bits */
};

/*
 * The piece of at most `room` bytes that has most of the words (folded by match_fold_word(), at
 * most 32), the first of its kind; the beginning of the text where it has none. Words in `known`
 * (bits) count only where the others leave a choice. The piece starts and ends at blanks where it
 * can, and never within a character.
 */
struct snippet snippet_make(const char *text, const char *const *words, size_t count,
			    uint32_t known, size_t room, struct arena *arena);

/* How many words that is. */
int snippet_count(uint32_t words);

#endif
