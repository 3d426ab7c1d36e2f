/* The piece of a text that shows where the words of a query stand in it. */
#ifndef CORE_SNIPPET_H
#define CORE_SNIPPET_H

#include <stddef.h>

#include "base/arena.h"
#include "core/match.h"

struct snippet {
	struct match piece;
	struct match *hits; /* in order, apart, inside of the piece; like it bytes of the text */
	size_t hit_count;
	size_t words; /* how many of the words are among the hits */
};

/*
 * The piece of at most `room` bytes that has most of the words (folded by match_fold_word(), at
 * most 32), the first of its kind; the beginning of the text where it has none. It starts and ends
 * at blanks where it can, and never within a character.
 */
struct snippet snippet_make(const char *text, const char *const *words, size_t count, size_t room,
			    struct arena *arena);

#endif
