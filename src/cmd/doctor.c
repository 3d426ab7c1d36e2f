#include <string.h>

#include "cmd/cmd.h"
#include "cmd/upkeep.h"
#include "cmd/view.h"
#include "os/file.h"
#include "store/review.h"
#include "store/search.h"

#define DAY_MS (INT64_C(86400) * 1000)
#define STALE_DAYS 3 /* reviews that are so old and in no copy are worth a word */
#define KEPT_DAYS 30 /* what a restore replaced so long ago is */

struct visit {
	struct app *app;
	struct arena arena;
	struct findings findings;
	struct findings notes; /* worth knowing, nothing wrong */
	struct backup *copies;
	size_t copy_count;
	struct tally tally;
	bool present; /* there is a database */
	bool rebuilt;
	size_t recomputed; /* cards */
	size_t reindexed;  /* cards that the search index was wrong about */
};

static void check_mode(struct visit *v, const char *path, mode_t wanted)
{
	mode_t mode;

	if (!file_mode(path, &mode) || (mode & 077) == 0)
		return;
	findings_add(
		&v->findings,
		arena_printf(&v->arena, "%s: others can read it (mode %o)", path, (unsigned)mode),
		arena_printf(&v->arena, "`chmod %o` on it keeps your progress to yourself",
			     (unsigned)wanted));
}

/* Files with such names that are so many days old. */
static void add_old(struct visit *v, const char *folder, const char *prefix, const char *suffix,
		    int days, const char *what, const char *advice, struct findings *out)
{
	int64_t before = app_now(v->app) - days * DAY_MS;
	struct error ignored = ERROR_INIT;
	const char **paths;
	size_t count;

	if (file_list_old(folder, prefix, suffix, before, &v->arena, &paths, &count, &ignored))
		return;
	for (size_t i = 0; i < count; i++)
		findings_add(out, arena_printf(&v->arena, "%s: %s", paths[i], what), advice);
}

/* What was broken off has left files behind, and restore keeps what it replaced. */
static void check_leftovers(struct visit *v, const char *path)
{
	static const char left[] = "was left over", half[] = "it was never finished: delete it";
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const char *folder = slash ? arena_bytes(&v->arena, path, (size_t)(base - path)) : "./";
	const char *temp = arena_printf(&v->arena, ".%s.", base);

	add_old(v, folder, temp, "", 1, left, half, &v->findings);
	add_old(v, arena_printf(&v->arena, "%s" STORE_BACKUPS, folder), temp, "", 1, left, half,
		&v->findings);
	add_old(v, v->app->data_dir, "viva-", ".md", 1, left,
		"it is a text that was being edited: look at it, then delete it", &v->findings);
	add_old(v, folder, arena_printf(&v->arena, "%s.before-", base), "", KEPT_DAYS,
		"was kept by `viva restore`", "delete it when you do not miss anything", &v->notes);
}

static void check_files(struct visit *v)
{
	struct error ignored = ERROR_INIT;
	const char *path = file_real_path(v->app->db_path, &v->arena, &ignored);

	/* Other folders are the user's, with whatever else is in them. */
	check_mode(v, v->app->data_dir, 0700);
	check_mode(v, arena_printf(&v->arena, "%s/" STORE_BACKUPS, v->app->data_dir), 0700);
	if (path)
		check_mode(v, path, 0600);
	for (size_t i = 0; i < v->copy_count; i++)
		check_mode(v, v->copies[i].path, 0600);
	check_leftovers(v, path ? path : v->app->db_path);
}

static void check_copies(struct visit *v)
{
	char time[UPKEEP_TIME_TEXT];
	int64_t newest_review;
	int day;

	for (size_t i = 0; i < v->copy_count; i++) {
		struct error err = ERROR_INIT;

		if (store_verify_backup(&v->copies[i], &err))
			findings_add(&v->findings, err.msg,
				     "delete it, then `viva backup` makes a new one");
	}
	if (!v->present || !store_newest_review(v->app->store, &day, &newest_review))
		return;
	if (!v->copy_count) {
		findings_add(&v->notes, "There is no copy of the database.",
			     "`viva backup` makes one");
	} else {
		upkeep_time(v->copies[0].time, time);
		if (newest_review > v->copies[0].time + STALE_DAYS * DAY_MS)
			findings_add(&v->notes,
				     arena_printf(&v->arena,
						  "The newest copy is of %s; later reviews are "
						  "in none.",
						  time),
				     "`viva backup` makes one");
	}
}

static enum err_code examine(struct visit *v, bool rebuild, struct error *err)
{
	struct app *app = v->app;
	enum err_code rc = app_open(app, STORE_READ, err);

	v->present = file_type(app->db_path) != FILE_MISSING;
	upkeep_say_long(app, app->db_path, "Examining the database and its copies ...");
	if (!rc && v->present && rebuild)
		rc = app_open(app, STORE_WRITE, err);
	if (!rc)
		rc = store_list_backups(app->db_path, &v->arena, &v->copies, &v->copy_count, err);
	if (!rc && v->present && rebuild) {
		v->rebuilt = true;
		rc = store_check_schedules(app->store, true, &v->recomputed, err);
		if (!rc)
			rc = store_check_search(app->store, true, &v->reindexed, err);
	}
	if (rc)
		return rc;
	if (v->present) {
		store_examine(app->store, &v->findings);
		rc = store_tally(app->store, &v->tally, err);
		if (rc && v->findings.count) { /* which say why */
			*err = (struct error)ERROR_INIT;
			rc = ERR_NONE;
		}
	} else if (v->copy_count) {
		findings_add(&v->findings,
			     arena_printf(&v->arena, "%s: is missing, but there are copies of it",
					  app->db_path),
			     "`viva restore` brings one back");
	}
	check_copies(v);
	check_files(v);
	return rc;
}

static void json_findings(struct json *j, const char *key, const struct findings *list)
{
	json_array(j, key);
	for (const struct finding *f = list->first; f; f = f->next) {
		json_object(j, NULL);
		json_string(j, "what", f->what);
		json_string(j, "advice", f->advice);
		json_end(j);
	}
	json_end(j);
}

static void report_json(const struct visit *v)
{
	char time[CLOCK_ISO_TEXT];
	struct json j;

	json_init(&j, v->app->out);
	json_object(&j, NULL);
	json_bool(&j, "ok", !v->findings.count);
	json_findings(&j, "problems", &v->findings);
	json_findings(&j, "notes", &v->notes);
	if (v->rebuilt) {
		json_int(&j, "recomputed", (int64_t)v->recomputed);
		json_int(&j, "reindexed", (int64_t)v->reindexed);
	}
	json_int(&j, "cards", v->tally.cards);
	json_int(&j, "reviews", v->tally.reviews);
	json_int(&j, "copies", (int64_t)v->copy_count);
	if (v->copy_count)
		clock_format_iso(v->copies[0].time, time);
	json_string(&j, "newest_copy", v->copy_count ? time : NULL);
	json_end(&j);
}

static void print_findings(struct app *app, enum style style, const struct findings *list)
{
	for (const struct finding *f = list->first; f; f = f->next) {
		out_wrap(app->out, style, 0, 0, f->what);
		out_wrap(app->out, STYLE_NORMAL, 2, 0,
			 arena_printf(list->arena, "  %s", f->advice));
	}
}

static void report_text(const struct visit *v)
{
	struct out *o = v->app->out;
	char time[UPKEEP_TIME_TEXT];

	if (v->rebuilt)
		out_printf(o, STYLE_NORMAL, "Recomputed from the log: %zu card%s changed.\n",
			   v->recomputed, view_plural(v->recomputed));
	if (v->reindexed)
		out_text(o, STYLE_NORMAL, "Made the search index from the cards.\n");
	print_findings(v->app, STYLE_BAD, &v->findings);
	print_findings(v->app, STYLE_NORMAL, &v->notes);
	if (v->findings.count) {
		out_printf(o, STYLE_NORMAL, "%zu problem%s.\n", v->findings.count,
			   view_plural(v->findings.count));
		return;
	}
	if (!v->present) {
		out_text(o, STYLE_NORMAL, "No problem: there is no database yet.\n");
		return;
	}
	out_printf(o, STYLE_NORMAL, "No problem: %lld card%s, %lld review%s, %zu cop%s",
		   (long long)v->tally.cards, view_plural((size_t)v->tally.cards),
		   (long long)v->tally.reviews, view_plural((size_t)v->tally.reviews),
		   v->copy_count, v->copy_count == 1 ? "y" : "ies");
	if (v->copy_count) {
		upkeep_time(v->copies[0].time, time);
		out_printf(o, STYLE_NORMAL, ", the newest of %s", time);
	}
	out_text(o, STYLE_NORMAL, ".\n");
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct visit v = {.app = app};
	enum err_code rc;

	findings_init(&v.findings, &v.arena);
	findings_init(&v.notes, &v.arena);
	rc = examine(&v, args_option(args, "rebuild") != NULL, err);
	if (!rc && app->json)
		report_json(&v);
	else if (!rc)
		report_text(&v);
	if (!rc && v.findings.count)
		rc = ERR_FOUND;
	arena_release(&v.arena);
	return rc;
}

const struct cmd cmd_doctor = {
	.name = "doctor",
	.usage = "[--rebuild] [--json]",
	.summary = "examine the database and its copies",
	.help = "Looks at every page, row and index of the database, at the log of your reviews, "
		"at the schedules against that log, at the search index, at the copies and at who "
		"may read the files. "
		"Each problem is said with what to do about it; then the status is 1. A database "
		"that cannot be opened at all is status 8: `viva restore` brings a copy back.\n\n"
		"The log of reviews is the truth, schedules follow from it: `--rebuild` computes "
		"all of them anew, and the search index where it is wrong.",
	.json = "an object: `ok`, `problems` and `notes` (arrays of `what`, `advice`), `cards`, "
		"`reviews`, `copies`, `newest_copy`; with --rebuild `recomputed` (schedules) and "
		"`reindexed` (cards that the search index was wrong about)",
	.options = {{"rebuild", NULL, "compute from the log and the cards what follows from them"}},
	.words_max = 0,
	.run = run,
};
