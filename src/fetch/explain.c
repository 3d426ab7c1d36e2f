#include "fetch/explain.h"

#define OVERSIZED_HEADERS "the server sent oversized headers"
#define CLOCKS_APART 200000 /* microseconds: libcurl starts its two clocks one after the other */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *explain_size(const struct exchange *x, struct arena *arena)
{
	return arena_printf(arena, "larger than the %zu bytes that are allowed", x->body->max);
}

static const char *explain_stop(const struct exchange *x, struct arena *arena)
{
	switch (x->stop) {
	case STOP_TOO_LARGE:
		return explain_size(x, arena);
	case STOP_HEADERS:
		return OVERSIZED_HEADERS;
	case STOP_REFUSED:
		return x->refusal;
	case STOP_PRIVATE:
		return arena_printf(arena, "a redirect to the private address of %s is refused",
				    x->hop->host);
	case STOP_NONE:
	case STOP_ENOUGH:
		break;
	}
	return NULL;
}

static const char *explain_time(const struct exchange *x, const char *proxy, struct arena *arena)
{
	const struct limits *limits = &x->setup->limits;
	curl_off_t total = 0, connected = 0;

	curl_easy_getinfo(x->easy, CURLINFO_TOTAL_TIME_T, &total);
	curl_easy_getinfo(x->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
	if (x->time_left - total < CLOCKS_APART)
		return arena_printf(arena, "not complete after %ld seconds", limits->total);
	if (connected == 0)
		return arena_printf(arena, "no connection to %s within %ld seconds",
				    proxy ? proxy : x->hop->host, limits->connect);
	return arena_printf(arena, "%s is too slow: less than %ld bytes a second for %ld seconds",
			    x->hop->host, limits->speed, limits->speed_time);
}

/* Codes that need no more than a sentence. */
static const struct {
	CURLcode code;
	const char *before_host, *after_host; /* NULL: the host is not in it */
} sentences[] = {
	{CURLE_UNSUPPORTED_PROTOCOL, "", " does not answer in HTTP/1 or newer"},
	{CURLE_WEIRD_SERVER_REPLY, "", " does not answer in HTTP"},
	{CURLE_URL_MALFORMAT, "not a web address", NULL},
	{CURLE_COULDNT_RESOLVE_HOST, "cannot find ",
	 ": is the address right, is there a network connection?"},
	{CURLE_PARTIAL_FILE, "the answer of ", " was cut short"},
	{CURLE_TOO_MANY_REDIRECTS, "too many redirects", NULL},
	{CURLE_GOT_NOTHING, "", " closed the connection without an answer"},
	{CURLE_SEND_ERROR, "the connection to ", " broke"},
	{CURLE_RECV_ERROR, "the connection to ", " broke"},
	{CURLE_BAD_CONTENT_ENCODING, "", " sent compressed data that cannot be unpacked"},
	{CURLE_LOGIN_DENIED, "an address with a user name in it is refused", NULL},
	{CURLE_HTTP2, "", " broke the rules of HTTP/2"},
	{CURLE_HTTP2_STREAM, "", " broke the rules of HTTP/2"},
};

static const char *explain_sentence(const struct hop *hop, CURLcode code, struct arena *arena)
{
	for (size_t i = 0; i < COUNT(sentences); i++) {
		if (sentences[i].code != code)
			continue;
		if (!sentences[i].after_host)
			return sentences[i].before_host;
		return arena_printf(arena, "%s%s%s", sentences[i].before_host, hop->host,
				    sentences[i].after_host);
	}
	return NULL;
}

static const char *explain_connection(const struct exchange *x, CURLcode code, const char *proxy,
				      struct arena *arena)
{
	const char *detail = *x->detail ? x->detail : curl_easy_strerror(code);

	switch (code) {
	case CURLE_COULDNT_RESOLVE_PROXY:
		return arena_printf(arena, "cannot find the proxy %s", proxy);
	case CURLE_COULDNT_CONNECT:
		if (proxy)
			return arena_printf(arena, "cannot connect to the proxy %s", proxy);
		return arena_printf(arena, "cannot connect to %s port %s", x->hop->host,
				    x->hop->port);
	case CURLE_PEER_FAILED_VERIFICATION:
		return arena_printf(arena, "the certificate of %s is not accepted: %s",
				    x->hop->host, detail);
	case CURLE_SSL_CONNECT_ERROR:
		return arena_printf(arena, "no secure connection to %s: %s", x->hop->host, detail);
	case CURLE_SSL_CACERT_BADFILE:
		return arena_printf(arena,
				    "cannot read the trusted certificates: %s (SSL_CERT_FILE and "
				    "CURL_CA_BUNDLE name others)",
				    detail);
	default:
		return arena_printf(arena, "%s: %s", x->hop->host, detail);
	}
}

const char *explain_failure(const struct exchange *x, CURLcode code, const char *proxy,
			    struct arena *arena)
{
	const char *text = explain_stop(x, arena);
	long connect_status = 0;

	if (text)
		return text;
	if (code == CURLE_FILESIZE_EXCEEDED)
		return explain_size(x, arena);
	if (code == CURLE_OUT_OF_MEMORY && x->status == 0)
		return OVERSIZED_HEADERS; /* libcurl's word for a line that is too long */
	if (code == CURLE_OPERATION_TIMEDOUT)
		return explain_time(x, proxy, arena);
	curl_easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
	if (proxy && connect_status >= 300)
		return arena_printf(arena, "the proxy %s answered %ld", proxy, connect_status);
	text = explain_sentence(x->hop, code, arena);
	return text ? text : explain_connection(x, code, proxy, arena);
}

static const struct {
	int status;
	const char *meaning;
} meanings[] = {
	{206, "a part of the file, which nobody asked for"},
	{304, "unchanged, which nobody asked"},
	{401, "a login is needed"},
	{403, "access is refused"},
	{404, "there is no such file"},
	{407, "the proxy needs a login"},
	{410, "the file is gone for good"},
	{429, "asked too often"},
	{503, "not available now"},
};

const char *explain_status(const struct hop *hop, int status, struct arena *arena)
{
	for (size_t i = 0; i < COUNT(meanings); i++)
		if (meanings[i].status == status)
			return arena_printf(arena, "%s answered %d: %s", hop->host, status,
					    meanings[i].meaning);
	if (status >= 500)
		return arena_printf(arena, "%s answered %d: trouble at the server", hop->host,
				    status);
	return arena_printf(arena, "%s answered %d", hop->host, status);
}
