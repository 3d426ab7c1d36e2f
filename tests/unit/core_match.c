#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/fold.h"
#include "core/match.h"

static struct strbuf word;

static int set_up(void **state)
{
	(void)state;
	strbuf_init(&word, 1 << 16);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	strbuf_release(&word);
	return 0;
}

static const char *fold_word(const char *s)
{
	strbuf_reset(&word);
	match_fold_word(&word, s, strlen(s));
	return word.buf;
}

/* Whether a search for `typed` finds the text; the folded text must say the same. */
static bool finds(const char *typed, const char *text)
{
	struct strbuf folded;
	struct match hit;
	bool found;

	fold_word(typed);
	found = match_text(text, strlen(text), word.buf);
	strbuf_init(&folded, 1 << 16);
	fold_text(&folded, text, strlen(text));
	assert_int_equal(match_find(folded.buf, folded.len, word.buf, 0, &hit), found);
	strbuf_release(&folded);
	return found;
}

static void a_word_matches_where_a_word_begins_with_it(void **state)
{
	(void)state;
	assert_true(finds("join", "A JOIN does it"));
	assert_true(finds("join", "joins"));
	assert_true(finds("join", "(joined)"));
	assert_false(finds("join", "rejoin"));
	assert_false(finds("join", "joi"));
	assert_false(finds("join", ""));
	assert_true(finds("select", "use `select_related`"));
	assert_true(finds("related", "use `select_related`"));
	assert_true(finds("select_related", "use `select_related`"));
	assert_true(finds("select_rel", "use `select_related`"));
	assert_false(finds("select_related", "select related"));
	assert_false(finds("elated", "use `select_related`"));
	assert_true(finds("join", "rejoin, then join"));
}

static void a_very_short_word_is_a_whole_one(void **state)
{
	(void)state;
	assert_true(finds("f", "an F expression"));
	assert_true(finds("db", "the DB."));
	assert_false(finds("db", "dbapi"));
	assert_true(finds("dba", "dbapi"));
	assert_true(finds("f(", "F('price')"));
	assert_true(finds("F()", "F()"));
	assert_false(finds("F()", "f(x)"));
}

static void signs_match_as_they_are(void **state)
{
	(void)state;
	assert_true(finds("N+1", "the n+1 problem"));
	assert_false(finds("N+1", "the n 1 problem"));
	assert_true(finds("__in", "filter(pk__in=ids)"));
	assert_false(finds("__in", "filter in"));
	assert_true(finds("%", "100% sure"));
	assert_true(finds("->", "a->b"));
	assert_true(finds("\xe2\x86\x92", "a \xe2\x86\x92 b"));
	assert_true(finds("\"", "say \"yes\""));
	assert_true(finds("NEAR(", "near(a, b)"));
}

static void case_accents_and_forms_do_not_matter(void **state)
{
	(void)state;
	assert_true(finds("cafe", "Caf\xc3\xa9"));
	assert_true(finds("caf\xc3\xa9", "CAFE"));
	assert_true(finds("CAFE\xcc\x81", "un caf\xc3\xa9 noir"));
	assert_true(finds("strasse", "Stra\xc3\x9f"
				     "e"));
	assert_true(finds("\xc3\xa4rger", "\xc3\x84rger"));
	assert_true(finds("\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87",
			  "\xd0\x9a\xd0\xbb\xd1\x8e\xd1\x87\xd0\xb8"));
	assert_true(finds("file", "\xef\xac\x81le"));
	assert_true(finds("sql", "\xef\xbc\xb3\xef\xbc\xb1\xef\xbc\xac"));
	assert_true(finds("mhz", "\xe3\x8e\x92"));
	assert_true(finds("soft", "so\xc2\xad"
				  "ft"));
	assert_false(finds("afe", "\xc3\xa9"
				  "afe"));
}

static void scripts_without_blanks_are_searched_sign_by_sign(void **state)
{
	(void)state;
	assert_true(finds("\xe6\x95\xb0\xe6\x8d\xae",
			  "\xe5\xa4\xa7\xe6\x95\xb0\xe6\x8d\xae\xe5\xba\x93"));
	assert_false(finds("\xe6\x8d\xae\xe6\x95\xb0",
			   "\xe5\xa4\xa7\xe6\x95\xb0\xe6\x8d\xae\xe5\xba\x93"));
	assert_true(finds("orm", "\xe6\x95\xb0orm\xe5\xba\x93"));
}

static void a_blank_of_a_phrase_is_whatever_parts_two_words(void **state)
{
	(void)state;
	assert_true(finds("one per row", "One **per**\n  row."));
	assert_true(finds("foreign key", "foreign keys"));
	assert_false(finds("foreign key", "foreign"));
	assert_false(finds("foreign key", "foreignkey"));
	assert_false(finds("foreign key", "foreign, not key"));
	assert_true(finds("a -b", "a (-b"));
	assert_true(finds(" \tforeign\n key ", "the foreign key"));
}

static void what_is_no_utf8_is_passed_over(void **state)
{
	(void)state;
	assert_string_equal(fold_word("\xff\xfe"), "");
	assert_string_equal(fold_word(" \n "), "");
	assert_string_equal(fold_word("\xcc\x81"), "");
	assert_true(finds("ab", "a\xff"
				"b"));
}

static void a_word_says_what_an_index_can_do_for_it(void **state)
{
	(void)state;
	assert_true(match_is_indexed("a"));
	assert_true(match_is_indexed("(\xc3\xa4"));
	assert_false(match_is_indexed("->"));
	assert_false(match_is_indexed("\xe2\x86\x92"));
	assert_true(match_is_prefix("abc"));
	assert_false(match_is_prefix("ab"));
	assert_false(match_is_prefix("abc("));
	assert_true(match_is_prefix("n+1"));
}

static void places_are_found_one_after_the_other(void **state)
{
	struct match hit;

	(void)state;
	assert_true(match_find("so so son", 9, "so", 0, &hit));
	assert_int_equal(hit.start, 0);
	assert_int_equal(hit.end, 2);
	assert_true(match_find("so so son", 9, "so", 2, &hit));
	assert_int_equal(hit.start, 3);
	assert_false(match_find("so so son", 9, "so", 5, &hit));
}

static void a_word_that_is_too_long_is_noticed(void **state)
{
	struct strbuf small;

	(void)state;
	strbuf_init(&small, 4);
	match_fold_word(&small, "abcde", 5);
	assert_true(small.full);
	strbuf_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_matches_where_a_word_begins_with_it),
		cmocka_unit_test(a_very_short_word_is_a_whole_one),
		cmocka_unit_test(signs_match_as_they_are),
		cmocka_unit_test(case_accents_and_forms_do_not_matter),
		cmocka_unit_test(scripts_without_blanks_are_searched_sign_by_sign),
		cmocka_unit_test(a_blank_of_a_phrase_is_whatever_parts_two_words),
		cmocka_unit_test(what_is_no_utf8_is_passed_over),
		cmocka_unit_test(a_word_says_what_an_index_can_do_for_it),
		cmocka_unit_test(places_are_found_one_after_the_other),
		cmocka_unit_test(a_word_that_is_too_long_is_noticed),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
