#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "ui/json.h"

static void show_undone(struct app *app, const struct review *r)
{
	struct json j;

	if (!app->json) {
		out_printf(app->out, STYLE_NORMAL, "Undone: %s, grade %d.\n", r->card_name,
			   r->grade);
		return;
	}
	json_init(&j, app->out);
	json_object(&j, NULL);
	json_string(&j, "card", r->card_name);
	json_int(&j, "grade", r->grade);
	json_end(&j);
}

static enum err_code undo_newest(struct app *app, struct error *err);

/* On a terminal the card is back at its final grade; leaving it ungraded keeps the answer. */
static enum err_code regrade(struct app *app, const struct review *undone, struct error *err)
{
	struct ask a;
	enum err_code rc = ask_init(&a, app, undone->card, undone->mode, err);

	if (!rc) {
		ask_resume(&a, undone);
		rc = ask_run(&a, err);
	}
	if (!rc && a.end == ASK_UNDO && a.step != ASK_DONE)
		rc = undo_newest(app, err);
	ask_release(&a);
	return rc;
}

static enum err_code undo_newest(struct app *app, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct review undone;
	enum err_code rc = store_undo(app->store, app_now(app), &arena, &undone, err);

	if (rc == ERR_FOUND) {
		rc = ERR_NONE;
		*err = (struct error)ERROR_INIT;
		out_text(app->out, STYLE_NORMAL, app->json ? "null\n" : "Nothing to undo.\n");
	} else if (!rc) {
		show_undone(app, &undone);
		if (app->interactive && !app->json)
			rc = regrade(app, &undone, err);
	}
	arena_release(&arena);
	return rc;
}

static enum err_code run_undo(struct app *app, const struct args *args, struct error *err)
{
	(void)args;
	return undo_newest(app, err);
}

const struct cmd cmd_undo = {
	.name = "undo",
	.usage = "[--json]",
	.summary = "take back the newest grade, step by step",
	.help = "Voids this machine's newest review; the card's schedule is as it was before. On "
		"a terminal the card comes back at its final grade, with the answer kept.",
	.json = "an object: `card`, `grade` of the review that was taken back; null: nothing to "
		"undo",
	.words_max = 0,
	.flags = CMD_WRITES,
	.run = run_undo,
};
