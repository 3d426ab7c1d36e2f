#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "core/card.h"
#include "store/log_line.h"

#define UID "00112233445566778899aabbccddeeff"
#define HASH UID UID
#define COMMON "id=" UID "\ttime=2026-11-20T09:00:00.123Z\tmachine=" UID
#define REVIEW \
	"kind=review\t" COMMON "\tcard=d/c\tday=2026-11-20\tmode=study\tgrade=4\tof=3\t" \
	"seconds=60\tvariant=0\thints=0\tcap=36500\tcontent=" HASH

static struct arena arena;

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static struct log_line parsed(const char *text)
{
	struct error err = ERROR_INIT;
	struct log_line line;

	if (log_line_parse(text, strlen(text), &arena, &line, &err))
		fail_msg("%s: %s", text, err.msg);
	return line;
}

/* The line as it is written, without its sum. */
static const char *printed(const struct log_line *line)
{
	char sum[LOG_SUM_SIZE] = LOG_SUM_START;
	struct strbuf sb;
	const char *text;

	strbuf_init(&sb, 4 * LOG_LINE_MAX);
	log_line_print(line, sum, &sb);
	assert_false(sb.full);
	assert_memory_equal(sb.buf + sb.len - 14, "\tsum=", 5);
	text = arena_bytes(&arena, sb.buf, sb.len - 14);
	strbuf_release(&sb);
	return text;
}

static void refused(const char *text, const char *why)
{
	struct error err = ERROR_INIT;
	struct log_line line;

	if (log_line_parse(text, strlen(text), &arena, &line, &err) != ERR_FORMAT)
		fail_msg("was taken: %s", text);
	if (!strstr(err.msg, why))
		fail_msg("%s: says '%s', not '%s'", text, err.msg, why);
}

static void lines_of_every_kind_are_written_as_they_are_read(void **state)
{
	static const char *const lines[] = {
		REVIEW,
		"kind=review\t" COMMON "\tcard=d/c\tprev=" UID
		"\tday=0001-01-01\tmode=mock\tblind=0\tgrade=5\tpoints=1,3,26\tof=26\t"
		"answer-ms=0\ttotal-ms=2147483647\tseconds=3600\tvariant=7\thints=2\tcap=1\t"
		"ask-by=9999-12-31\tcontent=" HASH "\tanswer=a\\tb\\nc\\r\\\\ \xc3\xa9",
		"kind=void\t" COMMON "\tcard=d/c\tprev=" UID "\ttarget=" UID,
		"kind=set\t" COMMON "\tcard=d/c\twhat=suspend\tvalue=1",
		"kind=set\t" COMMON "\tcard=d/c\twhat=bury\tday=2026-11-20",
		"kind=set\t" COMMON "\tcard=d/c\twhat=ask-by",
		"kind=set\t" COMMON "\tcard=d/c\twhat=edit\tsection=why\ttext=",
		"kind=set\t" COMMON "\tcard=d/c\twhat=7\tvalue=-5",
		"kind=link\t" COMMON "\tcard=d/c\tname=d/b\ttext=d/c",
		"kind=link\t" COMMON "\tname=b\ttext=d",
		"kind=source\t" COMMON "\tname=/decks\ttext=added",
		"kind=config\t" COMMON "\tname=minutes\ttext=20",
		"kind=config\t" COMMON "\tname=minutes",
		"kind=6\t" COMMON "\tcard=d/c\twhat=bury\tvalue=2932896\ttarget=" UID
		"\tname=x\ttext=y",
		"kind=2147483647\t" COMMON,
		"kind=card\tcard=d/c\ttext=What?\trev=3",
		"kind=end\tevents=0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct log_line line = parsed(lines[i]);

		assert_string_equal(printed(&line), lines[i]);
		assert_false(line.unknown);
	}
}

static void values_mean_what_they_say(void **state)
{
	struct log_line line =
		parsed("kind=review\t" COMMON "\tcard=d/c\tday=2026-11-20\tmode=practice\tblind=2\t"
		       "grade=3\tpoints=2,4\tof=5\tanswer-ms=7\ttotal-ms=8\tseconds=9\tvariant=1\t"
		       "hints=2\tcap=30\task-by=2026-11-21\tcontent=" HASH "\tanswer=a\\x1bb");

	(void)state;
	assert_int_equal(line.kind, EVENT_REVIEW);
	assert_int_equal(line.id.bytes[1], 0x11);
	assert_true(line.time == INT64_C(1795165200123));
	assert_int_equal(line.day, 20777);
	assert_int_equal(line.mode, 2);
	assert_int_equal(line.blind, 2);
	assert_int_equal(line.grade, 3);
	assert_int_equal(line.points, 10);
	assert_int_equal(line.point_count, 5);
	assert_int_equal(line.ask_by, 20778);
	assert_int_equal(line.content.bytes[31], 0xff);
	assert_string_equal(line.answer, "a\033b");
	assert_false(log_has(&line, LOG_PREV));
	line = parsed("points=\t" REVIEW);
	assert_true(log_has(&line, LOG_POINTS));
	assert_int_equal(line.points, 0);
}

static void times_before_1970_and_at_the_ends_of_the_calendar_come_back(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} times[] = {
		{-1, "1969-12-31T23:59:59.999Z"},
		{0, "1970-01-01T00:00:00.000Z"},
		{INT64_C(-62135596800000), "0001-01-01T00:00:00.000Z"},
		{INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct log_line line = parsed(arena_printf(
			&arena, "kind=6\tid=" UID "\ttime=%s\tmachine=" UID, times[i].text));

		assert_true(line.time == times[i].ms);
		assert_non_null(strstr(printed(&line), times[i].text));
	}
}

/* Also bytes that are no UTF-8: a terminal can have put anything into an answer. */
static void every_byte_of_a_text_comes_back_and_none_does_harm(void **state)
{
	struct log_line line = parsed(REVIEW "\tanswer=");
	struct strbuf sb;
	const char *text;

	(void)state;
	strbuf_init(&sb, LOG_TEXT_MAX);
	for (int c = 1; c < 256; c++)
		strbuf_char(&sb, (char)c);
	strbuf_str(&sb, "\xe2\x80\xae \xc2\x85 \xf3\xa0\x80\x81 \xf0\x9f\x99\x82");
	line.answer = sb.buf;
	text = printed(&line);
	for (const char *p = text; *p; p++)
		assert_true(*p == '\t' || (unsigned char)*p >= ' ');
	assert_non_null(strstr(text, "\\xe2\\x80\\xae"));
	assert_non_null(strstr(text, "\xf0\x9f\x99\x82"));
	assert_string_equal(parsed(text).answer, sb.buf);
	strbuf_release(&sb);
}

static void what_is_missing_is_named(void **state)
{
	static const char *const lines[] = {REVIEW,
					    "kind=void\t" COMMON "\tcard=d/c\ttarget=" UID,
					    "kind=set\t" COMMON "\tcard=d/c\twhat=flag\tvalue=1",
					    "kind=set\t" COMMON
					    "\tcard=d/c\twhat=edit\tsection=why",
					    "kind=link\t" COMMON "\tname=a\ttext=b",
					    "kind=config\t" COMMON "\tname=a",
					    "kind=card\tcard=d/c\ttext=What?",
					    "kind=end\tevents=1"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		for (const char *at = lines[i]; at; at = strchr(at, '\t')) {
			const char *field = at + (*at == '\t');
			size_t len = strcspn(field, "\t");
			size_t key = strcspn(field, "=");
			char *rest = arena_printf(&arena, "%.*sx=y%s", (int)(field - lines[i]),
						  lines[i], field + len);

			refused(rest, arena_printf(&arena, "`%.*s` is missing", (int)key, field));
			at = field;
		}
}

static void values_out_of_their_range_are_refused(void **state)
{
	static const char *const bad[] = {
		"id=00112233445566778899aabbccddeef",
		"id=00112233445566778899AABBCCDDEEFF",
		"machine=",
		"prev=00112233445566778899aabbccddeef-",
		"time=2026-11-20T09:00:00Z",
		"time=2026-11-20T24:00:00.000Z",
		"time=2026-11-20T09:60:00.000Z",
		"time=2026-02-30T09:00:00.000Z",
		"time=2026-11-20 09:00:00.000Z",
		"time=2026-11-20T0x:00:00.000Z",
		"time=12026-11-20T09:00:00.000",
		"card=c",
		"card=d/",
		"card=D/c",
		"card=d/c/e",
		"day=2026-11-31",
		"day=20-11-2026",
		"day=",
		"mode=studies",
		"mode=0",
		"blind=6",
		"blind=-1",
		"grade=",
		"grade=04x",
		"points=0",
		"points=27",
		"points=2,1",
		"points=1,1",
		"points=1,",
		"points=,1",
		"points=100",
		"of=27",
		"answer-ms=-1",
		"total-ms=2147483648",
		"seconds=3601",
		"variant=-1",
		"hints=3",
		"cap=0",
		"ask-by=0000-01-01",
		"content=" UID,
		"answer=\\x00",
		"answer=\\x1B",
		"answer=\\q",
		"answer=\\",
		"answer=\\x1",
		"answer=a\033b",
		"answer=\xff",
		"answer=\xe2\x80\xae",
		"value=2932897",
		"value=1.5",
		"what=nothing",
		"what=6",
		"what=-1",
		"section=9",
		"rev=-1",
		"kind=0",
		"kind=5",
		"kind=-1",
		"kind=",
		"kind=2147483648",
		"events=-1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(bad[i],
			arena_printf(&arena, "`%.*s` is '", (int)strcspn(bad[i], "="), bad[i]));
	refused("kind=review\tkind=review", "`kind` is there twice");
	refused("kind=review\t\tid=" UID, "'' is no key=value");
	refused("kind=set\t" COMMON "\tcard=d/c\twhat=edit\tsection=question\ttext=a\\nb",
		"is no question");
	refused("kind=card\tcard=d/c\ttext= ", "is no question");
}

static void texts_up_to_64_KiB_are_taken_and_longer_ones_are_not(void **state)
{
	struct log_line line;
	struct strbuf sb;

	(void)state;
	strbuf_init(&sb, LOG_LINE_MAX);
	strbuf_str(&sb, "kind=config\t" COMMON "\tname=x\ttext=");
	for (size_t i = 0; i < LOG_TEXT_MAX; i++)
		strbuf_str(&sb, "\\x01");
	line = parsed(sb.buf);
	assert_int_equal(strlen(line.text), LOG_TEXT_MAX);
	assert_string_equal(printed(&line), sb.buf);
	strbuf_char(&sb, 'a');
	refused(sb.buf, "at most 64 KiB");
	strbuf_release(&sb);
}

static void unknown_keys_are_passed_over(void **state)
{
	struct log_line line = parsed(REVIEW "\tmood=good\tGrade=9\t=\tsum=1");

	(void)state;
	assert_true(line.unknown);
	assert_int_equal(line.grade, 4);
}

/* ---- a whole log ---- */

#define LINES 6

/* A log of three events with its lines apart; the fixture of the tests below. */
static void make_log(const char *lines[LINES])
{
	static const char *const texts[] = {"kind=card\tcard=d/c\ttext=What?", REVIEW,
					    "kind=set\t" COMMON "\tcard=d/c\twhat=flag\tvalue=1",
					    "kind=config\t" COMMON "\tname=minutes\ttext=20",
					    "kind=end\tevents=3"};
	char sum[LOG_SUM_SIZE] = LOG_SUM_START;

	lines[0] = LOG_HEADER;
	for (size_t i = 1; i < LINES; i++) {
		struct log_line line = parsed(texts[i - 1]);
		struct strbuf sb;

		strbuf_init(&sb, LOG_LINE_MAX);
		log_line_print(&line, sum, &sb);
		lines[i] = arena_bytes(&arena, sb.buf, sb.len - 1);
		strbuf_release(&sb);
	}
}

/* Reads lines; returns which of them were refused as a mask, and whether the end came. */
static unsigned read_log(const char *const *lines, size_t count, bool *ended)
{
	struct log_reader r = LOG_READER_INIT;
	unsigned bad = 0;

	for (size_t i = 0; i < count; i++) {
		struct error err = ERROR_INIT;
		struct log_line line;

		if (log_read(&r, lines[i], strlen(lines[i]), &arena, &line, &err)) {
			assert_int_equal(err.code, ERR_FORMAT);
			bad |= 1u << i;
		}
	}
	*ended = r.ended;
	return bad;
}

static void a_whole_log_is_sound_to_its_end(void **state)
{
	const char *lines[LINES];
	bool ended;

	(void)state;
	make_log(lines);
	assert_int_equal(read_log(lines, LINES, &ended), 0);
	assert_true(ended);
	assert_int_equal(read_log(lines, LINES - 1, &ended), 0);
	assert_false(ended);
}

/* All bytes, all bits: no change of a line goes unseen, and the lines behind it stay readable. */
static void every_bit_that_flips_is_found_in_its_line(void **state)
{
	const char *lines[LINES];

	(void)state;
	make_log(lines);
	for (size_t i = 1; i < LINES; i++)
		for (size_t at = 0; at < strlen(lines[i]); at++)
			for (int bit = 0; bit < 8; bit++) {
				const char *changed[LINES];
				char *copy = arena_str(&arena, lines[i]);
				bool in_sum = at + LOG_SUM_SIZE > strlen(lines[i]);
				unsigned bad, next = i + 1 < LINES ? 1u << (i + 1) : 0;
				bool ended;

				copy[at] = (char)(copy[at] ^ 1 << bit);
				if (!copy[at])
					continue;
				memcpy(changed, lines, sizeof(changed));
				changed[i] = copy;
				bad = read_log(changed, LINES, &ended);
				assert_true(bad >> i & 1);
				assert_int_equal(bad & ((1u << i) - 1), 0);
				/* The end counts the events, so that it complains as well. */
				bad &= ~(1u << i | 1u << (LINES - 1));
				if (in_sum)
					assert_int_equal(bad, next & ~(1u << (LINES - 1)));
			}
}

static void a_line_that_is_lost_added_or_swapped_is_found(void **state)
{
	const char *lines[LINES], *changed[LINES + 1];
	bool ended;

	(void)state;
	make_log(lines);
	for (size_t i = 1; i < LINES - 1; i++) {
		memcpy(changed, lines, sizeof(lines));
		memmove(changed + i, changed + i + 1, (LINES - i - 1) * sizeof(*changed));
		assert_true(read_log(changed, LINES - 1, &ended) >> i & 1);

		memcpy(changed, lines, (i + 1) * sizeof(*lines));
		memcpy(changed + i + 1, lines + i, (LINES - i) * sizeof(*lines));
		assert_true(read_log(changed, LINES + 1, &ended) >> (i + 1) & 1);

		memcpy(changed, lines, sizeof(lines));
		changed[i] = lines[i + 1];
		changed[i + 1] = lines[i];
		assert_true(read_log(changed, LINES, &ended) >> i & 1);
	}
	memcpy(changed, lines, sizeof(lines));
	changed[LINES] = lines[LINES - 2];
	assert_int_equal(read_log(changed, LINES + 1, &ended), 1u << LINES);
}

static void the_end_says_how_many_events_there_were(void **state)
{
	struct log_line line = parsed("kind=end\tevents=1");
	char sum[LOG_SUM_SIZE] = LOG_SUM_START;
	struct log_reader r = LOG_READER_INIT;
	struct error err = ERROR_INIT;
	struct strbuf sb;

	(void)state;
	strbuf_init(&sb, LOG_LINE_MAX);
	log_line_print(&line, sum, &sb);
	assert_int_equal(log_read(&r, LOG_HEADER, strlen(LOG_HEADER), &arena, &line, &err), 0);
	assert_int_equal(log_read(&r, sb.buf, sb.len - 1, &arena, &line, &err), ERR_FORMAT);
	assert_string_equal(err.msg, "the log had 1 events, here are 0");
	assert_true(r.ended);
	strbuf_release(&sb);
}

static void other_files_and_other_versions_are_told_apart(void **state)
{
	static const struct {
		const char *line, *says;
	} firsts[] = {
		{"", "this is no log"},
		{"# A deck", "this is no log"},
		{"viva-events 2", "newer viva"},
		{"viva-events 1 ", "newer viva"},
		{"viva-events 1\r", "CR LF"},
		{"kind=end\tevents=0\tsum=00000000", "this is no log"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		struct log_reader r = LOG_READER_INIT;
		struct error err = ERROR_INIT;
		struct log_line line;

		assert_int_equal(
			log_read(&r, firsts[i].line, strlen(firsts[i].line), &arena, &line, &err),
			ERR_FORMAT);
		assert_non_null(strstr(err.msg, firsts[i].says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(lines_of_every_kind_are_written_as_they_are_read,
					  teardown),
		cmocka_unit_test_teardown(values_mean_what_they_say, teardown),
		cmocka_unit_test_teardown(
			times_before_1970_and_at_the_ends_of_the_calendar_come_back, teardown),
		cmocka_unit_test_teardown(every_byte_of_a_text_comes_back_and_none_does_harm,
					  teardown),
		cmocka_unit_test_teardown(what_is_missing_is_named, teardown),
		cmocka_unit_test_teardown(values_out_of_their_range_are_refused, teardown),
		cmocka_unit_test_teardown(texts_up_to_64_KiB_are_taken_and_longer_ones_are_not,
					  teardown),
		cmocka_unit_test_teardown(unknown_keys_are_passed_over, teardown),
		cmocka_unit_test_teardown(a_whole_log_is_sound_to_its_end, teardown),
		cmocka_unit_test_teardown(every_bit_that_flips_is_found_in_its_line, teardown),
		cmocka_unit_test_teardown(a_line_that_is_lost_added_or_swapped_is_found, teardown),
		cmocka_unit_test_teardown(the_end_says_how_many_events_there_were, teardown),
		cmocka_unit_test_teardown(other_files_and_other_versions_are_told_apart, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
