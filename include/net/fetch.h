/*
 * Downloads, by a private program of viva's own (viva-fetch), so that no other command pays for
 * libcurl's loading and no byte from a server is parsed by the process that has the database.
 *
 * The program is started with the first request, keeps connections between requests (8 in all, 2
 * a host) and ends with fetch_free(). It is found beside viva (in a source tree) or in
 * PREFIX/libexec/viva. It follows redirects itself, by the rules of the threat model: at most 5,
 * never from https to http, no userinfo, no private address that the user did not type, validators
 * dropped when the origin changes. The environment counts as it does for the curl tool: http_proxy,
 * https_proxy, all_proxy, no_proxy; CURL_CA_BUNDLE or else SSL_CERT_FILE and SSL_CERT_DIR, which
 * name trusted certificates. There is no switch that turns verification off. Nothing here decides
 * what a status means for a source: enum fetch_end of wire/message.h says what counts as a
 * transport error.
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "wire/message.h" /* struct fetch_request, fetch_result, fetch_progress */

struct fetch;

/* `program` is the path of viva-fetch. Nothing is started yet. */
struct fetch *fetch_new(const char *program);

/*
 * Queues a request, and never waits. ERR_NETWORK when the program cannot be started, or when 10 000
 * requests are waiting.
 */
enum err_code fetch_add(struct fetch *f, const struct fetch_request *request, struct error *err);

/*
 * Waits for the next finished request; *more is false when none is left. Strings and body of the
 * result live in the arena. A program that dies, or answers nonsense, ends the requests that it
 * had as FETCH_FAILED; the next fetch_add() starts another one. `tick`, when not NULL, is called a
 * few times a second meanwhile, and ends everything when it returns false (Ctrl-C): ERR_NETWORK,
 * "interrupted". That is the only error.
 */
enum err_code fetch_next(struct fetch *f, struct arena *arena, struct fetch_result *out, bool *more,
			 bool (*tick)(void *ctx, const struct fetch_progress *progress), void *ctx,
			 struct error *err);

/* Ends the program, whatever it is doing. NULL is fine. */
void fetch_free(struct fetch *f);

#endif
