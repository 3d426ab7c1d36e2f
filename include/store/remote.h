/*
 * Sources over HTTP: what is remembered of them, the newest editions as they came, and the cards
 * in which a deck and the user's own edit have both changed.
 */
#ifndef STORE_REMOTE_H
#define STORE_REMOTE_H

#include "core/remote.h"
#include "store/source.h"

/* Editions of a source that are kept. */
#define EDITIONS_KEPT 5

/* *found is false for a source that is none over HTTP. Texts are arena owned. */
enum err_code store_remote(struct store *s, int64_t source, struct arena *arena, struct remote *out,
			   bool *found, struct error *err);

/* Writes all of it; a source that had none becomes one over HTTP. */
enum err_code store_put_remote(struct store *s, int64_t source, const struct remote *r,
			       struct error *err);

/* Another address: ERR_DECISION when another source has it. As an event. */
enum err_code store_move_source(struct store *s, int64_t source, const char *location, int64_t now,
				struct error *err);

/* A file of an edition: "" is the source's own, else the deck of that id. */
struct content {
	const char *name;
	const char *bytes; /* len of them and a NUL */
	size_t len;
	struct hash hash;
};

struct remote_edition {
	int64_t id;
	int64_t time;
	int64_t serial; /* -1: it has none */
	bool in_force;	/* the cards are those of this one */
};

/* Newest first. */
enum err_code store_editions(struct store *s, int64_t source, struct arena *arena,
			     struct remote_edition **out, size_t *count, struct error *err);
enum err_code store_edition_files(struct store *s, int64_t edition, struct arena *arena,
				  struct content **out, size_t *count, struct error *err);

/*
 * Adds one, which is in force from now on, and drops those beyond EDITIONS_KEPT. The first of the
 * files is the source's own; where the newest edition has the same one it makes room.
 */
enum err_code store_add_edition(struct store *s, int64_t source, int64_t time, int64_t serial,
				const struct content *files, size_t count, struct error *err);
enum err_code store_set_edition(struct store *s, int64_t source, int64_t edition,
				struct error *err);

/* Bytes with that hash, whatever source they came from; *bytes is NULL where there are none. */
enum err_code store_content(struct store *s, const struct hash *hash, struct arena *arena,
			    const char **bytes, size_t *len, struct error *err);

/* A section of a card that the deck changed under the user's own edit. */
struct conflict {
	int64_t card; /* key */
	const char *name;
	enum section section;
	const char *base;   /* the deck's text when the edit was made; NULL for none */
	const char *mine;   /* the user's; "" where the section was taken away */
	const char *theirs; /* the deck's text now; NULL for none */
};

/* In deck order. source 0: of all sources; card 0: of all cards. */
enum err_code store_conflicts(struct store *s, int64_t source, int64_t card, struct arena *arena,
			      struct conflict **out, size_t *count, struct error *err);

#endif
