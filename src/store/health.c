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

enum err_code store_quick_check(struct store *s, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *flaw;
	enum err_code rc = store_flaw(s, CHECK_QUICK, &arena, &flaw, err);

	if (!rc && flaw)
		rc = store_damaged(s, flaw, err);
	arena_release(&arena);
	return rc;
}

/* Each row of a statement is a problem, its only column the text; "ok" is none. */
static void add_rows(struct store *s, const char *text, const char *advice, struct findings *out)
{
	struct error err = ERROR_INIT;
	struct stmt *q = stmt_new(s, text, false);
	bool more;

	while (!stmt_row(q, &more, &err) && more) {
		const char *row = get_text(q, out->arena);

		if (!str_eq(row, "ok"))
			findings_add(out, row ? row : "", advice);
	}
	if (err.code)
		findings_add(out, err.msg, RESTORE);
	stmt_free(q);
}

/* At most 20: what is behind a damaged page is not worth listing. */
static const char sql_integrity[] = "PRAGMA integrity_check(20)";
static const char sql_references[] =
	"SELECT printf('%d row(s) of %s refer to what %s does not have',count(*),\"table\",parent)"
	" FROM pragma_foreign_key_check GROUP BY \"table\",parent";
static const char sql_log[] = "SELECT printf('%d event(s) of the log are no whole review',count(*))"
			      " FROM event e LEFT JOIN review r ON r.event_id=e.id"
			      " WHERE (e.kind=0)<>(r.event_id IS NOT NULL) HAVING count(*)>0";
static const char sql_machine[] =
	"SELECT 'this machine has no name' WHERE NOT EXISTS"
	"(SELECT 1 FROM setting WHERE key='machine' AND length(value)=32)";

void store_examine(struct store *s, struct findings *out)
{
	struct error err = ERROR_INIT;
	size_t wrong = 0;

	add_rows(s, sql_integrity,
		 "`viva doctor --rebuild` where it is the schedule of a card, else " RESTORE, out);
	add_rows(s, sql_references, RESTORE, out);
	add_rows(s, sql_log, RESTORE, out);
	add_rows(s, sql_machine, RESTORE, out);
	if (store_check_schedules(s, false, &wrong, &err))
		findings_add(out, err.msg, RESTORE);
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
