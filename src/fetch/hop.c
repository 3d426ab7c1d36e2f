#include "fetch/hop.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "fetch/address.h"
#include "wire/message.h"

static const char *part(const struct hop *hop, CURLUPart which, unsigned int flags,
			struct arena *arena)
{
	char *text = NULL;
	const char *copy = NULL;

	if (curl_url_get(hop->handle, which, &text, flags) == CURLUE_OK)
		copy = arena_str(arena, text);
	curl_free(text);
	return copy;
}

static const char *explain(CURLUcode code)
{
	if (code == CURLUE_USER_NOT_ALLOWED)
		return "an address with a user name in it is refused";
	if (code == CURLUE_UNSUPPORTED_SCHEME)
		return "only https and http are spoken";
	return "not a web address";
}

/* An IPv6 address comes in brackets. */
static const char *host_of(const struct hop *hop, struct arena *arena)
{
	const char *host = part(hop, CURLUPART_HOST, 0, arena);
	size_t len = host ? strlen(host) : 0;

	if (len > 2 && host[0] == '[' && host[len - 1] == ']')
		return arena_bytes(arena, host + 1, len - 2);
	return host;
}

/* Sets the handle's address, relative to one that it has, and takes it apart. */
static const char *take_apart(struct hop *hop, const char *url, bool plain_http,
			      struct arena *arena)
{
	CURLUcode code;

	if (!*url || !wire_is_text(url))
		return "not a web address";
	code = curl_url_set(hop->handle, CURLUPART_URL, url, CURLU_DISALLOW_USER | CURLU_URLENCODE);
	if (code == CURLUE_OK)
		code = curl_url_set(hop->handle, CURLUPART_FRAGMENT, NULL, 0);
	if (code != CURLUE_OK)
		return explain(code);
	hop->scheme = part(hop, CURLUPART_SCHEME, 0, arena);
	hop->host = host_of(hop, arena);
	hop->port = part(hop, CURLUPART_PORT, CURLU_DEFAULT_PORT, arena);
	hop->url = part(hop, CURLUPART_URL, 0, arena);
	if (!str_eq(hop->scheme, "https") && !str_eq(hop->scheme, "http"))
		return explain(CURLUE_UNSUPPORTED_SCHEME);
	if (!hop->host || !*hop->host || !hop->port || !hop->url || !wire_is_text(hop->url))
		return "not a web address";
	hop->loopback = strcasecmp(hop->host, "localhost") == 0 || address_is_loopback(hop->host);
	if (str_eq(hop->scheme, "http") && !plain_http && !hop->loopback)
		return "plain http is refused for what is not signed: use https, or "
		       "--insecure-http";
	return NULL;
}

const char *hop_first(struct hop *hop, const char *url, bool plain_http, struct arena *arena)
{
	*hop = (struct hop){.handle = curl_url()};
	return take_apart(hop, url, plain_http, arena);
}

const char *hop_next(struct hop *hop, const struct hop *from, const char *location, bool plain_http,
		     struct arena *arena)
{
	const char *why;

	*hop = (struct hop){.handle = curl_url_dup(from->handle)};
	why = take_apart(hop, location, plain_http, arena);
	if (!why && str_eq(from->scheme, "https") && !str_eq(hop->scheme, "https"))
		return "a redirect from https to http is refused";
	return why;
}

bool hop_same_origin(const struct hop *a, const struct hop *b)
{
	return str_eq(a->scheme, b->scheme) && strcasecmp(a->host, b->host) == 0 &&
	       str_eq(a->port, b->port);
}

void hop_release(struct hop *hop)
{
	curl_url_cleanup(hop->handle);
	*hop = (struct hop){0};
}
