/* Whether the search index holds what the cards say. */
#include "store/search.h"
#include "words.h"

static const char sql_integrity[] =
	"INSERT INTO card_search(card_search) VALUES('integrity-check')";
static const char sql_entries[] =
	"SELECT card_id,words,EXISTS(SELECT 1 FROM card_search_docsize d WHERE d.id=e.id)"
	" FROM search_entry e ORDER BY card_id";
static const char sql_waits[] = "SELECT 1 FROM search_todo WHERE card_id=?";

/* The cards and their entries, read side by side. */
struct check {
	struct store *store;
	struct stmt *entries;
	int64_t next; /* card of the entry that was read ahead, 0 for none left */
	int64_t words;
	bool indexed;
	struct entry entry;
	struct arena arena;
	size_t wrong;
};

static enum err_code read_ahead(struct check *c, struct error *err)
{
	bool more;
	enum err_code rc = stmt_row(c->entries, &more, err);

	c->next = 0;
	if (!rc && more) {
		c->next = get_int(c->entries);
		c->words = get_int(c->entries);
		c->indexed = get_bool(c->entries);
	}
	return rc;
}

/* A difference is one unless the card waits to be looked at. */
static void count_wrong(struct check *c, int64_t card)
{
	struct stmt *q = sql(c->store, sql_waits);

	put_int(q, card);
	c->wrong += stmt_value(q, 0) == 0;
}

/* Entries before `card` belong to no card. */
static enum err_code pass_entries(struct check *c, int64_t card, struct error *err)
{
	enum err_code rc = ERR_NONE;

	while (!rc && c->next && c->next < card) {
		count_wrong(c, c->next);
		rc = read_ahead(c, err);
	}
	return rc;
}

static enum err_code check_card(struct check *c, struct stmt *q, struct error *err)
{
	struct searched w;
	enum err_code rc = words_get(q, &c->arena, &w, err);

	if (!rc)
		rc = pass_entries(c, w.key, err);
	if (rc)
		return rc;
	if (c->next != w.key) {
		count_wrong(c, w.key);
		return ERR_NONE;
	}
	entry_fill(&c->entry, &w);
	if (!c->indexed || c->words != entry_hash(&c->entry))
		count_wrong(c, w.key);
	return read_ahead(c, err);
}

static enum err_code compare(struct check *c, struct error *err)
{
	struct stmt *q = sql(c->store, words_sql);
	enum err_code rc = read_ahead(c, err);
	bool more;

	put_int(q, 0);
	put_int(q, index_mark(c->store));
	while (!rc && (rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		rc = check_card(c, q, err);
		arena_release(&c->arena);
	}
	if (!rc)
		rc = pass_entries(c, INT64_MAX, err);
	stmt_reset(q);
	return rc;
}

/* SQLite looks at the inside of its index, which counts as a write. */
static bool is_sound(struct store *s)
{
	struct error damaged = ERROR_INIT;

	return sqlite3_db_readonly(s->db, "main") || !stmt_run(sql(s, sql_integrity), &damaged);
}

static enum err_code check(struct store *s, size_t *wrong, struct error *err)
{
	struct check c = {.store = s};
	enum err_code rc;

	*wrong = 1;
	if (!is_sound(s))
		return ERR_NONE;
	store_read_begin(s);
	c.entries = sql(s, sql_entries);
	entry_init(&c.entry);
	rc = compare(&c, err);
	stmt_reset(c.entries);
	entry_release(&c.entry);
	arena_release(&c.arena);
	store_read_end(s);
	*wrong = c.wrong;
	return rc;
}

enum err_code store_check_search(struct store *s, bool rebuild, size_t *wrong, struct error *err)
{
	enum err_code rc = check(s, wrong, err);

	/* What cannot be read is made new as well. */
	if (rebuild && (rc || *wrong)) {
		*wrong += rc != ERR_NONE;
		*err = (struct error)ERROR_INIT;
		rc = store_search_reset(s, err);
		if (!rc)
			rc = store_search_update(s, NULL, NULL, err);
	}
	return rc;
}
