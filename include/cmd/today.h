/* Today's plan: what `study` would ask now. Shared by due, the greeting and study. */
#ifndef CMD_TODAY_H
#define CMD_TODAY_H

#include "base/arena.h"
#include "cmd/app.h"
#include "core/queue.h"
#include "core/query.h"
#include "store/plan.h"

struct today {
	int day;
	struct queue queue;
	int budget;	/* seconds of the day's budget that are left; may be negative */
	int new_left;	/* new cards left for the day */
	int next_due;	/* first future day with a due card, DAY_NONE for none */
	size_t backlog; /* due cards for which today's budget has no room */
	int64_t pace_spent_ms, pace_spoken_ms;
};

enum today_scope {
	TODAY_BUDGET,  /* what fits today's budget: what `study` asks */
	TODAY_ALL_DUE, /* all that is due, whatever the budget; no new cards */
	TODAY_AHEAD    /* all that may be asked, due or not, without budget and limits */
};

/* Plans the study day of now. query, when not NULL, narrows it to the cards that match. */
enum err_code today_plan(struct app *app, enum today_scope scope, const struct query *query,
			 struct arena *arena, struct today *out, struct error *err);
void today_release(struct today *t);

/* A candidate for one card, to be asked outside of the plan: a follow-up, a card put back. */
struct card_info;
struct candidate today_candidate(const struct today *t, const struct card_info *card,
				 enum card_state state);

/* "7 due, 2 new, about 14 minutes"; `empty` when there is nothing to ask. */
void today_summary(const struct today *t, struct strbuf *out);

/*
 * Why none of the cards that match is asked: "2 suspended, 1 follows orm/n-plus-one, which was not
 * passed yet". Nothing when none matches. ahead: what is not due might have been asked as well.
 */
enum err_code today_why_not(struct app *app, const struct query *query, bool ahead,
			    struct strbuf *out, struct error *err);

#endif
