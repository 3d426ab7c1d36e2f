#include "store_fixture.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>

#define BYTES_MAX (4u << 20)

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void write_bytes(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
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

/* What another program does to the file, without any of our settings. */
static void spoil(const char *path, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA ignore_check_constraints=ON;PRAGMA writable_schema=ON", NULL, NULL,
		     NULL);
	if (sqlite3_exec(db, text, NULL, NULL, NULL))
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void close_store(struct fixture *f)
{
	store_close(f->s);
	f->s = NULL;
}

/* The file is refused in both modes, and neither it nor its folder changes. */
static void assert_refused(struct fixture *f, enum err_code code)
{
	char *before = malloc(BYTES_MAX), *after = malloc(BYTES_MAX);
	size_t len = read_bytes(f->path, before);
	struct store *s;

	must_fail(store_open(&s, f->path, STORE_WRITE, &failure), code);
	assert_null(s);
	must_fail(store_open(&s, f->path, STORE_READ, &failure), code);
	assert_non_null(strstr(failure.msg, "viva.db"));
	assert_int_equal(read_bytes(f->path, after), len);
	assert_memory_equal(before, after, len);
	assert_false(is_there(arena_printf(&f->arena, "%s-wal", f->path)));
	free(before);
	free(after);
}

static void a_new_database_and_its_folder_are_private(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mode_of(f->path), 0600);
	assert_int_equal(mode_of(arena_printf(&f->arena, "%s/data", f->folder)), 0700);
}

static void a_database_that_others_can_read_is_closed_to_them(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	close_store(f);
	assert_int_equal(chmod(f->path, 0644), 0);
	must(store_open(&s, f->path, STORE_READ, &failure));
	store_close(s);
	assert_int_equal(mode_of(f->path), 0644);
	reopen(f);
	assert_int_equal(mode_of(f->path), 0600);
}

static void a_new_database_leaves_nothing_beside_it(void **state)
{
	struct fixture *f = *state;

	close_store(f);
	/* rmdir() works once the database and its journal are away. */
	unlink(f->path);
	unlink(arena_printf(&f->arena, "%s-journal", f->path));
	assert_int_equal(rmdir(arena_printf(&f->arena, "%s/data", f->folder)), 0);
}

static void settings_are_kept_and_can_be_removed(void **state)
{
	struct fixture *f = *state;

	assert_null(config(f->s, "minutes", f));
	must(store_set_config(f->s, "minutes", "20", NOW, &failure));
	must(store_set_config(f->s, "minutes", "25", NOW, &failure));
	reopen(f);
	assert_string_equal(config(f->s, "minutes", f), "25");
	must(store_set_config(f->s, "minutes", NULL, NOW, &failure));
	assert_null(config(f->s, "minutes", f));
}

static void every_database_has_a_machine_name_of_its_own(void **state)
{
	struct fixture *f = *state;
	const char *first = config(f->s, "machine", f);
	struct store *other;

	must(store_open(&other, arena_printf(&f->arena, "%s/other.db", f->folder), STORE_WRITE,
			&failure));
	assert_int_equal(strlen(first), 32);
	assert_string_not_equal(config(other, "machine", f), first);
	store_close(other);
}

static void a_reader_of_a_missing_file_sees_an_empty_database(void **state)
{
	struct fixture *f = *state;
	const char *path = arena_printf(&f->arena, "%s/none/viva.db", f->folder);
	struct plan_input plan;
	struct store *s;

	must(store_open(&s, path, STORE_READ, &failure));
	must(store_plan(s, TODAY, 4, LEVEL_ANY, 10, &f->arena, &plan, &failure));
	assert_int_equal(plan.count, 0);
	assert_int_equal(plan.next_due, DAY_NONE);
	must_fail(store_set_config(s, "a", "b", NOW, &failure), ERR_STORAGE);
	store_close(s);
	assert_false(is_there(arena_printf(&f->arena, "%s/none", f->folder)));
}

static void a_reader_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct store *s;

	must(store_open(&s, f->path, STORE_READ, &failure));
	must_fail(store_set_config(s, "a", "b", NOW, &failure), ERR_STORAGE);
	store_close(s);
	assert_null(config(f->s, "a", f));
}

static void a_symbolic_link_to_the_database_is_followed(void **state)
{
	struct fixture *f = *state;
	const char *link = arena_printf(&f->arena, "%s/link.db", f->folder);
	struct store *s;

	assert_int_equal(symlink(f->path, link), 0);
	must(store_open(&s, link, STORE_WRITE, &failure));
	must(store_set_config(s, "by", "link", NOW, &failure));
	store_close(s);
	assert_string_equal(config(f->s, "by", f), "link");
}

static void what_is_no_regular_file_is_refused(void **state)
{
	struct fixture *f = *state;
	const char *fifo = arena_printf(&f->arena, "%s/fifo", f->folder);
	const char *dangling = arena_printf(&f->arena, "%s/dangling", f->folder);
	struct store *s;

	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(symlink("nowhere", dangling), 0);
	must_fail(store_open(&s, fifo, STORE_WRITE, &failure), ERR_STORAGE);
	must_fail(store_open(&s, f->folder, STORE_WRITE, &failure), ERR_STORAGE);
	must_fail(store_open(&s, dangling, STORE_WRITE, &failure), ERR_STORAGE);
	assert_false(is_there(arena_printf(&f->arena, "%s/nowhere", f->folder)));
}

static void the_file_of_another_user_is_refused(void **state)
{
	struct fixture *f = *state;

	if (geteuid() != 0)
		skip();
	close_store(f);
	assert_int_equal(chown(f->path, 12345, (gid_t)-1), 0);
	assert_refused(f, ERR_STORAGE);
}

static void the_database_of_another_program_is_never_touched(void **state)
{
	struct fixture *f = *state;

	close_store(f);
	unlink(f->path);
	spoil(f->path, "PRAGMA journal_mode=WAL;PRAGMA application_id=1;CREATE TABLE theirs(a)");
	assert_refused(f, ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "another program"));
}

static void a_newer_format_is_refused_and_so_is_none(void **state)
{
	struct fixture *f = *state;

	close_store(f);
	spoil(f->path, "PRAGMA user_version=1000");
	assert_refused(f, ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "newer viva"));
	spoil(f->path, "PRAGMA user_version=-1");
	assert_refused(f, ERR_STORAGE);
	spoil(f->path, "PRAGMA user_version=0");
	assert_refused(f, ERR_STORAGE);
}

static void an_empty_file_becomes_a_database_unless_copies_lie_beside_it(void **state)
{
	struct fixture *f = *state;
	struct backup copy;

	must(store_backup(f->s, NOW, &f->arena, &copy, &failure));
	close_store(f);
	write_bytes(f->path, "", 0);
	assert_refused(f, ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "viva restore"));
	assert_int_equal(unlink(copy.path), 0);
	must(store_open(&f->s, f->path, STORE_READ, &failure));
	reopen(f);
	assert_non_null(config(f->s, "machine", f));
	assert_int_equal(mode_of(f->path), 0600);
}

static void cut_and_random_files_are_refused(void **state)
{
	struct fixture *f = *state;
	static const size_t cuts[] = {1, 15, 16, 99, 100, 512, 3000, 4096, 8192, 20000};
	char *whole = malloc(BYTES_MAX);
	char noise[5000];
	size_t len;

	close_store(f);
	len = read_bytes(f->path, whole);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		assert_true(cuts[i] < len);
		write_bytes(f->path, whole, cuts[i]);
		assert_refused(f, ERR_STORAGE);
	}
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(i * i * 31 + i / 7);
	write_bytes(f->path, noise, sizeof(noise));
	assert_refused(f, ERR_STORAGE);
	write_bytes(f->path, "hello, this is a text of mine", 29);
	assert_refused(f, ERR_STORAGE);
	free(whole);
}

/* Bytes of the first page at random: refused, or, where they do not matter, opened. No crash. */
static void a_flipped_byte_of_the_first_page_never_crashes(void **state)
{
	struct fixture *f = *state;
	char *whole = malloc(BYTES_MAX);
	size_t len;

	close_store(f);
	len = read_bytes(f->path, whole);
	for (size_t at = 0; at < 4096; at += at < 120 ? 1 : 37) {
		struct error err = ERROR_INIT;
		enum err_code rc;

		whole[at] = (char)(whole[at] ^ 0x55);
		write_bytes(f->path, whole, len);
		whole[at] = (char)(whole[at] ^ 0x55);
		rc = store_open(&f->s, f->path, STORE_WRITE, &err);
		assert_true(rc == ERR_NONE || rc == ERR_STORAGE);
		close_store(f);
	}
	free(whole);
}

static void a_planted_trigger_view_or_missing_index_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const plants[] = {
		"CREATE TRIGGER t AFTER INSERT ON review BEGIN DELETE FROM review; END",
		"CREATE VIEW v AS SELECT 1",
		"DROP INDEX card_ask",
		"ALTER TABLE draft ADD COLUMN more TEXT",
	};
	char *whole = malloc(BYTES_MAX);
	size_t len;

	close_store(f);
	len = read_bytes(f->path, whole);
	for (size_t i = 0; i < sizeof(plants) / sizeof(plants[0]); i++) {
		write_bytes(f->path, whole, len);
		spoil(f->path, plants[i]);
		assert_refused(f, ERR_STORAGE);
	}
	free(whole);
}

static void a_name_like_a_uri_is_a_file_of_that_name(void **state)
{
	struct fixture *f = *state;
	char before[4096];
	struct store *s;

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(f->folder), 0);
	must(store_open(&s, "file:x?mode=memory", STORE_WRITE, &failure));
	must(store_set_config(s, "a", "b", NOW, &failure));
	store_close(s);
	assert_true(is_there(arena_printf(&f->arena, "%s/file:x?mode=memory", f->folder)));
	must(store_open(&s, "file:x?mode=memory", STORE_READ, &failure));
	assert_string_equal(config(s, "a", f), "b");
	store_close(s);
	assert_int_equal(chdir(before), 0);
}

static void add_card(struct fixture *f)
{
	struct deck *d = make_deck(&f->arena, "d");
	struct changes changes;

	deck_add(d, "c", "Why?");
	must(merge(f, &changes, d));
}

static void values_that_the_schema_forbids_are_a_message(void **state)
{
	struct fixture *f = *state;
	static const char *const wrong[] = {
		"UPDATE card SET ef=0",		 "UPDATE card SET interval=-1",
		"UPDATE card SET last_grade=99", "UPDATE card SET due=99999999999",
		"UPDATE card SET suspended=7",	 "UPDATE card SET day_answers=-4",
	};
	struct card_info info, *list;
	struct query everything = {0};
	size_t count, bad;
	int64_t key;

	add_card(f);
	key = key_of(f, "d/c");
	answer(f, key, TODAY, 4);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct review r = make_review(key, TODAY, 4);
		struct schedule after;

		close_store(f);
		spoil(f->path, wrong[i]);
		reopen(f);
		must_fail(store_card_info(f->s, key, &f->arena, &info, &failure), ERR_STORAGE);
		must_fail(store_list_cards(f->s, &everything, TODAY, 4, &f->arena, &list, &count,
					   &failure),
			  ERR_STORAGE);
		must_fail(store_add_review(f->s, &r, &after, &failure), ERR_STORAGE);
		must(store_check_schedules(f->s, true, &bad, &failure));
		assert_int_equal(bad, 1);
		must(store_card_info(f->s, key, &f->arena, &info, &failure));
		assert_int_equal(info.schedule.due, TODAY + 1);
	}
	close_store(f);
	spoil(f->path, "UPDATE card SET level=9");
	reopen(f);
	must_fail(store_card_info(f->s, key, &f->arena, &info, &failure), ERR_STORAGE);
	close_store(f);
	spoil(f->path, "UPDATE review SET grade=99");
	reopen(f);
	must_fail(store_check_schedules(f->s, false, &bad, &failure), ERR_STORAGE);
}

static void a_wrong_cache_is_found_and_made_new_from_the_log(void **state)
{
	struct fixture *f = *state;
	size_t wrong;
	int64_t key;

	add_card(f);
	key = key_of(f, "d/c");
	for (int i = 0; i < 4; i++)
		answer(f, key, TODAY + i, 5);
	close_store(f);
	spoil(f->path, "UPDATE card SET due=due+1,ask=due+1");
	spoil(f->path, "UPDATE review SET counts=1,first=1");
	reopen(f);
	must(store_check_schedules(f->s, false, &wrong, &failure));
	assert_int_equal(wrong, 1);
	must(store_check_schedules(f->s, true, &wrong, &failure));
	assert_int_equal(wrong, 1);
	assert_sound(f);
	assert_int_equal(info_of(f, key).schedule.due, TODAY + 7);
}

static void a_committed_review_is_seen_by_another_connection(void **state)
{
	struct fixture *f = *state;
	struct store *other;
	struct card_info info;
	int64_t key;

	add_card(f);
	key = key_of(f, "d/c");
	must(store_open(&other, f->path, STORE_WRITE, &failure));
	answer(f, key, TODAY, 5);
	must(store_card_info(other, key, &f->arena, &info, &failure));
	assert_int_equal(info.schedule.due, TODAY + 1);
	must(store_set(other, key, SET_FLAG, 1, NOW, &failure));
	assert_true(info_of(f, key).schedule.flagged);
	store_close(other);
	/* Opening and closing the second one has not cost the first one its locks. */
	must(store_begin(f->s, &failure));
	must(store_open(&other, f->path, STORE_READ, &failure));
	store_close(other);
	must(store_set(f->s, key, SET_FLAG, 0, NOW, &failure));
	must(store_end(f->s, true, &failure));
	assert_sound(f);
}

static void a_transaction_that_is_not_wanted_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t key;

	add_card(f);
	key = key_of(f, "d/c");
	must(store_begin(f->s, &failure));
	answer(f, key, TODAY, 5);
	must(store_end(f->s, false, &failure));
	assert_int_equal(info_of(f, key).schedule.due, DAY_NONE);
	answer(f, key, TODAY, 5);
	assert_sound(f);
}

/* Leaves the database as a crash in the middle of a commit leaves it: with its journal. */
static void crash(struct fixture *f)
{
	char *db = malloc(BYTES_MAX), *journal = malloc(BYTES_MAX);
	const char *name = arena_printf(&f->arena, "%s-journal", f->path);
	size_t db_len, journal_len;
	sqlite3 *raw;

	close_store(f);
	assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
	/* A cache of one page is written before the commit, after its journal. */
	assert_int_equal(sqlite3_exec(raw,
				      "PRAGMA cache_size=1;PRAGMA journal_mode=TRUNCATE;BEGIN;"
				      "UPDATE card SET due=1,ask=1,n=7;"
				      "CREATE TABLE filler(a);"
				      "INSERT INTO filler SELECT randomblob(9000);"
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

static void a_change_that_was_interrupted_is_rolled_back(void **state)
{
	struct fixture *f = *state;
	enum store_mode modes[] = {STORE_WRITE, STORE_READ};

	add_card(f);
	answer(f, key_of(f, "d/c"), TODAY, 5);
	for (int i = 0; i < 2; i++) {
		crash(f);
		must(store_open(&f->s, f->path, modes[i], &failure));
		assert_int_equal(info_of(f, key_of(f, "d/c")).schedule.due, TODAY + 1);
	}
}

static void run_as_nobody(struct fixture *f, void (*check)(struct fixture *f))
{
	pid_t child;
	int status;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(f->folder, 0755), 0);
	child = fork();
	if (child == 0) {
		if (seteuid(65534))
			_exit(2);
		check(f);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void read_only_checks(struct fixture *f)
{
	struct error err = ERROR_INIT;
	const char *machine;
	struct store *s;

	if (store_open(&s, f->path, STORE_WRITE, &err) != ERR_STORAGE ||
	    !strstr(err.msg, "written"))
		_exit(3);
	if (store_open(&s, f->path, STORE_READ, &err))
		_exit(4);
	if (store_config(s, "machine", &f->arena, &machine, &err) || !machine)
		_exit(5);
	store_close(s);
}

static void a_read_only_folder_can_be_read_but_not_opened_for_writing(void **state)
{
	struct fixture *f = *state;
	const char *data = arena_printf(&f->arena, "%s/data", f->folder);

	close_store(f);
	assert_int_equal(chown(f->path, 65534, (gid_t)-1), 0);
	assert_int_equal(chmod(f->path, 0400), 0);
	assert_int_equal(chmod(data, 0555), 0);
	run_as_nobody(f, read_only_checks);
}

static void hot_journal_checks(struct fixture *f)
{
	struct error err = ERROR_INIT;
	struct store *s;

	if (store_open(&s, f->path, STORE_READ, &err) != ERR_STORAGE)
		_exit(3);
	if (!strstr(err.msg, "interrupted"))
		_exit(4);
}

static void an_interrupted_change_in_a_read_only_folder_is_said(void **state)
{
	struct fixture *f = *state;

	add_card(f);
	answer(f, key_of(f, "d/c"), TODAY, 5);
	crash(f);
	assert_int_equal(chown(f->path, 65534, (gid_t)-1), 0);
	assert_int_equal(chmod(f->path, 0400), 0);
	assert_int_equal(chmod(arena_printf(&f->arena, "%s/data", f->folder), 0555), 0);
	run_as_nobody(f, hot_journal_checks);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(a_new_database_and_its_folder_are_private),
		T(a_database_that_others_can_read_is_closed_to_them),
		T(a_new_database_leaves_nothing_beside_it),
		T(settings_are_kept_and_can_be_removed),
		T(every_database_has_a_machine_name_of_its_own),
		T(a_reader_of_a_missing_file_sees_an_empty_database),
		T(a_reader_changes_nothing),
		T(a_symbolic_link_to_the_database_is_followed),
		T(what_is_no_regular_file_is_refused),
		T(the_file_of_another_user_is_refused),
		T(the_database_of_another_program_is_never_touched),
		T(a_newer_format_is_refused_and_so_is_none),
		T(an_empty_file_becomes_a_database_unless_copies_lie_beside_it),
		T(cut_and_random_files_are_refused),
		T(a_flipped_byte_of_the_first_page_never_crashes),
		T(a_planted_trigger_view_or_missing_index_is_refused),
		T(a_name_like_a_uri_is_a_file_of_that_name),
		T(values_that_the_schema_forbids_are_a_message),
		T(a_wrong_cache_is_found_and_made_new_from_the_log),
		T(a_committed_review_is_seen_by_another_connection),
		T(a_transaction_that_is_not_wanted_leaves_nothing),
		T(a_change_that_was_interrupted_is_rolled_back),
		T(a_read_only_folder_can_be_read_but_not_opened_for_writing),
		T(an_interrupted_change_in_a_read_only_folder_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
