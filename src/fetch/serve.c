#include "fetch/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "fetch/pool.h"

#define WAITING_MAX 256	       /* requests read ahead */
#define UNREAD_MAX (16u << 20) /* bytes of answers nobody has read: no more downloads are begun */
#define PROGRESS_MS 200
#define IDLE_MS 60000
#define BLOCK 16384u

/* An answer, or the part of it that the reader has not taken yet. */
struct chunk {
	struct chunk *next;
	struct strbuf bytes;
	size_t sent;
};

struct serve {
	const struct setup *setup;
	struct pool pool;
	struct strbuf in;
	struct chunk *chunks, **chunks_end;
	size_t unread;
	int64_t next_progress; /* milliseconds of a clock that only goes on */
	bool ended;	       /* the input, or the reader of the output */
	int status;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Queues bytes that come to belong to the queue. */
static void say_bytes(struct serve *s, struct strbuf *bytes)
{
	struct chunk *chunk = mem_alloc(sizeof(*chunk));

	chunk->bytes = *bytes;
	*bytes = (struct strbuf){0};
	*s->chunks_end = chunk;
	s->chunks_end = &chunk->next;
	s->unread += chunk->bytes.len;
}

static void say(struct serve *s, const struct wire_message *message)
{
	struct strbuf head;

	strbuf_init(&head, WIRE_HEAD_MAX);
	wire_write(&head, message);
	say_bytes(s, &head);
}

static void drop_chunk(struct serve *s)
{
	struct chunk *chunk = s->chunks;

	s->unread -= chunk->bytes.len;
	s->chunks = chunk->next;
	if (!s->chunks)
		s->chunks_end = &s->chunks;
	strbuf_release(&chunk->bytes);
	free(chunk);
}

/* Writes what the reader takes just now. */
static void write_answers(struct serve *s)
{
	while (s->chunks && !s->ended) {
		struct chunk *chunk = s->chunks;
		ssize_t n = 0;

		if (chunk->sent < chunk->bytes.len)
			n = write(STDOUT_FILENO, chunk->bytes.buf + chunk->sent,
				  chunk->bytes.len - chunk->sent);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			s->ended = errno != EAGAIN;
			return;
		}
		chunk->sent += (size_t)n;
		if (chunk->sent == chunk->bytes.len)
			drop_chunk(s);
	}
}

static void answer(struct serve *s, struct transfer *t)
{
	struct wire_message message = {.kind = WIRE_DONE, .result = *transfer_result(t)};

	say(s, &message);
	if (message.result.len > 0)
		say_bytes(s, transfer_body(t));
	transfer_free(t);
}

/* Takes the complete requests out of the input. */
static void parse_requests(struct serve *s)
{
	size_t done = 0, len;

	while ((len = wire_head_length(s->in.buf + done, s->in.len - done)) > 0) {
		struct arena arena = ARENA_INIT;
		struct wire_message message;
		bool ok = wire_read(s->in.buf + done, len, &arena, &message) &&
			  message.kind == WIRE_GET && message.request.url;

		if (ok)
			pool_add(&s->pool, transfer_new(s->setup, &message.request));
		arena_release(&arena);
		if (!ok) {
			s->ended = true;
			s->status = SERVE_BROKEN;
			return;
		}
		done += len;
	}
	memmove(s->in.buf, s->in.buf + done, s->in.len - done);
	strbuf_cut(&s->in, s->in.len - done);
}

static void read_requests(struct serve *s)
{
	char block[BLOCK];
	ssize_t n = read(STDIN_FILENO, block, sizeof(block));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		s->ended = true;
	} else if (!strbuf_add(&s->in, block, (size_t)n)) {
		s->ended = true;
		s->status = SERVE_BROKEN;
	} else {
		parse_requests(s);
	}
}

static void say_progress(struct serve *s)
{
	struct wire_message message = {.kind = WIRE_PROGRESS};
	int64_t now = now_ms();

	if (s->pool.running == 0 || s->chunks || now < s->next_progress)
		return;
	pool_progress(&s->pool, &message.progress);
	say(s, &message);
	s->next_progress = now + PROGRESS_MS;
}

/* Waits for the network, for requests, and for the reader when it lags behind. */
static void wait_for_all(struct serve *s)
{
	struct curl_waitfd fds[] = {
		{.fd = STDIN_FILENO,
		 .events = s->pool.waiting < WAITING_MAX ? CURL_WAIT_POLLIN : 0},
		{.fd = STDOUT_FILENO, .events = CURL_WAIT_POLLOUT},
	};
	int timeout = s->pool.running > 0 ? PROGRESS_MS : IDLE_MS;

	if (curl_multi_poll(s->pool.multi, fds, s->chunks ? 2 : 1, timeout, NULL) != CURLM_OK) {
		s->ended = true;
		s->status = SERVE_BROKEN;
	} else if (fds[0].revents) {
		read_requests(s);
	}
}

static void clean_up(struct serve *s)
{
	/* libcurl might wait for a name that is being looked up: nobody waits for it any more. */
	if (s->pool.running > 0)
		_exit(s->status);
	pool_release(&s->pool);
	while (s->chunks)
		drop_chunk(s);
	strbuf_release(&s->in);
}

int serve(const struct setup *setup)
{
	struct serve s = {.setup = setup, .next_progress = now_ms() + PROGRESS_MS};
	struct transfer *ended;

	if (!pool_init(&s.pool) || fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK) != 0)
		return SERVE_BROKEN;
	s.chunks_end = &s.chunks;
	strbuf_init(&s.in, WIRE_HEAD_MAX + BLOCK);
	say(&s, &(struct wire_message){.kind = WIRE_HELLO, .version = WIRE_VERSION});
	while (!s.ended) {
		pool_run(&s.pool, s.unread < UNREAD_MAX);
		while ((ended = pool_take_ended(&s.pool)))
			answer(&s, ended);
		say_progress(&s);
		write_answers(&s);
		if (!s.ended)
			wait_for_all(&s);
	}
	clean_up(&s);
	return s.status;
}
