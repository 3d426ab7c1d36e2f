/*
 * One request and its answer: a libcurl handle with every option set that the rules ask for, and
 * the judge of addresses, headers and bytes as they come. Redirects are not its business.
 */
#ifndef FETCH_EXCHANGE_H
#define FETCH_EXCHANGE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "fetch/hop.h"
#include "fetch/setup.h"

/* Why an exchange was ended from this side; libcurl's code is then of our own making. */
enum stop {
	STOP_NONE,
	STOP_TOO_LARGE, /* the decoded body */
	STOP_HEADERS,	/* too many bytes of headers */
	STOP_REFUSED,	/* `refusal` says why */
	STOP_PRIVATE,	/* public_only, and the address is private */
	STOP_ENOUGH	/* of the body of an answer whose status says all */
};

struct exchange {
	/* set by the caller */
	const struct setup *setup;
	const struct hop *hop;
	const char *proxy;     /* for CURLOPT_PROXY; "" for none */
	const char *condition; /* a header line with a validator; NULL: unconditional */
	bool unchecked;	       /* as in struct fetch_request */
	bool public_only;      /* no private address may be connected to */
	curl_off_t time_left;  /* microseconds */
	struct strbuf *body;   /* of a 200, decoded; its maximum is the limit */

	/* set by the exchange */
	CURL *easy;
	int status;	   /* of a complete head; 0: none came */
	bool private_peer; /* the address connected to is private */
	enum stop stop;
	const char *refusal;
	char detail[CURL_ERROR_SIZE]; /* libcurl's words for its code, perhaps a server's bytes */

	struct curl_slist *headers;
	size_t header_bytes, drained;
};

/* Puts the handle into the multi. NULL, or why that cannot be; end the exchange in any case. */
const char *exchange_start(struct exchange *x, CURLM *multi, struct arena *arena);

/* Releases the handle and what belongs to it; fine for one that never started. */
void exchange_end(struct exchange *x, CURLM *multi);

/* Whether an address is private for the purposes of this setup. */
bool exchange_is_private(const struct setup *setup, const char *address);

#endif
