#include "cmd/cmd.h"
#include "cmd/upkeep.h"

static void show_copy(struct app *app, const struct backup *copy, const struct tally *tally)
{
	struct strbuf line;
	struct json j;

	if (app->json) {
		json_init(&j, app->out);
		json_object(&j, NULL);
		upkeep_json(&j, copy, tally);
		json_end(&j);
		return;
	}
	strbuf_init(&line, 200);
	upkeep_measure(tally, copy->size, &line);
	out_printf(app->out, STYLE_NORMAL, "%s\n%s\n", copy->path, line.buf);
	strbuf_release(&line);
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	int64_t now = app_now(app);
	struct backup copy;
	struct tally tally;
	enum err_code rc = store_tally(app->store, &tally, err);

	if (rc)
		return rc;
	upkeep_say_long(app, app->db_path, "Copying the database and checking the copy ...");
	if (args->count)
		rc = store_backup_to(app->store, args->words[0], now, &arena, &copy, err);
	else
		rc = store_backup(app->store, now, &arena, &copy, err);
	if (!rc)
		show_copy(app, &copy, &tally);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_backup = {
	.name = "backup",
	.usage = "[FILE|FOLDER] [--json]",
	.summary = "copy the database",
	.help = "Without a word the copy goes to the folder `backups` beside the database, where "
		"`viva restore` finds it. With a FILE it has that name, which no file may have "
		"yet; in a FOLDER it has its usual name, with the time and a checksum.\n\n"
		"Every copy is checked whole before it has its name. viva makes one by itself "
		"after the first sitting of a day, before a sync, and before it changes the "
		"format of the database; it keeps those of five days and three weeks, at most 500 "
		"MB.\n\n"
		"To move to a new computer: `viva backup FILE` here, carry the file and your own "
		"decks over, `viva restore FILE` there.",
	.json = "an object: `path`, `time`, `cards`, `reviews`, `bytes`",
	.words_max = 1,
	.flags = CMD_READS,
	.run = run,
};
