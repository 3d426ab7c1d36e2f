/*
 * Copies of the database, and putting one of them in its place.
 *
 * Copies lie in the folder STORE_BACKUPS beside the database and are called
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

#include "base/hash.h"
#include "store/store.h"

#define BACKUP_BYTES_MAX (INT64_C(500) << 20)

/* A copy in the folder, as its name says. Strings are arena owned. */
struct backup {
	const char *path;
	int64_t time; /* when it was made, UTC ms, whole seconds */
	int64_t size; /* bytes */
};

/*
 * Makes a copy of what is committed and drops those that need not be kept. The same content as the
 * newest copy makes no new one: *out is that. Not inside a transaction. ERR_STORAGE when the
 * database is damaged or the folder cannot be written: then nothing has changed.
 */
enum err_code store_backup(struct store *s, int64_t now, struct arena *arena, struct backup *out,
			   struct error *err);

/* The same unless there is a copy of this day: before and after what changes much. */
enum err_code store_backup_daily(struct store *s, int64_t now, struct error *err);

#endif
