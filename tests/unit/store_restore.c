#include "store_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "store/restore.h"

#define BYTES_MAX ((size_t)4 << 20)

static void close_store(struct fixture *f)
{
	store_close(f->s);
	f->s = NULL;
}

static void add_card(struct fixture *f)
{
	struct deck *d = make_deck(&f->arena, "d");
	struct changes changes;

	deck_add(d, "c", "Why?");
	must(merge(f, &changes, d));
}

/* A database with a card, a copy of it, and then `reviews` more reviews. */
static const char *history(struct fixture *f, int reviews)
{
	struct backup copy;

	add_card(f);
	answer(f, key_of(f, "d/c"), TODAY, 5);
	must(store_backup(f->s, NOW, &f->arena, &copy, &failure));
	for (int i = 1; i <= reviews; i++)
		answer(f, key_of(f, "d/c"), TODAY + i, 4);
	return copy.path;
}

static int64_t reviews_in(const char *path)
{
	struct tally tally = {0};

	must(store_read_copy(path, &tally, &failure));
	return tally.reviews;
}

static const char *restore(struct fixture *f, const char *copy)
{
	const char *kept;

	must(store_restore(f->path, copy, NOW, &f->arena, &kept, &failure));
	return kept;
}

static size_t read_bytes(const char *path, char *bytes)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, BYTES_MAX, file);
	fclose(file);
	return len;
}

static void write_bytes(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static size_t entries(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static void a_restored_database_is_the_copy_and_the_old_one_is_kept(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 3), *machine, *kept;
	struct stat st;

	machine = config(f->s, "machine", f);
	close_store(f);
	kept = restore(f, copy);
	assert_string_equal(kept, arena_printf(&f->arena, "%s.before-20261118T110640Z", f->path));
	assert_int_equal(reviews_in(kept), 4);
	reopen(f);
	assert_int_equal(reviews_in(f->path), 1);
	assert_string_not_equal(config(f->s, "machine", f), machine);
	answer(f, key_of(f, "d/c"), TODAY + 1, 5);
	assert_sound(f);
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* viva.db, its journal, the copies, what was kept */
	assert_true(entries(arena_printf(&f->arena, "%s/data", f->folder)) <= 4);
}

static void what_was_kept_can_be_restored_in_turn(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 3), *kept, *again;

	close_store(f);
	kept = restore(f, copy);
	again = restore(f, kept);
	assert_string_equal(again, arena_printf(&f->arena, "%s-2", kept));
	assert_int_equal(reviews_in(f->path), 4);
	assert_int_equal(reviews_in(again), 1);
	assert_int_equal(reviews_in(kept), 4);
}

static void what_would_be_lost_is_counted(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 3);
	struct review undone;
	struct loss loss;

	must(store_undo(f->s, NOW, &f->arena, &undone, &failure));
	must(store_set_note(f->s, key_of(f, "d/c"), "mine", NOW, &failure));
	must(store_set(f->s, key_of(f, "d/c"), SET_FLAG, 1, NOW, &failure));
	close_store(f);
	must(store_weigh_copy(f->path, copy, &f->arena, &loss, &failure));
	assert_true(loss.present);
	assert_null(loss.why);
	assert_int_equal(loss.reviews, 2);
	assert_int_equal(loss.changes, 2);
	/* The other way round the copy has nothing that the database lacks. */
	must(store_weigh_copy(copy, f->path, &f->arena, &loss, &failure));
	assert_int_equal(loss.reviews, 0);
	assert_int_equal(loss.changes, 0);
}

static void a_database_that_cannot_be_read_is_replaced_and_kept(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 0), *kept;
	char *whole = malloc(BYTES_MAX), *after = malloc(BYTES_MAX);
	size_t len, lengths[5] = {3000, 4096, 100, 17, 0};
	struct loss loss;

	close_store(f);
	len = read_bytes(f->path, whole);
	lengths[4] = len;
	memset(whole + 16, 'x', 200); /* what holds the page size and the tables */
	for (int i = 0; i < 5; i++) {
		write_bytes(f->path, whole, lengths[i]);
		must(store_weigh_copy(f->path, copy, &f->arena, &loss, &failure));
		assert_true(loss.present);
		assert_non_null(loss.why);
		kept = restore(f, copy);
		assert_int_equal(read_bytes(kept, after), lengths[i]);
		assert_memory_equal(after, whole, lengths[i]);
		assert_int_equal(reviews_in(f->path), 1);
		unlink(kept);
	}
	free(whole);
	free(after);
}

static void an_empty_or_missing_database_is_replaced(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 0);
	struct loss loss;

	close_store(f);
	write_bytes(f->path, "", 0);
	must(store_weigh_copy(f->path, copy, &f->arena, &loss, &failure));
	assert_false(loss.present);
	assert_null(restore(f, copy));
	assert_int_equal(reviews_in(f->path), 1);
	assert_int_equal(unlink(f->path), 0);
	must(store_weigh_copy(f->path, copy, &f->arena, &loss, &failure));
	assert_false(loss.present);
	assert_null(restore(f, copy));
	assert_int_equal(reviews_in(f->path), 1);
}

/* Nothing is there that was not there before. */
static void assert_refused(struct fixture *f, const char *copy, enum err_code code)
{
	const char *data = arena_printf(&f->arena, "%s/data", f->folder), *kept;
	size_t before = entries(data);

	must_fail(store_restore(f->path, copy, NOW, &f->arena, &kept, &failure), code);
	assert_null(kept);
	assert_int_equal(entries(data), before);
	assert_int_equal(reviews_in(f->path), 3);
}

static void a_copy_that_is_not_sound_changes_nothing(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 2);
	const char *other = arena_printf(&f->arena, "%s/other.db", f->folder);
	char *bytes = malloc(BYTES_MAX);
	size_t len;
	sqlite3 *raw;

	close_store(f);
	len = read_bytes(copy, bytes);
	write_bytes(other, bytes, len);
	bytes[len / 2] = (char)(bytes[len / 2] ^ 4);
	write_bytes(copy, bytes, len);
	assert_refused(f, copy, ERR_VERIFY);
	assert_refused(f, f->path, ERR_STORAGE);
	assert_refused(f, f->folder, ERR_STORAGE);
	assert_refused(f, "/nonexistent", ERR_STORAGE);
	/* Under a name without a hash the content is looked through. */
	assert_int_equal(sqlite3_open(other, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw,
				      "PRAGMA ignore_check_constraints=ON;UPDATE card SET n=-1",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_refused(f, other, ERR_VERIFY);
	assert_int_equal(sqlite3_exec(raw,
				      "UPDATE card SET n=1;CREATE TRIGGER t AFTER INSERT ON review "
				      "BEGIN DELETE FROM review; END",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	assert_refused(f, other, ERR_STORAGE);
	assert_int_equal(
		sqlite3_exec(raw, "DROP TRIGGER t;PRAGMA user_version=9", NULL, NULL, NULL),
		SQLITE_OK);
	assert_refused(f, other, ERR_STORAGE);
	assert_int_equal(sqlite3_exec(raw, "PRAGMA user_version=1;PRAGMA application_id=7", NULL,
				      NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(raw);
	assert_refused(f, other, ERR_STORAGE);
	write_bytes(other, bytes, 3000);
	assert_refused(f, other, ERR_STORAGE);
	write_bytes(other, bytes, 0);
	assert_refused(f, other, ERR_STORAGE);
	free(bytes);
}

/* Leaves the database as a crash in the middle of a commit leaves it, with all reviews gone. */
static void crash(struct fixture *f)
{
	char *db = malloc(BYTES_MAX), *journal = malloc(BYTES_MAX);
	const char *name = arena_printf(&f->arena, "%s-journal", f->path);
	size_t db_len, journal_len;
	sqlite3 *raw;

	close_store(f);
	assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw,
				      "PRAGMA cache_size=1;PRAGMA journal_mode=TRUNCATE;BEGIN;"
				      "DELETE FROM review;CREATE TABLE filler(a);"
				      "INSERT INTO filler SELECT randomblob(90000)",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	db_len = read_bytes(f->path, db);
	journal_len = read_bytes(name, journal);
	assert_true(journal_len > 512);
	sqlite3_close(raw);
	write_bytes(f->path, db, db_len);
	write_bytes(name, journal, journal_len);
	free(db);
	free(journal);
}

static void the_journal_of_the_old_database_stays_with_it(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 3), *kept;
	char *whole = malloc(BYTES_MAX), *after = malloc(BYTES_MAX);
	size_t len;

	crash(f);
	kept = restore(f, copy);
	len = read_bytes(f->path, whole);
	reopen(f); /* which would apply a journal that lay there */
	assert_int_equal(reviews_in(f->path), 1);
	close_store(f);
	assert_int_equal(read_bytes(f->path, after), len);
	assert_memory_equal(after, whole, len);
	assert_int_equal(reviews_in(kept), 4);
	free(whole);
	free(after);
}

static void a_journal_without_its_database_is_not_applied_to_another(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 3);
	const char *journal = arena_printf(&f->arena, "%s-journal", f->path);

	crash(f);
	assert_int_equal(unlink(f->path), 0);
	must_fail(store_open(&f->s, f->path, STORE_WRITE, &failure), ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "viva restore"));
	assert_int_not_equal(access(f->path, F_OK), 0);
	assert_null(restore(f, copy));
	assert_int_not_equal(access(journal, F_OK), 0);
	reopen(f);
	assert_int_equal(reviews_in(f->path), 1);
	assert_sound(f);
}

static void wait_for(int fd)
{
	char byte;

	assert_int_equal(read(fd, &byte, 1), 1);
}

static void tell(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

/* Another process that has the database open, and what it does before and after the restore. */
static void beside(struct fixture *f, const char *copy, int (*other)(struct fixture *, int, int))
{
	int up[2], down[2], status;
	pid_t child;

	close_store(f);
	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	child = fork();
	if (child == 0)
		_exit(other(f, up[1], down[0]));
	wait_for(up[0]);
	restore(f, copy);
	tell(down[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	for (int i = 0; i < 2; i++) {
		close(up[i]);
		close(down[i]);
	}
}

static int write_after(struct fixture *f, int up, int down)
{
	struct error err = ERROR_INIT;
	struct schedule after;
	struct review r;
	int64_t key;

	if (store_open(&f->s, f->path, STORE_WRITE, &err) ||
	    store_find_card(f->s, "d/c", &key, &err))
		return 2;
	tell(up);
	wait_for(down);
	r = make_review(key, TODAY + 9, 5);
	if (store_add_review(f->s, &r, &after, &err) != ERR_STORAGE)
		return 3;
	if (!strstr(err.msg, "replaced") || !strstr(err.msg, "start viva again"))
		return 4;
	/* It stays so, and a new start is all it takes. */
	if (store_set_config(f->s, "new", "3", NOW, &err) != ERR_STORAGE)
		return 5;
	store_close(f->s);
	if (store_open(&f->s, f->path, STORE_WRITE, &err) ||
	    store_set_config(f->s, "new", "3", NOW, &err))
		return 6;
	store_close(f->s);
	return 0;
}

static void a_program_that_has_the_old_one_open_writes_nowhere(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 3);

	beside(f, copy, write_after);
	assert_int_equal(reviews_in(f->path), 1);
	assert_int_equal(reviews_in(arena_printf(&f->arena, "%s.before-20261118T110640Z", f->path)),
			 4);
	reopen(f);
	assert_string_equal(config(f->s, "new", f), "3");
	assert_sound(f);
}

/* Holds the lock for a moment, in which the restore waits. */
static int write_slowly(struct fixture *f, int up, int down)
{
	struct error err = ERROR_INIT;
	struct stat before, now;
	struct schedule after;
	struct review r;
	int64_t key;

	(void)down;
	if (store_open(&f->s, f->path, STORE_WRITE, &err) ||
	    store_find_card(f->s, "d/c", &key, &err) || store_begin(f->s, &err))
		return 2;
	r = make_review(key, TODAY + 9, 5);
	if (store_add_review(f->s, &r, &after, &err))
		return 3;
	if (stat(f->path, &before))
		return 5;
	tell(up);
	sqlite3_sleep(300);
	if (stat(f->path, &now) || now.st_ino != before.st_ino)
		return 6; /* replaced in the middle of the change */
	if (store_end(f->s, true, &err))
		return 4;
	store_close(f->s);
	return 0;
}

static void a_change_that_is_being_written_is_waited_for(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 3);

	beside(f, copy, write_slowly);
	assert_int_equal(reviews_in(f->path), 1);
	assert_int_equal(reviews_in(arena_printf(&f->arena, "%s.before-20261118T110640Z", f->path)),
			 5);
}

static void a_link_to_the_database_stays_one(void **state)
{
	struct fixture *f = *state;
	const char *copy = history(f, 3), *kept;
	const char *link = arena_printf(&f->arena, "%s/link.db", f->folder);
	struct stat st;

	close_store(f);
	assert_int_equal(symlink(f->path, link), 0);
	must(store_restore(link, copy, NOW, &f->arena, &kept, &failure));
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(reviews_in(f->path), 1);
	assert_int_equal(reviews_in(kept), 4);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(a_restored_database_is_the_copy_and_the_old_one_is_kept),
		T(what_was_kept_can_be_restored_in_turn),
		T(what_would_be_lost_is_counted),
		T(a_database_that_cannot_be_read_is_replaced_and_kept),
		T(an_empty_or_missing_database_is_replaced),
		T(a_copy_that_is_not_sound_changes_nothing),
		T(the_journal_of_the_old_database_stays_with_it),
		T(a_journal_without_its_database_is_not_applied_to_another),
		T(a_program_that_has_the_old_one_open_writes_nowhere),
		T(a_change_that_is_being_written_is_waited_for),
		T(a_link_to_the_database_stays_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
