#include <inttypes.h>
#include <stdio.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/view.h"
#include "os/lines.h"
#include "store/log.h"
#include "ui/json.h"

#define SAID_MAX 10	/* lines and names that are said one by one */
#define SHOWN_EACH 5000 /* lines between two looks at the progress */

struct load {
	struct app *app;
	struct arena arena;
	const char *file; /* as messages name it */
	bool salvage;
	struct lines lines;
	struct log_reader reader;
	struct import *import;
	int64_t left_out;
};

/* A line that is not sound: the end of the import, or left out and said. */
static enum err_code unsound(struct load *l, int64_t number, struct error *err)
{
	const char *why = arena_str(&l->arena, err->msg);

	error_set(err, ERR_FORMAT, "%s:%" PRId64 ": %s", l->file, number, why);
	app_progress(l->app, "");
	if (l->salvage && number > 1) {
		if (l->left_out++ < SAID_MAX)
			out_printf(l->app->messages, STYLE_NORMAL, "%s\n", err->msg);
		*err = (struct error)ERROR_INIT;
		return ERR_NONE;
	}
	if (number > 1) {
		why = arena_str(&l->arena, err->msg);
		error_set(err, ERR_FORMAT,
			  "%s; nothing was imported, --salvage takes the lines that are sound",
			  why);
	}
	return ERR_FORMAT;
}

static void show_progress(struct load *l)
{
	char text[64];

	if (l->reader.lines % SHOWN_EACH)
		return;
	snprintf(text, sizeof(text), "%" PRId64 " lines read", l->reader.lines);
	app_progress(l->app, text);
}

static enum err_code load_line(struct load *l, const char *text, size_t len, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct log_line line;
	enum err_code rc = log_read(&l->reader, text, len, &arena, &line, err);

	rc = rc ? unsound(l, l->reader.lines, err) : store_import_add(l->import, &line, err);
	show_progress(l);
	arena_release(&arena);
	return rc;
}

static enum err_code load_lines(struct load *l, struct error *err)
{
	enum err_code rc = ERR_NONE;
	const char *text = "";
	size_t len;

	while (!rc && (rc = lines_next(&l->lines, &text, &len, err)) == ERR_NONE && text)
		rc = load_line(l, text, len, err);
	if (rc || (l->reader.ended && !l->lines.cut))
		return rc;
	error_set(err, ERR_FORMAT,
		  l->reader.ended ? "its line end is missing: the log was cut"
				  : "the log ends here without its last line: it "
				    "was cut");
	return unsound(l, l->reader.lines + !l->reader.ended, err);
}

static bool is_setting(const char *key)
{
	struct error none = ERROR_INIT;
	const struct setting *setting;

	return settings_find(key, &setting, &none) == ERR_NONE;
}

/* The stored values, in the order of the table. */
static enum err_code setting_values(struct load *l, const char ***values, struct error *err)
{
	enum err_code rc = ERR_NONE;

	*values = arena_array(&l->arena, settings_count, sizeof(**values));
	for (size_t i = 0; i < settings_count && !rc; i++)
		rc = store_config(l->app->store, settings_table[i].key, &l->arena, &(*values)[i],
				  err);
	return rc;
}

static void say_settings(struct load *l, const char *const *before, const char *const *after)
{
	const char *between = "Settings of the log: ";

	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *s = &settings_table[i];

		if (str_eq(before[i], after[i]))
			continue;
		out_printf(l->app->out, STYLE_NORMAL, "%s%s %s", between, s->key,
			   after[i] ? after[i] : s->fallback);
		between = ", ";
	}
	if (str_eq(between, ", "))
		out_text(l->app->out, STYLE_NORMAL, ".\n");
}

static void say_list(struct app *app, const struct strlist *list)
{
	for (size_t i = 0; i < list->count && i < SAID_MAX; i++)
		out_printf(app->out, STYLE_NORMAL, "  %s\n", list->items[i]);
	if (list->count > SAID_MAX)
		out_printf(app->out, STYLE_NORMAL, "  and %zu more\n", list->count - SAID_MAX);
}

static void say_result(struct load *l, const struct log_import *r)
{
	struct out *o = l->app->out;

	out_printf(o, STYLE_NORMAL, "%" PRId64 " event%s read, ", r->events,
		   view_plural((size_t)r->events));
	if (r->added)
		out_printf(o, STYLE_NORMAL,
			   "%" PRId64 " new: %" PRId64 " review%s, %" PRId64 " card%s.\n", r->added,
			   r->reviews, view_plural((size_t)r->reviews), r->cards,
			   view_plural((size_t)r->cards));
	else
		out_text(o, STYLE_NORMAL, "nothing new.\n");
	if (r->unknown)
		out_printf(o, STYLE_NORMAL,
			   "%" PRId64 " event%s of a kind that needs a newer viva: kept.\n",
			   r->unknown, view_plural((size_t)r->unknown));
	if (r->kept_cards) {
		out_printf(o, STYLE_NORMAL,
			   "%" PRId64 " card%s in no deck here: kept until one brings %s. The "
			   "decks are:\n",
			   r->kept_cards, view_plural((size_t)r->kept_cards),
			   r->kept_cards == 1 ? "it" : "them");
		say_list(l->app, &r->kept_decks);
	}
	if (r->locations.count) {
		out_text(o, STYLE_NORMAL,
			 "Subscriptions of the log that are not here; `viva subscribe` makes "
			 "them:\n");
		say_list(l->app, &r->locations);
	}
}

static void json_list(struct json *j, const char *key, const struct strlist *list)
{
	json_array(j, key);
	for (size_t i = 0; i < list->count; i++)
		json_string(j, NULL, list->items[i]);
	json_end(j);
}

static void json_result(struct load *l, const struct log_import *r, const char *const *before,
			const char *const *after)
{
	struct json j;

	json_init(&j, l->app->out);
	json_object(&j, NULL);
	json_int(&j, "events", r->events);
	json_int(&j, "new", r->added);
	json_int(&j, "reviews", r->reviews);
	json_int(&j, "cards", r->cards);
	json_int(&j, "unknown", r->unknown);
	json_int(&j, "left_out", l->left_out);
	json_int(&j, "kept_cards", r->kept_cards);
	json_list(&j, "kept_decks", &r->kept_decks);
	json_list(&j, "subscriptions", &r->locations);
	json_object(&j, "settings");
	for (size_t i = 0; i < settings_count; i++)
		if (!str_eq(before[i], after[i]))
			json_string(&j, settings_table[i].key, after[i]);
	json_end(&j);
	json_end(&j);
}

static enum err_code import_lines(struct load *l, struct log_import *result, struct error *err)
{
	enum err_code rc = store_import_begin(l->app->store, &l->import, err);
	struct error none = ERROR_INIT;

	if (rc)
		return rc;
	rc = load_lines(l, err);
	if (!rc) {
		rc = store_import_end(l->import, true, is_setting, &l->arena, result, err);
		app_progress(l->app, "");
		return rc;
	}
	app_progress(l->app, "");
	store_import_end(l->import, false, is_setting, &l->arena, result, &none);
	return rc;
}

static enum err_code import_log(struct load *l, struct error *err)
{
	struct app *app = l->app;
	const char **before, **after;
	struct log_import result;

	if (setting_values(l, &before, err) || import_lines(l, &result, err))
		return err->code;
	if (setting_values(l, &after, err) || settings_load(app->store, &app->settings, err))
		return err->code;
	if (app->json) {
		json_result(l, &result, before, after);
	} else {
		say_result(l, &result);
		say_settings(l, before, after);
		if (l->left_out)
			out_printf(app->out, STYLE_NORMAL,
				   "%" PRId64 " line%s damaged and left out.\n", l->left_out,
				   l->left_out == 1 ? " is" : "s are");
	}
	return l->left_out ? ERR_PARTLY : ERR_NONE;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	const char *path = args->words[0];
	struct load l = {
		.app = app,
		.file = str_eq(path, "-") ? "standard input" : path,
		.salvage = args_option(args, "salvage") != NULL,
		.reader = LOG_READER_INIT,
	};
	enum err_code rc = lines_open(&l.lines, path, LOG_LINE_MAX, err);

	if (rc)
		return rc;
	rc = import_log(&l, err);
	lines_close(&l.lines);
	arena_release(&l.arena);
	return rc;
}

const struct cmd cmd_import = {
	.name = "import",
	.usage = "FILE [--salvage] [--json]",
	.summary = "take in a log that `viva export --events` wrote",
	.help = "Every event is taken once, however often it comes, and the schedules follow: so "
		"you move to a new computer, or bring the answers of two together. `-` reads "
		"standard input.\n\n"
		"A log that was changed or cut is refused with the line, and nothing is imported. "
		"Cards that no deck here has are kept, and come back with their schedule when a "
		"deck brings them. Settings are taken over only where nothing was answered yet; "
		"subscriptions are said, not made.",
	.json = "an object: counts `events` (read), `new`, `reviews` and `cards` (of the new "
		"ones), `unknown` (of a newer viva), `left_out` (damaged lines), `kept_cards` and "
		"`kept_decks` (in no deck here), `subscriptions` (not here), `settings` (taken "
		"over)",
	.options = {{"salvage", NULL, "take the sound lines of a damaged log; ends with status 3"}},
	.words_min = 1,
	.words_max = 1,
	.flags = CMD_WRITES,
	.run = run,
};
