#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "internal.h"
#include "store/source.h"

/* Unique on both sides: the body stands once among what is left over, once among what is new. */
static const char sql_proposals[] =
	"SELECT o.id,n.id,ot.question,nt.question,o.reviews"
	" FROM card o INDEXED BY card_left JOIN card n INDEXED BY card_body"
	" ON n.deck_id=o.deck_id AND n.body=o.body AND n.has_id=0 AND n.retired=0"
	" AND n.last_day IS NULL JOIN card_text ot ON ot.card_id=o.id"
	" JOIN card_text nt ON nt.card_id=n.id WHERE o.has_id=0 AND o.retired=1"
	" AND NOT EXISTS(SELECT 1 FROM declined x WHERE x.old_id=o.id AND x.new_id=n.id)"
	" AND (SELECT count(*) FROM card y WHERE y.deck_id=o.deck_id AND y.body=o.body"
	" AND y.has_id=0 AND y.retired=1)=1"
	" AND (SELECT count(*) FROM card y WHERE y.deck_id=o.deck_id AND y.body=o.body"
	" AND y.has_id=0 AND y.retired=0 AND y.last_day IS NULL)=1 ORDER BY n.position";

enum err_code store_proposals(struct store *s, struct arena *arena, struct edit_proposal **out,
			      size_t *count, struct error *err)
{
	struct stmt *q = sql(s, sql_proposals);
	struct edit_proposal *list = NULL;
	size_t n = 0, cap = 0;
	enum err_code rc;
	bool more;

	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct edit_proposal p = {0};

		p.old_key = get_int(q);
		p.new_key = get_int(q);
		p.old_question = get_text(q, arena);
		p.new_question = get_text(q, arena);
		p.reviews = get_range(q, 0, INT_MAX);
		mem_grow(&list, n, &cap, sizeof(*list));
		list[n++] = p;
	}
	*out = arena_array(arena, n, sizeof(*list));
	if (n)
		memcpy(*out, list, n * sizeof(*list));
	*count = n;
	free(list);
	return rc;
}

static const char sql_names[] =
	"SELECT d.name,c.name FROM card c JOIN deck d ON d.id=c.deck_id WHERE c.id=?";

static enum err_code card_name(struct store *s, int64_t card, struct arena *arena,
			       const char **name, struct error *err)
{
	struct stmt *q = sql(s, sql_names);
	bool found;

	put_int(q, card);
	if (stmt_row(q, &found, err))
		return err->code;
	if (!found)
		return store_no_card(err);
	*name = get_card_name(q, arena);
	stmt_reset(q);
	return ERR_NONE;
}

/* Everything that belongs to the old card (?1) becomes the new one's (?2). */
static const char *const sql_take[] = {
	"UPDATE event SET card_id=?2 WHERE card_id=?1",
	"UPDATE OR IGNORE overlay SET card_id=?2 WHERE card_id=?1",
	"UPDATE OR IGNORE draft SET card_id=?2 WHERE card_id=?1",
	"UPDATE card SET note=coalesce(note,(SELECT note FROM card WHERE id=?1)) WHERE id=?2",
	"UPDATE card SET parent_id=?2 WHERE parent_id=?1 AND id<>?2",
};
static const char sql_delete[] = "DELETE FROM card WHERE id=?";
static const char sql_decline[] = "INSERT OR IGNORE INTO declined(old_id,new_id) VALUES(?,?)";

static enum err_code take(struct store *s, const char *text, int64_t old, int64_t new,
			  struct error *err)
{
	struct stmt *q = sql(s, text);

	put_int(q, old);
	put_int(q, new);
	return stmt_run(q, err);
}

static enum err_code accept_proposal(struct store *s, const struct edit_proposal *p, int64_t now,
				     struct arena *arena, struct error *err)
{
	struct event e = {.kind = EVENT_LINK, .time = now};
	const char *old, *new;
	struct stmt *q;

	if (card_name(s, p->old_key, arena, &old, err) ||
	    card_name(s, p->new_key, arena, &new, err))
		return err->code;
	for (size_t i = 0; i < sizeof(sql_take) / sizeof(sql_take[0]); i++)
		if (take(s, sql_take[i], p->old_key, p->new_key, err))
			return err->code;
	q = sql(s, sql_delete);
	put_int(q, p->old_key);
	if (stmt_run(q, err) || index_touch(s, p->old_key, err) ||
	    event_add(s, p->new_key, &e, old, new, NULL, err))
		return err->code;
	return card_replay(s, p->new_key, err);
}

enum err_code store_answer_proposal(struct store *s, const struct edit_proposal *p, bool accept,
				    int64_t now, struct error *err)
{
	struct arena arena = ARENA_INIT;
	enum err_code rc;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	if (accept)
		rc = accept_proposal(s, p, now, &arena, err);
	else
		rc = take(s, sql_decline, p->old_key, p->new_key, err);
	arena_release(&arena);
	return change_end(s, own, rc, err);
}
