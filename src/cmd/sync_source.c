#include <stdarg.h>
#include <string.h>

#include "base/str.h"
#include "cmd/source.h"
#include "cmd/sync.h"
#include "net/signature.h"
#include "os/process.h"

/* Requests of a source by number: its own file, then the decks of its index. */
#define PLACES (INDEX_DECKS_MAX + 1)
#define NOTE_MAX 4096
#define MINUTE_MS 60000

const char *sync_status_name(enum sync_status s)
{
	static const char *const names[] = {"unchanged", "updated", "failed", "skipped"};

	return names[s];
}

void sync_note(struct sync_run *run, struct sync_source *s, const char *fmt, ...)
{
	struct strbuf text;
	va_list ap;

	if (s->note_count == s->note_cap) {
		const char **more = arena_array(run->arena, 2 * s->note_cap + 4, sizeof(*more));

		if (s->note_count)
			memcpy(more, s->notes, s->note_count * sizeof(*more));
		s->notes = more;
		s->note_cap = 2 * s->note_cap + 4;
	}
	strbuf_init(&text, NOTE_MAX);
	va_start(ap, fmt);
	strbuf_vprintf(&text, fmt, ap);
	va_end(ap);
	s->notes[s->note_count++] = arena_str(run->arena, text.buf);
	strbuf_release(&text);
}

void sync_fail(struct sync_run *run, struct sync_source *s, const struct error *err)
{
	s->status = SYNC_FAILED;
	s->code = err->code;
	s->message = arena_str(run->arena, err->msg);
	s->failed.problem = s->message;
	s->note_count = 0; /* they tell of what was not taken */
}

/*
 * --check remembers how a server is to be spared, a dry run nothing. What a subscription would have
 * set (a key, a permission) is not set when it fails.
 */
static void record_failure(struct sync_run *run, struct sync_source *s)
{
	bool spare = s->code == ERR_NETWORK || s->failed.state == REMOTE_GONE;
	struct remote *next = &s->failed;

	next->key = s->stored.key;
	next->trust = s->stored.trust;
	next->insecure = s->stored.insecure;
	next->suspend_new = s->stored.suspend_new;
	if (next->state == REMOTE_ACTIVE)
		next->state = s->stored.state;
	if (s->source.id && !run->options.dry && (!run->options.check || spare))
		s->record = next;
}

static void skip(struct sync_source *s, const char *why)
{
	s->status = SYNC_SKIPPED;
	s->message = why;
}

/* Why a source is not asked now. */
static const char *why_not(struct sync_run *run, const struct sync_source *s, enum check check)
{
	const struct remote *r = &s->before;
	int64_t minutes = (run->now - r->checked) / MINUTE_MS;

	switch (check) {
	case CHECK_RECENT:
		return minutes ? arena_printf(run->arena,
					      "checked %lld minute%s ago; --force asks again",
					      (long long)minutes, minutes == 1 ? "" : "s")
			       : "checked just now; --force asks again";
	case CHECK_WAITING:
		return arena_printf(run->arena, "not asked before %s%s%s; --force asks now",
				    source_time(run->app, r->retry_after, run->arena),
				    r->problem ? ": " : "", r->problem ? r->problem : "");
	case CHECK_PAUSED:
		return arena_printf(run->arena, "paused; `viva sources resume %s` ends it",
				    s->source.location);
	case CHECK_GONE:
		return "gone for good, said its server; --force asks again";
	case CHECK_CONDITIONAL:
	case CHECK_FULL:
		break;
	}
	return NULL;
}

static void ask(struct sync_run *run, struct sync_source *s)
{
	struct error err = ERROR_INIT;
	enum check check = remote_check(&s->before, run->now, run->options.flags);
	const char *why = why_not(run, s, check);
	const struct fetch_request request = {
		.id = (int)(s - run->sources) * PLACES,
		.url = s->source.location,
		.etag = check == CHECK_CONDITIONAL ? s->before.etag : NULL,
		.modified = check == CHECK_CONDITIONAL ? s->before.modified : NULL,
		.max = DECK_SIZE_MAX + SIGNATURE_BLOCK_MAX,
		.plain_http = s->before.insecure || s->before.key,
		.unchecked = !s->before.key,
	};

	s->message = "";
	s->failed = s->before;
	s->conditional = check == CHECK_CONDITIONAL;
	if (why)
		skip(s, why);
	else if (fetch_add(run->fetch, &request, &err))
		sync_fail(run, s, &err);
	else
		s->waiting = 1;
	s->done = !s->waiting;
}

/* Where the source is now, and what follows from that. */
static void settle_move(struct sync_run *run, struct sync_source *s)
{
	const char *to = s->answer->moved ? s->answer->url : NULL;

	if (s->publisher.moved_to)
		to = s->publisher.moved_to;
	switch (remote_move_rule(s->source.location, to, s->key_rule)) {
	case MOVE_REWRITE:
		s->moved_to = to;
		break;
	case MOVE_SAY:
		s->taken.moved_to = to;
		sync_note(run, s, "has moved to %s: `viva sources move %s %s`", to,
			  s->source.location, to);
		break;
	case MOVE_NOT:
		s->taken.moved_to = NULL;
	}
}

static void take_unchanged(struct sync_run *run, struct sync_source *s)
{
	s->status = SYNC_UNCHANGED;
	/* The bytes are those that were verified when they came. */
	s->key_rule = s->before.key && s->answer->end == FETCH_BODY ? KEY_STORED : KEY_NONE;
	if (s->answer->moved)
		settle_move(run, s);
	if (remote_is_frozen(&s->taken, run->now))
		sync_note(run, s,
			  "has not changed since %s although it promises to every %d day%s: is "
			  "an old copy kept from you?",
			  source_time(run->app, s->taken.changed, run->arena), s->taken.refresh,
			  s->taken.refresh == 1 ? "" : "s");
	if (!run->options.dry && !run->options.check)
		s->record = &s->taken;
}

/* A path of an index, seen from the index. */
static const char *resolve(struct sync_run *run, const char *base, const char *path)
{
	size_t end = strcspn(base, "?#");
	const char *host = strstr(base, "://");
	size_t least = host ? (size_t)(host - base) + 3 : 0;

	while (end > least && base[end - 1] != '/')
		end--;
	if (end > least)
		return arena_printf(run->arena, "%.*s%s", (int)end, base, path);
	return arena_printf(run->arena, "%.*s/%s", (int)strcspn(base, "?#"), base, path);
}

/* Finds a listed deck: it is skipped, here already, or to be fetched. */
static enum err_code ask_deck(struct sync_run *run, struct sync_source *s, size_t i,
			      struct error *err)
{
	struct sync_deck *d = &s->decks[i];
	const struct index_deck *listed = &s->index.decks[i];
	const struct fetch_request request = {
		.id = (int)(s - run->sources) * PLACES + (int)i + 1,
		.url = resolve(run, s->answer->url, listed->url),
		.max = DECK_SIZE_MAX + 1,
		.plain_http = s->before.insecure || s->taken.key,
	};

	d->listed = listed;
	d->id = listed->id;
	d->url = request.url;
	if (sync_owned_elsewhere(run, s, d->id, &d->skipped, err) || d->skipped)
		return err->code;
	if (store_content(run->app->store, &listed->hash, run->arena, &d->bytes, &d->len, err) ||
	    d->bytes)
		return err->code;
	s->waiting++;
	return fetch_add(run->fetch, &request, err);
}

static enum err_code ask_decks(struct sync_run *run, struct sync_source *s, struct error *err)
{
	enum err_code rc = ERR_NONE;

	s->deck_count = s->index.count;
	s->decks = arena_array(run->arena, s->deck_count, sizeof(*s->decks));
	for (size_t i = 0; i < s->deck_count && !rc; i++)
		rc = ask_deck(run, s, i, err);
	return rc;
}

static enum err_code refuse_answer(const struct sync_source *s, enum err_code code, bool say_gone,
				   struct error *err)
{
	if (say_gone)
		return error_set(err, code,
				 "%s, and that for two weeks: it looks gone, `viva unsubscribe %s` "
				 "keeps its cards",
				 s->answer->message, s->source.location);
	if (code != ERR_DECISION)
		return error_set(err, code, "%s", s->answer->message);
	return error_set(err, code,
			 "%s; it is not asked any more, `viva unsubscribe %s` keeps its cards",
			 s->answer->message, s->source.location);
}

/* The source's own file, or why there is none. */
static enum err_code take_own(struct sync_run *run, struct sync_source *s, struct error *err)
{
	static const enum answer_end ends[] = {
		[FETCH_BODY] = ANSWER_BODY,
		[FETCH_UNCHANGED] = ANSWER_UNCHANGED,
		[FETCH_STATUS] = ANSWER_STATUS,
		[FETCH_FAILED] = ANSWER_FAILED,
	};
	const struct fetch_result *result = s->answer;
	const struct answer answer = {ends[result->end], result->status, s->conditional,
				      result->retry_after};
	uint32_t random;
	bool say_gone;
	enum err_code rc;

	process_random(&random, sizeof(random));
	s->failed.proxy = result->proxy;
	s->failed.problem = NULL;
	rc = remote_answered(&s->failed, &answer, run->now, random, &say_gone);
	s->taken = s->failed;
	if (rc)
		return refuse_answer(s, rc, say_gone, err);
	if (result->etag || result->modified || result->end == FETCH_BODY) {
		s->taken.etag = result->etag;
		s->taken.modified = result->modified;
	}
	if (result->end == FETCH_UNCHANGED) {
		take_unchanged(run, s);
		return ERR_NONE;
	}
	s->taken.fetched = run->now;
	s->hash = hash_of(result->body, result->len);
	s->same = s->before.has_hash && memcmp(&s->hash, &s->before.hash, sizeof(s->hash)) == 0;
	if (s->same && !run->options.subscribe) {
		take_unchanged(run, s);
		return ERR_NONE;
	}
	rc = sync_verify(run, s, err);
	if (!rc)
		settle_move(run, s);
	if (!rc && s->taken.is_index)
		rc = ask_decks(run, s, err);
	s->status = SYNC_UPDATED;
	return rc;
}

static enum err_code take_deck(struct sync_run *run, struct sync_source *s, struct sync_deck *d,
			       const struct fetch_result *result, struct error *err)
{
	const struct answer failed = {.end = ANSWER_FAILED, .retry_after = -1};
	struct hash hash = hash_of(result->body ? result->body : "", result->len);
	uint32_t random;
	bool say_gone;

	if (result->end != FETCH_BODY) {
		process_random(&random, sizeof(random));
		remote_answered(&s->failed, &failed, run->now, random, &say_gone);
		return error_set(err, ERR_NETWORK, "%s: %s", d->url,
				 result->message ? result->message : "no answer");
	}
	if (result->len != (size_t)d->listed->size || memcmp(&hash, &d->listed->hash, sizeof(hash)))
		return error_set(err, ERR_VERIFY,
				 "%s is not what the index lists (%zu bytes, listed are %lld)",
				 d->url, result->len, (long long)d->listed->size);
	d->bytes = result->body;
	d->len = result->len;
	return ERR_NONE;
}

static void take(struct sync_run *run, const struct fetch_result *result)
{
	struct sync_source *s = &run->sources[result->id / PLACES];
	int place = result->id % PLACES;
	struct error err = ERROR_INIT;
	enum err_code rc;

	s->waiting--;
	if (s->status == SYNC_FAILED)
		return;
	if (place) {
		rc = take_deck(run, s, &s->decks[place - 1], result, &err);
	} else {
		struct fetch_result *answer = arena_alloc(run->arena, sizeof(*answer));

		*answer = *result;
		s->answer = answer;
		rc = take_own(run, s, &err);
	}
	if (rc) {
		sync_fail(run, s, &err);
		record_failure(run, s);
	} else if (s->status == SYNC_UPDATED && !s->waiting) {
		app_progress(run->app, "");
		sync_apply(run, s);
		if (s->status == SYNC_FAILED && s->code != ERR_STORAGE)
			record_failure(run, s);
	}
	s->done = s->status == SYNC_FAILED || !s->waiting;
}

static bool tick(void *ctx, const struct fetch_progress *p)
{
	struct sync_run *run = ctx;

	if (process_take_interrupt() || process_stopping())
		return false;
	if (p->running)
		app_progress(run->app, arena_printf(run->arena, "%zu download%s, %lld kB",
						    p->running, p->running == 1 ? "" : "s",
						    (long long)(p->bytes / 1000)));
	return true;
}

enum err_code sync_run(struct sync_run *run, struct error *err)
{
	struct fetch_result result;
	bool more = true;
	enum err_code rc = ERR_NONE;

	run->fetch = fetch_new(run->app->fetch_program);
	for (size_t i = 0; i < run->count; i++)
		ask(run, &run->sources[i]);
	while (!rc && more) {
		rc = fetch_next(run->fetch, run->arena, &result, &more, tick, run, err);
		if (!rc && more)
			take(run, &result);
	}
	app_progress(run->app, "");
	fetch_free(run->fetch);
	run->fetch = NULL;
	sync_record(run);
	return rc;
}
