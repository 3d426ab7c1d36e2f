/* Commands that mark cards: suspend, bury, flag, their opposites, and reset. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/view.h"

/* "deck/card" is a name, not a term of a query. */
static bool looks_like_card(const char *word)
{
	return word[0] != '-' && strchr(word, '/') && !strchr(word, ':');
}

/*
 * The cards that the words mean: each word a card where every word names one, else a query. Never
 * all cards by an empty query: the commands want at least one word.
 */
static enum err_code select_cards(struct app *app, const struct args *args, struct arena *arena,
				  int64_t **keys, size_t *count, struct error *err)
{
	struct error none = ERROR_INIT;
	struct card_info *cards;
	struct query query;
	size_t named = 0;
	enum err_code rc;

	*keys = arena_array(arena, args->count, sizeof(**keys));
	while (named < args->count &&
	       !store_find_card(app->store, args->words[named], &(*keys)[named], &none))
		named++;
	*count = named;
	if (named == args->count)
		return ERR_NONE;
	if (named || looks_like_card(args->words[0])) {
		*err = none;
		return none.code;
	}
	rc = query_parse(args->words, args->count, arena, &query, err);
	if (!rc && !query.count)
		rc = error_set(err, ERR_USAGE, "which cards? Name one, or say what they match");
	if (!rc)
		rc = store_list_cards(app->store, &query, app_today(app),
				      app->settings.repeat_below, arena, &cards, count, err);
	if (rc)
		return rc;
	if (!*count)
		return error_set(err, ERR_FOUND, "no card matches");
	*keys = arena_array(arena, *count, sizeof(**keys));
	for (size_t i = 0; i < *count; i++)
		(*keys)[i] = cards[i].key;
	return ERR_NONE;
}

static enum err_code mark(struct app *app, const struct args *args, enum set_what what, int value,
			  const char *done, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct card_info info;
	int64_t *keys;
	size_t count = 0;
	enum err_code rc = select_cards(app, args, &arena, &keys, &count, err);

	if (!rc)
		rc = store_begin(app->store, err);
	if (!rc) {
		for (size_t i = 0; i < count && !rc; i++)
			rc = store_set(app->store, keys[i], what, value, app_now(app), err);
		if (store_end(app->store, rc == ERR_NONE, err))
			rc = err->code;
	}
	if (!rc && count == 1 && !(rc = store_card_info(app->store, keys[0], &arena, &info, err)))
		out_printf(app->out, STYLE_NORMAL, "%s: %s\n", info.name, done);
	else if (!rc)
		out_printf(app->out, STYLE_NORMAL, "%zu cards: %s\n", count, done);
	arena_release(&arena);
	return rc;
}

static enum err_code run_suspend(struct app *app, const struct args *args, struct error *err)
{
	return mark(app, args, SET_SUSPEND, 1, "suspended", err);
}

static enum err_code run_unsuspend(struct app *app, const struct args *args, struct error *err)
{
	return mark(app, args, SET_SUSPEND, 0, "no longer suspended", err);
}

static enum err_code run_bury(struct app *app, const struct args *args, struct error *err)
{
	return mark(app, args, SET_BURY, app_today(app), "buried until tomorrow", err);
}

static enum err_code run_unbury(struct app *app, const struct args *args, struct error *err)
{
	return mark(app, args, SET_BURY, DAY_NONE, "no longer buried", err);
}

static enum err_code run_flag(struct app *app, const struct args *args, struct error *err)
{
	return mark(app, args, SET_FLAG, 1, "flagged", err);
}

static enum err_code run_unflag(struct app *app, const struct args *args, struct error *err)
{
	return mark(app, args, SET_FLAG, 0, "no longer flagged", err);
}

static enum err_code run_reset(struct app *app, const struct args *args, struct error *err)
{
	int64_t key;
	enum err_code rc = store_find_card(app->store, args->words[0], &key, err);

	return rc ? rc
		  : mark(app, args, SET_RESET, 0, "new again; its history is kept in the log", err);
}

#define MARK(NAME, FUNCTION, SUMMARY) \
	const struct cmd cmd_##NAME = { \
		.name = #NAME, \
		.usage = "CARD|QUERY...", \
		.summary = (SUMMARY), \
		.words_min = 1, \
		.words_max = CMD_WORDS_ANY, \
		.flags = CMD_WRITES, \
		.run = (FUNCTION), \
	}

MARK(suspend, run_suspend, "never ask a card until it is unsuspended");
MARK(unsuspend, run_unsuspend, "ask a suspended card again");
MARK(bury, run_bury, "do not ask a card again today");
MARK(unbury, run_unbury, "ask a buried card today after all");
MARK(flag, run_flag, "mark a card, to find it with is:flagged");
MARK(unflag, run_unflag, "take the mark away");

const struct cmd cmd_reset = {
	.name = "reset",
	.usage = "CARD",
	.summary = "make a card new again, keeping its history",
	.words_min = 1,
	.words_max = 1,
	.flags = CMD_WRITES,
	.run = run_reset,
};
