#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/query.h"

static struct arena arena = ARENA_INIT;
static struct query query;
static struct error error;

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static enum err_code parse(const char *text)
{
	char copy[512];
	char *word = copy;

	assert_true(strlen(text) < sizeof(copy));
	memcpy(copy, text, strlen(text) + 1);
	return query_parse(&word, 1, &arena, &query, &error);
}

static const struct query_term *only_term(const char *text)
{
	if (parse(text) != ERR_NONE)
		fail_msg("%s", error.msg);
	assert_int_equal(query.count, 1);
	return &query.terms[0];
}

static void assert_text(const char *text, enum term_kind kind, const char *expected)
{
	const struct query_term *t = only_term(text);

	assert_int_equal(t->kind, kind);
	assert_string_equal(t->text, expected);
}

static void assert_value(const char *text, enum term_kind kind, int value)
{
	const struct query_term *t = only_term(text);

	assert_int_equal(t->kind, kind);
	assert_int_equal(t->value, value);
}

static void assert_range(const char *text, enum term_kind kind, int low, int high)
{
	const struct query_term *t = only_term(text);

	assert_int_equal(t->kind, kind);
	assert_int_equal(t->low, low);
	assert_int_equal(t->high, high);
}

static void assert_refused(const char *text, const char *message)
{
	if (parse(text) != ERR_USAGE)
		fail_msg("%s was taken", text);
	if (!strstr(error.msg, message))
		fail_msg("%s", error.msg);
}

static void words_match_text_case_folded(void **state)
{
	(void)state;
	assert_text("JOIN", TERM_TEXT, "join");
	assert_text("\xc3\x89tat", TERM_TEXT, "etat");
	assert_text("orm/n-plus-one", TERM_TEXT, "orm/n-plus-one");
	assert_text("N+1", TERM_TEXT, "n+1");
}

static void keys_narrow_the_cards(void **state)
{
	(void)state;
	assert_text("deck:orm", TERM_DECK, "orm");
	assert_text("card:orm/n-plus-one", TERM_CARD, "orm/n-plus-one");
	assert_text("tag:x", TERM_TAG, "x");
	assert_text("set:most-asked", TERM_SET, "most-asked");
	assert_value("level:mid", TERM_LEVEL, LEVEL_MID);
	assert_value("level:any", TERM_LEVEL, LEVEL_ANY);
	assert_value("tier:top", TERM_TIER, TIER_TOP);
	assert_value("kind:story", TERM_KIND, KIND_STORY);
	assert_value("aim:failure", TERM_AIM, AIM_FAILURE);
	assert_value("competency:api", TERM_COMPETENCY, COMPETENCY_API);
}

static void states_have_their_words(void **state)
{
	(void)state;
	assert_value("is:new", TERM_STATE, STATE_NEW);
	assert_value("is:due", TERM_STATE, STATE_DUE);
	assert_value("is:again", TERM_STATE, STATE_AGAIN);
	assert_value("is:scheduled", TERM_STATE, STATE_SCHEDULED);
	assert_value("is:suspended", TERM_STATE, STATE_SUSPENDED);
	assert_value("is:buried", TERM_STATE, STATE_BURIED);
	assert_value("is:retired", TERM_STATE, STATE_RETIRED);
	assert_int_equal(only_term("is:flagged")->kind, TERM_FLAGGED);
	assert_int_equal(only_term("is:leech")->kind, TERM_LEECH);
}

static void ranges_may_be_open_or_one_number(void **state)
{
	(void)state;
	assert_range("ef:..1.5", TERM_EF, INT_MIN, 150);
	assert_range("ef:1.3..2.0", TERM_EF, 130, 200);
	assert_range("ef:2.36", TERM_EF, 236, 236);
	assert_range("ef:2..", TERM_EF, 200, INT_MAX);
	assert_range("lapses:3..", TERM_LAPSES, 3, INT_MAX);
	assert_range("reviews:0", TERM_REVIEWS, 0, 0);
	assert_range("due:..7d", TERM_DUE, INT_MIN, 7);
	assert_range("due:0d..", TERM_DUE, 0, INT_MAX);
	assert_range("due:7d", TERM_DUE, 7, 7);
	assert_range("due:-3..-1d", TERM_DUE, -3, -1);
}

static void terms_are_split_at_blanks_and_negated_by_a_dash(void **state)
{
	char first[] = "  deck:orm\t-is:due ";
	char second[] = "-cache";
	char *words[] = {first, second};

	(void)state;
	assert_int_equal(query_parse(words, 2, &arena, &query, &error), ERR_NONE);
	assert_int_equal(query.count, 3);
	assert_false(query.terms[0].negated);
	assert_true(query.terms[1].negated);
	assert_int_equal(query.terms[1].kind, TERM_STATE);
	assert_true(query.terms[2].negated);
	assert_string_equal(query.terms[2].text, "cache");
	assert_int_equal(query_parse(words, 0, &arena, &query, &error), ERR_NONE);
	assert_int_equal(query.count, 0);
}

static void an_unknown_key_names_the_keys(void **state)
{
	(void)state;
	assert_refused("foo:bar", "foo:bar: unknown key (keys: deck card tag");
	assert_refused("-lapse:3..", "did you mean lapses:?");
	assert_refused(":x", "unknown key");
}

static void a_value_that_will_not_do_names_those_that_will(void **state)
{
	static const char *const bad[] = {
		"deck:",      "level:expert", "tier:",
		"is:sleepy",  "ef:..",	      "ef:2.0..1.3",
		"ef:1.234",   "ef:1.",	      "ef:.5",
		"ef:-1",      "ef:1...2",     "lapses:-1",
		"lapses:x",   "lapses:1..x",  "due:d",
		"due:7dd",    "due:1.5",      "reviews:99999999999999",
		"ef:9999999",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_refused(bad[i], bad[i]);
	assert_refused("level:expert", "junior, mid, senior or any");
	assert_refused("is:sleepy", "flagged or leech");
	assert_refused("-", "negates");
	assert_refused("\xff", "no letters");
}

static void a_phrase_stands_in_quotes(void **state)
{
	(void)state;
	assert_text("\"Foreign  key\"", TERM_TEXT, "foreign key");
	assert_text("\"is:due\"", TERM_TEXT, "is:due");
	assert_text("\"say \"yes\"\"", TERM_TEXT, "say \"yes\"");
	assert_text("\"open", TERM_TEXT, "\"open");
	assert_text("\"\"", TERM_TEXT, "\"\"");
	assert_text("a\"b\"", TERM_TEXT, "a\"b\"");
	assert_int_equal(parse("-\"a b\" \"c\"d e"), ERR_NONE);
	assert_int_equal(query.count, 3);
	assert_true(query.terms[0].negated);
	assert_string_equal(query.terms[0].text, "a b");
	assert_string_equal(query.terms[1].text, "\"c\"d");
	assert_string_equal(query.terms[2].text, "e");
	assert_refused("\" \"", "no letters");
}

static void a_search_takes_an_unknown_key_for_a_word(void **state)
{
	char text[] = "std::vector deck:orm -https://x :";
	char bad[] = "level:boss";
	char *word = text;

	(void)state;
	assert_int_equal(query_parse_search(&word, 1, &arena, &query, &error), ERR_NONE);
	assert_int_equal(query.count, 4);
	assert_int_equal(query.terms[0].kind, TERM_TEXT);
	assert_string_equal(query.terms[0].text, "std::vector");
	assert_int_equal(query.terms[1].kind, TERM_DECK);
	assert_true(query.terms[2].negated);
	assert_string_equal(query.terms[2].text, "https://x");
	assert_string_equal(query.terms[3].text, ":");
	word = bad;
	assert_int_equal(query_parse_search(&word, 1, &arena, &query, &error), ERR_USAGE);
}

static void a_query_has_an_end(void **state)
{
	char text[2 * QUERY_TERMS_MAX + 3] = "";

	(void)state;
	for (int i = 0; i < QUERY_TERMS_MAX; i++)
		memcpy(text + 2 * i, "a ", 3);
	assert_int_equal(parse(text), ERR_NONE);
	assert_int_equal(query.count, QUERY_TERMS_MAX);
	memcpy(text + 2 * QUERY_TERMS_MAX, "a", 2);
	assert_refused(text, "more than 32 terms");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(words_match_text_case_folded, release),
		cmocka_unit_test_teardown(keys_narrow_the_cards, release),
		cmocka_unit_test_teardown(states_have_their_words, release),
		cmocka_unit_test_teardown(ranges_may_be_open_or_one_number, release),
		cmocka_unit_test_teardown(terms_are_split_at_blanks_and_negated_by_a_dash, release),
		cmocka_unit_test_teardown(an_unknown_key_names_the_keys, release),
		cmocka_unit_test_teardown(a_value_that_will_not_do_names_those_that_will, release),
		cmocka_unit_test_teardown(a_phrase_stands_in_quotes, release),
		cmocka_unit_test_teardown(a_search_takes_an_unknown_key_for_a_word, release),
		cmocka_unit_test_teardown(a_query_has_an_end, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
