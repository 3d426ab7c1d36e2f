#include "net/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "wire/validator.h"

#define TICK_MS 200
#define BLOCK 65536u /* bytes read at once */
#define PENDING_MAX 10000

extern char **environ;

struct pending {
	int number; /* on the wire: the caller's ids need not differ */
	int id;
	size_t max;
	bool conditional;
	bool lost; /* its program is gone */
};

struct fetch {
	char *program;
	pid_t child; /* 0: none runs */
	int fd;	     /* a socket pair's end: the program's standard input and output */
	bool greeted;
	int last_number;
	const char *death; /* why the requests that are lost are lost */
	struct pending *pending;
	size_t count, cap;
	struct strbuf out; /* requests; `sent` bytes of them are gone */
	size_t sent;
	struct strbuf in;
	struct fetch_progress progress;
};

struct fetch *fetch_new(const char *program)
{
	struct fetch *f = mem_alloc(sizeof(*f));

	f->program = mem_copy_str(program);
	f->fd = -1;
	strbuf_init(&f->out, (size_t)PENDING_MAX * WIRE_HEAD_MAX);
	strbuf_init(&f->in, WIRE_HEAD_MAX + BLOCK);
	return f;
}

/* Ends the program; what it had to do is lost for the given reason. */
static void stop(struct fetch *f, const char *why)
{
	if (!f->child)
		return;
	kill(f->child, SIGKILL);
	close(f->fd);
	while (waitpid(f->child, NULL, 0) < 0 && errno == EINTR)
		continue;
	f->child = 0;
	f->fd = -1;
	f->death = why;
	for (size_t i = 0; i < f->count; i++)
		f->pending[i].lost = true;
	strbuf_reset(&f->in);
	strbuf_reset(&f->out);
	f->sent = 0;
}

void fetch_free(struct fetch *f)
{
	if (!f)
		return;
	stop(f, "ended");
	strbuf_release(&f->in);
	strbuf_release(&f->out);
	free(f->pending);
	free(f->program);
	free(f);
}

/*
 * Starts the program with the socket as standard input and output. A process group of its own
 * leaves it to the caller what Ctrl-C means. posix_spawn, not fork: no code of ours runs in a copy
 * of a process that may have a connection of SQLite open.
 */
static int spawn(struct fetch *f, int end)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char *argv[] = {f->program, NULL};
	sigset_t none;
	int failure;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &none);
	failure = posix_spawn(&f->child, f->program, &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (failure)
		f->child = 0;
	return failure;
}

static enum err_code start(struct fetch *f, struct error *err)
{
	int ends[2], failure;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return error_set(err, ERR_NETWORK, "no socket for the download program: %s",
				 strerror(errno));
	failure = spawn(f, ends[1]);
	close(ends[1]);
	if (failure) {
		close(ends[0]);
		return error_set(err, ERR_NETWORK,
				 "cannot start %s: %s: viva is not installed completely",
				 f->program, strerror(failure));
	}
	f->fd = ends[0];
	f->greeted = false;
	fcntl(f->fd, F_SETFL, O_NONBLOCK);
	return ERR_NONE;
}

/* Sends what the program takes just now. */
static void send_requests(struct fetch *f)
{
	while (f->sent < f->out.len) {
		ssize_t n = send(f->fd, f->out.buf + f->sent, f->out.len - f->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* full; a death is seen when reading */
		f->sent += (size_t)n;
	}
	strbuf_reset(&f->out);
	f->sent = 0;
}

enum err_code fetch_add(struct fetch *f, const struct fetch_request *request, struct error *err)
{
	struct wire_message message = {.kind = WIRE_GET, .request = *request};
	struct pending *p;

	if (f->count == PENDING_MAX)
		return error_set(err, ERR_NETWORK, "more than %d downloads at once", PENDING_MAX);
	if (!f->child && start(f, err))
		return err->code;
	message.request.id = ++f->last_number;
	if (!wire_is_text(request->url))
		message.request.url = ""; /* which the program calls no address */
	if (!etag_is_valid(request->etag))
		message.request.etag = NULL;
	if (!http_date_is_valid(request->modified))
		message.request.modified = NULL;
	mem_grow(&f->pending, f->count, &f->cap, sizeof(*f->pending));
	p = &f->pending[f->count++];
	*p = (struct pending){
		.number = f->last_number,
		.id = request->id,
		.max = request->max,
		.conditional = message.request.etag || message.request.modified,
	};
	wire_write(&f->out, &message);
	send_requests(f);
	return ERR_NONE;
}

/* Reads what is there into f->in. False when the program is gone. */
static bool receive(struct fetch *f)
{
	char block[BLOCK];
	size_t room = f->in.max - f->in.len;
	ssize_t n = recv(f->fd, block, room < sizeof(block) ? room : sizeof(block), 0);

	if (n > 0)
		return strbuf_add(&f->in, block, (size_t)n);
	return n < 0 && (errno == EINTR || errno == EAGAIN);
}

static void consume(struct fetch *f, size_t len)
{
	memmove(f->in.buf, f->in.buf + len, f->in.len - len);
	strbuf_cut(&f->in, f->in.len - len);
}

struct waiter {
	bool (*tick)(void *ctx, const struct fetch_progress *progress);
	void *ctx;
};

enum wait { WAIT_CAME, WAIT_DEATH, WAIT_INTERRUPT };

static bool goes_on(struct fetch *f, const struct waiter *w)
{
	return !w->tick || w->tick(w->ctx, &f->progress);
}

/* Waits until there are more bytes in f->in. */
static enum wait wait_bytes(struct fetch *f, const struct waiter *w)
{
	size_t before = f->in.len;

	while (f->in.len == before) {
		bool queued = f->sent < f->out.len;
		struct pollfd fd = {f->fd, (short)(queued ? POLLIN | POLLOUT : POLLIN), 0};
		int ready = poll(&fd, 1, TICK_MS);

		if (ready <= 0 && !goes_on(f, w))
			return WAIT_INTERRUPT;
		if (ready <= 0)
			continue;
		if (queued)
			send_requests(f);
		if (fd.revents & (POLLIN | POLLHUP | POLLERR) && !receive(f))
			return WAIT_DEATH;
	}
	return WAIT_CAME;
}

static struct pending *find_pending(struct fetch *f, int number)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->pending[i].number == number && !f->pending[i].lost)
			return &f->pending[i];
	return NULL;
}

static void forget(struct fetch *f, struct pending *p)
{
	size_t at = (size_t)(p - f->pending);

	memmove(p, p + 1, (f->count - at - 1) * sizeof(*p));
	f->count--;
}

/* Whether the result fits the request: the program is not trusted. */
static bool is_plausible(const struct fetch_result *r, const struct pending *p)
{
	if (r->len > p->max || r->len > FETCH_MAX || (r->end != FETCH_BODY && r->len > 0))
		return false;
	if (!etag_is_valid(r->etag) && r->etag)
		return false;
	if (!http_date_is_valid(r->modified) && r->modified)
		return false;
	if (r->end == FETCH_BODY)
		return r->status == 200;
	if (r->end == FETCH_UNCHANGED)
		return r->status == 304 && p->conditional;
	return r->message != NULL;
}

/* Reads the next head; `kind` is WIRE_HELLO for what had only to be noticed. */
static bool read_head(struct fetch *f, struct arena *arena, size_t len, struct wire_message *m)
{
	if (!wire_read(f->in.buf, len, arena, m))
		return false;
	consume(f, len);
	if (!f->greeted) {
		f->greeted = m->kind == WIRE_HELLO && m->version == WIRE_VERSION;
		return f->greeted;
	}
	if (m->kind == WIRE_PROGRESS)
		f->progress = m->progress;
	return m->kind == WIRE_PROGRESS || m->kind == WIRE_DONE;
}

static enum wait read_body(struct fetch *f, char *body, size_t len, const struct waiter *w)
{
	size_t got = 0;

	for (;;) {
		size_t here = f->in.len < len - got ? f->in.len : len - got;
		enum wait end;

		memcpy(body + got, f->in.buf, here);
		consume(f, here);
		got += here;
		if (got == len)
			return WAIT_CAME;
		end = wait_bytes(f, w);
		if (end != WAIT_CAME)
			return end;
	}
}

#define DEATH "the download program ended unexpectedly"
#define NONSENSE "the download program does not fit this viva: install viva again"

/* Reads the next answer, which becomes *out. WAIT_DEATH: the program is gone, its requests lost. */
static enum wait read_answer(struct fetch *f, struct arena *arena, struct fetch_result *out,
			     const struct waiter *w)
{
	struct wire_message m;
	struct pending *p;
	enum wait end;
	char *body;

	do {
		size_t len;

		while ((len = wire_head_length(f->in.buf, f->in.len)) == 0) {
			end = f->in.len > WIRE_HEAD_MAX ? WAIT_DEATH : wait_bytes(f, w);
			if (end != WAIT_CAME) {
				stop(f, DEATH);
				return end;
			}
		}
		if (!read_head(f, arena, len, &m)) {
			stop(f, NONSENSE);
			return WAIT_DEATH;
		}
		if (m.kind == WIRE_PROGRESS && !goes_on(f, w))
			return WAIT_INTERRUPT;
	} while (m.kind != WIRE_DONE);
	p = find_pending(f, m.result.id);
	if (!p || !is_plausible(&m.result, p)) {
		stop(f, NONSENSE);
		return WAIT_DEATH;
	}
	body = arena_alloc(arena, m.result.len + 1);
	end = read_body(f, body, m.result.len, w);
	if (end != WAIT_CAME) {
		stop(f, DEATH);
		return end;
	}
	*out = m.result;
	out->id = p->id;
	out->body = body;
	forget(f, p);
	return WAIT_CAME;
}

/* Hands over a request that went down with its program. */
static bool take_lost(struct fetch *f, struct fetch_result *out)
{
	for (size_t i = 0; i < f->count; i++) {
		if (!f->pending[i].lost)
			continue;
		*out = (struct fetch_result){
			.id = f->pending[i].id,
			.end = FETCH_FAILED,
			.url = "",
			.retry_after = -1,
			.message = f->death,
			.body = "",
		};
		forget(f, &f->pending[i]);
		return true;
	}
	return false;
}

enum err_code fetch_next(struct fetch *f, struct arena *arena, struct fetch_result *out, bool *more,
			 bool (*tick)(void *ctx, const struct fetch_progress *progress), void *ctx,
			 struct error *err)
{
	struct waiter w = {tick, ctx};

	for (;;) {
		*more = f->count > 0;
		if (!*more || take_lost(f, out))
			return ERR_NONE;
		switch (read_answer(f, arena, out, &w)) {
		case WAIT_CAME:
			return ERR_NONE;
		case WAIT_INTERRUPT:
			stop(f, "interrupted");
			f->count = 0;
			return error_set(err, ERR_NETWORK, "interrupted");
		case WAIT_DEATH:
			break;
		}
	}
}
