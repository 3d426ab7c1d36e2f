/* Which validators may be stored and sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/strbuf.h"
#include "wire/validator.h"

static void entity_tags_of_the_standard_pass(void **state)
{
	static const char *const good[] = {"\"\"", "\"5f3-1\"", "W/\"5f3\"", "\"!#~\x80\xff\""};
	static const char *const bad[] = {
		"",
		"\"",
		"5f3",
		"\"5f3",
		"5f3\"",
		"w/\"5f3\"",
		"W/5f3",
		"W/",
		"\"a b\"",
		"\"a\"b\"",
		"\"a\r\nX: y\"",
		"\"a\x7f\"",
		"\"\x1b[1m\"",
		" \"a\"",
		"\"a\" ",
		"\"a\"\n",
		"\"a\t\"",
		"*",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!etag_is_valid(good[i]))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (etag_is_valid(bad[i]))
			fail_msg("accepted: %s", bad[i]);
	assert_false(etag_is_valid(NULL));
}

static void an_entity_tag_has_a_kibibyte_at_most(void **state)
{
	struct strbuf tag;

	(void)state;
	strbuf_init(&tag, ETAG_MAX + 1);
	strbuf_char(&tag, '"');
	strbuf_fill(&tag, 'x', ETAG_MAX - 2);
	strbuf_char(&tag, '"');
	assert_true(etag_is_valid(tag.buf));
	strbuf_cut(&tag, ETAG_MAX - 1);
	strbuf_str(&tag, "x\"");
	assert_false(etag_is_valid(tag.buf));
	strbuf_release(&tag);
}

static void one_form_of_date_passes(void **state)
{
	static const char good[] = "Sun, 06 Nov 1994 08:49:37 GMT";
	static const char *const bad[] = {
		"",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 06 Nov 1994 08:49:37 GMT\r\nX: y",
		"Sun, 06 Nov 1994 08:49:37 GMT ",
		"Xun, 06 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nox 1994 08:49:37 GMT",
		"Sun, 06 ovN 1994 08:49:37 GMT",
		"Sun, x6 Nov 1994 08:49:37 GMT",
		"Sun. 06 Nov 1994 08:49:37 GMT",
	};

	(void)state;
	assert_true(http_date_is_valid(good));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (http_date_is_valid(bad[i]))
			fail_msg("accepted: %s", bad[i]);
	assert_false(http_date_is_valid(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entity_tags_of_the_standard_pass),
		cmocka_unit_test(an_entity_tag_has_a_kibibyte_at_most),
		cmocka_unit_test(one_form_of_date_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
