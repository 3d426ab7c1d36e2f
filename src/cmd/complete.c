#include "cmd/complete.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cmd/candidate.h"
#include "cmd/cmd.h"
#include "cmd/slash.h"
#include "cmd/words.h"

static const struct cmd_option *find_option(const struct cmd *cmd, const char *word)
{
	for (size_t i = 0; i < ARGS_OPTIONS_MAX && cmd->options[i].name; i++)
		if (str_starts(word, "--") && str_eq(cmd->options[i].name, word + 2))
			return &cmd->options[i];
	return NULL;
}

/*
 * What stands at a place of the command's usage line, counted without options; the last one is
 * for all that follow when it ends in dots.
 */
static void add_word(struct call *c, const struct cmd *cmd, size_t place)
{
	const char *token = cmd->usage, *last = NULL;
	size_t last_len = 0, at = 0;

	for (size_t len; *token; token += len) {
		const struct cmd_option *option;
		struct arena arena = ARENA_INIT;

		token += strspn(token, " []");
		len = strcspn(token, " []");
		option = find_option(cmd, arena_bytes(&arena, token, len));
		arena_release(&arena);
		if (option && option->value) {
			token += len + strspn(token + len, " ");
			len = strcspn(token, " []");
		} else if (len && !str_starts(token, "--")) {
			last = token;
			last_len = len;
			if (at++ == place)
				break;
		}
	}
	if (last && (at > place || memchr(last, '.', last_len)))
		candidate_add_place(c, last, last_len);
}

static void add_options(struct call *c, const struct cmd *cmd)
{
	struct arena arena = ARENA_INIT;

	for (size_t i = 0; cmd && i < ARGS_OPTIONS_MAX && cmd->options[i].name; i++)
		candidate_add(c, arena_printf(&arena, "--%s", cmd->options[i].name),
			      cmd->options[i].help);
	if (cmd && cmd->json)
		candidate_add(c, "--json", "as JSON, for scripts");
	if (!c->app->in_shell) {
		candidate_add(c, "--db", "another database");
		candidate_add(c, "--plain", "plain screens, for screen readers");
		candidate_add(c, "--help", "what the command does");
	}
	arena_release(&arena);
}

/* Looks at the words before the cursor, then offers what may follow. */
static void find_candidates(struct call *c)
{
	static const struct cmd_option db = {"db", "FILE", NULL};
	const struct cmd *cmd = NULL;
	const struct cmd_option *option = NULL; /* waits for its value */
	size_t place = 0;
	bool options = true;

	for (size_t i = 0; i < c->count; i++) {
		const char *word = c->words[i];

		if (option) {
			if (option == &db)
				c->app->db_path = word;
			option = NULL;
		} else if (options && str_eq(word, "--")) {
			options = false;
		} else if (options && str_eq(word, "--db")) {
			option = &db;
		} else if (options && str_starts(word, "--")) {
			option = cmd ? find_option(cmd, word) : NULL;
			option = option && option->value ? option : NULL;
		} else if (cmd) {
			place++;
		} else {
			cmd = cmd_find(word);
			if (!cmd)
				return;
		}
	}
	if (option)
		candidate_add_place(c, option->value, strlen(option->value));
	else if (!options || !str_starts(c->word, "--"))
		cmd ? add_word(c, cmd, place) : candidate_add_commands(c);
	if (!option && options && c->word[0] == '-')
		add_options(c, cmd);
}

/* A line of the viva shell: its words before the cursor, then the one at it. */
static void complete_line(struct call *c, const char *line, size_t word)
{
	struct arena arena = ARENA_INIT;
	struct error none = ERROR_INIT;
	char **words;
	int count;

	if (!words_split(arena_bytes(&arena, line, word), NULL, &arena, &words, &count, &none)) {
		c->words = words;
		c->count = (size_t)count;
		find_candidates(c);
	}
	arena_release(&arena);
}

char **complete(void *ctx, enum prompt_kind kind, const char *line, size_t word)
{
	struct call c = {.app = ctx, .word = line + word};
	const char *name, *help;
	char **texts;

	if (kind == PROMPT_SHELL)
		complete_line(&c, line, word);
	else if ((kind == PROMPT_ANSWER || kind == PROMPT_GRADE) && line[word] == '/')
		for (size_t i = 0; slash_describe(i, &name, &help); i++)
			candidate_add(&c, name, help);
	texts = mem_array(c.found_count + 1, sizeof(*texts));
	for (size_t i = 0; i < c.found_count; i++)
		texts[i] = c.found[i].text;
	free(c.found);
	if (texts[0] || c.files)
		return texts;
	free(texts);
	return NULL;
}

/* A candidate a line, with its meaning behind a tab; ":files" where files may stand. */
static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct call c = {.app = app, .word = ""};

	(void)err;
	c.words = args->words;
	if (args->count) {
		c.count = args->count - 1;
		c.word = args->words[c.count];
	}
	find_candidates(&c);
	for (size_t i = 0; i < c.found_count; i++) {
		out_text(app->out, STYLE_NORMAL, c.found[i].text);
		if (c.found[i].help) {
			out_raw(app->out, "\t", 1);
			out_text(app->out, STYLE_NORMAL, c.found[i].help);
		}
		out_line(app->out);
		free(c.found[i].text);
	}
	if (c.files)
		out_printf(app->out, STYLE_NORMAL, ":files\n");
	free(c.found);
	return ERR_NONE;
}

const struct cmd cmd_complete = {
	.name = "complete",
	.usage = "-- WORD...",
	.summary = "print what may stand at the cursor, for other shells",
	.words_max = CMD_WORDS_ANY,
	.flags = CMD_HIDDEN,
	.run = run,
};
