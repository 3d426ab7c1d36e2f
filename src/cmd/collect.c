#include "cmd/collect.h"

#include "cmd/view.h"
#include "deck/edition.h"
#include "deck/lint.h"
#include "os/file.h"

struct collector {
	struct arena *arena;
	struct collection *out;
	struct problems problems;
	struct lint_deck *decks; /* those that parsed */
	size_t deck_count;
};

static void take_deck(struct collector *c, const char *file, const struct deck *deck,
		      const struct strbuf *bytes)
{
	size_t len;
	const char *content = deck_content(bytes->buf, bytes->len, &len);
	struct hash hash = hash_of(content, len);

	c->decks[c->deck_count++] = (struct lint_deck){file, deck};
	c->out->cards += deck->card_count;
	c->out->contents[c->out->count] = arena_bytes(c->arena, content, len);
	c->out->entries[c->out->count++] = (struct index_deck){
		.id = deck->id,
		.title = deck->title,
		.url = edition_url(deck->id, &hash, c->arena),
		.size = (int64_t)len,
		.hash = hash,
		.cards = (int)deck->card_count,
	};
}

static enum err_code read_deck(struct collector *c, const char *path, struct error *err)
{
	struct deck *deck = arena_alloc(c->arena, sizeof(*deck));
	struct strbuf bytes;
	enum err_code rc;

	strbuf_init(&bytes, DECK_SIZE_MAX);
	rc = file_read(path, &bytes, err);
	if (rc == ERR_FORMAT) {
		problems_too_large(&c->problems, path, DECK_SIZE_MAX);
		*err = (struct error)ERROR_INIT;
		rc = ERR_NONE;
	} else if (!rc && deck_parse(bytes.buf, bytes.len, path, c->arena, deck, &c->problems)) {
		take_deck(c, path, deck, &bytes);
	}
	strbuf_release(&bytes);
	return rc;
}

static void print_errors(struct app *app, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *p = &problems->items[i];

		if (p->severity == SEVERITY_ERROR)
			out_printf(app->messages, STYLE_NORMAL, "%s:%d:%d: %s\n", p->file, p->line,
				   p->column, p->message);
	}
	out_flush(app->messages);
}

/* Progress is kept by id: one that is made from a heading would be lost when that is reworded. */
static enum err_code check_ids(const struct collector *c, const char *folder, struct error *err)
{
	for (size_t i = 0; i < c->deck_count; i++) {
		const struct lint_deck *d = &c->decks[i];
		const struct card *without = NULL;

		for (size_t k = 0; !without && k < d->deck->card_count; k++)
			if (!d->deck->cards[k].has_id)
				without = &d->deck->cards[k];
		if (!d->deck->has_id || without)
			return error_set(err, ERR_FORMAT,
					 "%s:%d: %s has no id, which subscribers' progress hangs "
					 "on: `viva check --fix %s` writes the missing ones",
					 d->file, d->deck->has_id ? without->line : 1,
					 d->deck->has_id ? "card" : "deck", folder);
	}
	return ERR_NONE;
}

static enum err_code check(struct collector *c, struct app *app, const char *folder,
			   struct error *err)
{
	size_t errors;

	lint_decks(c->decks, c->deck_count, NULL, NULL, &c->problems);
	problems_sort(&c->problems);
	errors = c->problems.errors;
	print_errors(app, &c->problems);
	if (errors)
		return error_set(err, ERR_FORMAT,
				 "%zu error%s in %s: nothing was published (`viva check` shows "
				 "them with the warnings)",
				 errors, view_plural(errors), folder);
	return check_ids(c, folder, err);
}

enum err_code collect_decks(struct app *app, const char *folder, struct arena *arena,
			    struct collection *out, struct error *err)
{
	struct collector c = {.arena = arena, .out = out};
	const char **paths;
	size_t count;
	enum err_code rc;

	*out = (struct collection){0};
	if (file_type(folder) == FILE_MISSING)
		return error_set(err, ERR_USAGE, "no folder '%s'", folder);
	if (file_type(folder) == FILE_REGULAR)
		return error_set(err, ERR_USAGE,
				 "'%s' is a file: a single deck is published by serving it as it "
				 "is (`viva help sharing`)",
				 folder);
	rc = file_list_decks(folder, arena, &paths, &count, err);
	if (rc)
		return rc;
	if (count == 0)
		return error_set(err, ERR_USAGE, "no deck files (*.md) in '%s'", folder);
	problems_init(&c.problems, arena);
	c.decks = arena_array(arena, count, sizeof(*c.decks));
	out->contents = arena_array(arena, count, sizeof(*out->contents));
	out->entries = arena_array(arena, count, sizeof(*out->entries));
	for (size_t i = 0; !rc && i < count; i++)
		rc = read_deck(&c, paths[i], err);
	return rc ? rc : check(&c, app, folder, err);
}
