#include "cmd/edit.h"

#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/look.h"
#include "deck/parse.h"
#include "deck/write.h"
#include "os/process.h"
#include "store/card.h"
#include "store/source.h"

#define EDIT_MAX (1u << 20)

static bool in_own_file(struct app *app, const struct card_info *info, struct arena *arena,
			struct source *out)
{
	struct error none = ERROR_INIT;
	const char *location;
	int64_t owner = store_deck_owner(app->store, info->deck, arena, &location);
	struct source *list;
	size_t count;

	if (!info->path || store_sources(app->store, arena, &list, &count, &none))
		return false;
	for (size_t i = 0; i < count; i++)
		if (list[i].id == owner &&
		    (list[i].kind == SOURCE_OWN || list[i].kind == SOURCE_LOCAL)) {
			*out = list[i];
			return true;
		}
	return false;
}

/* Around another program on the same terminal; the database is not touched meanwhile. */
static enum err_code edit_file(struct app *app, const char *path, int line, struct error *err)
{
	enum err_code rc;

	if (app->ui)
		ui_suspend(app->ui);
	rc = process_edit_file(app->editor, path, line, err);
	if (app->ui)
		ui_resume(app->ui);
	return rc;
}

/* Empty and missing are the same, and so is white space at the end. */
static bool same_text(const char *a, const char *b)
{
	struct strbuf x, y;
	bool same;

	strbuf_init(&x, EDIT_MAX);
	strbuf_init(&y, EDIT_MAX);
	strbuf_str(&x, a ? a : "");
	strbuf_str(&y, b ? b : "");
	strbuf_trim(&x);
	strbuf_trim(&y);
	same = str_eq(x.buf, y.buf);
	strbuf_release(&x);
	strbuf_release(&y);
	return same;
}

/* Lays what differs over the deck's own text; returns the number of sections, -1 on error. */
static int lay_over(struct app *app, int64_t key, const struct card *before,
		    const struct card *after, struct error *err)
{
	int changed = 0;
	enum err_code rc = store_begin(app->store, err);

	if (rc)
		return -1;
	for (int i = 0; i < SECTION_COUNT && !rc; i++) {
		if (same_text(before->section[i], after->section[i]))
			continue;
		rc = store_set_overlay(app->store, key, (enum section)i,
				       after->section[i] ? after->section[i] : "", app_now(app),
				       err);
		changed++;
	}
	if (store_end(app->store, rc == ERR_NONE, err) || rc)
		return -1;
	return changed;
}

bool edit_again(struct app *app, struct error *err)
{
	struct strbuf line;
	bool again;

	if (!app->interactive || err->code != ERR_FORMAT)
		return false;
	cmd_show_error(app, err);
	strbuf_init(&line, 100);
	again = ui_read(app_ui(app), PROMPT_WORD,
			"Enter opens the editor again, q drops the text: ", NULL,
			&line) == READ_LINE &&
		line.buf[0] != 'q';
	strbuf_release(&line);
	if (again)
		*err = (struct error)ERROR_INIT;
	err->msg[0] = '\0';
	return again;
}

/* One card out of what the editor left. */
static enum err_code parse_card(const struct strbuf *text, struct arena *arena, struct deck *deck,
				struct error *err)
{
	struct problems problems;

	problems_init(&problems, arena);
	if (!deck_parse(text->buf, text->len, "edit.md", arena, deck, &problems)) {
		problems_error(&problems, err);
		return error_prefix(err, "nothing was changed: ");
	}
	if (deck->card_count != 1)
		return error_set(err, ERR_FORMAT,
				 "nothing was changed: one card is wanted, here are %zu; "
				 "`viva add` takes new ones",
				 deck->card_count);
	return ERR_NONE;
}

static enum err_code edit_overlay(struct app *app, int64_t key, struct arena *arena,
				  struct error *err)
{
	struct card before;
	struct deck deck;
	struct strbuf text;
	int changed;
	enum err_code rc = store_card_text(app->store, key, arena, &before, err);

	if (rc)
		return rc;
	strbuf_init(&text, EDIT_MAX);
	deck_write_card(&before, &text);
	do {
		if (app->ui)
			ui_suspend(app->ui);
		rc = process_edit_text(app->editor, app->data_dir, ".md", &text, err);
		if (app->ui)
			ui_resume(app->ui);
		if (!rc)
			rc = parse_card(&text, arena, &deck, err);
	} while (rc && edit_again(app, err));
	if (!rc) {
		changed = lay_over(app, key, &before, &deck.cards[0], err);
		if (changed < 0)
			rc = err->code;
		else
			out_text(app->out, STYLE_NORMAL,
				 changed ? "Your words are laid over the deck's; `viva edit CARD "
					   "--drop` takes them away.\n"
					 : "Nothing changed.\n");
	}
	strbuf_release(&text);
	return rc;
}

enum err_code edit_card(struct app *app, int64_t key, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct look_result result = {0};
	struct card_info info;
	struct source source;
	enum err_code rc = store_card_info(app->store, key, &arena, &info, err);

	if (!rc && in_own_file(app, &info, &arena, &source)) {
		rc = edit_file(app, info.path, info.line, err);
		if (!rc)
			rc = look_at_source(app, &source, true, false, NULL, &result, err);
		if (!rc)
			out_printf(app->out, STYLE_NORMAL,
				   "%s: %zu changed, %zu new, %zu removed.\n", info.path,
				   result.changes.edited + result.changes.renamed,
				   result.changes.added,
				   result.changes.retired + result.changes.deleted);
	} else if (!rc) {
		rc = edit_overlay(app, key, &arena, err);
	}
	arena_release(&arena);
	return rc;
}

static enum err_code drop_overlays(struct app *app, int64_t key, struct error *err)
{
	enum err_code rc = store_begin(app->store, err);

	if (rc)
		return rc;
	for (int i = 0; i < SECTION_COUNT && !rc; i++)
		rc = store_set_overlay(app->store, key, (enum section)i, NULL, app_now(app), err);
	if (store_end(app->store, rc == ERR_NONE, err))
		return err->code;
	if (!rc)
		out_text(app->out, STYLE_NORMAL, "The card reads as its deck has it again.\n");
	return rc;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	int64_t key;
	enum err_code rc = store_find_card(app->store, args->words[0], &key, err);

	if (rc)
		return rc;
	return args_option(args, "drop") ? drop_overlays(app, key, err) : edit_card(app, key, err);
}

const struct cmd cmd_edit = {
	.name = "edit",
	.usage = "CARD [--drop]",
	.summary = "edit a card in $EDITOR",
	.help = "A card of your own file is opened there, at its line. What you change in a "
		"bundled card, or one that comes over HTTP, is kept beside the deck, section by "
		"section, and shown instead.",
	.options = {{"drop", NULL, "take your own words away again"}},
	.words_min = 1,
	.words_max = 1,
	.flags = CMD_WRITES,
	.run = run,
};
