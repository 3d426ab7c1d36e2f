/* The editor, random bytes and signals. Nothing from a card is ever given to a shell. */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"

/* Random bytes from the kernel; ends the program when there are none. */
void process_random(void *out, size_t len);

/*
 * Opens a file in the user's editor and waits. `editor` is $VISUAL or $EDITOR as the environment
 * has it: split at blanks, run by execvp, the path last. line > 0 passes +LINE first to editors
 * known to take it (vi, vim, nvim, nano, emacs, emacsclient, micro, kak, joe, mg, ed not).
 * ERR_USAGE with what to set when editor is NULL or cannot be started, or ended with an error.
 */
enum err_code process_edit_file(const char *editor, const char *path, int line, struct error *err);

/*
 * Lets the user edit text in a temporary file (mkstemp, 0600, in `folder`, which is made when it is
 * missing); the file is removed afterwards. text holds the text before and after, and is left alone
 * by an error. What is longer than text->max is ERR_FORMAT, and then the file stays: the message
 * names it.
 */
enum err_code process_edit_text(const char *editor, const char *folder, const char *suffix,
				struct strbuf *text, struct error *err);

/*
 * Signals. SIGINT, SIGHUP (not under nohup), SIGTERM and SIGWINCH only set flags, which the reader
 * of input looks at (ui_set_signals() of ui/ui.h); SIGPIPE and SIGXFSZ are ignored, so that a
 * closed pipe and a quota are errors, not deaths.
 */
void process_catch_signals(void);
bool process_take_interrupt(void); /* SIGINT since the last call */
bool process_stopping(void);	   /* SIGHUP or SIGTERM came; stays true */
int process_stop_signal(void);	   /* which one, 0 for none */
bool process_take_resize(void);

#endif
