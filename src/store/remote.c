#include "store/remote.h"

#include <limits.h>

#include "internal.h"

#define COLUMNS \
	"is_index,title,trust,key,next_key,insecure,suspend_new,state,etag,modified,hash,serial," \
	"updated,refresh,moved_to,proxy,changed,checked,fetched,retry_after,failures," \
	"failing_since,said_gone,problem"

static const char sql_read[] = "SELECT " COLUMNS " FROM remote WHERE source_id=?";

/* In the order of COLUMNS. */
static struct remote get_remote(struct stmt *q, struct arena *arena)
{
	struct remote r = {0};

	r.is_index = get_bool(q);
	r.title = get_text(q, arena);
	r.trust = (enum trust)get_range(q, 0, TRUST_PINNED);
	r.key = get_text(q, arena);
	r.next_key = get_text(q, arena);
	r.insecure = get_bool(q);
	r.suspend_new = get_bool(q);
	r.state = (enum remote_state)get_range(q, 0, REMOTE_GONE);
	r.etag = get_text(q, arena);
	r.modified = get_text(q, arena);
	r.has_hash = get_bytes(q, r.hash.bytes, HASH_SIZE);
	r.serial = get_number(q, -1);
	r.updated = get_text(q, arena);
	r.refresh = get_range(q, 0, INT_MAX);
	r.moved_to = get_text(q, arena);
	r.proxy = get_text(q, arena);
	r.changed = get_number(q, 0);
	r.checked = get_number(q, 0);
	r.fetched = get_number(q, 0);
	r.retry_after = get_number(q, 0);
	r.failures = get_range(q, 0, INT_MAX);
	r.failing_since = get_number(q, 0);
	r.said_gone = get_bool(q);
	r.problem = get_text(q, arena);
	return r;
}

enum err_code store_remote(struct store *s, int64_t source, struct arena *arena, struct remote *out,
			   bool *found, struct error *err)
{
	struct stmt *q = sql(s, sql_read);

	put_int(q, source);
	if (stmt_row(q, found, err))
		return err->code;
	if (!*found)
		return ERR_NONE;
	*out = get_remote(q, arena);
	stmt_reset(q);
	return q->damaged ? store_damaged(s, "what is known of a source is out of range", err)
			  : ERR_NONE;
}

/* Not REPLACE: that would take the editions away with the old row. */
static const char sql_add[] =
	"INSERT OR IGNORE INTO remote(source_id,is_index,trust) VALUES(?,0,0)";
static const char sql_write[] =
	"UPDATE remote SET (" COLUMNS ")=(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
	" WHERE source_id=?";

/* A time, NULL for never. */
static void put_time(struct stmt *q, int64_t time)
{
	put_key(q, time);
}

/* In the order of COLUMNS. */
static void put_remote(struct stmt *q, const struct remote *r)
{
	put_int(q, r->is_index);
	put_text(q, r->title);
	put_int(q, r->trust);
	put_text(q, r->key);
	put_text(q, r->next_key);
	put_int(q, r->insecure);
	put_int(q, r->suspend_new);
	put_int(q, r->state);
	put_text(q, r->etag);
	put_text(q, r->modified);
	if (r->has_hash)
		put_bytes(q, r->hash.bytes, HASH_SIZE);
	else
		put_null(q);
	put_serial(q, r->serial);
	put_text(q, r->updated);
	put_int(q, r->refresh);
	put_text(q, r->moved_to);
	put_text(q, r->proxy);
	put_time(q, r->changed);
	put_time(q, r->checked);
	put_time(q, r->fetched);
	put_time(q, r->retry_after);
	put_int(q, r->failures);
	put_time(q, r->failing_since);
	put_int(q, r->said_gone);
	put_text(q, r->problem);
}

static enum err_code write_remote(struct store *s, int64_t source, const struct remote *r,
				  struct error *err)
{
	struct stmt *q = sql(s, sql_add);

	put_int(q, source);
	if (stmt_run(q, err))
		return err->code;
	q = sql(s, sql_write);
	put_remote(q, r);
	put_int(q, source);
	return stmt_run(q, err);
}

enum err_code store_put_remote(struct store *s, int64_t source, const struct remote *r,
			       struct error *err)
{
	enum err_code rc;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	return change_end(s, own, write_remote(s, source, r, err), err);
}

static const char sql_location_taken[] = "SELECT id FROM source WHERE location=?";
static const char sql_location[] = "SELECT location FROM source WHERE id=?";
static const char sql_move[] = "UPDATE source SET location=? WHERE id=?";

static enum err_code move_source(struct store *s, int64_t source, const char *location, int64_t now,
				 struct arena *arena, struct error *err)
{
	struct event e = {.kind = EVENT_SOURCE, .time = now};
	struct stmt *q = sql(s, sql_location_taken);
	const char *old = NULL;
	int64_t holder;
	bool found;

	put_text(q, location);
	holder = stmt_value(q, 0);
	if (holder && holder != source)
		return error_set(err, ERR_DECISION, "%s is another source already", location);
	q = sql(s, sql_location);
	put_int(q, source);
	if (stmt_row(q, &found, err))
		return err->code;
	if (found)
		old = get_text(q, arena);
	stmt_reset(q);
	q = sql(s, sql_move);
	put_text(q, location);
	put_int(q, source);
	if (stmt_run(q, err))
		return err->code;
	return event_add(s, 0, &e, location, arena_printf(arena, "was %s", old ? old : ""), NULL,
			 err);
}

enum err_code store_move_source(struct store *s, int64_t source, const char *location, int64_t now,
				struct error *err)
{
	struct arena arena = ARENA_INIT;
	enum err_code rc;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	rc = change_end(s, own, move_source(s, source, location, now, &arena, err), err);
	arena_release(&arena);
	return rc;
}
