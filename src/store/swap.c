/* A file takes the place of the database while nobody writes to it. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define WAIT_MS 50

/* A lock by SQLite's own means, which also takes one on a file that SQLite cannot read. */
struct lock {
	sqlite3_file *file;
	const char *name;
};

static void unlock(struct lock *l)
{
	if (l->file && l->file->pMethods) {
		l->file->pMethods->xUnlock(l->file, SQLITE_LOCK_NONE);
		l->file->pMethods->xClose(l->file);
	}
	sqlite3_free_filename((char *)(uintptr_t)l->name);
	free(l->file);
}

static int lock_once(sqlite3_file *file)
{
	int rc = file->pMethods->xLock(file, SQLITE_LOCK_SHARED);

	if (!rc)
		rc = file->pMethods->xLock(file, SQLITE_LOCK_RESERVED);
	if (!rc)
		rc = file->pMethods->xLock(file, SQLITE_LOCK_EXCLUSIVE);
	if (rc)
		file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
	return rc;
}

/* Nobody reads or writes the file from now on; unlock() in any case. */
static enum err_code lock(struct lock *l, const char *path, struct error *err)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_DB, moved = 0, rc = SQLITE_NOMEM;

	l->file = mem_alloc((size_t)vfs->szOsFile);
	l->name = sqlite3_create_filename(path, "", "", 0, NULL);
	if (l->name)
		rc = vfs->xOpen(vfs, l->name, l->file, flags, NULL);
	if (!rc)
		rc = lock_once(l->file);
	for (int waited = 0; rc == SQLITE_BUSY && waited < BUSY_MS; waited += WAIT_MS) {
		sqlite3_sleep(WAIT_MS);
		rc = lock_once(l->file);
	}
	if (!rc)
		rc = l->file->pMethods->xFileControl(l->file, SQLITE_FCNTL_HAS_MOVED, &moved);
	if (!rc && !moved)
		return ERR_NONE;
	if (rc == SQLITE_BUSY || moved)
		return error_set(err, ERR_STORAGE,
				 "%s: another viva is at work on the database; try again", path);
	return error_set(err, ERR_STORAGE, "%s: cannot be locked: is it read-only?", path);
}

/* A name beside the database that no file has. */
static const char *free_name(const char *path, int64_t now, struct arena *arena)
{
	const char *first = arena_printf(arena, "%s.before-%s", path, backup_time(now, arena));
	const char *name = first;
	struct stat st;

	for (int i = 2; lstat(name, &st) == 0; i++)
		name = arena_printf(arena, "%s-%d", first, i);
	return name;
}

/* File systems without links get a rename: then there is no database for a moment. */
static enum err_code keep(const char *path, const char *kept, struct error *err)
{
	if (link(path, kept) == 0 || (errno != EEXIST && rename(path, kept) == 0))
		return ERR_NONE;
	return fail_errno(err, kept, "the present database cannot be kept under this name");
}

/* Undoes keep(). */
static void put_back(const char *path, const char *kept)
{
	if (link(kept, path) == 0 || errno == EEXIST)
		unlink(kept);
	else
		rename(kept, path);
}

/*
 * What belongs to the old database must not be found beside the new one: SQLite would apply the
 * journal to it. Under the lock a journal with content is that of a change that was broken off.
 */
static enum err_code move_journals(const char *from, const char *to, struct error *err)
{
	static const char *const suffixes[] = {"-journal", "-wal", "-shm"};
	struct arena arena = ARENA_INIT;
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		const char *old = arena_printf(&arena, "%s%s", from, suffixes[i]);
		struct stat st;

		if (stat(old, &st) == 0 && st.st_size &&
		    rename(old, arena_printf(&arena, "%s%s", to, suffixes[i])))
			rc = fail_errno(err, old, "cannot be moved away");
	}
	arena_release(&arena);
	return rc;
}

/* Under the lock: the old file and its journal step aside, then the new one has the name. */
static enum err_code replace(const char *temp, const char *path, const char *kept, enum place place,
			     struct error *err)
{
	struct error ignored = ERROR_INIT;
	bool done = true;
	enum err_code rc = ERR_NONE;

	if (place == PLACE_DATABASE)
		rc = keep(path, kept, err);
	if (rc)
		return rc;
	rc = move_journals(path, kept, err);
	if (!rc)
		rc = publish(temp, path, place != PLACE_NOTHING, &done, err);
	if (!rc && !done)
		rc = error_set(err, ERR_STORAGE,
			       "%s: another viva has just made a database; try again", path);
	if (rc && done) {
		move_journals(kept, path, &ignored);
		if (place == PLACE_DATABASE)
			put_back(path, kept);
	}
	return rc;
}

enum err_code swap_in(const char *temp, const char *path, enum place place, int64_t now,
		      struct arena *arena, const char **kept, struct error *err)
{
	const char *name = free_name(path, now, arena);
	struct lock held = {0};
	enum err_code rc = ERR_NONE;

	if (place != PLACE_NOTHING)
		rc = lock(&held, path, err);
	if (!rc)
		rc = replace(temp, path, name, place, err);
	if (held.file)
		unlock(&held);
	if (!rc && place == PLACE_DATABASE)
		*kept = name;
	return rc;
}
