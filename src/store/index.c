/* Keeping the search index: what has to be done to it, and doing it. */
#include "store/search.h"

#include <stdlib.h>

#include "base/mem.h"
#include "words.h"

#define BATCH 5000	 /* cards a transaction */
#define PAUSE_MS 50	 /* between two, so that somebody who waits to write gets a turn */
#define PASSED_OVER 1000 /* rows without an entry that do no harm, besides as many as have one */

static const char sql_touch[] =
	"INSERT OR IGNORE INTO search_todo(card_id) SELECT ?1 WHERE ?1<=" INDEX_MARK;
static const char sql_touch_deck[] = "INSERT OR IGNORE INTO search_todo(card_id)"
				     " SELECT id FROM card WHERE deck_id=?1 AND id<=" INDEX_MARK;
static const char sql_touch_source[] =
	"INSERT OR IGNORE INTO search_todo(card_id) SELECT c.id FROM deck d JOIN card c"
	" ON c.deck_id=d.id WHERE d.source_id=?1 AND c.id<=" INDEX_MARK;

enum err_code index_touch(struct store *s, int64_t card, struct error *err)
{
	return stmt_run_with(s, sql_touch, card, err);
}

enum err_code index_touch_deck(struct store *s, int64_t deck, struct error *err)
{
	return stmt_run_with(s, sql_touch_deck, deck, err);
}

enum err_code index_touch_source(struct store *s, int64_t source, struct error *err)
{
	return stmt_run_with(s, sql_touch_source, source, err);
}

static const char sql_entry[] = "SELECT words FROM search_entry WHERE card_id=?";
static const char sql_drop[] = "DELETE FROM search_entry WHERE card_id=?";
static const char sql_add[] = "INSERT INTO search_entry(card_id,words) VALUES(?,?)";
static const char sql_put[] =
	"INSERT INTO card_search(rowid,question,points,answer,more,own) VALUES(?,?,?,?,?,?)";

/* Gives the card a new entry, unless it has one that says the same. */
static enum err_code put_entry(struct store *s, int64_t card, const struct entry *e,
			       struct error *err)
{
	int64_t words = entry_hash(e), id;
	struct stmt *q = sql(s, sql_entry);

	put_int(q, card);
	if (stmt_value(q, ~words) == words)
		return ERR_NONE;
	if (stmt_run_with(s, sql_drop, card, err))
		return err->code;
	q = sql(s, sql_add);
	put_int(q, card);
	put_int(q, words);
	if (stmt_run(q, err))
		return err->code;
	id = sqlite3_last_insert_rowid(s->db);
	q = sql(s, sql_put);
	put_int(q, id);
	for (size_t i = 0; i < INDEX_COLUMNS; i++)
		put_text(q, e->columns[i].buf);
	return stmt_run(q, err);
}

/* Indexes the cards from `first` to `last` that are there; *count receives how many these are. */
static enum err_code put_range(struct store *s, int64_t first, int64_t last, size_t *count,
			       struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct stmt *q = sql(s, words_sql);
	struct searched w;
	struct entry e;
	enum err_code rc;
	bool more;

	*count = 0;
	entry_init(&e);
	put_int(q, first);
	put_int(q, last);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		rc = words_get(q, &arena, &w, err);
		if (!rc) {
			entry_fill(&e, &w);
			rc = put_entry(s, w.key, &e, err);
			++*count;
		}
		arena_release(&arena);
		if (rc)
			break;
	}
	stmt_reset(q);
	entry_release(&e);
	arena_release(&arena);
	return rc;
}

static const char sql_todo[] = "SELECT card_id FROM search_todo ORDER BY card_id LIMIT ?";
static const char sql_done[] = "DELETE FROM search_todo WHERE card_id=?";

/* Some of the cards that changed or are gone. *count receives how many there were. */
static enum err_code put_todo(struct store *s, size_t *count, struct error *err)
{
	struct stmt *q = sql(s, sql_todo);
	int64_t *cards = mem_array(BATCH, sizeof(*cards));
	enum err_code rc;
	bool more;

	*count = 0;
	put_int(q, BATCH);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more && *count < BATCH)
		cards[(*count)++] = get_int(q);
	stmt_reset(q);
	for (size_t i = 0; i < *count && !rc; i++) {
		size_t there;

		rc = put_range(s, cards[i], cards[i], &there, err);
		if (!rc && !there)
			rc = stmt_run_with(s, sql_drop, cards[i], err);
		if (!rc)
			rc = stmt_run_with(s, sql_done, cards[i], err);
	}
	free(cards);
	return rc;
}

static const char sql_highest[] = "SELECT coalesce(max(id),0) FROM card";
static const char sql_todo_count[] = "SELECT count(*) FROM search_todo";

static const char sql_mark[] = "SELECT " INDEX_MARK;

int64_t index_mark(struct store *s)
{
	return stmt_value(sql(s, sql_mark), 0);
}

static int64_t read_number(struct store *s, const char *text)
{
	return stmt_value(sql(s, text), 0);
}

/* How many cards wait; of those never indexed, as many as their numbers could be. */
static size_t count_waiting(struct store *s)
{
	int64_t fresh = read_number(s, sql_highest) - index_mark(s);

	return (size_t)read_number(s, sql_todo_count) + (size_t)(fresh > 0 ? fresh : 0);
}

bool store_search_stale(struct store *s)
{
	bool stale;

	if (s->own_index)
		return false;
	store_read_begin(s);
	stale = count_waiting(s) > 0;
	store_read_end(s);
	return stale;
}

/* Cards from `at` on, over numbers that no card has (any more). */
static const char sql_from[] = "SELECT coalesce(min(id),0) FROM card WHERE id>?";

/* The next cards: those that changed first, then new ones. *count receives how many. */
static enum err_code put_batch(struct store *s, size_t *count, struct error *err)
{
	struct stmt *q;
	int64_t first;

	if (put_todo(s, count, err) || *count)
		return err->code;
	q = sql(s, sql_from);
	put_int(q, index_mark(s));
	first = stmt_value(q, 0);
	return first ? put_range(s, first, first + BATCH - 1, count, err) : ERR_NONE;
}

static const char sql_rows[] = "SELECT coalesce(max(seq),0) FROM sqlite_sequence"
			       " WHERE name='search_entry'";
static const char sql_entries[] = "SELECT count(*) FROM search_entry";

/* Whether too much of the index is passed over. */
static bool is_worn(struct store *s)
{
	return read_number(s, sql_rows) > 2 * read_number(s, sql_entries) + PASSED_OVER;
}

static enum err_code update(struct store *s, search_progress *progress, void *ctx,
			    struct error *err)
{
	enum err_code rc = is_worn(s) ? store_search_reset(s, err) : ERR_NONE;
	size_t total = count_waiting(s), left = total, count = 0;

	while (left > 0 && !rc) {
		bool own = false;

		rc = change_begin(s, &own, err);
		if (!rc)
			rc = change_end(s, own, put_batch(s, &count, err), err);
		left = count_waiting(s);
		if (!rc && left && !count)
			rc = store_damaged(s, "a card has no text", err);
		if (progress && !rc && !progress(ctx, left < total ? total - left : 0, total))
			break;
		if (left && own)
			sqlite3_sleep(PAUSE_MS);
	}
	return rc;
}

/* What cannot be written gets an index beside it, which hides the one in the file. */
static enum err_code make_own(struct store *s, search_progress *progress, void *ctx,
			      struct error *err)
{
	int64_t highest = read_number(s, sql_highest), at = 0;
	int sqlite = sqlite3_exec(s->db, SCHEMA_SEARCH_IN("temp"), NULL, NULL, NULL);
	size_t count;
	enum err_code rc = sqlite ? store_fail(s, sqlite, err) : ERR_NONE;

	s->own_index = !rc;
	while (at < highest && !rc) {
		rc = put_range(s, at + 1, at + BATCH, &count, err);
		at += BATCH;
		if (progress &&
		    !progress(ctx, (size_t)(at < highest ? at : highest), (size_t)highest))
			break;
	}
	return rc;
}

enum err_code store_search_update(struct store *s, search_progress *progress, void *ctx,
				  struct error *err)
{
	if (!store_search_stale(s))
		return ERR_NONE;
	if (sqlite3_db_readonly(s->db, "main"))
		return make_own(s, progress, ctx, err);
	return update(s, progress, ctx, err);
}

static const char sql_forget[] = "DELETE FROM search_todo";

enum err_code store_search_reset(struct store *s, struct error *err)
{
	enum err_code rc;
	int sqlite;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	sqlite =
		sqlite3_exec(s->db, "DROP TABLE card_search;DROP TABLE search_entry;" SCHEMA_SEARCH,
			     NULL, NULL, NULL);
	if (sqlite)
		rc = store_fail(s, sqlite, err);
	if (!rc)
		rc = stmt_run(sql(s, sql_forget), err);
	return change_end(s, own, rc, err);
}
