#include "where.h"

#include <string.h>

#include "core/match.h"

#define SQL_MAX 90000

/* The place of a value in the statement, from 1. */
static int add_param(struct where *w, const char *text, int64_t number)
{
	w->params[w->count] = (struct param){text, number};
	return ++w->count;
}

/* viva_has(word, text...): whether one of the texts has the word. */
static void sql_has(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const char *word = (const char *)sqlite3_value_text(argv[0]);
	bool found = false;

	for (int i = 1; i < argc && word && *word && !found; i++) {
		const char *text = (const char *)sqlite3_value_text(argv[i]);

		found = text && match_text(text, (size_t)sqlite3_value_bytes(argv[i]), word);
	}
	sqlite3_result_int(ctx, found);
}

/* viva_lists(item, list): whether the list, each item with a line end behind it, has the item. */
static void sql_lists(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const char *item = (const char *)sqlite3_value_text(argv[0]);
	const char *at = (const char *)sqlite3_value_text(argv[1]);
	size_t len = (size_t)sqlite3_value_bytes(argv[0]);
	bool found = false;

	(void)argc;
	while (item && at && *at && !found) {
		size_t n = strcspn(at, "\n");

		found = n == len && memcmp(at, item, len) == 0;
		at += n + (at[n] != '\0');
	}
	sqlite3_result_int(ctx, found);
}

enum err_code where_functions(struct store *s, struct error *err)
{
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
	int rc = sqlite3_create_function(s->db, "viva_has", -1, flags, NULL, sql_has, NULL, NULL);

	if (!rc)
		rc = sqlite3_create_function(s->db, "viva_lists", 2, flags, NULL, sql_lists, NULL,
					     NULL);
	return rc ? store_fail(s, rc, err) : ERR_NONE;
}

static void add_has(struct strbuf *sql, int word, bool overlaid)
{
	strbuf_printf(sql, "viva_has(?%d,d.name||'/'||c.name,c.tags", word);
	for (int i = 0; i < SECTION_COUNT; i++) {
		if (overlaid)
			strbuf_printf(sql,
				      ",coalesce((SELECT x.text FROM overlay x WHERE"
				      " x.card_id=c.id AND x.section=%d),t.%s)",
				      i, section_name((enum section)i));
		else
			strbuf_printf(sql, ",t.%s", section_name((enum section)i));
	}
	strbuf_char(sql, ')');
}

static void add_word(struct where *w, const struct query_term *t)
{
	int word = add_param(w, t->text, 0);

	strbuf_str(&w->sql, "CASE WHEN EXISTS(SELECT 1 FROM overlay x WHERE x.card_id=c.id) THEN ");
	add_has(&w->sql, word, true);
	strbuf_str(&w->sql, " ELSE ");
	add_has(&w->sql, word, false);
	strbuf_str(&w->sql, " END");
}

static void add_range(struct where *w, const char *column, int64_t low, int64_t high)
{
	int first = add_param(w, NULL, low), second = add_param(w, NULL, high);

	strbuf_printf(&w->sql, "%s BETWEEN ?%d AND ?%d", column, first, second);
}

static void add_equal(struct where *w, const char *column, int value)
{
	strbuf_printf(&w->sql, "%s=?%d", column, add_param(w, NULL, value));
}

static void add_listed(struct where *w, const char *column, const char *item)
{
	strbuf_printf(&w->sql, "viva_lists(?%d,%s)", add_param(w, item, 0), column);
}

static void add_card(struct where *w, const char *name)
{
	int n = add_param(w, name, 0);

	strbuf_printf(&w->sql,
		      "c.id IN (SELECT x.id FROM deck y JOIN card x ON x.deck_id=y.id"
		      " AND x.name=substr(?%d,instr(?%d,'/')+1)"
		      " WHERE y.name=substr(?%d,1,instr(?%d,'/')-1))",
		      n, n, n, n);
}

/* A term that SQL decides. */
static void add_condition(struct where *w, const struct query_term *t)
{
	switch (t->kind) {
	case TERM_DECK:
		strbuf_printf(&w->sql, "c.deck_id IN (SELECT id FROM deck WHERE name=?%d)",
			      add_param(w, t->text, 0));
		break;
	case TERM_CARD:
		add_card(w, t->text);
		break;
	case TERM_TAG:
		add_listed(w, "c.tags", t->text);
		break;
	case TERM_SET:
		add_listed(w, "c.sets", t->text);
		break;
	case TERM_LEVEL:
		add_equal(w, "c.level", t->value);
		break;
	case TERM_TIER:
		add_equal(w, "c.tier", t->value);
		break;
	case TERM_KIND:
		add_equal(w, "c.kind", t->value);
		break;
	case TERM_AIM:
		add_equal(w, "c.aim", t->value);
		break;
	case TERM_COMPETENCY:
		add_equal(w, "c.competency", t->value);
		break;
	case TERM_FLAGGED:
		strbuf_str(&w->sql, "c.flagged");
		break;
	case TERM_EF:
		add_range(w, "c.ef", t->low, t->high);
		break;
	case TERM_LAPSES:
		add_range(w, "c.lapses", t->low, t->high);
		break;
	case TERM_REVIEWS:
		add_range(w, "c.reviews", t->low, t->high);
		break;
	case TERM_DUE:
		strbuf_str(&w->sql, "(c.ask IS NOT NULL AND ");
		add_range(w, "c.ask", (int64_t)w->rules->today + t->low,
			  (int64_t)w->rules->today + t->high);
		strbuf_char(&w->sql, ')');
		break;
	case TERM_TEXT:
		add_word(w, t);
		break;
	case TERM_STATE:
	case TERM_LEECH:
		break;
	}
}

/* What every card has of which schedule_state() or schedule_is_leech() says so. */
static void add_necessary(struct where *w, const struct query_term *t)
{
	int today = w->rules->today;

	if (t->kind == TERM_LEECH) {
		strbuf_printf(&w->sql, " AND c.lapses>=%d", LEECH_LAPSES);
		return;
	}
	switch ((enum card_state)t->value) {
	case STATE_NEW:
		strbuf_str(&w->sql, " AND c.due IS NULL AND c.suspended=0 AND c.retired=0");
		break;
	case STATE_DUE:
		strbuf_printf(&w->sql,
			      " AND c.suspended=0 AND c.retired=0 AND c.ask IS NOT NULL"
			      " AND c.ask<=?%d",
			      add_param(w, NULL, today));
		break;
	case STATE_AGAIN:
		strbuf_printf(&w->sql, " AND c.last_day=?%d", add_param(w, NULL, today));
		break;
	case STATE_SCHEDULED:
		strbuf_printf(&w->sql,
			      " AND c.suspended=0 AND c.retired=0 AND c.ask IS NOT NULL"
			      " AND c.ask>?%d",
			      add_param(w, NULL, today));
		break;
	case STATE_SUSPENDED:
		strbuf_str(&w->sql, " AND c.suspended=1");
		break;
	case STATE_BURIED:
		strbuf_printf(&w->sql, " AND c.buried=?%d", add_param(w, NULL, today));
		break;
	case STATE_RETIRED:
		strbuf_str(&w->sql, " AND c.retired=1");
		break;
	}
}

bool where_is_derived(const struct query_term *t)
{
	return t->kind == TERM_STATE || t->kind == TERM_LEECH;
}

/* Retired cards are listed only where they are asked for. */
static bool wants_retired(const struct query *q)
{
	for (size_t i = 0; i < q->count; i++) {
		const struct query_term *t = &q->terms[i];

		if (!t->negated &&
		    (t->kind == TERM_CARD || (t->kind == TERM_STATE && t->value == STATE_RETIRED)))
			return true;
	}
	return false;
}

/* Words are looked for in what is left, because that costs most: they come last. */
static void add_terms(struct where *w, bool words)
{
	for (size_t i = 0; i < w->query->count; i++) {
		const struct query_term *t = &w->query->terms[i];

		if ((t->kind == TERM_TEXT) != words)
			continue;
		if (where_is_derived(t)) {
			if (!t->negated)
				add_necessary(w, t);
			continue;
		}
		strbuf_str(&w->sql, t->negated ? " AND NOT " : " AND ");
		add_condition(w, t);
	}
}

static bool has_words(const struct query *q)
{
	for (size_t i = 0; i < q->count; i++)
		if (q->terms[i].kind == TERM_TEXT)
			return true;
	return false;
}

void where_build(struct where *w, const char *expression)
{
	strbuf_init(&w->sql, SQL_MAX);
	strbuf_str(&w->sql, "SELECT c.id,c.position,c.retired," SCHEDULE_COLUMNS " FROM card c");
	if (has_words(w->query))
		strbuf_str(&w->sql, " JOIN deck d ON d.id=c.deck_id"
				    " JOIN card_text t ON t.card_id=c.id");
	strbuf_str(&w->sql, " WHERE ");
	strbuf_str(&w->sql, w->rules->retired || wants_retired(w->query) ? "1" : "c.retired=0");
	add_terms(w, false);
	if (expression)
		strbuf_printf(
			&w->sql,
			" AND c.id IN (SELECT e.card_id FROM card_search s"
			" JOIN search_entry e ON e.id=s.rowid"
			" WHERE s.card_search MATCH ?%d UNION ALL SELECT card_id FROM search_todo"
			" UNION ALL SELECT id FROM card WHERE id>" INDEX_MARK ")",
			add_param(w, expression, 0));
	add_terms(w, true);
}

void where_bind(struct stmt *q, const struct where *w)
{
	for (int i = 0; i < w->count; i++) {
		if (w->params[i].text)
			put_text(q, w->params[i].text);
		else
			put_int(q, w->params[i].number);
	}
}

void where_release(struct where *w)
{
	strbuf_release(&w->sql);
}
