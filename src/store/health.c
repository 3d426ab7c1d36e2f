#include "store/health.h"

#include "base/str.h"
#include "internal.h"
#include "store/review.h"
#include "store/search.h"

#define RESTORE "`viva restore` brings a copy back"
#define REINDEX "`viva doctor --rebuild` makes it from the cards"

void findings_init(struct findings *p, struct arena *arena)
{
	*p = (struct findings){.arena = arena};
	p->end = &p->first;
}

void findings_add(struct findings *p, const char *what, const char *advice)
{
	struct finding *one = arena_alloc(p->arena, sizeof(*one));

	one->what = arena_str(p->arena, what);
	one->advice = arena_str(p->arena, advice);
	*p->end = one;
	p->end = &one->next;
	p->count++;
}

enum err_code store_flaw(struct store *s, const char *check, struct arena *arena, const char **flaw,
			 struct error *err)
{
	struct stmt *q = stmt_new(s, check, false);
	bool more;
	enum err_code rc = stmt_row(q, &more, err);

	*flaw = !rc && more ? get_text(q, arena) : NULL;
	if (str_eq(*flaw, "ok"))
		*flaw = NULL;
	stmt_free(q);
	return rc;
}

enum err_code store_flawed(struct store *s, const char *flaw, struct error *err)
{
	return error_set(err, ERR_STORAGE,
			 "%s: the database is damaged: %s: `viva doctor` says more", s->path, flaw);
}

enum err_code store_quick_check(struct store *s, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *flaw;
	enum err_code rc;

	store_small_cache(s, true);
	rc = store_flaw(s, CHECK_QUICK, &arena, &flaw, err);
	store_small_cache(s, false);
	if (!rc && flaw)
		rc = store_flawed(s, flaw, err);
	arena_release(&arena);
	return rc;
}

/* What is looked for, and what it says of what it finds: each row is a finding, "ok" is none. */
static const struct look {
	const char *name;
	const char *sql;
	const char *advice;
} looks[] = {
	/* At most 20: what is behind a damaged page is not worth listing. */
	{"the file", "PRAGMA integrity_check(20)",
	 "`viva doctor --rebuild` where it is the schedule of a card, else " RESTORE},
	{"references between tables",
	 "SELECT printf('%d row(s) of %s refer to what %s does not have',count(*),\"table\",parent)"
	 " FROM pragma_foreign_key_check GROUP BY \"table\",parent",
	 RESTORE},
	{"the log",
	 "SELECT printf('%d event(s) of the log are no whole review',count(*))"
	 " FROM event e LEFT JOIN review r ON r.event_id=e.id"
	 " WHERE (e.kind=0)<>(r.event_id IS NOT NULL) HAVING count(*)>0",
	 RESTORE},
	{"the settings",
	 "SELECT 'this machine has no name' WHERE NOT EXISTS"
	 "(SELECT 1 FROM setting WHERE key='machine' AND length(value)=32)",
	 RESTORE},
};

static void look_at(struct store *s, const struct look *look, struct findings *out)
{
	struct error err = ERROR_INIT;
	struct stmt *q = stmt_new(s, look->sql, false);
	const char *last = "ok";
	bool more;

	while (!stmt_row(q, &more, &err) && more) {
		const char *row = get_text(q, out->arena);

		if (row && !str_eq(row, "ok") && !str_eq(row, last))
			findings_add(out, row, look->advice);
		last = row;
	}
	if (err.code)
		findings_add(out,
			     arena_printf(out->arena, "%s cannot be looked through", look->name),
			     RESTORE);
	stmt_free(q);
}

/*
 * For a connection that may only read SQLite does not even parse CHECK constraints. So another one
 * looks, which may write by its flags but not by its setting.
 */
static void look_at_all(struct store *s, struct findings *out)
{
	struct store eyes = {.path = s->path};
	int rc = store_connect(&eyes, SQLITE_OPEN_READWRITE);

	if (!rc)
		rc = store_exec(&eyes, "PRAGMA query_only=ON");
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		look_at(rc ? s : &eyes, &looks[i], out);
	store_disconnect(&eyes);
}

void store_examine(struct store *s, struct findings *out)
{
	struct error err = ERROR_INIT;
	size_t wrong = 0;

	look_at_all(s, out);
	if (store_check_schedules(s, false, &wrong, &err))
		findings_add(out, "the log of reviews cannot be replayed", RESTORE);
	else if (wrong)
		findings_add(out,
			     arena_printf(out->arena,
					  "%zu card(s) have a schedule that is not that of their "
					  "reviews",
					  wrong),
			     "`viva doctor --rebuild` recomputes them from the log");
	if (store_check_search(s, false, &wrong, &err))
		findings_add(out, err.msg, REINDEX);
	else if (wrong)
		findings_add(out,
			     arena_printf(out->arena, "the search index is wrong about %zu card(s)",
					  wrong),
			     REINDEX);
}

static const char sql_cards[] = "SELECT count(*) FROM card WHERE retired=0";
static const char sql_reviews[] = "SELECT count(*) FROM review WHERE voided=0";

static enum err_code count_rows(struct store *s, const char *text, int64_t *out, struct error *err)
{
	struct stmt *q = sql(s, text);
	bool found;

	*out = 0;
	if (stmt_row(q, &found, err))
		return err->code;
	*out = get_int(q);
	stmt_reset(q);
	return ERR_NONE;
}

enum err_code store_tally(struct store *s, struct tally *out, struct error *err)
{
	enum err_code rc = count_rows(s, sql_cards, &out->cards, err);

	return rc ? rc : count_rows(s, sql_reviews, &out->reviews, err);
}
