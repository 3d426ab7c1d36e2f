#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/refresh.h"
#include "cmd/view.h"
#include "deck/parse.h"
#include "export.h"
#include "os/file.h"
#include "os/process.h"
#include "os/writer.h"
#include "store/log.h"
#include "store/source.h"

struct sink {
	struct app *app;
	struct writer *file; /* NULL: standard output */
	size_t bytes;	     /* written so far */
};

static void show_progress(struct sink *s)
{
	char text[64];

	snprintf(text, sizeof(text), "%zu kB written", s->bytes / 1000);
	app_progress(s->app, text);
}

static enum err_code put(void *ctx, const char *bytes, size_t len, struct error *err)
{
	struct sink *s = ctx;

	if (process_stopping() || process_take_interrupt())
		return error_set(err, ERR_STORAGE, "interrupted");
	s->bytes += len;
	if (s->file) {
		show_progress(s);
		return writer_add(s->file, bytes, len, err);
	}
	out_raw(s->app->out, bytes, len);
	out_flush(s->app->out);
	return s->app->out->failed
		       ? error_set(err, ERR_STORAGE,
				   "the log could not be written: is the disk full, or its reader "
				   "gone?")
		       : ERR_NONE;
}

/* Nobody's file is replaced by accident. */
static enum err_code open_file(struct writer *w, const char *path, bool force, struct error *err)
{
	if (!force && file_type(path) != FILE_MISSING)
		return error_set(err, ERR_USAGE, "%s is there already; --force replaces it", path);
	return writer_open(w, path, 0644, err);
}

static enum err_code write_file(const char *path, const struct strbuf *text, bool force,
				struct error *err)
{
	struct writer file;
	enum err_code rc = open_file(&file, path, force, err);

	return rc ? rc : writer_close(&file, writer_add(&file, text->buf, text->len, err), err);
}

static enum err_code export_events(struct app *app, const char *path, bool force, struct error *err)
{
	struct writer file;
	struct sink sink = {app, path ? &file : NULL, 0};
	struct log_export result;
	enum err_code rc = path ? open_file(&file, path, force, err) : ERR_NONE;

	if (rc)
		return rc;
	rc = store_export_log(app->store, put, &sink, &result, err);
	app_progress(app, "");
	if (path)
		rc = writer_close(&file, rc, err);
	if (rc)
		return rc;
	if (path)
		out_printf(app->out, STYLE_NORMAL, "%s: %" PRId64 " event%s\n", path, result.events,
			   view_plural((size_t)result.events));
	if (result.left_out)
		return error_set(err, ERR_PARTLY, "%" PRId64 " damaged event%s left out of the log",
				 result.left_out, result.left_out == 1 ? " was" : "s were");
	return ERR_NONE;
}

/* At the very first use there are cards too, as `list` has it; the log needs none. */
static enum err_code first_decks(struct app *app, struct error *err)
{
	if (store_has_sources(app->store))
		return ERR_NONE;
	return app_open(app, STORE_WRITE, err) ? err->code : refresh_all(app, err);
}

/* To a terminal the text goes filtered, as all text of decks; to a pipe as it is. */
static enum err_code export_cards(struct app *app, const struct args *args, const char *path,
				  struct error *err)
{
	const char *id = args_option(args, "deck");
	struct deck_export counts = {0};
	struct arena arena = ARENA_INIT;
	struct query query;
	struct strbuf text;
	enum err_code rc;

	id = id ? id : "export";
	if (!str_is_id(id, strlen(id)))
		return error_set(err, ERR_USAGE,
				 "--deck takes an id of a-z, 0-9, '.', '_' and '-', not '%s'", id);
	rc = first_decks(app, err);
	if (rc)
		return rc;
	strbuf_init(&text, DECK_SIZE_MAX);
	rc = query_parse(args->words, args->count, &arena, &query, err);
	if (!rc)
		rc = export_deck(app, &query, id, &text, &counts, err);
	if (!rc && path)
		rc = write_file(path, &text, args_option(args, "force") != NULL, err);
	else if (!rc && app->screen)
		out_text(app->out, STYLE_NORMAL, text.buf);
	else if (!rc)
		out_raw(app->out, text.buf, text.len);
	if (!rc && path)
		out_printf(app->out, STYLE_NORMAL, "%s: %zu card%s\n", path, counts.cards,
			   view_plural(counts.cards));
	if (!rc && counts.left_out)
		out_printf(app->messages, STYLE_NORMAL,
			   "%zu card%s without an answer here left out.\n", counts.left_out,
			   counts.left_out == 1 ? "" : "s");
	strbuf_release(&text);
	arena_release(&arena);
	return rc;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	const char *path = args_option(args, "out");
	bool force = args_option(args, "force") != NULL;

	if (!args_option(args, "events"))
		return export_cards(app, args, path, err);
	if (args->count > 1 || (args->count && path) || args_option(args, "deck"))
		return error_set(err, ERR_USAGE,
				 "`export --events` writes the whole log and takes one file");
	return export_events(app, args->count ? args->words[0] : path, force, err);
}

const struct cmd cmd_export = {
	.name = "export",
	.usage = "[QUERY...] [--events] [--out FILE] [--deck ID] [--force]",
	.summary = "write the cards that match as a deck, or the log of all answers",
	.help = "Without `--events`: the matching cards (see `viva help list`) as a deck file of "
		"their own, to standard output or FILE, as you see them: with your edits, without "
		"notes, answers and schedules. `viva export 'ef:..1.8' --out weak.md` hands your "
		"weak cards to a colleague, whose `viva subscribe weak.md` takes them.\n\n"
		"`viva export --events FILE` writes the whole history, one event a line: answers, "
		"grades, undos, notes, edits, renames, settings. `viva import` reads it back, on "
		"this computer or another one. Every line carries a sum over the one before, so "
		"that one that was changed or lost is found. From a database that is damaged, "
		"send it to standard output: what could be read is there, and `viva import "
		"--salvage` takes it.",
	.options = {{"events", NULL, "the log of events instead of cards"},
		    {"out", "FILE", "write there, all or nothing"},
		    {"deck", "ID", "id of the deck (default: export)"},
		    {"force", NULL, "replace a file that is there"}},
	.words_max = CMD_WORDS_ANY,
	.flags = CMD_READS,
	.run = run,
};
