#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "ui/markdown.h"

/* src/deck/decks.md, made into an object by the build */
extern const char help_decks_text[];

static void row(struct out *o, const char *left, const char *right)
{
	int used = (int)strlen(left) + 2;

	out_printf(o, STYLE_STRONG, "  %s", left);
	if (used < 15) {
		out_printf(o, STYLE_NORMAL, "%*s", 15 - used, "");
		used = 15;
	} else {
		out_text(o, STYLE_NORMAL, "  ");
		used += 2;
	}
	out_wrap(o, STYLE_NORMAL, 15, used, right);
}

static void overview(struct app *app)
{
	struct out *o = app->out;

	out_wrap(o, STYLE_NORMAL, 0, 0,
		 "viva practises interview questions with you: it asks, you answer, you grade "
		 "yourself, "
		 "then it shows the model answer. `viva` opens the shell, Enter starts.");
	out_line(o);
	for (size_t i = 0; cmd_table[i]; i++)
		if (!(cmd_table[i]->flags & (CMD_SHELL | CMD_HIDDEN)))
			row(o, cmd_table[i]->name, cmd_table[i]->summary);
	row(o, "quit", "leave the shell (Ctrl-D does too)");
	out_line(o);
	out_wrap(o, STYLE_NORMAL, 0, 0,
		 "`help COMMAND` says more; `help decks` describes the deck format. In a sitting, "
		 "? explains "
		 "every prompt. Options for every command: --db FILE, --plain, --help.");
}

static void command_help(struct app *app, const struct cmd *cmd)
{
	struct out *o = app->out;

	out_printf(o, STYLE_STRONG, "viva%s%s%s%s\n", cmd->flags & CMD_SHELL ? "" : " ",
		   cmd->flags & CMD_SHELL ? "" : cmd->name, cmd->usage[0] ? " " : "", cmd->usage);
	out_printf(o, STYLE_NORMAL, "%s\n", cmd->summary);
	if (cmd->help) {
		out_line(o);
		markdown_print(o, cmd->help, 0);
	}
	if (cmd->options[0].name || (cmd->flags & CMD_JSON))
		out_line(o);
	for (size_t i = 0; i < ARGS_OPTIONS_MAX && cmd->options[i].name; i++) {
		struct strbuf left;

		strbuf_init(&left, 100);
		strbuf_printf(&left, "--%s%s%s", cmd->options[i].name,
			      cmd->options[i].value ? " " : "",
			      cmd->options[i].value ? cmd->options[i].value : "");
		row(o, left.buf, cmd->options[i].help);
		strbuf_release(&left);
	}
	if (cmd->flags & CMD_JSON)
		row(o, "--json", "as JSON, for scripts");
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	const struct cmd *cmd;

	if (!args->count) {
		overview(app);
		return ERR_NONE;
	}
	if (str_eq(args->words[0], "decks")) {
		markdown_print(app->out, help_decks_text, 0);
		return ERR_NONE;
	}
	cmd = cmd_find(args->words[0]);
	if (!cmd)
		return error_set(err, ERR_USAGE, "no help on '%s'; `viva help` lists the commands",
				 args->words[0]);
	command_help(app, cmd);
	return ERR_NONE;
}

const struct cmd cmd_help = {
	.name = "help",
	.usage = "[COMMAND|TOPIC]",
	.summary = "explain the commands, one command, or the deck format",
	.words_max = 1,
	.flags = CMD_PAGED,
	.run = run,
};
