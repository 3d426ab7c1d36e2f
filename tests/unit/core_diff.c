#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/strbuf.h"
#include "core/diff.h"

static struct arena arena = ARENA_INIT;

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

/* "a [-b-]{+c+} d": what people read as a word diff. */
static const char *shown(const char *old, const char *new)
{
	static const char *const marks[][2] = {{"", ""}, {"[-", "-]"}, {"{+", "+}"}};
	struct diff d = diff_words(old, new, &arena);
	struct strbuf sb;
	const char *text;

	strbuf_init(&sb, 1 << 16);
	for (size_t i = 0; i < d.count; i++) {
		const struct diff_run *run = &d.runs[i];
		size_t len = run->len;

		while (len && strchr(" \t\r\n", run->text[len - 1]))
			len--;
		strbuf_printf(&sb, "%s%s", i ? " " : "", marks[run->kind][0]);
		strbuf_add(&sb, run->text, len);
		strbuf_str(&sb, marks[run->kind][1]);
	}
	text = arena_str(&arena, sb.buf);
	strbuf_release(&sb);
	return text;
}

static void words_are_compared(void **state)
{
	static const struct {
		const char *old, *new, *shown;
	} rows[] = {
		{"", "", ""},
		{NULL, NULL, ""},
		{NULL, "a b", "{+a b+}"},
		{"a b", NULL, "[-a b-]"},
		{"a b c", "a b c", "a b c"},
		{"a b c", "a x c", "a [-b-] {+x+} c"},
		{"a b c", "a c", "a [-b-] c"},
		{"a c", "a b c", "a {+b+} c"},
		{"a b c d e", "a c b d f", "a [-b-] c {+b+} d [-e-] {+f+}"},
		{"one two", "three four", "[-one two-] {+three four+}"},
		{"a a a", "a a", "a a [-a-]"},
		{"a b a b", "b a b a", "[-a-] b a b {+a+}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(shown(rows[i].old, rows[i].new), rows[i].shown);
}

static void other_line_ends_are_no_change(void **state)
{
	(void)state;
	assert_string_equal(shown("one two\nthree", "one\n  two three\n"), "one\n  two three");
}

static void a_run_counts_its_words(void **state)
{
	struct diff d = diff_words("a b c", "a b c d e", &arena);

	(void)state;
	assert_int_equal(d.count, 2);
	assert_int_equal(d.runs[0].words, 3);
	assert_int_equal(d.runs[1].words, 2);
}

/* 1500 words against 1500 others with one in common: beyond the cap the middle is one change. */
static void the_work_has_a_cap(void **state)
{
	char old[6001] = "", new[6001] = "";
	struct diff d;

	(void)state;
	for (size_t i = 0; i < 1500; i++) {
		memcpy(old + 4 * i, i == 700 ? "mid " : "old ", 4);
		memcpy(new + 4 * i, i == 700 ? "mid " : "new ", 4);
	}
	d = diff_words(old, new, &arena);
	assert_int_equal(d.count, 2);
	assert_int_equal(d.runs[0].words, 1500);
	old[4 * 900] = new[4 * 900] = '\0';
	d = diff_words(old, new, &arena);
	assert_int_equal(d.count, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(words_are_compared, release),
		cmocka_unit_test_teardown(other_line_ends_are_no_change, release),
		cmocka_unit_test_teardown(a_run_counts_its_words, release),
		cmocka_unit_test_teardown(the_work_has_a_cap, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
