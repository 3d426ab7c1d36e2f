/* The decks of a folder, checked and made ready to be published. */
#ifndef CMD_COLLECT_H
#define CMD_COLLECT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "cmd/app.h"
#include "deck/index.h"

struct collection {
	struct index_deck *entries; /* as the index lists them, in the order of the file names */
	const char **contents;	    /* what is served: without BOM and signature */
	size_t count, cards;
};

/*
 * Reads every deck of the folder. ERR_FORMAT when one has errors, which are printed on standard
 * error, or lacks an id. All lives in the arena.
 */
enum err_code collect_decks(struct app *app, const char *folder, struct arena *arena,
			    struct collection *out, struct error *err);

#endif
