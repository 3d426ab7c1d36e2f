#include "os/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"

#define MINUTE_MS INT64_C(60000)
#define SET_BACK_MAX_MS (INT64_C(180) * MINUTE_MS) /* no zone sets its clocks back by more */
#define MS_PER_DAY ((int64_t)24 * 60 * 60 * 1000)

/* Wall clock fields that text gave; the calendar day is a number, checked already. */
struct wall_time {
	int day;
	int hour, minute, second, ms;
	bool zoned;
	int offset_minutes; /* east of Greenwich */
};

/* Exactly `digits` digits with a value of at most max; *s moves behind them. */
static bool take_number(const char **s, size_t digits, int max, int *out)
{
	char text[8];

	for (size_t i = 0; i < digits; i++)
		if ((*s)[i] < '0' || (*s)[i] > '9')
			return false;
	memcpy(text, *s, digits);
	text[digits] = '\0';
	*s += digits;
	return str_to_int(text, 0, max, out);
}

static bool take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* One to nine digits of a second's fraction; what is finer than a millisecond is dropped. */
static bool take_fraction(const char **s, int *ms)
{
	int digits = 0;

	for (*ms = 0; **s >= '0' && **s <= '9'; (*s)++, digits++)
		if (digits < 3)
			*ms = *ms * 10 + (**s - '0');
	for (int i = digits; i < 3; i++)
		*ms *= 10;
	return digits >= 1 && digits <= 9;
}

static bool take_zone(const char **s, struct wall_time *w)
{
	bool west = **s == '-';
	int hours, minutes;

	if (**s == '\0')
		return true;
	w->zoned = true;
	if (take_char(s, 'Z'))
		return true;
	if (!take_char(s, west ? '-' : '+') || !take_number(s, 2, 23, &hours) ||
	    !take_char(s, ':') || !take_number(s, 2, 59, &minutes))
		return false;
	w->offset_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
	return true;
}

static bool parse(const char *s, struct wall_time *w)
{
	char date[DAY_TEXT];

	*w = (struct wall_time){.hour = 12};
	if (strlen(s) < DAY_TEXT - 1)
		return false;
	memcpy(date, s, DAY_TEXT - 1);
	date[DAY_TEXT - 1] = '\0';
	if (!day_parse(date, &w->day))
		return false;
	s += DAY_TEXT - 1;
	if (*s == '\0')
		return true;
	if (!take_char(&s, 'T') || !take_number(&s, 2, 23, &w->hour) || !take_char(&s, ':') ||
	    !take_number(&s, 2, 59, &w->minute))
		return false;
	if (take_char(&s, ':')) {
		if (!take_number(&s, 2, 59, &w->second))
			return false;
		if (take_char(&s, '.') && !take_fraction(&s, &w->ms))
			return false;
	}
	return take_zone(&s, w) && *s == '\0';
}

/* What mktime makes of it: a time that the zone leaves out is moved behind the gap. */
static bool local_to_seconds(const struct wall_time *w, int64_t *seconds)
{
	struct tm tm = {.tm_hour = w->hour,
			.tm_min = w->minute,
			.tm_sec = w->second,
			.tm_isdst = -1,
			.tm_wday = -1};
	time_t t;

	day_to_date(w->day, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	t = mktime(&tm);
	*seconds = t;
	/* -1 is a time as well; a failure leaves the fields alone. */
	return t != (time_t)-1 || tm.tm_wday != -1;
}

enum err_code clock_init(struct clock *c, const char *text, struct error *err)
{
	struct wall_time w;
	int64_t seconds = 0;
	bool ok;

	*c = (struct clock){false, 0};
	if (text == NULL || *text == '\0')
		return ERR_NONE;
	ok = parse(text, &w);
	if (ok && w.zoned)
		seconds = (int64_t)w.day * 86400 + w.hour * INT64_C(3600) +
			  (w.minute - w.offset_minutes) * INT64_C(60) + w.second;
	else
		ok = ok && local_to_seconds(&w, &seconds);
	if (!ok)
		return error_set(err, ERR_USAGE,
				 "VIVA_NOW: no time: '%s': write it like 2026-11-20T08:30:00Z",
				 text);
	c->fixed = true;
	c->fixed_ms = seconds * 1000 + w.ms;
	return ERR_NONE;
}

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_now_ms(const struct clock *c)
{
	return c->fixed ? c->fixed_ms : read_clock(CLOCK_REALTIME);
}

int64_t clock_steady_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Whole seconds, rounded down and kept inside the years 1 to 9999 in every zone. */
static time_t to_seconds(int64_t utc_ms)
{
	const int64_t low = (DAY_MIN + 1) * MS_PER_DAY;
	const int64_t high = (DAY_MAX - 1) * MS_PER_DAY;

	if (utc_ms < low)
		utc_ms = low;
	if (utc_ms > high)
		utc_ms = high;
	return (time_t)((utc_ms - low) / 1000 + low / 1000);
}

struct local_time clock_local(int64_t utc_ms)
{
	time_t t = to_seconds(utc_ms);
	struct tm tm;

	/* A traveller may change the zone of the system while the program runs. */
	tzset();
	localtime_r(&t, &tm);
	return (struct local_time){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
				   tm.tm_min};
}

/* Minutes of the wall clock, from the day of the epoch on. */
static int64_t wall_minutes(const struct local_time *t)
{
	return ((int64_t)day_from_date(t->year, t->month, t->day) * 24 + t->hour) * 60 + t->minute;
}

struct local_time clock_local_latest(int64_t utc_ms)
{
	struct local_time latest = clock_local(utc_ms);
	struct local_time before = clock_local(utc_ms - SET_BACK_MAX_MS);

	if (wall_minutes(&latest) - wall_minutes(&before) >= SET_BACK_MAX_MS / MINUTE_MS)
		return latest;
	for (int64_t back = MINUTE_MS; back < SET_BACK_MAX_MS; back += MINUTE_MS) {
		before = clock_local(utc_ms - back);
		if (before.day == latest.day && wall_minutes(&before) > wall_minutes(&latest))
			latest = before;
	}
	return latest;
}

void clock_format_iso(int64_t utc_ms, char out[CLOCK_ISO_TEXT])
{
	time_t t = to_seconds(utc_ms);
	struct tm tm;
	size_t len;

	gmtime_r(&t, &tm);
	len = (size_t)snprintf(out, CLOCK_ISO_TEXT, "%04d", tm.tm_year + 1900);
	strftime(out + len, CLOCK_ISO_TEXT - len, "-%m-%dT%H:%M:%SZ", &tm);
}
