#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/manual.h"
#include "cmd/view.h"
#include "ui/markdown.h"
#include "ui/roff.h"

#define MEANING_COLUMN 15

/* Where a group of commands begins in the table. */
static const struct group {
	const struct cmd *first;
	const char *title;
} groups[] = {
	{&cmd_study, "Practise"},
	{&cmd_list, "Look at cards and answers"},
	{&cmd_note, "Change cards"},
	{&cmd_subscribe, "Decks and where they come from"},
	{&cmd_export, "Keep what you have learnt"},
	{&cmd_config, "viva itself"},
};

static void put_group(struct out *o, const struct cmd *first)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i].first == first) {
			out_line(o);
			view_heading(o, groups[i].title);
		}
}

static void overview(struct app *app)
{
	struct arena arena = ARENA_INIT;
	struct out *o = app->out;
	struct strbuf topics;
	const char *topic;

	out_wrap(o, STYLE_NORMAL, 0, 0,
		 "viva practises interview questions with you: it asks, you answer, you grade "
		 "yourself, then it shows the model answer. `viva` opens the shell, Enter starts.");
	for (size_t i = 0; cmd_table[i]; i++) {
		if (cmd_table[i]->flags & (CMD_SHELL | CMD_HIDDEN))
			continue;
		put_group(o, cmd_table[i]);
		view_row(o, MEANING_COLUMN, cmd_table[i]->name, cmd_table[i]->summary);
	}
	view_row(o, MEANING_COLUMN, "quit", "leave the shell (Ctrl-D does too)");
	out_line(o);
	strbuf_init(&topics, MANUAL_MAX);
	strbuf_str(&topics, "`help COMMAND` or `help TOPIC` says more. Topics:");
	for (size_t i = 0; (topic = manual_topic(i, &arena)); i++)
		strbuf_printf(&topics, "%s %s", i ? "," : "", topic);
	strbuf_str(&topics, ". In a sitting ? explains every prompt. Options for every command: "
			    "--db FILE, --plain, --help.");
	out_wrap(o, STYLE_NORMAL, 0, 0, topics.buf);
	strbuf_release(&topics);
	arena_release(&arena);
}

static void command_help(struct app *app, const struct cmd *cmd)
{
	struct out *o = app->out;

	out_printf(o, STYLE_STRONG, "viva%s%s%s%s\n", cmd->flags & CMD_SHELL ? "" : " ",
		   cmd->flags & CMD_SHELL ? "" : cmd->name, cmd->usage[0] ? " " : "", cmd->usage);
	markdown_inline(o, cmd->summary, STYLE_NORMAL, 0, 0);
	if (cmd->help) {
		out_line(o);
		markdown_print(o, cmd->help, 0);
	}
	if (cmd->options[0].name || cmd->json)
		out_line(o);
	for (size_t i = 0; i < ARGS_OPTIONS_MAX && cmd->options[i].name; i++) {
		struct strbuf left;

		strbuf_init(&left, 100);
		strbuf_printf(&left, "--%s%s%s", cmd->options[i].name,
			      cmd->options[i].value ? " " : "",
			      cmd->options[i].value ? cmd->options[i].value : "");
		view_row(o, MEANING_COLUMN, left.buf, cmd->options[i].help);
		strbuf_release(&left);
	}
	if (cmd->json)
		view_row(o, MEANING_COLUMN, "--json", cmd->json);
}

/* The names that help knows, for "did you mean". */
static enum err_code unknown(const char *word, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *names[128], *near;
	size_t count = 0;

	for (size_t i = 0; cmd_table[i] && count < 100; i++)
		if (!(cmd_table[i]->flags & CMD_HIDDEN))
			names[count++] = cmd_table[i]->name;
	for (size_t i = 0; count < 128 && (names[count] = manual_topic(i, &arena)); i++)
		count++;
	near = str_nearest(word, names, count);
	if (near)
		error_set(err, ERR_USAGE, "no help on '%s'; did you mean '%s'?", word, near);
	else
		error_set(err, ERR_USAGE, "no help on '%s'; `viva help` lists commands and topics",
			  word);
	arena_release(&arena);
	return err->code;
}

/* A page of the system's manual. */
static enum err_code print_page(struct app *app, const char *topic, const struct strbuf *text,
				struct error *err)
{
	struct roff_head head = {"viva", "1", "viva " VIVA_VERSION,
				 "viva [--db FILE] [--plain] [COMMAND [WORD...]]\n"
				 "viva help [COMMAND|TOPIC]",
				 "viva-decks(5), viva-sharing(7), readline(3), crontab(5), "
				 "systemd.timer(5)"};
	struct strbuf page;

	if (str_eq(topic, "decks"))
		head = (struct roff_head){"viva-decks", "5", head.release, NULL, "viva(1)"};
	else if (str_eq(topic, "sharing"))
		head = (struct roff_head){"viva-sharing", "7", head.release, NULL,
					  "viva(1), minisign(1)"};
	else if (!str_eq(topic, "manual"))
		return error_set(err, ERR_USAGE,
				 "--man is for `manual`, `decks` and `sharing` alone");
	strbuf_init(&page, MANUAL_MAX);
	roff_page(&page, &head, text->buf);
	out_raw(app->out, page.buf, page.len);
	strbuf_release(&page);
	return ERR_NONE;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	const char *topic = args->count ? args->words[0] : NULL;
	const struct cmd *cmd = topic ? cmd_find(topic) : NULL;
	enum err_code rc = ERR_NONE;
	struct error none = ERROR_INIT;
	struct strbuf text;

	app_open(app, STORE_READ, &none); /* for its setting of plain screens, where there is one */
	strbuf_init(&text, MANUAL_MAX);
	if (topic && !cmd && !manual_section(topic, &text))
		rc = unknown(topic, err);
	else if (args_option(args, "man"))
		rc = print_page(app, topic, &text, err);
	else if (cmd)
		command_help(app, cmd);
	else if (topic)
		markdown_print(app->out, text.buf, 0);
	else
		overview(app);
	strbuf_release(&text);
	return rc;
}

const struct cmd cmd_help = {
	.name = "help",
	.usage = "[COMMAND|TOPIC] [--man]",
	.summary = "explain the commands, one command or a topic",
	.help = "The topics are the sections of the manual, `manual` for all of it, `decks` for "
		"the "
		"deck format, and `sharing` for publishing decks.",
	.options = {{"man", NULL, "print `manual`, `decks` or `sharing` as a page for man(1)"}},
	.words_max = 1,
	.flags = CMD_PAGED,
	.run = run,
};
