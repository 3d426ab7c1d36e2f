#include "store_fixture.h"

#include <sqlite3.h>

#include "store/search.h"

#define CARDS 24
#define ROUNDS 30
#define KEY_MAX (CARDS * ROUNDS)

static struct changes changes;
static uint32_t seed;

static int pick(int below)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)below);
}

static struct query parse(struct fixture *f, const char *words)
{
	char *word = arena_str(&f->arena, words);
	struct query q;

	must(query_parse_search(&word, 1, &f->arena, &q, &failure));
	return q;
}

static const char *name_of(struct fixture *f, int64_t key)
{
	return info_of(f, key).name;
}

/* The names that a search finds, best first, with a blank between them. */
static const char *find(struct fixture *f, const char *words)
{
	struct query q = parse(f, words);
	const char *names = "";
	int64_t *keys;
	size_t count;

	must(store_search_update(f->s, NULL, NULL, &failure));
	must(store_search(f->s, &q, TODAY, 4, &f->arena, &keys, &count, &failure));
	for (size_t i = 0; i < count; i++) {
		struct searched card;

		must(store_searched(f->s, keys[i], &f->arena, &card, &failure));
		if (search_matches(&card, &q))
			names = arena_printf(&f->arena, "%s%s%s", names, *names ? " " : "",
					     name_of(f, keys[i]));
	}
	return names;
}

static void assert_index(struct fixture *f)
{
	size_t wrong = 99;

	must(store_check_search(f->s, false, &wrong, &failure));
	assert_int_equal(wrong, 0);
}

static void sql_run(struct fixture *f, const char *text)
{
	sqlite3 *db;
	char *message = NULL;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &message))
		fail_msg("%s: %s", text, message);
	sqlite3_close(db);
}

static void add_deck(struct fixture *f)
{
	struct deck *a = make_deck(&f->arena, "a");
	struct card *c = deck_add(a, "one", "What is a transaction?");

	c->section[SECTION_ANSWER] = "All or nothing, as a Caf\xC3\xA9 bill.";
	c->section[SECTION_POINTS] = "- **Atomic**\n- `select_for_update` locks";
	list_add(&f->arena, &c->tags, "orm");
	c = deck_add(a, "two", "What is a queue?");
	c->section[SECTION_ANSWER] = "Work for later; not in a transaction: F(), N+1.";
	c->section[SECTION_WHY] = "Because transactions end.";
	c = deck_add(a, "three", "Why sleep?");
	c->section[SECTION_LINKS] = "[Sleep](https://example.org/in-bed)";
	must(merge(f, &changes, a));
}

static struct schedule say(struct fixture *f, const char *card, const char *text)
{
	struct review r = make_review(key_of(f, card), TODAY, 4);
	struct schedule after;

	r.answer = text;
	must(store_add_review(f->s, &r, &after, &failure));
	return after;
}

static void the_question_weighs_most(void **state)
{
	struct fixture *f = *state;

	add_deck(f);
	assert_string_equal(find(f, "transaction"), "a/one a/two");
	assert_string_equal(find(f, "queue"), "a/two");
	assert_string_equal(find(f, "nothing-like-it"), "");
}

static void every_word_must_be_there_and_no_negated_one(void **state)
{
	struct fixture *f = *state;

	add_deck(f);
	assert_string_equal(find(f, "what transaction later"), "a/two");
	assert_string_equal(find(f, "what -later"), "a/one");
	assert_string_equal(find(f, "\"is a queue\""), "a/two");
	assert_string_equal(find(f, "\"a is queue\""), "");
	assert_string_equal(find(f, "what -\"a queue\""), "a/one");
}

static void words_are_found_as_they_are_typed(void **state)
{
	struct fixture *f = *state;

	add_deck(f);
	assert_string_equal(find(f, "select_for_update"), "a/one");
	assert_string_equal(find(f, "for_up"), "a/one");
	assert_string_equal(find(f, "CAFE"), "a/one");
	assert_string_equal(find(f, "f()"), "a/two");
	assert_string_equal(find(f, "n+1"), "a/two");
	assert_string_equal(find(f, "n-1"), "");
	assert_string_equal(find(f, "https://example"), "a/three");
	assert_string_equal(find(f, "()"), "a/two");
	assert_string_equal(find(f, "() later"), "a/two");
	assert_string_equal(find(f, "a/three"), "a/three");
	assert_string_equal(find(f, "orm"), "a/one");
}

static void the_language_of_the_index_means_nothing(void **state)
{
	static const char *const hostile[] = {
		"NEAR(a,b)",
		"NEAR(",
		"a AND",
		"AND",
		"OR",
		"NOT",
		"*",
		"tra*",
		"^what",
		"question:what",
		"{question}:what",
		"\"",
		"\"\"",
		"\"\"\"",
		"\"what",
		"what\"",
		"'",
		")",
		"(",
		"+",
		"a+b",
		"\x01",
		"\x7f",
		"what\x01",
		";",
		"--",
		"%",
		"_",
		"\\",
		"-\"",
		"\xff",
		"\xe2\x80\x8b",
		"what NEAR transaction",
		"(what)",
		"what - transaction",
	};
	struct fixture *f = *state;

	add_deck(f);
	must(store_search_update(f->s, NULL, NULL, &failure));
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		char *word = arena_str(&f->arena, hostile[i]);
		struct query q;
		int64_t *keys;
		size_t count;

		if (query_parse_search(&word, 1, &f->arena, &q, &failure))
			continue;
		failure = (struct error)ERROR_INIT;
		if (store_search(f->s, &q, TODAY, 4, &f->arena, &keys, &count, &failure) &&
		    failure.code != ERR_USAGE)
			fail_msg("%s: %s", hostile[i], failure.msg);
	}
	assert_string_equal(find(f, "question:what"), "");
	assert_string_equal(find(f, "tra*"), "");
	assert_string_equal(find(f, "(\"what"), "");
}

static void notes_answers_and_edits_are_searched(void **state)
{
	struct fixture *f = *state;
	struct arena arena = ARENA_INIT;
	struct review undone;

	add_deck(f);
	assert_string_equal(find(f, "zebra"), "");
	must(store_set_note(f->s, key_of(f, "a/two"), "Like a zebra crossing", NOW, &failure));
	assert_string_equal(find(f, "zebra"), "a/two");
	say(f, "a/three", "A zebra sleeps standing");
	assert_string_equal(find(f, "zebra"), "a/three a/two");
	assert_string_equal(find(f, "zebra crossing"), "a/two");
	must(store_undo(f->s, NOW, &arena, &undone, &failure));
	arena_release(&arena);
	assert_string_equal(find(f, "zebra"), "a/two");
	must(store_set_note(f->s, key_of(f, "a/two"), NULL, NOW, &failure));
	assert_string_equal(find(f, "zebra"), "");
	must(store_set_overlay(f->s, key_of(f, "a/one"), SECTION_ANSWER, "Zebra stripes", NOW,
			       &failure));
	assert_string_equal(find(f, "zebra"), "a/one");
	assert_string_equal(find(f, "cafe"), "");
	must(store_set_overlay(f->s, key_of(f, "a/one"), SECTION_ANSWER, NULL, NOW, &failure));
	assert_string_equal(find(f, "zebra"), "");
	assert_string_equal(find(f, "cafe"), "a/one");
	assert_index(f);
}

static void other_terms_narrow_a_search_and_retired_cards_are_found(void **state)
{
	struct fixture *f = *state;
	struct deck *a = make_deck(&f->arena, "a");

	add_deck(f);
	say(f, "a/one", "yes");
	assert_string_equal(find(f, "what is:new"), "a/two");
	assert_string_equal(find(f, "what -is:new"), "a/one");
	assert_string_equal(find(f, "what deck:b"), "");
	deck_add(a, "three", "Why sleep?");
	must(merge(f, &changes, a));
	assert_string_equal(find(f, "what"), "a/one");
	assert_string_equal(find(f, "what is:retired"), "a/one");
	assert_string_equal(find(f, "what -is:retired"), "");
	assert_string_equal(find(f, "()"), "");
	assert_index(f);
}

static void a_card_that_goes_on_under_another_heading_is_found_once(void **state)
{
	struct fixture *f = *state;
	struct deck *before = make_deck(&f->arena, "a"), *after = make_deck(&f->arena, "a");
	struct edit_proposal *list;
	size_t count;

	deck_add(before, "old", "Old heading")->has_id = false;
	deck_add(after, "new", "New heading")->has_id = false;
	must(merge(f, &changes, before));
	say(f, "a/old", "zebra");
	must(merge(f, &changes, after));
	assert_string_equal(find(f, "heading"), "a/new a/old");
	must(store_proposals(f->s, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 1);
	must(store_answer_proposal(f->s, &list[0], true, NOW, &failure));
	assert_string_equal(find(f, "heading"), "a/new");
	assert_string_equal(find(f, "zebra"), "a/new");
	assert_string_equal(find(f, "old"), "");
	assert_index(f);
}

static void a_search_wants_a_word(void **state)
{
	struct fixture *f = *state;
	struct query q = parse(f, "deck:a -what");
	int64_t *keys;
	size_t count;

	must_fail(store_search(f->s, &q, TODAY, 4, &f->arena, &keys, &count, &failure), ERR_USAGE);
}

static void new_cards_wait_until_they_are_searched(void **state)
{
	struct fixture *f = *state;

	assert_false(store_search_stale(f->s));
	add_deck(f);
	assert_true(store_search_stale(f->s));
	assert_index(f);
	assert_string_equal(find(f, "sleep"), "a/three");
	assert_false(store_search_stale(f->s));
	say(f, "a/three", NULL);
	assert_true(store_search_stale(f->s));
	must(store_search_update(f->s, NULL, NULL, &failure));
	must(store_set(f->s, key_of(f, "a/three"), SET_FLAG, 1, NOW, &failure));
	assert_false(store_search_stale(f->s));
	reopen(f);
	assert_false(store_search_stale(f->s));
}

static bool stop_at_once(void *ctx, size_t done, size_t total)
{
	size_t *told = ctx;

	told[0] = done;
	told[1] = total;
	return false;
}

static void an_update_tells_its_progress_and_can_be_stopped(void **state)
{
	struct fixture *f = *state;
	struct deck *d = make_deck(&f->arena, "d"), *e = make_deck(&f->arena, "e");
	size_t told[2] = {0, 0};

	for (int i = 0; i < 12000; i++)
		deck_add(i % 2 ? d : e, arena_printf(&f->arena, "c%d", i), "What?");
	must(merge(f, &changes, d, e));
	must(store_search_update(f->s, stop_at_once, told, &failure));
	assert_int_equal(told[0], 5000);
	assert_int_equal(told[1], 12000);
	assert_true(store_search_stale(f->s));
	assert_index(f);
	must(store_search_update(f->s, NULL, NULL, &failure));
	assert_false(store_search_stale(f->s));
	assert_index(f);
}

static int sql_number(struct fixture *f, const char *text)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	int number;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	number = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return number;
}

static void an_index_that_is_worn_is_made_new(void **state)
{
	static const char rows[] = "SELECT count(*) FROM card_search_docsize";
	struct fixture *f = *state;
	struct deck *d = make_deck(&f->arena, "d");
	int most = 0;

	for (int i = 0; i < 300; i++)
		deck_add(d, arena_printf(&f->arena, "c%d", i), "What?");
	must(merge(f, &changes, d));
	for (int round = 0; round < 8; round++) {
		const char *note = arena_printf(&f->arena, "note%d", round);
		int count;

		must(store_begin(f->s, &failure));
		for (int key = 1; key <= 300; key++)
			must(store_set_note(f->s, key, note, NOW, &failure));
		must(store_end(f->s, true, &failure));
		must(store_search_update(f->s, NULL, NULL, &failure));
		count = sql_number(f, rows);
		most = count > most ? count : most;
		assert_true(count <= 2 * 300 + 1000 + 300);
		assert_index(f);
	}
	assert_true(most > 300);
	assert_true(sql_number(f, rows) < most);
	assert_string_equal(find(f, "note7 d/c299"), "d/c299");
	assert_string_equal(find(f, "note6"), "");
}

static void an_answer_without_words_changes_nothing(void **state)
{
	static const char rows[] = "SELECT count(*) FROM card_search_docsize";
	struct fixture *f = *state;

	add_deck(f);
	assert_string_equal(find(f, "sleep"), "a/three");
	say(f, "a/three", NULL);
	assert_string_equal(find(f, "sleep"), "a/three");
	assert_int_equal(sql_number(f, rows), 3);
	say(f, "a/three", "zebra");
	assert_string_equal(find(f, "zebra"), "a/three");
	assert_int_equal(sql_number(f, rows), 4);
}

static void a_very_long_history_is_found_by_its_newest_answers(void **state)
{
	struct fixture *f = *state;
	char *text = arena_alloc(&f->arena, ANSWER_MAX);

	add_deck(f);
	say(f, "a/three", "oldest");
	memset(text, 'x', ANSWER_MAX - 1);
	must(store_begin(f->s, &failure));
	for (int i = 0; i < 70; i++)
		say(f, "a/three", text);
	say(f, "a/three", "newest");
	must(store_end(f->s, true, &failure));
	assert_string_equal(find(f, "newest"), "a/three");
	assert_string_equal(find(f, "sleep"), "a/three");
	assert_string_equal(find(f, "oldest"), "");
	assert_index(f);
}

static void a_store_that_cannot_be_written_is_searched_too(void **state)
{
	struct fixture *f = *state;

	add_deck(f);
	assert_string_equal(find(f, "sleep"), "a/three");
	must(store_set_note(f->s, key_of(f, "a/three"), "zebra", NOW, &failure));
	store_close(f->s);
	must(store_open(&f->s, f->path, STORE_READ, &failure));
	assert_true(store_search_stale(f->s));
	assert_string_equal(find(f, "zebra"), "a/three");
	assert_string_equal(find(f, "transaction"), "a/one a/two");
	assert_false(store_search_stale(f->s));
	reopen(f);
	assert_true(store_search_stale(f->s));
	assert_index(f);
}

static void an_index_that_says_something_else_is_noticed_and_made_new(void **state)
{
	static const char *const damages[] = {
		"DELETE FROM search_entry WHERE card_id=1",
		"UPDATE search_entry SET words=7 WHERE card_id=2",
		"INSERT INTO search_entry(card_id,words) VALUES(77,7)",
		"UPDATE search_entry SET card_id=card_id+10",
		"UPDATE card_text SET question='Why sheep?' WHERE card_id=3",
		"DELETE FROM card_search_docsize WHERE id=2",
		"DELETE FROM card_search_data WHERE id>10",
	};
	struct fixture *f = *state;
	size_t wrong;

	add_deck(f);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		assert_string_equal(find(f, "sleep"), "a/three");
		sql_run(f, damages[i]);
		must(store_check_search(f->s, false, &wrong, &failure));
		if (!wrong)
			fail_msg("not noticed: %s", damages[i]);
		must(store_check_search(f->s, true, &wrong, &failure));
		assert_true(wrong > 0);
		assert_index(f);
		assert_false(store_search_stale(f->s));
		reopen(f);
	}
	assert_string_equal(find(f, "transaction"), "a/one a/two");
}

static void a_damaged_index_is_an_error_that_names_the_cure(void **state)
{
	struct fixture *f = *state;
	struct query q = parse(f, "sleep");
	int64_t *keys;
	size_t count;

	add_deck(f);
	must(store_search_update(f->s, NULL, NULL, &failure));
	sql_run(f, "UPDATE card_search_data SET block=x'00' WHERE id>10");
	reopen(f);
	must_fail(store_search(f->s, &q, TODAY, 4, &f->arena, &keys, &count, &failure),
		  ERR_STORAGE);
	assert_non_null(strstr(failure.msg, "viva doctor --rebuild"));
}

/* The random history of the property below. */

static const char *const vocabulary[] = {
	"join",
	"joins",
	"rejoin",
	"select_related",
	"related",
	"N+1",
	"f()",
	"F(x)",
	"Caf\xC3\xA9",
	"cafe",
	"stra\xC3\x9F"
	"e",
	"strasse",
	"\xD0\xBA\xD0\xBB\xD1\x8E\xD1\x87",
	"\xE6\x95\xB0\xE6\x8D\xAE",
	"__in",
	"a",
	"an",
	"->",
	"\"quoted\"",
	"one",
	"per",
	"**row**",
	"row",
	"NEAR",
	"AND",
	"*",
	"\xF0\x9D\x94\x98",
	"\xC2\xBD",
	"x\xC2\xAD"
	"y",
	"\xE2\x86\x92",
};
#define VOCABULARY (sizeof(vocabulary) / sizeof(vocabulary[0]))

static const char *some_words(struct fixture *f, int most)
{
	static const char *const gaps[] = {" ", "\n", ", ", "-"};
	const char *text = vocabulary[pick((int)VOCABULARY)];

	for (int i = pick(most); i > 0; i--)
		text = arena_printf(&f->arena, "%s%s%s", text, gaps[pick(4)],
				    vocabulary[pick((int)VOCABULARY)]);
	return text;
}

static struct deck *some_deck(struct fixture *f, const char *id, const char *was)
{
	struct deck *d = make_deck(&f->arena, id);

	if (was)
		list_add(&f->arena, &d->was, was);
	for (int i = 0; i < CARDS; i++) {
		struct card *c;

		if (pick(6) == 0)
			continue;
		c = deck_add(d, arena_printf(&f->arena, "c%d", i), some_words(f, 4));
		c->section[SECTION_ANSWER] = some_words(f, 6);
		if (pick(2))
			c->section[SECTION_POINTS] = some_words(f, 4);
		if (pick(4) == 0)
			c->section[SECTION_FLAGS] = some_words(f, 4);
		if (pick(3) == 0)
			list_add(&f->arena, &c->tags, "related");
	}
	return d;
}

static void change_one(struct fixture *f, int64_t key)
{
	struct review undone;

	switch (pick(6)) {
	case 0:
		must(store_set_note(f->s, key, pick(3) ? some_words(f, 4) : NULL, NOW, &failure));
		break;
	case 1:
		must(store_set_overlay(f->s, key, (enum section)(1 + pick(8)),
				       pick(3) ? some_words(f, 4) : NULL, NOW, &failure));
		break;
	case 2:
		must(store_set(f->s, key, SET_SUSPEND, pick(2), NOW, &failure));
		break;
	case 3:
		if (store_can_undo(f->s))
			must(store_undo(f->s, NOW, &f->arena, &undone, &failure));
		break;
	default:
		say(f, name_of(f, key), pick(4) ? some_words(f, 4) : NULL);
	}
}

static void change_some(struct fixture *f)
{
	struct query all = {0};
	int64_t *keys;
	size_t count;

	must(store_list_keys(f->s, &all, TODAY, 4, &f->arena, &keys, &count, &failure));
	must(store_begin(f->s, &failure));
	for (int i = pick(12); i > 0 && count; i--)
		change_one(f, keys[pick((int)count)]);
	must(store_end(f->s, true, &failure));
}

/* Every card whose texts match, by looking at all of them; retired ones as asked for. */
static size_t scan(struct fixture *f, const struct query *q, bool own, int64_t *out)
{
	size_t found = 0;

	for (int64_t key = 1; key <= KEY_MAX; key++) {
		struct searched card;

		failure = (struct error)ERROR_INIT;
		if (store_searched(f->s, key, &f->arena, &card, &failure))
			continue;
		if (!own && info_of(f, key).retired)
			continue;
		for (size_t i = 0; i < card.count && !own; i++)
			if (card.places[i].kind == IN_NOTE || card.places[i].kind == IN_ANSWER)
				card.places[i].text = "";
		if (search_matches(&card, q))
			out[found++] = key;
	}
	return found;
}

static int compare_keys(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void assert_same(struct fixture *f, const struct query *q)
{
	int64_t *want = arena_array(&f->arena, KEY_MAX, sizeof(*want)), *keys;
	size_t wanted = scan(f, q, true, want), count, found = 0;

	must(store_search(f->s, q, TODAY, 4, &f->arena, &keys, &count, &failure));
	for (size_t i = 0; i < count; i++) {
		struct searched card;

		must(store_searched(f->s, keys[i], &f->arena, &card, &failure));
		if (search_matches(&card, q))
			keys[found++] = keys[i];
	}
	qsort(keys, found, sizeof(*keys), compare_keys);
	assert_int_equal(found, wanted);
	assert_memory_equal(keys, want, wanted * sizeof(*want));
}

/* What `list` finds must not depend on how fresh the index is. */
static void assert_same_list(struct fixture *f, const struct query *q)
{
	int64_t *want = arena_array(&f->arena, KEY_MAX, sizeof(*want)), *keys;
	size_t wanted = scan(f, q, false, want), count;

	must(store_list_keys(f->s, q, TODAY, 4, &f->arena, &keys, &count, &failure));
	qsort(keys, count, sizeof(*keys), compare_keys);
	assert_int_equal(count, wanted);
	assert_memory_equal(keys, want, wanted * sizeof(*want));
}

static struct query some_query(struct fixture *f)
{
	const char *text = vocabulary[pick((int)VOCABULARY)];
	char *word;
	struct query q;

	if (pick(3) == 0)
		text = arena_printf(&f->arena, "\"%s\"", some_words(f, 2));
	if (pick(3) == 0)
		text = arena_printf(&f->arena, "%s %s", text, vocabulary[pick((int)VOCABULARY)]);
	if (pick(4) == 0)
		text = arena_printf(&f->arena, "%s -%s", text, vocabulary[pick((int)VOCABULARY)]);
	word = arena_str(&f->arena, text);
	must(query_parse_search(&word, 1, &f->arena, &q, &failure));
	return q;
}

static void any_history_leaves_index_and_scan_of_one_mind(void **state)
{
	struct fixture *f = *state;
	const char *name = "d";

	for (int round = 0; round < ROUNDS; round++) {
		seed = (uint32_t)round + 1;
		if (pick(3) == 0) {
			const char *was = name;

			name = str_eq(name, "d") ? "e" : "d";
			must(merge(f, &changes, some_deck(f, name, was)));
		} else {
			must(merge(f, &changes, some_deck(f, name, NULL)));
		}
		change_some(f);
		if (pick(5) == 0) {
			must(store_remove_source(f->s, f->source, true, NOW, &failure));
			must(store_add_source(f->s, SOURCE_LOCAL, "/decks", NOW, &f->source,
					      &failure));
		}
		for (int i = 0; i < 6; i++) {
			struct query q = some_query(f);

			assert_same_list(f, &q);
		}
		if (pick(2))
			must(store_search_update(f->s, NULL, NULL, &failure));
		if (!store_search_stale(f->s)) {
			for (int i = 0; i < 6; i++) {
				struct query q = some_query(f);

				assert_same(f, &q);
				assert_same_list(f, &q);
			}
		}
		assert_index(f);
		arena_release(&f->arena);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(the_question_weighs_most),
		T(every_word_must_be_there_and_no_negated_one),
		T(words_are_found_as_they_are_typed),
		T(the_language_of_the_index_means_nothing),
		T(notes_answers_and_edits_are_searched),
		T(other_terms_narrow_a_search_and_retired_cards_are_found),
		T(a_card_that_goes_on_under_another_heading_is_found_once),
		T(a_search_wants_a_word),
		T(new_cards_wait_until_they_are_searched),
		T(an_update_tells_its_progress_and_can_be_stopped),
		T(an_index_that_is_worn_is_made_new),
		T(an_answer_without_words_changes_nothing),
		T(a_very_long_history_is_found_by_its_newest_answers),
		T(a_store_that_cannot_be_written_is_searched_too),
		T(an_index_that_says_something_else_is_noticed_and_made_new),
		T(a_damaged_index_is_an_error_that_names_the_cure),
		T(any_history_leaves_index_and_scan_of_one_mind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
