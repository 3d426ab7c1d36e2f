/*
 * The editions of a published folder: what the next index takes over from the one before. Files of
 * decks have the hash of their content in their name and stay for a while after an edition has
 * stopped to list them, because caches on the way hold indexes of different age. Pure functions.
 */
#ifndef DECK_EDITION_H
#define DECK_EDITION_H

#include "deck/index.h"

#define EDITION_FOLDER "d"
#define EDITIONS_KEPT 2 /* old editions whose files are still served */

/* Where a deck is served: "d/ID.0123456789abcdef.md". Arena owned. */
const char *edition_url(const char *id, const struct hash *hash, struct arena *arena);

/* The file's name in EDITION_FOLDER when edition_url() can have made the url, else NULL. */
const char *edition_name(const char *url);

/* Whether two indexes tell readers the same, serial and date apart. */
bool edition_same(const struct index *a, const struct index *b);

/* Fills next->old: the files of the last EDITIONS_KEPT editions that next does not list. */
void edition_keep(const struct index *before, struct index *next, struct arena *arena);

/* The old files of `before` that next, with its own filled, neither lists nor keeps. */
struct strlist edition_stale(const struct index *before, const struct index *next,
			     struct arena *arena);

#endif
