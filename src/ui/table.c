#include "ui/table.h"

#include <stdlib.h>

#include "base/mem.h"

#define GAP 2	     /* columns between columns */
#define COLUMN_MIN 8 /* narrower columns are harder to read than a list */
#define WORD_MAX 30  /* longer words may be broken to save a table */
#define RULE_MIN 3   /* the rule below a short head */
#define LIST_INDENT 2

bool table_start(struct table *t, size_t columns)
{
	t->columns = columns;
	t->count = 0;
	return columns <= TABLE_COLUMNS_MAX;
}

bool table_cell(struct table *t, const struct rich *r, size_t start, size_t end, MD_ALIGN align)
{
	struct cell *cell;

	mem_grow(&t->cells, t->count, &t->cap, sizeof(*t->cells));
	cell = &t->cells[t->count++];
	*cell = (struct cell){.start = start, .end = end, .align = align};
	rich_measure(r, start, end, &cell->line, &cell->word);
	return t->count <= TABLE_CELLS_MAX;
}

void table_release(struct table *t)
{
	free(t->cells);
}

/* The widths of all columns when no one that wants more gets more than `share`. Their sum. */
static int share_out(const struct table *t, int share, int *widths)
{
	int sum = GAP * ((int)t->columns - 1);

	for (size_t c = 0; c < t->columns; c++) {
		int line = RULE_MIN, word = 0, width;

		for (size_t i = c; i < t->count; i += t->columns) {
			line = t->cells[i].line > line ? t->cells[i].line : line;
			word = t->cells[i].word > word ? t->cells[i].word : word;
		}
		word = word < WORD_MAX ? word : WORD_MAX;
		width = share > word ? share : word;
		widths[c] = width < line ? width : line;
		sum += widths[c];
	}
	return sum;
}

/* Fits the columns to the width; false when there is no room for columns worth reading. */
static bool fit(const struct table *t, int width, int *widths)
{
	int low = COLUMN_MIN, high = width;

	if (share_out(t, low, widths) > width)
		return false;
	while (low < high) {
		int mid = (low + high + 1) / 2;

		if (share_out(t, mid, widths) <= width)
			low = mid;
		else
			high = mid - 1;
	}
	share_out(t, low, widths);
	return true;
}

/* Whether rows need a blank line between them: when a wrapped first cell hides where one starts. */
static bool is_spaced(const struct table *t, const int *widths)
{
	bool wrapped = false, hidden = false;

	for (size_t i = 0; i < t->count; i++) {
		const struct cell *cell = &t->cells[i];

		if (cell->line > widths[i % t->columns]) {
			wrapped = true;
			hidden |= i >= t->columns && i % t->columns == 0;
		}
		hidden |= i >= t->columns && i % t->columns == 0 && cell->start == cell->end;
	}
	return wrapped && hidden;
}

static int left_padding(const struct cell *cell, int room)
{
	if (cell->align == MD_ALIGN_RIGHT)
		return room;
	return cell->align == MD_ALIGN_CENTER ? room / 2 : 0;
}

static void write_row(const struct table *t, const struct out *o, struct strbuf *dst,
		      const struct rich *r, size_t first, const int *widths)
{
	struct lines lines[TABLE_COLUMNS_MAX] = {{0}};
	size_t height = 1;

	for (size_t c = 0; c < t->columns; c++) {
		const struct cell *cell = &t->cells[first + c];

		rich_wrap(r, cell->start, cell->end, widths[c], widths[c], &lines[c]);
		height = lines[c].count > height ? lines[c].count : height;
	}
	for (size_t y = 0; y < height; y++) {
		for (size_t c = 0; c < t->columns; c++) {
			struct line empty = {0};
			const struct line *line = y < lines[c].count ? &lines[c].v[y] : &empty;
			int room = widths[c] > line->columns ? widths[c] - line->columns : 0;
			int left = left_padding(&t->cells[first + c], room);

			strbuf_fill(dst, ' ', (size_t)left);
			rich_write(o, dst, r, line);
			strbuf_fill(dst, ' ', (size_t)room - (size_t)left + GAP);
		}
		text_end_line(dst);
	}
	for (size_t c = 0; c < t->columns; c++)
		free(lines[c].v);
}

static void write_rule(const struct table *t, const struct out *o, struct strbuf *dst,
		       const int *widths)
{
	strbuf_str(dst, out_style_start(o, STYLE_FAINT));
	for (size_t c = 0; c < t->columns; c++) {
		if (c > 0)
			strbuf_fill(dst, ' ', GAP);
		for (int i = 0; i < widths[c]; i++)
			strbuf_str(dst, o->unicode ? "─" : "-");
	}
	strbuf_str(dst, out_style_end(o, STYLE_FAINT));
	strbuf_char(dst, '\n');
}

/* "Head: cell" lines, one row after the other; of a table without rows the heads. */
static void write_list(const struct table *t, const struct out *o, struct strbuf *dst,
		       const struct rich *r, int width)
{
	struct lines lines = {0};
	struct rich entry;
	size_t first = t->count > t->columns ? t->columns : 0;

	rich_init(&entry);
	for (size_t i = first; i < t->count; i++) {
		const struct cell *head = &t->cells[i % t->columns], *cell = &t->cells[i];

		if (i % t->columns == 0 && i > first)
			strbuf_char(dst, '\n');
		if (cell->start == cell->end)
			continue;
		rich_reset(&entry);
		if (first > 0 && head->start < head->end) {
			rich_copy(&entry, r, head->start, head->end);
			rich_add(&entry, STYLE_NORMAL, ": ", 2);
		}
		rich_copy(&entry, r, cell->start, cell->end);
		rich_wrap(&entry, 0, entry.text.len, width, width - LIST_INDENT, &lines);
		for (size_t y = 0; y < lines.count; y++) {
			strbuf_fill(dst, ' ', y > 0 ? LIST_INDENT : 0);
			rich_write(o, dst, &entry, &lines.v[y]);
			text_end_line(dst);
		}
	}
	rich_release(&entry);
	free(lines.v);
}

void table_write(const struct table *t, const struct out *o, struct strbuf *dst,
		 const struct rich *r, int width)
{
	int widths[TABLE_COLUMNS_MAX];
	bool spaced;

	if (o->plain || !fit(t, width, widths)) {
		write_list(t, o, dst, r, width);
		return;
	}
	spaced = is_spaced(t, widths);
	write_row(t, o, dst, r, 0, widths);
	write_rule(t, o, dst, widths);
	for (size_t i = t->columns; i < t->count; i += t->columns) {
		if (spaced && i > t->columns)
			strbuf_char(dst, '\n');
		write_row(t, o, dst, r, i, widths);
	}
}
