#include "fetch/transfer.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "fetch/address.h"
#include "fetch/answer.h"
#include "fetch/exchange.h"
#include "fetch/explain.h"
#include "wire/validator.h"

#define HOPS_MAX 5

struct transfer {
	const struct setup *setup;
	struct arena arena;
	struct fetch_request request;
	struct fetch_result result;
	struct strbuf body;

	struct hop hop;	     /* where the running exchange goes */
	const char *refused; /* why the user's address is; NULL: it is not */
	const char *origin;  /* of the user's address */
	enum multiplex multiplex;
	int hops; /* redirects followed */
	bool all_permanent;
	bool same_origin;     /* as the user's address, from the first hop on */
	bool private_ok;      /* the user's own address leads to a private network */
	curl_off_t time_left; /* microseconds, for all exchanges that are to come */
	struct exchange exchange;
};

struct transfer *transfer_new(const struct setup *setup, const struct fetch_request *request)
{
	struct transfer *t = mem_alloc(sizeof(*t));

	t->setup = setup;
	t->request = *request;
	if (t->request.max > FETCH_MAX)
		t->request.max = FETCH_MAX;
	t->request.url = arena_str(&t->arena, request->url);
	t->request.etag = arena_str(&t->arena, request->etag);
	t->request.modified = arena_str(&t->arena, request->modified);
	t->result =
		(struct fetch_result){.id = request->id, .url = t->request.url, .retry_after = -1};
	t->time_left = setup->limits.total * (curl_off_t)1000000;
	t->all_permanent = true;
	t->same_origin = true;
	strbuf_init(&t->body, t->request.max);
	t->refused = hop_first(&t->hop, t->request.url, request->plain_http, &t->arena);
	if (!t->refused)
		t->origin = arena_printf(&t->arena, "%s://%s:%s", t->hop.scheme, t->hop.host,
					 t->hop.port);
	return t;
}

const char *transfer_origin(const struct transfer *t)
{
	return t->origin;
}

enum multiplex transfer_multiplex(const struct transfer *t)
{
	if (t->hops > 0 || t->exchange.status == 0)
		return t->multiplex;
	return answer_is_multiplexed(t->exchange.easy) ? MULTIPLEX_YES : MULTIPLEX_NO;
}

bool transfer_has_handle(const struct transfer *t, const CURL *easy)
{
	return t->exchange.easy == easy;
}

void transfer_free(struct transfer *t)
{
	hop_release(&t->hop);
	strbuf_release(&t->body);
	arena_release(&t->arena);
	free(t);
}

const struct fetch_result *transfer_result(const struct transfer *t)
{
	return &t->result;
}

struct strbuf *transfer_body(struct transfer *t)
{
	return &t->body;
}

/* Ends the download without an answer; always false. */
static bool fail(struct transfer *t, const char *why)
{
	strbuf_reset(&t->body);
	t->result.end = FETCH_FAILED;
	t->result.status = t->exchange.status;
	t->result.message = why;
	return false;
}

/* The header with the validator that may go to this hop's origin; NULL for none. */
static const char *condition(struct transfer *t)
{
	const char *etag = t->request.etag, *modified = t->request.modified;

	if (!t->same_origin)
		return NULL;
	if (etag_is_valid(etag))
		return arena_printf(&t->arena, "If-None-Match: %s", etag);
	if (http_date_is_valid(modified))
		return arena_printf(&t->arena, "If-Modified-Since: %s", modified);
	return NULL;
}

/* Begins the exchange with t->hop. */
static bool start_hop(struct transfer *t, CURLM *multi)
{
	const char *why;

	strbuf_reset(&t->body);
	t->exchange = (struct exchange){
		.setup = t->setup,
		.hop = &t->hop,
		.proxy = proxy_for(&t->setup->proxies, &t->hop),
		.condition = condition(t),
		.unchecked = t->request.unchecked,
		.public_only = t->hops > 0 && !t->private_ok,
		.time_left = t->time_left,
		.body = &t->body,
	};
	t->result.url = t->hop.url;
	t->result.proxy = proxy_name(t->exchange.proxy, &t->arena);
	why = exchange_start(&t->exchange, multi, &t->arena);
	if (!why)
		return true;
	exchange_end(&t->exchange, multi);
	return fail(t, why);
}

/* Whether the host says by itself that it is private, without being asked for its address. */
static bool is_private_host(const struct transfer *t, const struct hop *hop)
{
	if (address_is_valid(hop->host))
		return exchange_is_private(t->setup, hop->host);
	return hop->loopback;
}

bool transfer_start(struct transfer *t, CURLM *multi)
{
	if (t->refused)
		return fail(t, t->refused);
	t->private_ok = is_private_host(t, &t->hop);
	return start_hop(t, multi);
}

static bool follow(struct transfer *t, CURLM *multi, const char *location)
{
	int status = t->exchange.status;
	struct hop next;
	const char *why;

	if (t->hops == HOPS_MAX)
		return fail(t, arena_printf(&t->arena, "more than %d redirects", HOPS_MAX));
	why = hop_next(&next, &t->hop, location, t->request.plain_http, &t->arena);
	if (!why && is_private_host(t, &next) && !t->private_ok)
		why = arena_printf(&t->arena, "a redirect to the private address %s is refused",
				   next.host);
	if (why) {
		hop_release(&next);
		return fail(t, arena_printf(&t->arena, "redirected by %s: %s", t->hop.host, why));
	}
	t->hops++;
	t->all_permanent = t->all_permanent && (status == 301 || status == 308);
	t->same_origin = t->same_origin && hop_same_origin(&t->hop, &next);
	hop_release(&t->hop);
	t->hop = next;
	return start_hop(t, multi);
}

/* Takes note of what the exchange cost and learnt. */
static void note_exchange(struct transfer *t)
{
	CURL *easy = t->exchange.easy;
	curl_off_t body = 0, time = 0;
	long headers = 0, request = 0;

	curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
	curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &headers);
	curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &time);
	t->result.wire += body + headers + request;
	t->time_left -= time;
	t->multiplex = transfer_multiplex(t);
	/* The user's own address leads there, so its redirects may stay there. */
	if (t->hops == 0 && t->exchange.private_peer)
		t->private_ok = true;
}

/* The result of an answer that is no redirect. */
static void conclude(struct transfer *t)
{
	struct fetch_result *r = &t->result;
	CURL *easy = t->exchange.easy;

	r->status = t->exchange.status;
	r->moved = t->hops > 0 && t->all_permanent;
	if (t->same_origin) {
		r->etag = answer_etag(easy, &t->arena);
		r->modified = answer_modified(easy, &t->arena);
	}
	r->type = answer_type(easy, &t->arena);
	r->retry_after = answer_retry_after(easy);
	if (r->status == 200) {
		r->end = FETCH_BODY;
		r->len = t->body.len;
	} else if (r->status == 304 && t->exchange.condition) {
		r->end = FETCH_UNCHANGED;
	} else {
		r->end = FETCH_STATUS;
		r->message = explain_status(&t->hop, r->status, &t->arena);
	}
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool transfer_hop_ended(struct transfer *t, CURLM *multi, CURLcode code)
{
	struct exchange *x = &t->exchange;
	const char *location = NULL;

	note_exchange(t);
	/* Of any answer but 200 the status says all, however its body ended. */
	if (x->status == 0 || (x->status == 200 && code != CURLE_OK)) {
		fail(t, explain_failure(x, code, t->result.proxy, &t->arena));
	} else {
		if (is_redirect(x->status))
			location = answer_location(x->easy, &t->arena);
		if (!location)
			conclude(t);
	}
	exchange_end(x, multi);
	return location && follow(t, multi, location);
}

void transfer_progress(const struct transfer *t, struct fetch_progress *sum)
{
	curl_off_t bytes = 0, total = 0;

	curl_easy_getinfo(t->exchange.easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
	curl_easy_getinfo(t->exchange.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
	/* One of unknown length makes the sum unknown. */
	sum->total = total <= 0 || (sum->running && !sum->total) ? 0 : sum->total + total;
	sum->bytes += bytes;
	sum->running++;
}
