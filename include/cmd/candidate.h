/* What may stand at one place of a command line: names, terms, settings, files. */
#ifndef CMD_CANDIDATE_H
#define CMD_CANDIDATE_H

#include "cmd/app.h"

struct candidate {
	char *text;
	const char *help; /* constant, or NULL */
};

/* A command line up to the cursor, and what was found for it. Whoever made it frees that. */
struct call {
	struct app *app;
	char *const *words; /* before the cursor's word */
	size_t count;
	const char *word;

	struct candidate *found;
	size_t found_count, found_cap;
	bool files; /* names of files may stand there too */
};

/* Adds a text that starts with the cursor's word; others are passed over. help is kept as it is. */
void candidate_add(struct call *c, const char *text, const char *help);

void candidate_add_commands(struct call *c);

/*
 * What fits one place of a usage line, such as "CARD|QUERY..." or "mine|theirs". Words in capitals
 * stand for something; those in small letters for themselves.
 */
void candidate_add_place(struct call *c, const char *place, size_t len);

/* Whether a word in capitals is known here. */
bool candidate_knows(const char *word, size_t len);

#endif
