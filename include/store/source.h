/* Sources and the merge of their decks into the store. */
#ifndef STORE_SOURCE_H
#define STORE_SOURCE_H

#include "base/hash.h"
#include "core/card.h"
#include "core/merge.h"
#include "store/store.h"

enum source_kind {
	SOURCE_BUNDLED,
	SOURCE_OWN, /* the user's own decks folder */
	SOURCE_LOCAL,
	SOURCE_HTTP /* more of it: store/remote.h */
};
const char *source_kind_name(enum source_kind k);

struct source {
	int64_t id;
	enum source_kind kind;
	const char *location; /* absolute path of the file or folder, or URL; "bundled" for the
			       * bundled one */
	const char *stamp;    /* bundled: content of its stamp file when last read; over HTTP: the
			       * version of viva that read its edition in force; NULL: neither */
	int64_t added;	      /* UTC ms */
	struct strlist decks; /* ids */
};

/* A file of a source as it was last read. */
struct source_file {
	const char *path;
	int64_t size, mtime_ns, inode;
	struct hash hash;
	const char *problem; /* why the newest content was not taken, or NULL */
};

enum err_code store_sources(struct store *s, struct arena *arena, struct source **out,
			    size_t *count, struct error *err);

/* Whether there is any: no at the very first use. */
bool store_has_sources(struct store *s);

/*
 * Adds one (same location: its id is returned again). One over HTTP counts as such from its first
 * store_put_remote() on.
 */
enum err_code store_add_source(struct store *s, enum source_kind kind, const char *location,
			       int64_t now, int64_t *id, struct error *err);

/* Its decks stay, as decks without a source, or go with their cards and history when `purge`. */
enum err_code store_remove_source(struct store *s, int64_t id, bool purge, int64_t now,
				  struct error *err);
enum err_code store_set_stamp(struct store *s, int64_t id, const char *stamp, struct error *err);

enum err_code store_source_files(struct store *s, int64_t id, struct arena *arena,
				 struct source_file **out, size_t *count, struct error *err);
enum err_code store_put_file(struct store *s, int64_t id, const struct source_file *f,
			     struct error *err);
enum err_code store_drop_file(struct store *s, int64_t id, const char *path, struct error *err);

/* The source id that owns a deck; 0: nobody (kept after unsubscribe), -1: no such deck. */
int64_t store_deck_owner(struct store *s, const char *deck, struct arena *arena,
			 const char **location);

/* A parsed deck with the file it came from. */
struct edition {
	const struct deck *deck;
	const char *path;	    /* of an HTTP source: the deck's id */
	const struct hash *content; /* of each card, in the order of the deck */
	const struct hash *body;
};

/* What is to be merged. */
struct merge_request {
	int64_t source;
	const struct edition *editions;
	size_t count;
	const struct strlist *kept; /* paths of decks that stay as they are; may be NULL */
	bool take_over;		    /* decks of other sources too */
	bool suspend_new;	    /* cards that come now are suspended */
	int64_t now;
};

/* What became of a card that is not as it was. */
struct card_change {
	enum change_kind kind;		/* not CHANGE_NONE */
	const char *name;		/* "deck/card" */
	const char *old_name;		/* of CHANGE_RENAME */
	const struct card *new;		/* NULL when it is gone; of the request */
	const char *old[SECTION_COUNT]; /* what the deck said before; all NULL for CHANGE_ADD */
	bool own_edit;			/* the user's own words lie over it */
};

/* The cards of a deck before and after. */
struct deck_change {
	const char *deck;
	size_t before, after; /* without retired ones */
	size_t removed;	      /* of those before */
};

/* What a merge did, for people; arena owned. Decks and cards that stay as they are are left out. */
struct merge_report {
	struct card_change *cards;
	size_t card_count;
	struct deck_change *decks;
	size_t deck_count;
};

/*
 * Merges all decks of one source at once, so that cards may move between its decks: the editions
 * given replace the source's decks. Decks of the source that are not among them stay as they are
 * when their file (deck path) is among the paths in `kept` (unchanged, or broken now), else all
 * their cards are gone from the source. Decks that nobody owns and, when take_over, decks of other
 * sources, become this source's. Positions of cards follow the order of paths in the source.
 * *changes receives the counts (items and proposals are not filled); report may be NULL.
 * Everything happens in the caller's transaction, or in one of its own. ERR_DECISION naming both
 * sources when a deck belongs to another one and take_over is false; ERR_FORMAT from merge_cards().
 */
enum err_code store_merge(struct store *s, const struct merge_request *request, struct arena *arena,
			  struct changes *changes, struct merge_report *report, struct error *err);

struct edit_proposal {
	int64_t old_key, new_key;
	const char *old_question, *new_question;
	int reviews;
};

/*
 * Heading edits of id-less cards that wait for an answer: a retired studied card and a never
 * studied one of the same deck with the same body, unique on both sides, not declined before.
 */
enum err_code store_proposals(struct store *s, struct arena *arena, struct edit_proposal **out,
			      size_t *count, struct error *err);

/* Accepts: the old card's progress goes on under the new name (a link event); or declines for good.
 */
enum err_code store_answer_proposal(struct store *s, const struct edit_proposal *p, bool accept,
				    int64_t now, struct error *err);

#endif
