/*
 * Local sources, looked at when the shell, `study` or a command that names a source starts: the
 * bundled folder, the user's own decks, subscribed files and folders. Stat first, then hash when
 * something changed, then parse and merge. A broken or missing file keeps the old deck and is
 * said in one line.
 */
#ifndef CMD_REFRESH_H
#define CMD_REFRESH_H

#include "cmd/app.h"
#include "store/source.h"

/* All local sources. What changed is printed to app->messages; only storage errors are errors. */
enum err_code refresh_all(struct app *app, struct error *err);

/* Forgets what the files looked like, so that the next look reads all of them. */
enum err_code refresh_forget(struct app *app, struct error *err);

/* Asks about heading edits of cards without ids (interactive). */
enum err_code refresh_proposals(struct app *app, struct error *err);

/* The user's own deck file, $XDG_DATA_HOME/viva/decks/mine.md, and its folder. Arena owned. */
const char *refresh_own_folder(const struct app *app, struct arena *arena);

#endif
