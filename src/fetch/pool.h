/*
 * The downloads that wait and those that run side by side, over one libcurl multi handle and the
 * connections that it keeps.
 *
 * At most 8 run at a time. Of one origin it is one until the first answer has shown whether HTTP/2
 * is spoken, then all of them on that connection, or two on two connections. libcurl could hold
 * back what is too much as well, but would count the waiting as slowness.
 */
#ifndef FETCH_POOL_H
#define FETCH_POOL_H

#include "fetch/transfer.h"

struct job;
struct origin;

struct pool {
	CURLM *multi;
	struct job *jobs, **jobs_end; /* in the order of their coming */
	size_t waiting, running;
	struct origin *origins;
	struct arena arena; /* of the origins */
};

bool pool_init(struct pool *p); /* false: libcurl does not work */

/* To be called when nothing runs. */
void pool_release(struct pool *p);

void pool_add(struct pool *p, struct transfer *t); /* which belongs to the pool then */

/* Does what can be done without waiting. New downloads begin when may_start is true. */
void pool_run(struct pool *p, bool may_start);

/* A download that has ended, the caller's again; NULL when there is none. */
struct transfer *pool_take_ended(struct pool *p);

void pool_progress(const struct pool *p, struct fetch_progress *out);

#endif
