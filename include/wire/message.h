/*
 * What viva and its download program viva-fetch say to each other over a pipe.
 *
 * A message is a head and perhaps a body. The head is lines "NAME VALUE", or "NAME" for what is
 * just true, and ends with an empty line. Fields have a fixed order; texts that are not there are
 * left out. A text has no control byte, so nothing is escaped. Example, without the empty lines:
 *
 *	viva-fetch to viva	hello 1
 *	viva to viva-fetch	get 1		url https://example.org/a.md	max 8388608
 *	viva-fetch to viva	progress 1	bytes 2048	total 9000
 *	viva-fetch to viva	done 1		end body	status 200 ...	body 9000
 *	and then 9000 bytes
 *
 * Answers come in the order in which downloads end. viva-fetch ends when its input does. Both
 * sides refuse what is not exactly of this form: neither trusts the other.
 */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"

#define WIRE_VERSION 1
#define WIRE_TEXT_MAX 8192u  /* bytes of a text at most */
#define WIRE_HEAD_MAX 65536u /* bytes of a head at most, the empty line included */

#define FETCH_MAX (64u << 20) /* bytes of a body at most, whatever a request says */

struct fetch_request {
	int id; /* the caller's, comes back with the result */

	const char *url; /* absolute, http or https; a fragment is never sent */

	/* Validators as they were stored; NULL: none. One that is not valid is not sent, and the
	 * request is unconditional when neither is. */
	const char *etag;
	const char *modified;

	size_t max; /* bytes of the decoded body at most */

	bool plain_http; /* http:// is allowed; to this machine it always is */

	/* No hash or signature covers the body: identity encoding is asked for, and Content-Length
	 * or chunks are insisted upon. */
	bool unchecked;
};

enum fetch_end {
	FETCH_BODY,	 /* 200 with a whole body */
	FETCH_UNCHANGED, /* 304 to a conditional request */
	FETCH_STATUS,	 /* any other status; `status` says which */
	FETCH_FAILED	 /* no usable answer; `message` says why */
};

/* What came of a request. */
struct fetch_result {
	int id;
	enum fetch_end end;
	int status; /* of the last hop; 0: none */

	/* Safe to store and to send; NULL for none. Always NULL when another origin than that of
	 * the request's URL answered: it would not be sent there again. */
	const char *etag;
	const char *modified; /* Last-Modified */

	const char *type;    /* Content-Type, printable ASCII; NULL for none */
	const char *url;     /* of the last hop */
	bool moved;	     /* there were redirects, and each was a 301 or 308 */
	int64_t retry_after; /* seconds, as the server asks; -1: it does not */
	const char *proxy;   /* "host:port" that the request went through; NULL for none */

	/* One line for people, not always UTF-8; set unless FETCH_BODY or FETCH_UNCHANGED. */
	const char *message;

	const char *body; /* len bytes and a NUL */
	size_t len;
	int64_t wire; /* bytes of requests, headers and bodies as sent, without those of TLS */
};

/* How far the running downloads are, for a progress line. */
struct fetch_progress {
	size_t running;
	int64_t bytes, total; /* total 0: not known */
};

enum wire_kind { WIRE_HELLO, WIRE_GET, WIRE_PROGRESS, WIRE_DONE, WIRE_KINDS };

struct wire_message {
	enum wire_kind kind;
	int version;		      /* of WIRE_HELLO */
	struct fetch_request request; /* of WIRE_GET */
	struct fetch_progress progress;
	struct fetch_result result; /* of WIRE_DONE; its body is not part of the head */
};

/* Whether a text may be sent: at most WIRE_TEXT_MAX bytes, no control byte. */
bool wire_is_text(const char *s);

/*
 * Appends the head. Of a text that may not be sent, control bytes become '?' and what is too long
 * is cut: for messages that suits, for addresses ask wire_is_text() before.
 */
void wire_write(struct strbuf *out, const struct wire_message *message);

/* Length of the head that these bytes begin with, 0 when its empty line is not there yet. */
size_t wire_head_length(const char *bytes, size_t len);

/* Reads a head of exactly len bytes; false when it is none. Texts are copied into the arena. */
bool wire_read(const char *head, size_t len, struct arena *arena, struct wire_message *out);

#endif
