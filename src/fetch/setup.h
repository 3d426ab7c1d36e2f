/* What all downloads of the program share; main.c fills it from the environment. */
#ifndef FETCH_SETUP_H
#define FETCH_SETUP_H

#include "fetch/proxy.h"

/* Seconds, but for speed: bytes a second. */
struct limits {
	long connect;	 /* until a connection is there, TLS included */
	long speed;	 /* slower than that ... */
	long speed_time; /* ... for so long is too slow */
	long total;	 /* for all requests of a download together */
};

struct setup {
	const char *user_agent;
	const char *ca_file;   /* trusted certificates; NULL: libcurl's own */
	const char *ca_folder; /* the same */
	struct proxies proxies;
	struct limits limits;
	const char *public_address; /* counts as public, whatever it is: for tests. NULL: none */
};

#endif
