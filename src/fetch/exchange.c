#include "fetch/exchange.h"

#include <sys/socket.h>

#include "base/str.h"
#include "fetch/address.h"
#include "fetch/answer.h"

_Static_assert(LIBCURL_VERSION_NUM >= 0x075500, "older ones have no CURLOPT_PROTOCOLS_STR");

#define HEADERS_MAX (256u << 10) /* bytes of an answer's headers */
#define DRAIN_MAX (16u << 10)	 /* bytes of a body that nobody wants: keeps a connection usable */

bool exchange_is_private(const struct setup *setup, const char *address)
{
	return address_is_private(address) && !str_eq(address, setup->public_address);
}

static bool is_blank_line(const char *bytes, size_t len)
{
	return len == 0 || bytes[0] == '\r' || bytes[0] == '\n';
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct exchange *x = ctx;
	size_t len = size * count;
	long status = 0;

	x->header_bytes += len;
	if (x->header_bytes > HEADERS_MAX) {
		x->stop = STOP_HEADERS;
		return 0;
	}
	if (x->status || !is_blank_line(bytes, len))
		return len;
	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return len; /* an announcement; the answer is still to come */
	x->status = (int)status;
	x->refusal = status == 200 ? answer_refusal(x->easy, x->unchecked) : NULL;
	if (!x->refusal)
		return len;
	x->stop = STOP_REFUSED;
	return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct exchange *x = ctx;
	size_t len = size * count;

	if (x->status != 200) {
		x->drained += len;
		x->stop = x->drained > DRAIN_MAX ? STOP_ENOUGH : STOP_NONE;
	} else if (!strbuf_add(x->body, bytes, len)) {
		x->stop = STOP_TOO_LARGE;
	}
	return x->stop ? 0 : len;
}

/* Whether the exchange may go to this address; through a proxy, it is the proxy's. */
static bool may_connect(struct exchange *x, const char *address)
{
	if (*x->proxy || !x->public_only || !exchange_is_private(x->setup, address))
		return true;
	x->stop = STOP_PRIVATE;
	return false;
}

/* Before a connection is made: a forbidden one is not even tried. */
static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	char text[ADDRESS_SIZE];

	(void)purpose;
	address_write(&address->addr, text);
	if (!may_connect(ctx, text))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Before the request is sent, also on a connection that was there already. */
static int on_request(void *ctx, char *peer, char *local, int peer_port, int local_port)
{
	struct exchange *x = ctx;

	(void)local;
	(void)peer_port;
	(void)local_port;
	x->private_peer = !*x->proxy && exchange_is_private(x->setup, peer);
	return may_connect(x, peer) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/*
 * Every option is checked: an error in one, of protocols for example, leaves libcurl's default,
 * which allows more. To be used where the name of the option that failed is returned.
 */
#define SET(x, option, value) \
	do { \
		if (curl_easy_setopt((x)->easy, option, value) != CURLE_OK) \
			return #option; \
	} while (0)

static const char *set_rules(struct exchange *x)
{
	SET(x, CURLOPT_CURLU, x->hop->handle);
	SET(x, CURLOPT_PROTOCOLS_STR, x->hop->scheme);
	SET(x, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	SET(x, CURLOPT_FOLLOWLOCATION, 0L);
	SET(x, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(x, CURLOPT_HTTP09_ALLOWED, 0L);
	SET(x, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* Where HTTP/2 is not to be had, it would make the second connection wait for nothing. */
	SET(x, CURLOPT_PIPEWAIT, str_eq(x->hop->scheme, "https") ? 1L : 0L);
	SET(x, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(x, CURLOPT_UNRESTRICTED_AUTH, 0L);
	SET(x, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(x, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(x, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (x->setup->ca_file)
		SET(x, CURLOPT_CAINFO, x->setup->ca_file);
	if (x->setup->ca_folder)
		SET(x, CURLOPT_CAPATH, x->setup->ca_folder);
	SET(x, CURLOPT_PROXY, x->proxy);
	SET(x, CURLOPT_NOPROXY, "");
	SET(x, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	return NULL;
}

static const char *set_limits(struct exchange *x)
{
	const struct limits *limits = &x->setup->limits;
	long milliseconds = (long)(x->time_left / 1000);

	SET(x, CURLOPT_NOSIGNAL, 1L);
	SET(x, CURLOPT_CONNECTTIMEOUT_MS, limits->connect * 1000L);
	SET(x, CURLOPT_LOW_SPEED_LIMIT, limits->speed);
	SET(x, CURLOPT_LOW_SPEED_TIME, limits->speed_time);
	SET(x, CURLOPT_TIMEOUT_MS, milliseconds > 0 ? milliseconds : 1L); /* 0 is for ever */
	SET(x, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)x->body->max);
	return NULL;
}

static const char *set_callbacks(struct exchange *x)
{
	SET(x, CURLOPT_ERRORBUFFER, x->detail);
	SET(x, CURLOPT_HEADERFUNCTION, on_header);
	SET(x, CURLOPT_HEADERDATA, x);
	SET(x, CURLOPT_WRITEFUNCTION, on_body);
	SET(x, CURLOPT_WRITEDATA, x);
	SET(x, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	SET(x, CURLOPT_OPENSOCKETDATA, x);
	SET(x, CURLOPT_PREREQFUNCTION, on_request);
	SET(x, CURLOPT_PREREQDATA, x);
	return NULL;
}

static bool add_header(struct exchange *x, const char *line)
{
	struct curl_slist *more = curl_slist_append(x->headers, line);

	if (more)
		x->headers = more;
	return more != NULL;
}

static const char *set_headers(struct exchange *x)
{
	if (!add_header(x, "Accept: text/plain, */*;q=0.1") ||
	    (x->condition && !add_header(x, x->condition)))
		return "a header";
	/* With the option, libcurl would unpack whatever comes. */
	if (!x->unchecked)
		SET(x, CURLOPT_ACCEPT_ENCODING, "gzip");
	else if (!add_header(x, "Accept-Encoding: identity"))
		return "a header";
	SET(x, CURLOPT_USERAGENT, x->setup->user_agent);
	SET(x, CURLOPT_HTTPHEADER, x->headers);
	return NULL;
}

const char *exchange_start(struct exchange *x, CURLM *multi, struct arena *arena)
{
	const char *failed;

	x->easy = curl_easy_init();
	if (!x->easy)
		return "libcurl does not work";
	failed = set_rules(x);
	if (!failed)
		failed = set_limits(x);
	if (!failed)
		failed = set_callbacks(x);
	if (!failed)
		failed = set_headers(x);
	if (failed)
		return arena_printf(arena, "libcurl refuses %s", failed);
	return curl_multi_add_handle(multi, x->easy) == CURLM_OK ? NULL : "libcurl does not work";
}

void exchange_end(struct exchange *x, CURLM *multi)
{
	if (x->easy)
		curl_multi_remove_handle(multi, x->easy);
	curl_easy_cleanup(x->easy);
	curl_slist_free_all(x->headers);
	x->easy = NULL;
	x->headers = NULL;
}
