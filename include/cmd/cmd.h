/*
 * Commands. One const struct cmd a file; the table gives dispatch, help, usage lines, the manual
 * and completion. The shell's commands are the program's commands.
 *
 * To add one: write src/cmd/NAME.c with its `const struct cmd cmd_NAME`, declare it here, put it
 * into the table in src/cmd/table.c.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cmd/app.h"

enum cmd_flag {
	CMD_READS = 1 << 0,   /* opens the database for reading */
	CMD_WRITES = 1 << 1,  /* opens it for writing, making it when missing */
	CMD_SOURCES = 1 << 2, /* looks at the local sources first */
	CMD_DECKS = 1 << 3,   /* reads, but imports the decks at the very first use */
	CMD_PAGED = 1 << 4,   /* long output: through $PAGER on a terminal */
	CMD_SHELL = 1 << 5,   /* is the shell itself: not a command inside of it */
	CMD_HIDDEN = 1 << 6   /* for programs: named by no help, manual or completion */
};

#define ARGS_OPTIONS_MAX 12

struct cmd_option {
	const char *name;  /* without the dashes */
	const char *value; /* what its value is called; NULL: takes none */
	const char *help;
};

/* The words of a call, sorted out. Strings are the caller's argv. */
struct args {
	char **words; /* what is no option, in order */
	size_t count;
	const char *values[ARGS_OPTIONS_MAX]; /* by place in the option table; NULL: not given */
	const struct cmd_option *options;
};

struct cmd {
	const char *name;
	const char *usage;   /* what stands behind the name: "CARD GRADE [--blind G]"; completion
				reads it: words in capitals are those of src/cmd/candidate.c */
	const char *summary; /* one line, no full stop */
	const char *help;    /* Markdown paragraphs, NULL when the summary says it all */
	const char *json;    /* what --json prints, in Markdown; NULL: does not take it */
	struct cmd_option options[ARGS_OPTIONS_MAX]; /* ends with a NULL name */
	size_t words_min, words_max;
	unsigned flags;
	enum err_code (*run)(struct app *app, const struct args *args, struct error *err);
};

#define CMD_WORDS_ANY ((size_t)-1)

extern const struct cmd *const cmd_table[]; /* ends with NULL; in the order of `viva help` */

const struct cmd *cmd_find(const char *name);

/* The value of an option ("" for a given flag), NULL when it was not given. */
const char *args_option(const struct args *args, const char *name);

/*
 * Parses and runs argv[0..argc): the command's name and its words. Errors go to the caller, who
 * prints them. Sets app->json. Only --word is an option; "--" ends options.
 */
enum err_code cmd_run(struct app *app, int argc, char **argv, struct error *err);

/* Shows an error as "viva: message" on standard error; nothing for an empty message. */
void cmd_show_error(struct app *app, const struct error *err);

extern const struct cmd cmd_add, cmd_backup, cmd_bury, cmd_check, cmd_complete, cmd_config,
	cmd_conflicts, cmd_doctor, cmd_due, cmd_edit, cmd_export, cmd_flag, cmd_help, cmd_import,
	cmd_list, cmd_log, cmd_note, cmd_publish, cmd_reset, cmd_restore, cmd_review, cmd_search,
	cmd_shell, cmd_show, cmd_sources, cmd_study, cmd_subscribe, cmd_suspend, cmd_sync,
	cmd_unbury, cmd_undo, cmd_unflag, cmd_unsubscribe, cmd_unsuspend, cmd_version;

#endif
