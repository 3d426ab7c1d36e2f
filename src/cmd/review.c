#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/view.h"
#include "deck/parse.h"

static enum err_code read_grade(const char *text, const char *what, int *out, struct error *err)
{
	*out = rubric_grade(text);
	if (*out < 0)
		return error_set(err, ERR_USAGE, "%s is a grade from 0 to 5, not '%s'", what, text);
	return ERR_NONE;
}

static enum err_code read_points(struct app *app, const char *text, struct review *r,
				 struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct card card;
	struct points points;
	int grade = -1;
	enum err_code rc = store_card_text(app->store, r->card, &arena, &card, err);

	if (!rc) {
		points = deck_points(card.section[SECTION_POINTS], &arena);
		r->point_count = (int)points.count;
		if (text && (!points.count ||
			     rubric_reply(text, r->point_count, &r->points, &grade) != POINTS_SET))
			rc = error_set(err, ERR_USAGE,
				       "--points takes letters of the card's %d points (a,c), all "
				       "or none, not '%s'",
				       r->point_count, text);
		r->assessed = text != NULL;
	}
	arena_release(&arena);
	return rc;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	const char *blind = args_option(args, "blind");
	struct review r = {
		.time = app_now(app),
		.day = app_today(app),
		.mode = MODE_SCRIPT,
		.blind = -1,
		.answer_ms = SECONDS_UNKNOWN,
		.total_ms = SECONDS_UNKNOWN,
		.answer = args_option(args, "answer"),
		.cap = app->settings.interval_cap,
		.ask_by = DAY_NONE,
	};
	struct arena arena = ARENA_INIT;
	struct card_info info = {0};
	struct schedule after;
	struct json j;
	enum err_code rc = store_find_card(app->store, args->words[0], &r.card, err);

	if (!rc)
		rc = read_grade(args->words[1], "GRADE", &r.grade, err);
	if (!rc && blind)
		rc = read_grade(blind, "--blind", &r.blind, err);
	if (!rc)
		rc = read_points(app, args_option(args, "points"), &r, err);
	if (!rc && r.answer && strlen(r.answer) > ANSWER_MAX)
		rc = error_set(err, ERR_USAGE, "--answer holds at most 64 KiB");
	if (!rc)
		rc = store_card_info(app->store, r.card, &arena, &info, err);
	if (!rc && info.retired)
		rc = error_set(err, ERR_USAGE, "%s is retired: its deck no longer has it",
			       info.name);
	if (!rc) {
		if (info.variants)
			r.variant = info.schedule.reviews % (1 + info.variants);
		rc = store_add_review(app->store, &r, &after, err);
	}
	arena_release(&arena);
	if (rc)
		return rc;
	if (app->json) {
		json_init(&j, app->out);
		rc = view_card_json(app, &j, r.card, err);
	} else {
		rc = view_card(app, r.card, err);
	}
	return rc ? error_prefix(err, "the answer was saved, but the card cannot be shown: ") : rc;
}

const struct cmd cmd_review = {
	.name = "review",
	.usage = "CARD GRADE [--blind G] [--points a,c] [--answer TEXT] [--json]",
	.summary = "record one answer without a dialogue",
	.help = "The grade is the final one, 0 to 5. Prints what `show` prints.",
	.json = "what `show` gives",
	.options = {{"blind", "G", "the grade given before the model answer was seen"},
		    {"points", "LIST", "letters of the key points said: a,c or all or none"},
		    {"answer", "TEXT", "what was answered"}},
	.words_min = 2,
	.words_max = 2,
	.flags = CMD_WRITES,
	.run = run,
};
