#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ui/markdown.h"

/* What markdown_print() writes. The caller frees it. */
static char *rendered(const char *markdown, struct out o, int indent)
{
	char *text = NULL;
	size_t size = 0;

	o.stream = open_memstream(&text, &size);
	assert_non_null(o.stream);
	markdown_print(&o, markdown, indent);
	assert_false(o.failed);
	fclose(o.stream);
	return text;
}

static char *file_text(const char *name, const char *end)
{
	char path[256], *text;
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "tests/data/markdown/%s%s", name, end);
	f = fopen(path, "rb");
	if (!f)
		fail_msg("cannot open %s", path);
	text = mem_alloc(1 << 16);
	len = fread(text, 1, (1 << 16) - 1, f);
	text[len] = '\0';
	fclose(f);
	return text;
}

static void check(const char *markdown, struct out o, const char *expected)
{
	char *text = rendered(markdown, o, 0);

	assert_string_equal(text, expected);
	free(text);
}

/* `unit`, count times, behind `before`, and an "x". */
static char *repeated(const char *before, const char *unit, size_t count)
{
	struct strbuf text;

	strbuf_init(&text, 1 << 24);
	strbuf_str(&text, before);
	for (size_t i = 0; i < count; i++)
		strbuf_str(&text, unit);
	strbuf_char(&text, 'x');
	return text.buf;
}

static void screens_are_as_they_were_approved(void **state)
{
	static const char *const names[] = {"answer", "blocks", "table", "hostile"};
	static const struct {
		const char *end;
		struct out o;
	} forms[] = {
		{".20.txt", {.width = 20, .unicode = true}},
		{".60.txt", {.width = 60, .unicode = true}},
		{".80.txt", {.width = 80, .unicode = true}},
		{".ascii.txt", {.width = 60}},
		{".plain.txt", {.width = 60, .unicode = true, .plain = true}},
		{".color.txt", {.width = 60, .unicode = true, .color = true}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *markdown = file_text(names[i], ".md");

		for (size_t k = 0; k < sizeof(forms) / sizeof(forms[0]); k++) {
			char *expected = file_text(names[i], forms[k].end);

			print_message("%s%s\n", names[i], forms[k].end);
			check(markdown, forms[k].o, expected);
			free(expected);
		}
		free(markdown);
	}
}

static void prose_is_never_wider_than_a_hundred_columns(void **state)
{
	char *text;
	char words[2001] = "";

	(void)state;
	for (int i = 0; i < 400; i++)
		memcpy(words + 5 * (size_t)i, "word ", 5);
	text = rendered(words, (struct out){.width = 200}, 0);
	assert_int_equal(strcspn(text, "\n"), 99);
	free(text);
}

static void code_may_use_the_whole_width(void **state)
{
	char *text;
	char code[160] = "```\n";

	(void)state;
	memset(code + 4, 'x', 140);
	strncat(code, "\n```\n", 6);
	text = rendered(code, (struct out){.width = 200}, 0);
	assert_int_equal(strcspn(text, "\n"), 144);
	free(text);
}

static void every_line_is_indented(void **state)
{
	char *text = rendered("- a\n\n  b\n\n> c\n", (struct out){.width = 40}, 3);

	(void)state;
	assert_string_equal(text, "   - a\n\n     b\n\n   > c\n");
	free(text);
}

static void an_empty_document_prints_nothing(void **state)
{
	(void)state;
	check("", (struct out){.width = 40}, "");
	check("<!-- only a comment -->\n", (struct out){.width = 40}, "");
}

static void tight_lists_have_no_blank_lines_and_loose_ones_do(void **state)
{
	const struct out o = {.width = 40};

	(void)state;
	check("- a\n  - b\n- c\n\nd\n", o, "- a\n  - b\n- c\n\nd\n");
	check("- a\n\n- b\n", o, "- a\n\n- b\n");
}

static void containers_deeper_than_sixteen_are_flat(void **state)
{
	char *markdown = repeated("", "> ", 19);
	char *text = rendered(markdown, (struct out){.width = 80}, 0);

	(void)state;
	assert_string_equal(text, "> > > > > > > > > > > > > > > > x\n");
	free(text);
	free(markdown);
}

static void colour_off_means_no_escape_at_all(void **state)
{
	char *text = rendered("**a** *b* `c` [d](e)\n\n---\n\n> f\n", (struct out){.width = 40}, 0);

	(void)state;
	assert_null(strchr(text, '\033'));
	free(text);
}

static void a_style_ends_with_the_line_and_starts_again(void **state)
{
	(void)state;
	check("**one two three four five**", (struct out){.width = 20, .color = true},
	      "\033[1mone two three four\033[0m\n\033[1mfive\033[0m\n");
}

static void a_code_span_stays_on_one_line(void **state)
{
	(void)state;
	check("some words `a b c d e f`", (struct out){.width = 20}, "some words\n`a b c d e f`\n");
}

static void marks_stay_with_their_letter_when_a_word_is_broken(void **state)
{
	(void)state;
	check("aaaaaaaaaaaaaaaaaaae\xCC\x81"
	      "e\xCC\x81",
	      (struct out){.width = 20, .unicode = true},
	      "aaaaaaaaaaaaaaaaaaae\xCC\x81\ne\xCC\x81\n");
}

static void an_address_is_shown_once(void **state)
{
	const struct out o = {.width = 60};

	(void)state;
	check("<https://a.b/c>", o, "https://a.b/c\n");
	check("[https://a.b/c](https://a.b/c)", o, "https://a.b/c\n");
	check("<me@a.b>", o, "me@a.b\n");
	check("[text](https://a.b/c)", o, "text <https://a.b/c>\n");
}

static void the_tables_of_a_hostile_deck_are_shown_as_text(void **state)
{
	char markdown[2000] = "";
	char *text;

	(void)state;
	for (int i = 0; i < 60; i++)
		strncat(markdown, "|a", 3);
	strncat(markdown, "|\n", 3);
	for (int i = 0; i < 60; i++)
		strncat(markdown, "|---", 5);
	strncat(markdown, "|\n|x|\n", 7);
	text = rendered(markdown, (struct out){.width = 80}, 0);
	assert_int_equal(strncmp(text, "|a|a|a", 6), 0);
	free(text);
}

static void what_nobody_can_read_is_shown_as_its_source(void **state)
{
	const struct out o = {.width = 80};
	char *brackets = repeated("[x]: /hidden\n\n", "[", 1001);
	char *cells = repeated("|a|b|\n|---|---|\n", "|c|d|\n", 10001);
	char *text;

	(void)state;
	text = rendered(brackets, o, 0);
	assert_non_null(strstr(text, "/hidden"));
	free(text);
	text = rendered(cells, o, 0);
	assert_non_null(strstr(text, "|---|---|"));
	free(text);
	free(brackets);
	free(cells);
}

/* A test that takes minutes when something is not linear. */
static void hostile_documents_are_rendered_at_once(void **state)
{
	static const struct {
		const char *before, *unit;
		size_t count;
	} documents[] = {
		{"", "- ", 30000},
		{"", "> ", 30000},
		{"", "1. ", 20000},
		{"", "- x\n", 16000},
		{"", "a", 65536},
		{"", "a ", 32768},
		{"a", "\xCC\x81", 32768},
		{"", "*a ", 20000},
		{"[x]: /f\n\n", "[", 60000},
		{"", "![[]()", 10000},
		{"", "&#x301;", 9000},
		{"", "\xF0\x9F\x91\xA9\xE2\x80\x8D", 9000},
		{"```\n", "`a b ", 13000},
		{"|a|b|\n|---|---|\n", "|\n", 30000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		char *markdown =
			repeated(documents[i].before, documents[i].unit, documents[i].count);
		char *text = rendered(markdown, (struct out){.width = 20, .unicode = true}, 0);

		assert_non_null(strchr(text, 'x'));
		free(text);
		free(markdown);
	}
}

static void inline_text_follows_a_label(void **state)
{
	char *text = NULL;
	size_t size = 0;
	struct out o = {.width = 24};

	(void)state;
	o.stream = open_memstream(&text, &size);
	out_text(&o, STYLE_FAINT, "a. ");
	markdown_inline(&o, "One **query** loads\nthe `list` of rows", STYLE_NORMAL, 3, 3);
	markdown_inline(&o, "1. Why C #?", STYLE_NORMAL, 0, 0);
	markdown_inline(&o, "", STYLE_NORMAL, 0, 0);
	fclose(o.stream);
	assert_string_equal(text, "a. One query loads the\n   `list` of rows\n1. Why C #?\n\n");
	free(text);
}

static void check_plain(const char *markdown, const char *expected)
{
	struct strbuf text;

	strbuf_init(&text, 1000);
	markdown_plain(&text, markdown);
	assert_string_equal(text.buf, expected);
	strbuf_release(&text);
}

static void check_flat(const char *markdown, const char *expected)
{
	struct strbuf text;

	strbuf_init(&text, 10000);
	markdown_flat(&text, markdown);
	assert_string_equal(text.buf, expected);
	strbuf_release(&text);
}

static void a_flat_document_is_one_line(void **state)
{
	char brackets[1202] = "";

	(void)state;
	check_flat("", "");
	check_flat("One **two**,\n  `three`.\n\n> Four\n", "One two, three. Four");
	check_flat("- One\n- Two\n  - Three\n", "One \xC2\xB7 Two \xC2\xB7 Three");
	check_flat("So:\n\n1. One\n2. Two\n", "So: \xC2\xB7 One \xC2\xB7 Two");
	check_flat("```py\nfor a in b:\n    c()\n```\nThen.", "for a in b: c() Then.");
	check_flat("| a | b |\n|---|---|\n| 1 | 2 |\n", "a b 1 2");
	check_flat("[a *b*](c) &amp; <!-- no --> &#x1b;", "a b & \033");
	memset(brackets, '[', sizeof(brackets) - 1);
	check_flat(brackets, brackets);
}

static void plain_text_has_no_marks(void **state)
{
	(void)state;
	check_plain("What is `select_related`, **exactly**?", "What is select_related, exactly?");
	check_plain("[a *b*](c) ![d](e) &amp; &#x1b;\xE2\x80\xAE", "a b d & \033\xE2\x80\xAE");
	check_plain("# not a heading", "# not a heading");
	check_plain("- no list\nbut two lines", "- no list but two lines");
	check_plain("C #", "C #");
	check_plain("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens_are_as_they_were_approved),
		cmocka_unit_test(prose_is_never_wider_than_a_hundred_columns),
		cmocka_unit_test(code_may_use_the_whole_width),
		cmocka_unit_test(every_line_is_indented),
		cmocka_unit_test(an_empty_document_prints_nothing),
		cmocka_unit_test(tight_lists_have_no_blank_lines_and_loose_ones_do),
		cmocka_unit_test(containers_deeper_than_sixteen_are_flat),
		cmocka_unit_test(colour_off_means_no_escape_at_all),
		cmocka_unit_test(a_style_ends_with_the_line_and_starts_again),
		cmocka_unit_test(a_code_span_stays_on_one_line),
		cmocka_unit_test(marks_stay_with_their_letter_when_a_word_is_broken),
		cmocka_unit_test(an_address_is_shown_once),
		cmocka_unit_test(the_tables_of_a_hostile_deck_are_shown_as_text),
		cmocka_unit_test(what_nobody_can_read_is_shown_as_its_source),
		cmocka_unit_test(hostile_documents_are_rendered_at_once),
		cmocka_unit_test(inline_text_follows_a_label),
		cmocka_unit_test(plain_text_has_no_marks),
		cmocka_unit_test(a_flat_document_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
