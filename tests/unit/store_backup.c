#include "store_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "store/health.h"

#define DAY_MS (INT64_C(86400) * 1000)

static const char *backups_of(struct fixture *f)
{
	return arena_printf(&f->arena, "%s/data/%s", f->folder, STORE_BACKUPS);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

/* Entries of a folder without . and .. */
static size_t entries(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	if (!dir)
		return 0;
	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 2;
}

static struct backup back_up(struct fixture *f, int64_t now)
{
	struct backup copy = {0};

	must(store_backup(f->s, now, &f->arena, &copy, &failure));
	return copy;
}

static size_t list(struct fixture *f, struct backup **copies)
{
	size_t count;

	must(store_list_backups(f->path, &f->arena, copies, &count, &failure));
	return count;
}

/* A file with the name of a copy that was made `days` before NOW, of so many bytes. */
static void plant(struct fixture *f, int days, int64_t bytes)
{
	time_t when = (time_t)(NOW / 1000 - (int64_t)days * 86400);
	struct tm tm;
	char stamp[32];
	int fd;

	assert_non_null(gmtime_r(&when, &tm));
	assert_true(strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm) > 0);
	mkdir(backups_of(f), 0700);
	fd = open(arena_printf(&f->arena, "%s/viva.db.%s.%016d", backups_of(f), stamp, abs(days)),
		  O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, bytes), 0);
	close(fd);
}

/* How many days ago the copies that are there were made, newest first. */
static void assert_kept(struct fixture *f, const int *days, size_t count)
{
	struct backup *copies;

	assert_int_equal(list(f, &copies), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal((NOW - copies[i].time) / DAY_MS, days[i]);
}

static void flip(const char *path, long at)
{
	FILE *file = fopen(path, "r+b");
	int byte;

	assert_non_null(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	byte = fgetc(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	fputc(byte ^ 1, file);
	fclose(file);
}

static void a_copy_is_private_whole_and_named_by_time_and_content(void **state)
{
	struct fixture *f = *state;
	struct backup copy, *copies;
	struct tally tally;
	struct store *s;

	must(store_set_config(f->s, "minutes", "25", NOW, &failure));
	copy = back_up(f, NOW + 999);
	assert_int_equal(mode_of(backups_of(f)), 0700);
	assert_int_equal(mode_of(copy.path), 0600);
	assert_non_null(strstr(copy.path, "/data/backups/viva.db.20261118T110640Z."));
	assert_int_equal(entries(backups_of(f)), 1);
	assert_int_equal(list(f, &copies), 1);
	assert_string_equal(copies[0].path, copy.path);
	assert_int_equal(copies[0].time, NOW);
	assert_int_equal(copies[0].size, copy.size);
	must(store_verify_backup(&copies[0], &failure));
	must(store_open(&s, copy.path, STORE_READ, &failure));
	assert_string_equal(config(s, "minutes", f), "25");
	must(store_tally(s, &tally, &failure));
	assert_int_equal(tally.reviews, 0);
	store_close(s);
}

static void the_same_content_makes_no_second_copy(void **state)
{
	struct fixture *f = *state;
	struct backup first = back_up(f, NOW), second;

	reopen(f);
	second = back_up(f, NOW + 3 * DAY_MS);
	assert_string_equal(first.path, second.path);
	assert_int_equal(second.time, NOW);
	must(store_set_config(f->s, "new", "3", NOW, &failure));
	second = back_up(f, NOW + 3 * DAY_MS);
	assert_string_not_equal(first.path, second.path);
	assert_int_equal(entries(backups_of(f)), 2);
}

static void one_copy_a_day_is_made(void **state)
{
	struct fixture *f = *state;
	struct backup *copies;

	assert_false(store_has_backup(f->s, 0, INT64_MAX));
	must(store_backup_daily(f->s, NOW, &failure));
	assert_true(store_has_backup(f->s, NOW + 500, NOW + 900));
	assert_false(store_has_backup(f->s, NOW + 1000, INT64_MAX));
	assert_false(store_has_backup(f->s, 0, NOW - 1));
	must(store_set_config(f->s, "new", "3", NOW, &failure));
	must(store_backup_daily(f->s, NOW + 3600 * 1000, &failure));
	assert_int_equal(list(f, &copies), 1);
	must(store_backup_daily(f->s, NOW + DAY_MS, &failure));
	assert_int_equal(list(f, &copies), 2);
	assert_int_equal(copies[0].time, NOW + DAY_MS);
}

static void five_days_and_three_weeks_are_kept(void **state)
{
	struct fixture *f = *state;
	/* NOW is a Wednesday: 3, 10 and 17 days before it are Sundays, the last days of weeks. */
	static const int kept[] = {0, 1, 2, 3, 4, 5, 10, 17};

	for (int day = 1; day < 60; day++)
		plant(f, day, 10);
	back_up(f, NOW);
	assert_kept(f, kept, 8);
}

static void the_newest_copy_of_a_day_stands_for_it(void **state)
{
	struct fixture *f = *state;
	struct backup last, *copies;

	for (int i = 0; i < 3; i++) {
		must(store_set_config(f->s, "new", arena_printf(&f->arena, "%d", i), NOW,
				      &failure));
		last = back_up(f, NOW + i * 1000);
	}
	assert_int_equal(list(f, &copies), 1);
	assert_string_equal(copies[0].path, last.path);
}

static void copies_that_are_too_large_together_go_but_never_the_newest(void **state)
{
	struct fixture *f = *state;
	static const int kept[] = {0, 1, 2};
	static const int newest[] = {-1};

	for (int day = 1; day < 5; day++)
		plant(f, day, BACKUP_BYTES_MAX / 3);
	back_up(f, NOW);
	assert_kept(f, kept, 3);
	plant(f, -1, BACKUP_BYTES_MAX + 1);
	must(store_set_config(f->s, "new", "3", NOW, &failure));
	back_up(f, NOW + 5000);
	assert_kept(f, newest, 1);
}

static void files_of_others_stay(void **state)
{
	struct fixture *f = *state;
	const char *theirs[] = {"other.db.20200101T000000Z.0123456789abcdef",
				"viva.db.20200101T000000Z.0123456789abcde",
				"viva.db.2020-01-01.0123456789abcdef", "notes.txt"};

	for (int day = 1; day < 20; day++)
		plant(f, day, 10);
	for (int i = 0; i < 4; i++)
		close(open(arena_printf(&f->arena, "%s/%s", backups_of(f), theirs[i]),
			   O_CREAT | O_WRONLY, 0600));
	back_up(f, NOW);
	assert_int_equal(entries(backups_of(f)), 8 + 4);
}

static void what_a_broken_off_copy_left_goes_a_day_later(void **state)
{
	struct fixture *f = *state;
	struct timespec old[2] = {{.tv_sec = NOW / 1000 - 90000}, {.tv_sec = NOW / 1000 - 90000}};
	struct timespec fresh[2] = {{.tv_sec = NOW / 1000 - 60}, {.tv_sec = NOW / 1000 - 60}};
	const char *gone = arena_printf(&f->arena, "%s/.viva.db.AbCdEf", backups_of(f));
	const char *stays = arena_printf(&f->arena, "%s/.viva.db.GhIjKl", backups_of(f));

	plant(f, 1, 10);
	close(open(gone, O_CREAT | O_WRONLY, 0600));
	close(open(stays, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(utimensat(AT_FDCWD, gone, old, 0), 0);
	assert_int_equal(utimensat(AT_FDCWD, stays, fresh, 0), 0);
	back_up(f, NOW);
	assert_int_not_equal(access(gone, F_OK), 0);
	assert_int_equal(access(stays, F_OK), 0);
}

static void any_flipped_bit_of_a_copy_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct backup copy = back_up(f, NOW), *copies;

	for (long at = 0; at < copy.size; at += copy.size / 20) {
		flip(copy.path, at);
		assert_int_equal(list(f, &copies), 1);
		must_fail(store_verify_backup(&copies[0], &failure), ERR_VERIFY);
		flip(copy.path, at);
		must(store_verify_backup(&copies[0], &failure));
	}
	assert_int_equal(truncate(copy.path, copy.size - 1), 0);
	must_fail(store_verify_backup(&copy, &failure), ERR_VERIFY);
}

/* Writes over the root page of a table. */
static void damage(struct fixture *f, const char *table)
{
	sqlite3 *raw;
	sqlite3_stmt *q;
	long page;
	FILE *file;

	assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(raw, "SELECT rootpage FROM sqlite_schema WHERE name=?",
					    -1, &q, NULL),
			 SQLITE_OK);
	sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	page = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(raw);
	file = fopen(f->path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, (page - 1) * 4096, SEEK_SET), 0);
	assert_int_equal(fwrite("not a page of a tree", 20, 1, file), 1);
	fclose(file);
}

static void a_damaged_database_makes_no_copy_and_drops_none(void **state)
{
	struct fixture *f = *state;
	struct backup copy;

	for (int day = 1; day < 20; day++)
		plant(f, day, 10);
	must(store_quick_check(f->s, &failure));
	store_close(f->s);
	damage(f, "event");
	f->s = NULL;
	reopen(f);
	must_fail(store_backup(f->s, NOW, &f->arena, &copy, &failure), ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "viva doctor"));
	assert_int_equal(entries(backups_of(f)), 19);
	must_fail(store_quick_check(f->s, &failure), ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "viva doctor"));
}

static void a_copy_never_replaces_a_file_of_the_user(void **state)
{
	struct fixture *f = *state;
	const char *mine = arena_printf(&f->arena, "%s/mine.db", f->folder);
	const char *link = arena_printf(&f->arena, "%s/link", f->folder);
	struct backup copy;
	size_t before;

	must(store_backup_to(f->s, mine, NOW, &f->arena, &copy, &failure));
	assert_string_equal(copy.path, mine);
	assert_int_equal(mode_of(mine), 0600);
	assert_false(store_backup_at(mine, &copy));
	before = entries(f->folder);
	must_fail(store_backup_to(f->s, mine, NOW, &f->arena, &copy, &failure), ERR_STORAGE);
	assert_int_equal(symlink("nowhere", link), 0);
	must_fail(store_backup_to(f->s, link, NOW, &f->arena, &copy, &failure), ERR_STORAGE);
	assert_int_equal(entries(f->folder), before + 1);
	must_fail(store_backup_to(f->s, "/nonexistent/x.db", NOW, &f->arena, &copy, &failure),
		  ERR_STORAGE);
}

static void a_copy_into_a_folder_has_the_usual_name(void **state)
{
	struct fixture *f = *state;
	struct backup copy, again;

	must(store_backup_to(f->s, f->folder, NOW, &f->arena, &copy, &failure));
	assert_true(store_backup_at(copy.path, &again));
	assert_int_equal(again.time, NOW);
	must(store_verify_backup(&again, &failure));
}

static void a_database_that_was_moved_away_is_not_copied(void **state)
{
	struct fixture *f = *state;
	struct backup copy;

	assert_int_equal(rename(f->path, arena_printf(&f->arena, "%s.away", f->path)), 0);
	must_fail(store_backup(f->s, NOW, &f->arena, &copy, &failure), ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "start viva again"));
	assert_int_equal(entries(backups_of(f)), 0);
}

static void a_full_disk_leaves_nothing_half_made(void **state)
{
	struct fixture *f = *state;
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct rlimit small = {4096 * 10, 4096 * 10};
		struct error err = ERROR_INIT;
		struct backup copy;

		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &small))
			_exit(2);
		if (store_backup(f->s, NOW, &f->arena, &copy, &err) != ERR_STORAGE)
			_exit(3);
		_exit(strstr(err.msg, "disk full") ? 0 : 4);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(entries(backups_of(f)), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(a_copy_is_private_whole_and_named_by_time_and_content),
		T(the_same_content_makes_no_second_copy),
		T(one_copy_a_day_is_made),
		T(five_days_and_three_weeks_are_kept),
		T(the_newest_copy_of_a_day_stands_for_it),
		T(copies_that_are_too_large_together_go_but_never_the_newest),
		T(files_of_others_stay),
		T(what_a_broken_off_copy_left_goes_a_day_later),
		T(any_flipped_bit_of_a_copy_is_noticed),
		T(a_damaged_database_makes_no_copy_and_drops_none),
		T(a_copy_never_replaces_a_file_of_the_user),
		T(a_copy_into_a_folder_has_the_usual_name),
		T(a_database_that_was_moved_away_is_not_copied),
		T(a_full_disk_leaves_nothing_half_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
