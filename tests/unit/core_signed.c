/* The text side of signed files: where a block starts, serials, public keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/signed.h"

static size_t deck(const char *s)
{
	return signed_content(s, strlen(s), SIGNED_DECK);
}

static size_t list(const char *s)
{
	return signed_content(s, strlen(s), SIGNED_INDEX);
}

static void the_last_line_that_looks_like_it_starts_the_block(void **state)
{
	(void)state;
	assert_int_equal(deck(""), 0);
	assert_int_equal(deck("# T\n"), 4);
	assert_int_equal(deck("# T\n<!-- viva-signature\nx\n-->\n"), 4);
	assert_int_equal(deck("# T\n<!-- viva-signature\r\nx\r\n"), 4);
	assert_int_equal(deck("# T\n<!-- viva-signature"), 4);
	assert_int_equal(deck("<!-- viva-signature\n<!-- viva-signature\n"), 20);
	assert_int_equal(deck("# T\n <!-- viva-signature\n"), 25);
	assert_int_equal(deck("# T\n<!-- viva-signature \n"), 25);
	assert_int_equal(deck("# T\n<!-- viva-signatures\n"), 25);
	assert_int_equal(deck("a <!-- viva-signature\n"), 22);

	assert_int_equal(list("a: b\n"), 5);
	assert_int_equal(list("a: b\n# untrusted comment: x\n"), 5);
	assert_int_equal(list("# untrusted comment: x\na: b\n# untrusted comment:\n# b"), 28);
	assert_int_equal(list("a: b\n#untrusted comment: x\n"), 27);
	assert_int_equal(list("a: b # untrusted comment: x\n"), 28);
}

static void a_serial_is_a_strict_decimal(void **state)
{
	static const char *const bad[] = {"",
					  "042",
					  "00",
					  "+42",
					  "-1",
					  " 1",
					  "1 ",
					  "1e3",
					  "0x10",
					  "1000000000000001",
					  "9223372036854775807",
					  "18446744073709551616",
					  "99999999999999999999999"};
	int64_t n = -1;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(signed_serial(bad[i], strlen(bad[i]), &n));
	assert_int_equal(n, -1);
	assert_true(signed_serial("0", 1, &n));
	assert_int_equal(n, 0);
	assert_true(signed_serial("42 and more", 2, &n));
	assert_int_equal(n, 42);
	assert_true(signed_serial("1000000000000000", 16, &n));
	assert_int_equal(n, SERIAL_MAX);
}

static void a_key_is_56_characters_of_minisigns(void **state)
{
	(void)state;
	assert_true(signed_is_key("RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TE"));
	assert_true(signed_is_key("RWRo7ZXd5C+sH6uA/AyLORpqyxjR9VYxyIy2HzApW5k+dAcd9U4RFYnu"));
	assert_false(signed_is_key(""));
	assert_false(signed_is_key("RW"));
	assert_false(signed_is_key("RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3T"));
	assert_false(signed_is_key("RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TEE"));
	assert_false(signed_is_key("RUQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TE"));
	assert_false(signed_is_key("RWUrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TE"));
	assert_false(signed_is_key("RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3T="));
	assert_false(signed_is_key("RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC W3TE"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line_that_looks_like_it_starts_the_block),
		cmocka_unit_test(a_serial_is_a_strict_decimal),
		cmocka_unit_test(a_key_is_56_characters_of_minisigns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
