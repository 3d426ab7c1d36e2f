/* Any bytes as a message: what is read can be written, and is read as the same again. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(const struct wire_message *message, struct arena *arena)
{
	struct strbuf first, second;
	struct wire_message again;

	strbuf_init(&first, WIRE_HEAD_MAX);
	strbuf_init(&second, WIRE_HEAD_MAX);
	wire_write(&first, message);
	assert(!first.full && wire_head_length(first.buf, first.len) == first.len);
	assert(wire_read(first.buf, first.len, arena, &again));
	wire_write(&second, &again);
	assert(first.len == second.len && memcmp(first.buf, second.buf, first.len) == 0);
	strbuf_release(&first);
	strbuf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	size_t len = wire_head_length(bytes, size);
	struct arena arena = ARENA_INIT;
	struct wire_message message;

	assert(len <= size);
	wire_read(bytes, size, &arena, &message);
	if (len > 0 && wire_read(bytes, len, &arena, &message))
		write_again(&message, &arena);
	arena_release(&arena);
	return 0;
}
