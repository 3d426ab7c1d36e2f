/*
 * Any bytes as the log of `viva export --events`. A line that is taken must be written and read
 * back as the same line, with its sum sound.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/log_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void write_and_read(const struct log_line *line, struct arena *arena)
{
	char sum[LOG_SUM_SIZE] = LOG_SUM_START;
	struct log_reader reader = {.sum = LOG_SUM_START, .lines = 1};
	struct error err = ERROR_INIT;
	struct strbuf first, again;
	struct log_line back;
	enum err_code rc;

	strbuf_init(&first, 2 * LOG_LINE_MAX);
	strbuf_init(&again, 2 * LOG_LINE_MAX);
	log_line_print(line, sum, &first);
	assert(!first.full && memchr(first.buf, '\n', first.len) == first.buf + first.len - 1);
	reader.events = line->kind == LOG_KIND_END ? line->events : 0;
	rc = log_read(&reader, first.buf, first.len - 1, arena, &back, &err);
	assert(rc == ERR_NONE);
	memcpy(sum, LOG_SUM_START, sizeof(sum));
	log_line_print(&back, sum, &again);
	assert(first.len == again.len && memcmp(first.buf, again.buf, first.len) == 0);
	strbuf_release(&first);
	strbuf_release(&again);
}

/* Lines as they come, with their sums; then each for itself, as if its sum were right. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct log_reader reader = LOG_READER_INIT;
	struct arena arena = ARENA_INIT;
	const char *s = (const char *)bytes, *end = s + len;

	while (s < end) {
		const char *lf = memchr(s, '\n', (size_t)(end - s));
		size_t n = (size_t)((lf ? lf : end) - s);
		struct error err = ERROR_INIT;
		struct log_line line;

		if (log_read(&reader, s, n, &arena, &line, &err))
			assert(err.code == ERR_FORMAT && err.msg[0]);
		if (log_line_parse(s, n, &arena, &line, &err) == ERR_NONE)
			write_and_read(&line, &arena);
		s += n + 1;
		arena_release(&arena);
	}
	return 0;
}
