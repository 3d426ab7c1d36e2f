#include "cmd/cmd.h"
#include "cmd/today.h"
#include "cmd/view.h"
#include "store/source.h"

static enum err_code print_json(struct app *app, struct today *t, struct arena *arena,
				struct error *err)
{
	enum err_code rc = ERR_NONE;
	struct json j;

	json_init(&j, app->out);
	json_object(&j, NULL);
	json_day(&j, "date", t->day);
	json_int(&j, "due", (int64_t)t->queue.due);
	json_int(&j, "new", (int64_t)t->queue.fresh);
	json_int(&j, "again", (int64_t)t->queue.again);
	json_int(&j, "minutes", (t->queue.seconds + 59) / 60);
	json_int(&j, "backlog", (int64_t)t->backlog);
	json_day(&j, "next_due", t->next_due);
	json_array(&j, "cards");
	for (size_t i = 0; i < t->queue.count && !rc; i++) {
		struct card_info info;

		rc = store_card_info(app->store, t->queue.items[i].card, arena, &info, err);
		if (rc)
			break;
		json_object(&j, NULL);
		json_string(&j, "card", info.name);
		json_string(&j, "state", card_state_name(t->queue.items[i].state));
		json_day(&j, "due", info.schedule.due);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return rc;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct strbuf text;
	struct today t;
	enum err_code rc = today_plan(app, TODAY_BUDGET, NULL, &arena, &t, err);

	(void)args;
	if (!rc && app->json) {
		rc = print_json(app, &t, &arena, err);
	} else if (!rc) {
		strbuf_init(&text, 200);
		today_summary(&t, &text);
		if (!text.len)
			strbuf_str(&text,
				   store_has_sources(app->store)
					   ? "nothing due"
					   : "nothing due: no decks yet, `viva` brings them");
		out_printf(app->out, STYLE_NORMAL, "%s\n", text.buf);
		strbuf_release(&text);
	}
	today_release(&t);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_due = {
	.name = "due",
	.usage = "[--json]",
	.summary = "say what `study` would ask now",
	.help = "One line for a shell prompt or cron. It does not look at deck files and writes "
		"nothing.",
	.json = "an object: `date`, `due`, `new`, `again` (counts), `minutes`, `backlog` (due "
		"cards for which today has no room), `next_due` (the first later date, or null), "
		"`cards` (an array of `card`, `state`, `due`: what study would ask)",
	.words_max = 0,
	.flags = CMD_READS,
	.run = run,
};
