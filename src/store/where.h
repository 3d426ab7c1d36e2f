/*
 * A query as a statement that finds cards, for list.c. What schedule_state() and
 * schedule_is_leech() know is decided in C, row by row, so that there is one definition of it; SQL
 * only says what has to hold besides, so that few rows are read.
 */
#ifndef STORE_WHERE_H
#define STORE_WHERE_H

#include "internal.h"

struct param {
	const char *text; /* NULL: the number */
	int64_t number;
};

#define PARAMS_MAX (3 * QUERY_TERMS_MAX + 1)

struct where {
	const struct query *query;
	const struct list_rules *rules;
	struct strbuf sql;
	struct param params[PARAMS_MAX];
	int count;
};

/* The functions that the statement calls; once a connection. */
enum err_code where_functions(struct store *s, struct error *err);

/*
 * Makes the statement: rows of id, position, retired and SCHEDULE_COLUMNS. expression: of the
 * search index, which spares reading all texts; NULL where it cannot help.
 */
void where_build(struct where *w, const char *expression);
void where_bind(struct stmt *q, const struct where *w);
void where_release(struct where *w);

/* Whether a term is left to the core. */
bool where_is_derived(const struct query_term *t);

#endif
