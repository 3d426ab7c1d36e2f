/*
 * The words of the trade: deck, card, section, level, tier, aim, kind, competency.
 *
 * A struct card is one question as its deck file says it. All text is Markdown, UTF-8, owned by
 * the arena of the deck or of the query that made it. Ids follow str_is_id(). Progress is not
 * here: see core/schedule.h.
 */
#ifndef CORE_CARD_H
#define CORE_CARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum level { LEVEL_ANY, LEVEL_JUNIOR, LEVEL_MID, LEVEL_SENIOR, LEVEL_COUNT };
enum tier { TIER_NONE, TIER_TOP, TIER_MIDDLE, TIER_STRETCH, TIER_COUNT };
enum aim { AIM_NONE, AIM_FUNDAMENTALS, AIM_PRODUCTION, AIM_FAILURE, AIM_COUNT };
enum kind {
	KIND_KNOWLEDGE,
	KIND_JUDGEMENT,
	KIND_SCENARIO,
	KIND_STORY,
	KIND_PITCH,
	KIND_REVERSE,
	KIND_COUNT
};
enum competency {
	COMPETENCY_NONE,
	COMPETENCY_FUNDAMENTALS,
	COMPETENCY_DESIGN,
	COMPETENCY_SECURITY,
	COMPETENCY_API,
	COMPETENCY_TESTING,
	COMPETENCY_PERFORMANCE,
	COMPETENCY_COMMUNICATION,
	COMPETENCY_COUNT
};

/* The parts of a card, in the order in which a file has them. The numbers are stored. */
enum section {
	SECTION_QUESTION, /* the heading's text, one line of inline Markdown */
	SECTION_ANSWER,
	SECTION_POINTS, /* Markdown list */
	SECTION_WEAK,
	SECTION_GOOD,
	SECTION_FLAGS,
	SECTION_WHY,
	SECTION_VARIANTS, /* Markdown list */
	SECTION_LINKS,	  /* "See also" */
	SECTION_COUNT
};

/*
 * Names as a deck file writes them ("junior", "most telling first" never). The *_name functions
 * return a constant string ("any" for LEVEL_ANY, "" for a *_NONE); the *_parse functions return
 * false for an unknown word and leave *out alone.
 */
const char *level_name(enum level v);
const char *tier_name(enum tier v);
const char *aim_name(enum aim v);
const char *kind_name(enum kind v);
const char *competency_name(enum competency v);
bool level_parse(const char *s, enum level *out);
bool tier_parse(const char *s, enum tier *out);
bool aim_parse(const char *s, enum aim *out);
bool kind_parse(const char *s, enum kind *out);
bool competency_parse(const char *s, enum competency *out);

/* The name of a section in the log, in JSON and as a column of the database: "question", "points".
 */
const char *section_name(enum section s);

/* The heading of a section in a file: "Key points", "Weak answer"; "" for question and answer. */
const char *section_heading(enum section s);
bool section_parse(const char *heading, size_t len, enum section *out);

#define POINTS_MAX 26 /* lettered a to z */
#define PROBES_MAX 26
#define CARD_SECONDS_MAX 3600

struct strlist {
	const char **items;
	size_t count;
};

/* One key point. It is mentioned by a text that has all its terms (core/rubric.h). */
struct point {
	const char *text; /* Markdown of the list item */
	struct strlist
		terms; /* its code spans and bold words, folded by utf8_fold(); may be none */
};

struct points {
	struct point *items;
	size_t count; /* at most POINTS_MAX */
};

struct card {
	const char *id;
	bool has_id;		/* false: id is the slug of the heading */
	struct strlist was;	/* earlier names: "card" or "deck/card" */
	const char *follows;	/* "card" or "deck/card" of the parent, or NULL */
	int probes[PROBES_MAX]; /* numbers (from 1) of the parent's points */
	size_t probe_count;
	enum level level;
	enum tier tier;
	enum aim aim;
	enum kind kind;
	enum competency competency;
	struct strlist tags;
	struct strlist sets;
	int seconds; /* a good spoken answer takes; estimated from the answer when not given */
	bool has_seconds;
	int rev; /* counts changes of meaning; 0 when not given */
	const char
		*section[SECTION_COUNT]; /* NULL where the card has none; question always there */
	int line;			 /* of its heading in the file, from 1 */
};

/* The topic of a card: its first tag, else its deck. */
const char *card_topic(const struct card *c, const char *deck_id);

/* Whether the card belongs to the named set. */
bool card_in_set(const struct card *c, const char *set);

/* What who publishes a deck or an index says of the edition. */
struct publisher {
	int64_t serial;	      /* grows with each edition; -1 when not given */
	const char *updated;  /* ISO 8601; NULL when not given, like the next three */
	int refresh;	      /* days within which the next edition is promised; 0: no promise */
	const char *next_key; /* minisign public key that signs from now on */
	const char *moved_to; /* https address of the source from now on */
};

struct deck {
	const char *id;
	bool has_id;
	const char *title;
	const char *summary; /* NULL when not given, like the next two */
	const char *language;
	const char *license;
	struct strlist was;
	struct publisher publisher;
	const char *intro; /* Markdown before the first question; NULL for none */
	struct card *cards;
	size_t card_count;
};

#endif
