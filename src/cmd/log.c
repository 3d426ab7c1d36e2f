#include "base/hex.h"
#include "cmd/cmd.h"
#include "cmd/view.h"

static void grade_or_null(struct json *j, const char *key, int grade)
{
	if (grade < 0)
		json_null(j, key);
	else
		json_int(j, key, grade);
}

static void print_points(struct json *j, const struct review *r)
{
	if (!r->assessed) {
		json_null(j, "points");
		return;
	}
	json_array(j, "points");
	for (int i = 0; i < POINTS_MAX; i++)
		if (r->points >> i & 1)
			json_int(j, NULL, i + 1);
	json_end(j);
}

static void print_json(struct json *j, const struct review *r)
{
	char id[2 * sizeof(r->uid.bytes) + 1], time[CLOCK_ISO_TEXT];

	hex_print(r->uid.bytes, sizeof(r->uid.bytes), id);
	clock_format_iso(r->time, time);
	json_object(j, NULL);
	json_string(j, "id", id);
	json_string(j, "time", time);
	json_day(j, "day", r->day);
	json_string(j, "card", r->card_name);
	json_string(j, "mode", review_mode_name(r->mode));
	json_bool(j, "counts", r->counts);
	grade_or_null(j, "blind", r->blind);
	json_int(j, "grade", r->grade);
	print_points(j, r);
	if (r->answer_ms == SECONDS_UNKNOWN)
		json_null(j, "seconds");
	else
		json_int(j, "seconds", (r->answer_ms + 500) / 1000);
	json_string(j, "answer", r->answer ? r->answer : "");
	json_bool(j, "voided", r->voided);
	json_end(j);
}

static void print_line(struct app *app, const struct review *r)
{
	struct out *o = app->out;
	char day[DAY_TEXT];

	day_format(r->day, day);
	out_printf(o, STYLE_NORMAL, o->plain ? "%s, grade %d, " : "%s  %d  ", day, r->grade);
	out_text(o, STYLE_NORMAL, r->card_name);
	out_printf(o, STYLE_FAINT, "%s%s", o->plain ? ", " : "  ", review_mode_name(r->mode));
	if (r->blind >= 0)
		out_printf(o, STYLE_FAINT, ", blind %d", r->blind);
	if (r->assessed)
		out_printf(o, STYLE_FAINT, ", %d of %d points", rubric_hits(r->points),
			   r->point_count);
	if (r->hints)
		out_text(o, STYLE_FAINT, ", hint");
	if (!r->counts && !r->voided)
		out_text(o, STYLE_FAINT, ", not scheduled by it");
	if (r->voided)
		out_text(o, STYLE_FAINT, ", undone");
	out_line(o);
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct review *list;
	int64_t key = 0;
	size_t count;
	struct json j;
	enum err_code rc = ERR_NONE;

	if (args->count)
		rc = store_find_card(app->store, args->words[0], &key, err);
	if (!rc)
		rc = store_reviews(app->store, key, 0, &arena, &list, &count, err);
	if (!rc && app->json) {
		json_init(&j, app->out);
		json_array(&j, NULL);
		for (size_t i = 0; i < count; i++)
			print_json(&j, &list[i]);
		json_end(&j);
	} else if (!rc) {
		for (size_t i = 0; i < count; i++)
			print_line(app, &list[i]);
	}
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_log = {
	.name = "log",
	.usage = "[CARD] [--json]",
	.summary = "list the reviews, oldest first",
	.json = "an array, oldest first: `id`, `time`, `day`, `card`, `mode` (study, repeat, "
		"practice, mock or script), `counts` (true where it moved the schedule), `blind`, "
		"`grade`, `points` (numbers; null: not assessed), `seconds`, `answer`, `voided`",
	.words_max = 1,
	.flags = CMD_PAGED | CMD_READS,
	.run = run,
};
