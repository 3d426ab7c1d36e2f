/* What may be wrong with a database that can be opened. Everything here only reads. */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include "store/store.h"

/* A list in an arena, in the order of finding. */
struct finding {
	const char *what;   /* one line */
	const char *advice; /* what to do about it */
	struct finding *next;
};

struct findings {
	struct finding *first, **end;
	struct arena *arena;
	size_t count;
};

void findings_init(struct findings *p, struct arena *arena);
void findings_add(struct findings *p, const char *what, const char *advice); /* copies them */

/* The daily look, which takes 0.1 s for 90 MB: ERR_STORAGE names the first thing found. */
enum err_code store_quick_check(struct store *s, struct error *err);

/*
 * The whole of it: pages, rows and indexes (integrity_check), references between tables, the log,
 * schedules and flags of reviews against the replay of the log, the search index against the
 * cards. The schema has been compared when the database was opened.
 */
void store_examine(struct store *s, struct findings *out);

/* How much is in it: cards that are not retired, reviews that were not taken back. */
struct tally {
	int64_t cards, reviews;
};
enum err_code store_tally(struct store *s, struct tally *out, struct error *err);

#endif
