/* Reviews and the other events of the log, and what they do to a card's schedule. */
#ifndef STORE_REVIEW_H
#define STORE_REVIEW_H

#include "core/schedule.h"
#include "store/card.h"

enum review_mode { MODE_STUDY, MODE_REPEAT, MODE_PRACTICE, MODE_MOCK, MODE_SCRIPT };
const char *review_mode_name(enum review_mode m);

#define SECONDS_UNKNOWN (-1)
#define ANSWER_MAX ((size_t)64 << 10)

/* One answered card. */
struct review {
	int64_t card; /* key */
	int64_t time; /* UTC ms of the final grade */
	int day;      /* study day */
	enum review_mode mode;
	int blind;	    /* 0-5, or -1 where none was given */
	int grade;	    /* final */
	bool assessed;	    /* the points were assessed */
	uint32_t points;    /* mask of the points hit */
	int point_count;    /* points the card had */
	int answer_ms;	    /* question shown to blind grade, or SECONDS_UNKNOWN */
	int total_ms;	    /* question shown to final grade, or SECONDS_UNKNOWN */
	const char *answer; /* text typed, NULL or "" when spoken */
	int variant;	    /* 0: the question itself, i: the i-th variant */
	int hints;	    /* asked for: 0, 1, 2 */
	int cap;	    /* interval cap in force */
	int ask_by;	    /* DAY_NONE for none */
	/* filled when read back */
	struct uid uid;
	int64_t event; /* order of arrival */
	bool counts;   /* was a scheduled review */
	bool voided;
	const char *card_name;
};

/*
 * Saves the review and the card's new schedule in one durable transaction, and drops the card's
 * draft. *after receives the new schedule. When this returns ERR_NONE the grade is safe.
 */
enum err_code store_add_review(struct store *s, const struct review *r, struct schedule *after,
			       struct error *err);

/*
 * Voids this machine's newest review that is not voided yet, in one transaction with the card's
 * schedule as the replay gives it. *undone receives the review. ERR_FOUND when there is none.
 */
enum err_code store_undo(struct store *s, int64_t now, struct arena *arena, struct review *undone,
			 struct error *err);

/* Whether store_undo() has something to void. */
bool store_can_undo(struct store *s);

/* Reviews, oldest first; card 0: of all cards. limit 0: all, else the newest `limit`. */
enum err_code store_reviews(struct store *s, int64_t card, size_t limit, struct arena *arena,
			    struct review **out, size_t *count, struct error *err);

/* An EVENT_SET on a card with its effect on the schedule; value as core/schedule.h has it. */
enum err_code store_set(struct store *s, int64_t card, enum set_what what, int value, int64_t now,
			struct error *err);

/* The note of a card; NULL or "" removes it. */
enum err_code store_set_note(struct store *s, int64_t card, const char *text, int64_t now,
			     struct error *err);

/* Drafts: an answer that was not graded yet. Not events; blind -1 when not given yet. */
struct draft {
	const char *answer;
	int blind;
	int64_t time;
};
enum err_code store_save_draft(struct store *s, int64_t card, const struct draft *d,
			       struct error *err);
bool store_load_draft(struct store *s, int64_t card, struct arena *arena, struct draft *out);
enum err_code store_drop_draft(struct store *s, int64_t card, struct error *err);

/*
 * Compares every card's cached schedule (and the counts of its reviews) with the replay of its
 * events; fixes them in one transaction when `rebuild`. *wrong receives how many cards differed.
 */
enum err_code store_check_schedules(struct store *s, bool rebuild, size_t *wrong,
				    struct error *err);

/* The study day and time of the newest review of any card; false when there is none. */
bool store_newest_review(struct store *s, int *day, int64_t *time);

/* The time of a study day's first review; 0 when it has none or cannot be read. */
int64_t store_day_start(struct store *s, int day);

#endif
