#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/strbuf.h"
#include "deck/parse.h"

struct parsed {
	struct arena arena;
	struct problems problems;
	struct deck deck;
};

static void parse(struct parsed *p, const char *text, const char *file)
{
	memset(p, 0, sizeof(*p));
	problems_init(&p->problems, &p->arena);
	bool good = deck_parse(text, strlen(text), file, &p->arena, &p->deck, &p->problems);
	if (!good)
		print_error("%d: %s\n", p->problems.items[0].line, p->problems.items[0].message);
	assert_true(good);
}

static void parse_clean(struct parsed *p, const char *text, const char *file)
{
	parse(p, text, file);
	if (p->problems.count > 0)
		print_error("%d: %s\n", p->problems.items[0].line, p->problems.items[0].message);
	assert_int_equal(p->problems.count, 0);
}

static void release(struct parsed *p)
{
	arena_release(&p->arena);
}

static const char example[] =
	"---\n"
	"deck: django-orm\n"
	"title: Django ORM and queries\n"
	"language: en\n"
	"license: CC-BY-4.0\n"
	"---\n"
	"\n"
	"# Django ORM and queries\n"
	"\n"
	"Text before the first question introduces the deck.\n"
	"\n"
	"## What is the N+1 query problem, and what cures it?\n"
	"<!--\n"
	"id: n-plus-one\n"
	"level: junior\n"
	"tier: top\n"
	"aim: fundamentals\n"
	"tags: [orm, performance]\n"
	"competency: performance\n"
	"seconds: 90\n"
	"set: [most-asked]\n"
	"-->\n"
	"\n"
	"The model answer, in Markdown: what a strong candidate would say in that time.\n"
	"\n"
	"### Key points\n"
	"- One query loads the list, then **one per row** loads the relation\n"
	"- Cure for single-valued relations: `select_related`, a JOIN\n"
	"- Cure for multi-valued ones: `prefetch_related`, a second query\n"
	"\n"
	"### Weak answer\n"
	"### Good signs\n"
	"### Red flags\n"
	"### Why it matters\n"
	"### Also asked as\n"
	"- The order page was fast with ten rows and takes nine seconds in production. What do you "
	"suspect?\n"
	"### See also\n"
	"- [QuerySet API](https://docs.djangoproject.com/en/5.2/ref/models/querysets/)\n"
	"\n"
	"## Which eager loader for which relation?\n"
	"<!-- {id: eager-loaders, follows: n-plus-one, probes: [2, 3]} -->\n"
	"\n"
	"One for single values, the other for many.\n";

static void the_full_example_gives_all_its_parts(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, example, "decks/orm.md");
	assert_int_equal(p.problems.count, 4); /* the four empty sections */
	for (int i = 0; i < 4; i++)
		assert_int_equal(p.problems.items[i].line, 31 + i);
	assert_string_equal(p.deck.id, "django-orm");
	assert_true(p.deck.has_id);
	assert_string_equal(p.deck.title, "Django ORM and queries");
	assert_string_equal(p.deck.language, "en");
	assert_string_equal(p.deck.license, "CC-BY-4.0");
	assert_null(p.deck.summary);
	assert_int_equal(p.deck.publisher.serial, -1);
	assert_string_equal(p.deck.intro, "Text before the first question introduces the deck.");
	assert_int_equal(p.deck.card_count, 2);

	const struct card *c = &p.deck.cards[0];
	assert_string_equal(c->id, "n-plus-one");
	assert_int_equal(c->line, 12);
	assert_int_equal(c->level, LEVEL_JUNIOR);
	assert_int_equal(c->tier, TIER_TOP);
	assert_int_equal(c->aim, AIM_FUNDAMENTALS);
	assert_int_equal(c->kind, KIND_KNOWLEDGE);
	assert_int_equal(c->competency, COMPETENCY_PERFORMANCE);
	assert_int_equal(c->tags.count, 2);
	assert_string_equal(c->tags.items[1], "performance");
	assert_string_equal(c->sets.items[0], "most-asked");
	assert_true(c->has_seconds);
	assert_int_equal(c->seconds, 90);
	assert_string_equal(c->section[SECTION_QUESTION],
			    "What is the N+1 query problem, and what cures it?");
	assert_string_equal(c->section[SECTION_ANSWER],
			    "The model answer, in Markdown: what a strong candidate would say in "
			    "that time.");
	assert_null(c->section[SECTION_WEAK]);
	assert_non_null(strstr(c->section[SECTION_LINKS], "QuerySet API"));

	c = &p.deck.cards[1];
	assert_string_equal(c->follows, "n-plus-one");
	assert_int_equal(c->probe_count, 2);
	assert_int_equal(c->probes[1], 3);
	assert_int_equal(c->line, 40);
	assert_false(c->has_seconds);
	release(&p);
}

static void the_smallest_deck_is_a_title_and_a_question(void **state)
{
	struct parsed p;

	(void)state;
	parse_clean(&p, "# My *deck* #\n## What is `x`? ##  \nIt is y.", "a/My Deck.v2.md");
	assert_string_equal(p.deck.id, "my-deck-v2");
	assert_false(p.deck.has_id);
	assert_string_equal(p.deck.title, "My *deck*");
	assert_null(p.deck.intro);
	assert_string_equal(p.deck.cards[0].id, "what-is-x");
	assert_false(p.deck.cards[0].has_id);
	assert_string_equal(p.deck.cards[0].section[SECTION_QUESTION], "What is `x`?");
	assert_string_equal(p.deck.cards[0].section[SECTION_ANSWER], "It is y.");
	release(&p);
}

static void bom_and_crlf_change_nothing(void **state)
{
	struct parsed p, q;
	struct strbuf sb;

	(void)state;
	strbuf_init(&sb, 1u << 16);
	strbuf_str(&sb, "\xef\xbb\xbf");
	for (const char *s = example; *s; s++)
		strbuf_str(&sb, *s == '\n' ? "\r\n" : (char[]){*s, '\0'});
	parse(&p, example, "x.md");
	parse(&q, sb.buf, "x.md");
	assert_int_equal(p.problems.count, q.problems.count);
	assert_string_equal(p.deck.intro, q.deck.intro);
	for (size_t i = 0; i < 2; i++) {
		struct hash a, b, body;
		deck_hash_card(&p.deck.cards[i], &a, &body);
		deck_hash_card(&q.deck.cards[i], &b, &body);
		assert_memory_equal(&a, &b, sizeof(a));
		assert_int_equal(p.deck.cards[i].line, q.deck.cards[i].line);
	}
	strbuf_release(&sb);
	release(&p);
	release(&q);
}

/* The questions of a text, joined with '|'. */
static void assert_questions(const char *text, const char *expected)
{
	struct arena arena = ARENA_INIT;
	struct problems problems;
	struct deck deck;
	struct strbuf sb;

	problems_init(&problems, &arena);
	strbuf_init(&sb, 4096);
	(void)deck_parse(text, strlen(text), "x.md", &arena, &deck, &problems);
	for (size_t i = 0; i < deck.card_count; i++)
		strbuf_printf(&sb, "%s%s", i ? "|" : "", deck.cards[i].section[SECTION_QUESTION]);
	if (strcmp(sb.buf, expected) != 0)
		print_error("deck: <<%s>>\n", text);
	assert_string_equal(sb.buf, expected);
	strbuf_release(&sb);
	arena_release(&arena);
}

static void headings_in_code_html_and_containers_are_no_questions(void **state)
{
	(void)state;
	assert_questions("## A\n```\n## x\n```\n## B\n", "A|B");
	assert_questions("## A\n~~~ md\n```\n## x\n~~~\n## B\n", "A|B");
	assert_questions("## A\n````\n```\n## x\n````\n## B\n", "A|B");
	assert_questions("## A\n   ```\n## x\n   ```\n## B\n", "A|B");
	assert_questions("## A\n```\n    ```\n## x\n```\n## B\n", "A|B");
	assert_questions("## A\n``` a`b\n## B\n", "A|B");
	assert_questions("## A\n```\n## never closed\n", "A");
	assert_questions("## A\n\n    ## x\ntext\n    ## y\n   ## B\n", "A|B");
	assert_questions("## A\n\t## x\n## B\n", "A|B");
	assert_questions("## A\n> ## x\n## B\n", "A|B");
	assert_questions("## A\n- a\n  ## x\n## B\n", "A|B");
	assert_questions("## A\n- ```\n  ## x\n## B\n", "A|B");
	assert_questions("## A\n1. a\n\n   ```\n   ## x\n## B\n", "A|B");
	assert_questions("## A\n-\n\n  ## B\n", "A|B");
	assert_questions("## A\n> ```\n## B\n", "A|B");
	assert_questions("## A\n- a\nlazy\n  ## x\n## B\n", "A|B");
	assert_questions("## A\n- a\n  ```\n  ```\ntext\n  ## B\n", "A|B");
	assert_questions("## A\n1. # a\ntext\n   ## B\n", "A|B");
	assert_questions("## A\n<!--\n\n## x\n-->\n## B\n", "A|B");
	assert_questions("## A\n<!-->\n## B\n", "A|B");
	assert_questions("## A\n<div>\n## x\n\n## B\n", "A|B");
	assert_questions("## A\n<pre>\n\n## x\n</pre>\n## B\n", "A|B");
	assert_questions("## A\n<?php\n\n## x\n?>\n## B\n", "A|B");
	assert_questions("## A\n<!DOCTYPE\n## x\n>\n## B\n", "A|B");
	assert_questions("## A\n<![CDATA[\n>\n## x\n]]>\n## B\n", "A|B");
	assert_questions("## A\n<![CDATA[\n\n## x\n]]>\n## B\n", "A|B");
	assert_questions("## A\n<del a=\"b\" c>\n## x\n\n## B\n", "A|B");
	assert_questions("## A\ntext\n<del>\n## B\n", "A|B");
	assert_questions("## A\n<del> text\n## B\n", "A|B");
	assert_questions("## A\n#### x\n##x\n\\## x\n##\tB\n", "A|B");
	assert_questions("## A ### \n## B#\n## C \\#\n", "A|B#|C \\#");
	assert_questions("A\n---\n\nB\n===\n## C\n", "C");
	assert_questions("---\n## x: 1\n---\n## A\n", "A");
	assert_questions("***\n## A\n", "A");
}

static void the_metadata_is_the_first_comment_that_has_a_known_key(void **state)
{
	struct parsed p;

	(void)state;
	parse_clean(&p,
		    "# T\n## A\n<!-- TODO: more -->\n\nText <!-- inline --> here.\n"
		    "<!-- note: x -->\n<!-- level: mid -->\nMore.\n"
		    "## B\n```\n<!-- {id: no} -->\n```\nB.\n"
		    "## C\n<!--\n  id: see\n  level: 'senior'\n-->\nC.\n"
		    "## D\n<!-- {\"id\": dee, kind: story, was: old, tags: one, rev: 2} -->\nD.\n"
		    "## E\n- item\n  <!-- {id: no} -->\n",
		    "x.md");
	const struct card *c = p.deck.cards;
	assert_int_equal(c[0].level, LEVEL_MID);
	assert_string_equal(c[0].section[SECTION_ANSWER], "Text <!-- inline --> here.\n\n\nMore.");
	assert_string_equal(c[1].id, "b");
	assert_string_equal(c[2].id, "see");
	assert_int_equal(c[2].level, LEVEL_SENIOR);
	assert_string_equal(c[3].id, "dee");
	assert_int_equal(c[3].kind, KIND_STORY);
	assert_int_equal(c[3].rev, 2);
	assert_string_equal(c[3].was.items[0], "old");
	assert_string_equal(c[3].tags.items[0], "one");
	assert_string_equal(c[4].id, "e");
	release(&p);
}

static void unknown_sections_stay_part_of_the_answer(void **state)
{
	struct parsed p;

	(void)state;
	parse_clean(&p,
		    "# T\n## A\n\n    code\n\n### Background\nOne.\n### KEY points ##\n- k\n"
		    "#### Deeper\n\n### Sources\nTwo.\n### See also\n- l\n",
		    "x.md");
	const struct card *c = p.deck.cards;
	assert_string_equal(c->section[SECTION_ANSWER],
			    "    code\n\n### Background\nOne.\n\n### Sources\nTwo.");
	assert_string_equal(c->section[SECTION_POINTS], "- k\n#### Deeper");
	assert_string_equal(c->section[SECTION_LINKS], "- l");
	release(&p);
}

static void the_title_comes_from_front_matter_then_from_a_heading(void **state)
{
	struct parsed p;

	(void)state;
	parse_clean(&p, "---\ntitle: One\n...\n# Two\nIntro.\n## Q\nA\n", "x.md");
	assert_string_equal(p.deck.title, "One");
	assert_string_equal(p.deck.intro, "Intro.");
	release(&p);
	parse_clean(&p, "---\n# nothing\n\n---\nBefore.\n\nA long\ntitle\n=====\nAfter.\n## Q\nA\n",
		    "x.md");
	assert_string_equal(p.deck.title, "A long\ntitle");
	assert_string_equal(p.deck.intro, "Before.\n\nAfter.");
	release(&p);
}

static void publisher_keys_are_read(void **state)
{
	struct parsed p;

	(void)state;
	parse_clean(
		&p,
		"---\ndeck: x\ntitle: T\nsummary: 'S: s'\nwas: [y, z]\nserial: 1000000000000000\n"
		"updated: 2026-11-20T08:30:00Z\nrefresh: 30d\nmoved-to: https://example.org/x.md\n"
		"next-key: RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n---\n"
		"## Q\nA\n",
		"x.md");
	assert_int_equal(p.deck.publisher.serial, 1000000000000000);
	assert_string_equal(p.deck.publisher.updated, "2026-11-20T08:30:00Z");
	assert_int_equal(p.deck.publisher.refresh, 30);
	assert_string_equal(p.deck.publisher.moved_to, "https://example.org/x.md");
	assert_string_equal(p.deck.publisher.next_key,
			    "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3");
	assert_string_equal(p.deck.summary, "S: s");
	assert_int_equal(p.deck.was.count, 2);
	release(&p);
}

static int seconds_of(size_t words, const char *before)
{
	struct parsed p;
	struct strbuf sb;

	strbuf_init(&sb, 1u << 16);
	strbuf_printf(&sb, "# T\n## Q\n%s", before);
	for (size_t i = 0; i < words; i++)
		strbuf_str(&sb, i % 10 == 9 ? "**word**\n" : "word ");
	parse(&p, sb.buf, "x.md");
	int seconds = p.deck.cards[0].seconds;
	assert_false(p.deck.cards[0].has_seconds);
	strbuf_release(&sb);
	release(&p);
	return seconds;
}

static void seconds_come_from_the_words_where_not_given(void **state)
{
	(void)state;
	assert_int_equal(seconds_of(10, ""), 30);
	assert_int_equal(seconds_of(130, ""), 60);
	assert_int_equal(seconds_of(195, ""), 90);
	assert_int_equal(seconds_of(5000, ""), 180);
	assert_int_equal(seconds_of(130, "```\nten more words in code are not to be said aloud\n"
					 "```\n"),
			 60);
}

static void the_signature_is_cut_before_parsing(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "# T\n## Q\nA\n<!-- viva-signature\nid: x\n-->\n", "x.md");
	assert_string_equal(p.deck.cards[0].section[SECTION_ANSWER], "A");
	assert_string_equal(p.deck.cards[0].id, "q");
	release(&p);
	/* One that is not last is no signature. */
	parse_clean(&p, "# T\n## Q\n```\n<!-- viva-signature\n-->\n```\n", "x.md");
	assert_string_equal(p.deck.cards[0].section[SECTION_ANSWER],
			    "```\n<!-- viva-signature\n-->\n```");
	release(&p);
}

static void hostile_characters_are_kept_as_they_are(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "# T\n## Q\nA\x1b[2J\n", "x.md");
	assert_int_equal(p.problems.count, 1);
	assert_string_equal(p.deck.cards[0].section[SECTION_ANSWER], "A\x1b[2J");
	release(&p);
	/* One warning a line is enough. */
	parse(&p, "# T\n## Q\nA\x1b\x1b\x07\n\x1b\n", "x.md");
	assert_int_equal(p.problems.count, 2);
	release(&p);
}

static void hash_of_one(const char *text, struct hash *content, struct hash *body)
{
	struct parsed p;

	parse(&p, text, "x.md");
	deck_hash_card(&p.deck.cards[0], content, body);
	release(&p);
}

static void hashes_tell_what_changed(void **state)
{
	struct hash content, body, c, b;

	(void)state;
	hash_of_one("# T\n## Q\n<!-- {id: x, level: mid, rev: 1} -->\nA\n", &content, &body);
	hash_of_one("# T\n\n\n## Q\n<!--\nrev: 1\nlevel: mid\nid: x\n-->\n\nA\n", &c, &b);
	assert_memory_equal(&c, &content, sizeof(c));
	hash_of_one("# T\n## Other\n<!-- {id: x, level: mid, rev: 1} -->\nA\n", &c, &b);
	assert_memory_not_equal(&c, &content, sizeof(c));
	assert_memory_equal(&b, &body, sizeof(b));
	hash_of_one("# T\n## Q\n<!-- {id: y, level: mid, rev: 1} -->\nA\n", &c, &b);
	assert_memory_not_equal(&c, &content, sizeof(c));
	assert_memory_equal(&b, &body, sizeof(b));
	hash_of_one("# T\n## Q\n<!-- {id: x, level: mid, rev: 2} -->\nA\n", &c, &b);
	assert_memory_not_equal(&b, &body, sizeof(b));
	hash_of_one("# T\n## Q\n<!-- {id: x, level: mid, rev: 1} -->\nB\n", &c, &b);
	assert_memory_not_equal(&b, &body, sizeof(b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_full_example_gives_all_its_parts),
		cmocka_unit_test(the_smallest_deck_is_a_title_and_a_question),
		cmocka_unit_test(bom_and_crlf_change_nothing),
		cmocka_unit_test(headings_in_code_html_and_containers_are_no_questions),
		cmocka_unit_test(the_metadata_is_the_first_comment_that_has_a_known_key),
		cmocka_unit_test(unknown_sections_stay_part_of_the_answer),
		cmocka_unit_test(the_title_comes_from_front_matter_then_from_a_heading),
		cmocka_unit_test(publisher_keys_are_read),
		cmocka_unit_test(seconds_come_from_the_words_where_not_given),
		cmocka_unit_test(the_signature_is_cut_before_parsing),
		cmocka_unit_test(hostile_characters_are_kept_as_they_are),
		cmocka_unit_test(hashes_tell_what_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
