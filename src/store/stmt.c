#include "internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct stmt *stmt_new(struct store *s, const char *text, bool keep)
{
	struct stmt *q = mem_alloc(sizeof(*q));

	q->store = s;
	q->text = text;
	q->rc = sqlite3_prepare_v3(s->db, text, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, &q->st,
				   NULL);
	return q;
}

void stmt_free(struct stmt *q)
{
	sqlite3_finalize(q->st);
	free(q);
}

struct stmt *sql(struct store *s, const char *text)
{
	for (size_t i = 0; i < s->stmt_count; i++) {
		struct stmt *q = s->stmts[i];

		if (q->text != text)
			continue;
		assert(!q->st || !sqlite3_stmt_busy(q->st));
		q->next = 0;
		q->damaged = false;
		if (q->st)
			q->rc = SQLITE_OK;
		else
			q->rc = sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT,
						   &q->st, NULL);
		return q;
	}
	mem_grow(&s->stmts, s->stmt_count, &s->stmt_cap, sizeof(struct stmt *));
	s->stmts[s->stmt_count] = stmt_new(s, text, true);
	return s->stmts[s->stmt_count++];
}

static void keep_first(struct stmt *q, int rc)
{
	if (!q->rc)
		q->rc = rc;
}

void put_int(struct stmt *q, int64_t value)
{
	keep_first(q, sqlite3_bind_int64(q->st, ++q->next, value));
}

void put_null(struct stmt *q)
{
	keep_first(q, sqlite3_bind_null(q->st, ++q->next));
}

void put_key(struct stmt *q, int64_t key)
{
	if (key)
		put_int(q, key);
	else
		put_null(q);
}

void put_day(struct stmt *q, int day)
{
	if (day == DAY_NONE)
		put_null(q);
	else
		put_int(q, day);
}

void put_serial(struct stmt *q, int64_t serial)
{
	if (serial >= 0)
		put_int(q, serial);
	else
		put_null(q);
}

void put_text(struct stmt *q, const char *text)
{
	if (text)
		keep_first(q, sqlite3_bind_text64(q->st, ++q->next, text, strlen(text),
						  SQLITE_STATIC, SQLITE_UTF8));
	else
		put_null(q);
}

void put_bytes(struct stmt *q, const void *bytes, size_t len)
{
	keep_first(q, sqlite3_bind_blob64(q->st, ++q->next, bytes, len, SQLITE_STATIC));
}

void stmt_reset(struct stmt *q)
{
	sqlite3_reset(q->st);
}

enum err_code stmt_row(struct stmt *q, bool *row, struct error *err)
{
	int rc = q->rc ? q->rc : sqlite3_step(q->st);

	*row = rc == SQLITE_ROW;
	q->next = 0;
	if (*row)
		return ERR_NONE;
	if (rc != SQLITE_DONE)
		store_fail(q->store, rc, err);
	sqlite3_reset(q->st);
	return rc == SQLITE_DONE ? ERR_NONE : err->code;
}

enum err_code stmt_run(struct stmt *q, struct error *err)
{
	bool row;
	enum err_code rc = stmt_row(q, &row, err);

	assert(!row);
	return rc;
}

enum err_code stmt_run_with(struct store *s, const char *text, int64_t value, struct error *err)
{
	struct stmt *q = sql(s, text);

	put_int(q, value);
	return stmt_run(q, err);
}

int64_t stmt_value(struct stmt *q, int64_t none)
{
	struct error ignored = ERROR_INIT;
	int64_t value = none;
	bool row;

	if (stmt_row(q, &row, &ignored))
		q->store->broken = true;
	if (row) {
		value = get_int(q);
		stmt_reset(q);
	}
	return value;
}

void get_skip(struct stmt *q)
{
	q->next++;
}

int64_t get_int(struct stmt *q)
{
	return sqlite3_column_int64(q->st, q->next++);
}

double get_real(struct stmt *q)
{
	return sqlite3_column_double(q->st, q->next++);
}

int get_range(struct stmt *q, int low, int high)
{
	int64_t value = get_int(q);

	if (value >= low && value <= high)
		return (int)value;
	q->damaged = true;
	return low;
}

bool get_null(struct stmt *q)
{
	bool null = sqlite3_column_type(q->st, q->next) == SQLITE_NULL;

	q->next += null;
	return null;
}

int get_day(struct stmt *q)
{
	return get_or(q, DAY_MIN, DAY_MAX, DAY_NONE);
}

int get_or(struct stmt *q, int low, int high, int none)
{
	return get_null(q) ? none : get_range(q, low, high);
}

int64_t get_number(struct stmt *q, int64_t none)
{
	if (sqlite3_column_type(q->st, q->next) != SQLITE_NULL)
		return get_int(q);
	get_skip(q);
	return none;
}

bool get_bool(struct stmt *q)
{
	return get_range(q, 0, 1);
}

const char *get_text(struct stmt *q, struct arena *arena)
{
	const unsigned char *text = sqlite3_column_text(q->st, q->next);
	int len = sqlite3_column_bytes(q->st, q->next++);

	return text ? arena_bytes(arena, text, (size_t)len) : NULL;
}

const char *get_card_name(struct stmt *q, struct arena *arena)
{
	const char *deck = (const char *)sqlite3_column_text(q->st, q->next++);
	const char *card = (const char *)sqlite3_column_text(q->st, q->next++);

	return arena_printf(arena, "%s/%s", deck ? deck : "", card ? card : "");
}

bool get_bytes(struct stmt *q, void *out, size_t len)
{
	const void *bytes = sqlite3_column_blob(q->st, q->next);
	int have = sqlite3_column_bytes(q->st, q->next++);

	if (!bytes || (size_t)have != len)
		return false;
	memcpy(out, bytes, len);
	return true;
}

const char *get_blob(struct stmt *q, struct arena *arena, size_t *len)
{
	const void *bytes = sqlite3_column_blob(q->st, q->next);

	*len = (size_t)sqlite3_column_bytes(q->st, q->next++);
	return arena_bytes(arena, bytes ? bytes : "", *len);
}

enum err_code store_no_card(struct error *err)
{
	return error_set(err, ERR_FOUND, "the card is not there any more");
}

enum err_code store_damaged(struct store *s, const char *what, struct error *err)
{
	return error_set(err, ERR_STORAGE,
			 "%s: the database is damaged: %s: `viva restore` brings a copy back",
			 s->path, what);
}

enum err_code store_unsound(struct store *s, struct error *err)
{
	return error_set(err, ERR_STORAGE,
			 "%s: a number of a card is damaged: `viva doctor --rebuild` recomputes "
			 "schedules, `viva doctor` says what is left",
			 s->path);
}

enum err_code store_fail(struct store *s, int rc, struct error *err)
{
	if (rc == SQLITE_CORRUPT_VTAB)
		return error_set(err, ERR_STORAGE,
				 "%s: the search index is damaged: `viva doctor --rebuild` makes "
				 "it new",
				 s->path);
	switch (rc & 0xFF) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return store_damaged(s, sqlite3_errmsg(s->db), err);
	case SQLITE_FULL:
		return error_set(err, ERR_STORAGE, "%s: disk full or quota: nothing was saved",
				 s->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, ERR_STORAGE,
				 "%s: another viva is writing to the database; try again", s->path);
	case SQLITE_READONLY:
		if (rc == SQLITE_READONLY_DBMOVED)
			return error_set(err, ERR_STORAGE,
					 "%s: the database was replaced or moved away (by `viva "
					 "restore`?): nothing was saved, start viva again",
					 s->path);
		return error_set(err, ERR_STORAGE, "%s: the database cannot be written", s->path);
	case SQLITE_CANTOPEN:
		return error_set(err, ERR_STORAGE,
				 "%s: the database, its folder or its journal cannot be opened",
				 s->path);
	case SQLITE_NOMEM:
		return error_set(err, ERR_STORAGE, "%s: out of memory", s->path);
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_WRITE)
			return error_set(err, ERR_STORAGE,
					 "%s: cannot be written, disk full or quota", s->path);
		return error_set(err, ERR_STORAGE, "%s: the disk failed: %s", s->path,
				 sqlite3_errmsg(s->db));
	default:
		return error_set(err, ERR_STORAGE, "%s: %s", s->path, sqlite3_errmsg(s->db));
	}
}

/* By exec: BEGIN, COMMIT and ROLLBACK are cheap to prepare and must work in any state. */
int store_exec(struct store *s, const char *text)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL);
}

enum err_code store_begin(struct store *s, struct error *err)
{
	int rc;

	assert(!s->in_transaction && !s->readers);
	rc = store_exec(s, "BEGIN IMMEDIATE");
	if (rc)
		return store_fail(s, rc, err);
	s->in_transaction = true;
	s->broken = false;
	return ERR_NONE;
}

void store_read_begin(struct store *s)
{
	if (s->readers++ == 0 && !s->in_transaction)
		store_exec(s, "BEGIN");
}

void store_read_end(struct store *s)
{
	assert(s->readers > 0);
	if (--s->readers == 0 && !s->in_transaction)
		store_exec(s, "COMMIT");
}

static void roll_back(struct store *s)
{
	/* SQLite has rolled back already after some errors. */
	if (!sqlite3_get_autocommit(s->db))
		store_exec(s, "ROLLBACK");
	s->machine = 0;
}

enum err_code store_end(struct store *s, bool ok, struct error *err)
{
	int rc;

	assert(s->in_transaction);
	s->in_transaction = false;
	if (!ok) {
		roll_back(s);
		return ERR_NONE;
	}
	if (s->broken || sqlite3_get_autocommit(s->db)) {
		roll_back(s);
		return error_set(err, ERR_STORAGE, "%s: a change failed and was taken back whole",
				 s->path);
	}
	rc = store_exec(s, "COMMIT");
	if (!rc)
		return ERR_NONE;
	store_fail(s, rc, err);
	roll_back(s);
	return err->code;
}

enum err_code change_begin(struct store *s, bool *own, struct error *err)
{
	*own = !s->in_transaction;
	return *own ? store_begin(s, err) : ERR_NONE;
}

enum err_code change_end(struct store *s, bool own, enum err_code rc, struct error *err)
{
	if (own)
		return store_end(s, rc == ERR_NONE, err) ? err->code : rc;
	if (rc == ERR_STORAGE)
		s->broken = true;
	return rc;
}
