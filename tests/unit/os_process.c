#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "os/file.h"
#include "os/process.h"

static char folder[64];

static int enter(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "%s/os_process_XXXXXX", P_tmpdir);
	return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state)
{
	static const char *const made[] = {"vim", "editor", "args", "text", "marker"};

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		unlink(made[i]);
	/* A file that a test forgot makes this fail. */
	return rmdir(folder);
}

/* An editor as a script of the shell. */
static void make_editor(const char *name, const char *script)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\n%s\n", script);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, 0700), 0);
}

static void assert_content(const char *path, const char *text)
{
	struct error err = ERROR_INIT;
	struct strbuf got;

	strbuf_init(&got, 1000);
	if (file_read(path, &got, &err) != ERR_NONE)
		fail_msg("%s", err.msg);
	assert_string_equal(got.buf, text);
	strbuf_release(&got);
}

static void edit(const char *editor, const char *path, int line)
{
	struct error err = ERROR_INIT;

	if (process_edit_file(editor, path, line, &err) != ERR_NONE)
		fail_msg("%s", err.msg);
}

#define PRINT_ARGS "for a in \"$@\"; do echo \"<$a>\"; done >args"

static void an_editor_gets_its_words_then_the_path(void **state)
{
	(void)state;
	make_editor("editor", PRINT_ARGS);
	edit("  ./editor \t -w  --new ", "text", 7);
	assert_content("args", "<-w>\n<--new>\n<text>\n");
	edit("./editor", "-text", 0);
	assert_content("args", "<./-text>\n");
}

static void a_known_editor_gets_the_line(void **state)
{
	(void)state;
	make_editor("vim", PRINT_ARGS);
	edit("./vim -n", "text", 14);
	assert_content("args", "<-n>\n<+14>\n<text>\n");
	edit("./vim", "text", 0);
	assert_content("args", "<text>\n");
}

static void no_shell_sees_the_words_or_the_path(void **state)
{
	(void)state;
	make_editor("editor", PRINT_ARGS);
	edit("./editor $HOME;`touch", "text; touch marker $(touch marker)", 0);
	assert_content("args", "<$HOME;`touch>\n<text; touch marker $(touch marker)>\n");
	assert_int_equal(file_type("marker"), FILE_MISSING);
}

static void assert_usage(const char *editor, const char *message)
{
	struct error err = ERROR_INIT;

	assert_int_equal(process_edit_file(editor, "text", 0, &err), ERR_USAGE);
	assert_string_equal(err.msg, message);
}

static void what_goes_wrong_with_an_editor_is_said(void **state)
{
	(void)state;
	assert_usage(NULL, "no editor: set VISUAL or EDITOR to your editor");
	assert_usage(" \t", "no editor: set VISUAL or EDITOR to your editor");
	assert_usage("./missing -x", "editor './missing' cannot be started: No such file or "
				     "directory: set VISUAL or EDITOR to your editor");
	make_editor("editor", "exit 3");
	assert_usage("./editor", "editor './editor' ended with status 3");
	make_editor("editor", "kill -KILL $$");
	assert_usage("./editor", "editor './editor' was ended by signal 9");
}

static void an_interrupt_is_the_editors_alone(void **state)
{
	struct sigaction after;

	(void)state;
	process_catch_signals();
	process_take_interrupt();
	make_editor("editor",
		    "kill -INT $PPID; trap 'echo caught >args; exit 0' INT; kill -INT $$");
	edit("./editor", "text", 0);
	assert_content("args", "caught\n");
	assert_false(process_take_interrupt());
	sigaction(SIGINT, NULL, &after);
	assert_true(after.sa_handler != SIG_IGN && after.sa_handler != SIG_DFL);
}

static void an_editor_starts_with_the_usual_signals(void **state)
{
	(void)state;
	process_catch_signals();
	make_editor("editor", "(kill -PIPE $$; echo survived) >args; echo survived >args");
	assert_usage("./editor", "editor './editor' was ended by signal 13");
}

static void edited_text_replaces_the_old_one(void **state)
{
	struct error err = ERROR_INIT;
	struct strbuf text;

	(void)state;
	make_editor("editor",
		    "stat -c %a \"$1\" >args; case \"$1\" in *.md) cp \"$1\" text;; esac\n"
		    "echo new >\"$1.new\"; mv \"$1.new\" \"$1\"");
	strbuf_init(&text, 100);
	strbuf_str(&text, "old\n");
	assert_int_equal(process_edit_text("./editor", ".", ".md", &text, &err), ERR_NONE);
	assert_string_equal(text.buf, "new\n");
	assert_content("text", "old\n");
	assert_content("args", "600\n");
	strbuf_release(&text);
}

static void text_is_as_before_when_the_editor_fails(void **state)
{
	struct error err = ERROR_INIT;
	struct strbuf text;

	(void)state;
	make_editor("editor", "echo new >\"$1\"; exit 1");
	strbuf_init(&text, 100);
	strbuf_str(&text, "old\n");
	assert_int_equal(process_edit_text("./editor", ".", ".md", &text, &err), ERR_USAGE);
	assert_int_equal(process_edit_text(NULL, ".", ".md", &text, &err), ERR_USAGE);
	assert_int_equal(process_edit_text("./editor", "./editor", ".md", &text, &err),
			 ERR_STORAGE);
	make_editor("editor", "rm \"$1\"");
	assert_int_equal(process_edit_text("./editor", ".", ".md", &text, &err), ERR_STORAGE);
	assert_string_equal(text.buf, "old\n");
	strbuf_release(&text);
}

static void text_that_grew_too_long_is_kept_in_its_file(void **state)
{
	struct error err = ERROR_INIT;
	struct strbuf text;
	char *colon;

	(void)state;
	make_editor("editor", "echo longer >\"$1\"");
	strbuf_init(&text, 6);
	strbuf_str(&text, "old\n");
	assert_int_equal(process_edit_text("./editor", ".", ".md", &text, &err), ERR_FORMAT);
	assert_string_equal(text.buf, "old\n");
	colon = strchr(err.msg, ':');
	assert_non_null(colon);
	*colon = '\0';
	assert_content(err.msg, "longer\n");
	assert_int_equal(unlink(err.msg), 0);
	strbuf_release(&text);
}

static void random_bytes_differ(void **state)
{
	unsigned char a[300] = {0}, b[300] = {0};

	(void)state;
	process_random(a, sizeof(a));
	process_random(b, sizeof(b));
	assert_memory_not_equal(a, b, 32);
	assert_memory_not_equal(a + 268, b + 268, 32);
}

static void signals_set_flags_that_are_taken_once(void **state)
{
	(void)state;
	process_catch_signals();
	process_take_resize();
	assert_false(process_take_interrupt());
	raise(SIGINT);
	raise(SIGINT);
	assert_true(process_take_interrupt());
	assert_false(process_take_interrupt());
	raise(SIGWINCH);
	assert_true(process_take_resize());
	assert_false(process_take_resize());
	assert_false(process_stopping());
	assert_int_equal(process_stop_signal(), 0);
}

static void a_closed_pipe_is_an_error_and_no_death(void **state)
{
	int ends[2];

	(void)state;
	process_catch_signals();
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(write(ends[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	close(ends[1]);
	raise(SIGXFSZ);
}

/* Last: nothing takes a stop back. */
static void the_first_stop_signal_counts_for_good(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	(void)state;
	sigaction(SIGHUP, &ignore, NULL);
	process_catch_signals();
	raise(SIGHUP);
	assert_false(process_stopping());
	raise(SIGTERM);
	raise(SIGTERM);
	assert_true(process_stopping());
	assert_true(process_stopping());
	assert_int_equal(process_stop_signal(), SIGTERM);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(an_editor_gets_its_words_then_the_path),
		IN_FOLDER(a_known_editor_gets_the_line),
		IN_FOLDER(no_shell_sees_the_words_or_the_path),
		IN_FOLDER(what_goes_wrong_with_an_editor_is_said),
		IN_FOLDER(an_interrupt_is_the_editors_alone),
		IN_FOLDER(an_editor_starts_with_the_usual_signals),
		IN_FOLDER(edited_text_replaces_the_old_one),
		IN_FOLDER(text_is_as_before_when_the_editor_fails),
		IN_FOLDER(text_that_grew_too_long_is_kept_in_its_file),
		cmocka_unit_test(random_bytes_differ),
		cmocka_unit_test(signals_set_flags_that_are_taken_once),
		cmocka_unit_test(a_closed_pipe_is_an_error_and_no_death),
		cmocka_unit_test(the_first_stop_signal_counts_for_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
