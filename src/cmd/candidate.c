#include "cmd/candidate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/manual.h"
#include "core/query.h"
#include "store/card.h"
#include "store/source.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

static void add(struct call *c, const char *text, const char *help)
{
	mem_grow(&c->found, c->found_count, &c->found_cap, sizeof(*c->found));
	c->found[c->found_count++] = (struct candidate){mem_copy_str(text), help};
}

void candidate_add(struct call *c, const char *text, const char *help)
{
	if (str_starts(text, c->word))
		add(c, text, help);
}

/* The store, opened for reading when it is not open; NULL when there is none. */
static struct store *store_of(struct call *c)
{
	struct error none = ERROR_INIT;

	return app_open(c->app, STORE_READ, &none) ? NULL : c->app->store;
}

/* The store's names that start with `prefix`, between `before` and `after`. */
static void add_names(struct call *c, enum name_of what, const char *before, const char *prefix,
		      const char *after)
{
	struct store *store = store_of(c);
	struct arena arena = ARENA_INIT;
	struct strlist names = {0};

	if (store)
		names = store_names(store, what, prefix, &arena);
	for (size_t i = 0; i < names.count; i++)
		add(c, arena_printf(&arena, "%s%s%s", before, names.items[i], after), NULL);
	arena_release(&arena);
}

/* The deck first, then its cards: their names together are too many to read. */
static void add_card_names(struct call *c, const char *before, const char *prefix)
{
	if (strchr(prefix, '/'))
		add_names(c, NAME_CARD, before, prefix, "");
	else
		add_names(c, NAME_DECK, before, prefix, "/");
}

/*
 * The choices that a text for people names, such as "junior, mid, senior or any": its pieces that
 * `accepts` takes.
 */
static void add_choices(struct call *c, const char *text, const char *before,
			bool (*accepts)(const void *ctx, const char *piece), const void *ctx)
{
	static const char *const breaks[] = {", ", " or ", ": "};
	struct arena arena = ARENA_INIT;
	const char *piece = text;

	while (piece) {
		const char *end = NULL, *next = NULL, *choice;

		for (size_t i = 0; i < COUNT_OF(breaks); i++) {
			const char *at = strstr(piece, breaks[i]);

			if (at && (!end || at < end)) {
				end = at;
				next = at + strlen(breaks[i]);
			}
		}
		choice = arena_printf(&arena, "%s%.*s", before,
				      (int)(end ? (size_t)(end - piece) : strlen(piece)), piece);
		if (accepts(ctx, choice + strlen(before)))
			candidate_add(c, choice, NULL);
		piece = next;
	}
	arena_release(&arena);
}

static bool takes_value(const void *ctx, const char *piece)
{
	struct arena arena = ARENA_INIT;
	struct error none = ERROR_INIT;
	const struct query_key *key = ctx;
	struct query query;
	char *term = arena_printf(&arena, "%s:%s", key->name, piece);
	bool ok = !strchr(piece, ' ') && !query_parse(&term, 1, &arena, &query, &none);

	arena_release(&arena);
	return ok;
}

static void add_query_values(struct call *c, const struct query_key *key, const char *before,
			     const char *value)
{
	if (str_eq(key->name, "deck"))
		add_names(c, NAME_DECK, before, value, "");
	else if (str_eq(key->name, "tag"))
		add_names(c, NAME_TAG, before, value, "");
	else if (str_eq(key->name, "card"))
		add_card_names(c, before, value);
	else if (str_eq(key->name, "set"))
		add_choices(c, "most-asked", before, takes_value, key);
	else
		add_choices(c, key->form, before, takes_value, key);
}

/* Terms of a query: keys, then values behind a key; "-" in front stays. */
static void add_terms(struct call *c)
{
	const char *term = c->word + (c->word[0] == '-'), *colon = strchr(term, ':');
	struct arena arena = ARENA_INIT;
	struct query_key key;

	for (size_t i = 0; query_key(i, &key); i++) {
		char *text = arena_printf(&arena, "%.*s%s:", (int)(term - c->word), "-", key.name);

		if (colon && str_starts(c->word, text))
			add_query_values(c, &key, text, colon + 1);
		else if (!colon)
			candidate_add(c, text, key.meaning);
	}
	arena_release(&arena);
}

static void add_cards(struct call *c)
{
	add_card_names(c, "", c->word);
}

static void add_decks(struct call *c)
{
	add_names(c, NAME_DECK, "", c->word, "");
}

static void add_sources(struct call *c)
{
	struct store *store = store_of(c);
	struct arena arena = ARENA_INIT;
	struct error none = ERROR_INIT;
	struct source *sources;
	size_t count = 0;

	if (store && store_sources(store, &arena, &sources, &count, &none))
		count = 0;
	for (size_t i = 0; i < count; i++)
		if (sources[i].kind > SOURCE_OWN)
			candidate_add(c, sources[i].location, NULL);
	arena_release(&arena);
}

void candidate_add_commands(struct call *c)
{
	for (size_t i = 0; cmd_table[i]; i++)
		if (!(cmd_table[i]->flags & (CMD_SHELL | CMD_HIDDEN)))
			candidate_add(c, cmd_table[i]->name, cmd_table[i]->summary);
	if (c->app->in_shell)
		candidate_add(c, "quit", "leave the shell");
}

static void add_settings(struct call *c)
{
	for (size_t i = 0; i < settings_count; i++)
		candidate_add(c, settings_table[i].key, settings_table[i].meaning);
}

static bool takes_setting(const void *ctx, const char *piece)
{
	const struct setting *setting = ctx;
	struct settings scratch;

	return setting->read(piece, &scratch);
}

static void add_setting_values(struct call *c)
{
	const struct setting *setting;
	struct error none = ERROR_INIT;

	if (settings_find(c->words[c->count - 1], &setting, &none))
		return;
	add_choices(c, setting->values, "", takes_setting, setting);
	candidate_add(c, "default", NULL);
}

static void add_topics(struct call *c)
{
	struct arena arena = ARENA_INIT;
	const char *topic;

	for (size_t i = 0; (topic = manual_topic(i, &arena)); i++)
		candidate_add(c, topic, NULL);
	arena_release(&arena);
}

static void add_files(struct call *c)
{
	c->files = true;
}

/* The words in capitals that usage lines hold; what is free text has nothing to offer. */
static const struct place {
	const char *name;
	void (*add)(struct call *c);
} places[] = {
	{"CARD", add_cards},
	{"QUERY", add_terms},
	{"DECK", add_decks},
	{"SOURCE", add_sources},
	{"COMMAND", candidate_add_commands},
	{"TOPIC", add_topics},
	{"KEY", add_settings},
	{"VALUE", add_setting_values},
	{"FILE", add_files},
	{"FOLDER", add_files},
	{"SITE", add_files},
	{"PATH", add_files},
	{"URL", NULL},
	{"ID", NULL},
	{"PUBKEY", NULL},
	{"DAYS", NULL},
	{"GRADE", NULL},
	{"G", NULL},
	{"LIST", NULL},
	{"N", NULL},
	{"PUBKEY", NULL},
	{"TEXT", NULL},
	{"WORD", NULL},
};

static const struct place *find_place(const char *name, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(places); i++)
		if (strlen(places[i].name) == len && memcmp(places[i].name, name, len) == 0)
			return &places[i];
	return NULL;
}

bool candidate_knows(const char *word, size_t len)
{
	return find_place(word, len) != NULL;
}

void candidate_add_place(struct call *c, const char *text, size_t len)
{
	struct arena arena = ARENA_INIT;

	for (const char *end = text + len; text < end; text++) {
		size_t n = strcspn(text, "|.");
		const struct place *place;

		if (n > (size_t)(end - text))
			n = (size_t)(end - text);
		place = find_place(text, n);
		if (place && place->add)
			place->add(c);
		else if (!place && n)
			candidate_add(c, arena_bytes(&arena, text, n), NULL);
		text += n;
	}
	arena_release(&arena);
}
