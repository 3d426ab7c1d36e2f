/*
 * Copies of the database.
 *
 * They lie in the folder STORE_BACKUPS beside it and are called
 * "viva.db.20261120T090000Z.1a2b3c4d5e6f7081": the database, the time in UTC, and the first 16
 * digits of the SHA-256 of the file (`sha256sum`), by which damage of a copy is noticed. A copy is
 * made under a temporary name, checked whole (integrity_check) and synced before it has its name,
 * so a damaged database never makes one.
 *
 * Kept are the newest copy of each of the five newest days that have one and, of what is older,
 * the newest of each of three weeks; all together at most BACKUP_BYTES_MAX, but always the newest.
 * Days and weeks (from Monday) are those of UTC.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stddef.h>

#include "store/store.h"

#define BACKUP_BYTES_MAX (INT64_C(500) << 20)

/* A copy, as its name says. */
struct backup {
	const char *path;   /* arena owned */
	const char *digest; /* its last 16 digits; NULL and time 0 under a name of the user's */
	int64_t time;	    /* when it was made, UTC ms, whole seconds */
	int64_t size;	    /* bytes */
};

/*
 * Makes a copy of what is committed and drops those that need not be kept. The same content as the
 * newest copy makes no new one: *out is that. Not inside a transaction. ERR_STORAGE when the
 * database is damaged or the folder cannot be written: then no copy is dropped.
 */
enum err_code store_backup(struct store *s, int64_t now, struct arena *arena, struct backup *out,
			   struct error *err);

/* The same before something that changes much, unless there is a copy of this day already. */
enum err_code store_backup_daily(struct store *s, int64_t now, struct error *err);

/*
 * The same to a file of the user's choice, or into a folder of it, under the usual name there. What
 * is there is never replaced: ERR_STORAGE.
 */
enum err_code store_backup_to(struct store *s, const char *path, int64_t now, struct arena *arena,
			      struct backup *out, struct error *err);

/* Whether there is a copy of these times. False as well when the folder cannot be read. */
bool store_has_backup(struct store *s, int64_t from, int64_t to);

/*
 * The copies of the database at `path` (which itself may be damaged or missing), newest first. No
 * folder is no copies. Where they cannot be looked at there may be some: store_has_backups() is
 * true.
 */
enum err_code store_list_backups(const char *path, struct arena *arena, struct backup **out,
				 size_t *count, struct error *err);
bool store_has_backups(const char *path);

/*
 * Whether there is a file at `path` with the name of a copy, of any database and in any folder.
 * *out is it; of a file with another name it has path and size.
 */
bool store_backup_at(const char *path, struct backup *out);

/* ERR_VERIFY when the file is not what its name says. */
enum err_code store_verify_backup(const struct backup *copy, struct error *err);

#endif
