/*
 * A published folder: index.yaml, and d/ with the decks under names that hold their hashes. Deck
 * files are written first and the index last, by rename, so that a publisher who is killed leaves
 * the edition of before, whole. One publisher at a time: the folder is locked while it is open.
 */
#ifndef CMD_SITE_H
#define CMD_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "deck/index.h"
#include "net/signature.h"
#include "os/folder.h"

#define SITE_INDEX "index.yaml"

struct site {
	struct arena *arena; /* owns what was read */
	struct folder top, decks;
	const char *index_path; /* for messages */
	bool published;		/* there is an edition; the next three are of it */
	struct strbuf text;
	struct signature signature;
	struct index before;
};

#define SITE_CLOSED \
	{ \
		.top = FOLDER_CLOSED, .decks = FOLDER_CLOSED \
	}

/*
 * Opens and locks the folder, makes what is missing, reads the edition that is there. One that
 * cannot be read is an error that says what to do: its serial must not be used again.
 * site_close() is due in either case, and fine for SITE_CLOSED.
 */
enum err_code site_open(struct site *s, const char *path, struct arena *arena, struct error *err);
void site_close(struct site *s);

/*
 * Whether subscribers would go on to the next edition, signed with this public key (NULL: not
 * signed at all). ERR_DECISION when they would refuse it, ERR_VERIFY when the index that is there
 * is not what its key signed.
 */
enum err_code site_check_key(const struct site *s, const char *key, struct error *err);

/* Writes a deck's file unless it is there already with this content. */
enum err_code site_put(struct site *s, const struct index_deck *deck, const char *content,
		       bool *written, struct error *err);

/* Removes what no edition needs any more and puts the index in place: `text` is what it says. */
enum err_code site_finish(struct site *s, const struct index *next, const struct strbuf *text,
			  struct error *err);

#endif
