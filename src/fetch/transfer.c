#include "fetch/transfer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/str.h"
#include "fetch/address.h"
#include "fetch/answer.h"
#include "wire/validator.h"

_Static_assert(LIBCURL_VERSION_NUM >= 0x075500, "older ones have no CURLOPT_PROTOCOLS_STR");

#define HOPS_MAX 5
#define HEADERS_MAX (256u << 10) /* bytes of an answer's headers */
#define DRAIN_MAX (16u << 10)	 /* bytes of a body that nobody wants: keeps a connection usable */
#define ACCEPT "Accept: text/plain, */*;q=0.1"

struct transfer {
	const struct setup *setup;
	struct arena arena;
	struct fetch_request request;
	struct fetch_result result;
	struct strbuf body;

	struct hop hop;
	const char *refused; /* why the user's address is; NULL: it is not */
	const char *origin;
	enum multiplex multiplex;
	int hops; /* redirects followed */
	bool all_permanent;
	bool same_origin; /* as the user's address, from the first hop on */
	bool private_ok;  /* the user's own address leads to a private network */
	curl_off_t used;  /* microseconds that the hops before took */

	/* of the running hop */
	CURL *easy;
	struct curl_slist *headers;
	const char *proxy; /* for CURLOPT_PROXY: "" for none */
	bool conditional;
	int status; /* of a complete head; 0: none yet */
	size_t header_bytes, drained;
	enum stop stop;
	const char *refusal;
	char detail[CURL_ERROR_SIZE];
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
	return t->multiplex;
}

bool transfer_has_handle(const struct transfer *t, const CURL *easy)
{
	return t->easy == easy;
}

static void end_hop(struct transfer *t)
{
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	t->easy = NULL;
	t->headers = NULL;
}

void transfer_free(struct transfer *t)
{
	end_hop(t);
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
	t->result.status = t->status;
	t->result.message = why;
	return false;
}

static bool is_blank_line(const char *bytes, size_t len)
{
	return len == 0 || bytes[0] == '\r' || bytes[0] == '\n';
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * count;
	long status = 0;

	t->header_bytes += len;
	if (t->header_bytes > HEADERS_MAX) {
		t->stop = STOP_HEADERS;
		return 0;
	}
	if (t->status || !is_blank_line(bytes, len))
		return len;
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return len;
	t->status = (int)status;
	if (t->hops == 0)
		t->multiplex = answer_is_multiplexed(t->easy) ? MULTIPLEX_YES : MULTIPLEX_NO;
	t->refusal = status == 200 ? answer_refusal(t->easy, t->request.unchecked) : NULL;
	if (!t->refusal)
		return len;
	t->stop = STOP_REFUSED;
	return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * count;

	if (t->status != 200) {
		t->drained += len;
		t->stop = t->drained > DRAIN_MAX ? STOP_ENOUGH : STOP_NONE;
	} else if (!strbuf_add(&t->body, bytes, len)) {
		t->stop = STOP_TOO_LARGE;
	}
	return t->stop ? 0 : len;
}

static bool is_private(const struct transfer *t, const char *address)
{
	return address_is_private(address) && !str_eq(address, t->setup->public_address);
}

/* Whether the running hop may not go to this address. Through a proxy, it is the proxy's. */
static bool is_forbidden(struct transfer *t, const char *address)
{
	if (t->private_ok || *t->proxy || !is_private(t, address))
		return false;
	if (t->hops == 0) {
		/* The user's own address leads there, so its redirects may stay there. */
		t->private_ok = true;
		return false;
	}
	t->stop = STOP_PRIVATE;
	return true;
}

/* Before a connection is made: not even that happens. */
static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	char text[ADDRESS_SIZE];

	(void)purpose;
	address_write(&address->addr, text);
	if (is_forbidden(ctx, text))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Before the request is sent: on a connection that was there already, too. */
static int on_request(void *ctx, char *peer, char *local, int peer_port, int local_port)
{
	(void)local;
	(void)peer_port;
	(void)local_port;
	return is_forbidden(ctx, peer) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/*
 * Every option is checked: an error in one, of protocols for example, leaves libcurl's default,
 * which allows more. To be used where the name of the option that failed is returned.
 */
#define SET(t, option, value) \
	do { \
		if (curl_easy_setopt((t)->easy, option, value) != CURLE_OK) \
			return #option; \
	} while (0)

static const char *set_rules(struct transfer *t)
{
	SET(t, CURLOPT_CURLU, t->hop.handle);
	SET(t, CURLOPT_PROTOCOLS_STR, t->hop.scheme);
	SET(t, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	SET(t, CURLOPT_FOLLOWLOCATION, 0L);
	SET(t, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(t, CURLOPT_HTTP09_ALLOWED, 0L);
	SET(t, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* Where HTTP/2 is not to be had, it would make the second connection wait for nothing. */
	SET(t, CURLOPT_PIPEWAIT, str_eq(t->hop.scheme, "https") ? 1L : 0L);
	SET(t, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(t, CURLOPT_UNRESTRICTED_AUTH, 0L);
	SET(t, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(t, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(t, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (t->setup->ca_file)
		SET(t, CURLOPT_CAINFO, t->setup->ca_file);
	if (t->setup->ca_folder)
		SET(t, CURLOPT_CAPATH, t->setup->ca_folder);
	SET(t, CURLOPT_PROXY, t->proxy);
	SET(t, CURLOPT_NOPROXY, "");
	SET(t, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	return NULL;
}

static const char *set_limits(struct transfer *t)
{
	const struct limits *limits = &t->setup->limits;
	curl_off_t left = limits->total * (curl_off_t)1000 - t->used / 1000;

	SET(t, CURLOPT_NOSIGNAL, 1L);
	SET(t, CURLOPT_CONNECTTIMEOUT_MS, limits->connect * 1000L);
	SET(t, CURLOPT_LOW_SPEED_LIMIT, limits->speed_limit);
	SET(t, CURLOPT_LOW_SPEED_TIME, limits->speed_time);
	SET(t, CURLOPT_TIMEOUT_MS, left > 0 ? (long)left : 1L);
	SET(t, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->request.max);
	return NULL;
}

static const char *set_callbacks(struct transfer *t)
{
	SET(t, CURLOPT_ERRORBUFFER, t->detail);
	SET(t, CURLOPT_HEADERFUNCTION, on_header);
	SET(t, CURLOPT_HEADERDATA, t);
	SET(t, CURLOPT_WRITEFUNCTION, on_body);
	SET(t, CURLOPT_WRITEDATA, t);
	SET(t, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	SET(t, CURLOPT_OPENSOCKETDATA, t);
	SET(t, CURLOPT_PREREQFUNCTION, on_request);
	SET(t, CURLOPT_PREREQDATA, t);
	return NULL;
}

static bool add_header(struct transfer *t, const char *line)
{
	struct curl_slist *more = curl_slist_append(t->headers, line);

	if (more)
		t->headers = more;
	return more != NULL;
}

/* The validator that may go to this hop's origin; NULL for none. */
static const char *validator(struct transfer *t)
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

static const char *set_request(struct transfer *t)
{
	const char *condition = validator(t);

	t->conditional = condition != NULL;
	if (!add_header(t, ACCEPT) || (condition && !add_header(t, condition)))
		return "a header";
	/* With the option, libcurl would unpack whatever comes. */
	if (!t->request.unchecked)
		SET(t, CURLOPT_ACCEPT_ENCODING, "gzip");
	else if (!add_header(t, "Accept-Encoding: identity"))
		return "a header";
	SET(t, CURLOPT_USERAGENT, t->setup->user_agent);
	SET(t, CURLOPT_HTTPHEADER, t->headers);
	return NULL;
}

/* Begins a hop to t->hop. */
static bool start_hop(struct transfer *t, CURLM *multi)
{
	const char *failed;

	t->result.url = t->hop.url;
	t->proxy = proxy_for(&t->setup->proxies, &t->hop);
	t->result.proxy = proxy_name(t->proxy, &t->arena);
	t->status = 0;
	t->header_bytes = t->drained = 0;
	t->stop = STOP_NONE;
	t->refusal = NULL;
	t->detail[0] = '\0';
	strbuf_reset(&t->body);
	t->easy = curl_easy_init();
	if (!t->easy)
		return fail(t, "libcurl cannot be used");
	failed = set_rules(t);
	if (!failed)
		failed = set_limits(t);
	if (!failed)
		failed = set_callbacks(t);
	if (!failed)
		failed = set_request(t);
	if (failed)
		return fail(t, arena_printf(&t->arena, "libcurl refuses %s", failed));
	if (curl_multi_add_handle(multi, t->easy) != CURLM_OK)
		return fail(t, "libcurl cannot start a download");
	return true;
}

/* Whether the host says by itself that it is private, without being asked for its address. */
static bool is_private_host(const struct transfer *t, const struct hop *hop)
{
	if (address_is_valid(hop->host))
		return is_private(t, hop->host);
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
	t->all_permanent = t->all_permanent && (t->status == 301 || t->status == 308);
	t->same_origin = t->same_origin && hop_same_origin(&t->hop, &next);
	hop_release(&t->hop);
	t->hop = next;
	return start_hop(t, multi);
}

static const char *explain(struct transfer *t, CURLcode code)
{
	curl_off_t pretransfer = 0;
	struct failure f = {
		.code = code,
		.stop = t->stop,
		.hop = &t->hop,
		.proxy = t->result.proxy,
		.refusal = t->refusal,
		.detail = t->detail,
		.time_is_up = t->used >= t->setup->limits.total * (curl_off_t)1000000,
		.max = t->request.max,
		.limits = &t->setup->limits,
	};

	curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
	curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &f.connect_status);
	f.connected = pretransfer > 0;
	return explain_failure(&f, &t->arena);
}

/* Adds what the hop cost. */
static void count_hop(struct transfer *t)
{
	curl_off_t body = 0, time = 0;
	long headers = 0, request = 0;

	curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
	curl_easy_getinfo(t->easy, CURLINFO_HEADER_SIZE, &headers);
	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &time);
	t->result.wire += body + headers + request;
	t->used += time;
}

/* The result of an answer that is no redirect. */
static void conclude(struct transfer *t)
{
	struct fetch_result *r = &t->result;

	r->status = t->status;
	r->moved = t->hops > 0 && t->all_permanent;
	if (t->same_origin) {
		r->etag = answer_etag(t->easy, &t->arena);
		r->modified = answer_modified(t->easy, &t->arena);
	}
	r->type = answer_type(t->easy, &t->arena);
	r->retry_after = answer_retry_after(t->easy);
	if (t->status == 200) {
		r->end = FETCH_BODY;
		r->len = t->body.len;
	} else if (t->status == 304 && t->conditional) {
		r->end = FETCH_UNCHANGED;
	} else {
		r->end = FETCH_STATUS;
		r->message = explain_status(&t->hop, t->status, &t->arena);
	}
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool transfer_hop_ended(struct transfer *t, CURLM *multi, CURLcode code)
{
	const char *location = NULL;

	curl_multi_remove_handle(multi, t->easy);
	count_hop(t);
	/* Of any answer but 200 the status says all, however its body ended. */
	if (t->status == 0 || (t->status == 200 && code != CURLE_OK)) {
		fail(t, explain(t, code));
	} else {
		if (is_redirect(t->status))
			location = answer_location(t->easy, &t->arena);
		if (!location)
			conclude(t);
	}
	end_hop(t);
	return location && follow(t, multi, location);
}

void transfer_progress(const struct transfer *t, struct fetch_progress *sum)
{
	curl_off_t bytes = 0, total = 0;

	curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
	/* One of unknown length makes the sum unknown. */
	sum->total = total <= 0 || (sum->running && !sum->total) ? 0 : sum->total + total;
	sum->bytes += bytes;
	sum->running++;
}
