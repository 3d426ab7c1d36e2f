/* What a publisher says of an edition, in the front matter of a deck or in an index. */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "core/day.h"
#include "core/signed.h"
#include "deck/internal.h"

#define URL_MAX 2048
#define REFRESH_MAX 9999 /* days */

/* How many decimal digits s starts with. */
static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* "2026-11-20", or with a time behind 'T'. */
static bool is_time(const char *s)
{
	char date[DAY_TEXT];
	int day;

	if (strlen(s) < sizeof(date) - 1)
		return false;
	memcpy(date, s, sizeof(date) - 1);
	date[sizeof(date) - 1] = '\0';
	s += sizeof(date) - 1;
	if (!day_parse(date, &day))
		return false;
	if (*s == '\0')
		return true;
	return (*s == 'T' || *s == ' ') && digits(s + 1) == 2 &&
	       s[1 + strspn(s + 1, "0123456789:.+-Z")] == '\0';
}

static bool is_promise(const char *s)
{
	size_t n = digits(s);

	return n > 0 && n < 5 && s[0] != '0' && strcmp(s + n, "d") == 0;
}

static bool is_https(const char *s)
{
	const char *host = s + strlen("https://");

	if (!str_starts(s, "https://") || strlen(s) > URL_MAX)
		return false;
	for (const char *c = s; *c; c++) {
		if (*c <= ' ' || *c >= 0x7f || *c == '\\')
			return false;
	}
	size_t len = strcspn(host, "/?#");
	return len > 0 && !memchr(host, '@', len);
}

static void read_serial(const struct source *src, const struct entry *e, struct publisher *out)
{
	const char *s = value_line(src, e);

	if (s && !signed_serial(s, strlen(s), &out->serial))
		source_error(src, e->values[0].at,
			     "serial '%s' is no number from 0 to 10^15 without sign and "
			     "leading zeros",
			     source_quote(src, s));
}

static void read_refresh(const struct source *src, const struct entry *e, struct publisher *out)
{
	const char *s = value_checked(src, e, is_promise, "is no number of days: write 30d");

	if (s)
		str_to_int(arena_bytes(src->arena, s, digits(s)), 1, REFRESH_MAX, &out->refresh);
}

bool publisher_read(const struct source *src, const struct entry *e, struct publisher *out)
{
	if (str_eq(e->key, "serial"))
		read_serial(src, e, out);
	else if (str_eq(e->key, "updated"))
		out->updated = value_checked(src, e, is_time,
					     "is no date: write 2026-11-20 or "
					     "2026-11-20T08:30:00Z");
	else if (str_eq(e->key, "refresh"))
		read_refresh(src, e, out);
	else if (str_eq(e->key, "next-key"))
		out->next_key = value_checked(src, e, signed_is_key,
					      "is no minisign public key: 56 characters that "
					      "start with RW");
	else if (str_eq(e->key, "moved-to"))
		out->moved_to = value_checked(src, e, is_https, "is no https:// address");
	else
		return false;
	return true;
}

void publisher_print(const struct publisher *p, struct strbuf *out)
{
	if (p->serial >= 0)
		strbuf_printf(out, "serial: %" PRId64 "\n", p->serial);
	if (p->updated)
		yaml_line(out, "updated", p->updated);
	if (p->refresh)
		strbuf_printf(out, "refresh: %dd\n", p->refresh);
	if (p->next_key)
		strbuf_printf(out, "next-key: %s\n", p->next_key);
	if (p->moved_to)
		yaml_line(out, "moved-to", p->moved_to);
}
