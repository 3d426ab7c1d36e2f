/* What is wrong in a deck file: collected, all of them in one run, in the order of the file. */
#ifndef DECK_PROBLEM_H
#define DECK_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

#define PROBLEMS_MAX 1000 /* of a file; then one last entry says that there are more */

enum severity { SEVERITY_WARNING, SEVERITY_ERROR };

struct problem {
	const char *file; /* as the caller named it */
	int line, column; /* from 1; column counts characters */
	enum severity severity;
	const char *message; /* lower case, one line, says what to do */
	bool last;	     /* the entry that says that there are more */
};

struct problems {
	struct arena *arena; /* owns the messages and the array */
	struct problem *items;
	size_t count, cap;
	size_t errors, warnings; /* all of them, also those that found no place */
	size_t file_start;	 /* where the problems of the newest file begin */
};

void problems_init(struct problems *p, struct arena *arena);
void problems_add(struct problems *p, const char *file, int line, int column,
		  enum severity severity, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* The error of a file of more than `max` bytes, a number of MiB. */
void problems_too_large(struct problems *p, const char *file, size_t max);

/* By file, line, column; stable. */
void problems_sort(struct problems *p);

/* The first error as "file:line:column: message" with ERR_FORMAT, and how many more there are. */
enum err_code problems_error(const struct problems *p, struct error *err);

#endif
