#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/view.h"
#include "deck/lint.h"
#include "os/file.h"

struct check {
	struct app *app;
	struct arena arena;
	struct problems problems;
	struct lint_deck *decks; /* those that parsed */
	size_t deck_count, deck_cap;
	bool fix;
	size_t files, fixed;
};

static enum err_code write_ids(struct check *c, const char *path, const struct strbuf *bytes,
			       struct error *err)
{
	struct strbuf with_ids;
	size_t ids;
	enum err_code rc = ERR_NONE;

	strbuf_init(&with_ids, 2 * DECK_SIZE_MAX);
	ids = lint_fix(bytes->buf, bytes->len, path, &with_ids);
	if (with_ids.len != bytes->len || memcmp(with_ids.buf, bytes->buf, bytes->len) != 0)
		rc = file_write(path, with_ids.buf, with_ids.len, 0644, err);
	c->fixed += rc ? 0 : ids;
	strbuf_release(&with_ids);
	return rc;
}

static enum err_code check_file(struct check *c, const char *path, struct error *err)
{
	struct deck *deck = arena_alloc(&c->arena, sizeof(*deck));
	struct strbuf bytes;
	enum err_code rc;

	c->files++;
	strbuf_init(&bytes, DECK_SIZE_MAX);
	rc = file_read(path, &bytes, err);
	if (rc == ERR_FORMAT) {
		problems_too_large(&c->problems, path, DECK_SIZE_MAX);
		*err = (struct error)ERROR_INIT;
		rc = ERR_NONE;
	} else if (!rc && deck_parse(bytes.buf, bytes.len, path, &c->arena, deck, &c->problems)) {
		if (c->fix)
			rc = write_ids(c, path, &bytes, err);
		if (c->deck_count == c->deck_cap) {
			struct lint_deck *more =
				arena_array(&c->arena, c->deck_cap * 2 + 16, sizeof(*more));

			if (c->deck_count)
				memcpy(more, c->decks, c->deck_count * sizeof(*more));
			c->decks = more;
			c->deck_cap = c->deck_cap * 2 + 16;
		}
		c->decks[c->deck_count++] = (struct lint_deck){path, deck};
	}
	strbuf_release(&bytes);
	return rc;
}

static enum err_code check_path(struct check *c, const char *path, struct error *err)
{
	const char **paths;
	size_t count;
	enum err_code rc = ERR_NONE;

	switch (file_type(path)) {
	case FILE_REGULAR:
		return check_file(c, path, err);
	case FILE_FOLDER:
		rc = file_list_decks(path, &c->arena, &paths, &count, err);
		for (size_t i = 0; !rc && i < count; i++)
			rc = check_file(c, paths[i], err);
		return rc;
	default:
		return error_set(err, ERR_USAGE, "no file or folder '%s'", path);
	}
}

/* A card that is none of the files at hand may be in the database. */
static bool known_card(void *ctx, const char *name)
{
	struct check *c = ctx;
	struct error none = ERROR_INIT;
	int64_t key;

	return strchr(name, '/') && !app_open(c->app, STORE_READ, &none) &&
	       !store_find_card(c->app->store, name, &key, &none);
}

static void print_problem(struct app *app, struct json *j, const struct problem *p)
{
	const char *severity = p->severity == SEVERITY_ERROR ? "error" : "warning";

	if (!app->json) {
		out_printf(app->out, STYLE_STRONG, "%s:%d:%d: ", p->file, p->line, p->column);
		out_printf(app->out, p->severity == SEVERITY_ERROR ? STYLE_BAD : STYLE_NORMAL,
			   "%s: ", severity);
		out_printf(app->out, STYLE_NORMAL, "%s\n", p->message);
		return;
	}
	json_object(j, NULL);
	json_string(j, "file", p->file);
	json_int(j, "line", p->line);
	json_int(j, "column", p->column);
	json_string(j, "severity", severity);
	json_string(j, "message", p->message);
	json_end(j);
}

static void report(struct check *c)
{
	struct json j;
	size_t cards = 0;

	if (c->app->json) {
		json_init(&j, c->app->out);
		json_array(&j, NULL);
	}
	for (size_t i = 0; i < c->problems.count; i++)
		print_problem(c->app, &j, &c->problems.items[i]);
	if (c->app->json) {
		json_end(&j);
		return;
	}
	for (size_t i = 0; i < c->deck_count; i++)
		cards += c->decks[i].deck->card_count;
	if (c->fixed)
		out_printf(c->app->out, STYLE_NORMAL, "%zu id%s written\n", c->fixed,
			   view_plural(c->fixed));
	out_printf(c->app->out, STYLE_NORMAL,
		   "%zu file%s, %zu card%s: %zu error%s, %zu warning%s\n", c->files,
		   view_plural(c->files), cards, view_plural(cards), c->problems.errors,
		   view_plural(c->problems.errors), c->problems.warnings,
		   view_plural(c->problems.warnings));
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct check c = {.app = app, .fix = args_option(args, "fix") != NULL};
	bool strict = args_option(args, "strict") != NULL;
	enum err_code rc = ERR_NONE;

	problems_init(&c.problems, &c.arena);
	for (size_t i = 0; !rc && i < args->count; i++)
		rc = check_path(&c, args->words[i], err);
	if (!rc && c.fix && c.fixed) { /* what is reported is the state after the fix */
		c.problems = (struct problems){0};
		problems_init(&c.problems, &c.arena);
		c.deck_count = c.files = 0;
		c.fix = false;
		for (size_t i = 0; !rc && i < args->count; i++)
			rc = check_path(&c, args->words[i], err);
	}
	if (!rc) {
		lint_decks(c.decks, c.deck_count, known_card, &c, &c.problems);
		if (strict)
			lint_strict(c.decks, c.deck_count, &c.problems);
		problems_sort(&c.problems);
		report(&c);
		if (c.problems.errors || (strict && c.problems.warnings))
			rc = ERR_FOUND;
	}
	arena_release(&c.arena);
	return rc;
}

const struct cmd cmd_check = {
	.name = "check",
	.usage = "FILE|FOLDER... [--fix] [--strict] [--json]",
	.summary = "check deck files; --fix writes missing ids",
	.help = "Prints every problem as file:line:column and ends with status 1 when there is an "
		"error; warnings alone end with 0. The format is described by `viva help decks`.",
	.json = "an array: `file`, `line`, `column`, `severity` (error or warning), `message`",
	.options = {{"fix", NULL, "write an id for every deck and card that has none"},
		    {"strict", NULL,
		     "demand what a deck for others must have; warnings count as well"}},
	.words_min = 1,
	.words_max = CMD_WORDS_ANY,
	.run = run,
};
