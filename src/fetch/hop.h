/*
 * Where one request of a download goes: the address as the user gave it, or the target of a
 * redirect. libcurl's own parser takes it apart, and what it made of it is what it connects to.
 */
#ifndef FETCH_HOP_H
#define FETCH_HOP_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/arena.h"

struct hop {
	CURLU *handle;	    /* for CURLOPT_CURLU */
	const char *url;    /* without a fragment */
	const char *scheme; /* "http" or "https" */
	const char *host;   /* an IPv6 address without brackets */
	const char *port;
	bool loopback; /* the host is "localhost" or a loopback address */
};

/*
 * Parses an absolute address; NULL, or why it is refused: no address, another scheme, a user name
 * in it, http where it is not allowed. Strings live in the arena; release the hop in any case.
 */
const char *hop_first(struct hop *hop, const char *url, bool plain_http, struct arena *arena);

/* The same for what a Location header of `from` says, which may be relative; never back to http. */
const char *hop_next(struct hop *hop, const struct hop *from, const char *location, bool plain_http,
		     struct arena *arena);

/* The same scheme, host and port: validators of one are then no news to the other. */
bool hop_same_origin(const struct hop *a, const struct hop *b);

void hop_release(struct hop *hop);

#endif
