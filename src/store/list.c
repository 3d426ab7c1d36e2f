#include <stdlib.h>

#include "base/mem.h"
#include "where.h"

#define EXPRESSION_MAX ((size_t)1 << 20)

static bool matches(const struct schedule *schedule, bool retired, const struct where *w)
{
	for (size_t i = 0; i < w->query->count; i++) {
		const struct query_term *t = &w->query->terms[i];
		bool holds;

		if (!where_is_derived(t))
			continue;
		if (t->kind == TERM_LEECH)
			holds = schedule_is_leech(schedule);
		else
			holds = (int)schedule_state(schedule, retired, w->rules->today,
						    w->rules->repeat_below) == t->value;
		if (holds == t->negated)
			return false;
	}
	return true;
}

struct listed {
	int64_t position, key;
};

static int compare_listed(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static enum err_code read_keys(struct stmt *q, const struct where *w, struct arena *arena,
			       int64_t **keys, size_t *count, struct error *err)
{
	struct listed *list = NULL;
	size_t n = 0, cap = 0;
	enum err_code rc;
	bool more;

	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct listed card = {.key = get_int(q)};
		struct schedule schedule;
		bool retired;

		card.position = get_int(q);
		retired = get_bool(q);
		schedule = get_schedule(q);
		if (!matches(&schedule, retired, w))
			continue;
		mem_grow(&list, n, &cap, sizeof(*list));
		list[n++] = card;
	}
	if (!rc && q->damaged)
		rc = store_unsound(q->store, err);
	if (n)
		qsort(list, n, sizeof(*list), compare_listed);
	*keys = arena_array(arena, n, sizeof(**keys));
	for (size_t i = 0; i < n; i++)
		(*keys)[i] = list[i].key;
	*count = n;
	free(list);
	return rc;
}

enum err_code list_keys(struct store *s, const struct query *q, const struct list_rules *rules,
			struct arena *arena, int64_t **keys, size_t *count, struct error *err)
{
	struct where w = {.query = q, .rules = rules};
	struct strbuf expression;
	struct stmt *st;
	enum err_code rc = where_functions(s, err);
	bool indexed;

	*count = 0;
	if (rc)
		return rc;
	strbuf_init(&expression, EXPRESSION_MAX);
	store_read_begin(s);
	indexed = index_expression(q, false, &expression) && index_mark(s) > 0;
	where_build(&w, indexed ? expression.buf : NULL);
	st = stmt_new(s, w.sql.buf, false);
	where_bind(st, &w);
	rc = read_keys(st, &w, arena, keys, count, err);
	stmt_free(st);
	store_read_end(s);
	strbuf_release(&expression);
	where_release(&w);
	return rc;
}

enum err_code store_list_keys(struct store *s, const struct query *q, int today, int repeat_below,
			      struct arena *arena, int64_t **keys, size_t *count, struct error *err)
{
	struct list_rules rules = {today, repeat_below, false};

	return list_keys(s, q, &rules, arena, keys, count, err);
}

enum err_code store_list_cards(struct store *s, const struct query *q, int today, int repeat_below,
			       struct arena *arena, struct card_info **out, size_t *count,
			       struct error *err)
{
	struct arena keys_arena = ARENA_INIT;
	struct places places;
	int64_t *keys;
	size_t n = 0;
	enum err_code rc;

	*count = 0;
	store_read_begin(s);
	rc = store_list_keys(s, q, today, repeat_below, &keys_arena, &keys, &n, err);
	if (!rc)
		rc = places_load(s, arena, &places, err);
	*out = arena_array(arena, n, sizeof(**out));
	for (size_t i = 0; i < n && !rc; i++) {
		rc = info_load(s, keys[i], &places, arena, &(*out)[i], err);
		*count += !rc;
	}
	store_read_end(s);
	arena_release(&keys_arena);
	return rc;
}
