/*
 * Putting a copy in the place of the database.
 *
 * The database that was there is never thrown away: it keeps its content under another name beside
 * the new one, together with its journal. The new one has its name by one rename, so a crash
 * leaves the old or the new one, whole. Works as well when the database is damaged, empty or
 * missing.
 */
#ifndef STORE_RESTORE_H
#define STORE_RESTORE_H

#include "store/backup.h"
#include "store/health.h"

/*
 * What is in a file that is to be put in place. ERR_VERIFY when a copy is not what its name says,
 * ERR_STORAGE when it is no database of viva that this program knows. Only reads.
 */
enum err_code store_read_copy(const char *path, struct tally *out, struct error *err);

/* What the database has that a copy lacks. */
struct loss {
	bool present;	 /* a file that is not empty is in the place of the database */
	const char *why; /* it cannot be read, and nothing below is known; NULL: it was read */
	int64_t reviews; /* that were not taken back */
	int64_t changes; /* notes, edits, marks, settings */
};
enum err_code store_weigh_copy(const char *path, const char *copy, struct arena *arena,
			       struct loss *out, struct error *err);

/*
 * Checks the copy whole, brings it to the newest format, gives it a new machine name and puts it in
 * the place of the database at `path`, which must not be open in this process. Programs that have
 * the old one open are refused by SQLite at their next write. *kept receives the name of the old
 * one, NULL where there was none. Waits 5 s for a program that is writing.
 */
enum err_code store_restore(const char *path, const char *copy, int64_t now, struct arena *arena,
			    const char **kept, struct error *err);

#endif
