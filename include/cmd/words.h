/* A line of the shell -> words, as argv has them. */
#ifndef CMD_WORDS_H
#define CMD_WORDS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

/*
 * Splits at blanks; '...' and "..." keep blanks together, a backslash takes the next character as
 * it is (not inside '...'). A word that begins with "~/" is below home, when that is not NULL; from
 * a word that begins with "#" on the line is a comment. ERR_USAGE for a quote that is not closed.
 * *words ends with NULL.
 */
enum err_code words_split(const char *line, const char *home, struct arena *arena, char ***words,
			  int *count, struct error *err);

#endif
