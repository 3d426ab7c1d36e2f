#include "store/restore.h"

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/upkeep.h"
#include "cmd/view.h"

static void show_row(struct app *app, size_t number, const struct backup *copy,
		     const struct tally *tally, const struct error *problem)
{
	char time[UPKEEP_TIME_TEXT];
	struct strbuf line;

	upkeep_time(copy->time, time);
	out_printf(app->out, STYLE_STRONG, "%3zu  ", number);
	out_printf(app->out, STYLE_NORMAL, "%s  ", time);
	if (problem->code) {
		out_printf(app->out, STYLE_BAD, "%s\n", problem->msg);
		return;
	}
	strbuf_init(&line, 200);
	upkeep_measure(tally, copy->size, &line);
	out_printf(app->out, STYLE_NORMAL, "%s\n", line.buf);
	strbuf_release(&line);
}

static void json_row(struct json *j, size_t number, const struct backup *copy,
		     const struct tally *tally, const struct error *problem)
{
	json_object(j, NULL);
	json_int(j, "number", (int64_t)number);
	upkeep_json(j, copy, problem->code ? NULL : tally);
	json_bool(j, "sound", !problem->code);
	json_string(j, "problem", problem->code ? problem->msg : NULL);
	json_end(j);
}

static enum err_code refuse_none(const struct app *app, struct error *err)
{
	return error_set(err, ERR_FOUND,
			 "%s: there are no copies of it in its folder " STORE_BACKUPS,
			 app->db_path);
}

static enum err_code list(struct app *app, const struct backup *copies, size_t count,
			  struct error *err)
{
	struct json j;

	if (app->json) {
		json_init(&j, app->out);
		json_array(&j, NULL);
	}
	for (size_t i = 0; i < count; i++) {
		struct error problem = ERROR_INIT;
		struct tally tally = {0};

		store_read_copy(copies[i].path, &tally, &problem);
		if (app->json)
			json_row(&j, i + 1, &copies[i], &tally, &problem);
		else
			show_row(app, i + 1, &copies[i], &tally, &problem);
		out_flush(app->out); /* a large one takes a moment */
	}
	if (app->json)
		json_end(&j);
	else if (count)
		out_text(app->out, STYLE_FAINT, "`viva restore N` brings one of them back.\n");
	if (count)
		return ERR_NONE;
	return error_set(err, ERR_FOUND,
			 "%s: there are no copies of it in its folder " STORE_BACKUPS,
			 app->db_path);
}

/* The copy that a word names: a number of the list, `newest`, or a file. */
static enum err_code find_copy(struct app *app, const char *word, const struct backup *copies,
			       size_t count, struct backup *out, struct error *err)
{
	int number = 1;
	bool listed = str_eq(word, "newest") || str_to_int(word, 1, 1000, &number);

	if (listed && !count)
		return refuse_none(app, err);
	if (listed && (size_t)number > count)
		return error_set(err, ERR_FOUND, "there is no copy %d; `viva restore` lists them",
				 number);
	if (listed)
		*out = copies[number - 1];
	else
		store_backup_at(word, out);
	return ERR_NONE;
}

/* "12 reviews and 3 other changes", or "nothing". */
static void write_loss(const struct loss *loss, struct strbuf *out)
{
	if (!loss->reviews && !loss->changes)
		strbuf_str(out, "nothing");
	if (loss->reviews)
		strbuf_printf(out, "%lld review%s", (long long)loss->reviews,
			      view_plural((size_t)loss->reviews));
	if (loss->reviews && loss->changes)
		strbuf_str(out, " and ");
	if (loss->changes)
		strbuf_printf(out, "%lld %schange%s", (long long)loss->changes,
			      loss->reviews ? "other " : "", view_plural((size_t)loss->changes));
}

static void show_loss(struct app *app, const struct backup *copy, const struct tally *tally,
		      const struct loss *loss)
{
	struct strbuf text;

	strbuf_init(&text, 4000);
	strbuf_printf(&text, "%s: ", copy->path);
	upkeep_measure(tally, copy->size, &text);
	out_wrap(app->out, STYLE_NORMAL, 0, 0, text.buf);
	strbuf_reset(&text);
	if (!loss->present) {
		strbuf_str(&text, "There is no database to be replaced.");
	} else if (loss->why) {
		strbuf_printf(&text,
			      "The present database cannot be read, so what is lost cannot be "
			      "counted (%s).",
			      loss->why);
	} else {
		strbuf_str(&text, "The present database has ");
		write_loss(loss, &text);
		strbuf_str(&text, " that this copy lacks.");
	}
	if (loss->present)
		strbuf_str(&text, " It is kept beside it under another name.");
	out_wrap(app->out, STYLE_NORMAL, 0, 0, text.buf);
	out_flush(app->out);
	strbuf_release(&text);
}

/* Whether to go on. Who cannot be asked has to say --yes. */
static enum err_code decide(struct app *app, const struct loss *loss, bool *yes, struct error *err)
{
	struct strbuf line;
	enum err_code rc = ERR_NONE;

	*yes = *yes || !loss->present;
	if (*yes)
		return ERR_NONE;
	strbuf_init(&line, 200);
	if (app->interactive && !app->json) {
		*yes = ui_read(app_ui(app), PROMPT_WORD, "Put the copy in its place? [y/N] ", NULL,
			       &line) == READ_LINE &&
		       (line.buf[0] == 'y' || line.buf[0] == 'Y');
		if (!*yes)
			out_text(app->out, STYLE_NORMAL, "Nothing was changed.\n");
	} else {
		if (loss->why)
			strbuf_str(&line, "the present database");
		else
			write_loss(loss, &line);
		rc = error_set(err, ERR_DECISION,
			       "%s: %s would be set aside for the copy; nothing was changed: "
			       "`--yes` goes ahead",
			       app->db_path, line.buf);
	}
	strbuf_release(&line);
	return rc;
}

static void show_done(struct app *app, const struct backup *copy, const struct tally *tally,
		      const struct loss *loss, const char *kept)
{
	struct json j;

	if (!app->json) {
		out_printf(app->out, STYLE_NORMAL, "Restored.\n");
		if (kept)
			out_printf(app->out, STYLE_NORMAL,
				   "The database of before: %s\n`viva restore` with this name "
				   "brings it back.\n",
				   kept);
		return;
	}
	json_init(&j, app->out);
	json_object(&j, NULL);
	upkeep_json(&j, copy, tally);
	json_object(&j, "lost");
	if (loss->why) {
		json_null(&j, "reviews");
		json_null(&j, "changes");
	} else {
		json_int(&j, "reviews", loss->reviews);
		json_int(&j, "changes", loss->changes);
	}
	json_end(&j);
	json_string(&j, "kept", kept);
	json_end(&j);
}

static enum err_code put_in_place(struct app *app, const struct backup *copy, bool yes,
				  struct arena *arena, struct error *err)
{
	const char *kept = NULL;
	struct tally tally;
	struct loss loss;
	enum err_code rc = store_read_copy(copy->path, &tally, err);

	app_close(app); /* in the shell it is open */
	if (!rc)
		rc = store_weigh_copy(app->db_path, copy->path, arena, &loss, err);
	if (rc)
		return rc;
	if (!app->json)
		show_loss(app, copy, &tally, &loss);
	rc = decide(app, &loss, &yes, err);
	if (rc || !yes)
		return rc;
	upkeep_say_long(app, copy->path, "Checking the copy and putting it in place ...");
	rc = store_restore(app->db_path, copy->path, app_now(app), arena, &kept, err);
	if (!rc)
		show_done(app, copy, &tally, &loss, kept);
	return rc;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct backup *copies, copy;
	size_t count;
	enum err_code rc = store_list_backups(app->db_path, &arena, &copies, &count, err);

	if (!rc && !args->count)
		rc = list(app, copies, count, err);
	else if (!rc)
		rc = find_copy(app, args->words[0], copies, count, &copy, err);
	if (!rc && args->count)
		rc = put_in_place(app, &copy, args_option(args, "yes") != NULL, &arena, err);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_restore = {
	.name = "restore",
	.usage = "[N|newest|FILE] [--yes] [--json]",
	.summary = "bring a copy of the database back",
	.help = "Without a word: lists the copies, newest first, with their number, time, cards, "
		"reviews and size; a damaged one is named as such. With a number of that list, "
		"`newest`, or a FILE that `viva backup` made: puts that copy in the place of the "
		"database.\n\n"
		"The copy is checked first. What the present database has and the copy lacks is "
		"counted and said, then viva asks; without a terminal it wants `--yes`. The "
		"database that was there keeps its content under a name that is said, and can be "
		"brought back in the same way.\n\n"
		"It works as well when the database is damaged, empty or missing. Close other "
		"vivas first: they are refused when they want to save.",
	.json = "without a word an array of copies: `number`, `path`, `time`, `cards`, `reviews`, "
		"`bytes`, `sound`, `problem`; else an object: `path`, `time`, `cards`, `reviews`, "
		"`bytes` of the copy, `lost` (`reviews` and `changes` that the copy lacks), "
		"`kept` (where the database of before is)",
	.options = {{"yes", NULL, "go ahead without asking"}},
	.words_max = 1,
	.run = run,
};
