#include "merge.h"

static const char sql_old[] =
	"SELECT question,answer,points,weak,good,flags,why,variants,links,"
	"EXISTS(SELECT 1 FROM overlay o WHERE o.card_id=t.card_id) FROM card_text t"
	" WHERE t.card_id=?";

static enum err_code load_old_text(struct merge *m, int64_t card, struct card_change *out,
				   struct error *err)
{
	struct stmt *q = sql(m->store, sql_old);
	bool found;

	put_int(q, card);
	if (stmt_row(q, &found, err))
		return err->code;
	if (!found)
		return store_no_card(err);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		out->old[i] = get_text(q, m->arena);
	out->own_edit = get_bool(q);
	stmt_reset(q);
	return ERR_NONE;
}

static enum err_code tell_card(struct merge *m, const struct change *change,
			       struct card_change *out, struct error *err)
{
	const char *old = change->old == MERGE_NO_CARD ? NULL : m->old[change->old].name;

	*out = (struct card_change){.kind = change->kind, .name = old};
	if (change->new != MERGE_NO_CARD) {
		out->name = m->new[change->new].name;
		out->new = m->sources[change->new].card;
	}
	if (change->kind == CHANGE_RENAME)
		out->old_name = old;
	return old ? load_old_text(m, m->rows[change->old].id, out, err) : ERR_NONE;
}

static bool is_removal(const struct change *c)
{
	return c->kind == CHANGE_RETIRE || c->kind == CHANGE_DELETE;
}

static struct deck_change tell_deck(const struct merge *m, const struct deck_row *d,
				    const struct changes *changes)
{
	struct deck_change out = {.deck = d->name};

	for (size_t i = 0; i < m->old_count; i++)
		out.before += m->rows[i].deck == d->id && !m->old[i].retired;
	for (size_t i = 0; i < m->new_count; i++)
		out.after += m->sources[i].deck == d;
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *c = &changes->items[i];

		out.removed +=
			is_removal(c) && m->rows[c->old].deck == d->id && !m->old[c->old].retired;
	}
	return out;
}

enum err_code merge_tell(struct merge *m, const struct changes *changes, struct merge_report *out,
			 struct error *err)
{
	out->cards = arena_array(m->arena, changes->count, sizeof(*out->cards));
	out->decks = arena_array(m->arena, m->deck_count, sizeof(*out->decks));
	for (size_t i = 0; i < changes->count; i++)
		if (changes->items[i].kind != CHANGE_NONE &&
		    tell_card(m, &changes->items[i], &out->cards[out->card_count++], err))
			return err->code;
	for (size_t i = 0; i < m->deck_count; i++)
		if (m->decks[i].unequal || m->decks[i].gone)
			out->decks[out->deck_count++] = tell_deck(m, &m->decks[i], changes);
	return ERR_NONE;
}
