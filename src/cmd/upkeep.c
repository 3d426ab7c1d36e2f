#include "cmd/upkeep.h"

#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/view.h"
#include "os/file.h"

#define MB INT64_C(1000000)
#define LARGE (20 * MB) /* takes half a second */

void upkeep_say_long(struct app *app, const char *path, const char *text)
{
	struct file_stamp stamp;

	if (!app->screen || !file_stamp(path, &stamp) || stamp.size < LARGE)
		return;
	out_printf(app->messages, STYLE_FAINT, "%s\n", text);
	out_flush(app->messages);
}

void upkeep_daily(struct app *app)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct backup copy;
	int64_t now = app_now(app);

	/* One from before the day's first answer, of a sync, does not hold what is new. */
	if (store_has_backup(app->store, store_day_start(app->store, app_today(app)), now))
		return;
	out_flush(app->out);
	upkeep_say_long(app, app->db_path, "Making today's copy of the database ...");
	if (!store_quick_check(app->store, &err) &&
	    store_backup(app->store, now, &arena, &copy, &err))
		error_prefix(&err, "today's copy of the database could not be made: ");
	if (err.code)
		cmd_show_error(app, &err);
	arena_release(&arena);
}

void upkeep_measure(const struct tally *tally, int64_t bytes, struct strbuf *out)
{
	strbuf_printf(out, "%lld card%s, %lld review%s, ", (long long)tally->cards,
		      view_plural((size_t)tally->cards), (long long)tally->reviews,
		      view_plural((size_t)tally->reviews));
	if (bytes < MB)
		strbuf_printf(out, "%lld kB", (long long)(bytes + 999) / 1000);
	else
		strbuf_printf(out, "%lld.%lld MB", (long long)(bytes / MB),
			      (long long)(bytes % MB * 10 / MB));
}

void upkeep_time(int64_t utc_ms, char out[UPKEEP_TIME_TEXT])
{
	struct local_time t = clock_local(utc_ms);
	char day[DAY_TEXT];

	day_format(day_from_date(t.year, t.month, t.day), day);
	snprintf(out, UPKEEP_TIME_TEXT, "%s %02d:%02d", day, t.hour, t.minute);
}

void upkeep_json(struct json *j, const struct backup *copy, const struct tally *tally)
{
	char time[CLOCK_ISO_TEXT];

	json_string(j, "path", copy->path);
	if (copy->digest) {
		clock_format_iso(copy->time, time);
		json_string(j, "time", time);
	} else {
		json_null(j, "time");
	}
	if (tally) {
		json_int(j, "cards", tally->cards);
		json_int(j, "reviews", tally->reviews);
	} else {
		json_null(j, "cards");
		json_null(j, "reviews");
	}
	json_int(j, "bytes", copy->size);
}
