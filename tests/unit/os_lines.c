#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/lines.h"
#include "os/process.h"

static char path[64];

static int enter(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "%s/os_lines_XXXXXX", P_tmpdir);
	return close(mkstemp(path));
}

static int leave(void **state)
{
	(void)state;
	return unlink(path);
}

static void put(const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static const char *next(struct lines *l, size_t *len)
{
	struct error err = ERROR_INIT;
	const char *line;

	if (lines_next(l, &line, len, &err))
		fail_msg("%s", err.msg);
	return line;
}

static void expect(struct lines *l, const char *text)
{
	size_t len;
	const char *line = next(l, &len);

	assert_non_null(line);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(line, text, len);
}

static void expect_end(struct lines *l)
{
	size_t len;

	assert_null(next(l, &len));
	assert_null(next(l, &len));
}

static struct lines opened(size_t max)
{
	struct error err = ERROR_INIT;
	struct lines l;

	if (lines_open(&l, path, max, &err))
		fail_msg("%s", err.msg);
	return l;
}

static void lines_come_one_after_the_other(void **state)
{
	struct lines l;

	(void)state;
	put("one\n\ntwo\r\n", 10);
	l = opened(100);
	expect(&l, "one");
	expect(&l, "");
	expect(&l, "two\r");
	assert_false(l.cut);
	expect_end(&l);
	lines_close(&l);
}

static void an_empty_file_has_no_line(void **state)
{
	struct lines l = opened(100);

	(void)state;
	expect_end(&l);
	lines_close(&l);
}

static void a_last_line_without_its_end_is_noticed(void **state)
{
	struct lines l;

	(void)state;
	put("one\ntw", 6);
	l = opened(100);
	expect(&l, "one");
	assert_false(l.cut);
	expect(&l, "tw");
	expect_end(&l);
	assert_true(l.cut);
	lines_close(&l);
}

/* Over the ends of what is read at once, wherever they fall. */
static void long_lines_come_whole_and_too_long_ones_as_their_start(void **state)
{
	static char text[300000];
	struct lines l;
	size_t len;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[65535] = text[131072] = text[290000] = text[sizeof(text) - 1] = '\n';
	put(text, sizeof(text));
	l = opened(70000);
	assert_non_null(next(&l, &len));
	assert_int_equal(len, 65535);
	assert_non_null(next(&l, &len));
	assert_int_equal(len, 131072 - 65536);
	assert_non_null(next(&l, &len));
	assert_int_equal(len, 70001);
	assert_non_null(next(&l, &len));
	assert_int_equal(len, sizeof(text) - 1 - 290001);
	expect_end(&l);
	lines_close(&l);
}

static void what_is_not_there_and_folders_are_refused(void **state)
{
	struct error err = ERROR_INIT;
	struct lines l;

	(void)state;
	assert_int_equal(lines_open(&l, "/no/such/file", 100, &err), ERR_USAGE);
	assert_string_equal(err.msg, "no file '/no/such/file'");
	assert_int_equal(lines_open(&l, "/tmp", 100, &err), ERR_STORAGE);
	assert_string_equal(err.msg, "/tmp: this is a folder");
}

/* Nothing comes, and the writer does not leave. */
static void ctrl_c_ends_the_waiting(void **state)
{
	struct error err = ERROR_INIT;
	const char *line;
	struct lines l;
	int ends[2], input = dup(STDIN_FILENO);
	size_t len;

	(void)state;
	process_catch_signals();
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(lines_open(&l, "-", 100, &err), ERR_NONE);
	raise(SIGINT);
	assert_int_equal(lines_next(&l, &line, &len, &err), ERR_STORAGE);
	assert_string_equal(err.msg, "-: interrupted");
	lines_close(&l);
	dup2(input, STDIN_FILENO);
	close(input);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	const struct CMUnitTest tests[] = {
		TEST(lines_come_one_after_the_other),
		TEST(an_empty_file_has_no_line),
		TEST(a_last_line_without_its_end_is_noticed),
		TEST(long_lines_come_whole_and_too_long_ones_as_their_start),
		TEST(what_is_not_there_and_folders_are_refused),
		TEST(ctrl_c_ends_the_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
