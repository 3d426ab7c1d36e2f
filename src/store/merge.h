/*
 * What the files of the merge share: merge.c (the order of it all), deck.c (rows of decks),
 * merge_card.c (rows of cards), parent.c (follow-ups), merge_report.c (what people are told of it).
 */
#ifndef STORE_MERGE_H
#define STORE_MERGE_H

#include "internal.h"
#include "store/source.h"

/* A deck as the store has it. */
struct deck_row {
	int64_t id;
	const char *name;
	int64_t source; /* 0: nobody's */
	const char *path;
	int64_t position;
	struct hash hash;
	bool there;   /* its source had it the last time (it has a hash) */
	bool edited;  /* among the editions */
	bool unequal; /* among them, and not as it is stored */
	bool gone;    /* its source has lost it, now or earlier */
};

/* A card as the store has it, beside its struct merge_card. */
struct card_row {
	int64_t id, deck;
	int64_t position;
	int line, rev;
	const char *follows;
};

/* A new card, beside its struct merge_card. */
struct card_source {
	const struct card *card;
	const struct deck *edition;
	const struct hash *content, *body;
	struct deck_row *deck;
	const char **was;    /* that of the merge_card, with room for more */
	const char *follows; /* full name of the parent */
	size_t place;	     /* in its deck */
};

#define TOPICS_KNOWN 64

struct known_topic {
	const char *name;
	int64_t id; /* 0: not there yet */
};

struct merge {
	struct store *store;
	const struct merge_request *request;
	enum source_kind kind;
	struct arena *arena;
	struct deck_row *decks; /* all that are stored, and the new ones; room for count more */
	size_t deck_count;
	struct deck_row **deck_of;		 /* for each edition */
	struct strlist renamed_from, renamed_to; /* decks that go on under another id */
	struct merge_card *old, *new;
	struct card_row *rows;	     /* of old */
	struct card_source *sources; /* of new */
	size_t old_count, new_count;
	struct known_topic topics[TOPICS_KNOWN];
};

/* deck.c */
enum err_code merge_decks(struct merge *m, struct error *err);	    /* who is whose, what differs */
enum err_code merge_deck_rows(struct merge *m, struct error *err);  /* rows and places */
enum err_code merge_drop_empty(struct merge *m, struct error *err); /* decks without cards */

/* merge_card.c */
enum err_code merge_apply(struct merge *m, const struct changes *changes, struct error *err);

/* parent.c */
enum err_code merge_parents(struct merge *m, const struct changes *changes, struct error *err);

/* merge_report.c; before anything is written to cards */
enum err_code merge_tell(struct merge *m, const struct changes *changes, struct merge_report *out,
			 struct error *err);

#endif
