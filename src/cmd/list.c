#include <limits.h>
#include <string.h>

#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/view.h"
#include "ui/markdown.h"

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

/* Cards are read one by one, so that a long list needs little memory. */
static enum err_code print_text(struct app *app, const int64_t *keys, size_t count,
				struct error *err)
{
	struct arena arena = ARENA_INIT;
	int today = app_today(app);
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; i < count && !rc && !app->out->failed; i++) {
		struct card_info card;
		struct card text;

		rc = store_card_whole(app->store, keys[i], &arena, &card, &text, err);
		if (!rc)
			print_row(app, &card, today);
		rc = view_passed_over(rc, err);
		arena_release(&arena);
	}
	if (!rc && count && app->screen)
		out_printf(app->out, STYLE_FAINT, "%zu card%s\n", count, view_plural(count));
	return rc;
}

static enum err_code print_json(struct app *app, const int64_t *keys, size_t count,
				struct error *err)
{
	enum err_code rc = ERR_NONE;
	struct json j;

	json_init(&j, app->out);
	json_array(&j, NULL);
	for (size_t i = 0; i < count && !rc && !app->out->failed; i++)
		rc = view_passed_over(view_card_json(app, &j, keys[i], err), err);
	json_end(&j);
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
		rc = app->json ? print_json(app, keys, count, err)
			       : print_text(app, keys, count, err);
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
