/* Bad decks: what is said of them, and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "deck/parse.h"

#define CARD "# T\n\n## Q\n"
#define META(yaml) CARD "<!-- {" yaml "} -->\nAnswer.\n"
#define FRONT(yaml) "---\n" yaml "\n---\n# T\n\n## Q\nAnswer.\n"

struct bad {
	const char *text;
	const char *expected; /* "line:column: message" of the first problem */
};

static const struct bad errors[] = {
	/* What is a deck at all */
	{"", "1:1: file is no deck: write `# Title`, then `## Question` and its answer"},
	{"\n\n\n", "1:1: file is no deck: write `# Title`, then `## Question` and its answer"},
	{"#", "1:1: file is no deck: write `# Title`, then `## Question` and its answer"},
	{"\xef\xbb\xbf",
	 "1:1: file is no deck: write `# Title`, then `## Question` and its answer"},
	{"<html><body>Log in</body></html>\n",
	 "1:1: file is no deck: write `# Title`, then `## Question` and its answer"},
	{"---\ndeck: x\n---\n",
	 "1:1: file is no deck: write `# Title`, then `## Question` and its answer"},
	/* Bytes */
	{"\xff\xfe#\n", "1:1: file is UTF-16: save it as UTF-8"},
	{"\xfe\xff#\n", "1:1: file is UTF-16: save it as UTF-8"},
	{CARD "\xc3\xa4\xc3\xa4\xff\n", "4:3: byte 0xFF is not UTF-8: save the file as UTF-8"},
	{CARD "a\xc0\x9b\n", "4:2: byte 0xC0 is not UTF-8: save the file as UTF-8"},
	{CARD "\xed\xa0\x80\n", "4:1: byte 0xED is not UTF-8: save the file as UTF-8"},
	{CARD "\xf4\x90\x80\x80\n", "4:1: byte 0xF4 is not UTF-8: save the file as UTF-8"},
	{CARD "x\xe2\x82", "4:2: byte 0xE2 is not UTF-8: save the file as UTF-8"},
	{CARD "x\x9b\n", "4:2: byte 0x9B is not UTF-8: save the file as UTF-8"},
	{"# T\r## Q\rA\r", "1:4: CR without LF: end lines with LF or CRLF"},
	{CARD "A: right\rB: right\n", "4:9: CR without LF: end lines with LF or CRLF"},
	{"\xef\xbb\xbf# T\r\n\r\n## Q\r\na\rb\r\n",
	 "4:2: CR without LF: end lines with LF or CRLF"},
	{CARD "A\n<!-- viva-signature\nx\n-->\n<!-- viva-signature\ny\n-->\n",
	 "7:1: another signature in front of this one: keep the last"},
	/* Structure */
	{CARD, "3:1: card has no answer: write it below the heading"},
	{CARD "\n### Key points\n- a\n", "3:1: card has no answer: write it below the heading"},
	{CARD "<!-- only a note -->\n", "3:1: card has no answer: write it below the heading"},
	{"# T\r\n\r\n## Q\r\n\r\n## R\r\nAnswer\r\n",
	 "3:1: card has no answer: write it below the heading"},
	{"---\ntitle: T\n---\n\n## Q\n", "5:1: card has no answer: write it below the heading"},
	{"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\n## Q\r\n",
	 "4:1: card has no answer: write it below the heading"},
	{"# T\n##\nA\n", "2:1: heading is empty: write the question behind `##`"},
	{"# T\n## ##\nA\n", "2:1: heading is empty: write the question behind `##`"},
	{"# T\n## \xc3\xa4 <!-- {id: x} -->\nA\n",
	 "2:6: comment on the heading's line: write it on the line below"},
	{CARD "Answer.\n<!-- no end\n\n## R\nB\n",
	 "5:1: comment is never closed: write `-->` behind it"},
	{"---\ntitle: x\n", "1:1: front matter is never closed: write `---` on the line below it"},
	{CARD "A\n### Weak answer\na\n### Weak answer\nb\n",
	 "7:1: section 'Weak answer' is there already in line 5: make one of both"},
	{CARD "A\n### Weak answer\n### X\n### weak ANSWER\nb\n",
	 "7:1: section 'Weak answer' is there already in line 5: make one of both"},
	{CARD "> > > > > > > > > > > > > > > > > x\n",
	 "3:1: text has lists or quotes in more than 16 levels: flatten it"},
	{CARD "A\n### Good signs\n- - - - - - - - - - - - - - - - - x\n",
	 "5:1: Good signs has lists or quotes in more than 16 levels: flatten it"},
	{"# T\n> > > > > > > > > > > > > > > > > x\n## Q\nA\n",
	 "1:1: text has lists or quotes in more than 16 levels: flatten it"},
	/* Ids */
	{CARD "A\n## q\nB\n", "5:1: heading gives the id 'q' of the card in line 3: write `<!-- "
			      "{id: other-id} -->` below "
			      "it"},
	{CARD "A\n## R\n<!--\nlevel: mid\nid: q\n-->\nB\n",
	 "8:1: id 'q' is taken by the card in line 3: choose another"},
	{CARD "<!-- {id: r} -->\nA\n## R\nB\n", "6:1: heading gives the id 'r' of the card in line "
						"3: write `<!-- {id: other-id} -->` below "
						"it"},
	{"# T\n## \xd0\x96?\nA\n",
	 "2:1: heading gives no id: write `<!-- {id: some-id} -->` below it"},
	{"# T\n## A\na\n## B\nb\n## B\nb\n", "6:1: heading gives the id 'b' of the card in line 4: "
					     "write `<!-- {id: other-id} -->` below "
					     "it"},
	{META("tags: [a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,z]"),
	 "4:78: tags has more than 32 items: drop some"},
	{META("id: Big"),
	 "4:11: id 'Big' is no id: use a-z, 0-9, '.', '_' and '-', a letter or digit "
	 "first, at most 64"},
	{META("id: ../../.bashrc"), "4:11: id '../../.bashrc' is no id: use a-z, 0-9, '.', '_' and "
				    "'-', a letter or digit first, at most 64"},
	{META("id: a/b"),
	 "4:11: id 'a/b' is no id: use a-z, 0-9, '.', '_' and '-', a letter or digit "
	 "first, at most 64"},
	{META("id: -rf"),
	 "4:11: id '-rf' is no id: use a-z, 0-9, '.', '_' and '-', a letter or digit "
	 "first, at most 64"},
	{META("id: \"a\\nb\""),
	 "4:11: id 'a b' is no id: use a-z, 0-9, '.', '_' and '-', a letter or "
	 "digit first, at most 64"},
	{META("id: \xc3\xa9"),
	 "4:11: id '\xc3\xa9' is no id: use a-z, 0-9, '.', '_' and '-', a letter "
	 "or digit first, at most 64"},
	{META("id: "), "4:7: id is empty: give it a value or drop it"},
	{META("id: ''"), "4:7: id is empty: give it a value or drop it"},
	{META("id: \"a\\0b\""), "4:11: NUL in a value: drop it"},
	{META("id: [a]"), "4:7: id takes one value, not a list"},
	{META("id: {a: b}"), "4:7: id takes one value, not a list"},
	/* Values of a card */
	{META("level: juniro"),
	 "4:14: level 'juniro' is unknown: use one of any, junior, mid, senior"},
	{META("tier: first"), "4:13: tier 'first' is unknown: use one of top, middle, stretch"},
	{META("aim: x"), "4:12: aim 'x' is unknown: use one of fundamentals, production, failure"},
	{META("kind: x"),
	 "4:13: kind 'x' is unknown: use one of knowledge, judgement, scenario, story, "
	 "pitch, reverse"},
	{META("competency: x"), "4:19: competency 'x' is unknown: use one of fundamentals, design, "
				"security, api, testing, "
				"performance, communication"},
	{META("seconds: 0"), "4:16: seconds '0' is no whole number from 1 to 3600"},
	{META("seconds: 3601"), "4:16: seconds '3601' is no whole number from 1 to 3600"},
	{META("seconds: 1m"), "4:16: seconds '1m' is no whole number from 1 to 3600"},
	{META("rev: -1"), "4:12: rev '-1' is no whole number from 0 to 1000000"},
	{META("follows: A"), "4:16: follows 'A' is no card: write its id, or deck-id/card-id"},
	{META("follows: a/b/c"),
	 "4:16: follows 'a/b/c' is no card: write its id, or deck-id/card-id"},
	{META("follows: a, probes: [0]"),
	 "4:28: probe '0' is no number of a key point, or is there twice"},
	{META("follows: a, probes: [1, 1]"),
	 "4:31: probe '1' is no number of a key point, or is there twice"},
	{META("follows: a, probes: {a: b}"),
	 "4:19: probes takes a list of at most 26 numbers: [1, 3]"},
	{META("was: [ok, No]"),
	 "4:17: was 'No' is no card: write its earlier id, or deck-id/card-id"},
	{META("tags: [a b]"), "4:14: tags 'a b' is no tag: one word of at most 64 bytes"},
	{META("tags: {a: b}"), "4:7: tags takes a list of words: [one, two]"},
	{META("set: [\"\\e[2J\"]"), "4:13: set '\x1b[2J' is no set: one word of at most 64 bytes"},
	{META("id: a, id: b"), "4:14: key is there twice: keep one"},
	/* YAML in a comment, at the right place */
	{CARD "<!--\nid: [a\n-->\nA\n", "6:1: not valid YAML, did not find expected ',' or ']': "
					"put quotes around text with `: `, `#` "
					"or brackets in it"},
	{CARD "\n<!--\nid: a\nlevel: b: c\n-->\nA\n",
	 "7:9: not valid YAML, mapping values are not allowed in this context: put quotes around "
	 "text "
	 "with `: `, `#` or brackets in it"},
	{META("id: &a x"), "4:11: anchors and tags are not allowed: drop it"},
	{META("id: !!str x"), "4:11: anchors and tags are not allowed: drop it"},
	{META("id: *a"), "4:11: aliases are not allowed: write the value out"},
	{CARD "<!--\nid: x\n---\nid: y\n-->\nA\n", "6:1: a second YAML document: drop it"},
	{META("id: x, x: [[[[[[[[1]]]]]]]]"),
	 "4:24: YAML is nested deeper than 8 levels: flatten it"},
	{META("id: x, [a]: b"), "4:14: a key is a single word"},
	{CARD "<!--\nid: \x01\n-->\nA\n",
	 "5:5: control character in YAML: write it as an escape in double quotes"},
	/* Front matter */
	{FRONT("deck: My Deck"), "2:7: deck 'My Deck' is no id: use a-z, 0-9, '.', '_' and '-', a "
				 "letter or digit first, at most 64"},
	{FRONT("just text"), "2:1: front matter is no list of `key: value` lines"},
	{FRONT("- a\n- b"), "2:1: front matter is no list of `key: value` lines"},
	{FRONT("title: a: b"), "2:9: front matter: not valid YAML, mapping values are not allowed "
			       "in this context: put quotes "
			       "around text with `: `, `#` or brackets in it"},
	{FRONT("title: x\ntitle: y"), "3:1: front matter: key is there twice: keep one"},
	{FRONT("title: |\n  a\n  b"), "2:8: title must be one line"},
	{FRONT("title:"), "2:1: title is empty: give it a value or drop it"},
	{FRONT("language: english please"),
	 "2:11: language 'english please' is no language: write en "
	 "or pt-BR"},
	{FRONT("was: [a/b]"), "2:7: was 'a/b' is no deck id"},
	{FRONT("serial: 042"),
	 "2:9: serial '042' is no number from 0 to 10^15 without sign and leading "
	 "zeros"},
	{FRONT("serial: +42"),
	 "2:9: serial '+42' is no number from 0 to 10^15 without sign and leading "
	 "zeros"},
	{FRONT("serial: 9223372036854775807"),
	 "2:9: serial '9223372036854775807' is no number from 0 to 10^15 without sign and leading "
	 "zeros"},
	{FRONT("serial: 99999999999999999999999"),
	 "2:9: serial '99999999999999999999999' is no number from 0 to 10^15 without sign and "
	 "leading "
	 "zeros"},
	{FRONT("updated: yesterday"),
	 "2:10: updated 'yesterday' is no date: write 2026-11-20 or 2026-11-20T08:30:00Z"},
	{FRONT("refresh: often"), "2:10: refresh 'often' is no number of days: write 30d"},
	{FRONT("next-key: RWQ"),
	 "2:11: next-key 'RWQ' is no minisign public key: 56 characters that start with RW"},
	{FRONT("moved-to: http://example.org/"),
	 "2:11: moved-to 'http://example.org/' is no https:// address"},
};

static const struct bad warnings[] = {
	{META("id: x, levle: mid"), "4:14: unknown key 'levle': did you mean 'level'?"},
	{META("id: x, colour: red"), "4:14: unknown key 'colour' is not read"},
	{META("lvel: mid"),
	 "4:1: comment is not read as metadata, 'lvel' is no key: did you mean 'level'?"},
	{FRONT("titel: x"), "2:1: unknown key 'titel': did you mean 'title'?"},
	{CARD "A\n### Weak answer\n", "5:1: section 'Weak answer' is empty: fill it or drop it"},
	{CARD "A\n### Key point\n- a\n",
	 "5:1: section 'Key point' is part of the answer: did you mean 'Key points'?"},
	{CARD "A\n<!-- {id: a} -->\n<!-- {id: b} -->\n",
	 "6:1: second metadata comment of the card is not read: put all into the first"},
	{CARD "A\n<!--\nid: [a\n-->\n", "7:1: comment is not read as metadata: not valid YAML, did "
					"not find expected ',' or ']': put "
					"quotes around text with `: `, `#` or brackets in it"},
	{CARD "Some\ntext\n---\nmore\n", "4:1: underlined heading is no question: write `## ` in "
					 "front of it, or an empty line above a "
					 "rule"},
	{CARD "A\n\n##No blank\n", "6:1: no heading without a space behind `##`"},
	{CARD "A\n\n###No blank\n", "6:1: no heading without a space behind `###`"},
	{CARD "A\n# pip install\n",
	 "5:1: level-1 heading is part of the answer: questions are `##`, and "
	 "a `#` in code needs a fence around it"},
	{CARD "\xc3\xa4\xe2\x80\xae right\n",
	 "4:2: character U+202E can not be seen: it is shown as <U+202E>"},
	{CARD "A\x1b]52;c;AAAA\x07\n",
	 "4:2: character U+001B can not be seen: it is shown as <U+001B>"},
	{CARD "A\xc2\x9b\n", "4:2: character U+009B can not be seen: it is shown as <U+009B>"},
	{META("id: x, probes: [1]"),
	 "3:1: probes without follows: name the card that this one follows"},
	{"## Q\nA\n", "1:1: deck has no title: write `# Title` above the first question"},
	{"# T\n", "1:1: deck has no cards: write `## Question` and its answer"},
	{CARD "A\n<!-- viva-signature\nx\n-->\n",
	 "5:1: signature ignored: it counts over HTTP only, a local file needs none (`viva check "
	 "--fix` "
	 "drops it)"},
};

static void check(const struct bad *bad, enum severity severity)
{
	struct arena arena = ARENA_INIT;
	struct problems problems;
	struct deck deck;
	char text[1200] = "";

	problems_init(&problems, &arena);
	bool good =
		deck_parse(bad->text, strlen(bad->text), "decks/x.md", &arena, &deck, &problems);
	for (size_t i = 0; i < problems.count; i++) {
		const struct problem *p = &problems.items[i];
		if (p->severity != severity)
			continue;
		snprintf(text, sizeof(text), "%d:%d: %s", p->line, p->column, p->message);
		break;
	}
	if (strcmp(text, bad->expected) != 0)
		print_error("deck: <<%s>>\n", bad->text);
	assert_string_equal(text, bad->expected);
	assert_int_equal(good, severity == SEVERITY_WARNING);
	arena_release(&arena);
}

static void every_bad_deck_is_refused_with_place_and_advice(void **state)
{
	(void)state;
	assert_true(sizeof(errors) / sizeof(*errors) >= 60);
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		check(&errors[i], SEVERITY_ERROR);
}

static void doubtful_decks_are_read_with_a_warning(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(warnings) / sizeof(*warnings); i++)
		check(&warnings[i], SEVERITY_WARNING);
}

static void all_problems_are_found_in_one_run(void **state)
{
	static const char text[] = "# T\n## A\n<!-- {id: A, level: x} -->\n## B\nb\n## b\nc\n";
	static const int lines[] = {2, 3, 3, 6};
	struct arena arena = ARENA_INIT;
	struct problems problems;
	struct deck deck;

	(void)state;
	problems_init(&problems, &arena);
	assert_false(deck_parse(text, strlen(text), "x.md", &arena, &deck, &problems));
	assert_int_equal(problems.errors, 4);
	assert_int_equal(problems.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(problems.items[i].line, lines[i]);
	arena_release(&arena);
}

/* A file made of a head and a part that is repeated; the first error must be the one given. */
static void repeated(const char *head, const char *part, size_t count, const char *tail,
		     const char *expected)
{
	struct arena arena = ARENA_INIT;
	struct problems problems;
	struct deck deck;
	struct strbuf sb;
	struct error err = ERROR_INIT;

	strbuf_init(&sb, 128u << 20);
	strbuf_str(&sb, head);
	for (size_t i = 0; i < count; i++)
		strbuf_str(&sb, part);
	strbuf_str(&sb, tail);
	problems_init(&problems, &arena);
	assert_false(deck_parse(sb.buf, sb.len, "x.md", &arena, &deck, &problems));
	assert_int_equal(problems_error(&problems, &err), ERR_FORMAT);
	assert_string_equal(err.msg, expected);
	strbuf_release(&sb);
	arena_release(&arena);
}

static void caps_hold(void **state)
{
	(void)state;
	repeated(CARD, "0123456789", (8u << 20) / 10, "\n",
		 "x.md:1:1: file is larger than 8 MiB: split it");
	repeated(CARD, "x", DECK_FIELD_MAX + 1, "\n",
		 "x.md:4:1: line is longer than 64 KiB: break it");
	repeated(CARD, "0123456789abcde\n", DECK_FIELD_MAX / 16 + 1, "",
		 "x.md:3:1: text is longer than 64 KiB: shorten it");
	repeated(CARD "A\n### Good signs\n", "0123456789abcde\n", DECK_FIELD_MAX / 16 + 1, "",
		 "x.md:5:1: Good signs is longer than 64 KiB: shorten it");
	repeated("---\n#", "0123456789abcde\n#", DECK_FIELD_MAX / 16, "\ndeck: x\n---\n" CARD "A\n",
		 "x.md:1:1: front matter is longer than 64 KiB: move text below it");
	repeated("# T\n", "## q\n", DECK_CARDS_MAX + 1, "A\n",
		 "x.md:100002:1: more than 100000 cards: split the deck");
	repeated("---\na: ", "[", 60000, "\n---\n" CARD "A\n",
		 "x.md:2:11: front matter: YAML is nested deeper than 8 levels: flatten it");
	repeated(CARD, "> ", 10000, "x\n",
		 "x.md:3:1: text has lists or quotes in more than 16 levels: flatten it");
	repeated(CARD, "- ", 10000, "x\n",
		 "x.md:3:1: text has lists or quotes in more than 16 levels: flatten it");
}

static void the_65th_key_is_refused(void **state)
{
	struct strbuf sb;

	(void)state;
	strbuf_init(&sb, 4096);
	for (int i = 1; i < 65; i++)
		strbuf_printf(&sb, "k%d: 1\n", i);
	struct strbuf deck;
	strbuf_init(&deck, 4096);
	strbuf_printf(&deck, "---\n%sdeck: x\n---\n" CARD "A\n", sb.buf);
	repeated(deck.buf, "", 0, "",
		 "x.md:66:1: front matter: more than 64 keys: no deck needs so many");
	strbuf_release(&deck);
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_deck_is_refused_with_place_and_advice),
		cmocka_unit_test(doubtful_decks_are_read_with_a_warning),
		cmocka_unit_test(all_problems_are_found_in_one_run),
		cmocka_unit_test(caps_hold),
		cmocka_unit_test(the_65th_key_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
