/*
 * grade FLOOR_DB VIVA_DB COUNT: saves COUNT grades in each database, in turn, and prints the two
 * medians in microseconds: the bare commit of the floor, store_add_review() of viva.
 */
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/mem.h"
#include "floor.h"
#include "store/review.h"

#define STEP 7919 /* a prime: the cards are taken all over the database */

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct floor {
	sqlite3 *db;
	sqlite3_stmt *update, *add;
	int64_t cards;
};

static void floor_grade(struct floor *f, int64_t card)
{
	unsigned char uid[16];

	if (getrandom(uid, sizeof(uid), 0) != (ssize_t)sizeof(uid))
		abort();
	floor_run(f->db, "BEGIN IMMEDIATE");
	sqlite3_bind_int64(f->update, 1, card);
	sqlite3_bind_blob(f->add, 1, uid, sizeof(uid), SQLITE_TRANSIENT);
	sqlite3_bind_int64(f->add, 2, card);
	sqlite3_bind_int64(f->add, 3, now_us());
	if (sqlite3_step(f->update) != SQLITE_DONE || sqlite3_step(f->add) != SQLITE_DONE)
		floor_check(f->db, SQLITE_ERROR);
	sqlite3_reset(f->update);
	sqlite3_reset(f->add);
	floor_run(f->db, "COMMIT");
}

static struct floor open_floor(const char *path)
{
	struct floor f = {.db = floor_open(path)};
	sqlite3_stmt *count;

	floor_check(f.db, sqlite3_prepare_v2(f.db,
					     "UPDATE card SET n=1,ef=250,interval=1,due=101"
					     " WHERE id=?",
					     -1, &f.update, NULL));
	floor_check(f.db, sqlite3_prepare_v2(f.db,
					     "INSERT INTO review(uid,card,time,grade,answer)"
					     " VALUES(?,?,?,4,'an answer of a few words')",
					     -1, &f.add, NULL));
	floor_check(f.db, sqlite3_prepare_v2(f.db, "SELECT count(*) FROM card", -1, &count, NULL));
	if (sqlite3_step(count) == SQLITE_ROW)
		f.cards = sqlite3_column_int64(count, 0);
	sqlite3_finalize(count);
	return f;
}

static void must(enum err_code rc, const struct error *err)
{
	if (rc == ERR_NONE)
		return;
	fprintf(stderr, "grade: %s\n", err->msg);
	exit(1);
}

static void viva_grade(struct store *s, int64_t card)
{
	const struct review review = {
		.card = card,
		.time = now_us() / 1000,
		.day = 20000,
		.blind = 4,
		.grade = 4,
		.answer_ms = 30000,
		.total_ms = 60000,
		.answer = "an answer of a few words",
		.cap = 3650,
		.ask_by = DAY_NONE,
	};
	struct error err = ERROR_INIT;
	struct schedule after;

	must(store_add_review(s, &review, &after, &err), &err);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static long median(int64_t *times, size_t count)
{
	qsort(times, count, sizeof(*times), compare);
	return (long)times[count / 2];
}

int main(int argc, char **argv)
{
	size_t count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	struct error err = ERROR_INIT;
	int64_t *bare, *own;
	struct store *s;
	struct floor f;

	if (!count)
		return 2;
	bare = mem_array(count, sizeof(*bare));
	own = mem_array(count, sizeof(*own));
	must(store_open(&s, argv[2], STORE_WRITE, &err), &err);
	f = open_floor(argv[1]);
	for (size_t i = 0; i < count; i++) {
		int64_t card = (int64_t)(i + 1) * STEP % f.cards + 1, begin = now_us();

		floor_grade(&f, card);
		bare[i] = now_us() - begin;
		begin = now_us();
		viva_grade(s, card);
		own[i] = now_us() - begin;
	}
	printf("%ld %ld\n", median(bare, count), median(own, count));
	sqlite3_finalize(f.update);
	sqlite3_finalize(f.add);
	sqlite3_close(f.db);
	store_close(s);
	free(bare);
	free(own);
	return 0;
}
