#include "fetch/pool.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"

#define RUNNING_MAX 8 /* connections as well */
#define ORIGIN_MAX 2  /* connections, and without HTTP/2 downloads */

enum state { WAITING, RUNNING, ENDED };

struct job {
	struct job *next;
	struct transfer *transfer;
	struct origin *origin; /* NULL for an address that is refused */
	enum state state;
};

struct origin {
	struct origin *next;
	const char *name;
	enum multiplex multiplex;
	size_t running;
};

bool pool_init(struct pool *p)
{
	*p = (struct pool){.multi = curl_multi_init()};
	p->jobs_end = &p->jobs;
	return p->multi &&
	       curl_multi_setopt(p->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)RUNNING_MAX) ==
		       CURLM_OK &&
	       curl_multi_setopt(p->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)ORIGIN_MAX) ==
		       CURLM_OK &&
	       curl_multi_setopt(p->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) ==
		       CURLM_OK;
}

void pool_release(struct pool *p)
{
	while (p->jobs) {
		struct job *job = p->jobs;

		p->jobs = job->next;
		transfer_free(job->transfer);
		free(job);
	}
	curl_multi_cleanup(p->multi);
	arena_release(&p->arena);
}

static struct origin *find_origin(struct pool *p, const char *name)
{
	struct origin *origin;

	if (!name)
		return NULL;
	for (origin = p->origins; origin; origin = origin->next)
		if (str_eq(origin->name, name))
			return origin;
	origin = arena_alloc(&p->arena, sizeof(*origin));
	origin->name = arena_str(&p->arena, name);
	origin->multiplex = str_starts(name, "http:") ? MULTIPLEX_NO : MULTIPLEX_UNKNOWN;
	origin->next = p->origins;
	p->origins = origin;
	return origin;
}

void pool_add(struct pool *p, struct transfer *t)
{
	struct job *job = mem_alloc(sizeof(*job));

	job->transfer = t;
	job->origin = find_origin(p, transfer_origin(t));
	*p->jobs_end = job;
	p->jobs_end = &job->next;
	p->waiting++;
}

static void end_job(struct pool *p, struct job *job)
{
	job->state = ENDED;
	job->origin->running--;
	p->running--;
	if (job->origin->multiplex == MULTIPLEX_UNKNOWN)
		job->origin->multiplex = MULTIPLEX_NO; /* it did not even answer */
}

/* Takes note of what libcurl has done. */
static void note_ends(struct pool *p)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(p->multi, &left))) {
		CURLcode code = message->data.result;
		struct job *job = p->jobs;

		if (message->msg != CURLMSG_DONE)
			continue;
		while (!transfer_has_handle(job->transfer, message->easy_handle))
			job = job->next;
		if (!transfer_hop_ended(job->transfer, p->multi, code))
			end_job(p, job);
	}
}

static void note_multiplex(struct pool *p)
{
	for (struct job *job = p->jobs; job; job = job->next)
		if (job->state == RUNNING && job->origin->multiplex == MULTIPLEX_UNKNOWN)
			job->origin->multiplex = transfer_multiplex(job->transfer);
}

static bool may_run(const struct pool *p, const struct origin *origin)
{
	static const size_t most[] = {[MULTIPLEX_UNKNOWN] = 1,
				      [MULTIPLEX_NO] = ORIGIN_MAX,
				      [MULTIPLEX_YES] = RUNNING_MAX};

	return p->running < RUNNING_MAX && origin->running < most[origin->multiplex];
}

static void start_jobs(struct pool *p)
{
	for (struct job *job = p->jobs; job && p->waiting; job = job->next) {
		if (job->state != WAITING || (job->origin && !may_run(p, job->origin)))
			continue;
		p->waiting--;
		if (!transfer_start(job->transfer, p->multi)) {
			job->state = ENDED;
			continue;
		}
		job->state = RUNNING;
		job->origin->running++;
		p->running++;
	}
}

void pool_run(struct pool *p, bool may_start)
{
	int running;

	curl_multi_perform(p->multi, &running);
	note_multiplex(p);
	note_ends(p);
	if (may_start)
		start_jobs(p);
}

struct transfer *pool_take_ended(struct pool *p)
{
	for (struct job **at = &p->jobs; *at; at = &(*at)->next) {
		struct job *job = *at;
		struct transfer *t = job->transfer;

		if (job->state != ENDED)
			continue;
		*at = job->next;
		if (!*at)
			p->jobs_end = at;
		free(job);
		return t;
	}
	return NULL;
}

void pool_progress(const struct pool *p, struct fetch_progress *out)
{
	*out = (struct fetch_progress){0};
	for (const struct job *job = p->jobs; job; job = job->next)
		if (job->state == RUNNING)
			transfer_progress(job->transfer, out);
}
