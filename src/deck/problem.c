#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "deck/internal.h"
#include "deck/problem.h"

void problems_init(struct problems *p, struct arena *arena)
{
	memset(p, 0, sizeof(*p));
	p->arena = arena;
}

/* An error that finds its file's share full takes the place of its newest warning, if any. */
static struct problem *place_for_error(struct problems *p)
{
	for (size_t i = p->count; i-- > p->file_start;)
		if (p->items[i].severity == SEVERITY_WARNING && !p->items[i].last)
			return &p->items[i];
	return NULL;
}

static struct problem *append(struct problems *p)
{
	p->items = arena_room(p->arena, p->items, p->count, &p->cap, sizeof(*p->items));
	return &p->items[p->count++];
}

static struct problem *place_for(struct problems *p, const char *file, enum severity severity)
{
	size_t of_file;

	if (!p->count || !str_eq(p->items[p->count - 1].file, file))
		p->file_start = p->count;
	of_file = p->count - p->file_start;
	if (of_file < PROBLEMS_MAX)
		return append(p);
	if (of_file == PROBLEMS_MAX) {
		struct problem before = p->items[p->count - 1];

		before.severity = SEVERITY_WARNING;
		before.message = "there are more problems: mend these first";
		before.last = true;
		*append(p) = before;
	}
	return severity == SEVERITY_ERROR ? place_for_error(p) : NULL;
}

void problems_add(struct problems *p, const char *file, int line, int column,
		  enum severity severity, const char *fmt, ...)
{
	struct problem *item = place_for(p, file, severity);
	char text[1024];
	va_list ap;

	if (severity == SEVERITY_ERROR)
		p->errors++;
	else
		p->warnings++;
	if (!item)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*item = (struct problem){file, line, column, severity, arena_str(p->arena, text), false};
}

static int compare(const void *a, const void *b)
{
	const struct problem *x = *(const struct problem *const *)a;
	const struct problem *y = *(const struct problem *const *)b;
	int by_file = strcmp(x->file, y->file);

	if (by_file != 0)
		return by_file;
	if (x->last != y->last)
		return x->last ? 1 : -1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return x < y ? -1 : x > y; /* as they came */
}

void problems_too_large(struct problems *p, const char *file, size_t max)
{
	problems_add(p, file, 1, 1, SEVERITY_ERROR, "file is larger than %zu MiB: split it",
		     max >> 20);
}

void problems_sort(struct problems *p)
{
	size_t count = p->count;

	if (count < 2)
		return;

	const struct problem **order = arena_array(p->arena, count, sizeof(*order));
	struct problem *sorted = arena_array(p->arena, count, sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		order[i] = &p->items[i];
	qsort(order, count, sizeof(*order), compare);
	for (size_t i = 0; i < count; i++)
		sorted[i] = *order[i];
	memcpy(p->items, sorted, count * sizeof(*sorted));
}

enum err_code problems_error(const struct problems *p, struct error *err)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct problem *item = &p->items[i];
		if (item->severity != SEVERITY_ERROR)
			continue;
		if (p->errors == 1)
			return error_set(err, ERR_FORMAT, "%s:%d:%d: %s", item->file, item->line,
					 item->column, item->message);
		return error_set(err, ERR_FORMAT, "%s:%d:%d: %s (and %zu more)", item->file,
				 item->line, item->column, item->message, p->errors - 1);
	}
	return ERR_NONE;
}
