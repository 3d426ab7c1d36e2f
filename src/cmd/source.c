/* subscribe, unsubscribe, sources: where decks come from. */
#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/look.h"
#include "cmd/refresh.h"
#include "cmd/view.h"
#include "os/file.h"

static bool is_address(const char *s)
{
	return str_starts(s, "http://") || str_starts(s, "https://");
}

static enum err_code find_source(struct app *app, const char *word, struct arena *arena,
				 struct source *out, struct error *err)
{
	struct error none = ERROR_INIT;
	const char *path = file_real_path(word, arena, &none);
	struct source *list;
	size_t count;
	enum err_code rc = store_sources(app->store, arena, &list, &count, err);

	for (size_t i = 0; !rc && i < count; i++) {
		bool holds =
			str_eq(list[i].location, word) || (path && str_eq(list[i].location, path));

		for (size_t d = 0; d < list[i].decks.count && !holds; d++)
			holds = str_eq(list[i].decks.items[d], word);
		if (holds) {
			*out = list[i];
			return ERR_NONE;
		}
	}
	return rc ? rc
		  : error_set(err, ERR_FOUND, "no source '%s'; `viva sources` lists them", word);
}

static bool is_known(struct app *app, const char *path, struct arena *arena)
{
	struct error none = ERROR_INIT;
	struct source *list;
	size_t count;

	if (store_sources(app->store, arena, &list, &count, &none))
		return false;
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i].location, path))
			return true;
	return false;
}

static enum err_code subscribe(struct app *app, const char *path, bool take_over,
			       struct arena *arena, struct look_result *result, struct error *err)
{
	struct source source = {.kind = SOURCE_LOCAL, .location = path};
	int64_t now = app_now(app);
	bool known = is_known(app, path, arena);
	enum err_code rc = store_add_source(app->store, SOURCE_LOCAL, path, now, &source.id, err);

	if (rc)
		return rc;
	rc = look_at_source(app, &source, true, take_over, NULL, result, err);
	if (rc && !known) {
		struct error none = ERROR_INIT;

		store_remove_source(app->store, source.id, true, now, &none);
	}
	return rc;
}

static enum err_code run_subscribe(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct look_result result = {0};
	const char *path;
	enum err_code rc = ERR_NONE;

	if (is_address(args->words[0]))
		return error_set(err, ERR_USAGE,
				 "this viva reads decks from files and folders only, not '%s'",
				 args->words[0]);
	path = file_real_path(args->words[0], &arena, err);
	if (!path)
		rc = err->code;
	if (!rc)
		rc = subscribe(app, path, args_option(args, "take-over") != NULL, &arena, &result,
			       err);
	if (!rc)
		out_printf(app->out, STYLE_NORMAL,
			   "Subscribed to %s: %zu deck%s, %zu card%s (%zu new, %zu changed).\n",
			   path, result.decks, view_plural(result.decks), result.cards,
			   view_plural(result.cards), result.changes.added, result.changes.edited);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_subscribe = {
	.name = "subscribe",
	.usage = "PATH [--take-over]",
	.summary = "use a deck file, or a folder of them, where it is",
	.help = "The file is read where it is, not copied, and looked at again whenever the shell "
		"or `study` starts. "
		"Progress is kept through edits. A deck that another source has is taken only with "
		"--take-over.",
	.options = {{"take-over", NULL, "take decks over from the source that has them"}},
	.words_min = 1,
	.words_max = 1,
	.flags = CMD_WRITES | CMD_SOURCES,
	.run = run_subscribe,
};

/* Cards and scheduled reviews of the source's decks. */
static void count_cards(struct app *app, const struct source *source, struct arena *arena,
			size_t *cards, size_t *reviews)
{
	*cards = *reviews = 0;
	for (size_t d = 0; d < source->decks.count; d++) {
		struct query_term term = {.kind = TERM_DECK, .text = source->decks.items[d]};
		struct query query = {&term, 1};
		struct error none = ERROR_INIT;
		struct card_info *list;
		size_t count;

		if (store_list_cards(app->store, &query, app_today(app), app->settings.repeat_below,
				     arena, &list, &count, &none))
			continue;
		*cards += count;
		for (size_t i = 0; i < count; i++)
			*reviews += (size_t)list[i].schedule.reviews;
	}
}

static bool confirm_purge(struct app *app, const struct source *source, struct arena *arena)
{
	struct strbuf line;
	size_t cards, reviews;
	bool yes;

	if (!app->interactive)
		return true;
	count_cards(app, source, arena, &cards, &reviews);
	strbuf_init(&line, 100);
	out_printf(
		app->out, STYLE_NORMAL,
		"This deletes %zu deck%s, %zu card%s and the history of %zu review%s for good.\n",
		source->decks.count, view_plural(source->decks.count), cards, view_plural(cards),
		reviews, view_plural(reviews));
	yes = ui_read(app_ui(app), PROMPT_WORD, "Delete? [y/N] ", NULL, &line) == READ_LINE &&
	      (line.buf[0] == 'y' || line.buf[0] == 'Y');
	strbuf_release(&line);
	return yes;
}

static enum err_code run_unsubscribe(struct app *app, const struct args *args, struct error *err)
{
	bool purge = args_option(args, "purge") != NULL;
	struct arena arena = ARENA_INIT;
	struct source source;
	enum err_code rc = find_source(app, args->words[0], &arena, &source, err);

	if (!rc && source.kind != SOURCE_LOCAL)
		rc = error_set(err, ERR_USAGE,
			       "%s cannot be unsubscribed; `suspend deck:ID` silences a deck",
			       source_kind_name(source.kind));
	if (!rc && (!purge || confirm_purge(app, &source, &arena))) {
		rc = store_remove_source(app->store, source.id, purge, app_now(app), err);
		if (!rc)
			rc = refresh_forget(app, err);
		if (!rc)
			rc = refresh_all(app, err);
		if (!rc)
			out_printf(app->out, STYLE_NORMAL, "Unsubscribed from %s: %zu deck%s %s.\n",
				   source.location, source.decks.count,
				   view_plural(source.decks.count),
				   purge ? "deleted with all history" : "kept");
	}
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_unsubscribe = {
	.name = "unsubscribe",
	.usage = "PATH|DECK [--purge]",
	.summary = "stop following a file or folder; its cards stay",
	.options = {{"purge", NULL, "delete its cards and their history too"}},
	.words_min = 1,
	.words_max = 1,
	.flags = CMD_WRITES,
	.run = run_unsubscribe,
};

/* The first file of the source whose newest content was not taken, or NULL. */
static const char *problem_of(struct app *app, const struct source *source, struct arena *arena)
{
	struct error none = ERROR_INIT;
	struct source_file *files;
	size_t count;

	if (store_source_files(app->store, source->id, arena, &files, &count, &none))
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (files[i].problem)
			return files[i].problem;
	return NULL;
}

static void print_json(struct json *j, const struct source *source, const char *problem)
{
	json_object(j, NULL);
	json_string(j, "url", source->location);
	json_string(j, "kind", source_kind_name(source->kind));
	json_array(j, "decks");
	for (size_t i = 0; i < source->decks.count; i++)
		json_string(j, NULL, source->decks.items[i]);
	json_end(j);
	json_string(j, "status", problem ? "failed" : "unchanged");
	json_string(j, "trust", "local");
	json_string(j, "message", problem ? problem : "");
	json_end(j);
}

static void print_source(struct app *app, const struct source *source, const char *problem)
{
	struct out *o = app->out;

	out_printf(o, STYLE_STRONG, "%s",
		   source->kind == SOURCE_BUNDLED ? app->bundled_dir : source->location);
	out_printf(o, STYLE_FAINT, " (%s)\n", source_kind_name(source->kind));
	for (size_t i = 0; i < source->decks.count; i++)
		out_printf(o, STYLE_NORMAL, "  %s\n", source->decks.items[i]);
	if (problem) {
		out_text(o, STYLE_BAD, "  ");
		out_wrap(o, STYLE_BAD, 2, 2, problem);
	}
}

static enum err_code run_sources(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct source *list;
	size_t count = 0;
	struct json j;
	enum err_code rc = store_sources(app->store, &arena, &list, &count, err);

	(void)args;
	if (!rc && app->json) {
		json_init(&j, app->out);
		json_array(&j, NULL);
	}
	for (size_t i = 0; !rc && i < count; i++) {
		const char *problem = problem_of(app, &list[i], &arena);

		if (app->json)
			print_json(&j, &list[i], problem);
		else
			print_source(app, &list[i], problem);
	}
	if (!rc && app->json)
		json_end(&j);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_sources = {
	.name = "sources",
	.usage = "[--json]",
	.summary = "list where the decks come from",
	.json = "an array: `url`, `kind`, `decks`, `status`, `trust`, `message`",
	.words_max = 0,
	.flags = CMD_READS | CMD_DECKS,
	.run = run_sources,
};
