#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "internal.h"
#include "store/remote.h"

static const char sql_list[] =
	"SELECT id,time,serial,in_force FROM edition WHERE source_id=? ORDER BY id DESC";

enum err_code store_editions(struct store *s, int64_t source, struct arena *arena,
			     struct remote_edition **out, size_t *count, struct error *err)
{
	struct stmt *q = sql(s, sql_list);
	enum err_code rc;
	bool more;

	*out = arena_array(arena, EDITIONS_KEPT, sizeof(**out));
	*count = 0;
	put_int(q, source);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more && *count < EDITIONS_KEPT) {
		struct remote_edition *e = &(*out)[(*count)++];

		e->id = get_int(q);
		e->time = get_int(q);
		e->serial = get_number(q, -1);
		e->in_force = get_bool(q);
	}
	stmt_reset(q);
	return rc;
}

static const char sql_files[] = "SELECT f.name,c.hash,c.bytes FROM edition_file f JOIN content c"
				" ON c.id=f.content_id WHERE f.edition_id=? ORDER BY f.name";

enum err_code store_edition_files(struct store *s, int64_t edition, struct arena *arena,
				  struct content **out, size_t *count, struct error *err)
{
	struct stmt *q = sql(s, sql_files);
	struct content *list = NULL;
	size_t n = 0, cap = 0;
	enum err_code rc;
	bool more;

	put_int(q, edition);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct content c = {0};

		c.name = get_text(q, arena);
		get_bytes(q, c.hash.bytes, HASH_SIZE);
		c.bytes = get_blob(q, arena, &c.len);
		mem_grow(&list, n, &cap, sizeof(*list));
		list[n++] = c;
	}
	*out = arena_array(arena, n, sizeof(*list));
	if (n)
		memcpy(*out, list, n * sizeof(*list));
	*count = n;
	free(list);
	return rc;
}

static const char sql_content[] = "SELECT bytes FROM content WHERE hash=?";

enum err_code store_content(struct store *s, const struct hash *hash, struct arena *arena,
			    const char **bytes, size_t *len, struct error *err)
{
	struct stmt *q = sql(s, sql_content);
	bool found;

	*bytes = NULL;
	put_bytes(q, hash->bytes, HASH_SIZE);
	if (stmt_row(q, &found, err))
		return err->code;
	if (found) {
		*bytes = get_blob(q, arena, len);
		stmt_reset(q);
	}
	return ERR_NONE;
}

static const char sql_clear[] = "UPDATE edition SET in_force=(id=?) WHERE source_id=?";

enum err_code store_set_edition(struct store *s, int64_t source, int64_t edition, struct error *err)
{
	struct stmt *q = sql(s, sql_clear);

	put_int(q, edition);
	put_int(q, source);
	return stmt_run(q, err);
}

static const char sql_add_content[] = "INSERT OR IGNORE INTO content(hash,bytes) VALUES(?,?)";
static const char sql_add_file[] = "INSERT INTO edition_file(edition_id,name,content_id)"
				   " SELECT ?,?,id FROM content WHERE hash=?";

static enum err_code add_file(struct store *s, int64_t edition, const struct content *file,
			      struct error *err)
{
	struct stmt *q = sql(s, sql_add_content);

	put_bytes(q, file->hash.bytes, HASH_SIZE);
	put_bytes(q, file->bytes, file->len);
	if (stmt_run(q, err))
		return err->code;
	q = sql(s, sql_add_file);
	put_int(q, edition);
	put_text(q, file->name);
	put_bytes(q, file->hash.bytes, HASH_SIZE);
	return stmt_run(q, err);
}

static const char sql_drop_contents[] =
	"DELETE FROM content WHERE NOT EXISTS"
	" (SELECT 1 FROM edition_file f WHERE f.content_id=content.id)";

enum err_code edition_drop_contents(struct store *s, struct error *err)
{
	return stmt_run(sql(s, sql_drop_contents), err);
}

static const char sql_drop_old[] =
	"DELETE FROM edition WHERE source_id=?1 AND id NOT IN"
	" (SELECT id FROM edition WHERE source_id=?1 ORDER BY id DESC LIMIT ?2)";

static enum err_code drop_old(struct store *s, int64_t source, struct error *err)
{
	struct stmt *q = sql(s, sql_drop_old);

	put_int(q, source);
	put_int(q, EDITIONS_KEPT);
	if (stmt_run(q, err))
		return err->code;
	return edition_drop_contents(s, err);
}

static const char sql_drop_same[] =
	"DELETE FROM edition WHERE id=(SELECT max(id) FROM edition WHERE source_id=?)"
	" AND EXISTS(SELECT 1 FROM edition_file f JOIN content c ON c.id=f.content_id"
	" WHERE f.edition_id=edition.id AND f.name=? AND c.hash=?)";

/* An edition that has come once more must not push an older one out. */
static enum err_code drop_same(struct store *s, int64_t source, const struct content *own,
			       struct error *err)
{
	struct stmt *q = sql(s, sql_drop_same);

	put_int(q, source);
	put_text(q, own->name);
	put_bytes(q, own->hash.bytes, HASH_SIZE);
	return stmt_run(q, err);
}

static const char sql_add[] = "INSERT INTO edition(source_id,time,serial,in_force) VALUES(?,?,?,1)";

static enum err_code add_edition(struct store *s, int64_t source, int64_t time, int64_t serial,
				 const struct content *files, size_t count, struct error *err)
{
	struct stmt *q;
	int64_t id;

	if (count && drop_same(s, source, &files[0], err))
		return err->code;
	q = sql(s, sql_add);
	put_int(q, source);
	put_int(q, time);
	put_serial(q, serial);
	if (stmt_run(q, err))
		return err->code;
	id = sqlite3_last_insert_rowid(s->db);
	for (size_t i = 0; i < count; i++)
		if (add_file(s, id, &files[i], err))
			return err->code;
	if (store_set_edition(s, source, id, err))
		return err->code;
	return drop_old(s, source, err);
}

enum err_code store_add_edition(struct store *s, int64_t source, int64_t time, int64_t serial,
				const struct content *files, size_t count, struct error *err)
{
	enum err_code rc;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	return change_end(s, own, add_edition(s, source, time, serial, files, count, err), err);
}
