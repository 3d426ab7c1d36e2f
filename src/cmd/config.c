#include "base/str.h"
#include "cmd/cmd.h"

static enum err_code print_setting(struct app *app, const struct setting *k, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *value;
	enum err_code rc = store_config(app->store, k->key, &arena, &value, err);

	if (!rc) {
		out_printf(app->out, STYLE_STRONG, "%s %s", k->key, value ? value : k->fallback);
		out_printf(app->out, STYLE_FAINT, "  (%s%s)\n", value ? "" : "default; ",
			   k->values);
		out_wrap(app->out, STYLE_NORMAL, 4, 0, k->meaning);
	}
	arena_release(&arena);
	return rc;
}

static enum err_code set(struct app *app, const struct setting *k, const char *value,
			 struct error *err)
{
	struct settings scratch;
	bool fallback = str_eq(value, "default");
	enum err_code rc;

	if (!fallback && !k->read(value, &scratch))
		return error_set(err, ERR_USAGE, "%s takes %s, not '%s'", k->key, k->values, value);
	rc = store_set_config(app->store, k->key, fallback ? NULL : value, app_now(app), err);
	if (!rc)
		rc = settings_load(app->store, &app->settings, err);
	if (!rc)
		out_printf(app->out, STYLE_NORMAL, "%s %s\n", k->key,
			   fallback ? k->fallback : value);
	return rc;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	const struct setting *k;
	enum err_code rc = ERR_NONE;

	if (!args->count) {
		for (size_t i = 0; !rc && i < settings_count; i++)
			rc = print_setting(app, &settings_table[i], err);
		return rc;
	}
	rc = settings_find(args->words[0], &k, err);
	if (rc)
		return rc;
	if (args->count == 2) {
		rc = app_open(app, STORE_WRITE, err);
		return rc ? rc : set(app, k, args->words[1], err);
	}
	return print_setting(app, k, err);
}

const struct cmd cmd_config = {
	.name = "config",
	.usage = "[KEY [VALUE]]",
	.summary = "show or change a setting",
	.help = "Without words: all settings with their meaning. The value `default` takes a "
		"setting back.",
	.words_max = 2,
	.flags = CMD_READS,
	.run = run,
};
