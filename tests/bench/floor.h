/* What floor.c and grade.c share: the database of the floor. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define FLOOR_SCHEMA \
	"CREATE TABLE card(id INTEGER PRIMARY KEY,deck TEXT,question TEXT,answer TEXT," \
	"n INTEGER,ef INTEGER,interval INTEGER,due INTEGER);" \
	"CREATE INDEX card_due ON card(due) WHERE due IS NOT NULL;" \
	"CREATE TABLE review(id INTEGER PRIMARY KEY,uid BLOB UNIQUE,card INTEGER,time INTEGER," \
	"grade INTEGER,answer TEXT);"

static inline void floor_check(sqlite3 *db, int rc)
{
	if (rc == SQLITE_OK)
		return;
	fprintf(stderr, "floor: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static inline void floor_run(sqlite3 *db, const char *sql)
{
	floor_check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static inline sqlite3 *floor_open(const char *path)
{
	sqlite3 *db;

	floor_check(NULL, sqlite3_open(path, &db));
	floor_run(db, "PRAGMA journal_mode=TRUNCATE;PRAGMA synchronous=EXTRA;"
		      "PRAGMA cache_size=-65536");
	return db;
}

#endif
