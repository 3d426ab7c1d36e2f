/* The slash commands of a sitting, and what `?` and `??` say of them. */
#ifndef CMD_SLASH_H
#define CMD_SLASH_H

#include "cmd/ask.h"

enum slash_result {
	SLASH_NONE,    /* the line is no command: it is input */
	SLASH_DONE,    /* carried out; the prompt comes again */
	SLASH_ENDED,   /* the card ends as a->end says */
	SLASH_ANSWERED /* /editor finished the answer */
};

/*
 * Carries out a line that is a command: its first word is the name of one. "//" at the start stands
 * for a slash: the line is shortened by it and is input. "?" and "??" explain.
 */
enum slash_result slash_run(struct ask *a, struct strbuf *line, struct error *err);

/* The i-th command, its name with the slash, for completion and manual; false behind the last. */
bool slash_describe(size_t i, const char **name, const char **help);

#endif
