/*
 * Downloads through the client of net/fetch.h, for tests/cli/test_fetch.py:
 *
 *     tool_fetch [--one-by-one] [--progress] PROGRAM <REQUESTS >ANSWERS
 *
 * Requests and answers are messages as wire/message.h has them: all are read, then all downloads
 * are made, each before the next with --one-by-one. --progress passes on what the ticker hears.
 * Ctrl-C interrupts, as it does in viva; an error is one line on standard error, its code the exit
 * status.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "net/fetch.h"
#include "os/process.h"

#define INPUT_MAX (1u << 20)

struct tool {
	struct fetch *fetch;
	bool progress;
	struct arena arena; /* of the requests */
	struct strbuf in;
};

static void print(const struct wire_message *message)
{
	struct strbuf head;

	strbuf_init(&head, WIRE_HEAD_MAX);
	wire_write(&head, message);
	fwrite(head.buf, 1, head.len, stdout);
	if (message->kind == WIRE_DONE)
		fwrite(message->result.body, 1, message->result.len, stdout);
	fflush(stdout);
	strbuf_release(&head);
}

static bool tick(void *ctx, const struct fetch_progress *progress)
{
	const struct tool *tool = ctx;

	if (tool->progress)
		print(&(struct wire_message){.kind = WIRE_PROGRESS, .progress = *progress});
	return !process_take_interrupt();
}

static enum err_code print_results(struct tool *tool, struct error *err)
{
	bool more = true;

	while (more) {
		struct wire_message message = {.kind = WIRE_DONE};
		struct arena arena = ARENA_INIT;
		enum err_code code =
			fetch_next(tool->fetch, &arena, &message.result, &more, tick, tool, err);

		if (!code && more) {
			assert(message.result.body[message.result.len] == '\0');
			print(&message);
		}
		arena_release(&arena);
		if (code)
			return code;
	}
	return ERR_NONE;
}

static enum err_code work(struct tool *tool, bool one_by_one, struct error *err)
{
	size_t at = 0, len;
	enum err_code code = ERR_NONE;

	while (!code && (len = wire_head_length(tool->in.buf + at, tool->in.len - at)) > 0) {
		struct wire_message message;

		assert(wire_read(tool->in.buf + at, len, &tool->arena, &message));
		assert(message.kind == WIRE_GET);
		code = fetch_add(tool->fetch, &message.request, err);
		if (!code && one_by_one)
			code = print_results(tool, err);
		at += len;
	}
	return code ? code : print_results(tool, err);
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct tool tool = {0};
	bool one_by_one = false;
	char block[4096];
	size_t n;

	assert(argc > 1);
	for (argv++; str_starts(*argv, "--"); argv++) {
		one_by_one = one_by_one || str_eq(*argv, "--one-by-one");
		tool.progress = tool.progress || str_eq(*argv, "--progress");
	}
	process_catch_signals();
	strbuf_init(&tool.in, INPUT_MAX);
	while ((n = fread(block, 1, sizeof(block), stdin)) > 0)
		strbuf_add(&tool.in, block, n);
	tool.fetch = fetch_new(*argv);
	if (work(&tool, one_by_one, &err))
		fprintf(stderr, "%s\n", err.msg);
	fetch_free(tool.fetch);
	strbuf_release(&tool.in);
	arena_release(&tool.arena);
	return (int)err.code;
}
