/* The client of viva-fetch, with programs in its place that do not behave. Each is a shell script.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"
#include "net/fetch.h"

#define ETAG "\"1\""

struct fixture {
	char folder[32];
	char program[64], log[64];
	struct fetch *fetch;
	struct arena arena;
	struct error err;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){.folder = "/tmp/viva-fetch-XXXXXX"};
	assert_non_null(mkdtemp(f.folder));
	snprintf(f.program, sizeof(f.program), "%s/program", f.folder);
	snprintf(f.log, sizeof(f.log), "%s/log", f.folder);
	f.fetch = fetch_new(f.program);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fetch_free(f->fetch);
	arena_release(&f->arena);
	remove(f->program);
	remove(f->log);
	assert_int_equal(rmdir(f->folder), 0);
	/* No child is left, not even a dead one. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return 0;
}

/* Makes the program a script, which runs in the folder. */
static void script(struct fixture *f, const char *text)
{
	FILE *out = fopen(f->program, "w");

	assert_non_null(out);
	fprintf(out, "#!/bin/sh\ncd %s || exit\n%s\n", f->folder, text);
	fclose(out);
	assert_int_equal(chmod(f->program, 0700), 0);
}

static void add(struct fixture *f, int id)
{
	const struct fetch_request request = {
		.id = id, .url = "https://example.org/", .etag = ETAG, .max = 1000};

	assert_int_equal(fetch_add(f->fetch, &request, &f->err), ERR_NONE);
}

static struct fetch_result next(struct fixture *f)
{
	struct fetch_result result;
	bool more;

	assert_int_equal(fetch_next(f->fetch, &f->arena, &result, &more, NULL, NULL, &f->err),
			 ERR_NONE);
	assert_true(more);
	assert_int_equal(result.body[result.len], '\0');
	return result;
}

static void assert_nothing_left(struct fixture *f)
{
	struct fetch_result result;
	bool more = true;

	assert_int_equal(fetch_next(f->fetch, &f->arena, &result, &more, NULL, NULL, &f->err),
			 ERR_NONE);
	assert_false(more);
}

#define HELLO "printf 'hello 1\\n\\n'\n"
#define UNCHANGED \
	"printf 'done 1\\nend unchanged\\nstatus 304\\nretry-after -1\\nwire 9\\nbody 0\\n\\n'\n"
#define WAIT "exec cat >/dev/null"

static void an_answer_comes_back_with_the_callers_number(void **state)
{
	struct fetch_result result;

	script(*state, HELLO UNCHANGED WAIT);
	add(*state, 77);
	result = next(*state);
	assert_int_equal(result.id, 77);
	assert_int_equal(result.end, FETCH_UNCHANGED);
	assert_int_equal(result.wire, 9);
	assert_nothing_left(*state);
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
	struct fixture *f = *state;
	const struct fetch_request request = {.url = "https://example.org/"};

	assert_int_equal(fetch_add(f->fetch, &request, &f->err), ERR_NETWORK);
	assert_non_null(strstr(f->err.msg, f->program));
	assert_non_null(strstr(f->err.msg, "not installed completely"));
	assert_nothing_left(f);
	script(f, "");
}

static void a_program_that_ends_loses_its_requests_and_the_next_one_starts_afresh(void **state)
{
	struct fixture *f = *state;

	script(f, HELLO "exit 1");
	add(f, 1);
	add(f, 2);
	for (int id = 1; id <= 2; id++) {
		struct fetch_result result = next(f);

		assert_int_equal(result.id, id);
		assert_int_equal(result.end, FETCH_FAILED);
		assert_string_equal(result.message, "the download program ended unexpectedly");
	}
	assert_nothing_left(f);
	script(f,
	       HELLO "printf 'done 3\\nend status\\nstatus 404\\nretry-after -1\\nmessage gone\\n"
		     "wire 9\\nbody 0\\n\\n'\n" WAIT);
	add(f, 3);
	assert_string_equal(next(f).message, "gone");
}

static void a_program_that_dies_in_a_body_hands_over_nothing(void **state)
{
	script(*state, HELLO "printf 'done 1\\nend body\\nstatus 200\\nretry-after -1\\nwire 9\\n"
			     "body 9\\n\\nabc'");
	add(*state, 1);
	assert_int_equal(next(*state).end, FETCH_FAILED);
}

#define DONE(end, status, more) \
	HELLO "printf 'done 1\\nend " end "\\nstatus " status "\\n" more "\\n\\n'\n" WAIT
#define REST "retry-after -1\\nwire 9\\nbody 0"

static void what_a_program_may_not_say_ends_it(void **state)
{
	static const char *const scripts[] = {
		"printf 'hello 2\\n\\n'\n" WAIT,
		UNCHANGED WAIT,
		HELLO HELLO WAIT,
		HELLO "printf 'get 1\\nurl a\\nmax 1\\n\\n'\n" WAIT,
		HELLO "printf 'what\\n\\n'\n" WAIT,
		HELLO "printf '\\n\\n'\n" WAIT,
		HELLO "exec cat /dev/zero",
		DONE("body", "200", "retry-after -1\\nwire 9\\nbody 1001"),
		DONE("body", "200", "retry-after -1\\nwire 9\\nbody 9223372036854775807"),
		DONE("body", "206", REST),
		DONE("status", "404", "message gone\\nretry-after -1\\nwire 9\\nbody 3"),
		DONE("unchanged", "200", REST),
		DONE("failed", "0", REST), /* without a message */
		DONE("body", "200", "etag 1\\n" REST),
		DONE("body", "200", "modified today\\n" REST),
		DONE("body", "200", "type a\\033[2J\\n" REST),
		HELLO "printf 'done 2\\nend body\\nstatus 200\\n" REST "\\n\\n'\n" WAIT,
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct fetch_result result;

		script(f, scripts[i]);
		fetch_free(f->fetch);
		f->fetch = fetch_new(f->program);
		add(f, 1);
		result = next(f);
		if (result.end != FETCH_FAILED ||
		    !str_starts(result.message, "the download program"))
			fail_msg("believed: %s", scripts[i]);
		assert_nothing_left(f);
	}
}

static void an_unchanged_that_nobody_asked_for_is_not_believed(void **state)
{
	struct fixture *f = *state;
	const struct fetch_request request = {.url = "https://example.org/", .max = 9};

	script(f, HELLO UNCHANGED WAIT);
	assert_int_equal(fetch_add(f->fetch, &request, &f->err), ERR_NONE);
	assert_int_equal(next(f).end, FETCH_FAILED);
}

/* What the program is asked, read from the log that the script writes. */
static void assert_asked(struct fixture *f, const char *wanted)
{
	char text[1024];
	size_t len;
	FILE *log;

	assert_int_equal(next(f).end, FETCH_UNCHANGED);
	log = fopen(f->log, "r");
	assert_non_null(log);
	len = fread(text, 1, sizeof(text) - 1, log);
	text[len] = '\0';
	fclose(log);
	assert_string_equal(text, wanted);
}

/* A script that notes one request, and answers. */
#define NOTE "while IFS= read -r line && [ -n \"$line\" ]; do echo \"$line\"; done >log\n"

static void a_stored_validator_with_a_line_break_is_not_sent(void **state)
{
	struct fixture *f = *state;
	const struct fetch_request request = {
		.url = "https://example.org/",
		.etag = "\"1\"\r\nX-Evil: 1",
		.modified = "Sun, 06 Nov 1994 08:49:37 GMT",
		.max = 9,
	};

	script(f, HELLO NOTE UNCHANGED WAIT);
	assert_int_equal(fetch_add(f->fetch, &request, &f->err), ERR_NONE);
	assert_asked(f, "get 1\nurl https://example.org/\nmodified Sun, 06 Nov 1994 08:49:37 GMT\n"
			"max 9\n");
}

static void an_address_with_a_line_break_is_none(void **state)
{
	struct fixture *f = *state;
	const struct fetch_request request = {
		.url = "https://example.org/\nmax 99999999", .etag = ETAG, .max = 9};

	script(f, HELLO NOTE UNCHANGED WAIT);
	assert_int_equal(fetch_add(f->fetch, &request, &f->err), ERR_NONE);
	assert_asked(f, "get 1\nurl \netag \"1\"\nmax 9\n");
}

static bool count_to_three(void *ctx, const struct fetch_progress *progress)
{
	int *calls = ctx;

	assert_non_null(progress);
	return ++*calls < 3;
}

static void the_ticker_ends_everything(void **state)
{
	struct fixture *f = *state;
	struct fetch_result result;
	int calls = 0;
	bool more;

	script(f, HELLO WAIT);
	add(f, 1);
	add(f, 2);
	assert_int_equal(
		fetch_next(f->fetch, &f->arena, &result, &more, count_to_three, &calls, &f->err),
		ERR_NETWORK);
	assert_string_equal(f->err.msg, "interrupted");
	assert_int_equal(calls, 3);
	assert_nothing_left(f);
}

static bool note_bytes(void *ctx, const struct fetch_progress *progress)
{
	int64_t *most = ctx;

	if (progress->bytes > *most)
		*most = progress->bytes;
	return true;
}

static void the_ticker_hears_how_far_the_downloads_are(void **state)
{
	struct fixture *f = *state;
	struct fetch_result result;
	int64_t most = 0;
	bool more;

	script(f, HELLO "printf 'progress 2\\nbytes 500\\ntotal 900\\n\\n'\n" UNCHANGED WAIT);
	add(f, 1);
	assert_int_equal(
		fetch_next(f->fetch, &f->arena, &result, &more, note_bytes, &most, &f->err),
		ERR_NONE);
	assert_int_equal(most, 500);
}

/* A program that does not read: the requests fill its pipe, and the caller goes on. */
static void adding_never_waits(void **state)
{
	script(*state, HELLO "exec sleep 60");
	for (int id = 0; id < 5000; id++)
		add(*state, id);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_answer_comes_back_with_the_callers_number),
		TEST(a_program_that_is_not_there_is_an_error),
		TEST(a_program_that_ends_loses_its_requests_and_the_next_one_starts_afresh),
		TEST(a_program_that_dies_in_a_body_hands_over_nothing),
		TEST(what_a_program_may_not_say_ends_it),
		TEST(an_unchanged_that_nobody_asked_for_is_not_believed),
		TEST(a_stored_validator_with_a_line_break_is_not_sent),
		TEST(an_address_with_a_line_break_is_none),
		TEST(the_ticker_ends_everything),
		TEST(the_ticker_hears_how_far_the_downloads_are),
		TEST(adding_never_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
