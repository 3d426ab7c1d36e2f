/* The index of a published folder: what is read, what is refused and where, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "deck/index.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HASH2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define HEAD "viva-index: 1\ntitle: T\n"
#define DECK(id, url, size, hash, cards) \
	"  - deck: " id "\n    title: O\n    url: " url "\n    size: " size "\n    sha256: " hash \
	"\n    cards: " cards "\n"
#define URL "d/orm.0123456789abcdef.md"
#define GOOD_DECK DECK("orm", URL, "9", HASH, "2")
#define WITH_ID(id) HEAD "decks:\n" DECK(id, URL, "9", HASH, "2")
#define WITH_URL(url) HEAD "decks:\n" DECK("orm", url, "9", HASH, "2")
#define WITH_SIZE(size) HEAD "decks:\n" DECK("orm", URL, size, HASH, "2")
#define WITH_HASH(hash) HEAD "decks:\n" DECK("orm", URL, "9", hash, "2")
#define WITH_CARDS(cards) HEAD "decks:\n" DECK("orm", URL, "9", HASH, cards)
#define WITH_KEY(line) HEAD line "\ndecks: []\n"

struct parsed {
	struct arena arena;
	struct problems problems;
	struct index index;
	bool good;
};

static void parse(struct parsed *p, const char *bytes, size_t len)
{
	char *exact = mem_copy_bytes(bytes, len);

	memset(p, 0, sizeof(*p));
	problems_init(&p->problems, &p->arena);
	p->good = index_parse(exact, len, "i.yaml", &p->arena, &p->index, &p->problems);
	free(exact);
}

static void the_format_is_read(void **state)
{
	static const char text[] =
		"# made by viva publish\n---\nviva-index: 1\ntitle: 'Django: interviews'\n"
		"serial: 7\nupdated: 2026-11-20T08:30:00Z\nrefresh: 30d\n"
		"next-key: RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TE\n"
		"moved-to: https://example.org/index.yaml\n"
		"later: {a: [b, {c: d}]}\nmore: [[x], y]\n"
		"decks:\n" GOOD_DECK
		"  - {cards: 0, deck: x.y, title: \"\\u202Ex\", stars: [1, 2], size: 8388608,\n"
		"     url: fedcba9876543210, sha256: " HASH2 "}\n"
		"old:\n  - {url: d/x.md, serial: 5}\n"
		"# untrusted comment: x\n# y\n";
	struct parsed p;
	char hex[2 * HASH_SIZE + 1];

	(void)state;
	parse(&p, text, strlen(text));
	assert_true(p.good);
	assert_int_equal(p.problems.count, 0);
	assert_string_equal(p.index.title, "Django: interviews");
	assert_int_equal(p.index.publisher.serial, 7);
	assert_string_equal(p.index.publisher.updated, "2026-11-20T08:30:00Z");
	assert_int_equal(p.index.publisher.refresh, 30);
	assert_non_null(p.index.publisher.next_key);
	assert_string_equal(p.index.publisher.moved_to, "https://example.org/index.yaml");
	assert_int_equal(p.index.count, 2);
	assert_string_equal(p.index.decks[0].id, "orm");
	assert_string_equal(p.index.decks[0].title, "O");
	assert_string_equal(p.index.decks[0].url, URL);
	assert_int_equal(p.index.decks[0].size, 9);
	hash_hex(&p.index.decks[0].hash, hex);
	assert_string_equal(hex, HASH);
	assert_int_equal(p.index.decks[0].cards, 2);
	assert_string_equal(p.index.decks[1].id, "x.y");
	assert_string_equal(p.index.decks[1].title, "\xe2\x80\xaex");
	assert_int_equal(p.index.decks[1].size, DECK_SIZE_MAX);
	assert_int_equal(p.index.old_count, 1);
	assert_string_equal(p.index.old[0].url, "d/x.md");
	assert_int_equal(p.index.old[0].serial, 5);
	arena_release(&p.arena);
}

static void bom_and_crlf_are_accepted(void **state)
{
	static const char text[] = "\xef\xbb\xbfviva-index: 1\r\ntitle: T\r\ndecks: []\r\n";
	struct parsed p;

	(void)state;
	parse(&p, text, strlen(text));
	assert_true(p.good);
	assert_string_equal(p.index.title, "T");
	assert_int_equal(p.index.publisher.serial, -1);
	assert_int_equal(p.index.count, 0);
	arena_release(&p.arena);
}

static const struct bad {
	const char *text;
	const char *expected;
} errors[] = {
	/* No index */
	{"", "1:1: no `key: value` lines: no index"},
	{"- a\n", "1:1: no `key: value` lines: no index"},
	{"title: T\ndecks: []\n", "1:1: viva-index is missing"},
	{"<html><body>Log in</body></html>\n", "1:1: no `key: value` lines: no index"},
	{"\xff\xfev\n", "1:1: file is UTF-16: save it as UTF-8"},
	{HEAD "decks: []\n\xff\n", "4:1: byte 0xFF is not UTF-8: save the file as UTF-8"},
	{"viva-index: 1\rtitle: T\n", "1:14: CR without LF: end lines with LF or CRLF"},
	/* Version */
	{"viva-index: 2\ntitle: [T]\ndecks: x\n",
	 "1:13: version 2 of the index needs a newer viva: update the program"},
	{"viva-index: 0\n", "1:13: viva-index '0' is no version"},
	{"viva-index: 01\n", "1:13: viva-index '01' is no version"},
	{"viva-index: one\n", "1:13: viva-index 'one' is no version"},
	{"viva-index: [1]\n", "1:1: viva-index takes one value, not a list"},
	{"viva-index:\n", "1:1: viva-index is empty: give it a value or drop it"},
	/* What must be there */
	{"viva-index: 1\ndecks: []\n", "1:1: title is missing"},
	{"viva-index: 1\ntitle: T\n", "1:1: decks is missing"},
	{"viva-index: 1\ntitle: \"a\\nb\"\ndecks: []\n", "2:8: title must be one line"},
	{HEAD "decks: x\n", "3:1: decks is no list of decks"},
	{HEAD "decks:\n", "3:1: decks is no list of decks"},
	{HEAD "decks: {deck: x}\n", "3:1: decks is no list of decks"},
	{HEAD "decks: [x]\n", "3:1: decks is no list of decks"},
	{HEAD "decks: [{deck: x}, y]\n", "3:1: decks is no list of decks"},
	{HEAD "decks: [y, {deck: x}]\n", "3:1: decks is no list of decks"},
	{HEAD "decks: [[x]]\n", "3:1: decks is no list of decks"},
	{HEAD "decks: [{}]\n", "3:9: deck is missing (and 5 more)"},
	{HEAD "decks:\n  - {deck: a, title: b, url: " URL ", size: 1, sha256: " HASH "}\n",
	 "4:5: cards is missing"},
	/* Ids never become paths */
	{WITH_ID("../../.bashrc"), "4:11: deck '../../.bashrc' is no id: use a-z, 0-9, '.', '_' "
				   "and '-', a letter or digit first, at most 64"},
	{WITH_ID("a/b"), "4:11: deck 'a/b' is no id: use a-z, 0-9, '.', '_' and '-', a letter or "
			 "digit first, at most 64"},
	{WITH_ID("."), "4:11: deck '.' is no id: use a-z, 0-9, '.', '_' and '-', a letter or digit "
		       "first, at most 64"},
	{WITH_ID("-rf"), "4:11: deck '-rf' is no id: use a-z, 0-9, '.', '_' and '-', a letter or "
			 "digit first, at most 64"},
	{WITH_ID("CON"), "4:11: deck 'CON' is no id: use a-z, 0-9, '.', '_' and '-', a letter or "
			 "digit first, at most 64"},
	{WITH_ID("''"), "4:5: deck is empty: give it a value or drop it"},
	{WITH_ID("\"a\\0b\""), "4:11: NUL in a value: drop it"},
	{WITH_ID("\"a\\nb\""), "4:11: deck 'a b' is no id: use a-z, 0-9, '.', '_' and '-', a "
			       "letter or digit first, at most 64"},
	{WITH_ID("\xc3\xa9"), "4:11: deck '\xc3\xa9' is no id: use a-z, 0-9, '.', '_' and '-', a "
			      "letter or digit first, at most 64"},
	{HEAD "decks:\n" GOOD_DECK GOOD_DECK, "10:5: deck 'orm' is listed twice"},
	/* Serials */
	{WITH_KEY("serial: 042"),
	 "3:9: serial '042' is no number from 0 to 10^15 without sign and leading zeros"},
	{WITH_KEY("serial: +42"),
	 "3:9: serial '+42' is no number from 0 to 10^15 without sign and leading zeros"},
	{WITH_KEY("serial: 9223372036854775807"),
	 "3:9: serial '9223372036854775807' is no number from 0 to 10^15 without sign and leading "
	 "zeros"},
	{WITH_KEY("serial: 18446744073709551616"),
	 "3:9: serial '18446744073709551616' is no number from 0 to 10^15 without sign and leading "
	 "zeros"},
	{WITH_KEY("serial: 1\nserial: 2"), "4:1: key is there twice: keep one"},
	/* Other keys of publishers */
	{WITH_KEY("updated: yesterday"),
	 "3:10: updated 'yesterday' is no date: write 2026-11-20 or 2026-11-20T08:30:00Z"},
	{WITH_KEY("updated: 2026-02-30"),
	 "3:10: updated '2026-02-30' is no date: write 2026-11-20 or 2026-11-20T08:30:00Z"},
	{WITH_KEY("refresh: 0d"), "3:10: refresh '0d' is no number of days: write 30d"},
	{WITH_KEY("refresh: 30"), "3:10: refresh '30' is no number of days: write 30d"},
	{WITH_KEY("next-key: RWQ"), "3:11: next-key 'RWQ' is no minisign public key: 56 characters "
				    "that start with RW"},
	{WITH_KEY("moved-to: http://a/"), "3:11: moved-to 'http://a/' is no https:// address"},
	{WITH_KEY("moved-to: https://"), "3:11: moved-to 'https://' is no https:// address"},
	{WITH_KEY("moved-to: https:///x"), "3:11: moved-to 'https:///x' is no https:// address"},
	{WITH_KEY("moved-to: https://u:p@a/"),
	 "3:11: moved-to 'https://u:p@a/' is no https:// address"},
	{WITH_KEY("moved-to: file:///etc/passwd"),
	 "3:11: moved-to 'file:///etc/passwd' is no https:// address"},
	/* Size, hash, cards */
	{WITH_SIZE("0"), "7:11: size '0' is no whole number from 1 to 8388608"},
	{WITH_SIZE("8388609"), "7:11: size '8388609' is no whole number from 1 to 8388608"},
	{WITH_SIZE("-9"), "7:11: size '-9' is no whole number from 1 to 8388608"},
	{WITH_SIZE("1e3"), "7:11: size '1e3' is no whole number from 1 to 8388608"},
	{WITH_SIZE("99999999999999999999"),
	 "7:11: size '99999999999999999999' is no whole number from 1 to 8388608"},
	{WITH_CARDS("100001"), "9:12: cards '100001' is no whole number from 0 to 100000"},
	{WITH_HASH("0123"), "8:13: sha256 '0123' is not 64 hexadecimal digits without capitals"},
	{WITH_HASH("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"),
	 "8:13: sha256 '0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef' is not "
	 "64 hexadecimal digits without capitals"},
	{WITH_HASH("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg"),
	 "8:13: sha256 '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg' is not "
	 "64 hexadecimal digits without capitals"},
	{WITH_HASH(HASH2), "6:10: url 'd/orm.0123456789abcdef.md' does not hold "
			   "the first 16 digits of its sha256"},
	/* YAML */
	{HEAD "decks: &a []\n", "3:8: anchors and tags are not allowed: drop it"},
	{HEAD "decks:\n  - &a {}\n", "4:5: anchors and tags are not allowed: drop it"},
	{HEAD "decks:\n  - !x {}\n", "4:5: anchors and tags are not allowed: drop it"},
	{HEAD "decks: *a\n", "3:8: aliases are not allowed: write the value out"},
	{HEAD "decks: []\n---\na: b\n", "4:1: a second YAML document: drop it"},
	{"%YAML 1.1\n---\nviva-index: 1\n", "1:1: YAML directives are not allowed: drop it"},
	{HEAD "decks:\n  - [deck: a\n",
	 "5:1: not valid YAML, did not find expected ',' or ']': put "
	 "quotes around text with `: `, `#` or brackets in it"},
	{HEAD "decks: []\nx: [[[[[[[[a]]]]]]]]\n",
	 "4:11: YAML is nested deeper than 8 levels: flatten it"},
	{HEAD "decks: [{[a]: b}]\n", "3:10: a key is a single word"},
	{HEAD "decks: []\nold: [x]\n", "4:1: old is no list of files"},
	{HEAD "decks: []\nold: [{url: ../x, serial: 5}]\n",
	 "4:13: url '../x' is no plain relative path: names of letters, digits, '.', '_', '~' and "
	 "'-' between slashes"},
	{HEAD "decks: []\nold: [{url: x}]\n", "4:7: serial is missing"},
};

static void refused(const char *text, size_t len, const char *expected)
{
	struct error err = ERROR_INIT;
	char whole[1024];
	struct parsed p;

	parse(&p, text, len);
	if (p.good)
		fail_msg("accepted, not '%s':\n%s", expected, text);
	problems_error(&p.problems, &err);
	snprintf(whole, sizeof(whole), "i.yaml:%s", expected);
	assert_string_equal(err.msg, whole);
	arena_release(&p.arena);
}

static void every_malformed_index_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		refused(errors[i].text, strlen(errors[i].text), errors[i].expected);
	refused(HEAD "\0", strlen(HEAD) + 1, "3:1: NUL byte: save the file as UTF-8 text");
}

static void a_url_stays_below_the_index(void **state)
{
	static const char *const bad[] = {
		"//evil/x.0123456789abcdef",  "/d/x.0123456789abcdef",
		"file:x.0123456789abcdef",    "https://a/0123456789abcdef",
		"../../x.0123456789abcdef",   "d/../x.0123456789abcdef",
		"./x.0123456789abcdef",	      "d/./x.0123456789abcdef",
		"d//x.0123456789abcdef",      "d/x.0123456789abcdef/",
		"d/x.0123456789abcdef/..",    "u:p@x.0123456789abcdef",
		"d/x.0123456789abcdef:8080",  "%2e%2e/x.0123456789abcdef",
		"d/x.0123456789abcdef?y",     "d/x.0123456789abcdef#y",
		"d\\\\x.0123456789abcdef",    "d/x 0123456789abcdef",
		"d/\\u00e9.0123456789abcdef", "d/x\\n0123456789abcdef",
		"d/x\\r0123456789abcdef",     "d/x\\e0123456789abcdef",
		"d/x\\t0123456789abcdef",
	};
	struct parsed p;
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), WITH_URL("\"%s\""), bad[i]);
		parse(&p, text, strlen(text));
		if (p.good)
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(p.problems.count, 1);
		assert_int_equal(p.problems.items[0].line, 6);
		arena_release(&p.arena);
	}
	parse(&p, WITH_URL("a/b..c/.x/~y/0123456789abcdef"),
	      strlen(WITH_URL("a/b..c/.x/~y/0123456789abcdef")));
	assert_true(p.good);
	arena_release(&p.arena);
}

/* head, then the part count times, then tail. */
static void repeated(const char *head, const char *part, size_t count, const char *tail,
		     const char *expected)
{
	struct strbuf sb;

	strbuf_init(&sb, 64u << 20);
	strbuf_str(&sb, head);
	for (size_t i = 0; i < count; i++)
		strbuf_str(&sb, part);
	strbuf_str(&sb, tail);
	assert_false(sb.full);
	refused(sb.buf, sb.len, expected);
	strbuf_release(&sb);
}

static void caps_hold(void **state)
{
	(void)state;
	repeated(HEAD "decks: []\n", "# 1234567\n", INDEX_SIZE_MAX / 10, "",
		 "1:1: file is larger than 1 MiB: split it");
	repeated(HEAD "decks: []\nx: ", "x", DECK_FIELD_MAX, "\n",
		 "4:1: line is longer than 64 KiB: break it");
	repeated("viva-index: 1\ndecks: []\ntitle:\n", "  word word word\n",
		 DECK_FIELD_MAX / 15 + 1, "", "4:3: value is longer than 64 KiB: shorten it");
	repeated(HEAD "decks: [", "{}, ", INDEX_DECKS_MAX + 1, "]\n",
		 "3:4009: more than 1000 decks");
	repeated(HEAD "decks:\n", " - {}\n", 5000, "",
		 "4100:4: more than 4096 items in a list: drop some");
	repeated(HEAD "decks: []\nx:\n", " - y\n", 5000, "",
		 "4101:4: more than 4096 items in a list: drop some");
	repeated(HEAD "decks: []\nx: ", "[", 60000, "",
		 "4:11: YAML is nested deeper than 8 levels: flatten it");
	repeated(HEAD "decks:\n  - deck: ", "a", 65, "\n", "4:5: title is missing (and 4 more)");
	repeated(
		HEAD "decks:\n  - {title: b, size: 1, cards: 1, sha256: " HASH ", deck: ", "a", 65,
		", url: " URL "}\n",
		"4:115: deck 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' "
		"is no id: use a-z, 0-9, '.', '_' and '-', a letter or digit first, at most 64");
	repeated(HEAD "decks:\n  - {title: b, size: 1, cards: 1, sha256: " HASH ", deck: a, url: ",
		 "aaaaaaaa", 100, URL "}\n",
		 "4:123: url 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...' "
		 "is "
		 "no plain relative path: names of letters, digits, '.', '_', '~' and '-' between "
		 "slashes");
}

static void an_index_is_told_by_its_first_key(void **state)
{
	static const char *const indexes[] = {
		"viva-index: 1\n", "viva-index: 99\n",	   "\xef\xbb\xbf---\n# x\n\nviva-index:",
		"{viva-index: 1}", "{\n\"viva-index\": 1", "'viva-index' : 1\r\n",
	};
	static const char *const others[] = {
		"",
		"# viva-index: 1\n",
		"viva-index",
		"viva-indexes: 1\n",
		"# Title",
		"---\ndeck: x\n---\n",
		"title: T\nviva-index: 1\n",
		"<html>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(indexes) / sizeof(*indexes); i++)
		assert_true(index_is_one(indexes[i], strlen(indexes[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(index_is_one(others[i], strlen(others[i])));
}

static void what_is_printed_is_read_back_equal(void **state)
{
	struct index_deck decks[] = {
		{.id = "orm",
		 .title = "\"Yes\": \\ [a] # \xe2\x80\xae \xe2\x80\xa8 \x01\x7f \xf3\xa0\x80\x81 "
			  "\xef"
			  "\xbf\xbd \xc3\xa4 \xf0\x9f\x98\x80",
		 .url = URL,
		 .size = 81234,
		 .cards = 38},
		{.id = "0", .title = " ~ ", .url = "d/0.fedcba9876543210.md", .size = 1},
	};
	struct index_old old[] = {{"-", 3}, {"d/a.md", 0}};
	struct index index = {
		.title = "null",
		.publisher = {.serial = SERIAL_MAX,
			      .updated = "2026-11-20T08:30:",
			      .refresh = 9999,
			      .next_key =
				      "RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TE"},
		.decks = decks,
		.count = 2,
		.old = old,
		.old_count = 2,
	};
	struct strbuf text, again;
	struct parsed p;

	(void)state;
	index.publisher.moved_to = "https://a/#:\"x";
	assert_true(hash_read(HASH, &decks[0].hash));
	assert_true(hash_read(HASH2, &decks[1].hash));
	strbuf_init(&text, INDEX_SIZE_MAX);
	strbuf_init(&again, INDEX_SIZE_MAX);
	index_print(&index, &text);
	assert_true(index_is_one(text.buf, text.len));
	parse(&p, text.buf, text.len);
	assert_true(p.good);
	assert_string_equal(p.index.decks[0].title, decks[0].title);
	assert_string_equal(p.index.title, "null");
	index_print(&p.index, &again);
	assert_string_equal(again.buf, text.buf);
	strbuf_release(&text);
	strbuf_release(&again);
	arena_release(&p.arena);
}

static void no_cut_and_no_flipped_bit_is_a_crash(void **state)
{
	static const char text[] =
		HEAD "serial: 7\ndecks:\n" GOOD_DECK "old: [{url: x, serial: 5}]\n";
	char *bytes = mem_copy_bytes(text, strlen(text));
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < strlen(text); i++) {
		parse(&p, text, i);
		assert_int_equal(p.good, p.problems.errors == 0);
		arena_release(&p.arena);
		for (int bit = 0; bit < 8; bit++) {
			bytes[i] = (char)(text[i] ^ 1 << bit);
			parse(&p, bytes, strlen(text));
			assert_int_equal(p.good, p.problems.errors == 0);
			arena_release(&p.arena);
		}
		bytes[i] = text[i];
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_format_is_read),
		cmocka_unit_test(bom_and_crlf_are_accepted),
		cmocka_unit_test(every_malformed_index_is_refused_with_its_place),
		cmocka_unit_test(a_url_stays_below_the_index),
		cmocka_unit_test(caps_hold),
		cmocka_unit_test(an_index_is_told_by_its_first_key),
		cmocka_unit_test(what_is_printed_is_read_back_equal),
		cmocka_unit_test(no_cut_and_no_flipped_bit_is_a_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
