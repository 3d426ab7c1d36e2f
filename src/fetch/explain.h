/* What went wrong, in one line for people. */
#ifndef FETCH_EXPLAIN_H
#define FETCH_EXPLAIN_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "fetch/hop.h"

/* Why viva-fetch itself ended a request; libcurl's code is then of its own making. */
enum stop {
	STOP_NONE,
	STOP_TOO_LARGE, /* the decoded body */
	STOP_HEADERS,	/* too many bytes of headers */
	STOP_REFUSED,	/* `refusal` says why */
	STOP_PRIVATE,	/* a redirect led to a private address */
	STOP_ENOUGH	/* of the body of an answer whose status says all */
};

/* Seconds, but for speed_limit: bytes a second. */
struct limits {
	long connect;	  /* until a connection is there, TLS included */
	long speed_limit; /* slower than that ... */
	long speed_time;  /* ... for so long is too slow */
	long total;	  /* for all hops together */
};

struct failure {
	CURLcode code;
	enum stop stop;
	const struct hop *hop;
	const char *proxy;   /* "host:port", NULL for none */
	const char *refusal; /* of STOP_REFUSED */
	const char *detail;  /* libcurl's own words, perhaps empty, perhaps with a server's bytes */
	bool connected;
	bool time_is_up;     /* the time for all hops */
	long connect_status; /* what the proxy answered to CONNECT; 0: nothing */
	size_t max;	     /* bytes of a body */
	const struct limits *limits;
};

const char *explain_failure(const struct failure *f, struct arena *arena);

/* What a status that is no success means. */
const char *explain_status(const struct hop *hop, int status, struct arena *arena);

#endif
