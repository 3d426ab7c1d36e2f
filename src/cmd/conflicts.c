/* conflicts: cards whose deck changed under the user's own edit. */
#include "base/str.h"
#include "cmd/change.h"
#include "cmd/cmd.h"
#include "cmd/edit.h"
#include "store/card.h"
#include "store/remote.h"
#include "ui/json.h"

/* The conflicts of one card stand together. */
static size_t end_of_card(const struct conflict *list, size_t count, size_t from)
{
	size_t to = from;

	while (to < count && list[to].card == list[from].card)
		to++;
	return to;
}

static void print_names(struct app *app, const struct conflict *list, size_t count)
{
	size_t end;

	for (size_t i = 0; i < count; i = end) {
		end = end_of_card(list, count, i);
		out_printf(app->out, STYLE_STRONG, "%s", list[i].name);
		for (size_t k = i; k < end; k++)
			out_printf(app->out, STYLE_NORMAL, "%s %s", k > i ? "," : ":",
				   change_section_name(list[k].section));
		out_line(app->out);
	}
	if (count)
		out_wrap(app->out, STYLE_FAINT, 0, 0,
			 "`viva conflicts CARD` shows both sides; `viva conflicts CARD mine`, "
			 "`theirs` or `edit` settles it.");
	else
		out_text(app->out, STYLE_NORMAL, "No conflicts.\n");
}

static void print_json(struct app *app, const struct conflict *list, size_t count)
{
	struct json j;

	json_init(&j, app->out);
	json_array(&j, NULL);
	for (size_t i = 0; i < count; i++) {
		json_object(&j, NULL);
		json_string(&j, "card", list[i].name);
		json_string(&j, "section", change_section_name(list[i].section));
		json_string(&j, "base", list[i].base);
		json_string(&j, "mine", list[i].mine);
		json_string(&j, "theirs", list[i].theirs);
		json_end(&j);
	}
	json_end(&j);
}

static void print_sides(struct app *app, const struct conflict *list, size_t count)
{
	struct out *o = app->out;

	for (size_t i = 0; i < count; i++) {
		out_printf(o, STYLE_STRONG, "%s, %s\n", list[i].name,
			   change_section_name(list[i].section));
		out_text(o, STYLE_FAINT, "  the deck, since your edit:\n");
		change_print_diff(o, list[i].base, list[i].theirs, 4);
		out_text(o, STYLE_FAINT, "  your edit:\n");
		change_print_diff(o, list[i].base, list[i].mine, 4);
	}
}

/* Mine: laid over what the deck says now. Theirs: taken away. */
static enum err_code settle(struct app *app, const struct conflict *list, size_t count, bool mine,
			    struct error *err)
{
	enum err_code rc = store_begin(app->store, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < count && !rc; i++)
		rc = store_set_overlay(app->store, list[i].card, list[i].section,
				       mine ? list[i].mine : NULL, app_now(app), err);
	if (store_end(app->store, rc == ERR_NONE, err))
		return err->code;
	return rc;
}

/* Both sides are shown, the own words opened; what stands there then is what is kept. */
static enum err_code settle_in_editor(struct app *app, const struct conflict *list, size_t count,
				      struct arena *arena, struct error *err)
{
	struct conflict *left;
	size_t left_count;
	int64_t card = list[0].card;

	print_sides(app, list, count);
	out_flush(app->out);
	if (edit_card(app, card, err) ||
	    store_conflicts(app->store, 0, card, arena, &left, &left_count, err))
		return err->code;
	return settle(app, left, left_count, true, err);
}

static enum err_code run_on_card(struct app *app, const struct args *args, struct arena *arena,
				 struct error *err)
{
	const char *how = args->count > 1 ? args->words[1] : NULL;
	bool mine = str_eq(how, "mine"), theirs = str_eq(how, "theirs");
	struct conflict *list;
	size_t count;
	int64_t card;

	if (how && !mine && !theirs && !str_eq(how, "edit"))
		return error_set(err, ERR_USAGE, "usage: viva conflicts %s", cmd_conflicts.usage);
	if (store_find_card(app->store, args->words[0], &card, err) ||
	    store_conflicts(app->store, 0, card, arena, &list, &count, err))
		return err->code;
	if (!count)
		return error_set(err, ERR_FOUND, "%s has no conflict", args->words[0]);
	if (app->json)
		print_json(app, list, count);
	else if (!how)
		print_sides(app, list, count);
	if (!how)
		return ERR_NONE;
	if (app_open(app, STORE_WRITE, err))
		return err->code;
	if (!mine && !theirs)
		return settle_in_editor(app, list, count, arena, err);
	if (settle(app, list, count, mine, err))
		return err->code;
	if (!app->json)
		out_printf(app->out, STYLE_NORMAL, "%s: %s\n", list[0].name,
			   mine ? "your words stay" : "it reads as its deck has it");
	return ERR_NONE;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct conflict *list;
	size_t count;
	enum err_code rc;

	if (args->count) {
		rc = run_on_card(app, args, &arena, err);
	} else {
		rc = store_conflicts(app->store, 0, 0, &arena, &list, &count, err);
		if (!rc && app->json)
			print_json(app, list, count);
		else if (!rc)
			print_names(app, list, count);
	}
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_conflicts = {
	.name = "conflicts",
	.usage = "[CARD] [mine|theirs|edit] [--json]",
	.summary = "cards that their deck changed under your own edit",
	.help = "Your words stay until you decide: `mine` keeps them, `theirs` takes the deck's, "
		"`edit` opens yours in $EDITOR. In what is shown `[-words-]` went and `{+words+}` "
		"came.",
	.json = "an array: `card`, `section`, `base`, `mine`, `theirs`",
	.words_max = 2,
	.flags = CMD_READS,
	.run = run,
};
