/*
 * The whole event log, out as text and back in: the last resort, the way to a new computer, and the
 * exchange between machines. The lines are those of store/log_line.h; files are the caller's.
 */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "core/card.h"
#include "store/log_line.h"
#include "store/store.h"

struct log_export {
	int64_t events;	  /* written */
	int64_t left_out; /* damaged: nothing that log_line_check() takes */
};

/*
 * Writes the log in order of arrival, from its first line to its last, piece by piece: memory does
 * not grow with it, and no lock is held while `write` works. When the database cannot be read any
 * further, what could be read is written before the error is returned. An error of `write` ends it.
 */
enum err_code store_export_log(struct store *s,
			       enum err_code (*write)(void *ctx, const char *bytes, size_t len,
						      struct error *err),
			       void *ctx, struct log_export *out, struct error *err);

/* What an import did. Strings live in the arena given to store_import_end(). */
struct log_import {
	int64_t events;		   /* given */
	int64_t added;		   /* of them not there before */
	int64_t reviews;	   /* of those added */
	int64_t cards;		   /* with added events */
	int64_t unknown;	   /* added, of kinds that this viva does not know: kept */
	int64_t kept_cards;	   /* that no deck here has: kept as retired ones */
	struct strlist kept_decks; /* ids of theirs */
	struct strlist locations;  /* subscriptions of the log that are not here */
};

/*
 * An import is one transaction, from begin to end. Events that are there already (by id) are passed
 * over, so that importing again changes nothing. store_import_add() takes sound lines in any order,
 * lines that are no events too.
 *
 * A card is found by its name; where no card has it, by the renames that the log knows (links), the
 * log's and those here. One that is not found is made, retired and without an answer: when a deck
 * brings it, it comes back with its schedule.
 *
 * store_import_end() with ok false takes everything back. Else it replays the cards that got
 * events, newest note and edits included. Settings of the log are taken over where take_setting()
 * says so for the key, the newest of each, and only into a database that had no event of a card
 * before. The name of this machine stays. Sources are not touched. It frees the import either way.
 */
struct import;
enum err_code store_import_begin(struct store *s, struct import **out, struct error *err);
enum err_code store_import_add(struct import *in, const struct log_line *line, struct error *err);
enum err_code store_import_end(struct import *in, bool ok, bool (*take_setting)(const char *key),
			       struct arena *arena, struct log_import *out, struct error *err);

#endif
