/*
 * Where the candidate is: a terminal with readline, or a script that sends lines. Both stand
 * behind one small interface, so that the study loop is written once.
 *
 * Prompts are constant strings of the program: text from a deck is printed before, never as a
 * prompt, because readline sends a prompt's bytes raw.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "ui/out.h"

/* What is asked: decides history, completion, and whether input typed ahead is dropped. */
enum prompt_kind {
	PROMPT_SHELL,  /* a command; history kept in a file, completion */
	PROMPT_ANSWER, /* a line of an answer; input typed ahead before the first one is dropped */
	PROMPT_GRADE,  /* blind, final and repeat grades, points: no history */
	PROMPT_WAIT,   /* Enter goes on */
	PROMPT_WORD,   /* a level, yes or no: no history */
	PROMPT_SECRET, /* a password: not shown, kept nowhere; `line` is the caller's to wipe */
	PROMPT_KINDS
};

enum read_status {
	READ_LINE,	/* a line, without its line feed; a paste may hold line feeds inside, and
			   one at the end only in an answer */
	READ_EOF,	/* Ctrl-D on an empty line, end of input */
	READ_INTERRUPT, /* Ctrl-C on an empty line; with text Ctrl-C only clears the line */
	READ_STOP	/* SIGHUP, SIGTERM, or the terminal is gone: save and leave; the line holds
			 * what was typed of it */
};

struct ui;

/*
 * Completion: called with the line up to the cursor and the start of the word in it. Returns a
 * mem_array of mem_copy_str strings ending with NULL (all candidates that start with the word), an
 * empty one for the names of files, or NULL; the ui frees it.
 */
typedef char **(*ui_complete_fn)(void *ctx, enum prompt_kind kind, const char *line, size_t word);

/*
 * Terminal on stdin and stdout, one at a time. history_file may be NULL; it is read now, each
 * command is added to it at once, and ui_free() shortens it to the last 1000.
 */
struct ui *ui_terminal(struct out *out, const char *history_file);

/* Lines from stdin, plain output. Counts lines for error messages. */
struct ui *ui_script(struct out *out);

void ui_free(struct ui *ui); /* restores the terminal; the out stays the caller's */

struct out *ui_out(struct ui *ui); /* its width follows the terminal */
void ui_set_completion(struct ui *ui, ui_complete_fn fn, void *ctx);

/*
 * Shows the prompt and reads one line into `line` (reset first; its max applies: a longer line is
 * cut and said). `prefill`, when not NULL, is put on the line to be edited (terminal only).
 */
enum read_status ui_read(struct ui *ui, enum prompt_kind kind, const char *prompt,
			 const char *prefill, struct strbuf *line);

/*
 * Where a read looks for signals: process_take_interrupt, process_stopping, process_take_resize
 * (os/process.h), handed in because ui does not know os. A member may be NULL. Whoever catches the
 * signals only sets flags; the ui blocks the signals itself between a look and its wait. Ctrl-Z
 * and Ctrl-\ the terminal handles alone, during a read: it gives the modes back before.
 */
struct ui_signals {
	bool (*take_interrupt)(void);
	bool (*stopping)(void);
	bool (*take_resize)(void);
};
void ui_set_signals(struct ui *ui, const struct ui_signals *signals);

/* The number of the line read last, from 1 (script). */
int ui_line_number(const struct ui *ui);

/* Hands the terminal to another program (editor, pager) and takes it back. */
void ui_suspend(struct ui *ui);
void ui_resume(struct ui *ui);

#endif
