/* Cards and decks as the store has them: finding, listing, loading. */
#ifndef STORE_CARD_H
#define STORE_CARD_H

#include "core/card.h"
#include "core/query.h"
#include "core/schedule.h"
#include "store/store.h"

/* A card without its texts: what lists, queues and headers need. Arena owned. */
struct card_info {
	int64_t key;	  /* the store's own number; never shown */
	const char *name; /* "deck/card" */
	const char *deck; /* deck id */
	const char *deck_title;
	const char *question; /* with the user's own edit, if there is one */
	const char *follows;  /* name of the parent or NULL */
	int64_t parent;	      /* key of the parent, 0 for none or not there */
	bool parent_passed;   /* or there is none that could be: no parent, or a retired one */
	int probes[PROBES_MAX];
	size_t probe_count;
	enum level level;
	enum tier tier;
	enum aim aim;
	enum kind kind;
	enum competency competency;
	struct strlist tags;
	struct strlist sets;
	const char *topic;
	bool most_asked;
	int seconds;
	int rev;
	int variants; /* how many other wordings */
	int position; /* place among all cards: compares, without counting */
	bool retired;
	bool own_edit;	  /* has an overlay */
	const char *note; /* NULL for none */
	const char *path; /* file it comes from, NULL for none */
	int line;	  /* of its heading there */
	struct schedule schedule;
};

/*
 * Finds a card by "deck/card", or by "card" alone where one deck has it. ERR_FOUND with near
 * names when nothing or more than one matches (retired cards lose against others).
 */
enum err_code store_find_card(struct store *s, const char *name, int64_t *key, struct error *err);

enum err_code store_card_info(struct store *s, int64_t key, struct arena *arena,
			      struct card_info *out, struct error *err);

/* The sections, the user's own edits laid over them; only `section` and `id` are filled. */
enum err_code store_card_text(struct store *s, int64_t key, struct arena *arena, struct card *out,
			      struct error *err);

/* Both of them; the position is not filled in. */
struct whole_card {
	struct card_info info;
	struct card text;
};
enum err_code store_card_whole(struct store *s, int64_t key, struct arena *arena,
			       struct whole_card *out, struct error *err);

/* Several at once, which costs less: cards that are not there any more are left out. */
enum err_code store_cards_whole(struct store *s, const int64_t *keys, size_t count,
				struct arena *arena, struct whole_card *out, size_t *there,
				struct error *err);

/* What a deck says of itself, without its cards. ERR_FOUND when there is none with this id. */
enum err_code store_deck(struct store *s, const char *id, struct arena *arena, struct deck *out,
			 struct error *err);

/*
 * The cards that match, in deck order. An empty query matches all but retired ones; retired cards
 * only match where the query has a positive TERM_STATE of STATE_RETIRED or a TERM_CARD. Words are
 * looked for in the card's sections, its name and its tags.
 */
enum err_code store_list_cards(struct store *s, const struct query *q, int today, int repeat_below,
			       struct arena *arena, struct card_info **out, size_t *count,
			       struct error *err);

/* The keys of the same cards, for lists that are too long to be kept. */
enum err_code store_list_keys(struct store *s, const struct query *q, int today, int repeat_below,
			      struct arena *arena, int64_t **keys, size_t *count,
			      struct error *err);

/* Follow-ups of a card that are new or due on that day and not suspended, buried, retired. */
enum err_code store_follow_ups(struct store *s, int64_t parent, int today, struct arena *arena,
			       struct card_info **out, size_t *count, struct error *err);

/* For completion: names that start with prefix, at most 200, sorted. */
enum name_of { NAME_DECK, NAME_CARD, NAME_TAG };
struct strlist store_names(struct store *s, enum name_of what, const char *prefix,
			   struct arena *arena);

/* The user's own words for one section of a card (NULL removes them), as an event. */
enum err_code store_set_overlay(struct store *s, int64_t key, enum section section,
				const char *text, int64_t now, struct error *err);

#endif
