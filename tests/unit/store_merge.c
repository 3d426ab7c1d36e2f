#include "store_fixture.h"

static struct changes changes;

static struct deck *deck_of(struct fixture *f, const char *id, int count)
{
	struct deck *d = make_deck(&f->arena, id);

	for (int i = 0; i < count; i++)
		deck_add(d, arena_printf(&f->arena, "c%d", i),
			 arena_printf(&f->arena, "Question %d of %s?", i, id));
	return d;
}

static void drop_card(struct deck *d, size_t at)
{
	memmove(&d->cards[at], &d->cards[at + 1], (d->card_count - at - 1) * sizeof(*d->cards));
	d->card_count--;
}

static void assert_counts(size_t added, size_t edited, size_t renamed, size_t restored,
			  size_t retired, size_t deleted)
{
	assert_int_equal(changes.added, added);
	assert_int_equal(changes.edited, edited);
	assert_int_equal(changes.renamed, renamed);
	assert_int_equal(changes.restored, restored);
	assert_int_equal(changes.retired, retired);
	assert_int_equal(changes.deleted, deleted);
}

static bool exists(struct fixture *f, const char *name)
{
	struct error none = ERROR_INIT;
	int64_t key;

	return store_find_card(f->s, name, &key, &none) == ERR_NONE;
}

static void a_new_deck_comes_in_with_all_that_it_says(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "orm", 2);
	struct card *c = &d->cards[1];
	struct card_info info;
	struct card text;

	c->level = LEVEL_SENIOR;
	c->tier = TIER_TOP;
	c->aim = AIM_FAILURE;
	c->kind = KIND_STORY;
	c->competency = COMPETENCY_API;
	c->seconds = 75;
	c->rev = 3;
	c->follows = "c0";
	c->probes[0] = 2;
	c->probes[1] = 14;
	c->probe_count = 2;
	list_add(&f->arena, &c->tags, "sql");
	list_add(&f->arena, &c->tags, "two words");
	list_add(&f->arena, &c->sets, "most-asked");
	c->section[SECTION_VARIANTS] = "- One\n  more\n- Two";
	c->section[SECTION_LINKS] = "- [a](b)";
	must(merge(f, &changes, d));
	assert_counts(2, 0, 0, 0, 0, 0);
	info = info_of(f, key_of(f, "orm/c1"));
	assert_string_equal(info.name, "orm/c1");
	assert_string_equal(info.deck, "orm");
	assert_string_equal(info.question, "Question 1 of orm?");
	assert_int_equal(info.level, LEVEL_SENIOR);
	assert_int_equal(info.tier, TIER_TOP);
	assert_int_equal(info.aim, AIM_FAILURE);
	assert_int_equal(info.kind, KIND_STORY);
	assert_int_equal(info.competency, COMPETENCY_API);
	assert_int_equal(info.seconds, 75);
	assert_int_equal(info.rev, 3);
	assert_string_equal(info.follows, "orm/c0");
	assert_true(info.parent == key_of(f, "orm/c0"));
	assert_false(info.parent_passed);
	assert_int_equal(info.probe_count, 2);
	assert_int_equal(info.probes[1], 14);
	assert_int_equal(info.tags.count, 2);
	assert_string_equal(info.tags.items[1], "two words");
	assert_string_equal(info.topic, "sql");
	assert_true(info.most_asked);
	assert_int_equal(info.variants, 2);
	assert_string_equal(info.path, "/decks/orm.md");
	assert_int_equal(info.line, 20);
	assert_int_equal(info.schedule.due, DAY_NONE);
	assert_string_equal(info_of(f, key_of(f, "orm/c0")).topic, "orm");
	must(store_card_text(f->s, info.key, &f->arena, &text, &failure));
	assert_string_equal(text.id, "c1");
	assert_string_equal(text.section[SECTION_LINKS], "- [a](b)");
	assert_null(text.section[SECTION_WEAK]);
	assert_sound(f);
}

static void an_unchanged_edition_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 3);

	must(merge(f, &changes, d));
	must(merge(f, &changes, d));
	assert_counts(0, 0, 0, 0, 0, 0);
}

static void an_edited_card_keeps_its_progress(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 2);
	struct card text;
	int64_t key;

	must(merge(f, &changes, d));
	key = key_of(f, "a/c1");
	answer(f, key, TODAY, 5);
	d->cards[1].section[SECTION_QUESTION] = "Something else?";
	d->cards[1].section[SECTION_ANSWER] = "Another answer";
	must(merge(f, &changes, d));
	assert_counts(0, 1, 0, 0, 0, 0);
	assert_int_equal(info_of(f, key).schedule.due, TODAY + 1);
	assert_string_equal(info_of(f, key).question, "Something else?");
	must(store_card_text(f->s, key, &f->arena, &text, &failure));
	assert_string_equal(text.section[SECTION_ANSWER], "Another answer");
}

static void cards_follow_the_order_of_the_file_and_of_the_paths(void **state)
{
	struct fixture *f = *state;
	struct deck *b = deck_of(f, "b", 2), *a = deck_of(f, "a", 2);
	struct card first;
	struct query all = {0};
	struct card_info *list;
	size_t count;

	must(merge(f, &changes, b));
	must(merge(f, &changes, a, b));
	first = b->cards[0];
	b->cards[0] = b->cards[1];
	b->cards[1] = first;
	b->cards[0].line = 1;
	must(merge(f, &changes, a, b));
	assert_counts(0, 0, 0, 0, 0, 0);
	must(store_list_cards(f->s, &all, TODAY, 4, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 4);
	assert_string_equal(list[0].name, "a/c0");
	assert_string_equal(list[1].name, "a/c1");
	assert_string_equal(list[2].name, "b/c1");
	assert_string_equal(list[3].name, "b/c0");
	assert_int_equal(list[2].line, 1);
	for (size_t i = 1; i < count; i++)
		assert_true(list[i - 1].position < list[i].position);
}

static void bundled_decks_come_before_the_users_own(void **state)
{
	struct fixture *f = *state;
	struct query all = {0};
	struct card_info *list;
	int64_t bundled, own;
	size_t count;

	must(merge(f, &changes, deck_of(f, "a", 1)));
	must(store_add_source(f->s, SOURCE_OWN, "/own", NOW, &own, &failure));
	must(store_add_source(f->s, SOURCE_BUNDLED, "bundled", NOW, &bundled, &failure));
	must(merge_of(f, own, false, &changes, DECKS(deck_of(f, "b", 1))));
	must(merge_of(f, bundled, false, &changes, DECKS(deck_of(f, "c", 1))));
	must(store_list_cards(f->s, &all, TODAY, 4, &f->arena, &list, &count, &failure));
	assert_string_equal(list[0].name, "c/c0");
	assert_string_equal(list[1].name, "b/c0");
	assert_string_equal(list[2].name, "a/c0");
}

static void a_renamed_id_takes_its_progress_along(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 2);
	int64_t key;

	must(merge(f, &changes, d));
	key = key_of(f, "a/c1");
	answer(f, key, TODAY, 5);
	d->cards[1].id = "new-name";
	list_add(&f->arena, &d->cards[1].was, "c1");
	must(merge(f, &changes, d));
	assert_counts(0, 0, 1, 0, 0, 0);
	assert_true(key_of(f, "a/new-name") == key);
	assert_false(exists(f, "a/c1"));
	assert_int_equal(info_of(f, key).schedule.due, TODAY + 1);
	must(merge(f, &changes, d));
	assert_counts(0, 0, 0, 0, 0, 0);
	assert_sound(f);
}

static void a_card_that_moves_to_another_deck_takes_its_progress_along(void **state)
{
	struct fixture *f = *state;
	struct deck *a = deck_of(f, "a", 2), *b = deck_of(f, "b", 1);
	struct card *moved;
	int64_t key;

	must(merge(f, &changes, a, b));
	key = key_of(f, "a/c1");
	answer(f, key, TODAY, 5);
	drop_card(a, 1);
	moved = deck_add(b, "here", "Question 1 of a?");
	list_add(&f->arena, &moved->was, "a/c1");
	must(merge(f, &changes, a, b));
	assert_counts(0, 0, 1, 0, 0, 0);
	assert_true(key_of(f, "b/here") == key);
	assert_int_equal(info_of(f, key).schedule.due, TODAY + 1);
}

static void two_names_that_change_places_are_refused_whole(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 3);
	int64_t zero;

	must(merge(f, &changes, d));
	zero = key_of(f, "a/c0");
	d->cards[0].id = "c1";
	d->cards[1].id = "c0";
	d->cards[2].section[SECTION_ANSWER] = "Changed";
	list_add(&f->arena, &d->cards[0].was, "c0");
	list_add(&f->arena, &d->cards[1].was, "c1");
	must_fail(merge(f, &changes, d), ERR_FORMAT);
	assert_true(key_of(f, "a/c0") == zero);
	assert_string_equal(info_of(f, zero).question, "Question 0 of a?");
}

static void a_chain_of_renames_over_two_editions_keeps_each_progress(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 2);
	int64_t zero, one;

	must(merge(f, &changes, d));
	zero = key_of(f, "a/c0");
	one = key_of(f, "a/c1");
	answer(f, zero, TODAY, 5);
	answer(f, one, TODAY + 1, 3);
	d->cards[0].id = "t";
	list_add(&f->arena, &d->cards[0].was, "c0");
	must(merge(f, &changes, d));
	d->cards[0].was = (struct strlist){0};
	d->cards[1].id = "c0";
	list_add(&f->arena, &d->cards[1].was, "c1");
	must(merge(f, &changes, d));
	assert_true(key_of(f, "a/t") == zero);
	assert_true(key_of(f, "a/c0") == one);
	d->cards[1].was = (struct strlist){0};
	d->cards[0].id = "c1";
	list_add(&f->arena, &d->cards[0].was, "t");
	must(merge(f, &changes, d));
	assert_true(key_of(f, "a/c1") == zero);
	assert_sound(f);
}

static void a_renamed_deck_takes_all_cards_along(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "old", 3);
	struct card *late;
	int64_t keys[3];

	d->cards[2].follows = "c1";
	must(merge(f, &changes, d));
	for (int i = 0; i < 3; i++)
		keys[i] = key_of(f, arena_printf(&f->arena, "old/c%d", i));
	answer(f, keys[1], TODAY, 5);
	d->id = "new";
	list_add(&f->arena, &d->was, "old");
	d->cards[0].id = "first";
	list_add(&f->arena, &d->cards[0].was, "old/c0");
	late = deck_add(d, "late", "And now?");
	late->follows = "c0";
	must(merge(f, &changes, d));
	assert_counts(1, 0, 1, 0, 0, 0);
	assert_true(key_of(f, "new/first") == keys[0]);
	assert_true(key_of(f, "new/c1") == keys[1]);
	assert_int_equal(info_of(f, keys[1]).schedule.due, TODAY + 1);
	assert_string_equal(info_of(f, keys[2]).follows, "new/c1");
	assert_true(info_of(f, keys[2]).parent_passed);
	assert_false(exists(f, "old/c1"));
	must(merge(f, &changes, d));
	assert_counts(0, 0, 0, 0, 0, 0);
	assert_sound(f);
}

static void a_deck_that_takes_in_another_one_keeps_the_progress_of_both(void **state)
{
	struct fixture *f = *state;
	struct deck *a = deck_of(f, "a", 1), *b = make_deck(&f->arena, "b");
	int64_t key;

	deck_add(b, "x", "What of x?");
	must(merge(f, &changes, a, b));
	key = key_of(f, "b/x");
	answer(f, key, TODAY, 5);
	deck_add(a, "x", "What of x?");
	list_add(&f->arena, &a->was, "b");
	must(merge(f, &changes, a));
	assert_counts(0, 0, 1, 0, 0, 0);
	assert_true(key_of(f, "a/x") == key);
	assert_false(exists(f, "b/x"));
}

static void what_is_gone_is_retired_when_studied_and_deleted_when_not(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 4);
	struct deck *less = deck_of(f, "a", 1);
	int64_t studied, flagged;

	must(merge(f, &changes, d));
	studied = key_of(f, "a/c1");
	flagged = key_of(f, "a/c2");
	for (int i = 0; i < 3; i++)
		answer(f, studied, TODAY + i, 5);
	must(store_set(f->s, flagged, SET_FLAG, 1, NOW, &failure));
	must(merge(f, &changes, less));
	assert_counts(0, 0, 0, 0, 2, 1);
	assert_true(info_of(f, studied).retired);
	assert_true(info_of(f, flagged).retired);
	assert_false(exists(f, "a/c3"));
	must(merge(f, &changes, d));
	assert_counts(1, 0, 0, 2, 0, 0);
	assert_false(info_of(f, studied).retired);
	assert_int_equal(info_of(f, studied).schedule.due, TODAY + 7);
	assert_true(info_of(f, flagged).schedule.flagged);
	assert_sound(f);
}

static void a_file_that_is_gone_retires_its_deck_unless_it_is_kept(void **state)
{
	struct fixture *f = *state;
	struct deck *a = deck_of(f, "a", 2), *b = deck_of(f, "b", 2);
	struct edition edition;
	struct strlist kept = {0};
	struct source *sources;
	size_t count;

	must(merge(f, &changes, a, b));
	answer(f, key_of(f, "b/c0"), TODAY, 5);
	list_add(&f->arena, &kept, "/decks/b.md");
	edition = make_edition(&f->arena, a, "/decks/a.md");
	must(merge_paths(f, &edition, 1, &kept, &changes));
	assert_counts(0, 0, 0, 0, 0, 0);
	assert_true(exists(f, "b/c1"));
	must(merge(f, &changes, a));
	assert_counts(0, 0, 0, 0, 1, 1);
	assert_true(info_of(f, key_of(f, "b/c0")).retired);
	must(store_sources(f->s, &f->arena, &sources, &count, &failure));
	assert_int_equal(sources[0].decks.count, 1);
	must(merge(f, &changes, a, b));
	assert_counts(1, 0, 0, 1, 0, 0);
	must(merge_of(f, f->source, false, &changes, DECKS(NULL)));
	assert_counts(0, 0, 0, 0, 1, 3);
}

static void a_deck_in_two_files_is_refused(void **state)
{
	struct fixture *f = *state;
	struct deck *a = deck_of(f, "a", 1);
	struct edition twice[2] = {make_edition(&f->arena, a, "/decks/a.md"),
				   make_edition(&f->arena, a, "/decks/copy.md")};
	struct strlist kept = {0};

	must_fail(merge_paths(f, twice, 2, NULL, &changes), ERR_FORMAT);
	must(merge(f, &changes, a));
	list_add(&f->arena, &kept, "/decks/a.md");
	must_fail(merge_paths(f, twice + 1, 1, &kept, &changes), ERR_FORMAT);
	assert_non_null(strstr(failure.msg, "/decks/a.md"));
	/* The file was renamed: its old path is not kept. */
	must(merge_paths(f, twice + 1, 1, NULL, &changes));
	assert_string_equal(info_of(f, key_of(f, "a/c0")).path, "/decks/copy.md");
}

static void a_deck_of_another_source_is_only_taken_over_when_asked(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 1);
	const char *location;
	int64_t other, key;

	must(merge(f, &changes, d));
	key = key_of(f, "a/c0");
	answer(f, key, TODAY, 5);
	must(store_add_source(f->s, SOURCE_LOCAL, "/elsewhere", NOW, &other, &failure));
	must_fail(merge_of(f, other, false, &changes, DECKS(d)), ERR_DECISION);
	assert_non_null(strstr(failure.msg, "from /decks"));
	assert_true(store_deck_owner(f->s, "a", &f->arena, &location) == f->source);
	must(merge_of(f, other, true, &changes, DECKS(d)));
	assert_true(store_deck_owner(f->s, "a", &f->arena, &location) == other);
	assert_string_equal(location, "/elsewhere");
	assert_true(key_of(f, "a/c0") == key);
	assert_int_equal(info_of(f, key).schedule.due, TODAY + 1);
}

static void decks_stay_after_unsubscribing_and_go_with_a_purge(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 2);
	struct review *reviews;
	const char *location;
	int64_t key, id;
	size_t count;

	must(merge(f, &changes, d));
	key = key_of(f, "a/c0");
	answer(f, key, TODAY, 5);
	must(store_set_overlay(f->s, key, SECTION_WHY, "Because", NOW, &failure));
	must(store_remove_source(f->s, f->source, false, NOW, &failure));
	assert_true(store_deck_owner(f->s, "a", &f->arena, &location) == 0);
	assert_null(location);
	assert_int_equal(info_of(f, key).schedule.due, TODAY + 1);
	/* Whoever has the deck next goes on with its progress. */
	must(store_add_source(f->s, SOURCE_LOCAL, "/again", NOW, &id, &failure));
	must(merge_of(f, id, false, &changes, DECKS(d)));
	assert_counts(0, 0, 0, 0, 0, 0);
	assert_true(key_of(f, "a/c0") == key);
	must(store_remove_source(f->s, id, true, NOW, &failure));
	assert_true(store_deck_owner(f->s, "a", &f->arena, &location) == -1);
	assert_false(exists(f, "a/c0"));
	must(store_reviews(f->s, 0, 0, &f->arena, &reviews, &count, &failure));
	assert_int_equal(count, 0);
	assert_sound(f);
}

static void a_follow_up_finds_a_parent_that_comes_later_and_elsewhere(void **state)
{
	struct fixture *f = *state;
	struct deck *a = deck_of(f, "a", 2), *b = deck_of(f, "b", 2);
	int64_t child, parent;

	a->cards[0].follows = "b/c1";
	must(merge(f, &changes, a));
	child = key_of(f, "a/c0");
	assert_true(info_of(f, child).parent == 0);
	assert_true(info_of(f, child).parent_passed);
	assert_string_equal(info_of(f, child).follows, "b/c1");
	must(merge(f, &changes, a, b));
	parent = key_of(f, "b/c1");
	assert_true(info_of(f, child).parent == parent);
	assert_false(info_of(f, child).parent_passed);
	answer(f, parent, TODAY, 2);
	assert_false(info_of(f, child).parent_passed);
	answer(f, parent, TODAY, 3);
	assert_true(info_of(f, child).parent_passed);
	must(store_set(f->s, parent, SET_RESET, 0, NOW, &failure));
	assert_false(info_of(f, child).parent_passed);
	/* A parent that is retired locks nothing, nor does one that is away. */
	must(merge(f, &changes, a));
	assert_true(info_of(f, parent).retired);
	assert_true(info_of(f, child).parent_passed);
	must(merge(f, &changes, a, b));
	assert_false(info_of(f, child).parent_passed);
	a->cards[0].follows = NULL;
	must(merge(f, &changes, a, b));
	assert_true(info_of(f, child).parent == 0);
	assert_true(info_of(f, child).parent_passed);
	assert_sound(f);
}

static void a_parent_that_is_deleted_unlocks_its_follow_ups(void **state)
{
	struct fixture *f = *state;
	struct deck *a = deck_of(f, "a", 1), *b = deck_of(f, "b", 1);

	a->cards[0].follows = "b/c0";
	must(merge(f, &changes, a, b));
	assert_false(info_of(f, key_of(f, "a/c0")).parent_passed);
	must(merge(f, &changes, a));
	assert_counts(0, 0, 0, 0, 0, 1);
	assert_true(info_of(f, key_of(f, "a/c0")).parent_passed);
	assert_sound(f);
}

static void follow_ups_that_may_be_asked_are_listed(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 5);
	struct card_info *list;
	int64_t parent;
	size_t count;

	for (int i = 1; i < 5; i++)
		d->cards[i].follows = "c0";
	must(merge(f, &changes, d));
	parent = key_of(f, "a/c0");
	must(store_set(f->s, key_of(f, "a/c1"), SET_SUSPEND, 1, NOW, &failure));
	must(store_set(f->s, key_of(f, "a/c2"), SET_BURY, TODAY, NOW, &failure));
	answer(f, key_of(f, "a/c3"), TODAY, 5);
	must(store_follow_ups(f->s, parent, TODAY, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 1);
	assert_string_equal(list[0].name, "a/c4");
	must(store_follow_ups(f->s, parent, TODAY + 1, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 3);
}

static int ask_day_of(struct fixture *f, int64_t key)
{
	struct schedule s = info_of(f, key).schedule;

	return schedule_ask_day(&s);
}

static void a_change_of_meaning_brings_a_learnt_card_up_without_a_reset(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 2);
	int64_t key;
	int today = (int)(NOW / 86400000);

	must(merge(f, &changes, d));
	key = key_of(f, "a/c0");
	answer(f, key, today - 3, 5);
	answer(f, key, today - 2, 5);
	d->cards[0].rev = 1;
	d->cards[1].rev = 1;
	must(merge(f, &changes, d));
	assert_int_equal(ask_day_of(f, key), today);
	assert_int_equal(info_of(f, key).schedule.due, today + 4);
	assert_int_equal(info_of(f, key).schedule.sm2.n, 2);
	assert_int_equal(info_of(f, key_of(f, "a/c1")).schedule.ask_by, DAY_NONE);
	assert_sound(f);
}

static void an_own_edit_stays_until_the_deck_says_the_same(void **state)
{
	struct fixture *f = *state;
	struct deck *d = deck_of(f, "a", 1);
	struct card text;
	int64_t key;

	must(merge(f, &changes, d));
	key = key_of(f, "a/c0");
	must(store_set_overlay(f->s, key, SECTION_QUESTION, "My words?", NOW, &failure));
	must(store_set_overlay(f->s, key, SECTION_ANSWER, "Mine", NOW, &failure));
	must(store_set_overlay(f->s, key, SECTION_WEAK, "Weak", NOW, &failure));
	must(store_set_overlay(f->s, key, SECTION_WEAK, NULL, NOW, &failure));
	must_fail(store_set_overlay(f->s, key, SECTION_QUESTION, "", NOW, &failure), ERR_USAGE);
	assert_string_equal(info_of(f, key).question, "My words?");
	assert_true(info_of(f, key).own_edit);
	d->cards[0].section[SECTION_ANSWER] = "Theirs";
	must(merge(f, &changes, d));
	must(store_card_text(f->s, key, &f->arena, &text, &failure));
	assert_string_equal(text.section[SECTION_ANSWER], "Mine");
	assert_null(text.section[SECTION_WEAK]);
	d->cards[0].section[SECTION_ANSWER] = "Mine";
	d->cards[0].section[SECTION_QUESTION] = "My words?";
	must(merge(f, &changes, d));
	assert_false(info_of(f, key).own_edit);
	assert_string_equal(info_of(f, key).question, "My words?");
}

/* A deck without ids whose heading was edited, after the old one was studied. */
static struct edit_proposal edited_heading(struct fixture *f)
{
	struct deck *before = deck_of(f, "a", 3), *after = deck_of(f, "a", 3);
	struct edit_proposal *list;
	int64_t key;
	size_t count;

	for (int i = 0; i < 3; i++) {
		before->cards[i].has_id = after->cards[i].has_id = false;
		before->cards[i].section[SECTION_ANSWER] = after->cards[i].section[SECTION_ANSWER] =
			arena_printf(&f->arena, "Answer %d", i);
	}
	after->cards[1].id = "another";
	after->cards[1].section[SECTION_QUESTION] = "Another?";
	must(merge(f, &changes, before));
	key = key_of(f, "a/c1");
	answer(f, key, TODAY, 5);
	must(store_set_note(f->s, key, "remember", NOW, &failure));
	must(merge(f, &changes, after));
	must(store_proposals(f->s, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 1);
	assert_string_equal(list[0].old_question, "Question 1 of a?");
	assert_string_equal(list[0].new_question, "Another?");
	assert_int_equal(list[0].reviews, 1);
	return list[0];
}

static void an_accepted_proposal_carries_the_progress_over(void **state)
{
	struct fixture *f = *state;
	struct edit_proposal p = edited_heading(f), *list;
	struct card_info info;
	size_t count;

	must(store_set(f->s, p.new_key, SET_FLAG, 1, NOW, &failure));
	must(store_answer_proposal(f->s, &p, true, NOW, &failure));
	info = info_of(f, key_of(f, "a/another"));
	assert_int_equal(info.schedule.due, TODAY + 1);
	assert_true(info.schedule.flagged);
	assert_string_equal(info.note, "remember");
	assert_false(exists(f, "a/c1"));
	must(store_proposals(f->s, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 0);
	assert_sound(f);
}

static void a_declined_proposal_is_not_made_again(void **state)
{
	struct fixture *f = *state;
	struct edit_proposal p = edited_heading(f), *list;
	size_t count;

	must(store_answer_proposal(f->s, &p, false, NOW, &failure));
	must(store_proposals(f->s, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 0);
	assert_int_equal(info_of(f, p.new_key).schedule.due, DAY_NONE);
}

static void files_of_a_source_are_remembered(void **state)
{
	struct fixture *f = *state;
	struct source_file file = {"/decks/a.md", 10, 20, 30, hash_of("a", 1), "broken"}, *list;
	size_t count;

	must(store_put_file(f->s, f->source, &file, &failure));
	file.size = 11;
	file.problem = NULL;
	must(store_put_file(f->s, f->source, &file, &failure));
	must(store_source_files(f->s, f->source, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 1);
	assert_int_equal(list[0].size, 11);
	assert_int_equal(list[0].inode, 30);
	assert_null(list[0].problem);
	assert_memory_equal(&list[0].hash, &file.hash, sizeof(file.hash));
	must(store_drop_file(f->s, f->source, "/decks/a.md", &failure));
	must(store_source_files(f->s, f->source, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 0);
}

static void a_source_is_added_once(void **state)
{
	struct fixture *f = *state;
	struct source *list;
	int64_t id;
	size_t count;

	must(store_add_source(f->s, SOURCE_LOCAL, "/decks", NOW, &id, &failure));
	assert_true(id == f->source);
	must(store_set_stamp(f->s, id, "stamp 1", &failure));
	must(store_sources(f->s, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 1);
	assert_string_equal(list[0].location, "/decks");
	assert_string_equal(list[0].stamp, "stamp 1");
	assert_true(list[0].added == NOW);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(a_new_deck_comes_in_with_all_that_it_says),
		T(an_unchanged_edition_changes_nothing),
		T(an_edited_card_keeps_its_progress),
		T(cards_follow_the_order_of_the_file_and_of_the_paths),
		T(bundled_decks_come_before_the_users_own),
		T(a_renamed_id_takes_its_progress_along),
		T(a_card_that_moves_to_another_deck_takes_its_progress_along),
		T(two_names_that_change_places_are_refused_whole),
		T(a_chain_of_renames_over_two_editions_keeps_each_progress),
		T(a_renamed_deck_takes_all_cards_along),
		T(a_deck_that_takes_in_another_one_keeps_the_progress_of_both),
		T(what_is_gone_is_retired_when_studied_and_deleted_when_not),
		T(a_file_that_is_gone_retires_its_deck_unless_it_is_kept),
		T(a_deck_in_two_files_is_refused),
		T(a_deck_of_another_source_is_only_taken_over_when_asked),
		T(decks_stay_after_unsubscribing_and_go_with_a_purge),
		T(a_follow_up_finds_a_parent_that_comes_later_and_elsewhere),
		T(a_parent_that_is_deleted_unlocks_its_follow_ups),
		T(follow_ups_that_may_be_asked_are_listed),
		T(a_change_of_meaning_brings_a_learnt_card_up_without_a_reset),
		T(an_own_edit_stays_until_the_deck_says_the_same),
		T(an_accepted_proposal_carries_the_progress_over),
		T(a_declined_proposal_is_not_made_again),
		T(files_of_a_source_are_remembered),
		T(a_source_is_added_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
