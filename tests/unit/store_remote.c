#include "store_fixture.h"

#include "store/remote.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct remote remote_of(struct fixture *f, int64_t source)
{
	struct remote r;
	bool found;

	must(store_remote(f->s, source, &f->arena, &r, &found, &failure));
	assert_true(found);
	return r;
}

static int64_t add_http(struct fixture *f, const char *url)
{
	const struct remote r = {.serial = -1};
	int64_t id;

	must(store_add_source(f->s, SOURCE_HTTP, url, NOW, &id, &failure));
	must(store_put_remote(f->s, id, &r, &failure));
	return id;
}

static struct content file(const char *name, const char *bytes)
{
	return (struct content){name, bytes, strlen(bytes), hash_of(bytes, strlen(bytes))};
}

static void everything_known_of_a_source_comes_back(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_http(f, "https://a.example/index.yaml");
	const struct remote all = {
		.is_index = true,
		.title = "Title",
		.trust = TRUST_PINNED,
		.key = "RWA",
		.next_key = "RWB",
		.insecure = true,
		.suspend_new = true,
		.state = REMOTE_PAUSED,
		.etag = "\"e\"",
		.modified = "Fri",
		.has_hash = true,
		.hash = {{1, 2, 3}},
		.serial = 0,
		.updated = "2026-11-20",
		.refresh = 30,
		.moved_to = "https://b.example/",
		.proxy = "proxy:3128",
		.changed = 1,
		.checked = 2,
		.fetched = 3,
		.retry_after = 4,
		.failures = 5,
		.failing_since = 6,
		.said_gone = true,
		.problem = "why",
	};
	struct remote r;

	must(store_put_remote(f->s, id, &all, &failure));
	reopen(f);
	r = remote_of(f, id);
	assert_true(r.is_index && r.insecure && r.suspend_new && r.has_hash && r.said_gone);
	assert_string_equal(r.title, "Title");
	assert_int_equal(r.trust, TRUST_PINNED);
	assert_string_equal(r.key, "RWA");
	assert_string_equal(r.next_key, "RWB");
	assert_int_equal(r.state, REMOTE_PAUSED);
	assert_string_equal(r.etag, "\"e\"");
	assert_string_equal(r.modified, "Fri");
	assert_memory_equal(&r.hash, &all.hash, sizeof(r.hash));
	assert_int_equal(r.serial, 0);
	assert_string_equal(r.updated, "2026-11-20");
	assert_int_equal(r.refresh, 30);
	assert_string_equal(r.moved_to, "https://b.example/");
	assert_string_equal(r.proxy, "proxy:3128");
	assert_int_equal(r.changed, 1);
	assert_int_equal(r.checked, 2);
	assert_int_equal(r.fetched, 3);
	assert_int_equal(r.retry_after, 4);
	assert_int_equal(r.failures, 5);
	assert_int_equal(r.failing_since, 6);
	assert_string_equal(r.problem, "why");
}

static void what_is_not_known_stays_unknown(void **state)
{
	struct fixture *f = *state;
	struct remote r = remote_of(f, add_http(f, "https://a.example/deck.md"));

	assert_null(r.title);
	assert_null(r.key);
	assert_null(r.etag);
	assert_false(r.has_hash);
	assert_int_equal(r.serial, -1);
	assert_int_equal(r.checked, 0);
	assert_null(r.problem);
}

static void only_a_source_with_such_a_row_is_one_over_http(void **state)
{
	struct fixture *f = *state;
	struct source *list;
	struct remote r;
	size_t count;
	bool found;

	add_http(f, "https://a.example/deck.md");
	must(store_sources(f->s, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 2);
	assert_int_equal(list[0].kind, SOURCE_LOCAL);
	assert_int_equal(list[1].kind, SOURCE_HTTP);
	must(store_remote(f->s, list[0].id, &f->arena, &r, &found, &failure));
	assert_false(found);
}

static void a_source_moves_unless_the_address_is_taken(void **state)
{
	struct fixture *f = *state;
	int64_t a = add_http(f, "https://a.example/");
	struct source *list;
	size_t count;

	add_http(f, "https://b.example/");
	must_fail(store_move_source(f->s, a, "https://b.example/", NOW, &failure), ERR_DECISION);
	must(store_move_source(f->s, a, "https://c.example/", NOW, &failure));
	must(store_move_source(f->s, a, "https://c.example/", NOW, &failure));
	must(store_sources(f->s, &f->arena, &list, &count, &failure));
	assert_string_equal(list[1].location, "https://c.example/");
}

static const char *content_of(struct fixture *f, const char *bytes)
{
	struct hash hash = hash_of(bytes, strlen(bytes));
	const char *found;
	size_t len;

	must(store_content(f->s, &hash, &f->arena, &found, &len, &failure));
	return found;
}

static void five_editions_are_kept_and_contents_without_one_go(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_http(f, "https://a.example/index.yaml");
	struct remote_edition *list;
	size_t count;

	for (int i = 0; i < 7; i++) {
		const char *index = arena_printf(&f->arena, "index %d", i);
		const char *old = arena_printf(&f->arena, "deck %d", i / 2);
		const struct content files[] = {file("", index), file("d", old), file("e", "same")};

		must(store_add_edition(f->s, id, NOW + i, i == 3 ? -1 : i, files, COUNT(files),
				       &failure));
	}
	must(store_editions(f->s, id, &f->arena, &list, &count, &failure));
	assert_int_equal(count, EDITIONS_KEPT);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(list[i].time, NOW + 6 - (int)i);
		assert_int_equal(list[i].serial, i == 3 ? -1 : 6 - (int)i);
		assert_int_equal(list[i].in_force, i == 0);
	}
	assert_null(content_of(f, "index 1"));
	assert_null(content_of(f, "deck 0"));
	assert_string_equal(content_of(f, "deck 1"), "deck 1");
	assert_string_equal(content_of(f, "same"), "same");
}

static void the_files_of_an_edition_come_back_byte_by_byte(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_http(f, "https://a.example/deck.md");
	const struct content sent = {"", "a\0b", 3, hash_of("a\0b", 3)};
	struct remote_edition *list;
	struct content *files;
	size_t count;

	must(store_add_edition(f->s, id, NOW, 1, &sent, 1, &failure));
	must(store_editions(f->s, id, &f->arena, &list, &count, &failure));
	must(store_edition_files(f->s, list[0].id, &f->arena, &files, &count, &failure));
	assert_int_equal(count, 1);
	assert_string_equal(files[0].name, "");
	assert_int_equal(files[0].len, 3);
	assert_memory_equal(files[0].bytes, "a\0b", 4);
	assert_memory_equal(&files[0].hash, &sent.hash, sizeof(sent.hash));
}

static void another_edition_comes_into_force(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_http(f, "https://a.example/deck.md");
	struct remote_edition *list;
	size_t count;

	for (int i = 0; i < 3; i++) {
		const struct content c = file("", arena_printf(&f->arena, "%d", i));

		must(store_add_edition(f->s, id, NOW, i, &c, 1, &failure));
	}
	must(store_editions(f->s, id, &f->arena, &list, &count, &failure));
	must(store_set_edition(f->s, id, list[2].id, &failure));
	must(store_editions(f->s, id, &f->arena, &list, &count, &failure));
	assert_false(list[0].in_force || list[1].in_force);
	assert_true(list[2].in_force);
}

static void a_source_goes_with_its_editions(void **state)
{
	struct fixture *f = *state;
	int64_t a = add_http(f, "https://a.example/"), b = add_http(f, "https://b.example/");
	const struct content files[] = {file("", "only a"), file("d", "both")};
	struct remote_edition *list;
	size_t count;

	must(store_add_edition(f->s, a, NOW, 1, files, 2, &failure));
	must(store_add_edition(f->s, b, NOW, 1, files + 1, 1, &failure));
	must(store_remove_source(f->s, a, false, NOW, &failure));
	must(store_editions(f->s, a, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 0);
	assert_null(content_of(f, "only a"));
	assert_string_equal(content_of(f, "both"), "both");
}

/* Writing down a check must not take the editions along. */
static void a_check_leaves_the_editions_alone(void **state)
{
	struct fixture *f = *state;
	int64_t id = add_http(f, "https://a.example/");
	const struct content c = file("", "deck");
	struct remote r = remote_of(f, id);
	struct remote_edition *list;
	size_t count;

	must(store_add_edition(f->s, id, NOW, 1, &c, 1, &failure));
	r.checked = NOW;
	must(store_put_remote(f->s, id, &r, &failure));
	must(store_editions(f->s, id, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 1);
}

static void conflicts_are_where_both_sides_changed(void **state)
{
	struct fixture *f = *state;
	struct deck *old = make_deck(&f->arena, "d"), *new = make_deck(&f->arena, "d");
	struct conflict *list;
	struct changes changes;
	size_t count;

	deck_add(old, "both", "What?");
	deck_add(old, "mine", "Where?");
	must(merge(f, &changes, old));
	must(store_set_overlay(f->s, key_of(f, "d/both"), SECTION_ANSWER, "My words", NOW,
			       &failure));
	must(store_set_overlay(f->s, key_of(f, "d/mine"), SECTION_ANSWER, "My words", NOW,
			       &failure));
	must(store_conflicts(f->s, 0, 0, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 0);
	deck_add(new, "both", "What?")->section[SECTION_ANSWER] = "Their words";
	deck_add(new, "mine", "Where exactly?");
	must(merge(f, &changes, new));
	must(store_conflicts(f->s, 0, 0, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 1);
	assert_string_equal(list[0].name, "d/both");
	assert_int_equal(list[0].section, SECTION_ANSWER);
	assert_string_equal(list[0].base, "An answer");
	assert_string_equal(list[0].mine, "My words");
	assert_string_equal(list[0].theirs, "Their words");
	must(store_conflicts(f->s, f->source, list[0].card, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 1);
	must(store_conflicts(f->s, f->source + 1, 0, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 0);
	/* laid over what the deck says now, the edit is settled */
	must(store_set_overlay(f->s, key_of(f, "d/both"), SECTION_ANSWER, "My words", NOW,
			       &failure));
	must(store_conflicts(f->s, 0, 0, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 0);
}

static void a_merge_tells_what_it_did(void **state)
{
	struct fixture *f = *state;
	struct deck *old = make_deck(&f->arena, "d"), *new = make_deck(&f->arena, "d");
	struct edition edition = make_edition(&f->arena, old, "/decks/d.md");
	struct merge_request request = {
		.source = f->source, .editions = &edition, .count = 1, .now = NOW};
	struct merge_report report;
	struct changes changes;

	deck_add(old, "same", "Same?");
	deck_add(old, "edited", "Edited?");
	deck_add(old, "renamed", "Renamed?");
	deck_add(old, "studied", "Studied?");
	deck_add(old, "gone", "Gone?");
	edition = make_edition(&f->arena, old, "/decks/d.md");
	must(store_merge(f->s, &request, &f->arena, &changes, &report, &failure));
	assert_int_equal(report.card_count, 5);
	assert_int_equal(report.cards[0].kind, CHANGE_ADD);
	assert_null(report.cards[0].old[SECTION_QUESTION]);
	assert_int_equal(report.decks[0].before, 0);
	assert_int_equal(report.decks[0].after, 5);
	answer(f, key_of(f, "d/studied"), TODAY, 4);
	must(store_set_overlay(f->s, key_of(f, "d/edited"), SECTION_WHY, "Mine", NOW, &failure));

	deck_add(new, "same", "Same?");
	deck_add(new, "edited", "Edited well?");
	list_add(&f->arena, &deck_add(new, "new-name", "Renamed?")->was, "renamed");
	edition = make_edition(&f->arena, new, "/decks/d.md");
	must(store_merge(f->s, &request, &f->arena, &changes, &report, &failure));
	assert_int_equal(report.card_count, 4);
	assert_string_equal(report.cards[0].name, "d/edited");
	assert_int_equal(report.cards[0].kind, CHANGE_EDIT);
	assert_string_equal(report.cards[0].old[SECTION_QUESTION], "Edited?");
	assert_string_equal(report.cards[0].new->section[SECTION_QUESTION], "Edited well?");
	assert_true(report.cards[0].own_edit);
	assert_string_equal(report.cards[1].name, "d/new-name");
	assert_string_equal(report.cards[1].old_name, "d/renamed");
	assert_false(report.cards[1].own_edit);
	assert_int_equal(report.cards[2].kind + report.cards[3].kind,
			 CHANGE_RETIRE + CHANGE_DELETE);
	assert_null(report.cards[2].new);
	assert_int_equal(report.deck_count, 1);
	assert_int_equal(report.decks[0].before, 5);
	assert_int_equal(report.decks[0].removed, 2);
	assert_int_equal(report.decks[0].after, 3);
}

static void new_cards_of_a_source_may_come_suspended(void **state)
{
	struct fixture *f = *state;
	struct deck *d = make_deck(&f->arena, "d");
	struct edition edition;
	struct merge_request request = {.source = f->source,
					.editions = &edition,
					.count = 1,
					.suspend_new = true,
					.now = NOW};
	struct changes changes;

	deck_add(d, "a", "A?");
	must(merge(f, &changes, d));
	deck_add(d, "b", "B?");
	edition = make_edition(&f->arena, d, "/decks/d.md");
	must(store_merge(f->s, &request, &f->arena, &changes, NULL, &failure));
	assert_false(info_of(f, key_of(f, "d/a")).schedule.suspended);
	assert_true(info_of(f, key_of(f, "d/b")).schedule.suspended);
	assert_sound(f);
}

#define unit(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		unit(everything_known_of_a_source_comes_back),
		unit(what_is_not_known_stays_unknown),
		unit(only_a_source_with_such_a_row_is_one_over_http),
		unit(a_source_moves_unless_the_address_is_taken),
		unit(five_editions_are_kept_and_contents_without_one_go),
		unit(the_files_of_an_edition_come_back_byte_by_byte),
		unit(another_edition_comes_into_force),
		unit(a_source_goes_with_its_editions),
		unit(a_check_leaves_the_editions_alone),
		unit(conflicts_are_where_both_sides_changed),
		unit(a_merge_tells_what_it_did),
		unit(new_cards_of_a_source_may_come_suspended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
