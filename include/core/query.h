/*
 * The query language shared by list, search, study --ahead, export and suspend: words match text
 * (core/match.h), "several words" in double quotes as a phrase;
 * deck:orm level:mid tag:x kind:story aim:failure tier:top set:most-asked is:due ef:..1.5
 * lapses:3.. due:..7d; "-" negates a term; all terms must hold.
 */
#ifndef CORE_QUERY_H
#define CORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "core/card.h"
#include "core/schedule.h"

enum term_kind {
	TERM_TEXT,  /* text: word or phrase as match_fold_word() makes it, looked for in texts */
	TERM_DECK,  /* text: deck id */
	TERM_CARD,  /* text: deck/card; a bare word that names a card is TERM_TEXT all the same */
	TERM_TAG,   /* text */
	TERM_SET,   /* text */
	TERM_LEVEL, /* value: enum level */
	TERM_TIER,  /* value: enum tier */
	TERM_KIND,  /* value: enum kind */
	TERM_AIM,   /* value: enum aim */
	TERM_COMPETENCY, /* value: enum competency */
	TERM_STATE,	 /* value: enum card_state */
	TERM_FLAGGED,
	TERM_LEECH,
	TERM_EF,      /* range in hundredths */
	TERM_LAPSES,  /* range */
	TERM_REVIEWS, /* range */
	TERM_DUE      /* range in days relative to today: ..7d is -inf to 7 */
};

struct query_term {
	enum term_kind kind;
	bool negated;
	const char *text;
	int value;
	int low, high; /* inclusive; INT_MIN / INT_MAX where open */
};

struct query {
	struct query_term *terms;
	size_t count;
};

#define QUERY_TERMS_MAX 32

/* A key of the language, for help and completion. */
struct query_key {
	const char *name;    /* "level", written level:VALUE */
	const char *form;    /* what stands behind the colon: "junior, mid, senior or any" */
	const char *meaning; /* what of a card it looks at */
};

/* The i-th key; false behind the last. */
bool query_key(size_t i, struct query_key *out);

/*
 * words: the arguments as typed (each may hold several terms separated by blanks). ERR_USAGE
 * with the term and the words that would do, for an unknown key or value. Lives in the arena.
 */
enum err_code query_parse(char *const *words, size_t count, struct arena *arena, struct query *out,
			  struct error *err);

/* The same, except that a word with a colon whose front is no key is a word: "std::vector". */
enum err_code query_parse_search(char *const *words, size_t count, struct arena *arena,
				 struct query *out, struct error *err);

#endif
