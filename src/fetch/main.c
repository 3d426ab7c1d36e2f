/*
 * viva-fetch: the part of viva that speaks with servers, and the only one that links libcurl. viva
 * starts it; include/wire/message.h says what the two say to each other. The environment is read
 * here and nowhere else in it.
 */
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/str.h"
#include "fetch/serve.h"

#define REFUSED 2

/* An environment variable; empty counts as not set. */
static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static const char *env_any(const char *name, const char *other)
{
	return env(name) ? env(name) : env(other);
}

#ifdef VIVA_FETCH_TEST
/* For tests: what takes half a minute takes seconds, and an address of this machine is public. */
static void set_for_tests(struct setup *setup)
{
	const char *seconds = env("VIVA_FETCH_TEST_SECONDS");
	int n;

	if (seconds && str_to_int(seconds, 1, 60, &n))
		setup->limits = (struct limits){
			.connect = n, .speed = 64, .speed_time = 2L * n, .total = 4L * n};
	setup->public_address = env("VIVA_FETCH_TEST_PUBLIC");
}
#else
static void set_for_tests(struct setup *setup)
{
	(void)setup;
}
#endif

static int refuse(const char *why)
{
	fputs(why, stderr);
	return REFUSED;
}

int main(int argc, char **argv)
{
	struct setup setup = {
		.user_agent = "viva/" VIVA_VERSION,
		.ca_file = env_any("CURL_CA_BUNDLE", "SSL_CERT_FILE"),
		.ca_folder = env("CURL_CA_BUNDLE") ? NULL : env("SSL_CERT_DIR"),
		.proxies = {.http = env("http_proxy"),
			    .https = env_any("https_proxy", "HTTPS_PROXY"),
			    .all = env_any("all_proxy", "ALL_PROXY"),
			    .none = env_any("no_proxy", "NO_PROXY")},
		.limits = {.connect = 10, .speed = 64, .speed_time = 15, .total = 600},
	};
	int status;

	(void)argv;
	/* The environment names proxies, certificates and a file for keys: it must be the user's.
	 */
	if (getauxval(AT_SECURE))
		return refuse("viva-fetch: refuses to run with more rights than its user has\n");
	if (argc > 1 || isatty(STDIN_FILENO))
		return refuse("viva-fetch: a part of viva, which starts it; see viva help sync\n");
	set_for_tests(&setup);
	signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return refuse("viva-fetch: libcurl cannot be used\n");
	status = serve(&setup);
	curl_global_cleanup();
	return status;
}
