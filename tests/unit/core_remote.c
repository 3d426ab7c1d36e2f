#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/remote.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NOW INT64_C(1795000000000)

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* A healthy source that was checked an hour ago. */
static struct remote healthy(void)
{
	return (struct remote){
		.has_hash = true,
		.etag = "\"1\"",
		.serial = 7,
		.checked = NOW - HOUR,
		.fetched = NOW - DAY,
		.changed = NOW - DAY,
	};
}

static void a_source_is_asked_when_it_is_time(void **state)
{
	static const struct {
		int64_t checked, fetched, retry_after;
		enum remote_state state;
		struct check_flags flags;
		enum check check;
	} rows[] = {
		/* checked, fetched, retry after: relative to now; 0: never */
		{-HOUR, -DAY, 0, REMOTE_ACTIVE, {0}, CHECK_CONDITIONAL},
		{-14 * MINUTE, -DAY, 0, REMOTE_ACTIVE, {0}, CHECK_RECENT},
		{-15 * MINUTE, -DAY, 0, REMOTE_ACTIVE, {0}, CHECK_CONDITIONAL},
		{-14 * MINUTE, -DAY, 0, REMOTE_ACTIVE, {.now = true}, CHECK_CONDITIONAL},
		{-14 * MINUTE, -DAY, 0, REMOTE_ACTIVE, {.force = true}, CHECK_FULL},
		{-14 * MINUTE, -DAY, 0, REMOTE_ACTIVE, {.full = true}, CHECK_RECENT},
		{-HOUR, -DAY, 0, REMOTE_ACTIVE, {.full = true}, CHECK_FULL},
		/* one whole answer a week */
		{-HOUR, -7 * DAY + 1, 0, REMOTE_ACTIVE, {0}, CHECK_CONDITIONAL},
		{-HOUR, -7 * DAY, 0, REMOTE_ACTIVE, {0}, CHECK_FULL},
		{-HOUR, 0, 0, REMOTE_ACTIVE, {0}, CHECK_FULL},
		/* back-off */
		{-HOUR, -DAY, 1, REMOTE_ACTIVE, {0}, CHECK_WAITING},
		{-HOUR, -DAY, 1, REMOTE_ACTIVE, {.now = true}, CHECK_WAITING},
		{-HOUR, -DAY, 1, REMOTE_ACTIVE, {.force = true}, CHECK_FULL},
		{-HOUR, -DAY, 7 * DAY, REMOTE_ACTIVE, {0}, CHECK_WAITING},
		{-HOUR, -DAY, -1, REMOTE_ACTIVE, {0}, CHECK_CONDITIONAL},
		/* a clock that was wrong does not freeze a source */
		{DAY, -DAY, 0, REMOTE_ACTIVE, {0}, CHECK_CONDITIONAL},
		{-HOUR, DAY, 0, REMOTE_ACTIVE, {0}, CHECK_FULL},
		{-HOUR, -DAY, 8 * DAY, REMOTE_ACTIVE, {0}, CHECK_CONDITIONAL},
		/* paused by the user, stopped by a 410 */
		{-HOUR, -DAY, 0, REMOTE_PAUSED, {0}, CHECK_PAUSED},
		{-HOUR, -DAY, 0, REMOTE_PAUSED, {.force = true}, CHECK_PAUSED},
		{-HOUR, -DAY, 0, REMOTE_GONE, {.now = true}, CHECK_GONE},
		{-HOUR, -DAY, 0, REMOTE_GONE, {.force = true}, CHECK_FULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct remote r = healthy();

		r.checked = NOW + rows[i].checked;
		r.fetched = rows[i].fetched ? NOW + rows[i].fetched : 0;
		r.retry_after = rows[i].retry_after ? NOW + rows[i].retry_after : 0;
		r.state = rows[i].state;
		assert_int_equal(remote_check(&r, NOW, rows[i].flags), rows[i].check);
	}
}

static void without_validators_or_content_the_request_is_unconditional(void **state)
{
	struct remote r = healthy();

	(void)state;
	r.etag = NULL;
	assert_int_equal(remote_check(&r, NOW, (struct check_flags){0}), CHECK_FULL);
	r.modified = "Fri, 20 Nov 2026 08:00:00 GMT";
	assert_int_equal(remote_check(&r, NOW, (struct check_flags){0}), CHECK_CONDITIONAL);
	r.has_hash = false;
	assert_int_equal(remote_check(&r, NOW, (struct check_flags){0}), CHECK_FULL);
}

static void answers_set_the_back_off(void **state)
{
	static const struct {
		struct answer answer;
		enum err_code code;
		int64_t least, most; /* wait */
	} rows[] = {
		{{ANSWER_BODY, 200, false, -1}, ERR_NONE, 0, 0},
		{{ANSWER_BODY, 200, true, -1}, ERR_NONE, 0, 0},
		{{ANSWER_UNCHANGED, 304, true, -1}, ERR_NONE, 0, 0},
		/* a 304 that nobody asked for, half an answer, other successes */
		{{ANSWER_UNCHANGED, 304, false, -1}, ERR_NETWORK, HOUR, 2 * HOUR},
		{{ANSWER_STATUS, 206, false, -1}, ERR_NETWORK, HOUR, 2 * HOUR},
		{{ANSWER_STATUS, 204, false, -1}, ERR_NETWORK, HOUR, 2 * HOUR},
		{{ANSWER_STATUS, 401, false, -1}, ERR_NETWORK, DAY, DAY},
		{{ANSWER_STATUS, 403, false, -1}, ERR_NETWORK, DAY, DAY},
		{{ANSWER_STATUS, 403, false, 60}, ERR_NETWORK, DAY, DAY},
		{{ANSWER_STATUS, 404, false, -1}, ERR_NETWORK, HOUR, 2 * HOUR},
		{{ANSWER_STATUS, 410, false, -1}, ERR_DECISION, 0, 0},
		{{ANSWER_STATUS, 429, false, -1}, ERR_NETWORK, 4 * HOUR, 4 * HOUR},
		{{ANSWER_STATUS, 429, false, 0}, ERR_NETWORK, MINUTE, MINUTE},
		{{ANSWER_STATUS, 429, false, 90}, ERR_NETWORK, 90000, 90000},
		{{ANSWER_STATUS, 503, false, -1}, ERR_NETWORK, 4 * HOUR, 4 * HOUR},
		{{ANSWER_STATUS, 503, false, 3600}, ERR_NETWORK, HOUR, HOUR},
		{{ANSWER_STATUS, 503, false, 99999999999}, ERR_NETWORK, 7 * DAY, 7 * DAY},
		{{ANSWER_STATUS, 503, false, INT64_MAX}, ERR_NETWORK, 7 * DAY, 7 * DAY},
		{{ANSWER_STATUS, 500, false, 99}, ERR_NETWORK, HOUR, 2 * HOUR},
		{{ANSWER_STATUS, 502, false, -1}, ERR_NETWORK, HOUR, 2 * HOUR},
		{{ANSWER_FAILED, 0, false, -1}, ERR_NETWORK, HOUR, 2 * HOUR},
		{{ANSWER_FAILED, 503, false, 60}, ERR_NETWORK, HOUR, 2 * HOUR},
	};
	static const uint32_t randoms[] = {0, 1, 12345678, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * COUNT(randoms); i++) {
		const struct answer *a = &rows[i / COUNT(randoms)].answer;
		struct remote r = healthy();
		bool say_gone;
		int64_t wait;

		assert_int_equal(
			remote_answered(&r, a, NOW, randoms[i % COUNT(randoms)], &say_gone),
			rows[i / COUNT(randoms)].code);
		wait = r.retry_after ? r.retry_after - NOW : 0;
		assert_true(wait >= rows[i / COUNT(randoms)].least);
		assert_true(wait <= rows[i / COUNT(randoms)].most);
		assert_int_equal(r.checked, NOW);
		assert_int_equal(r.failures, rows[i / COUNT(randoms)].code ? 1 : 0);
		assert_false(say_gone);
	}
}

static void failures_wait_longer_up_to_a_day(void **state)
{
	static const int64_t least[] = {1, 2, 4, 8, 12, 12, 12};
	static const int64_t most[] = {2, 4, 8, 16, 24, 24, 24};
	const struct answer failed = {ANSWER_FAILED, 0, false, -1};
	struct remote r = healthy();
	bool say_gone;

	(void)state;
	for (size_t i = 0; i < COUNT(least); i++) {
		struct remote slow = r;

		remote_answered(&slow, &failed, NOW, UINT32_MAX, &say_gone);
		assert_true(slow.retry_after <= NOW + most[i] * HOUR);
		remote_answered(&r, &failed, NOW, 0, &say_gone);
		assert_int_equal(r.retry_after, NOW + least[i] * HOUR);
	}
	r.failures = 1000000;
	remote_answered(&r, &failed, NOW, 0, &say_gone);
	assert_int_equal(r.retry_after, NOW + 12 * HOUR);
}

static void an_answer_ends_the_back_off(void **state)
{
	const struct answer good = {ANSWER_UNCHANGED, 304, true, -1};
	struct remote r = healthy();
	bool say_gone;

	(void)state;
	r.failures = 4;
	r.failing_since = NOW - DAY;
	r.retry_after = NOW;
	r.said_gone = true;
	r.state = REMOTE_GONE;
	assert_int_equal(remote_answered(&r, &good, NOW, 0, &say_gone), ERR_NONE);
	assert_int_equal(r.failures, 0);
	assert_int_equal(r.failing_since, 0);
	assert_int_equal(r.retry_after, 0);
	assert_int_equal(r.state, REMOTE_ACTIVE);
	assert_false(r.said_gone);
}

static void a_source_that_looks_gone_is_said_once(void **state)
{
	const struct answer missing = {ANSWER_STATUS, 404, false, -1};
	const struct answer refused = {ANSWER_FAILED, 0, false, -1};
	struct remote r = healthy();
	bool say_gone;
	int said = 0;

	(void)state;
	/* often enough, but not for long enough */
	for (int i = 0; i < 8; i++) {
		remote_answered(&r, &missing, NOW + i * DAY, 0, &say_gone);
		assert_false(say_gone);
	}
	/* no answer at all says nothing of that kind */
	remote_answered(&r, &refused, NOW + 15 * DAY, 0, &say_gone);
	assert_false(say_gone);
	for (int i = 16; i < 30; i++) {
		remote_answered(&r, &missing, NOW + i * DAY, 0, &say_gone);
		said += say_gone;
	}
	assert_int_equal(said, 1);
	/* long enough, but not often enough */
	r = healthy();
	for (int i = 0; i < 4; i++) {
		remote_answered(&r, &missing, NOW + i * 10 * DAY, 0, &say_gone);
		assert_false(say_gone);
	}
	remote_answered(&r, &missing, NOW + 40 * DAY, 0, &say_gone);
	assert_true(say_gone);
}

static void a_410_stops_the_polling(void **state)
{
	const struct answer gone = {ANSWER_STATUS, 410, false, -1};
	struct remote r = healthy();
	bool say_gone;

	(void)state;
	assert_int_equal(remote_answered(&r, &gone, NOW, 0, &say_gone), ERR_DECISION);
	assert_int_equal(r.state, REMOTE_GONE);
	assert_int_equal(remote_check(&r, NOW + 99 * DAY, (struct check_flags){0}), CHECK_GONE);
}

static void keys_are_kept(void **state)
{
	static const struct {
		const char *key, *next;
		struct signature_facts facts; /* present, names stored, names next, brings key */
		enum key_rule rule;
	} rows[] = {
		{NULL, NULL, {false, false, false, false}, KEY_NONE},
		{NULL, NULL, {true, false, false, false}, KEY_UNKNOWN},
		{NULL, NULL, {true, false, false, true}, KEY_FIRST_USE},
		{"A", NULL, {true, true, false, false}, KEY_STORED},
		{"A", NULL, {true, true, false, true}, KEY_STORED},
		{"A", "B", {true, true, false, false}, KEY_STORED},
		{"A", "B", {true, false, true, false}, KEY_NEXT},
		{"A", "A", {true, true, true, false}, KEY_STORED},
		/* what stands in the way of a change nobody announced */
		{"A", NULL, {false, false, false, false}, KEY_MISSING},
		{"A", "B", {false, false, false, false}, KEY_MISSING},
		{"A", NULL, {true, false, false, false}, KEY_FOREIGN},
		{"A", NULL, {true, false, false, true}, KEY_FOREIGN},
		{"A", "B", {true, false, false, true}, KEY_FOREIGN},
		{"A", NULL, {true, false, true, false}, KEY_FOREIGN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct remote r = healthy();

		r.key = rows[i].key;
		r.next_key = rows[i].next;
		assert_int_equal(remote_key_rule(&r, &rows[i].facts), rows[i].rule);
	}
}

static void serials_grow(void **state)
{
	static const struct {
		int64_t stored, serial;
		enum serial_rule rule;
	} rows[] = {
		{7, 8, SERIAL_FINE},	   {7, 1000007, SERIAL_FINE},
		{7, 1000008, SERIAL_JUMP}, {7, INT64_C(1000000000000000), SERIAL_JUMP},
		{7, 7, SERIAL_REUSED},	   {7, 6, SERIAL_OLDER},
		{7, 0, SERIAL_OLDER},	   {0, 0, SERIAL_REUSED},
		{-1, 5, SERIAL_FINE},	   {7, -1, SERIAL_FINE},
		{-1, -1, SERIAL_FINE},
	};
	struct remote r = healthy();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		r.serial = rows[i].stored;
		assert_int_equal(remote_serial_rule(&r, rows[i].serial), rows[i].rule);
	}
	r.has_hash = false;
	r.serial = 7;
	assert_int_equal(remote_serial_rule(&r, 3), SERIAL_FINE);
}

static void a_broken_promise_is_a_freeze(void **state)
{
	struct remote r = healthy();

	(void)state;
	r.changed = NOW - 60 * DAY;
	assert_false(remote_is_frozen(&r, NOW));
	r.refresh = 30;
	assert_false(remote_is_frozen(&r, NOW));
	assert_true(remote_is_frozen(&r, NOW + 1));
	r.refresh = 9999;
	assert_false(remote_is_frozen(&r, NOW));
}

static void only_a_stored_key_moves_a_source(void **state)
{
	static const char from[] = "https://a.example/deck.md";
	static const char to[] = "https://b.example/deck.md";

	(void)state;
	assert_int_equal(remote_move_rule(from, NULL, KEY_STORED), MOVE_NOT);
	assert_int_equal(remote_move_rule(from, from, KEY_STORED), MOVE_NOT);
	assert_int_equal(remote_move_rule(from, to, KEY_STORED), MOVE_REWRITE);
	assert_int_equal(remote_move_rule(from, to, KEY_NEXT), MOVE_REWRITE);
	assert_int_equal(remote_move_rule(from, to, KEY_FIRST_USE), MOVE_SAY);
	assert_int_equal(remote_move_rule(from, to, KEY_UNKNOWN), MOVE_SAY);
	assert_int_equal(remote_move_rule(from, to, KEY_NONE), MOVE_SAY);
}

static void mass_changes_are_noticed(void **state)
{
	static const struct {
		size_t before, removed, after;
		bool mass;
	} rows[] = {
		{0, 0, 0, false},     {0, 0, 10, false},   {10, 10, 0, true},
		{1, 1, 0, true},      {20, 20, 1, false},  {21, 21, 1, true},
		{70, 21, 49, false},  {69, 21, 48, true},  {100, 30, 70, false},
		{100, 31, 69, true},  {100, 31, 90, true}, {1000, 300, 700, false},
		{1000, 301, 1, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			remote_is_mass_change(rows[i].before, rows[i].removed, rows[i].after),
			rows[i].mass);
}

static void days_without_a_check_are_counted(void **state)
{
	struct remote r = healthy();

	(void)state;
	r.checked = NOW - 12 * DAY - HOUR;
	assert_int_equal(remote_days_unchecked(&r, NOW), 12);
	r.checked = NOW + DAY;
	assert_int_equal(remote_days_unchecked(&r, NOW), 0);
	r.checked = NOW - 12 * DAY;
	r.state = REMOTE_PAUSED;
	assert_int_equal(remote_days_unchecked(&r, NOW), 0);
	r.state = REMOTE_GONE;
	assert_int_equal(remote_days_unchecked(&r, NOW), 0);
}

static void several_sources_have_one_status(void **state)
{
	static const struct {
		enum err_code codes[3];
		enum err_code status;
	} rows[] = {
		{{ERR_NONE, ERR_NONE, ERR_NONE}, ERR_NONE},
		{{ERR_NETWORK, ERR_NETWORK, ERR_NETWORK}, ERR_NETWORK},
		{{ERR_NONE, ERR_NETWORK, ERR_NONE}, ERR_PARTLY},
		{{ERR_NONE, ERR_DECISION, ERR_FORMAT}, ERR_PARTLY},
		{{ERR_NONE, ERR_VERIFY, ERR_NETWORK}, ERR_VERIFY},
		{{ERR_VERIFY, ERR_NONE, ERR_DECISION}, ERR_VERIFY},
		{{ERR_STORAGE, ERR_NONE, ERR_NONE}, ERR_STORAGE},
		{{ERR_STORAGE, ERR_VERIFY, ERR_NONE}, ERR_STORAGE},
		{{ERR_VERIFY, ERR_STORAGE, ERR_NONE}, ERR_STORAGE},
		{{ERR_NETWORK, ERR_FORMAT, ERR_DECISION}, ERR_DECISION},
		{{ERR_NETWORK, ERR_FORMAT, ERR_NETWORK}, ERR_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tally t = {0};

		for (size_t c = 0; c < COUNT(rows[i].codes); c++)
			tally_add(&t, rows[i].codes[c]);
		assert_int_equal(tally_status(&t), rows[i].status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_is_asked_when_it_is_time),
		cmocka_unit_test(without_validators_or_content_the_request_is_unconditional),
		cmocka_unit_test(answers_set_the_back_off),
		cmocka_unit_test(failures_wait_longer_up_to_a_day),
		cmocka_unit_test(an_answer_ends_the_back_off),
		cmocka_unit_test(a_source_that_looks_gone_is_said_once),
		cmocka_unit_test(a_410_stops_the_polling),
		cmocka_unit_test(keys_are_kept),
		cmocka_unit_test(serials_grow),
		cmocka_unit_test(a_broken_promise_is_a_freeze),
		cmocka_unit_test(only_a_stored_key_moves_a_source),
		cmocka_unit_test(mass_changes_are_noticed),
		cmocka_unit_test(days_without_a_check_are_counted),
		cmocka_unit_test(several_sources_have_one_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
