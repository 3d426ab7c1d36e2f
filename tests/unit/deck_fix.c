#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "deck/lint.h"

/* The fixed text must be as given, say the same as before, and need no second fix. */
static void assert_fixed(const char *text, const char *expected, size_t written)
{
	struct arena arena = ARENA_INIT;
	struct problems problems;
	struct deck before, after;
	struct strbuf sb, again;

	strbuf_init(&sb, 4096);
	strbuf_init(&again, 4096);
	assert_int_equal(lint_fix(text, strlen(text), "some deck.md", &sb), written);
	assert_string_equal(sb.buf, expected);
	assert_int_equal(lint_fix(sb.buf, sb.len, "other.md", &again), 0);
	assert_string_equal(again.buf, expected);

	problems_init(&problems, &arena);
	assert_true(deck_parse(text, strlen(text), "some deck.md", &arena, &before, &problems));
	assert_true(deck_parse(sb.buf, sb.len, "other.md", &arena, &after, &problems));
	assert_string_equal(before.id, after.id);
	assert_string_equal(before.title, after.title);
	assert_true(after.has_id);
	assert_int_equal(before.card_count, after.card_count);
	for (size_t i = 0; i < after.card_count; i++) {
		struct hash a, b, body;
		assert_true(after.cards[i].has_id);
		deck_hash_card(&before.cards[i], &a, &body);
		deck_hash_card(&after.cards[i], &b, &body);
		assert_memory_equal(&a, &b, sizeof(a));
	}
	strbuf_release(&again);
	strbuf_release(&sb);
	arena_release(&arena);
}

static void ids_go_under_the_heading(void **state)
{
	(void)state;
	assert_fixed("# T\n## Q one\nA\n\n## R ##\n\n<!-- note -->\nB",
		     "---\ndeck: some-deck\n---\n# T\n## Q one\n<!-- {id: q-one} -->\nA\n\n"
		     "## R ##\n<!-- {id: r} -->\n\n<!-- note -->\nB",
		     3);
}

static void ids_go_into_a_comment_that_is_there(void **state)
{
	(void)state;
	assert_fixed("---\ndeck: d\n---\n# T\n## Q\n<!--\nlevel: mid\n-->\nA\n"
		     "## R\n<!--\n  level: mid\n  tags:\n    - x\n-->\nA\n"
		     "## S\n<!-- {level: mid} -->\nA\n"
		     "## U\n<!-- level: mid -->\nA\n"
		     "## V\nA\n<!-- {\n  rev: 1 } -->\n",
		     "---\ndeck: d\n---\n# T\n## Q\n<!--\nid: q\nlevel: mid\n-->\nA\n"
		     "## R\n<!--\n  id: r\n  level: mid\n  tags:\n    - x\n-->\nA\n"
		     "## S\n<!-- {id: s, level: mid} -->\nA\n"
		     "## U\n<!-- id: u\n     level: mid -->\nA\n"
		     "## V\nA\n<!-- {id: v, \n  rev: 1 } -->\n",
		     5);
}

static void the_deck_id_goes_into_front_matter(void **state)
{
	(void)state;
	assert_fixed("---\ntitle: T\n---\n## Q\n<!-- {id: q} -->\nA\n",
		     "---\ndeck: some-deck\ntitle: T\n---\n## Q\n<!-- {id: q} -->\nA\n", 1);
	assert_fixed("---\n# why\n  title: T\n---\n## Q\n<!-- {id: q} -->\nA\n",
		     "---\n# why\n  deck: some-deck\n  title: T\n---\n## Q\n<!-- {id: q} -->\nA\n",
		     1);
	assert_fixed("---\n{title: T}\n---\n## Q\n<!-- {id: q} -->\nA\n",
		     "---\n{deck: some-deck, title: T}\n---\n## Q\n<!-- {id: q} -->\nA\n", 1);
	assert_fixed("---\n{}\n---\n# T\n## Q\n<!-- {id: q} -->\nA\n",
		     "---\n{deck: some-deck}\n---\n# T\n## Q\n<!-- {id: q} -->\nA\n", 1);
	assert_fixed("---\n---\n# T\n## Q\n<!-- {id: q} -->\nA\n",
		     "---\ndeck: some-deck\n---\n# T\n## Q\n<!-- {id: q} -->\nA\n", 1);
}

static void line_ends_and_bom_are_kept(void **state)
{
	(void)state;
	assert_fixed("\xef\xbb\xbf# T\r\n## Q\r\nA\r\n## R\r\n<!--\r\nrev: 1\r\n-->\r\nB",
		     "\xef\xbb\xbf---\r\ndeck: some-deck\r\n---\r\n# T\r\n## Q\r\n<!-- {id: q} "
		     "-->\r\nA\r\n## R\r\n<!--\r\nid: r\r\nrev: 1\r\n-->\r\nB",
		     3);
	assert_fixed("\xef\xbb\xbf---\r\ntitle: T\xc3\xa4\r\n---\r\n## Q\r\n<!-- {rev: 1} -->\nB",
		     "\xef\xbb\xbf---\r\ndeck: some-deck\r\ntitle: T\xc3\xa4\r\n---\r\n## Q\r\n"
		     "<!-- {id: q, rev: 1} -->\nB",
		     2);
	assert_fixed("---\n\xef\xbb\xbftitle: T\n---\n## Q\n<!-- {id: q} -->\nA\n",
		     "---\n\xef\xbb\xbf"
		     "deck: some-deck\n\xef\xbb\xbftitle: T\n---\n## Q\n"
		     "<!-- {id: q} -->\nA\n",
		     1);
}

static void a_signature_is_dropped(void **state)
{
	(void)state;
	assert_fixed(
		"---\ndeck: d\n---\n# T\n## Q\n<!-- {id: q} -->\nA\n<!-- viva-signature\nx\n-->\n",
		"---\ndeck: d\n---\n# T\n## Q\n<!-- {id: q} -->\nA\n", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_go_under_the_heading),
		cmocka_unit_test(ids_go_into_a_comment_that_is_there),
		cmocka_unit_test(the_deck_id_goes_into_front_matter),
		cmocka_unit_test(line_ends_and_bom_are_kept),
		cmocka_unit_test(a_signature_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
