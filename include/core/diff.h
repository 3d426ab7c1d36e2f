/* What changed between two texts, word by word. */
#ifndef CORE_DIFF_H
#define CORE_DIFF_H

#include <stddef.h>

#include "base/arena.h"

/* The most comparisons of words; beyond them the middle is one whole change. */
#define DIFF_WORK_MAX 1000000

enum diff_kind { DIFF_SAME, DIFF_OLD, DIFF_NEW };

/* A run of words: of both texts (spelt as in the new one), of the old or of the new one alone. */
struct diff_run {
	enum diff_kind kind;
	const char *text; /* len bytes of one of the texts, with the blanks behind the last word */
	size_t len;
	size_t words;
};

struct diff {
	struct diff_run *runs; /* in order; old before new where both changed; arena owned */
	size_t count;
};

/*
 * Words are what blanks and line ends separate; how many and which does not count. NULL is an empty
 * text. The runs point into the texts. Time at most DIFF_WORK_MAX comparisons, and linear.
 */
struct diff diff_words(const char *old, const char *new, struct arena *arena);

#endif
