/* What the next edition of a published folder takes over from the one before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "deck/edition.h"

static struct index edition(int64_t serial, struct index_deck *decks, size_t count)
{
	return (struct index){
		.title = "T",
		.publisher = {.serial = serial},
		.decks = decks,
		.count = count,
	};
}

static void a_file_s_name_holds_id_and_hash(void **state)
{
	struct arena arena = ARENA_INIT;
	struct hash hash;
	const char *url;

	(void)state;
	assert_true(hash_read("0123456789abcdef0000000000000000000000000000000000000000000000ff",
			      &hash));
	url = edition_url("a.b", &hash, &arena);
	assert_string_equal(url, "d/a.b.0123456789abcdef.md");
	assert_string_equal(edition_name(url), "a.b.0123456789abcdef.md");
	assert_true(index_names_hash(url, &hash));
	hash.bytes[7] ^= 1;
	assert_false(index_names_hash(url, &hash));
	arena_release(&arena);
}

static void other_names_are_not_ours(void **state)
{
	static const char *const others[] = {
		"",
		"d/",
		"README.md",
		"d/README.md",
		"d/a.md",
		"a.0123456789abcdef.md",
		"e/a.0123456789abcdef.md",
		"d/a.0123456789abcdef.txt",
		"d/a.0123456789abcde.md",
		"d/a.0123456789ABCDEF.md",
		"d/a-0123456789abcdef.md",
		"d/.0123456789abcdef.md",
		"d/A.0123456789abcdef.md",
		"d/x/a.0123456789abcdef.md",
		"d/../a.0123456789abcdef.md",
		"d/a.0123456789abcdef.md/..",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_null(edition_name(others[i]));
}

static void only_what_readers_see_makes_a_difference(void **state)
{
	struct index_deck decks[] = {{.id = "a", .title = "A", .url = "d/1", .size = 1}};
	struct index_deck other[1];
	struct index a = edition(1, decks, 1), b = edition(2, other, 1);

	(void)state;
	other[0] = decks[0];
	b.publisher.updated = "2026-11-20";
	b.old = (struct index_old[]){{"d/0", 1}};
	b.old_count = 1;
	assert_true(edition_same(&a, &b));
	b.count = 0;
	assert_false(edition_same(&a, &b));
	b.count = 1;
	b.title = "U";
	assert_false(edition_same(&a, &b));
	b.title = "T";
	b.publisher.refresh = 30;
	assert_false(edition_same(&a, &b));
	b.publisher.refresh = 0;
	b.publisher.next_key = "RW";
	assert_false(edition_same(&a, &b));
	b.publisher.next_key = NULL;
	b.publisher.moved_to = "https://a/";
	assert_false(edition_same(&a, &b));
	b.publisher.moved_to = NULL;
	other[0].hash.bytes[31] = 1;
	assert_false(edition_same(&a, &b));
	other[0] = decks[0];
	other[0].title = "B";
	assert_false(edition_same(&a, &b));
	other[0] = decks[0];
	other[0].cards = 1;
	assert_false(edition_same(&a, &b));
}

static bool kept(const struct index *index, const char *url, int64_t serial)
{
	for (size_t i = 0; i < index->old_count; i++)
		if (str_eq(index->old[i].url, url))
			return index->old[i].serial == serial;
	return false;
}

static void files_of_two_old_editions_are_kept(void **state)
{
	struct index_deck one[] = {{.url = "d/a1"}, {.url = "d/b1"}};
	struct index_deck two[] = {{.url = "d/a2"}, {.url = "d/b1"}};
	struct index_deck three[] = {{.url = "d/a3"}, {.url = "d/b1"}};
	struct index_deck four[] = {{.url = "d/a1"}, {.url = "d/c1"}};
	struct index editions[] = {edition(1, one, 2), edition(2, two, 2), edition(3, three, 2),
				   edition(4, four, 2), edition(5, four, 2)};
	struct arena arena = ARENA_INIT;
	struct strlist stale;

	(void)state;
	for (size_t i = 1; i < 5; i++)
		edition_keep(&editions[i - 1], &editions[i], &arena);
	assert_int_equal(editions[1].old_count, 1);
	assert_true(kept(&editions[1], "d/a1", 1));
	assert_int_equal(editions[2].old_count, 2);
	assert_true(kept(&editions[2], "d/a1", 1));
	assert_true(kept(&editions[2], "d/a2", 2));
	/* a1 is listed again, so it is not old any more */
	assert_int_equal(editions[3].old_count, 3);
	assert_true(kept(&editions[3], "d/a2", 2));
	assert_true(kept(&editions[3], "d/a3", 3));
	assert_true(kept(&editions[3], "d/b1", 3));
	assert_int_equal(editions[4].old_count, 2);
	stale = edition_stale(&editions[2], &editions[3], &arena);
	assert_int_equal(stale.count, 0);
	stale = edition_stale(&editions[3], &editions[4], &arena);
	assert_int_equal(stale.count, 1);
	assert_string_equal(stale.items[0], "d/a2");
	arena_release(&arena);
}

static void an_index_without_a_serial_can_be_followed(void **state)
{
	struct index_deck decks[] = {{.url = "d/a1"}};
	struct index before = edition(-1, decks, 1), next = edition(1, NULL, 0);
	struct arena arena = ARENA_INIT;

	(void)state;
	edition_keep(&before, &next, &arena);
	assert_true(kept(&next, "d/a1", 0));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_s_name_holds_id_and_hash),
		cmocka_unit_test(other_names_are_not_ours),
		cmocka_unit_test(only_what_readers_see_makes_a_difference),
		cmocka_unit_test(files_of_two_old_editions_are_kept),
		cmocka_unit_test(an_index_without_a_serial_can_be_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
