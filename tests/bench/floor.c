/*
 * The floor: what the least program in C on SQLite costs that keeps a trainer's promises (journal
 * TRUNCATE, synchronous EXTRA, one transaction a grade, an index for what is due).
 *
 *   floor import DB FILE...   makes DB and puts the cards of the deck files into it, at once
 *   floor due DB              prints how many cards are due
 *   floor first DB            prints the first due card, asks for a line below it
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef FLOOR_READLINE
#include <readline/readline.h>
#endif

#include "floor.h"

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text;
	long size;

	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		exit(1);
	text = malloc((size_t)size + 1);
	if (!text || fread(text, 1, (size_t)size, f) != (size_t)size)
		exit(1);
	text[size] = '\0';
	fclose(f);
	return text;
}

/* A card is what stands from one "## " to the next. */
static void import_file(sqlite3 *db, const char *path)
{
	sqlite3_stmt *add;
	char *text = read_all(path), *card = strstr(text, "\n## ");

	floor_check(db, sqlite3_prepare_v2(db,
					   "INSERT INTO card(deck,question,answer)"
					   " VALUES(?,?,?)",
					   -1, &add, NULL));
	while (card) {
		char *question = card + 4, *answer = strchr(question, '\n');
		char *next = answer ? strstr(answer, "\n## ") : NULL;
		size_t len = next ? (size_t)(next - answer) : strlen(answer ? answer : "");

		sqlite3_bind_text(add, 1, path, -1, SQLITE_STATIC);
		sqlite3_bind_text(add, 2, question, (int)(answer - question), SQLITE_STATIC);
		sqlite3_bind_text(add, 3, answer, (int)len, SQLITE_STATIC);
		if (sqlite3_step(add) != SQLITE_DONE)
			floor_check(db, SQLITE_ERROR);
		sqlite3_reset(add);
		card = next;
	}
	sqlite3_finalize(add);
	free(text);
}

static void import(sqlite3 *db, int count, char **paths)
{
	floor_run(db, FLOOR_SCHEMA "BEGIN IMMEDIATE");
	for (int i = 0; i < count; i++)
		import_file(db, paths[i]);
	floor_run(db, "UPDATE card SET due=id%100 WHERE id%10=0;COMMIT");
}

static sqlite3_stmt *first_row(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q;

	floor_check(db, sqlite3_prepare_v2(db, sql, -1, &q, NULL));
	if (sqlite3_step(q) != SQLITE_ROW)
		floor_check(db, SQLITE_ERROR);
	return q;
}

static void ask(sqlite3 *db)
{
	sqlite3_stmt *q = first_row(db, "SELECT question FROM card WHERE due<=100 ORDER BY due");

	printf("%s\n", (const char *)sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
#ifdef FLOOR_READLINE
	free(readline("> "));
#endif
}

int main(int argc, char **argv)
{
	sqlite3 *db = floor_open(argc > 2 ? argv[2] : "");

	if (argc > 3 && strcmp(argv[1], "import") == 0) {
		import(db, argc - 3, argv + 3);
	} else if (argc == 3 && strcmp(argv[1], "due") == 0) {
		sqlite3_stmt *q = first_row(db, "SELECT count(*) FROM card WHERE due<=100");

		printf("%d due\n", sqlite3_column_int(q, 0));
		sqlite3_finalize(q);
	} else if (argc == 3 && strcmp(argv[1], "first") == 0) {
		ask(db);
	} else {
		return 2;
	}
	sqlite3_close(db);
	return 0;
}
