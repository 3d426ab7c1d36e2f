#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/strbuf.h"
#include "core/snippet.h"

#define LONG \
	"Zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen " \
	"fifteen sixteen seventeen eighteen nineteen twenty twenty-one twenty-two"

static struct arena arena = ARENA_INIT;

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

/* The piece with its hits in brackets. Words have blanks between them. */
static const char *show_beside(uint32_t known, const char *text, const char *words, size_t room)
{
	const char *list[8];
	struct strbuf sb;
	struct snippet s;
	size_t count = 0, at;

	for (const char *w = words; *w; w += strspn(w, " ")) {
		list[count++] = arena_bytes(&arena, w, strcspn(w, " "));
		w += strcspn(w, " ");
	}
	s = snippet_make(text, list, count, known, room, &arena);
	strbuf_init(&sb, 10000);
	at = s.piece.start;
	for (size_t i = 0; i < s.hit_count; i++) {
		strbuf_add(&sb, text + at, s.hits[i].start - at);
		strbuf_char(&sb, '[');
		strbuf_add(&sb, text + s.hits[i].start, s.hits[i].end - s.hits[i].start);
		strbuf_char(&sb, ']');
		at = s.hits[i].end;
	}
	strbuf_add(&sb, text + at, s.piece.end - at);
	text = arena_str(&arena, sb.buf);
	strbuf_release(&sb);
	return text;
}

static const char *show(const char *text, const char *words, size_t room)
{
	return show_beside(0, text, words, room);
}

static void a_short_text_is_shown_whole(void **state)
{
	(void)state;
	assert_string_equal(show("One per row, one", "one row", 80), "[One] per [row], [one]");
	assert_string_equal(show("Nothing here", "one", 80), "Nothing here");
	assert_string_equal(show("", "one", 80), "");
}

static void a_long_text_is_cut_around_the_words(void **state)
{
	(void)state;
	assert_string_equal(show(LONG, "ten", 30), "nine [ten] eleven twelve");
	assert_string_equal(show(LONG, "zero", 30), "[Zero] one two three four five");
	assert_string_equal(show(LONG, "twenty-two", 30), "twenty twenty-one [twenty-two]");
	assert_string_equal(show(LONG, "missing", 20), "Zero one two three");
}

static void the_piece_with_most_of_the_words_is_chosen(void **state)
{
	(void)state;
	assert_string_equal(show(LONG, "one fifteen sixteen", 40),
			    "fourteen [fifteen] [sixteen] seventeen");
	assert_non_null(strstr(show(LONG, "fifteen one five", 400), "[one] two three four [five]"));
}

static void words_that_are_known_count_less(void **state)
{
	(void)state;
	assert_string_equal(show_beside(1, LONG, "one two fifteen", 30),
			    "Zero [one] [two] three four five");
	assert_string_equal(show_beside(3, LONG, "one two fifteen", 30),
			    "[fifteen] sixteen seventeen");
}

static void hits_are_places_of_the_text_as_it_is_written(void **state)
{
	(void)state;
	assert_string_equal(show("Un Caf\xc3\xa9 noir", "cafe", 80), "Un [Caf\xc3\xa9] noir");
	assert_string_equal(show("Un Cafe\xcc\x81 noir", "cafe", 80), "Un [Cafe\xcc\x81] noir");
	assert_string_equal(show("Stra\xc3\x9f"
				 "e",
				 "stras", 80),
			    "[Stra\xc3\x9f]e");
	assert_string_equal(show("\xe5\xa4\xa7\xe6\x95\xb0\xe5\xba\x93", "\xe6\x95\xb0", 80),
			    "\xe5\xa4\xa7[\xe6\x95\xb0]\xe5\xba\x93");
}

static void hits_do_not_overlap(void **state)
{
	(void)state;
	assert_string_equal(show("select_related", "select select_related related", 80),
			    "[select_related]");
}

static void nothing_is_cut_within_a_character(void **state)
{
	char text[3001] = "";

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		memcpy(text + 3 * i, "\xe5\xa4\xa7", 4);
	for (size_t room = 3; room < 20; room++) {
		const char *word = "\xe6\x95\xb0";
		struct snippet s = snippet_make(text, &word, 1, 0, room, &arena);

		assert_int_equal(s.piece.start % 3, 0);
		assert_int_equal(s.piece.end % 3, 0);
		assert_true(s.piece.end - s.piece.start <= room);
		assert_true(s.piece.end > s.piece.start);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_short_text_is_shown_whole, release),
		cmocka_unit_test_teardown(a_long_text_is_cut_around_the_words, release),
		cmocka_unit_test_teardown(the_piece_with_most_of_the_words_is_chosen, release),
		cmocka_unit_test_teardown(words_that_are_known_count_less, release),
		cmocka_unit_test_teardown(hits_are_places_of_the_text_as_it_is_written, release),
		cmocka_unit_test_teardown(hits_do_not_overlap, release),
		cmocka_unit_test_teardown(nothing_is_cut_within_a_character, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
