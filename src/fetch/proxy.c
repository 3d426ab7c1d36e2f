#include "fetch/proxy.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "fetch/address.h"

#define ENTRY_MAX 256
#define PORT_DEFAULT "1080" /* libcurl's, for proxies of any kind */

/* `name` is `host`, or a domain that it is in; dots at the ends do not count. */
static bool in_domain(const char *host, const char *name)
{
	size_t host_len = strlen(host), len;

	name += *name == '.';
	len = strlen(name);
	if (len && name[len - 1] == '.')
		len--;
	if (host_len && host[host_len - 1] == '.')
		host_len--;
	if (!len || host_len < len || strncasecmp(host + host_len - len, name, len) != 0)
		return false;
	return host_len == len || host[host_len - len - 1] == '.';
}

static bool is_exempt(const char *host, const char *list)
{
	static const char separators[] = ", \t";

	while (*(list += strspn(list, separators))) {
		size_t len = strcspn(list, separators);
		char entry[ENTRY_MAX];

		if (len < sizeof(entry)) {
			memcpy(entry, list, len);
			entry[len] = '\0';
			if (str_eq(entry, "*") ||
			    (address_is_valid(host) ? address_in_network(host, entry)
						    : in_domain(host, entry)))
				return true;
		}
		list += len;
	}
	return false;
}

const char *proxy_for(const struct proxies *p, const struct hop *hop)
{
	const char *proxy = str_eq(hop->scheme, "https") ? p->https : p->http;

	if (!proxy)
		proxy = p->all;
	if (!proxy || hop->loopback || (p->none && is_exempt(hop->host, p->none)))
		return "";
	return proxy;
}

const char *proxy_name(const char *proxy, struct arena *arena)
{
	CURLU *handle = curl_url();
	char *host = NULL, *port = NULL;
	const char *name = "a proxy";

	if (!*proxy) {
		curl_url_cleanup(handle);
		return NULL;
	}
	if (curl_url_set(handle, CURLUPART_URL, proxy,
			 CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(handle, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
		curl_url_get(handle, CURLUPART_PORT, &port, 0);
		name = arena_printf(arena, "%s:%s", host, port ? port : PORT_DEFAULT);
	}
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(handle);
	return name;
}
