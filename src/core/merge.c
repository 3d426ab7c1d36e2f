#include "core/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* A name (or an earlier name) and the index of its card. */
struct name {
	const char *name;
	size_t card;
};

struct names {
	struct name *items; /* sorted */
	size_t count;
};

/* A card that may be half of a proposal. */
struct half {
	struct hash body;
	size_t card;
};

struct halves {
	struct half *items;
	size_t count;
};

struct merge {
	const struct merge_card *old;
	const struct merge_card *new;
	size_t old_count, new_count;
	struct names old_names, new_names, claims;
	size_t *old_of;	 /* for each new card: the old one it goes on from */
	bool *continued; /* for each old card */
};

static int compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->card > y->card) - (x->card < y->card);
}

static int compare_name_only(const void *key, const void *item)
{
	return strcmp(key, ((const struct name *)item)->name);
}

static size_t names_find(const struct names *names, const char *name)
{
	const struct name *hit = NULL;

	if (names->count)
		hit = bsearch(name, names->items, names->count, sizeof(*names->items),
			      compare_name_only);

	return hit ? hit->card : MERGE_NO_CARD;
}

static struct names names_of(const struct merge_card *cards, size_t count)
{
	struct names names = {mem_array(count, sizeof(*names.items)), count};

	for (size_t i = 0; i < count; i++)
		names.items[i] = (struct name){cards[i].name, i};
	qsort(names.items, count, sizeof(*names.items), compare_names);
	return names;
}

static struct names claims_of(const struct merge_card *cards, size_t count)
{
	struct names names = {0};
	size_t room = 0;

	for (size_t i = 0; i < count; i++)
		room += cards[i].was_count;
	names.items = mem_array(room, sizeof(*names.items));
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < cards[i].was_count; j++)
			names.items[names.count++] = (struct name){cards[i].was[j], i};
	}
	qsort(names.items, names.count, sizeof(*names.items), compare_names);
	return names;
}

static void merge_init(struct merge *m, const struct merge_card *old, size_t old_count,
		       const struct merge_card *new, size_t new_count)
{
	*m = (struct merge){.old = old, .new = new, .old_count = old_count, .new_count = new_count};
	m->old_names = names_of(old, old_count);
	m->new_names = names_of(new, new_count);
	m->claims = claims_of(new, new_count);
	m->old_of = mem_array(new_count, sizeof(*m->old_of));
	m->continued = mem_array(old_count, sizeof(*m->continued));
}

static void merge_release(struct merge *m)
{
	free(m->old_names.items);
	free(m->new_names.items);
	free(m->claims.items);
	free(m->old_of);
	free(m->continued);
}

/* The first name that the sorted list has twice, or NULL. */
static const struct name *names_twice(const struct names *names)
{
	for (size_t i = 1; i < names->count; i++) {
		if (str_eq(names->items[i - 1].name, names->items[i].name))
			return &names->items[i];
	}
	return NULL;
}

static enum err_code check_names(const struct merge *m, struct error *err)
{
	const struct name *twice = names_twice(&m->new_names);

	if (twice)
		return error_set(err, ERR_FORMAT, "two cards are named %s", twice->name);
	for (size_t i = 0; i < m->claims.count; i++) {
		const struct name *claim = &m->claims.items[i];
		const char *by = m->new[claim->card].name;

		if (str_eq(claim->name, by))
			return error_set(err, ERR_FORMAT, "%s: `was` names the card itself", by);
		if (names_find(&m->new_names, claim->name) != MERGE_NO_CARD)
			return error_set(err, ERR_FORMAT,
					 "%s: `was` names %s, which is still there", by,
					 claim->name);
	}
	twice = names_twice(&m->claims);
	if (twice)
		return error_set(err, ERR_FORMAT, "%s: `was` names %s, which is claimed twice",
				 m->new[twice->card].name, twice->name);
	return ERR_NONE;
}

/* The stored card that `was` leads to: the first with progress, else the first there is. */
static size_t find_earlier(const struct merge *m, const struct merge_card *card)
{
	size_t found = MERGE_NO_CARD;

	for (size_t i = 0; i < card->was_count; i++) {
		size_t old = names_find(&m->old_names, card->was[i]);

		if (old == MERGE_NO_CARD)
			continue;
		if (m->old[old].studied)
			return old;
		if (found == MERGE_NO_CARD)
			found = old;
	}
	return found;
}

static void pair_cards(struct merge *m)
{
	for (size_t i = 0; i < m->new_count; i++) {
		size_t old = names_find(&m->old_names, m->new[i].name);

		if (old == MERGE_NO_CARD)
			old = find_earlier(m, &m->new[i]);
		m->old_of[i] = old;
		if (old != MERGE_NO_CARD)
			m->continued[old] = true;
	}
}

static bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static enum change_kind kind_of(const struct merge_card *old, const struct merge_card *new)
{
	if (!old)
		return CHANGE_ADD;
	if (!str_eq(old->name, new->name))
		return CHANGE_RENAME;
	if (old->retired)
		return CHANGE_RESTORE;
	return hash_equal(&old->content, &new->content) ? CHANGE_NONE : CHANGE_EDIT;
}

static void add_change(struct changes *out, enum change_kind kind, size_t old, size_t new)
{
	out->items[out->count++] = (struct change){kind, old, new};
	out->added += kind == CHANGE_ADD;
	out->edited += kind == CHANGE_EDIT;
	out->renamed += kind == CHANGE_RENAME;
	out->restored += kind == CHANGE_RESTORE;
	out->retired += kind == CHANGE_RETIRE;
	out->deleted += kind == CHANGE_DELETE;
}

static void list_changes(const struct merge *m, struct arena *arena, struct changes *out)
{
	out->items = arena_array(arena, m->old_count + m->new_count, sizeof(*out->items));
	for (size_t i = 0; i < m->new_count; i++) {
		size_t old = m->old_of[i];
		const struct merge_card *from = old == MERGE_NO_CARD ? NULL : &m->old[old];

		add_change(out, kind_of(from, &m->new[i]), old, i);
	}
	for (size_t i = 0; i < m->old_count; i++) {
		if (m->continued[i])
			continue;
		if (!m->old[i].studied)
			add_change(out, CHANGE_DELETE, i, MERGE_NO_CARD);
		else if (!m->old[i].retired)
			add_change(out, CHANGE_RETIRE, i, MERGE_NO_CARD);
	}
}

static int compare_halves(const void *a, const void *b)
{
	const struct half *x = a, *y = b;

	return memcmp(x->body.bytes, y->body.bytes, sizeof(x->body.bytes));
}

/* Sorts and drops every body that more than one card has. */
static void keep_unique(struct halves *h)
{
	size_t kept = 0;
	size_t from = 0;

	qsort(h->items, h->count, sizeof(*h->items), compare_halves);
	while (from < h->count) {
		size_t to = from + 1;

		while (to < h->count && compare_halves(&h->items[from], &h->items[to]) == 0)
			to++;
		if (to - from == 1)
			h->items[kept++] = h->items[from];
		from = to;
	}
	h->count = kept;
}

/* Studied cards without an id that nothing goes on from. */
static struct halves left_over(const struct merge *m)
{
	struct halves h = {mem_array(m->old_count, sizeof(*h.items)), 0};

	for (size_t i = 0; i < m->old_count; i++) {
		if (!m->continued[i] && m->old[i].studied && !m->old[i].has_id)
			h.items[h.count++] = (struct half){m->old[i].body, i};
	}
	keep_unique(&h);
	return h;
}

/* Cards without an id that have no progress of their own. */
static struct halves newcomers(const struct merge *m)
{
	struct halves h = {mem_array(m->new_count, sizeof(*h.items)), 0};

	for (size_t i = 0; i < m->new_count; i++) {
		size_t old = m->old_of[i];

		if (!m->new[i].has_id && (old == MERGE_NO_CARD || !m->old[old].studied))
			h.items[h.count++] = (struct half){m->new[i].body, i};
	}
	keep_unique(&h);
	return h;
}

static int compare_proposals(const void *a, const void *b)
{
	const struct proposal *x = a, *y = b;

	return (x->new > y->new) - (x->new < y->new);
}

static void list_proposals(const struct merge *m, struct arena *arena, struct changes *out)
{
	struct halves old = left_over(m);
	struct halves new = newcomers(m);

	out->proposals = arena_array(arena, old.count, sizeof(*out->proposals));
	for (size_t i = 0; i < old.count; i++) {
		const struct half *hit = bsearch(&old.items[i], new.items, new.count,
						 sizeof(*new.items), compare_halves);

		if (hit)
			out->proposals[out->proposal_count++] =
				(struct proposal){old.items[i].card, hit->card};
	}
	qsort(out->proposals, out->proposal_count, sizeof(*out->proposals), compare_proposals);
	free(old.items);
	free(new.items);
}

enum err_code merge_cards(const struct merge_card *old, size_t old_count,
			  const struct merge_card *new, size_t new_count, struct arena *arena,
			  struct changes *out, struct error *err)
{
	struct merge m;
	enum err_code code;

	*out = (struct changes){0};
	merge_init(&m, old, old_count, new, new_count);
	code = check_names(&m, err);
	if (code)
		goto out;
	pair_cards(&m);
	list_changes(&m, arena, out);
	list_proposals(&m, arena, out);
out:
	merge_release(&m);
	return code;
}
