#include "cmd/cmd.h"
#include "cmd/view.h"

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	enum err_code rc = ERR_NONE;
	struct json j;
	int64_t key;

	rc = store_find_card(app->store, args->words[0], &key, err);
	if (rc)
		return rc;
	if (!app->json)
		return view_card(app, key, err);
	json_init(&j, app->out);
	return view_card_json(app, &j, key, err);
}

const struct cmd cmd_show = {
	.name = "show",
	.usage = "CARD [--json]",
	.summary = "show a card, its answer and its schedule",
	.json = "an object: `card`, `deck`, `question`, `answer`, `points` (an array of texts), "
		"`level`, `kind`, `tags`, `follows`, `note`, `state` (new, due, again, scheduled, "
		"suspended, buried or retired), `ef`, `n`, `interval` (days), `due`, `lapses`, "
		"`reviews`, `flagged`, `leech`, `seconds`",
	.words_min = 1,
	.words_max = 1,
	.flags = CMD_PAGED | CMD_READS | CMD_DECKS,
	.run = run,
};
