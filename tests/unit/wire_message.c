/* Messages between viva and viva-fetch: what is written is read back, all else is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "wire/message.h"

static bool reads(struct arena *arena, const char *head, struct wire_message *out)
{
	return wire_read(head, strlen(head), arena, out);
}

static void round_trip(const struct wire_message *in, const char *head)
{
	struct arena arena = ARENA_INIT;
	struct strbuf first, second;
	struct wire_message out;

	strbuf_init(&first, WIRE_HEAD_MAX);
	strbuf_init(&second, WIRE_HEAD_MAX);
	wire_write(&first, in);
	assert_string_equal(first.buf, head);
	assert_int_equal(wire_head_length(first.buf, first.len), first.len);
	assert_true(wire_read(first.buf, first.len, &arena, &out));
	assert_int_equal(out.kind, in->kind);
	wire_write(&second, &out);
	assert_string_equal(second.buf, head);
	strbuf_release(&first);
	strbuf_release(&second);
	arena_release(&arena);
}

static void each_kind_is_read_as_it_was_written(void **state)
{
	(void)state;
	round_trip(&(struct wire_message){.kind = WIRE_HELLO, .version = WIRE_VERSION},
		   "hello 1\n\n");
	round_trip(&(struct wire_message){.kind = WIRE_PROGRESS, .progress = {3, 2048, 0}},
		   "progress 3\nbytes 2048\ntotal 0\n\n");
	round_trip(&(struct wire_message){.kind = WIRE_GET,
					  .request = {.id = 7,
						      .url = "https://example.org/a b",
						      .etag = "\"1\"",
						      .max = 8388608,
						      .unchecked = true}},
		   "get 7\nurl https://example.org/a b\netag \"1\"\nmax 8388608\nunchecked\n\n");
	round_trip(
		&(struct wire_message){.kind = WIRE_DONE,
				       .result = {.id = 7,
						  .end = FETCH_STATUS,
						  .status = 404,
						  .url = "https://example.org/",
						  .moved = true,
						  .retry_after = -1,
						  .message = "gone",
						  .wire = INT64_MAX}},
		"done 7\nend status\nstatus 404\nurl https://example.org/\nmoved\nretry-after -1\n"
		"message gone\nwire 9223372036854775807\nbody 0\n\n");
}

static void a_text_with_control_bytes_is_never_written(void **state)
{
	struct wire_message message = {.kind = WIRE_GET,
				       .request = {.url = "a\nmax 9\r\x7f\x1b", .etag = "\xff"}};
	struct strbuf out;

	(void)state;
	assert_false(wire_is_text(message.request.url));
	assert_true(wire_is_text(message.request.etag));
	strbuf_init(&out, WIRE_HEAD_MAX);
	wire_write(&out, &message);
	assert_string_equal(out.buf, "get 0\nurl a?max 9???\netag \xff\nmax 0\n\n");
	strbuf_release(&out);
}

static void a_long_text_is_cut(void **state)
{
	struct wire_message message = {.kind = WIRE_DONE, .result = {.retry_after = -1}}, back;
	struct arena arena = ARENA_INIT;
	struct strbuf text, out;

	(void)state;
	strbuf_init(&text, WIRE_TEXT_MAX + 1);
	strbuf_fill(&text, 'x', WIRE_TEXT_MAX + 1);
	assert_false(wire_is_text(text.buf));
	message.result.etag = message.result.modified = message.result.type = text.buf;
	message.result.url = message.result.proxy = message.result.message = text.buf;
	strbuf_init(&out, WIRE_HEAD_MAX);
	wire_write(&out, &message);
	assert_false(out.full); /* the largest head there is */
	assert_true(wire_read(out.buf, out.len, &arena, &back));
	assert_int_equal(strlen(back.result.url), WIRE_TEXT_MAX);
	strbuf_release(&text);
	strbuf_release(&out);
	arena_release(&arena);
}

static void a_head_ends_with_an_empty_line(void **state)
{
	(void)state;
	assert_int_equal(wire_head_length("", 0), 0);
	assert_int_equal(wire_head_length("hello 1\n", 8), 0);
	assert_int_equal(wire_head_length("hello 1\n\nrest\n\n", 15), 9);
}

static void what_is_not_exactly_a_message_is_refused(void **state)
{
	static const char *const heads[] = {
		"",
		"\n",
		"\n\n",
		"hello 1\n",
		"hello 1\n\nhello 1\n\n",
		"hello\n\n",
		"hello \n\n",
		"hello  1\n\n",
		"hello 01\n\n",
		"hello +1\n\n",
		"hello -1\n\n",
		"hello 1 \n\n",
		"hello 1x\n\n",
		"hello 2147483648\n\n",
		"hallo 1\n\n",
		"hello1\n\n",
		"hello 1\nhello 1\n\n",
		"hello 1\nmore\n\n",
		"progress 1\nbytes 2\n\n",
		"progress 1\ntotal 2\nbytes 1\n\n",
		"progress -1\nbytes 2\ntotal 1\n\n",
		"progress 1\nbytes -2\ntotal 1\n\n",
		"progress 1\nbytes 9223372036854775808\ntotal 1\n\n",
		"progress 1\nbytes 99999999999999999999\ntotal 1\n\n",
		"get 1\nurl a\x01\nmax 1\n\n",
		"get 1\nurl a\r\nmax 1\n\n",
		"get 1\nurl\nmax 1\n\n",
		"get 1\nurl a\nmax 1\nunchecked yes\n\n",
		"get 1\nurl a\nmax 1\nunchecked\nplain-http\n\n",
		"get 1\nurl a\nurl b\nmax 1\n\n",
		"get 1\nmax 1\nurl a\n\n",
		"done 1\nend whole\nstatus 200\nretry-after -1\nwire 1\nbody 1\n\n",
		"done 1\nend\nstatus 200\nretry-after -1\nwire 1\nbody 1\n\n",
		"done 1\nstatus 200\nretry-after -1\nwire 1\nbody 1\n\n",
		"done 1\nend body\nstatus 200\nretry-after -1\nwire 1\nbody -1\n\n",
	};
	struct arena arena = ARENA_INIT;
	struct wire_message out;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (reads(&arena, heads[i], &out))
			fail_msg("read: %s", heads[i]);
	assert_false(wire_read("hello 1\0\n\n", 10, &arena, &out));
	assert_true(reads(&arena, "get 1\nurl \nmax 1\n\n", &out));
	assert_string_equal(out.request.url, "");
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_read_as_it_was_written),
		cmocka_unit_test(a_text_with_control_bytes_is_never_written),
		cmocka_unit_test(a_long_text_is_cut),
		cmocka_unit_test(a_head_ends_with_an_empty_line),
		cmocka_unit_test(what_is_not_exactly_a_message_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
