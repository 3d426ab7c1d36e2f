#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/out.h"

#define WIDE "\xE6\xBC\xA2"

static void check_bytes(const char *s, size_t len, bool multi_line, const char *expected)
{
	struct strbuf text;

	strbuf_init(&text, 1 << 20);
	out_filter(&text, s, len, multi_line);
	assert_string_equal(text.buf, expected);
	strbuf_release(&text);
}

static void check(const char *s, const char *expected)
{
	check_bytes(s, strlen(s), true, expected);
}

static struct out memory(char **text, size_t *size)
{
	struct out o = {.width = 20, .unicode = true};

	o.stream = open_memstream(text, size);
	assert_non_null(o.stream);
	return o;
}

static void check_wrap(int width, int indent, int used, const char *s, const char *expected)
{
	char *text = NULL;
	size_t size = 0;
	struct out o = memory(&text, &size);

	o.width = width;
	out_wrap(&o, STYLE_NORMAL, indent, used, s);
	fclose(o.stream);
	assert_string_equal(text, expected);
	free(text);
}

static void text_of_all_scripts_passes(void **state)
{
	(void)state;
	check("Stra\xC3\x9F"
	      "e \xE6\xBC\xA2 \xD8\xB9\xD8\xB1\xD8\xA8",
	      "Stra\xC3\x9F"
	      "e \xE6\xBC\xA2 \xD8\xB9\xD8\xB1\xD8\xA8");
	check("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB",
	      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB");
}

static void escape_sequences_are_shown(void **state)
{
	static const char *const attacks[] = {
		"\033]52;c;aGk=\007",
		"\033]0;t\007",
		"\033[21t",
		"\033[6n",
		"\033P$qm\033\\",
		"\033Ptmux;\033\\",
		"\033_Gi=1\033\\",
		"\033c",
		"\033[?1049h",
		"\033[?1000h",
		"\033[?2004l",
		"\x9B"
		"31m",
		"\xC2\x9B"
		"31m",
		"\xC2\x90q",
		"a\rb",
		"a\bb",
		"\x7F",
		"\016\017",
		"\001\002",
		"\x85",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		struct strbuf text;

		strbuf_init(&text, 1000);
		out_filter(&text, attacks[i], strlen(attacks[i]), true);
		for (size_t k = 0; k < text.len; k++)
			assert_true(text.buf[k] >= 0x20 && text.buf[k] < 0x7F);
		strbuf_release(&text);
	}
	check("\033[31m", "<U+001B>[31m");
	check("\x9B", "<9B>");
	check("\xC2\x9B", "<U+009B>");
	check("A\rB", "A<U+000D>B");
	check_bytes("a\0b", 3, true, "a<U+0000>b");
}

static void invisible_characters_are_shown(void **state)
{
	(void)state;
	check("\xE2\x80\xAE\xE2\x81\xA6\xD8\x9C\xE2\x80\x8E", "<U+202E><U+2066><U+061C><U+200E>");
	check("\xE2\x80\x8B\xEF\xBB\xBF\xEE\x80\x80", "<U+200B><U+FEFF><U+E000>");
	check("\xF3\xA0\x81\x81", "<U+E0041>");
}

static void bad_bytes_are_shown(void **state)
{
	(void)state;
	check("\xC0\x9B", "<C0><9B>");
	check("\xED\xA0\x80", "<ED><A0><80>");
	check("\xF4\x90\x80\x80", "<F4><90><80><80>");
	check("a\xE2\x82", "a<E2><82>");
}

static void line_feeds_pass_only_where_they_may(void **state)
{
	(void)state;
	check_bytes("a\nb", 3, true, "a\nb");
	check_bytes("a\nb", 3, false, "a<U+000A>b");
}

static void a_tab_goes_to_the_next_fourth_column(void **state)
{
	(void)state;
	check("\ta\tb", "    a   b");
	check("abc\n\tx", "abc\n    x");
	check("abcd\tx", "abcd    x");
}

static void a_thousand_marks_become_few(void **state)
{
	struct strbuf in, text;

	(void)state;
	strbuf_init(&in, 10000);
	strbuf_init(&text, 10000);
	strbuf_char(&in, 'a');
	for (int i = 0; i < 1000; i++)
		strbuf_str(&in, "\xCC\x81");
	strbuf_char(&in, 'b');
	out_filter(&text, in.buf, in.len, false);
	assert_true(text.len < 40);
	assert_string_equal(text.buf + 1 + 2 * 8, "<U+0301>b");
	strbuf_release(&in);
	strbuf_release(&text);
}

static void wide_and_combining_characters_are_measured(void **state)
{
	(void)state;
	assert_int_equal(out_columns("abc", 3), 3);
	assert_int_equal(out_columns("\xE6\xBC\xA2", 3), 2);
	assert_int_equal(out_columns("e\xCC\x81", 3), 1);
	assert_int_equal(out_columns("", 0), 0);
}

static void styles_are_written_only_with_colour(void **state)
{
	char *text = NULL;
	size_t size = 0;
	struct out o = memory(&text, &size);

	(void)state;
	out_text(&o, STYLE_STRONG, "a\033");
	o.color = true;
	out_text(&o, STYLE_STRONG, "b\nc\n");
	out_printf(&o, STYLE_NORMAL, "%s %d", "d\x9B", 7);
	out_line(&o);
	fclose(o.stream);
	assert_string_equal(text, "a<U+001B>\033[1mb\033[0m\n\033[1mc\033[0m\nd<9B> 7\n");
	free(text);
}

static void without_unicode_typography_becomes_ascii(void **state)
{
	char *text = NULL;
	size_t size = 0;
	struct out o = memory(&text, &size);

	(void)state;
	o.unicode = false;
	out_text(&o, STYLE_NORMAL,
		 "\xE2\x80\x9C"
		 "a\xE2\x80\x9D \xE2\x86\x92 b\xE2\x80\xA6 \xC3\xA9 e\xCC\x81");
	fclose(o.stream);
	assert_string_equal(text, "\"a\" -> b... <U+00E9> e<U+0301>");
	free(text);
}

static void lines_are_wrapped_at_spaces(void **state)
{
	(void)state;
	check_wrap(20, 0, 0, "one two three four five", "one two three four\nfive\n");
	check_wrap(20, 0, 0, "12345678901234567890 x", "12345678901234567890\nx\n");
	check_wrap(20, 2, 0, "one two three four five", "  one two three four\n  five\n");
	check_wrap(20, 0, 0, "", "\n");
	check_wrap(20, 0, 0, "a\n\nb\n", "a\n\nb\n");
	check_wrap(20, 0, 0, "  kept\n    too", "  kept\n    too\n");
}

static void text_behind_a_label_knows_where_it_starts(void **state)
{
	(void)state;
	check_wrap(20, 3, 3, "one two three four", "one two three\n   four\n");
	check_wrap(20, 4, 2, "x", "  x\n");
	check_wrap(20, 2, 18, "longer", "\n  longer\n");
	check_wrap(20, 2, 40, "x", "\n  x\n");
}

static void check_marked(bool color, bool plain, const char *s, struct match mark,
			 const char *expected)
{
	char *text = NULL;
	size_t size = 0;
	struct out o = memory(&text, &size);

	o.color = color;
	o.plain = plain;
	out_marked(&o, STYLE_NORMAL, 2, 2, s, &mark, 1);
	fclose(o.stream);
	assert_string_equal(text, expected);
	free(text);
}

static void marked_places_are_bold_or_in_brackets_or_left_alone(void **state)
{
	struct match second = {4, 7}, whole = {0, 7};

	(void)state;
	check_marked(true, false, "one two three", second, "one \033[1mtwo\033[0m three\n");
	check_marked(false, false, "one two three", second, "one [two] three\n");
	check_marked(false, true, "one two three", second, "one two three\n");
	check_marked(false, false, "one t\033o three four", second,
		     "one [t<U+001B>o]\n  three four\n");
	check_marked(true, false, "one two", whole, "\033[1mone two\033[0m\n");
	check_marked(false, false, "one two\n", second, "one [two]<U+000A>\n");
}

static void long_words_are_broken_between_characters(void **state)
{
	(void)state;
	check_wrap(20, 0, 0, "aaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa\naaaaa\n");
	check_wrap(20, 0, 0, "https://a.example.org/path", "https://a.example\n.org/path\n");
	check_wrap(20, 0, 0, WIDE WIDE WIDE WIDE WIDE WIDE "a" WIDE WIDE WIDE WIDE,
		   WIDE WIDE WIDE WIDE WIDE WIDE "a" WIDE WIDE WIDE "\n" WIDE "\n");
	/* A full stop does not start a line. */
	check_wrap(20, 0, 0, WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE "\xE3\x80\x82",
		   WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE "\n" WIDE "\xE3\x80\x82\n");
}

static void an_emoji_sequence_is_not_broken(void **state)
{
	(void)state;
	check_wrap(20, 0, 0, "aaaaaaaaaaaaaaaaaa\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB",
		   "aaaaaaaaaaaaaaaaaa\n\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB\n");
	/* A flag is two letters, a skin tone belongs to its hand. */
	check_wrap(20, 0, 0, "aaaaaaaaaaaaaaaaaaa\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA",
		   "aaaaaaaaaaaaaaaaaaa\n\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA\n");
	check_wrap(20, 0, 0, "aaaaaaaaaaaaaaaaaa\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD",
		   "aaaaaaaaaaaaaaaaaa\n\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD\n");
}

static void a_failed_write_is_remembered(void **state)
{
	struct out late = {.stream = fopen("/dev/full", "w"), .width = 20};
	struct out early = {.stream = fopen("/dev/full", "w"), .width = 20};

	(void)state;
	assert_non_null(late.stream);
	assert_non_null(early.stream);
	setvbuf(early.stream, NULL, _IONBF, 0);
	out_text(&early, STYLE_NORMAL, "x");
	assert_true(early.failed);
	out_text(&late, STYLE_NORMAL, "x");
	out_flush(&late);
	assert_true(late.failed);
	fclose(late.stream);
	fclose(early.stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_all_scripts_passes),
		cmocka_unit_test(escape_sequences_are_shown),
		cmocka_unit_test(invisible_characters_are_shown),
		cmocka_unit_test(bad_bytes_are_shown),
		cmocka_unit_test(line_feeds_pass_only_where_they_may),
		cmocka_unit_test(a_tab_goes_to_the_next_fourth_column),
		cmocka_unit_test(a_thousand_marks_become_few),
		cmocka_unit_test(wide_and_combining_characters_are_measured),
		cmocka_unit_test(styles_are_written_only_with_colour),
		cmocka_unit_test(without_unicode_typography_becomes_ascii),
		cmocka_unit_test(lines_are_wrapped_at_spaces),
		cmocka_unit_test(text_behind_a_label_knows_where_it_starts),
		cmocka_unit_test(marked_places_are_bold_or_in_brackets_or_left_alone),
		cmocka_unit_test(long_words_are_broken_between_characters),
		cmocka_unit_test(an_emoji_sequence_is_not_broken),
		cmocka_unit_test(a_failed_write_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
