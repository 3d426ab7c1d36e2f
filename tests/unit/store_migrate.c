/*
 * Databases of older formats, as dumps in tests/data/schema/, named by their format. Who adds a
 * step to the schema adds the dump of a database of the format before it, with history: everything
 * here runs for each of them.
 */
#include "store_fixture.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#define DUMPS "tests/data/schema/*.sql"
#define TEXT_MAX ((size_t)4 << 20)
#define WRITES_MAX 2000

static size_t read_bytes(const char *path, char *bytes)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, TEXT_MAX - 1, file);
	bytes[len] = '\0';
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

static void close_store(struct fixture *f)
{
	store_close(f->s);
	f->s = NULL;
}

/* Makes the database of a dump in the place of the fixture's. */
static void build(struct fixture *f, const char *dump)
{
	char *text = malloc(TEXT_MAX);
	sqlite3 *raw;

	read_bytes(dump, text);
	close_store(f);
	unlink(f->path);
	assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
	if (sqlite3_exec(raw, text, NULL, NULL, NULL))
		fail_msg("%s: %s", dump, sqlite3_errmsg(raw));
	sqlite3_close(raw);
	free(text);
}

/* The rows that a query gives, as text; a row of one column is a line. */
static void add_rows(sqlite3 *raw, const char *query, struct strbuf *out)
{
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(raw, query, -1, &q, NULL))
		fail_msg("%s: %s", query, sqlite3_errmsg(raw));
	while (sqlite3_step(q) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(q); i++) {
			const char *value = (const char *)sqlite3_column_text(q, i);

			strbuf_printf(out, "%s%s", i ? "|" : "", value ? value : "NULL");
		}
		strbuf_char(out, '\n');
	}
	sqlite3_finalize(q);
}

/* The answers to queries, one on each line. */
static char *ask(struct fixture *f, const char *path, const char *queries)
{
	struct strbuf out;
	sqlite3 *raw;
	char *answer;

	strbuf_init(&out, TEXT_MAX);
	assert_int_equal(sqlite3_open_v2(path, &raw, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	while (*queries) {
		size_t len = strcspn(queries, "\n");

		add_rows(raw, arena_bytes(&f->arena, queries, len), &out);
		queries += len + (queries[len] == '\n');
	}
	assert_false(out.full);
	sqlite3_close(raw);
	answer = arena_str(&f->arena, out.buf);
	strbuf_release(&out);
	return answer;
}

/* Asks for all rows of all tables, in the columns that they have now. */
static const char every_table[] =
	"SELECT 'SELECT '||group_concat(printf('quote(\"%w\")',c.name))||"
	"printf(' FROM \"%w\" ORDER BY 1,2',t.name)"
	" FROM sqlite_schema t JOIN pragma_table_info(t.name) c"
	" WHERE t.type='table' AND t.name NOT LIKE 'sqlite%' GROUP BY t.name";
static const char schema[] = "SELECT type,name,tbl_name,sql FROM sqlite_schema ORDER BY name,type";
static const char format[] = "PRAGMA user_version";
static const char whole[] = "PRAGMA integrity_check";

static void each_dump(struct fixture *f, void (*check)(struct fixture *f, const char *dump))
{
	glob_t dumps;

	assert_int_equal(glob(DUMPS, 0, NULL, &dumps), 0);
	assert_true(dumps.gl_pathc > 0);
	for (size_t i = 0; i < dumps.gl_pathc; i++) {
		build(f, dumps.gl_pathv[i]);
		check(f, dumps.gl_pathv[i]);
	}
	globfree(&dumps);
}

/* The only copy that there is; "" for none. */
static const char *only_copy(struct fixture *f)
{
	struct backup *copies;
	size_t count;

	must(store_list_backups(f->path, &f->arena, &copies, &count, &failure));
	assert_in_range(count, 0, 1);
	return count ? copies[0].path : "";
}

static void check_migration(struct fixture *f, const char *dump)
{
	const char *fresh = arena_printf(&f->arena, "%s/fresh.db", f->folder);
	const char *content = ask(f, f->path, every_table);
	const char *before = ask(f, f->path, content), *old = ask(f, f->path, format), *copy;
	struct store *s;

	assert_non_null(
		strstr(dump, arena_printf(&f->arena, "/%.*s.sql", (int)strlen(old) - 1, old)));
	must(store_open(&s, fresh, STORE_WRITE, &failure));
	store_close(s);
	reopen(f);
	close_store(f);
	assert_string_equal(ask(f, f->path, content), before);
	assert_string_equal(ask(f, f->path, schema), ask(f, fresh, schema));
	assert_string_equal(ask(f, f->path, format), ask(f, fresh, format));
	assert_string_equal(ask(f, f->path, whole), "ok\n");
	copy = only_copy(f);
	assert_string_equal(ask(f, copy, format), old);
	assert_string_equal(ask(f, copy, content), before);
	reopen(f);
	assert_sound(f);
	unlink(copy);
	unlink(fresh);
}

static void an_older_format_becomes_the_newest_with_all_that_is_in_it(void **state)
{
	each_dump(*state, check_migration);
}

static void check_reader(struct fixture *f, const char *dump)
{
	char *before = malloc(TEXT_MAX), *after = malloc(TEXT_MAX);
	size_t len = read_bytes(f->path, before);

	(void)dump;
	must_fail(store_open(&f->s, f->path, STORE_READ, &failure), ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "older format"));
	assert_int_equal(read_bytes(f->path, after), len);
	assert_memory_equal(before, after, len);
	assert_string_equal(only_copy(f), "");
	free(before);
	free(after);
}

static void a_reader_leaves_an_older_format_as_it_is(void **state)
{
	each_dump(*state, check_reader);
}

static void check_without_copy(struct fixture *f, const char *dump)
{
	const char *backups = arena_printf(&f->arena, "%s/data/%s", f->folder, STORE_BACKUPS);
	const char *old = ask(f, f->path, format);

	(void)dump;
	write_bytes(backups, "in the way", 10);
	must_fail(store_open(&f->s, f->path, STORE_WRITE, &failure), ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "copy"));
	assert_non_null(strstr(failure.msg, backups));
	assert_string_equal(ask(f, f->path, format), old);
	assert_int_equal(unlink(backups), 0);
}

static void without_a_copy_the_format_stays(void **state)
{
	each_dump(*state, check_without_copy);
}

/*
 * SQLite's own access to files, but the n-th write of the process fails or is its end: wherever
 * that is, the database has the old format or the new one, and all of its content.
 */
static int writes_left;
static bool write_kills;
static sqlite3_vfs *real_vfs;
static struct {
	const sqlite3_io_methods *real;
	sqlite3_io_methods counted; /* the same but for xWrite, which all of them share */
} methods[4];

static int counted_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
	if (--writes_left == 0 && write_kills)
		kill(getpid(), SIGKILL);
	return writes_left == 0 ? SQLITE_FULL : methods[0].real->xWrite(file, bytes, count, offset);
}

static int counted_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
			int *out)
{
	int rc = real_vfs->xOpen(vfs, name, file, flags, out);
	int i = 0;

	if (rc || !file->pMethods)
		return rc;
	while (methods[i].real && methods[i].real != file->pMethods)
		i++;
	if (!methods[i].real) {
		methods[i].real = file->pMethods;
		methods[i].counted = *file->pMethods;
		methods[i].counted.xWrite = counted_write;
		assert_ptr_equal(methods[i].real->xWrite, methods[0].real->xWrite);
	}
	file->pMethods = &methods[i].counted;
	return SQLITE_OK;
}

/* Opens the database in a process of its own; false when that got through all of its writes. */
static bool interrupted(struct fixture *f, int write, bool kills)
{
	static sqlite3_vfs vfs;
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct error err = ERROR_INIT;
		enum err_code rc;

		real_vfs = sqlite3_vfs_find(NULL);
		vfs = *real_vfs;
		vfs.zName = "counted";
		vfs.xOpen = counted_open;
		sqlite3_vfs_register(&vfs, 1);
		writes_left = write;
		write_kills = kills;
		rc = store_open(&f->s, f->path, STORE_WRITE, &err);
		_exit(rc ? (rc == ERR_STORAGE ? 1 : 2) : writes_left > 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return true;
	}
	assert_in_range(WEXITSTATUS(status), 0, 1);
	return WEXITSTATUS(status) == 1;
}

static void check_interrupted(struct fixture *f, const char *dump)
{
	const char *content = ask(f, f->path, every_table);
	const char *before = ask(f, f->path, content);
	const char *newest;
	char *image = malloc(TEXT_MAX);
	size_t len = read_bytes(f->path, image);
	struct store *s;

	(void)dump;
	must(store_open(&s, arena_printf(&f->arena, "%s/fresh.db", f->folder), STORE_WRITE,
			&failure));
	store_close(s);
	newest = ask(f, arena_printf(&f->arena, "%s/fresh.db", f->folder), schema);
	for (int kills = 0; kills < 2; kills++) {
		for (int n = 1; n < WRITES_MAX; n += 3) {
			bool cut;

			write_bytes(f->path, image, len);
			cut = interrupted(f, n, kills);
			reopen(f);
			close_store(f);
			assert_string_equal(ask(f, f->path, content), before);
			assert_string_equal(ask(f, f->path, schema), newest);
			assert_string_equal(ask(f, f->path, whole), "ok\n");
			if (!cut)
				break;
		}
	}
	free(image);
}

static void a_change_of_format_that_is_broken_off_loses_nothing(void **state)
{
	each_dump(*state, check_interrupted);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(an_older_format_becomes_the_newest_with_all_that_is_in_it),
		T(a_reader_leaves_an_older_format_as_it_is),
		T(without_a_copy_the_format_stays),
		T(a_change_of_format_that_is_broken_off_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
