#include "base/str.h"
#include "cmd/cmd.h"
#include "store/review.h"

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct card_info info;
	struct strbuf text;
	int64_t key;
	enum err_code rc = store_find_card(app->store, args->words[0], &key, err);

	if (!rc)
		rc = store_card_info(app->store, key, &arena, &info, err);
	strbuf_init(&text, ANSWER_MAX);
	for (size_t i = 1; i < args->count; i++)
		strbuf_printf(&text, "%s%s", i > 1 ? " " : "", args->words[i]);
	if (!rc && text.full)
		rc = error_set(err, ERR_USAGE, "a note holds at most 64 KiB");
	if (!rc && args->count > 1) {
		rc = store_set_note(app->store, key, str_is_blank(text.buf) ? NULL : text.buf,
				    app_now(app), err);
		if (!rc)
			out_printf(app->out, STYLE_NORMAL, "%s: %s\n", info.name,
				   str_is_blank(text.buf) ? "note removed" : "noted");
	} else if (!rc) {
		out_wrap(app->out, STYLE_NORMAL, 0, 0, info.note ? info.note : "no note");
	}
	strbuf_release(&text);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_note = {
	.name = "note",
	.usage = "CARD [TEXT...]",
	.summary = "write a note of your own on a card, or show it",
	.help = "The note is shown by /more, after the answer was revealed. An empty text (`note "
		"CARD ''`) removes it. Notes live in the database, not in deck files.",
	.words_min = 1,
	.words_max = CMD_WORDS_ANY,
	.flags = CMD_WRITES,
	.run = run,
};
