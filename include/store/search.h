/*
 * Search: words in everything that is known of a card, ranked, by an index that is brought up to
 * date when it is asked. The cards are the truth, the index follows from them.
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include "core/query.h"
#include "store/card.h"
#include "store/store.h"

/* Whether store_search_update() has something to do. */
bool store_search_stale(struct store *s);

/*
 * Brings the index up to date, some thousand cards a transaction. progress, when not NULL, is told
 * after each how many cards are done of how many; it returns false to stop there, which is no
 * error. A store that cannot be written gets an index of its own, in memory, until it is closed.
 */
typedef bool search_progress(void *ctx, size_t done, size_t total);
enum err_code store_search_update(struct store *s, search_progress *progress, void *ctx,
				  struct error *err);

/* Removes the index, so that the next update makes it from the cards. */
enum err_code store_search_reset(struct store *s, struct error *err);

/*
 * Compares what the index holds with the cards; where the store can be written SQLite checks the
 * index itself too. *wrong receives how many cards differ, 1 at least when the index is damaged;
 * cards that an update would look at do not count. Makes it new when `rebuild` and something is
 * wrong.
 */
enum err_code store_check_search(struct store *s, bool rebuild, size_t *wrong, struct error *err);

/*
 * The keys of the cards that may match, best first: the question weighs most, then key points and
 * answer, then the user's own words, then the rest. Retired cards are among them. The index must
 * be up to date. Words (TERM_TEXT) are looked for in everything, also in notes and answers, and
 * have to be checked with search_matches(); all other terms hold already. ERR_USAGE where no word
 * is among the terms that must hold.
 */
enum err_code store_search(struct store *s, const struct query *q, int today, int repeat_below,
			   struct arena *arena, int64_t **keys, size_t *count, struct error *err);

/* A text of a card in which words are looked for. */
enum place_kind { IN_SECTION, IN_NAME, IN_TAGS, IN_NOTE, IN_ANSWER };
struct place_text {
	enum place_kind kind;
	enum section section; /* IN_SECTION */
	bool own;	      /* IN_SECTION: it is the user's edit */
	int day;	      /* IN_ANSWER: its study day */
	const char *text;
};

/*
 * Everything of a card that search looks at: question, points, answer, the other sections with the
 * user's edits laid over them, name, tags, note, answers that were not taken back from the newest
 * on. Arena owned.
 */
struct searched {
	int64_t key;
	struct place_text *places;
	size_t count;
};

enum err_code store_searched(struct store *s, int64_t key, struct arena *arena,
			     struct searched *out, struct error *err);

/* Whether every word of the query is in one of the texts, and none that is negated. */
bool search_matches(const struct searched *card, const struct query *q);

#endif
