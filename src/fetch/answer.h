/* What an answer's headers say, filtered. To be asked once the headers are complete. */
#ifndef FETCH_ANSWER_H
#define FETCH_ANSWER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Values that are safe to store, show and send back, arena owned; NULL for none. */
const char *answer_etag(CURL *easy, struct arena *arena);
const char *answer_modified(CURL *easy, struct arena *arena);
const char *answer_type(CURL *easy, struct arena *arena);
const char *answer_location(CURL *easy, struct arena *arena);

/* Seconds that Retry-After asks for, 0 for a date that has passed; -1: nothing understandable. */
int64_t answer_retry_after(CURL *easy);

bool answer_is_multiplexed(CURL *easy); /* HTTP/2 or newer */

/*
 * NULL when the body of a 200 may be taken, else why not: libcurl would undo encodings that nobody
 * asked for, and call a body of unknown length whole when the connection ends. `unchecked` as in
 * struct fetch_request.
 */
const char *answer_refusal(CURL *easy, bool unchecked);

#endif
