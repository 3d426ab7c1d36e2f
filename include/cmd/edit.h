/* Editing cards in the user's editor. */
#ifndef CMD_EDIT_H
#define CMD_EDIT_H

#include <stdbool.h>

#include "cmd/app.h"

/*
 * Opens the card's own file at its line when it comes from a local file or the user's own decks,
 * and merges what was changed; for a bundled card the sections as a small deck, what differs
 * becomes the user's own words, laid over the deck's. Says what was done.
 */
enum err_code edit_card(struct app *app, int64_t key, struct error *err);

/*
 * For text from the editor that cannot be used, which is an error of format: on a terminal says why
 * and asks. True, and *err cleared: the user goes on in the editor. False: *err stays, without a
 * message where it was shown.
 */
bool edit_again(struct app *app, struct error *err);

#endif
