/*
 * One local source, looked at: its files by stat, then by hash, what changed parsed and merged in
 * one transaction. A broken or missing file keeps its old deck.
 */
#ifndef CMD_LOOK_H
#define CMD_LOOK_H

#include "cmd/app.h"
#include "store/source.h"

struct look_result {
	bool first;		/* no file of it was known before */
	size_t decks, cards;	/* read and merged now */
	struct changes changes; /* counts only */
};

/*
 * strict: every file is read, and one that does not parse, belongs to another source or does not go
 * together with the others is the error (ERR_FORMAT, ERR_DECISION), as is a source that is not
 * there (ERR_USAGE). Else unchanged files are passed over and what is refused is said with
 * look_say(). take_over: decks of other sources are taken. stamp, when not NULL, is remembered.
 */
enum err_code look_at_source(struct app *app, const struct source *source, bool strict,
			     bool take_over, const char *stamp, struct look_result *out,
			     struct error *err);

/*
 * What looking at it would change, card by card, into the arena; nothing is written. Not strict.
 */
enum err_code look_preview(struct app *app, const struct source *source, struct arena *arena,
			   struct changes *changes, struct merge_report *report, struct error *err);

/* One line about a source on standard error. */
void look_say(struct app *app, const char *text);

#endif
