#include "core/diff.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BLANKS " \t\r\n"

struct word {
	const char *start;
	size_t len;   /* of the word */
	size_t whole; /* with the blanks behind it */
};

struct words {
	struct word *items;
	size_t count;
};

static struct words split(const char *s, struct arena *arena)
{
	struct words w = {0};
	size_t room = strlen(s) / 2 + 1;

	w.items = arena_array(arena, room, sizeof(*w.items));
	for (s += strspn(s, BLANKS); *s;) {
		size_t len = strcspn(s, BLANKS);
		size_t whole = len + strspn(s + len, BLANKS);

		w.items[w.count++] = (struct word){s, len, whole};
		s += whole;
	}
	return w;
}

static bool equal(const struct word *a, const struct word *b)
{
	return a->len == b->len && memcmp(a->start, b->start, a->len) == 0;
}

static void add(struct diff *d, enum diff_kind kind, const struct word *w)
{
	struct diff_run *last = d->count ? &d->runs[d->count - 1] : NULL;

	if (last && last->kind == kind) {
		last->len = (size_t)(w->start - last->text) + w->whole;
		last->words++;
	} else {
		assert(d->runs);
		d->runs[d->count++] = (struct diff_run){kind, w->start, w->whole, 1};
	}
}

static void add_all(struct diff *d, enum diff_kind kind, const struct word *w, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(d, kind, &w[i]);
}

/*
 * Longest common subsequence of the two, by the table of its lengths from each pair of places on.
 * Between two common words what is old goes before what is new.
 */
static void compare(struct diff *d, const struct word *a, size_t n, const struct word *b, size_t m)
{
	size_t width = m + 1, i, j, old = 0, new = 0;
	uint32_t *best = mem_array((n + 1) * width, sizeof(*best));

	for (i = n; i-- > 0;) {
		for (j = m; j-- > 0;) {
			uint32_t down = best[(i + 1) * width + j], right = best[i * width + j + 1];

			if (equal(&a[i], &b[j]))
				best[i * width + j] = best[(i + 1) * width + j + 1] + 1;
			else
				best[i * width + j] = down > right ? down : right;
		}
	}
	for (i = j = 0; i < n && j < m;) {
		if (equal(&a[i], &b[j])) {
			add_all(d, DIFF_OLD, a + old, i - old);
			add_all(d, DIFF_NEW, b + new, j - new);
			add(d, DIFF_SAME, &b[j]);
			old = ++i;
			new = ++j;
		} else if (best[(i + 1) * width + j] >= best[i * width + j + 1]) {
			i++;
		} else {
			j++;
		}
	}
	add_all(d, DIFF_OLD, a + old, n - old);
	add_all(d, DIFF_NEW, b + new, m - new);
	free(best);
}

struct diff diff_words(const char *old, const char *new, struct arena *arena)
{
	struct words a = split(old ? old : "", arena), b = split(new ? new : "", arena);
	size_t n = a.count, m = b.count, head = 0, tail = 0;
	struct diff d = {arena_array(arena, n + m, sizeof(*d.runs)), 0};

	while (head < n && head < m && equal(&a.items[head], &b.items[head]))
		head++;
	while (tail < n - head && tail < m - head &&
	       equal(&a.items[n - 1 - tail], &b.items[m - 1 - tail]))
		tail++;
	add_all(&d, DIFF_SAME, b.items, head);
	n -= head + tail;
	m -= head + tail;
	if (n && m && n <= DIFF_WORK_MAX / m) {
		compare(&d, a.items + head, n, b.items + head, m);
	} else {
		add_all(&d, DIFF_OLD, a.items + head, n);
		add_all(&d, DIFF_NEW, b.items + head, m);
	}
	add_all(&d, DIFF_SAME, b.items + head + m, tail);
	return d;
}
