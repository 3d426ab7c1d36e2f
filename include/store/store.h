/*
 * The database: opening, transactions, settings. One struct store is one connection, used by one
 * thread. The other headers of this folder hold one noun each.
 *
 * Settings of the file: STRICT tables, foreign keys, application_id, journal TRUNCATE,
 * synchronous EXTRA, the hardening of the threat model (no triggers, no views, no attached
 * files). A committed change survives a power cut from the moment the call returns.
 *
 * The event log is the truth; the schedule columns of a card are a cache of its replay, written
 * in the same transaction as the event. Reviews are append-only.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct store;

/* The folder of the copies, beside the database (store/backup.h). */
#define STORE_BACKUPS "backups"

enum store_mode {
	STORE_READ, /* works on a read-only file or folder; changes nothing but what a crash left */
	STORE_WRITE /* made when missing, brought to the newest format, after a copy, when older */
};

/*
 * Opens the database. ERR_STORAGE for what is no database of viva, one that a newer viva wrote,
 * damaged, not readable or (in STORE_WRITE) not writable. Nothing is written to a file that is
 * refused. On error *out is NULL. An empty file becomes a database, unless there are copies of the
 * one that it was. STORE_READ of a missing file gives an empty database in memory, so that
 * questions have answers before the first start. STORE_WRITE takes the rights of others away from
 * the file.
 */
enum err_code store_open(struct store **out, const char *path, enum store_mode mode,
			 struct error *err);
void store_close(struct store *s); /* NULL is fine */

/*
 * One transaction (BEGIN IMMEDIATE). They do not nest; functions that write do so inside the
 * caller's transaction when there is one, else in one of their own. store_end() commits when
 * ok is true and the commit works, else rolls back.
 */
enum err_code store_begin(struct store *s, struct error *err);
enum err_code store_end(struct store *s, bool ok, struct error *err);

/*
 * Around several reads: they see one state of the database and lock it once. It ends soon, because
 * nobody can commit meanwhile. Nothing is written in between; a failure to begin shows in the
 * reads. Inside of a transaction or of another such pair they do nothing.
 */
void store_read_begin(struct store *s);
void store_read_end(struct store *s);

/*
 * Settings as text, arena owned. *value is NULL where nothing was set; setting NULL removes it.
 * store_set_config() also writes an event. Keys are the caller's.
 */
enum err_code store_config(struct store *s, const char *key, struct arena *arena,
			   const char **value, struct error *err);
enum err_code store_set_config(struct store *s, const char *key, const char *value, int64_t now,
			       struct error *err);

#endif
