#include "cmd/refresh.h"

#include <string.h>

#include "base/str.h"
#include "cmd/change.h"
#include "cmd/look.h"
#include "cmd/sync.h"
#include "os/file.h"

#define STAMP_MAX 4096

const char *refresh_own_folder(const struct app *app, struct arena *arena)
{
	return arena_printf(arena, "%s/decks", app->data_dir);
}

/* "django-orm: 2 new, 1 changed" for the greeting; silent where nothing changed. */
static void say_changes(struct app *app, const struct source *source, const struct changes *c)
{
	struct strbuf text;
	size_t bare;

	strbuf_init(&text, 1000);
	strbuf_printf(&text, "%s: ",
		      source->kind == SOURCE_LOCAL ? source->location
		      : source->kind == SOURCE_OWN ? "your own decks"
						   : "bundled decks");
	bare = text.len;
	change_counts(c, &text);
	if (text.len > bare)
		look_say(app, text.buf);
	strbuf_release(&text);
}

/* The stamp of the installed decks; NULL where the folder has none (a source tree). */
static const char *bundled_stamp(struct app *app, struct arena *arena)
{
	const char *path = arena_printf(arena, "%s/.stamp", app->bundled_dir);
	struct error none = ERROR_INIT;
	const char *stamp = NULL;
	struct strbuf bytes;

	strbuf_init(&bytes, STAMP_MAX);
	if (file_type(path) == FILE_REGULAR && file_read(path, &bytes, &none) == ERR_NONE)
		stamp = arena_str(arena, bytes.buf);
	strbuf_release(&bytes);
	return stamp;
}

enum err_code refresh_source(struct app *app, const struct source *source,
			     struct look_result *result, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *stamp = source->kind == SOURCE_BUNDLED ? bundled_stamp(app, &arena) : NULL;
	enum err_code rc = ERR_NONE;

	*result = (struct look_result){0};
	if (!stamp || !str_eq(stamp, source->stamp))
		rc = look_at_source(app, source, false, false, stamp, result, err);
	arena_release(&arena);
	return rc;
}

enum err_code refresh_preview(struct app *app, const struct source *source, struct arena *arena,
			      struct changes *changes, struct merge_report *report,
			      struct error *err)
{
	const char *stamp = source->kind == SOURCE_BUNDLED ? bundled_stamp(app, arena) : NULL;

	*changes = (struct changes){0};
	*report = (struct merge_report){0};
	if (stamp && str_eq(stamp, source->stamp))
		return ERR_NONE;
	return look_preview(app, source, arena, changes, report, err);
}

static enum err_code refresh_one(struct app *app, const struct source *source, struct error *err)
{
	struct look_result result;
	enum err_code rc;

	if (source->kind == SOURCE_HTTP)
		return sync_read_again(app, source, err);
	rc = refresh_source(app, source, &result, err);
	if (!rc && !(source->kind == SOURCE_BUNDLED && result.first))
		say_changes(app, source, &result.changes);
	return rc;
}

static bool has_kind(const struct source *sources, size_t count, enum source_kind kind)
{
	for (size_t i = 0; i < count; i++)
		if (sources[i].kind == kind)
			return true;
	return false;
}

enum err_code refresh_list(struct app *app, struct arena *arena, struct source **out, size_t *count,
			   struct error *err)
{
	const char *own = refresh_own_folder(app, arena);
	int64_t id, now = app_now(app);
	bool added = false;
	enum err_code rc = store_sources(app->store, arena, out, count, err);

	if (!rc && !has_kind(*out, *count, SOURCE_BUNDLED)) {
		rc = store_add_source(app->store, SOURCE_BUNDLED, "bundled", now, &id, err);
		added = true;
	}
	if (!rc && !has_kind(*out, *count, SOURCE_OWN) && file_type(own) == FILE_FOLDER) {
		rc = store_add_source(app->store, SOURCE_OWN, own, now, &id, err);
		added = true;
	}
	if (!rc && added)
		rc = store_sources(app->store, arena, out, count, err);
	return rc;
}

enum err_code refresh_all(struct app *app, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct source *sources;
	size_t count;
	enum err_code rc = refresh_list(app, &arena, &sources, &count, err);

	for (size_t i = 0; !rc && i < count; i++)
		rc = refresh_one(app, &sources[i], err);
	out_flush(app->messages);
	arena_release(&arena);
	return rc;
}

enum err_code refresh_forget(struct app *app, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct source *sources;
	size_t count;
	enum err_code rc = store_sources(app->store, &arena, &sources, &count, err);

	for (size_t i = 0; !rc && i < count; i++) {
		struct source_file *files;
		size_t file_count;

		rc = store_source_files(app->store, sources[i].id, &arena, &files, &file_count,
					err);
		for (size_t f = 0; !rc && f < file_count; f++)
			rc = store_drop_file(app->store, sources[i].id, files[f].path, err);
		if (!rc)
			rc = store_set_stamp(app->store, sources[i].id, NULL, err);
	}
	arena_release(&arena);
	return rc;
}

enum err_code refresh_proposals(struct app *app, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct edit_proposal *list;
	struct strbuf line;
	size_t count;
	enum err_code rc = store_proposals(app->store, &arena, &list, &count, err);

	strbuf_init(&line, 256);
	for (size_t i = 0; !rc && i < count; i++) {
		out_text(app->out, STYLE_NORMAL, "A question was reworded, and it has no id:");
		out_line(app->out);
		out_wrap(app->out, STYLE_NORMAL, 7, 0,
			 arena_printf(&arena, "  was: %s", list[i].old_question));
		out_wrap(app->out, STYLE_NORMAL, 7, 0,
			 arena_printf(&arena, "  now: %s", list[i].new_question));
		if (ui_read(app_ui(app), PROMPT_WORD,
			    "Is it the same card? Its progress goes on. [Y/n] ", NULL,
			    &line) != READ_LINE)
			break;
		rc = store_answer_proposal(app->store, &list[i],
					   line.buf[0] != 'n' && line.buf[0] != 'N', app_now(app),
					   err);
	}
	strbuf_release(&line);
	arena_release(&arena);
	return rc;
}

enum err_code refresh_accept_proposals(struct app *app, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct edit_proposal *list;
	size_t count;
	enum err_code rc = store_proposals(app->store, &arena, &list, &count, err);

	for (size_t i = 0; !rc && i < count; i++)
		rc = store_answer_proposal(app->store, &list[i], true, app_now(app), err);
	arena_release(&arena);
	return rc;
}
