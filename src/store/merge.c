#include "merge.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static const char sql_old[] =
	"SELECT c.id,d.name,c.name,c.has_id,c.content,c.body,c.retired,"
	"EXISTS(SELECT 1 FROM event e WHERE e.card_id=c.id),c.deck_id,c.position,c.line,c.rev,"
	"c.follows FROM card c JOIN deck d ON d.id=c.deck_id WHERE c.deck_id=?";

struct old_cards {
	struct merge_card *cards;
	struct card_row *rows;
	size_t count, cards_cap, rows_cap;
};

static enum err_code load_deck_cards(struct merge *m, const struct deck_row *deck,
				     struct old_cards *out, struct error *err)
{
	struct stmt *q = sql(m->store, sql_old);
	enum err_code rc;
	bool more;

	put_int(q, deck->id);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct merge_card card = {0};
		struct card_row row = {.id = get_int(q)};

		card.name = get_card_name(q, m->arena);
		card.has_id = get_bool(q);
		get_bytes(q, card.content.bytes, HASH_SIZE);
		get_bytes(q, card.body.bytes, HASH_SIZE);
		card.retired = get_bool(q);
		card.studied = get_bool(q);
		row.deck = get_int(q);
		row.position = get_int(q);
		row.line = get_range(q, 0, INT_MAX);
		row.rev = get_range(q, 0, INT_MAX);
		row.follows = get_text(q, m->arena);
		mem_grow(&out->cards, out->count, &out->cards_cap, sizeof(card));
		mem_grow(&out->rows, out->count, &out->rows_cap, sizeof(row));
		out->cards[out->count] = card;
		out->rows[out->count++] = row;
	}
	return rc;
}

/* Cards whose deck changed or is gone; the others stay as they are. */
static enum err_code load_old(struct merge *m, struct error *err)
{
	struct old_cards old = {0};
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; i < m->deck_count && !rc; i++)
		if (m->decks[i].id && (m->decks[i].unequal || m->decks[i].gone))
			rc = load_deck_cards(m, &m->decks[i], &old, err);
	m->old = arena_array(m->arena, old.count, sizeof(*old.cards));
	m->rows = arena_array(m->arena, old.count, sizeof(*old.rows));
	m->old_count = old.count;
	if (old.count) {
		memcpy(m->old, old.cards, old.count * sizeof(*old.cards));
		memcpy(m->rows, old.rows, old.count * sizeof(*old.rows));
	}
	free(old.cards);
	free(old.rows);
	return rc;
}

/* "card" or "deck/card" as a full name; a deck that was renamed in this merge by its new id. */
static const char *full_name(const struct merge *m, const char *deck, const char *name)
{
	const char *slash = strchr(name, '/');

	if (!slash)
		return arena_printf(m->arena, "%s/%s", deck, name);
	for (size_t i = 0; i < m->renamed_from.count; i++) {
		const char *from = m->renamed_from.items[i];

		if (strlen(from) == (size_t)(slash - name) && str_starts(name, from))
			return arena_printf(m->arena, "%s%s", m->renamed_to.items[i], slash);
	}
	return name;
}

static void add_new_card(struct merge *m, size_t edition, size_t place)
{
	const struct edition *e = &m->request->editions[edition];
	const struct card *card = &e->deck->cards[place];
	struct merge_card *to = &m->new[m->new_count];
	const char **was =
		arena_array(m->arena, card->was.count + e->deck->was.count, sizeof(*was));

	for (size_t i = 0; i < card->was.count; i++)
		was[i] = full_name(m, e->deck->id, card->was.items[i]);
	*to = (struct merge_card){
		.name = arena_printf(m->arena, "%s/%s", e->deck->id, card->id),
		.has_id = card->has_id,
		.content = e->content[place],
		.body = e->body[place],
		.was = was,
		.was_count = card->was.count,
	};
	m->sources[m->new_count++] = (struct card_source){
		.card = card,
		.edition = e->deck,
		.was = was,
		.content = &e->content[place],
		.body = &e->body[place],
		.deck = m->deck_of[edition],
		.follows = card->follows ? full_name(m, e->deck->id, card->follows) : NULL,
		.place = place,
	};
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_name(const struct strlist *sorted, const char *name)
{
	return sorted->count &&
	       bsearch(&name, sorted->items, sorted->count, sizeof(name), compare_strings) != NULL;
}

static struct strlist sorted_names(const struct merge *m, const struct merge_card *cards,
				   size_t count)
{
	struct strlist list = {arena_array(m->arena, count, sizeof(const char *)), count};

	for (size_t i = 0; i < count; i++)
		list.items[i] = cards[i].name;
	if (count)
		qsort(list.items, count, sizeof(*list.items), compare_strings);
	return list;
}

/* All that new cards say they were, and the names that they have. */
static struct strlist taken_names(const struct merge *m)
{
	struct strlist list = {0};
	size_t room = m->new_count;

	for (size_t i = 0; i < m->new_count; i++)
		room += m->new[i].was_count;
	list.items = arena_array(m->arena, room, sizeof(const char *));
	for (size_t i = 0; i < m->new_count; i++) {
		list.items[list.count++] = m->new[i].name;
		for (size_t j = 0; j < m->new[i].was_count; j++)
			list.items[list.count++] = m->new[i].was[j];
	}
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), compare_strings);
	return list;
}

/*
 * A deck that took in another one (its `was` names it, and both are stored): a card that has no
 * past of its own was the card of that deck with its id.
 */
static void add_deck_was(struct merge *m)
{
	struct strlist old = sorted_names(m, m->old, m->old_count);
	struct strlist taken = taken_names(m);

	for (size_t i = 0; i < m->new_count; i++) {
		const struct card_source *source = &m->sources[i];
		const struct strlist *decks = &source->edition->was;

		if (!decks->count || has_name(&old, m->new[i].name))
			continue;
		for (size_t j = 0; j < decks->count; j++) {
			const char *name =
				arena_printf(m->arena, "%s/%s", decks->items[j], source->card->id);

			if (has_name(&old, name) && !has_name(&taken, name))
				source->was[m->new[i].was_count++] = name;
		}
	}
}

static void collect_new(struct merge *m)
{
	size_t room = 0;

	for (size_t i = 0; i < m->request->count; i++)
		room += m->request->editions[i].deck->card_count;
	m->new = arena_array(m->arena, room, sizeof(*m->new));
	m->sources = arena_array(m->arena, room, sizeof(*m->sources));
	for (size_t i = 0; i < m->request->count; i++)
		for (size_t j = 0;
		     m->deck_of[i]->unequal && j < m->request->editions[i].deck->card_count; j++)
			add_new_card(m, i, j);
	add_deck_was(m);
}

static const char sql_kind[] = "SELECT kind FROM source WHERE id=?";

static enum err_code merge_all(struct merge *m, struct changes *changes,
			       struct merge_report *report, struct error *err)
{
	struct stmt *q = sql(m->store, sql_kind);
	enum err_code rc;

	put_int(q, m->request->source);
	m->kind = (enum source_kind)stmt_value(q, SOURCE_LOCAL);
	rc = merge_decks(m, err);
	if (!rc)
		rc = merge_deck_rows(m, err);
	if (!rc)
		rc = load_old(m, err);
	if (rc || (!m->old_count && !m->request->count))
		return rc;
	collect_new(m);
	rc = merge_cards(m->old, m->old_count, m->new, m->new_count, m->arena, changes, err);
	if (!rc && report)
		rc = merge_tell(m, changes, report, err);
	if (!rc)
		rc = merge_apply(m, changes, err);
	if (!rc)
		rc = merge_drop_empty(m, err);
	if (!rc)
		rc = merge_parents(m, changes, err);
	return rc;
}

enum err_code store_merge(struct store *s, const struct merge_request *request, struct arena *arena,
			  struct changes *changes, struct merge_report *report, struct error *err)
{
	struct merge m = {.store = s, .request = request, .arena = arena};
	enum err_code rc;
	bool own;

	*changes = (struct changes){0};
	if (report)
		*report = (struct merge_report){0};
	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	rc = merge_all(&m, changes, report, err);
	/* They are numbers of cards that only this function knows. */
	changes->items = NULL;
	changes->count = 0;
	changes->proposals = NULL;
	changes->proposal_count = 0;
	return change_end(s, own, rc, err);
}
