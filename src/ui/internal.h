/*
 * What the two sides of ui.h share: the terminal (terminal.c, history.c, completion.c) and the
 * script (script.c). ui.c holds what both do alike and is the only one that calls a driver;
 * secret.c reads passwords for both.
 */
#ifndef UI_INTERNAL_H
#define UI_INTERNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "ui/ui.h"

struct ui_driver {
	enum read_status (*read)(struct ui *ui, enum prompt_kind kind, const char *prompt,
				 const char *prefill, struct strbuf *line);
	void (*resume)(struct ui *ui); /* another program had the terminal; may be NULL */
	void (*free)(struct ui *ui);
};

/* The first member of a driver's own struct. */
struct ui {
	const struct ui_driver *driver;
	struct out *out;
	struct ui_signals signals;
	ui_complete_fn complete;
	void *complete_ctx;
	int line_number;
	bool in_answer;	  /* the read before this one was PROMPT_ANSWER */
	bool interrupted; /* flags taken from `signals`, cleared by who acts on them */
	bool resized;
	bool stopped; /* READ_STOP was or will be returned, from now on always */
};

void ui_init(struct ui *ui, const struct ui_driver *driver, struct out *out);

/* Takes the flags of what the signals brought so far. */
void ui_look_at_signals(struct ui *ui);

/*
 * No signal is lost between a look at its flag and the wait for input: they are blocked while a
 * line is read, and let in by ui_wait_input() alone, with the mask that was there before.
 */
void ui_block_signals(sigset_t *before);
void ui_unblock_signals(const sigset_t *before);

/* Sleeps until a read of stdin would not: true. False when a signal came first. */
bool ui_wait_input(const sigset_t *before);

/*
 * A line that is collected in one or more pieces; what is over its max is dropped. ui_end_line()
 * then cuts at the end of a character and says so.
 */
void ui_add_to_line(struct strbuf *line, const char *bytes, size_t len, bool *cut);
void ui_end_line(struct ui *ui, struct strbuf *line, bool cut);

/* One line from a terminal that does not show it, whatever the driver is. */
enum read_status secret_read(struct ui *ui, const char *prompt, struct strbuf *line);

/* Lines to go back to with arrow-up, the oldest first. */
struct history {
	char **lines;
	size_t count, cap;
	char *file; /* NULL: in memory only */
	size_t file_lines;
};

void history_open(struct history *h, const char *file); /* file may be NULL */
void history_close(struct history *h);
void history_forget(struct history *h); /* the lines in memory */

/* Keeps a line, in the file as well, unless it is blank or the same as the one before. */
void history_keep(struct history *h, const char *line);

/* Makes these lines, or none for NULL, what readline offers. */
void history_offer(const struct history *h);

/* What the caller's candidates come to, for rl_attempted_completion_function. */
char **completion_matches(struct ui *ui, enum prompt_kind kind, const char *word, size_t start);

#endif
