/*
 * Downloads, by a private program of viva's own (viva-fetch), so that no other command pays for
 * libcurl's loading and no byte from a server is parsed by the process that has the database.
 *
 * The program is started with the first request, keeps connections between requests (8 in all, 2
 * a host) and ends with fetch_free(). It is found beside viva (in a source tree) or in
 * PREFIX/libexec/viva. It follows redirects itself, by the rules of the threat model: at most 5,
 * never from https to http, no userinfo, no private address that the user did not type, validators
 * dropped when the origin changes. Nothing here decides what a status means for a source: see
 * FETCH_* for what counts as a transport error.
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct fetch;

struct fetch_request {
	int id;		      /* the caller's, comes back with the result */
	const char *url;      /* absolute, http or https; a fragment is never sent */
	const char *etag;     /* validators as stored; NULL: unconditional. What is no valid one */
	const char *modified; /* is not sent. */
	size_t max;	      /* bytes of the decoded body at most */
	bool plain_http;      /* http:// is allowed (loopback is always) */
	bool unchecked;	      /* no hash or signature covers the body: ask for identity encoding and
			       * insist on Content-Length or chunking */
};

enum fetch_end {
	FETCH_BODY,	 /* 200 with a whole body */
	FETCH_UNCHANGED, /* 304 to a conditional request */
	FETCH_STATUS,	 /* any other status; `status` says which */
	FETCH_FAILED	 /* no usable answer; `message` says why */
};

/* What came of a request. Strings and body live in the arena given to fetch_next(). */
struct fetch_result {
	int id;
	enum fetch_end end;
	int status;	      /* of the last hop; 0: none */
	const char *etag;     /* filtered: safe to store and to send; NULL for none */
	const char *modified; /* the same of Last-Modified */
	const char *type;     /* Content-Type, filtered; NULL for none */
	const char *url;      /* of the last hop */
	bool moved;	      /* every hop was a 301 or 308 */
	int64_t retry_after;  /* seconds, as the server asks; -1: it does not */
	const char *proxy;    /* "host:port" that the request went through, NULL for none */
	const char *message;  /* one line for people, set unless FETCH_BODY or FETCH_UNCHANGED */
	const char *body;     /* len bytes and a NUL */
	size_t len;
	int64_t wire; /* bytes that crossed the network for the body and headers */
};

/* How far the running downloads are, for a progress line. */
struct fetch_progress {
	size_t running;
	int64_t bytes, total; /* total 0: not known */
};

/* `program` is the path of viva-fetch. Nothing is started yet. */
struct fetch *fetch_new(const char *program);

/* Queues a request. ERR_NETWORK when the program cannot be started or has died. */
enum err_code fetch_add(struct fetch *f, const struct fetch_request *request, struct error *err);

/*
 * Waits for the next finished request; *more is false when none is left. `tick`, when not NULL, is
 * called a few times a second meanwhile, and ends everything when it returns false (Ctrl-C):
 * ERR_NETWORK, "interrupted".
 */
enum err_code fetch_next(struct fetch *f, struct arena *arena, struct fetch_result *out, bool *more,
			 bool (*tick)(void *ctx, const struct fetch_progress *progress), void *ctx,
			 struct error *err);
void fetch_free(struct fetch *f); /* NULL is fine */

#endif
