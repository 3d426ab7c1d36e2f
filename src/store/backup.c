#include "store/backup.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "internal.h"

/* A database that was replaced or moved since it was opened is not the user's any more. */
static enum err_code refuse_moved(struct store *s, struct error *err)
{
	int moved = 0;

	if (s->in_memory)
		return error_set(err, ERR_STORAGE, "%s: there is no database yet", s->path);
	if (!sqlite3_file_control(s->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) && moved)
		return store_fail(s, SQLITE_READONLY_DBMOVED, err);
	return ERR_NONE;
}

static enum err_code refuse_existing(const char *path, struct error *err)
{
	return error_set(err, ERR_STORAGE, "%s: is there already and stays as it is", path);
}

enum err_code store_copy(struct store *from, struct store *to, struct error *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");
	int rc = b ? sqlite3_backup_step(b, -1) : sqlite3_errcode(to->db);

	sqlite3_backup_finish(b);
	switch (rc & 0xFF) {
	case SQLITE_DONE:
		return ERR_NONE;
	case SQLITE_FULL:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		return store_fail(to, rc, err);
	case SQLITE_IOERR:
		return store_fail(rc == SQLITE_IOERR_READ ? from : to, rc, err);
	default:
		return store_fail(from, rc, err);
	}
}

/* A checked and synced copy under a temporary name; store_drop_temp() in any case. */
static enum err_code copy_to_temp(struct store *s, const char *folder, struct store *temp,
				  struct hash *hash, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *flaw = NULL;
	enum err_code rc = store_temp(temp, folder, base_of(s->path), folder, err);

	if (!rc) {
		store_small_cache(s, true);
		store_small_cache(temp, true);
		rc = store_copy(s, temp, err);
		store_small_cache(s, false);
	}
	if (!rc)
		rc = store_flaw(temp, CHECK_WHOLE, &arena, &flaw, err);
	if (!rc && flaw)
		rc = store_flawed(s, flaw, err);
	store_disconnect(temp);
	if (!rc)
		rc = sync_file(temp->file, err);
	if (!rc)
		rc = hash_file(temp->file, hash, err);
	arena_release(&arena);
	return rc;
}

/* Gives the copy its name and fills in *out. */
static enum err_code name_copy(const struct store *temp, const char *folder, const char *path,
			       bool replace, struct arena *arena, struct backup *out,
			       struct error *err)
{
	bool done = true;
	enum err_code rc = publish(temp->file, path, replace, &done, err);

	if (!rc && !done)
		rc = refuse_existing(path, err);
	if (!rc)
		rc = sync_folder(folder, err);
	if (!rc)
		store_backup_at(arena_str(arena, path), out);
	return rc;
}

enum err_code store_backup(struct store *s, int64_t now, struct arena *arena, struct backup *out,
			   struct error *err)
{
	const char *base = base_of(s->path), *path;
	char *folder = backups_folder(s->path);
	struct store temp = {0};
	struct backup *list;
	struct hash hash;
	size_t count;
	enum err_code rc = refuse_moved(s, err);

	assert(!s->in_transaction);
	if (!rc)
		rc = make_folder(folder, err);
	if (!rc)
		rc = backups_list(folder, base, arena, &list, &count, err);
	if (!rc)
		rc = copy_to_temp(s, folder, &temp, &hash, err);
	if (!rc) {
		path = arena_printf(arena, "%s/%s", folder, backup_name(base, now, &hash, arena));
		if (count && str_eq(list[0].digest, path + strlen(path) - DIGEST_LEN))
			*out = list[0];
		else
			rc = name_copy(&temp, folder, path, true, arena, out, err);
	}
	store_drop_temp(&temp);
	if (!rc)
		backups_tidy(folder, base, now);
	free(folder);
	return rc;
}

enum err_code store_backup_daily(struct store *s, int64_t now, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct backup copy;
	enum err_code rc = ERR_NONE;

	if (!backups_has_day(s, now))
		rc = store_backup(s, now, &arena, &copy, err);
	arena_release(&arena);
	return rc;
}

enum err_code store_backup_to(struct store *s, const char *path, int64_t now, struct arena *arena,
			      struct backup *out, struct error *err)
{
	struct store temp = {0};
	struct stat st;
	struct hash hash;
	bool there = lstat(path, &st) == 0;
	bool inside = there && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	char *folder = inside ? mem_copy_str(path) : folder_of(path);
	enum err_code rc = refuse_moved(s, err);

	if (!rc && there && !inside)
		rc = refuse_existing(path, err);
	if (!rc)
		rc = copy_to_temp(s, folder, &temp, &hash, err);
	if (!rc && inside)
		path = arena_printf(arena, "%s/%s", folder,
				    backup_name(base_of(s->path), now, &hash, arena));
	if (!rc)
		rc = name_copy(&temp, folder, path, false, arena, out, err);
	store_drop_temp(&temp);
	free(folder);
	return rc;
}
