#include "store_fixture.h"

#include "store/log.h"

/* A small generator, so that every run sees the same numbers. */
static uint32_t seed;

static int pick(int below)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)below);
}

/* More databases beside that of the fixture: other machines. */
static struct fixture *machine_new(void)
{
	void *state;

	fixture_setup(&state);
	return state;
}

static void machine_free(struct fixture *f)
{
	void *state = f;

	fixture_teardown(&state);
}

static void add_deck(struct fixture *f, const char *name, int count)
{
	struct deck *d = make_deck(&f->arena, name);
	struct changes changes;

	for (int i = 0; i < count; i++)
		deck_add(d, arena_printf(&f->arena, "c%d", i),
			 arena_printf(&f->arena, "Question %d?", i));
	must(merge(f, &changes, d));
}

static enum err_code collect(void *ctx, const char *bytes, size_t len, struct error *err)
{
	(void)err;
	assert_true(strbuf_add(ctx, bytes, len));
	return ERR_NONE;
}

static const char *export_log(struct fixture *f, struct arena *arena)
{
	struct log_export counts;
	struct strbuf sb;
	const char *text;

	strbuf_init(&sb, 64u << 20);
	must(store_export_log(f->s, collect, &sb, &counts, &failure));
	assert_int_equal(counts.left_out, 0);
	text = arena_bytes(arena, sb.buf, sb.len);
	strbuf_release(&sb);
	return text;
}

static bool only_minutes(const char *key)
{
	return str_eq(key, "minutes");
}

static struct log_import import_log(struct fixture *f, const char *text)
{
	struct log_reader reader = LOG_READER_INIT;
	struct log_import counts;
	struct import *in;

	must(store_import_begin(f->s, &in, &failure));
	for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		struct arena arena = ARENA_INIT;
		struct log_line line;

		must(log_read(&reader, text, (size_t)(end - text), &arena, &line, &failure));
		must(store_import_add(in, &line, &failure));
		arena_release(&arena);
	}
	assert_true(reader.ended);
	must(store_import_end(in, true, only_minutes, &f->arena, &counts, &failure));
	assert_sound(f);
	return counts;
}

/* What follows from the log, of all cards. */
static const char *state_of(struct fixture *f, struct arena *arena)
{
	struct query_term all = {.kind = TERM_STATE, .value = STATE_RETIRED, .negated = true};
	struct query query = {&all, 1};
	struct card_info *cards;
	const char *text = "";
	size_t count;

	must(store_list_cards(f->s, &query, TODAY, 4, arena, &cards, &count, &failure));
	for (size_t i = 0; i < count; i++) {
		const struct schedule *s = &cards[i].schedule;

		text = arena_printf(arena, "%s%s %d %d %d %d %d %d %d %d %d %d %d %d %d %d %s %s\n",
				    text, cards[i].name, s->sm2.n, s->sm2.ef, (int)s->sm2.interval,
				    s->due, s->ask_by, s->lapses, s->reviews, s->passed,
				    s->last_day, s->last_grade, s->day_answers, s->suspended,
				    s->flagged, s->buried, cards[i].note ? cards[i].note : "-",
				    cards[i].question);
	}
	return text;
}

/* Something happens to the cards. */
static void live(struct fixture *f, const char *deck, int cards, int steps, int64_t now)
{
	int day = TODAY;

	must(store_begin(f->s, &failure));
	for (int step = 0; step < steps; step++) {
		int64_t key = key_of(f, arena_printf(&f->arena, "%s/c%d", deck, pick(cards)));
		struct review r = make_review(key, day, pick(6)), undone;
		struct schedule after;

		day += pick(8) == 0 ? pick(30) : 0;
		now += pick(100000) - 20000; /* a clock that is set back now and then */
		r.time = now;
		r.answer = pick(2) ? "Words\twith\n\"\\\033[31m \xff in them" : NULL;
		r.assessed = pick(2) != 0;
		r.points = (uint32_t)pick(8);
		r.point_count = 3;
		r.ask_by = pick(5) ? DAY_NONE : day + 3;
		switch (pick(12)) {
		case 0:
			if (store_can_undo(f->s))
				must(store_undo(f->s, now, &f->arena, &undone, &failure));
			break;
		case 1:
			must(store_set(f->s, key, (enum set_what)pick(2), day, now, &failure));
			break;
		case 2:
			must(store_set(f->s, key, SET_FLAG, pick(2), now, &failure));
			break;
		case 3:
			must(store_set(f->s, key, SET_RESET, 1, now, &failure));
			break;
		case 4:
			must(store_set_note(f->s, key,
					    pick(3) ? arena_printf(&f->arena, "note %d", step)
						    : NULL,
					    now, &failure));
			break;
		case 5:
			must(store_set_overlay(f->s, key, SECTION_QUESTION,
					       pick(3) ? arena_printf(&f->arena, "My %d?", step)
						       : NULL,
					       now, &failure));
			break;
		default:
			must(store_add_review(f->s, &r, &after, &failure));
		}
	}
	must(store_end(f->s, true, &failure));
}

static void all_of_a_log_comes_back_on_another_machine(void **state)
{
	struct fixture *f = *state, *other = machine_new();
	struct review *mine, *theirs;
	struct log_import counts;
	size_t count, same;

	seed = 1;
	add_deck(f, "d", 8);
	add_deck(other, "d", 8);
	live(f, "d", 8, 600, NOW);
	counts = import_log(other, export_log(f, &f->arena));
	assert_true(counts.events == counts.added && counts.added > 550);
	assert_int_equal(counts.cards, 8);
	assert_int_equal(counts.kept_cards, 0);
	assert_string_equal(state_of(f, &f->arena), state_of(other, &f->arena));

	must(store_reviews(f->s, 0, 0, &f->arena, &mine, &count, &failure));
	must(store_reviews(other->s, 0, 0, &f->arena, &theirs, &same, &failure));
	assert_int_equal(count, same);
	assert_int_equal(count, counts.reviews);
	for (size_t i = 0; i < count; i++) {
		assert_memory_equal(&mine[i].uid, &theirs[i].uid, sizeof(mine[i].uid));
		assert_string_equal(mine[i].card_name, theirs[i].card_name);
		assert_true(mine[i].time == theirs[i].time);
		assert_int_equal(mine[i].counts, theirs[i].counts);
		assert_int_equal(mine[i].voided, theirs[i].voided);
		assert_true(str_eq(mine[i].answer, theirs[i].answer));
	}
	machine_free(other);
}

static void importing_again_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct log_import counts;
	const char *log, *before;

	seed = 2;
	add_deck(f, "d", 4);
	live(f, "d", 4, 100, NOW);
	log = export_log(f, &f->arena);
	before = state_of(f, &f->arena);
	counts = import_log(f, log);
	assert_true(counts.events > 90);
	assert_int_equal(counts.added, 0);
	assert_int_equal(counts.cards, 0);
	assert_string_equal(export_log(f, &f->arena), log);
	assert_string_equal(state_of(f, &f->arena), before);
}

/* Two machines that part, live on and meet: in whatever order, the same comes out. */
static void logs_of_two_machines_give_the_same_in_either_order(void **state)
{
	struct fixture *f = *state, *b = machine_new(), *c = machine_new(), *d = machine_new();
	const char *log_a, *log_b, *all;

	for (int round = 0; round < 4; round++) {
		const char *deck = arena_printf(&f->arena, "d%d", round);

		seed = 10 + (uint32_t)round;
		add_deck(f, deck, 4);
		add_deck(b, deck, 4);
		add_deck(c, deck, 4);
		add_deck(d, deck, 4);
		live(f, deck, 4, 50, NOW);
		import_log(b, export_log(f, &f->arena));
		live(f, deck, 4, 80, NOW + 1000000);
		live(b, deck, 4, 80, NOW + 900000);
		log_a = export_log(f, &f->arena);
		log_b = export_log(b, &f->arena);
		import_log(c, log_a);
		import_log(c, log_b);
		import_log(d, log_b);
		import_log(d, log_a);
		all = state_of(c, &f->arena);
		assert_string_equal(state_of(d, &f->arena), all);
		import_log(f, log_b);
		import_log(b, log_a);
		assert_string_equal(state_of(f, &f->arena), all);
		assert_string_equal(state_of(b, &f->arena), all);
	}
	machine_free(b);
	machine_free(c);
	machine_free(d);
}

/* A clock was ahead here: what comes next still comes last, although the import brought older
 * events. */
static void answers_after_an_import_go_on_from_what_it_brought(void **state)
{
	struct fixture *f = *state, *other = machine_new();
	struct schedule after;
	struct review r;

	add_deck(f, "d", 1);
	add_deck(other, "d", 1);
	r = make_review(key_of(f, "d/c0"), TODAY + 1, 5);
	r.time = NOW + INT64_C(1000000000000);
	must(store_add_review(f->s, &r, &after, &failure));
	answer(other, key_of(other, "d/c0"), TODAY, 4);
	import_log(f, export_log(other, &f->arena));
	after = answer(f, key_of(f, "d/c0"), TODAY + 40, 1);
	assert_int_equal(after.lapses, 1);
	assert_sound(f);
	must(store_undo(f->s, NOW, &f->arena, &r, &failure));
	assert_int_equal(r.grade, 1);
	assert_sound(f);
	machine_free(other);
}

static void cards_without_a_deck_are_kept_until_one_brings_them(void **state)
{
	struct fixture *f = *state, *other = machine_new();
	struct log_import counts;
	struct card_info info;
	const char *before;
	int64_t key;

	seed = 3;
	add_deck(f, "d", 5);
	live(f, "d", 5, 200, NOW);
	before = state_of(f, &f->arena);
	counts = import_log(other, export_log(f, &f->arena));
	assert_int_equal(counts.kept_cards, 5);
	assert_int_equal(counts.kept_decks.count, 1);
	assert_string_equal(counts.kept_decks.items[0], "d");
	key = key_of(other, "d/c1");
	info = info_of(other, key);
	assert_true(info.retired);
	assert_int_equal(import_log(other, export_log(f, &f->arena)).added, 0);
	assert_int_equal(key_of(other, "d/c1"), key);

	add_deck(other, "d", 5);
	assert_string_equal(state_of(other, &f->arena), before);
	assert_int_equal(key_of(other, "d/c1"), key);
	assert_false(info_of(other, key).retired);
	assert_sound(other);
	machine_free(other);
}

/* A deck whose cards had changed their meaning before the export: that is no news. */
static void a_deck_that_comes_later_brings_no_card_up_for_a_check(void **state)
{
	struct fixture *f = *state, *other = machine_new();
	struct changes changes;
	struct fixture *both[] = {f, other};

	for (int i = 0; i < 2; i++) {
		struct deck *d = make_deck(&f->arena, "d");

		deck_add(d, "a", "What?")->rev = 3;
		if (i == 1)
			import_log(other, export_log(f, &f->arena));
		must(merge(both[i], &changes, d));
		if (i == 0)
			answer(f, key_of(f, "d/a"), TODAY, 5);
	}
	assert_int_equal(info_of(other, key_of(other, "d/a")).schedule.ask_by, DAY_NONE);
	machine_free(other);
}

/* d/old, studied; d/new is what it is called after the rename. */
static struct deck *renamed(struct fixture *f, bool later)
{
	struct deck *d = make_deck(&f->arena, "d");
	struct card *c = deck_add(d, later ? "new" : "old", "What?");

	if (later)
		list_add(&f->arena, &c->was, "old");
	return d;
}

static void studied(struct fixture *f, bool later)
{
	struct changes changes;

	must(merge(f, &changes, renamed(f, false)));
	answer(f, key_of(f, "d/old"), TODAY, 5);
	if (later)
		must(merge(f, &changes, renamed(f, true)));
}

static void assert_one_card(struct fixture *f, const char *name, int reviews)
{
	struct query none = {0};
	struct card_info *cards;
	struct review *list;
	size_t count;

	must(store_list_cards(f->s, &none, TODAY, 4, &f->arena, &cards, &count, &failure));
	assert_int_equal(count, 1);
	assert_string_equal(cards[0].name, name);
	must(store_reviews(f->s, 0, 0, &f->arena, &list, &count, &failure));
	assert_int_equal(count, reviews);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(list[i].card_name, name);
}

static void renames_are_followed_whoever_saw_them_first(void **state)
{
	struct fixture *f = *state, *late = machine_new(), *ahead = machine_new(),
		       *empty = machine_new(), *again = machine_new();
	struct deck *newest = make_deck(&f->arena, "d"); /* says nothing of the rename any more */
	struct changes changes;
	const char *old_log, *new_log;

	studied(f, false);
	studied(late, false);
	studied(ahead, true);
	old_log = export_log(f, &f->arena);
	new_log = export_log(ahead, &f->arena);

	/* This machine's deck is older than the log: its card has another name yet. */
	assert_int_equal(import_log(late, new_log).kept_cards, 0);
	assert_one_card(late, "d/old", 2);
	must(merge(late, &changes, renamed(late, true)));
	assert_one_card(late, "d/new", 2);

	/* The log is older than this machine's deck. */
	assert_int_equal(import_log(ahead, old_log).kept_cards, 0);
	assert_one_card(ahead, "d/new", 2);

	/* Neither has the deck: the newer name counts, whichever came first. */
	assert_int_equal(import_log(empty, old_log).kept_cards, 1);
	assert_int_equal(import_log(empty, new_log).kept_cards, 0);
	assert_int_equal(import_log(again, new_log).kept_cards, 1);
	assert_int_equal(import_log(again, old_log).kept_cards, 0);
	deck_add(newest, "new", "What?");
	must(merge(empty, &changes, newest));
	must(merge(again, &changes, newest));
	assert_one_card(empty, "d/new", 2);
	assert_one_card(again, "d/new", 2);
	assert_string_equal(state_of(empty, &f->arena), state_of(again, &f->arena));
	machine_free(late);
	machine_free(ahead);
	machine_free(empty);
	machine_free(again);
}

/* The deck d is called e, then f. */
static void rename_deck(struct fixture *f, const char *from, const char *to)
{
	struct deck *d = make_deck(&f->arena, to);
	struct changes changes;

	deck_add(d, "old", "What?");
	list_add(&f->arena, &d->was, from);
	must(merge(f, &changes, d));
}

static void renames_of_decks_are_followed_too(void **state)
{
	struct fixture *f = *state, *late = machine_new();
	const char *old_log, *new_log;

	studied(f, false);
	studied(late, false);
	old_log = export_log(late, &f->arena);
	rename_deck(f, "d", "e");
	rename_deck(f, "e", "f");
	new_log = export_log(f, &f->arena);
	assert_int_equal(import_log(f, old_log).kept_cards, 0);
	assert_one_card(f, "f/old", 2);
	assert_int_equal(import_log(late, new_log).kept_cards, 0);
	assert_one_card(late, "d/old", 2);
	machine_free(late);
}

static void settings_come_along_to_a_machine_without_a_history(void **state)
{
	struct fixture *f = *state, *fresh = machine_new(), *used = machine_new(),
		       *newer = machine_new();
	const char *log, *name;

	add_deck(f, "d", 1);
	add_deck(used, "d", 1);
	must(store_set_config(f->s, "minutes", "20", NOW, &failure));
	must(store_set_config(f->s, "minutes", "25", NOW + 1, &failure));
	must(store_set_config(f->s, "other", "x", NOW, &failure));
	must(store_set_config(newer->s, "minutes", "30", NOW + 2, &failure));
	answer(f, key_of(f, "d/c0"), TODAY, 4);
	answer(used, key_of(used, "d/c0"), TODAY, 4);
	log = export_log(f, &f->arena);
	name = config(fresh->s, "machine", f);
	import_log(fresh, log);
	import_log(used, log);
	import_log(newer, log);
	assert_string_equal(config(fresh->s, "minutes", f), "25");
	assert_null(config(fresh->s, "other", f));
	assert_string_equal(config(fresh->s, "machine", f), name);
	assert_null(config(used->s, "minutes", f));
	assert_string_equal(config(newer->s, "minutes", f), "30");
	machine_free(fresh);
	machine_free(used);
	machine_free(newer);
}

static void subscriptions_are_named_and_not_made(void **state)
{
	struct fixture *f = *state, *other = machine_new();
	struct log_import counts;
	struct source *list;
	int64_t gone;
	size_t count;

	must(store_add_source(f->s, SOURCE_LOCAL, "/home/me/decks", NOW, &gone, &failure));
	must(store_add_source(f->s, SOURCE_LOCAL, "/gone", NOW, &gone, &failure));
	must(store_remove_source(f->s, gone, false, NOW, &failure));
	counts = import_log(other, export_log(f, &f->arena));
	assert_int_equal(counts.locations.count, 1);
	assert_string_equal(counts.locations.items[0], "/home/me/decks");
	must(store_sources(other->s, &f->arena, &list, &count, &failure));
	assert_int_equal(count, 1);
	machine_free(other);
}

static void add_text(struct import *in, struct fixture *f, const char *text)
{
	struct log_line line;

	must(log_line_parse(text, strlen(text), &f->arena, &line, &failure));
	must(store_import_add(in, &line, &failure));
}

#define UID "00112233445566778899aabbccddee"

static void events_of_a_newer_viva_are_kept(void **state)
{
	static const char newer[] =
		"kind=9\tid=" UID "01\ttime=2026-11-20T09:00:00.000Z\tmachine=" UID
		"ff\tcard=d/c0\tprev=" UID "02\twhat=99\tvalue=-7\ttarget=" UID
		"03\tname=a\\tb\ttext=c";
	struct fixture *f = *state;
	struct log_import counts;
	struct import *in;

	add_deck(f, "d", 1);
	must(store_import_begin(f->s, &in, &failure));
	add_text(in, f, newer);
	add_text(in, f,
		 "kind=set\tid=" UID "04\ttime=2026-11-20T09:00:00.000Z\tmachine=" UID
		 "ff\tcard=d/c0\twhat=77\tvalue=5");
	must(store_import_end(in, true, only_minutes, &f->arena, &counts, &failure));
	assert_int_equal(counts.added, 2);
	assert_int_equal(counts.unknown, 1);
	assert_sound(f);
	answer(f, key_of(f, "d/c0"), TODAY, 4);
	assert_sound(f);
	assert_non_null(strstr(export_log(f, &f->arena), newer));
}

static void an_import_that_is_given_up_leaves_nothing(void **state)
{
	struct fixture *f = *state, *other = machine_new();
	struct log_import counts;
	const char *before;
	struct import *in;

	seed = 5;
	add_deck(f, "d", 1);
	before = export_log(f, &f->arena);
	must(store_import_begin(f->s, &in, &failure));
	add_text(in, f,
		 "kind=set\tid=" UID "04\ttime=2026-11-20T09:00:00.000Z\tmachine=" UID
		 "ff\tcard=e/new\twhat=flag\tvalue=1");
	must(store_import_end(in, false, only_minutes, &f->arena, &counts, &failure));
	assert_string_equal(export_log(f, &f->arena), before);
	must_fail(store_find_card(f->s, "e/new", &(int64_t){0}, &failure), ERR_FOUND);
	answer(f, key_of(f, "d/c0"), TODAY, 4);
	machine_free(other);
}

static enum err_code refuse(void *ctx, const char *bytes, size_t len, struct error *err)
{
	(void)bytes;
	(void)len;
	return --*(int *)ctx ? ERR_NONE : error_set(err, ERR_STORAGE, "the disk is full");
}

static void an_export_ends_when_its_reader_does(void **state)
{
	struct fixture *f = *state;
	struct log_export counts;
	int calls = 2;

	add_deck(f, "d", 1);
	answer(f, key_of(f, "d/c0"), TODAY, 4);
	must_fail(store_export_log(f->s, refuse, &calls, &counts, &failure), ERR_STORAGE);
	assert_string_equal(failure.msg, "the disk is full");
	answer(f, key_of(f, "d/c0"), TODAY, 4);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(all_of_a_log_comes_back_on_another_machine),
		TEST(importing_again_changes_nothing),
		TEST(logs_of_two_machines_give_the_same_in_either_order),
		TEST(answers_after_an_import_go_on_from_what_it_brought),
		TEST(cards_without_a_deck_are_kept_until_one_brings_them),
		TEST(a_deck_that_comes_later_brings_no_card_up_for_a_check),
		TEST(renames_are_followed_whoever_saw_them_first),
		TEST(renames_of_decks_are_followed_too),
		TEST(settings_come_along_to_a_machine_without_a_history),
		TEST(subscriptions_are_named_and_not_made),
		TEST(events_of_a_newer_viva_are_kept),
		TEST(an_import_that_is_given_up_leaves_nothing),
		TEST(an_export_ends_when_its_reader_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
