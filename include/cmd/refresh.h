/*
 * Local sources, looked at when the shell, `study` or a command that names a source starts: the
 * bundled folder, the user's own decks, subscribed files and folders. Stat first, then hash when
 * something changed, then parse and merge. A broken or missing file keeps the old deck and is
 * said in one line. After an upgrade, what came over HTTP is read again from what is kept of it.
 */
#ifndef CMD_REFRESH_H
#define CMD_REFRESH_H

#include "cmd/app.h"
#include "cmd/look.h"
#include "store/source.h"

/* All sources, among them the two that need no subscription: bundled decks and the user's own. */
enum err_code refresh_list(struct app *app, struct arena *arena, struct source **out, size_t *count,
			   struct error *err);

/* One that is not over HTTP. Problems are printed to app->messages, changes are not. */
enum err_code refresh_source(struct app *app, const struct source *source,
			     struct look_result *result, struct error *err);

/* What that would change, card by card, into the arena; nothing is written. */
enum err_code refresh_preview(struct app *app, const struct source *source, struct arena *arena,
			      struct changes *changes, struct merge_report *report,
			      struct error *err);

/* All local sources. What changed is printed to app->messages; only storage errors are errors. */
enum err_code refresh_all(struct app *app, struct error *err);

/* Forgets what the files looked like, so that the next look reads all of them. */
enum err_code refresh_forget(struct app *app, struct error *err);

/* Asks about heading edits of cards without ids (interactive). */
enum err_code refresh_proposals(struct app *app, struct error *err);

/* Takes all of them for the same cards, without asking. */
enum err_code refresh_accept_proposals(struct app *app, struct error *err);

/* The user's own deck file, $XDG_DATA_HOME/viva/decks/mine.md, and its folder. Arena owned. */
const char *refresh_own_folder(const struct app *app, struct arena *arena);

#endif
