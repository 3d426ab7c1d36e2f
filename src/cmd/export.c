#include <inttypes.h>

#include "cmd/cmd.h"
#include "cmd/view.h"
#include "os/file.h"
#include "os/process.h"
#include "os/writer.h"
#include "store/log.h"

struct sink {
	struct app *app;
	struct writer *file; /* NULL: standard output */
};

static enum err_code put(void *ctx, const char *bytes, size_t len, struct error *err)
{
	struct sink *s = ctx;

	if (process_stopping() || process_take_interrupt())
		return error_set(err, ERR_STORAGE, "interrupted");
	if (s->file)
		return writer_add(s->file, bytes, len, err);
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

static enum err_code export_events(struct app *app, const char *path, bool force, struct error *err)
{
	struct writer file;
	struct sink sink = {app, path ? &file : NULL};
	struct log_export result;
	enum err_code rc = path ? open_file(&file, path, force, err) : ERR_NONE;

	if (rc)
		return rc;
	rc = store_export_log(app->store, put, &sink, &result, err);
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

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	bool force = args_option(args, "force") != NULL;

	if (!args_option(args, "events"))
		return error_set(err, ERR_USAGE, "what is to be exported? `--events` is the log");
	return export_events(app, args->count ? args->words[0] : NULL, force, err);
}

const struct cmd cmd_export = {
	.name = "export",
	.usage = "--events [FILE] [--force]",
	.summary = "write the log of all answers as text",
	.help = "The whole history, one event a line, to FILE or standard output: answers, grades, "
		"undos, notes, edits, renames, settings. `viva import` reads it back, on this "
		"computer or another one. Every line carries a sum over the one before, so that a "
		"line that was changed or lost is found.",
	.options = {{"events", NULL, "the log of events"},
		    {"force", NULL, "replace a file that is there"}},
	.words_max = 1,
	.flags = CMD_READS,
	.run = run,
};
