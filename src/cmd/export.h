/* The matching cards as a deck file of their own: src/cmd/export_deck.c, for src/cmd/export.c. */
#ifndef CMD_EXPORT_H
#define CMD_EXPORT_H

#include "cmd/app.h"
#include "core/query.h"

struct deck_export {
	size_t cards;	 /* written */
	size_t left_out; /* matched, but without an answer: their deck is not here */
};

/*
 * Appends the deck: what the user sees of the cards, own edits laid over, without notes, answers
 * and schedules. Ids are unique: where cards of several decks share one, the later ones get that
 * of their deck in front. `follows` stays where the parent is among them. ERR_FOUND when nothing
 * matches, ERR_FORMAT when one deck cannot hold them.
 */
enum err_code export_deck(struct app *app, const struct query *query, const char *id,
			  struct strbuf *out, struct deck_export *counts, struct error *err);

#endif
