#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/view.h"
#include "ui/markdown.h"

#define AT_ONCE 100 /* cards */
#define NAME_COLUMNS 40
#define WHEN_COLUMNS 16
#define QUESTION_COLUMNS 50 /* fewer make no line of its own worth while */

static void pad(struct out *o, size_t used, int columns)
{
	out_printf(o, STYLE_NORMAL, "%*s", (int)used < columns ? columns - (int)used : 1, "");
}

/* One line on a wide screen; on a narrow one, and in plain mode, the question has its own. */
static void print_on_screen(struct out *o, const char *name, const struct strbuf *when,
			    const char *question)
{
	int left = NAME_COLUMNS + WHEN_COLUMNS;

	if (o->plain || o->width < left + QUESTION_COLUMNS || strlen(name) >= NAME_COLUMNS) {
		out_text(o, STYLE_STRONG, name);
		out_printf(o, STYLE_FAINT, "%s%s\n", o->plain ? ", " : "  ", when->buf);
		out_wrap(o, STYLE_NORMAL, 2, 0, question);
		return;
	}
	out_text(o, STYLE_STRONG, name);
	pad(o, strlen(name), NAME_COLUMNS);
	out_text(o, STYLE_FAINT, when->buf);
	pad(o, when->len, WHEN_COLUMNS);
	view_cut(o, STYLE_NORMAL, question, o->width - left);
	out_line(o);
}

/* In a pipe a card is a line: name, when, question, with tabs between. */
static void print_row(struct app *app, const struct card_info *card, int today)
{
	struct strbuf when, question;

	strbuf_init(&when, 100);
	strbuf_init(&question, 1u << 17);
	view_when(&card->schedule, card->retired, today, app->settings.repeat_below, &when);
	markdown_plain(&question, card->question);
	if (app->screen) {
		print_on_screen(app->out, card->name, &when, question.buf);
	} else {
		out_printf(app->out, STYLE_NORMAL, "%s", card->name);
		out_raw(app->out, "\t", 1);
		out_text(app->out, STYLE_NORMAL, when.buf);
		out_raw(app->out, "\t", 1);
		view_cut(app->out, STYLE_NORMAL, question.buf, INT_MAX);
		out_line(app->out);
	}
	strbuf_release(&question);
	strbuf_release(&when);
}

struct listing {
	struct app *app;
	int today;
	struct json json;
};

static void print_cards(struct listing *l, const struct whole_card *cards, size_t count)
{
	for (size_t i = 0; i < count && !l->app->out->failed; i++) {
		if (l->app->json)
			view_json(l->app, &l->json, &cards[i]);
		else
			print_row(l->app, &cards[i].info, l->today);
	}
}

/* Some cards at a time are read and then printed, so that a long list needs little memory. */
static enum err_code print_list(struct app *app, const int64_t *keys, size_t count,
				struct error *err)
{
	struct listing l = {.app = app, .today = app_today(app)};
	struct whole_card *cards = mem_array(AT_ONCE, sizeof(*cards));
	struct arena arena = ARENA_INIT;
	enum err_code rc = ERR_NONE;

	if (app->json) {
		json_init(&l.json, app->out);
		json_array(&l.json, NULL);
	}
	for (size_t i = 0; i < count && !rc && !app->out->failed; i += AT_ONCE) {
		size_t left = count - i, there;

		rc = store_cards_whole(app->store, keys + i, left < AT_ONCE ? left : AT_ONCE,
				       &arena, cards, &there, err);
		print_cards(&l, cards, there);
		arena_release(&arena);
	}
	if (app->json)
		json_end(&l.json);
	else if (!rc && count && app->screen)
		out_printf(app->out, STYLE_FAINT, "%zu card%s\n", count, view_plural(count));
	free(cards);
	return rc;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct query query;
	int64_t *keys = NULL;
	size_t count = 0;
	enum err_code rc = query_parse(args->words, args->count, &arena, &query, err);

	if (!rc)
		rc = store_list_keys(app->store, &query, app_today(app), app->settings.repeat_below,
				     &arena, &keys, &count, err);
	if (!rc)
		rc = print_list(app, keys, count, err);
	if (!rc && !count)
		rc = error_set(err, ERR_FOUND,
			       args->count ? "no card matches"
					   : "there are no cards yet; `viva` starts with "
					     "the bundled decks");
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_list = {
	.name = "list",
	.usage = "[QUERY...] [--json]",
	.summary = "list the cards that match",
	.help = "Words match text, terms one thing: `deck:ID`, `tag:orm`, `level:mid`, `is:due`, "
		"`ef:..1.5`. `-` in front negates; all must hold. `viva help queries` has them "
		"all.",
	.json = "an array of what `show` gives",
	.words_max = CMD_WORDS_ANY,
	.flags = CMD_PAGED | CMD_READS | CMD_DECKS,
	.run = run,
};
