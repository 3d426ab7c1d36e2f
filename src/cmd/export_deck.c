#include "export.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "deck/parse.h"
#include "deck/write.h"
#include "store/card.h"

struct shelf {
	struct app *app;
	struct arena arena;
	struct card_info *infos; /* those with an answer */
	struct card *cards;	 /* beside them */
	size_t count;
	struct deck deck;
	struct deck *sources; /* the decks that they come from */
	size_t source_count;
};

/* A name or id and the card that has it. */
struct named {
	const char *name;
	size_t card;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->card > y->card) - (x->card < y->card);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static struct named *sorted(struct shelf *s, bool full)
{
	struct named *list = arena_array(&s->arena, s->count, sizeof(*list));

	for (size_t i = 0; i < s->count; i++)
		list[i] = (struct named){full ? s->infos[i].name : s->cards[i].id, i};
	if (s->count)
		qsort(list, s->count, sizeof(*list), compare_named);
	return list;
}

static bool has_name(const struct named *list, size_t count, const char *name)
{
	struct named key = {.name = name};

	return count && bsearch(&key, list, count, sizeof(*list), compare_names) != NULL;
}

/* An id that no card has: that of the deck in front, a number behind it where that is not enough.
 */
static const char *new_id(struct shelf *s, size_t card, const struct named *ids,
			  const struct strlist *given)
{
	for (int number = 1;; number++) {
		const char *tail = number > 1 ? arena_printf(&s->arena, "-%d", number) : "";
		const char *whole =
			arena_printf(&s->arena, "%s.%s", s->infos[card].deck, s->cards[card].id);
		const char *id = arena_printf(&s->arena, "%.*s%s", (int)(STR_ID_MAX - strlen(tail)),
					      whole, tail);
		bool taken = has_name(ids, s->count, id);

		for (size_t i = 0; i < given->count && !taken; i++)
			taken = str_eq(given->items[i], id);
		if (!taken)
			return id;
	}
}

static void make_ids_unique(struct shelf *s)
{
	struct named *ids = sorted(s, false);
	struct strlist given = {arena_array(&s->arena, s->count, sizeof(const char *)), 0};

	for (size_t i = 1; i < s->count; i++) {
		if (!str_eq(ids[i].name, ids[i - 1].name))
			continue;
		given.items[given.count] = new_id(s, ids[i].card, ids, &given);
		s->cards[ids[i].card].id = given.items[given.count++];
	}
}

/* Parents by their names in this deck; what follows a card that is not here stands alone. */
static void keep_parents(struct shelf *s)
{
	struct named *names = sorted(s, true);

	for (size_t i = 0; i < s->count; i++) {
		const struct card_info *info = &s->infos[i];
		struct named key = {.name = info->follows};
		const struct named *parent = info->follows ? bsearch(&key, names, s->count,
								     sizeof(*names), compare_names)
							   : NULL;

		if (!parent)
			continue;
		s->cards[i].follows = s->cards[parent->card].id;
		s->cards[i].probe_count = info->probe_count;
		memcpy(s->cards[i].probes, info->probes, sizeof(info->probes));
	}
}

static enum err_code load_card(struct shelf *s, const struct card_info *info, struct error *err)
{
	struct card *c = &s->cards[s->count];

	if (store_card_text(s->app->store, info->key, &s->arena, c, err))
		return err->code;
	if (!c->section[SECTION_ANSWER])
		return ERR_NONE;
	c->has_id = true;
	c->level = info->level;
	c->tier = info->tier;
	c->aim = info->aim;
	c->kind = info->kind;
	c->competency = info->competency;
	c->tags = info->tags;
	c->sets = info->sets;
	c->seconds = info->seconds;
	c->has_seconds = info->seconds > 0;
	c->rev = info->rev;
	s->infos[s->count++] = *info;
	return ERR_NONE;
}

static enum err_code load_cards(struct shelf *s, const struct query *query, size_t *left_out,
				struct error *err)
{
	struct card_info *found;
	size_t count;
	enum err_code rc =
		store_list_cards(s->app->store, query, app_today(s->app),
				 s->app->settings.repeat_below, &s->arena, &found, &count, err);

	if (rc)
		return rc;
	s->infos = arena_array(&s->arena, count, sizeof(*s->infos));
	s->cards = arena_array(&s->arena, count, sizeof(*s->cards));
	for (size_t i = 0; i < count && !rc; i++)
		rc = load_card(s, &found[i], err);
	*left_out = count - s->count;
	if (!rc && !s->count)
		rc = error_set(err, ERR_FOUND, "no card matches");
	return rc;
}

/* The decks that the cards come from, in their order: cards of one stand together. */
static enum err_code load_sources(struct shelf *s, struct error *err)
{
	enum err_code rc = ERR_NONE;

	s->sources = arena_array(&s->arena, s->count, sizeof(*s->sources));
	for (size_t i = 0; i < s->count && !rc; i++) {
		if (i && str_eq(s->infos[i].deck, s->infos[i - 1].deck))
			continue;
		rc = store_deck(s->app->store, s->infos[i].deck, &s->arena,
				&s->sources[s->source_count++], err);
	}
	return rc;
}

/* What all decks say alike; who wrote the cards, and under which licence, is said of each. */
static void describe(struct shelf *s, const char *id)
{
	const struct deck *first = &s->sources[0];
	const char *intro = "Cards of:\n";

	s->deck = (struct deck){
		.id = id,
		.has_id = true,
		.title = s->source_count == 1 ? first->title : "Selected cards",
		.language = first->language,
		.license = first->license,
		.publisher = {.serial = -1},
		.cards = s->cards,
		.card_count = s->count,
	};
	for (size_t i = 0; i < s->source_count; i++) {
		const struct deck *d = &s->sources[i];

		if (!str_eq(d->language, s->deck.language))
			s->deck.language = NULL;
		if (!str_eq(d->license, s->deck.license))
			s->deck.license = NULL;
		intro = arena_printf(&s->arena, "%s\n- %s (`%s`)%s%s", intro, d->title, d->id,
				     d->license ? ", " : "", d->license ? d->license : "");
	}
	s->deck.intro = intro;
}

/* A deck has its caps, and a text that came by an import may be none that a deck can have. */
static enum err_code verify(struct shelf *s, const struct strbuf *text, struct error *err)
{
	struct problems problems;
	struct deck back;

	if (text->full)
		return error_set(err, ERR_FORMAT,
				 "the cards are more than one deck can hold: narrow the query");
	problems_init(&problems, &s->arena);
	if (deck_parse(text->buf, text->len, "export", &s->arena, &back, &problems))
		return ERR_NONE;
	problems_error(&problems, err);
	return error_prefix(err, "the cards make no deck: ");
}

enum err_code export_deck(struct app *app, const struct query *query, const char *id,
			  struct strbuf *out, struct deck_export *counts, struct error *err)
{
	struct shelf s = {.app = app};
	enum err_code rc = load_cards(&s, query, &counts->left_out, err);

	if (!rc)
		rc = load_sources(&s, err);
	if (!rc) {
		counts->cards = s.count;
		make_ids_unique(&s);
		keep_parents(&s);
		describe(&s, id);
		deck_write(&s.deck, out);
		rc = verify(&s, out, err);
	}
	arena_release(&s.arena);
	return rc;
}
