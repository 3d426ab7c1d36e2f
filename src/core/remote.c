#include "core/remote.h"

#include <assert.h>

#include "base/str.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define RECENT (15 * MINUTE)
#define FULL_AFTER (7 * DAY)
#define WAIT_MIN HOUR
#define WAIT_MAX (24 * HOUR)
#define ASKED_MIN 60 /* seconds that a server may ask for */
#define ASKED_MAX (7 * DAY / SECOND)
#define ASKED_DEFAULT (4 * HOUR / SECOND)
#define GONE_FAILURES 5
#define GONE_AFTER (14 * DAY)

const char *trust_name(enum trust t)
{
	static const char *const names[] = {"unsigned", "first use", "pinned"};

	assert((size_t)t < sizeof(names) / sizeof(names[0]));
	return names[t];
}

/* Whether `time` is less than `span` ago. One in the future comes of a clock that was wrong. */
static bool is_within(int64_t time, int64_t span, int64_t now)
{
	return time && time <= now && now - time < span;
}

enum check remote_check(const struct remote *r, int64_t now, struct check_flags flags)
{
	if (r->state == REMOTE_PAUSED)
		return CHECK_PAUSED;
	if (r->state == REMOTE_GONE && !flags.force)
		return CHECK_GONE;
	if (!flags.force && now < r->retry_after && r->retry_after - now <= ASKED_MAX * SECOND)
		return CHECK_WAITING;
	if (!flags.force && !flags.now && is_within(r->checked, RECENT, now))
		return CHECK_RECENT;
	if (flags.full || flags.force || !r->has_hash || !(r->etag || r->modified) ||
	    !is_within(r->fetched, FULL_AFTER, now))
		return CHECK_FULL;
	return CHECK_CONDITIONAL;
}

/* From 1 to 24 hours, doubling, each time anywhere between once and twice its least. */
static int64_t failure_wait(int failures, uint32_t random)
{
	int64_t least = WAIT_MIN;

	for (int i = 1; i < failures && least < WAIT_MAX / 2; i++)
		least *= 2;
	if (least > WAIT_MAX / 2)
		least = WAIT_MAX / 2;
	return least + (int64_t)random % (least + 1);
}

static int64_t asked_wait(int64_t seconds)
{
	if (seconds < 0)
		seconds = ASKED_DEFAULT;
	else if (seconds < ASKED_MIN)
		seconds = ASKED_MIN;
	else if (seconds > ASKED_MAX)
		seconds = ASKED_MAX;
	return seconds * SECOND;
}

static bool is_usable(const struct answer *a)
{
	return a->end == ANSWER_BODY || (a->end == ANSWER_UNCHANGED && a->conditional);
}

static int64_t wait_after(const struct remote *r, const struct answer *a, uint32_t random)
{
	int status = a->end == ANSWER_STATUS ? a->status : 0;

	if (status == 401 || status == 403)
		return DAY;
	if (status == 429 || status == 503)
		return asked_wait(a->retry_after);
	return failure_wait(r->failures, random);
}

enum err_code remote_answered(struct remote *r, const struct answer *a, int64_t now,
			      uint32_t random, bool *say_gone)
{
	*say_gone = false;
	r->checked = now;
	if (is_usable(a)) {
		r->state = REMOTE_ACTIVE;
		r->failures = 0;
		r->failing_since = 0;
		r->retry_after = 0;
		r->said_gone = false;
		return ERR_NONE;
	}
	if (!r->failures++)
		r->failing_since = now;
	if (a->end == ANSWER_STATUS && a->status == 410) {
		r->state = REMOTE_GONE;
		r->retry_after = 0;
		return ERR_DECISION;
	}
	r->retry_after = now + wait_after(r, a, random);
	*say_gone = a->end == ANSWER_STATUS && a->status == 404 && !r->said_gone &&
		    r->failures >= GONE_FAILURES && now - r->failing_since >= GONE_AFTER;
	r->said_gone |= *say_gone;
	return ERR_NETWORK;
}

enum key_rule remote_key_rule(const struct remote *r, const struct signature_facts *facts)
{
	if (!r->key) {
		if (!facts->present)
			return KEY_NONE;
		return facts->brings_key ? KEY_FIRST_USE : KEY_UNKNOWN;
	}
	if (!facts->present)
		return KEY_MISSING;
	if (facts->names_stored)
		return KEY_STORED;
	return r->next_key && facts->names_next ? KEY_NEXT : KEY_FOREIGN;
}

enum serial_rule remote_serial_rule(const struct remote *r, int64_t serial)
{
	if (!r->has_hash || r->serial < 0 || serial < 0)
		return SERIAL_FINE;
	if (serial < r->serial)
		return SERIAL_OLDER;
	if (serial == r->serial)
		return SERIAL_REUSED;
	return serial - r->serial > SERIAL_JUMP_MIN ? SERIAL_JUMP : SERIAL_FINE;
}

bool remote_is_frozen(const struct remote *r, int64_t now)
{
	return r->refresh > 0 && r->changed && now - r->changed > 2 * DAY * (int64_t)r->refresh;
}

enum move_rule remote_move_rule(const char *location, const char *to, enum key_rule key)
{
	if (!to || str_eq(location, to))
		return MOVE_NOT;
	return key == KEY_STORED || key == KEY_NEXT ? MOVE_REWRITE : MOVE_SAY;
}

bool remote_is_mass_change(size_t before, size_t removed, size_t after)
{
	if (before && !after)
		return true;
	return removed > 20 && removed * 10 > before * 3;
}

int remote_days_unchecked(const struct remote *r, int64_t now)
{
	if (r->state != REMOTE_ACTIVE || now <= r->checked)
		return 0;
	return (int)((now - r->checked) / DAY);
}

/* Storage before verification before the rest by their numbers. */
static int weight(enum err_code code)
{
	return code == ERR_STORAGE ? 101 : code == ERR_VERIFY ? 100 : (int)code;
}

void tally_add(struct tally *t, enum err_code code)
{
	if (code == ERR_NONE)
		t->succeeded++;
	else if (weight(code) > weight(t->worst))
		t->worst = code;
}

enum err_code tally_status(const struct tally *t)
{
	if (t->worst == ERR_NONE || t->worst == ERR_STORAGE || t->worst == ERR_VERIFY)
		return t->worst;
	return t->succeeded ? ERR_PARTLY : t->worst;
}
