#include "store/search.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "core/match.h"
#include "words.h"

enum err_code store_searched(struct store *s, int64_t key, struct arena *arena,
			     struct searched *out, struct error *err)
{
	struct stmt *q = sql(s, words_sql);
	enum err_code rc;
	bool found;

	put_int(q, key);
	put_int(q, key);
	if (stmt_row(q, &found, err))
		return err->code;
	if (!found)
		return store_no_card(err);
	rc = words_get(q, arena, out, err);
	stmt_reset(q);
	return rc;
}

static bool has_word(const struct searched *card, const char *word)
{
	for (size_t i = 0; i < card->count; i++)
		if (match_text(card->places[i].text, strlen(card->places[i].text), word))
			return true;
	return false;
}

bool search_matches(const struct searched *card, const struct query *q)
{
	for (size_t i = 0; i < q->count; i++) {
		const struct query_term *t = &q->terms[i];

		if (t->kind == TERM_TEXT && has_word(card, t->text) == t->negated)
			return false;
	}
	return true;
}

/* A string of the index's own language; what is in it has no meaning there. */
static void add_phrase(struct strbuf *out, const char *word)
{
	strbuf_char(out, '"');
	for (; *word; word++) {
		if (*word == '"')
			strbuf_char(out, '"');
		strbuf_char(out, *word);
	}
	strbuf_char(out, '"');
}

bool index_expression(const struct query *query, bool own, struct strbuf *out)
{
	bool any = false;

	for (size_t i = 0; i < query->count; i++) {
		const struct query_term *t = &query->terms[i];

		if (t->kind != TERM_TEXT || t->negated || !match_is_indexed(t->text))
			continue;
		strbuf_str(out, any ? " AND " : own ? "(" : "{question points answer more}:(");
		add_phrase(out, t->text);
		if (match_is_prefix(t->text))
			strbuf_char(out, '*');
		any = true;
	}
	if (any)
		strbuf_char(out, ')');
	return any;
}

struct ranked {
	int64_t key;
	double rank; /* less is better */
};

struct found {
	struct ranked *items;
	size_t count, cap;
};

static const char sql_ranked[] =
	"SELECT e.card_id,bm25(card_search,10.0,4.0,3.0,1.0,2.0)"
	" FROM card_search s JOIN search_entry e ON e.id=s.rowid WHERE s.card_search MATCH ?";

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

/* All that the index finds, best first. */
static enum err_code read_ranked(struct store *s, const char *expression, struct found *f,
				 struct error *err)
{
	struct stmt *q = sql(s, sql_ranked);
	enum err_code rc;
	bool more;

	put_text(q, expression);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct ranked r = {.key = get_int(q)};

		r.rank = get_real(q);
		mem_grow(&f->items, f->count, &f->cap, sizeof(*f->items));
		f->items[f->count++] = r;
	}
	if (f->count)
		qsort(f->items, f->count, sizeof(*f->items), compare_ranked);
	return rc;
}

static int compare_keys(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Keeps what is among the allowed cards, in the order that it has. */
static void keep_allowed(struct found *f, int64_t *allowed, size_t count)
{
	size_t kept = 0;

	if (count)
		qsort(allowed, count, sizeof(*allowed), compare_keys);
	for (size_t i = 0; i < f->count && count; i++)
		if (bsearch(&f->items[i].key, allowed, count, sizeof(*allowed), compare_keys))
			f->items[kept++] = f->items[i];
	f->count = kept;
}

/* The terms of the query that are no words. */
static struct query other_terms(const struct query *q, struct arena *arena)
{
	struct query out = {arena_array(arena, q->count, sizeof(*out.terms)), 0};

	for (size_t i = 0; i < q->count; i++)
		if (q->terms[i].kind != TERM_TEXT)
			out.terms[out.count++] = q->terms[i];
	return out;
}

static bool has_positive_word(const struct query *q)
{
	for (size_t i = 0; i < q->count; i++)
		if (q->terms[i].kind == TERM_TEXT && !q->terms[i].negated)
			return true;
	return false;
}

/* Signs alone are not in the index: then the caller looks at all cards. */
static enum err_code find(struct store *s, const struct query *q, const struct list_rules *rules,
			  struct arena *arena, struct found *f, struct error *err)
{
	struct query others = other_terms(q, arena);
	struct strbuf expression;
	int64_t *allowed = NULL;
	size_t count = 0;
	enum err_code rc = ERR_NONE;
	bool indexed;

	strbuf_init(&expression, INDEX_TEXT_MAX);
	indexed = index_expression(q, true, &expression);
	if (indexed)
		rc = read_ranked(s, expression.buf, f, err);
	if (!rc && (others.count || !indexed))
		rc = list_keys(s, &others, rules, arena, &allowed, &count, err);
	for (size_t i = 0; i < count && !indexed && !rc; i++) {
		mem_grow(&f->items, f->count, &f->cap, sizeof(*f->items));
		f->items[f->count++] = (struct ranked){.key = allowed[i]};
	}
	if (!rc && indexed && others.count)
		keep_allowed(f, allowed, count);
	strbuf_release(&expression);
	return rc;
}

enum err_code store_search(struct store *s, const struct query *q, int today, int repeat_below,
			   struct arena *arena, int64_t **keys, size_t *count, struct error *err)
{
	struct list_rules rules = {today, repeat_below, true};
	struct found f = {0};
	enum err_code rc;

	if (!has_positive_word(q))
		return error_set(err, ERR_USAGE,
				 "a search needs a word; `viva list` takes other terms alone");
	store_read_begin(s);
	rc = find(s, q, &rules, arena, &f, err);
	store_read_end(s);
	*keys = arena_array(arena, f.count, sizeof(**keys));
	for (size_t i = 0; i < f.count; i++)
		(*keys)[i] = f.items[i].key;
	*count = f.count;
	free(f.items);
	return rc;
}
