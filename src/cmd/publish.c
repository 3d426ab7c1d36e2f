#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/collect.h"
#include "cmd/secret.h"
#include "cmd/site.h"
#include "cmd/view.h"
#include "core/day.h"
#include "deck/edition.h"

#define NONE "none" /* as an option's value: what the edition before had is dropped */

/* One run of the command. */
struct publish {
	struct app *app;
	const struct args *args;
	struct arena arena;
	struct collection decks;
	bool sign;
	struct secret_key key;
	char public[KEY_TEXT_SIZE + 1];
	struct site site;
	struct index next;
};

/* The option, else what the edition before has; NULL for "none". */
static const char *option_or(const struct publish *p, const char *name, const char *before)
{
	const char *value = args_option(p->args, name);

	if (!value)
		return before;
	return str_eq(value, NONE) ? NULL : value;
}

static enum err_code take_refresh(struct publish *p, struct error *err)
{
	const char *value = args_option(p->args, "refresh");
	struct publisher *out = &p->next.publisher;
	size_t digits;

	out->refresh = p->site.before.publisher.refresh;
	if (!value)
		return ERR_NONE;
	out->refresh = 0;
	digits = strspn(value, "0123456789");
	if (!str_eq(value, NONE) &&
	    (!str_eq(value + digits, "d") ||
	     !str_to_int(arena_bytes(&p->arena, value, digits), 1, 9999, &out->refresh)))
		return error_set(err, ERR_USAGE, "--refresh '%s' is no number of days: write 30d",
				 value);
	return ERR_NONE;
}

static enum err_code take_serial(struct publish *p, struct error *err)
{
	const char *value = args_option(p->args, "serial");
	int64_t before = p->site.published ? p->site.before.publisher.serial : 0;
	int64_t *out = &p->next.publisher.serial;

	*out = before < 0 ? 1 : before + 1;
	if (!value)
		return ERR_NONE;
	if (!signed_serial(value, strlen(value), out))
		return error_set(err, ERR_USAGE, "--serial '%s' is no number up to 10^15", value);
	if (*out <= before)
		return error_set(err, ERR_USAGE,
				 "--serial %s is not above %" PRId64 ", the serial of %s", value,
				 before, p->site.index_path);
	return ERR_NONE;
}

/* The key that is announced: not any more by the edition that it signs itself. */
static enum err_code take_next_key(struct publish *p, struct error *err)
{
	const char *value = args_option(p->args, "next-key");
	const char **out = &p->next.publisher.next_key;

	if (value && !str_eq(value, NONE) && !signed_is_key(value))
		return error_set(err, ERR_USAGE,
				 "--next-key '%s' is no minisign public key: 56 characters that "
				 "start with RW",
				 value);
	*out = option_or(p, "next-key", p->site.before.publisher.next_key);
	if (*out && str_eq(*out, p->public))
		*out = NULL;
	if (*out && !p->sign)
		return error_set(err, ERR_USAGE,
				 "--next-key counts in a signed edition only: give --key FILE");
	return ERR_NONE;
}

/* The folder's own name where neither option nor edition before has a title. */
static const char *title_of(struct publish *p, struct error *err)
{
	const char *title = option_or(p, "title", p->site.before.title), *path, *slash;

	if (title)
		return title;
	path = file_real_path(p->args->words[0], &p->arena, err);
	slash = path ? strrchr(path, '/') : NULL;
	return slash && slash[1] ? slash + 1 : path;
}

static enum err_code make_index(struct publish *p, struct error *err)
{
	char now[CLOCK_ISO_TEXT];
	enum err_code rc = take_serial(p, err);

	if (!rc)
		rc = take_refresh(p, err);
	if (!rc)
		rc = take_next_key(p, err);
	if (rc)
		return rc;
	p->next.title = title_of(p, err);
	if (!p->next.title)
		return err->code;
	clock_format_iso(app_now(p->app), now);
	p->next.publisher.updated = arena_str(&p->arena, now);
	p->next.publisher.moved_to = option_or(p, "moved-to", p->site.before.publisher.moved_to);
	p->next.decks = p->decks.entries;
	p->next.count = p->decks.count;
	edition_keep(&p->site.before, &p->next, &p->arena);
	return ERR_NONE;
}

/* The index as text, read back as a subscriber would: what he would refuse is not published. */
static enum err_code print_index(struct publish *p, struct strbuf *text, struct error *err)
{
	const int64_t now = app_now(p->app) / 1000;
	struct problems problems;
	struct index same;

	index_print(&p->next, text);
	problems_init(&problems, &p->arena);
	if (text->full ||
	    !index_parse(text->buf, text->len, SITE_INDEX, &p->arena, &same, &problems)) {
		if (text->full)
			return error_set(err, ERR_FORMAT, "the index would pass 1 MiB");
		problems_error(&problems, err);
		return error_prefix(err, "nothing was published: ");
	}
	if (p->sign)
		signature_sign(&p->key, SIGNED_INDEX, p->next.publisher.serial, now, text);
	return ERR_NONE;
}

/* Whether subscribers were promised a new edition by about now: half of the time has passed. */
static bool is_due(const struct publish *p)
{
	const struct publisher *before = &p->site.before.publisher;
	const int today = (int)(app_now(p->app) / 86400000);
	char date[DAY_TEXT];
	int day;

	if (!before->refresh || !before->updated)
		return false;
	snprintf(date, sizeof(date), "%s", before->updated);
	return day_parse(date, &day) && 2 * (today - day) >= before->refresh;
}

static const struct index_deck *find_deck(const struct index *index, const char *id)
{
	for (size_t i = 0; i < index->count; i++) {
		if (str_eq(index->decks[i].id, id))
			return &index->decks[i];
	}
	return NULL;
}

static void report_deck(struct out *o, const char *what, const char *id, const char *more)
{
	out_printf(o, STYLE_NORMAL, "%-9s ", what);
	out_printf(o, STYLE_STRONG, "%s", id);
	out_printf(o, STYLE_FAINT, "%s\n", more);
}

static void report_changes(const struct publish *p)
{
	const struct index *before = &p->site.before, *next = &p->next;
	struct out *o = p->app->out;
	size_t same = 0;
	char more[80];

	for (size_t i = 0; i < next->count; i++) {
		const struct index_deck *d = &next->decks[i], *old = find_deck(before, d->id);

		snprintf(more, sizeof(more), " (%d card%s)", d->cards,
			 view_plural((size_t)d->cards));
		if (!old)
			report_deck(o, "new", d->id, more);
		else if (memcmp(&old->hash, &d->hash, sizeof(d->hash)) == 0)
			same++;
		else
			report_deck(o, "changed", d->id, more);
	}
	for (size_t i = 0; i < before->count; i++)
		if (!find_deck(next, before->decks[i].id))
			report_deck(o, "removed", before->decks[i].id, "");
	if (same)
		out_printf(o, STYLE_NORMAL, "unchanged %zu deck%s\n", same, view_plural(same));
}

/* What readers type. The key behind '#' is never sent: it pins the source from the first fetch. */
static void report_link(const struct publish *p)
{
	const char *url = args_option(p->args, "url");
	struct out *o = p->app->out;
	size_t len;

	if (!url) {
		out_text(o, STYLE_NORMAL, "Readers subscribe with the address it is served at:\n");
		url = "https://SERVER/FOLDER";
	} else {
		out_text(o, STYLE_NORMAL, "Readers subscribe with:\n");
	}
	len = strlen(url);
	if (len > strlen(SITE_INDEX) && str_eq(url + len - strlen(SITE_INDEX) - 1, "/" SITE_INDEX))
		len -= strlen(SITE_INDEX);
	while (len > 0 && url[len - 1] == '/')
		len--;
	out_printf(o, STYLE_CODE, "  viva subscribe '%.*s/" SITE_INDEX "%s%s'\n", (int)len, url,
		   p->sign ? "#key=" : "", p->sign ? p->public : "");
}

static void report(const struct publish *p)
{
	const struct index *next = &p->next;
	struct out *o = p->app->out;
	char id[KEY_ID_SIZE + 1];

	report_changes(p);
	out_printf(o, STYLE_NORMAL, "%s: serial %" PRId64 ", %zu deck%s, %zu card%s, ",
		   p->site.index_path, next->publisher.serial, next->count,
		   view_plural(next->count), p->decks.cards, view_plural(p->decks.cards));
	if (p->sign) {
		key_id(p->public, id);
		out_printf(o, STYLE_NORMAL, "signed by key %s.\n", id);
	} else {
		out_text(o, STYLE_NORMAL, "not signed.\n");
	}
	report_link(p);
}

static enum err_code put_decks(struct publish *p, size_t *written, struct error *err)
{
	enum err_code rc = ERR_NONE;

	*written = 0;
	for (size_t i = 0; !rc && i < p->decks.count; i++) {
		bool now = false;

		rc = site_put(&p->site, &p->decks.entries[i], p->decks.contents[i], &now, err);
		*written += now;
	}
	return rc;
}

/* Nothing for subscribers to fetch: files that had gone from the site are back, that is all. */
static void report_unchanged(const struct publish *p, size_t written)
{
	struct out *o = p->app->out;

	if (written)
		out_printf(o, STYLE_NORMAL, "%zu missing or damaged file%s written again. ",
			   written, view_plural(written));
	out_printf(o, STYLE_NORMAL,
		   "Nothing has changed since serial %" PRId64 " (--force publishes it anew).\n",
		   p->site.before.publisher.serial);
}

static bool is_unchanged(const struct publish *p)
{
	char id[KEY_ID_SIZE + 1] = "";

	if (!p->site.published || args_option(p->args, "force") || args_option(p->args, "serial"))
		return false;
	if (p->sign)
		key_id(p->public, id);
	if (p->sign != p->site.signature.present || (p->sign && !str_eq(id, p->site.signature.id)))
		return false;
	return edition_same(&p->site.before, &p->next) && !is_due(p);
}

static enum err_code publish(struct publish *p, struct error *err)
{
	struct strbuf text;
	size_t written;
	enum err_code rc = site_check_key(&p->site, p->sign ? p->public : NULL, err);

	strbuf_init(&text, INDEX_SIZE_MAX + SIGNATURE_BLOCK_MAX);
	if (!rc)
		rc = make_index(p, err);
	if (!rc)
		rc = print_index(p, &text, err);
	if (!rc)
		rc = put_decks(p, &written, err);
	if (!rc && is_unchanged(p)) {
		report_unchanged(p, written);
	} else if (!rc) {
		rc = site_finish(&p->site, &p->next, &text, err);
		if (!rc)
			report(p);
	}
	strbuf_release(&text);
	return rc;
}

static enum err_code check_url(const char *url, struct error *err)
{
	const char *host = url ? strstr(url, "://") : NULL;

	if (!url)
		return ERR_NONE;
	if ((!str_starts(url, "https://") && !str_starts(url, "http://")) || !host[3] ||
	    url[strcspn(url, "#?'\" \t\r\n")])
		return error_set(err, ERR_USAGE,
				 "--url '%s' is no address of a folder: write https://...", url);
	return ERR_NONE;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct publish p = {.app = app, .args = args, .site = SITE_CLOSED};
	const char *out = args_option(args, "out"), *key = args_option(args, "key");
	enum err_code rc;

	if (!out || !*out)
		return error_set(err, ERR_USAGE, "--out says where: the folder that is served");
	rc = check_url(args_option(args, "url"), err);
	if (!rc)
		rc = collect_decks(app, args->words[0], &p.arena, &p.decks, err);
	if (!rc && key) {
		rc = secret_open(app, key, &p.key, err);
		p.sign = !rc;
		if (p.sign)
			secret_key_public(&p.key, p.public);
	}
	if (!rc)
		rc = site_open(&p.site, out, &p.arena, err);
	if (!rc)
		rc = publish(&p, err);
	site_close(&p.site);
	secret_key_wipe(&p.key);
	arena_release(&p.arena);
	return rc;
}

const struct cmd cmd_publish = {
	.name = "publish",
	.usage = "FOLDER --out SITE [--key FILE] [--url URL] [--title TEXT] [--refresh DAYS] "
		 "[--next-key PUBKEY] [--moved-to URL] [--serial N] [--force]",
	.summary = "make a folder of decks into a site that others subscribe to",
	.help = "Checks the decks in FOLDER and writes them below SITE, with an `index.yaml` that "
		"lists them; any web server can serve SITE as it is. Each run with changes is a "
		"new edition. Title, --refresh, --next-key and --moved-to stay as the edition "
		"before has them; `none` drops them. `viva help sharing` has the recipes: "
		"signing, rotating a key, moving, a single deck.",
	.options = {{"out", "SITE", "the folder that is served; made when missing"},
		    {"key", "FILE", "sign with this secret key of minisign"},
		    {"url", "URL", "the address of SITE, for the link that is printed"},
		    {"title", "TEXT", "what the collection is called"},
		    {"refresh", "DAYS", "promise a new edition at least that often: 30d"},
		    {"next-key", "PUBKEY", "announce the public key that will sign later on"},
		    {"moved-to", "URL", "announce another address of the index"},
		    {"serial", "N", "number of this edition, where it cannot follow on"},
		    {"force", NULL, "publish a new edition although nothing has changed"}},
	.words_min = 1,
	.words_max = 1,
	.run = run,
};
