/* What went wrong, in one line for people. */
#ifndef FETCH_EXPLAIN_H
#define FETCH_EXPLAIN_H

#include <curl/curl.h>

#include "base/arena.h"
#include "fetch/exchange.h"

/* An exchange that brought no usable answer. `proxy` is its name, NULL for none. */
const char *explain_failure(const struct exchange *x, CURLcode code, const char *proxy,
			    struct arena *arena);

/* An answer whose status is neither 200 nor the 304 that was asked for. */
const char *explain_status(const struct hop *hop, int status, struct arena *arena);

#endif
