/*
 * One download: a GET, the redirects after it, each judged before it is followed, and the result.
 * No byte of a body is handed over before all of it is there.
 */
#ifndef FETCH_TRANSFER_H
#define FETCH_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/strbuf.h"
#include "fetch/setup.h"
#include "wire/message.h"

struct transfer;

/* Whether the user's host does more than one thing at a time on a connection (HTTP/2). */
enum multiplex { MULTIPLEX_UNKNOWN, MULTIPLEX_NO, MULTIPLEX_YES };

/* Copies the request and looks at its address. */
struct transfer *transfer_new(const struct setup *setup, const struct fetch_request *request);
void transfer_free(struct transfer *t); /* not while a hop runs */

/* Scheme, host and port of the user's address; NULL when it is refused. */
const char *transfer_origin(const struct transfer *t);

/*
 * Begins the first hop: its handle is in the multi then. False when there is nothing to wait for:
 * the result, a failure, is there already.
 */
bool transfer_start(struct transfer *t, CURLM *multi);

/* Whether this is the handle of the running hop. */
bool transfer_has_handle(const struct transfer *t, const CURL *easy);

/* To be called when a hop has ended. True when another one has begun, false: the result is there.
 */
bool transfer_hop_ended(struct transfer *t, CURLM *multi, CURLcode code);

enum multiplex transfer_multiplex(const struct transfer *t); /* unknown until there is an answer */

/* The result, valid as long as the transfer. Its body is the one of transfer_body(). */
const struct fetch_result *transfer_result(const struct transfer *t);
struct strbuf *transfer_body(struct transfer *t);

/* Adds how far a running hop is. */
void transfer_progress(const struct transfer *t, struct fetch_progress *sum);

#endif
