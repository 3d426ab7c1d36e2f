#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "deck/parse.h"
#include "deck/write.h"

static struct arena arena;

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct deck parsed(const char *text)
{
	struct problems problems;
	struct deck deck;

	problems_init(&problems, &arena);
	if (!deck_parse(text, strlen(text), "d.md", &arena, &deck, &problems))
		fail_msg("%d:%d: %s in:\n%s", problems.items[0].line, problems.items[0].column,
			 problems.items[0].message, text);
	return deck;
}

static const char *written(const struct deck *deck)
{
	struct strbuf sb;
	const char *text;

	strbuf_init(&sb, DECK_SIZE_MAX);
	deck_write(deck, &sb);
	assert_false(sb.full);
	text = arena_bytes(&arena, sb.buf, sb.len);
	strbuf_release(&sb);
	return text;
}

/* A deck of one card with these texts, which may be such as no parser gives. */
static struct deck one_card(const char *question, const char *answer, const char *points)
{
	struct card *c = arena_alloc(&arena, sizeof(*c));

	c->id = "c";
	c->has_id = true;
	c->section[SECTION_QUESTION] = question;
	c->section[SECTION_ANSWER] = answer;
	c->section[SECTION_POINTS] = points;
	return (struct deck){
		.id = "d", .title = "T", .publisher = {.serial = -1}, .cards = c, .card_count = 1};
}

static void everything_of_a_deck_comes_back(void **state)
{
	static const char text[] =
		"---\n"
		"deck: d\n"
		"title: \"T: it's \\\"so\\\"\"\n"
		"summary: \"A summary, with a comma\"\n"
		"language: pt-BR\n"
		"license: CC-BY-4.0\n"
		"was: [old, older]\n"
		"serial: 7\n"
		"updated: \"2026-11-20T08:30:00Z\"\n"
		"refresh: 30d\n"
		"next-key: RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n"
		"moved-to: \"https://example.org/d.md\"\n"
		"---\n\n"
		"# T: it's \"so\"\n\n"
		"The intro.\n\n"
		"### Key points\n"
		"are no section here.\n\n"
		"## What is C#?\n"
		"<!--\n"
		"id: c-sharp\n"
		"was: [x, other/y]\n"
		"level: mid\n"
		"tier: top\n"
		"aim: failure\n"
		"kind: story\n"
		"tags: [c, \"c#\", \"a:b\", größe]\n"
		"competency: security\n"
		"seconds: 90\n"
		"set: [most-asked]\n"
		"rev: 3\n"
		"-->\n\n"
		"An answer.\n\n"
		"### Of its own\n"
		"More of it.\n\n"
		"### Key points\n"
		"- One `point`\n\n"
		"### Weak answer\nWeak.\n\n"
		"### Good signs\n- Good\n\n"
		"### Red flags\n- Red\n\n"
		"### Why it matters\nBecause.\n\n"
		"### Also asked as\n- Otherwise?\n\n"
		"### See also\n- [A page](https://example.org)\n\n"
		"## And then?\n"
		"<!--\n"
		"id: then\n"
		"follows: c-sharp\n"
		"probes: [1, 3]\n"
		"-->\n\n"
		"```\n## no question\n```\n";
	struct deck deck = parsed(text);

	(void)state;
	assert_string_equal(written(&deck), text);
}

static void the_smallest_deck_gets_what_it_needs(void **state)
{
	struct deck deck = parsed("# Title\n## Q\nA\n");

	(void)state;
	assert_string_equal(written(&deck),
			    "---\ndeck: d\ntitle: Title\n---\n\n# Title\n\n## Q\n\nA\n");
}

/* What a card says may not run over into the next one. */
static void what_is_open_at_the_end_of_a_text_is_closed(void **state)
{
	static const struct {
		const char *text, *end;
	} open[] = {
		{"```python\ncode", "```python\ncode\n```"},
		{"~~~~\n## code", "~~~~\n## code\n~~~~"},
		{"<pre>\n## text", "<pre>\n## text\n</pre>"},
		{"<?php\n## x", "<?php\n## x\n?>"},
		{"<!DOCTYPE\n## x", "<!DOCTYPE\n## x\n>"},
		{"<![CDATA[\n## x", "<![CDATA[\n## x\n]]>"},
		{"<div>\n## x", "<div>\n## x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		struct deck deck = one_card("Q", open[i].text, open[i].text);
		struct deck back = parsed(written(&deck));

		assert_int_equal(back.card_count, 1);
		assert_string_equal(back.cards[0].section[SECTION_ANSWER], open[i].end);
		assert_string_equal(back.cards[0].section[SECTION_POINTS], open[i].end);
	}
}

static void what_would_start_a_card_or_section_is_escaped(void **state)
{
	static const struct {
		const char *text, *answer, *points;
	} texts[] = {
		{"a\n## b\nc", "a\n\\## b\nc", "a\n\\## b\nc"},
		{"  ## b", "  \\## b", "  \\## b"},
		{"### Key points\nb", "\\### Key points\nb", "\\### Key points\nb"},
		{"### Other\nb", "### Other\nb", "\\### Other\nb"},
		{"#### Deep\nb", "#### Deep\nb", "#### Deep\nb"},
		{"```\n## b\n```", "```\n## b\n```", "```\n## b\n```"},
		{"<!-- {id: x} -->\nb", "\\<!-- {id: x} -->\nb", "\\<!-- {id: x} -->\nb"},
		{"a\n<!--", "a\n\\<!--", "a\n\\<!--"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct deck deck = one_card("Q", texts[i].text, texts[i].text);
		struct deck back = parsed(written(&deck));

		assert_int_equal(back.card_count, 1);
		assert_string_equal(back.cards[0].id, "c");
		assert_string_equal(back.cards[0].section[SECTION_ANSWER], texts[i].answer);
		assert_string_equal(back.cards[0].section[SECTION_POINTS], texts[i].points);
	}
}

static void questions_and_titles_are_one_line_to_their_last_sign(void **state)
{
	static const struct {
		const char *text, *back;
	} texts[] = {
		{"What is C#?", "What is C#?"},
		{"What is C#", "What is C#"},
		{"#", "#"},
		{"x #", "x #"},
		{"a\nb\r\nc", "a b  c"},
		{"`## x`", "`## x`"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct deck deck = one_card(texts[i].text, "A", NULL), back;

		deck.title = texts[i].text;
		deck.intro = "# A heading of the intro";
		back = parsed(written(&deck));
		assert_string_equal(back.cards[0].section[SECTION_QUESTION], texts[i].back);
		assert_string_equal(back.title, texts[i].back);
		assert_string_equal(back.intro, deck.intro);
	}
}

static void words_keep_whatever_signs_they_have(void **state)
{
	static const char *tags[] = {"c#",   "a:b", "[x]",   "\"q\"", "'",     "*x", "&x",
				     "!x",   "-",   "a-->b", "{y}",   "%",     "@",  "`",
				     "null", "~",   "1e3",   "\\",    "größe", "|",  ">",
				     "?x",   "a#b", "Ünï",   "x-",    "🙂"};
	struct deck deck = one_card("Q", "A", NULL), back;
	size_t count = sizeof(tags) / sizeof(tags[0]);

	(void)state;
	deck.cards[0].tags = (struct strlist){tags, count};
	deck.summary = "a --> b # c";
	deck.license = "yes: \x41";
	back = parsed(written(&deck));
	assert_int_equal(back.cards[0].tags.count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(back.cards[0].tags.items[i], tags[i]);
	assert_string_equal(back.summary, deck.summary);
	assert_string_equal(back.license, deck.license);
}

static void a_card_without_metadata_has_no_comment(void **state)
{
	struct deck deck = one_card("Q", NULL, "- a");
	struct strbuf sb;

	(void)state;
	deck.cards[0].has_id = false;
	strbuf_init(&sb, 100);
	deck_write_card(&deck.cards[0], &sb);
	assert_string_equal(sb.buf, "## Q\n\n\n### Key points\n- a\n");
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(everything_of_a_deck_comes_back, teardown),
		cmocka_unit_test_teardown(the_smallest_deck_gets_what_it_needs, teardown),
		cmocka_unit_test_teardown(what_is_open_at_the_end_of_a_text_is_closed, teardown),
		cmocka_unit_test_teardown(what_would_start_a_card_or_section_is_escaped, teardown),
		cmocka_unit_test_teardown(questions_and_titles_are_one_line_to_their_last_sign,
					  teardown),
		cmocka_unit_test_teardown(words_keep_whatever_signs_they_have, teardown),
		cmocka_unit_test_teardown(a_card_without_metadata_has_no_comment, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
