/*
 * Completion, from the command table: for the viva shell, for the slash commands of a sitting, and
 * by the command `complete` for the shells of the system. What a command's words are is read off
 * its usage line: the words in capitals there are explained in src/cmd/candidate.c.
 */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H

#include "cmd/app.h"

/* For ui_set_completion(); ctx is the struct app. */
char **complete(void *ctx, enum prompt_kind kind, const char *line, size_t word);

#endif
