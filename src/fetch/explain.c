#include "fetch/explain.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *explain_stop(const struct failure *f, struct arena *arena)
{
	switch (f->stop) {
	case STOP_TOO_LARGE:
		return arena_printf(arena, "larger than the %zu bytes that are allowed", f->max);
	case STOP_HEADERS:
		return "the server sent oversized headers";
	case STOP_REFUSED:
		return f->refusal;
	case STOP_PRIVATE:
		return arena_printf(arena, "a redirect to the private address of %s is refused",
				    f->hop->host);
	case STOP_NONE:
	case STOP_ENOUGH:
		break;
	}
	return NULL;
}

static const char *explain_time(const struct failure *f, struct arena *arena)
{
	if (f->time_is_up)
		return arena_printf(arena, "not complete after %ld seconds", f->limits->total);
	if (!f->connected)
		return arena_printf(arena, "no connection to %s within %ld seconds",
				    f->proxy ? f->proxy : f->hop->host, f->limits->connect);
	return arena_printf(arena, "%s is too slow: less than %ld bytes a second for %ld seconds",
			    f->hop->host, f->limits->speed_limit, f->limits->speed_time);
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
	{CURLE_OUT_OF_MEMORY, "the server sent oversized headers",
	 NULL}, /* libcurl's word for it */
	{CURLE_TOO_MANY_REDIRECTS, "too many redirects", NULL},
	{CURLE_GOT_NOTHING, "", " closed the connection without an answer"},
	{CURLE_SEND_ERROR, "the connection to ", " broke"},
	{CURLE_RECV_ERROR, "the connection to ", " broke"},
	{CURLE_BAD_CONTENT_ENCODING, "", " sent compressed data that cannot be unpacked"},
	{CURLE_LOGIN_DENIED, "an address with a user name in it is refused", NULL},
	{CURLE_HTTP2, "", " broke the rules of HTTP/2"},
	{CURLE_HTTP2_STREAM, "", " broke the rules of HTTP/2"},
};

static const char *explain_sentence(const struct failure *f, struct arena *arena)
{
	for (size_t i = 0; i < COUNT(sentences); i++) {
		if (sentences[i].code != f->code)
			continue;
		if (!sentences[i].after_host)
			return sentences[i].before_host;
		return arena_printf(arena, "%s%s%s", sentences[i].before_host, f->hop->host,
				    sentences[i].after_host);
	}
	return NULL;
}

static const char *explain_connection(const struct failure *f, struct arena *arena)
{
	const char *detail = *f->detail ? f->detail : curl_easy_strerror(f->code);

	switch (f->code) {
	case CURLE_COULDNT_RESOLVE_PROXY:
		return arena_printf(arena, "cannot find the proxy %s", f->proxy);
	case CURLE_COULDNT_CONNECT:
		if (f->proxy)
			return arena_printf(arena, "cannot connect to the proxy %s", f->proxy);
		return arena_printf(arena, "cannot connect to %s port %s", f->hop->host,
				    f->hop->port);
	case CURLE_PEER_FAILED_VERIFICATION:
		return arena_printf(arena, "the certificate of %s is not accepted: %s",
				    f->hop->host, detail);
	case CURLE_SSL_CONNECT_ERROR:
		return arena_printf(arena, "no secure connection to %s: %s", f->hop->host, detail);
	case CURLE_SSL_CACERT_BADFILE:
		return arena_printf(arena,
				    "cannot read the trusted certificates: %s (SSL_CERT_FILE and "
				    "CURL_CA_BUNDLE name others)",
				    detail);
	default:
		return arena_printf(arena, "%s: %s", f->hop->host, detail);
	}
}

const char *explain_failure(const struct failure *f, struct arena *arena)
{
	const char *text = explain_stop(f, arena);

	if (text)
		return text;
	if (f->code == CURLE_FILESIZE_EXCEEDED)
		return arena_printf(arena, "larger than the %zu bytes that are allowed", f->max);
	if (f->code == CURLE_OPERATION_TIMEDOUT)
		return explain_time(f, arena);
	if (f->proxy && f->connect_status >= 300)
		return arena_printf(arena, "the proxy %s answered %ld", f->proxy,
				    f->connect_status);
	text = explain_sentence(f, arena);
	return text ? text : explain_connection(f, arena);
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
