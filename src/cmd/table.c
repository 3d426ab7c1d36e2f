#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/refresh.h"
#include "os/pager.h"
#include "store/source.h"

const struct cmd *const cmd_table[] = {
	&cmd_shell,   &cmd_study,     &cmd_due,	   &cmd_undo,	 &cmd_review,	   &cmd_list,
	&cmd_search,  &cmd_show,      &cmd_log,	   &cmd_note,	 &cmd_flag,	   &cmd_unflag,
	&cmd_suspend, &cmd_unsuspend, &cmd_bury,   &cmd_unbury,	 &cmd_edit,	   &cmd_add,
	&cmd_reset,   &cmd_subscribe, &cmd_sync,   &cmd_sources, &cmd_unsubscribe, &cmd_conflicts,
	&cmd_check,   &cmd_publish,   &cmd_export, &cmd_import,	 &cmd_backup,	   &cmd_restore,
	&cmd_doctor,  &cmd_config,    &cmd_help,   &cmd_version, &cmd_complete,	   NULL,
};

const struct cmd *cmd_find(const char *name)
{
	for (size_t i = 0; cmd_table[i]; i++)
		if (str_eq(cmd_table[i]->name, name))
			return cmd_table[i];
	return NULL;
}

const char *args_option(const struct args *args, const char *name)
{
	for (size_t i = 0; i < ARGS_OPTIONS_MAX && args->options[i].name; i++)
		if (str_eq(args->options[i].name, name))
			return args->values[i];
	return NULL;
}

static enum err_code unknown_command(const char *name, struct error *err)
{
	const char *names[64];
	const char *near;
	size_t count = 0;

	if (name[0] == '-')
		return error_set(err, ERR_USAGE,
				 "no option '%s'; a command comes first, `viva help` lists them",
				 name);
	for (size_t i = 0; cmd_table[i] && count < 64; i++)
		if (!(cmd_table[i]->flags & CMD_HIDDEN))
			names[count++] = cmd_table[i]->name;
	near = str_nearest(name, names, count);
	if (near)
		return error_set(err, ERR_USAGE, "no command '%s'; did you mean '%s'?", name, near);
	return error_set(err, ERR_USAGE, "no command '%s'; `viva help` lists them", name);
}

static enum err_code unknown_option(const struct cmd *cmd, const char *name, size_t len,
				    struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *names[ARGS_OPTIONS_MAX], *near;
	size_t count = 0;

	while (count < ARGS_OPTIONS_MAX && cmd->options[count].name) {
		names[count] = cmd->options[count].name;
		count++;
	}
	near = str_nearest(arena_bytes(&arena, name, len), names, count);
	if (near)
		error_set(err, ERR_USAGE, "%s has no option '--%.*s'; did you mean '--%s'?",
			  cmd->name, (int)len, name, near);
	else
		error_set(err, ERR_USAGE, "%s has no option '--%.*s'; see `viva help %s`",
			  cmd->name, (int)len, name, cmd->name);
	arena_release(&arena);
	return err->code;
}

/* Takes one "--word": a flag, or an option with its value behind '=' or in the next argument. */
static enum err_code take_option(const struct cmd *cmd, struct app *app, struct args *args,
				 char **argv, int argc, int *at, struct error *err)
{
	const char *name = argv[*at] + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;

	if (cmd->json && len == 4 && str_starts(name, "json")) {
		app->json = true;
		return value ? error_set(err, ERR_USAGE, "--json takes no value") : ERR_NONE;
	}
	for (size_t i = 0; i < ARGS_OPTIONS_MAX && cmd->options[i].name; i++) {
		const struct cmd_option *o = &cmd->options[i];

		if (strlen(o->name) != len || strncmp(o->name, name, len) != 0)
			continue;
		if (!o->value && value)
			return error_set(err, ERR_USAGE, "--%s takes no value", o->name);
		if (o->value && !value) {
			if (*at + 1 >= argc)
				return error_set(err, ERR_USAGE, "--%s needs %s", o->name,
						 o->value);
			value = argv[++*at];
		}
		args->values[i] = o->value ? value : "";
		return ERR_NONE;
	}
	return unknown_option(cmd, name, len, err);
}

static enum err_code args_parse(const struct cmd *cmd, struct app *app, int argc, char **argv,
				struct args *args, struct error *err)
{
	bool options = true;

	args->options = cmd->options;
	for (int i = 1; i < argc; i++) {
		if (options && str_eq(argv[i], "--")) {
			options = false;
		} else if (options && str_starts(argv[i], "--")) {
			enum err_code rc = take_option(cmd, app, args, argv, argc, &i, err);

			if (rc)
				return rc;
		} else {
			args->words[args->count++] = argv[i];
		}
	}
	if (args->count < cmd->words_min || args->count > cmd->words_max)
		return error_set(err, ERR_USAGE, "usage: viva %s%s%s", cmd->name,
				 cmd->usage[0] ? " " : "", cmd->usage);
	return ERR_NONE;
}

/* The database as the command needs it, with decks in it from the first use on. */
static enum err_code prepare(const struct cmd *cmd, struct app *app, struct error *err)
{
	unsigned needs = cmd->flags & (CMD_READS | CMD_WRITES);
	bool decks = cmd->flags & (CMD_DECKS | CMD_WRITES);
	enum err_code rc = ERR_NONE;

	if (needs)
		rc = app_open(app, needs & CMD_WRITES ? STORE_WRITE : STORE_READ, err);
	if (rc || !needs)
		return rc;
	if ((cmd->flags & CMD_SOURCES) || (decks && !store_has_sources(app->store))) {
		rc = app_open(app, STORE_WRITE, err);
		if (!rc)
			rc = refresh_all(app, err);
	}
	return rc;
}

static enum err_code run_paged(const struct cmd *cmd, struct app *app, const struct args *args,
			       struct error *err)
{
	struct pager pager = {0};
	enum err_code rc;

	out_flush(app->out);
	if ((cmd->flags & CMD_PAGED) && app->screen && !app->json)
		pager_start(&pager, app->pager);
	rc = cmd->run(app, args, err);
	out_flush(app->out);
	if (pager.child)
		app->out->failed = false; /* a pager that was left early is no failure */
	pager_end(&pager);
	return rc;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && !str_eq(argv[i], "--"); i++)
		if (str_eq(argv[i], "--help"))
			return true;
	return false;
}

enum err_code cmd_run(struct app *app, int argc, char **argv, struct error *err)
{
	const struct cmd *cmd = cmd_find(argv[0]);
	struct args args = {0};
	enum err_code rc;

	if (!cmd || ((cmd->flags & CMD_SHELL) && app->in_shell))
		return unknown_command(argv[0], err);
	if (asks_for_help(argc, argv)) {
		char *help[] = {(char *)"help", (char *)cmd->name, NULL};

		return cmd_run(app, 2, help, err);
	}
	args.words = mem_array((size_t)argc, sizeof(*args.words));
	app->json = false;
	rc = args_parse(cmd, app, argc, argv, &args, err);
	if (!rc)
		rc = prepare(cmd, app, err);
	if (!rc)
		rc = run_paged(cmd, app, &args, err);
	free(args.words);
	return rc;
}

void cmd_show_error(struct app *app, const struct error *err)
{
	struct strbuf line;

	if (!err->msg[0])
		return;
	strbuf_init(&line, 16 * sizeof(err->msg));
	out_filter(&line, err->msg, strlen(err->msg), false);
	out_flush(app->out);
	out_printf(app->messages, STYLE_NORMAL, "viva: %s\n", line.buf);
	out_flush(app->messages);
	strbuf_release(&line);
}
