/*
 * Which proxy a request goes through, by the environment, in libcurl's way. Decided here and told
 * libcurl, so that what is shown, what is refused after a redirect and what is done cannot differ.
 */
#ifndef FETCH_PROXY_H
#define FETCH_PROXY_H

#include "base/arena.h"
#include "fetch/hop.h"

/* Values of the environment; NULL for what is not set. */
struct proxies {
	const char *http;  /* http_proxy; HTTP_PROXY never counts, a CGI's client could set it */
	const char *https; /* https_proxy or HTTPS_PROXY */
	const char *all;   /* all_proxy or ALL_PROXY */
	const char *none;  /* no_proxy or NO_PROXY */
};

/*
 * The proxy's address for CURLOPT_PROXY, "" for a direct connection: loopback never goes through a
 * proxy, nor what no_proxy names: "*", hosts with all that is below them, addresses, networks.
 */
const char *proxy_for(const struct proxies *p, const struct hop *hop);

/* "host:port" of a proxy's address, for people: without its user name; NULL for none. */
const char *proxy_name(const char *proxy, struct arena *arena);

#endif
