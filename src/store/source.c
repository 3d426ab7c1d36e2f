#include "store/source.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "internal.h"

const char *source_kind_name(enum source_kind k)
{
	static const char *const names[] = {"bundled", "own", "local", "http"};

	assert((size_t)k < sizeof(names) / sizeof(names[0]));
	return names[k];
}

static const char sql_decks_of[] =
	"SELECT name FROM deck WHERE source_id=? AND hash IS NOT NULL ORDER BY position";

static enum err_code read_decks(struct store *s, struct source *source, struct arena *arena,
				struct error *err)
{
	struct stmt *q = sql(s, sql_decks_of);
	const char **names = NULL;
	size_t count = 0, cap = 0;
	enum err_code rc;
	bool more;

	put_int(q, source->id);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		mem_grow(&names, count, &cap, sizeof(*names));
		names[count++] = get_text(q, arena);
	}
	source->decks.items = arena_array(arena, count, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		source->decks.items[i] = names[i];
	source->decks.count = count;
	free(names);
	return rc;
}

/* A row of remote makes a source one over HTTP. */
static const char sql_sources[] =
	"SELECT id,CASE WHEN EXISTS(SELECT 1 FROM remote r WHERE r.source_id=s.id) THEN 3 ELSE kind"
	" END,location,stamp,added FROM source s ORDER BY kind,added,id";

enum err_code store_sources(struct store *s, struct arena *arena, struct source **out,
			    size_t *count, struct error *err)
{
	struct stmt *q = sql(s, sql_sources);
	struct source *list = NULL;
	size_t n = 0, cap = 0;
	enum err_code rc;
	bool more;

	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct source source = {0};

		source.id = get_int(q);
		source.kind = (enum source_kind)get_range(q, 0, SOURCE_HTTP);
		source.location = get_text(q, arena);
		source.stamp = get_text(q, arena);
		source.added = get_int(q);
		mem_grow(&list, n, &cap, sizeof(*list));
		list[n++] = source;
	}
	*out = arena_array(arena, n, sizeof(*list));
	for (size_t i = 0; i < n; i++) {
		(*out)[i] = list[i];
		if (!rc)
			rc = read_decks(s, &(*out)[i], arena, err);
	}
	*count = n;
	free(list);
	return rc;
}

static const char sql_any[] = "SELECT EXISTS(SELECT 1 FROM source)";

bool store_has_sources(struct store *s)
{
	return stmt_value(sql(s, sql_any), 1) != 0;
}

static const char sql_find[] = "SELECT id FROM source WHERE location=?";
static const char sql_add[] = "INSERT INTO source(kind,location,added) VALUES(?,?,?)";

static enum err_code log_source(struct store *s, const char *location, const char *what,
				int64_t now, struct error *err)
{
	struct event e = {.kind = EVENT_SOURCE, .time = now};

	return event_add(s, 0, &e, location, what, NULL, err);
}

enum err_code store_add_source(struct store *s, enum source_kind kind, const char *location,
			       int64_t now, int64_t *id, struct error *err)
{
	struct stmt *q;
	enum err_code rc;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	q = sql(s, sql_find);
	put_text(q, location);
	*id = stmt_value(q, 0);
	if (!*id) {
		q = sql(s, sql_add);
		put_int(q, kind == SOURCE_HTTP ? SOURCE_LOCAL : kind);
		put_text(q, location);
		put_int(q, now);
		rc = stmt_run(q, err);
		*id = sqlite3_last_insert_rowid(s->db);
		if (!rc)
			rc = log_source(s, location, "added", now, err);
	}
	return change_end(s, own, rc, err);
}

/* With its cards go their events; the reviews among them go with those. */
static const char *const sql_purge[] = {
	"DELETE FROM event WHERE card_id IN"
	" (SELECT c.id FROM card c JOIN deck d ON d.id=c.deck_id WHERE d.source_id=?)",
	"UPDATE card SET locked=0 WHERE parent_id IN"
	" (SELECT c.id FROM card c JOIN deck d ON d.id=c.deck_id WHERE d.source_id=?)",
	"DELETE FROM card WHERE deck_id IN (SELECT id FROM deck WHERE source_id=?)",
	"DELETE FROM deck WHERE source_id=?",
};
static const char sql_disown[] = "UPDATE deck SET source_id=NULL WHERE source_id=?";
static const char sql_remove[] = "DELETE FROM source WHERE id=?";
static const char sql_location[] = "SELECT location FROM source WHERE id=?";

static enum err_code remove_source(struct store *s, int64_t id, bool purge, int64_t now,
				   struct arena *arena, struct error *err)
{
	struct stmt *q = sql(s, sql_location);
	const char *location;
	bool found;

	put_int(q, id);
	if (stmt_row(q, &found, err))
		return err->code;
	if (!found)
		return ERR_NONE;
	location = get_text(q, arena);
	stmt_reset(q);
	if (purge && index_touch_source(s, id, err))
		return err->code;
	for (size_t i = 0; purge && i < sizeof(sql_purge) / sizeof(sql_purge[0]); i++)
		if (stmt_run_with(s, sql_purge[i], id, err))
			return err->code;
	if (stmt_run_with(s, sql_disown, id, err) || stmt_run_with(s, sql_remove, id, err) ||
	    edition_drop_contents(s, err))
		return err->code;
	return log_source(s, location, purge ? "purged" : "removed", now, err);
}

enum err_code store_remove_source(struct store *s, int64_t id, bool purge, int64_t now,
				  struct error *err)
{
	struct arena arena = ARENA_INIT;
	enum err_code rc;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	rc = change_end(s, own, remove_source(s, id, purge, now, &arena, err), err);
	arena_release(&arena);
	return rc;
}

static const char sql_stamp[] = "UPDATE source SET stamp=? WHERE id=?";

enum err_code store_set_stamp(struct store *s, int64_t id, const char *stamp, struct error *err)
{
	struct stmt *q = sql(s, sql_stamp);

	put_text(q, stamp);
	put_int(q, id);
	return stmt_run(q, err);
}

static const char sql_files[] =
	"SELECT path,size,mtime,inode,hash,problem FROM file WHERE source_id=? ORDER BY path";

enum err_code store_source_files(struct store *s, int64_t id, struct arena *arena,
				 struct source_file **out, size_t *count, struct error *err)
{
	struct stmt *q = sql(s, sql_files);
	struct source_file *list = NULL;
	size_t n = 0, cap = 0;
	enum err_code rc;
	bool more;

	put_int(q, id);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct source_file f = {0};

		f.path = get_text(q, arena);
		f.size = get_int(q);
		f.mtime_ns = get_int(q);
		f.inode = get_int(q);
		get_bytes(q, f.hash.bytes, sizeof(f.hash.bytes));
		f.problem = get_text(q, arena);
		mem_grow(&list, n, &cap, sizeof(*list));
		list[n++] = f;
	}
	*out = arena_array(arena, n, sizeof(*list));
	if (n)
		memcpy(*out, list, n * sizeof(*list));
	*count = n;
	free(list);
	return rc;
}

static const char sql_put_file[] =
	"INSERT INTO file(source_id,path,size,mtime,inode,hash,problem) VALUES(?,?,?,?,?,?,?)"
	" ON CONFLICT(source_id,path) DO UPDATE SET size=excluded.size,mtime=excluded.mtime,"
	"inode=excluded.inode,hash=excluded.hash,problem=excluded.problem";
static const char sql_drop_file[] = "DELETE FROM file WHERE source_id=? AND path=?";

enum err_code store_put_file(struct store *s, int64_t id, const struct source_file *f,
			     struct error *err)
{
	struct stmt *q = sql(s, sql_put_file);

	put_int(q, id);
	put_text(q, f->path);
	put_int(q, f->size);
	put_int(q, f->mtime_ns);
	put_int(q, f->inode);
	put_bytes(q, f->hash.bytes, sizeof(f->hash.bytes));
	put_text(q, f->problem);
	return stmt_run(q, err);
}

enum err_code store_drop_file(struct store *s, int64_t id, const char *path, struct error *err)
{
	struct stmt *q = sql(s, sql_drop_file);

	put_int(q, id);
	put_text(q, path);
	return stmt_run(q, err);
}

static const char sql_owner[] = "SELECT coalesce(d.source_id,0),s.location FROM deck d"
				" LEFT JOIN source s ON s.id=d.source_id WHERE d.name=?";

int64_t store_deck_owner(struct store *s, const char *deck, struct arena *arena,
			 const char **location)
{
	struct stmt *q = sql(s, sql_owner);
	struct error ignored = ERROR_INIT;
	int64_t owner = -1;
	bool found;

	*location = NULL;
	put_text(q, deck);
	if (stmt_row(q, &found, &ignored) == ERR_NONE && found) {
		owner = get_int(q);
		*location = get_text(q, arena);
		stmt_reset(q);
	}
	return owner;
}
