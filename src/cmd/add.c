#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/edit.h"
#include "cmd/refresh.h"
#include "deck/lint.h"
#include "os/file.h"
#include "os/process.h"
#include "store/source.h"

#define OWN_FILE "mine.md"
#define CARD_MAX ((size_t)1 << 20)

static const char front[] = "---\n"
			    "deck: mine\n"
			    "title: My own cards\n"
			    "---\n"
			    "\n"
			    "# My own cards\n";

static const char template[] = "## What do you want to be asked?\n"
			       "\n"
			       "The model answer, in Markdown.\n"
			       "\n"
			       "### Key points\n"
			       "- One idea a point, its **telling word** in bold or as `code`\n";

/* The new card's text: from the editor, or from standard input where there is no terminal. */
static enum err_code get_card(struct app *app, struct strbuf *text, struct error *err)
{
	enum err_code rc;

	if (!app->interactive) {
		struct strbuf line;

		strbuf_init(&line, CARD_MAX);
		while (ui_read(app_ui(app), PROMPT_SHELL, "", NULL, &line) == READ_LINE)
			strbuf_printf(text, "%s\n", line.buf);
		strbuf_release(&line);
		return ERR_NONE;
	}
	if (!text->len)
		strbuf_str(text, template);
	if (app->ui)
		ui_suspend(app->ui);
	rc = process_edit_text(app->editor, app->data_dir, ".md", text, err);
	if (app->ui)
		ui_resume(app->ui);
	return rc;
}

/* Parses; what goes wrong means that nothing was added. */
static enum err_code parse(const struct strbuf *text, const char *file, struct arena *arena,
			   struct deck *deck, struct error *err)
{
	struct problems problems;

	problems_init(&problems, arena);
	if (deck_parse(text->buf, text->len, file, arena, deck, &problems))
		return ERR_NONE;
	problems_error(&problems, err);
	return error_prefix(err, "nothing was added: ");
}

/* The file with the new cards at its end and an id for each card, checked as a whole. */
static enum err_code append(const char *path, const struct strbuf *card, struct arena *arena,
			    struct error *err)
{
	struct strbuf whole, with_ids;
	struct deck deck;
	enum err_code rc = ERR_NONE;

	strbuf_init(&whole, DECK_SIZE_MAX);
	strbuf_init(&with_ids, 2 * DECK_SIZE_MAX);
	if (file_type(path) == FILE_MISSING)
		strbuf_str(&whole, front);
	else
		rc = file_read(path, &whole, err);
	if (!rc) {
		strbuf_trim(&whole);
		strbuf_printf(&whole, "\n\n%s", card->buf);
		strbuf_trim(&whole);
		strbuf_char(&whole, '\n');
		if (whole.full)
			rc = error_set(err, ERR_FORMAT, "%s would pass 8 MiB; start another file",
				       path);
	}
	if (!rc)
		rc = parse(&whole, path, arena, &deck, err);
	if (!rc) {
		lint_fix(whole.buf, whole.len, path, &with_ids);
		rc = file_write(path, with_ids.buf, with_ids.len, 0600, err);
	}
	strbuf_release(&with_ids);
	strbuf_release(&whole);
	return rc;
}

/* Drops what stands above the first question: it would become part of the card before. */
static void cut_to_cards(struct strbuf *card, const struct deck *deck)
{
	const char *start = card->buf;
	size_t above;

	for (int line = 1; line < deck->cards[0].line; line++)
		start = strchr(start, '\n') + 1;
	above = (size_t)(start - card->buf);
	memmove(card->buf, start, card->len - above + 1);
	card->len -= above;
}

/* An open code block or comment would swallow the cards that are added later. */
static enum err_code check_closed(const struct strbuf *card, size_t cards, struct arena *arena,
				  struct error *err)
{
	struct problems problems;
	struct strbuf text;
	struct deck deck;
	bool closed;

	strbuf_init(&text, 2 * CARD_MAX);
	strbuf_printf(&text, "%s\n\n## The next card\n\nIts answer.\n", card->buf);
	problems_init(&problems, arena);
	closed = deck_parse(text.buf, text.len, OWN_FILE, arena, &deck, &problems) &&
		 deck.card_count == cards + 1;
	strbuf_release(&text);
	return closed ? ERR_NONE
		      : error_set(err, ERR_FORMAT,
				  "nothing was added: a code block or comment is not closed");
}

/* Gets a text and puts it into the file; what goes wrong leaves the file as it was. */
static enum err_code add(struct app *app, const char *path, struct strbuf *text, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct deck deck = {0};
	enum err_code rc = get_card(app, text, err);

	strbuf_trim(text);
	if (!rc &&
	    (str_is_blank(text->buf) || strncmp(text->buf, template, strlen(template) - 1) == 0))
		rc = error_set(err, ERR_FOUND, "nothing was added: no card was written");
	if (!rc)
		rc = parse(text, OWN_FILE, &arena, &deck, err);
	if (!rc && deck.card_count) {
		cut_to_cards(text, &deck);
		rc = check_closed(text, deck.card_count, &arena, err);
	} else if (!rc)
		rc = error_set(err, ERR_FORMAT,
			       "nothing was added: a card begins with `## ` and its question");
	if (!rc)
		rc = append(path, text, &arena, err);
	arena_release(&arena);
	return rc;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *folder = refresh_own_folder(app, &arena);
	const char *path = arena_printf(&arena, "%s/" OWN_FILE, folder);
	struct strbuf text;
	enum err_code rc;

	(void)args;
	strbuf_init(&text, CARD_MAX);
	rc = file_make_folder(folder, err);
	if (!rc)
		do
			rc = add(app, path, &text, err);
		while (rc && edit_again(app, err));
	if (!rc && refresh_all(app, err))
		rc = error_prefix(err, "%s has the card, but it was not taken in yet: ", path);
	if (!rc)
		out_printf(app->out, STYLE_NORMAL, "Added to %s.\n", path);
	strbuf_release(&text);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_add = {
	.name = "add",
	.usage = "",
	.summary = "write a card of your own",
	.help = "Opens $EDITOR and appends what you write to `decks/mine.md` in viva's data "
		"folder. Without a terminal the card is read from standard input.",
	.words_max = 0,
	.flags = CMD_WRITES,
	.run = run,
};
