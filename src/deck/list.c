/* Markdown lists as data: key points with their terms, variants. */
#include <md4c.h>
#include <string.h>

#include "base/entity.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "deck/internal.h"

struct list {
	struct arena *arena;
	struct strlist items;
	size_t cap;
	struct strbuf item; /* the open one */
};

static void close_item(struct list *list)
{
	strbuf_trim(&list->item);
	if (list->item.len > 0) {
		list->items.items = arena_room(list->arena, list->items.items, list->items.count,
					       &list->cap, sizeof(*list->items.items));
		list->items.items[list->items.count++] =
			arena_bytes(list->arena, list->item.buf, list->item.len);
	}
	strbuf_reset(&list->item);
}

struct strlist deck_list(const char *markdown, struct arena *arena)
{
	struct list list = {.arena = arena};
	struct block block = {0};
	struct line line = {0};
	size_t len;

	if (!markdown)
		return list.items;
	len = strlen(markdown);
	strbuf_init(&list.item, len + 1);
	while (line_next(markdown, len, &line)) {
		const char *s = markdown + line.start;
		size_t n = line.end - line.start, skip = 0, columns;
		size_t item = block.item;
		struct line_info info = block_line(&block, s, n);

		if (info.kind == LINE_ITEM || block.item == 0)
			close_item(&list);
		if (block.item == 0)
			continue;
		if (info.kind == LINE_ITEM)
			skip = info.start;
		else if (info.kind == LINE_INSIDE)
			skip = block_indent(s, n, item, &columns);
		if (list.item.len > 0)
			strbuf_char(&list.item, '\n');
		strbuf_add(&list.item, s + skip, n - skip);
	}
	close_item(&list);
	strbuf_release(&list.item);
	return list.items;
}

/* Collects the text of code spans and strong text; the outermost of nested ones counts. */
struct terms {
	struct arena *arena;
	struct strlist list;
	size_t cap;
	int open; /* spans */
	struct strbuf text;
};

static void add_term(struct terms *t)
{
	struct strbuf folded;

	strbuf_trim(&t->text);
	if (t->text.len > 2 && strcmp(t->text.buf + t->text.len - 2, "()") == 0)
		strbuf_cut(&t->text, t->text.len - 2);
	strbuf_init(&folded, 4 * t->text.len + 16);
	utf8_fold(&folded, t->text.buf, t->text.len);
	if (folded.len > 0) {
		t->list.items = arena_room(t->arena, t->list.items, t->list.count, &t->cap,
					   sizeof(*t->list.items));
		t->list.items[t->list.count++] = arena_bytes(t->arena, folded.buf, folded.len);
	}
	strbuf_release(&folded);
	strbuf_reset(&t->text);
}

static int ignore_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	(void)type;
	(void)detail;
	(void)ctx;
	return 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct terms *t = ctx;

	(void)detail;
	if (type == MD_SPAN_CODE || type == MD_SPAN_STRONG)
		t->open++;
	return 0;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct terms *t = ctx;

	(void)detail;
	if ((type == MD_SPAN_CODE || type == MD_SPAN_STRONG) && --t->open == 0)
		add_term(t);
	return 0;
}

static int text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE len, void *ctx)
{
	struct terms *t = ctx;

	if (t->open == 0)
		return 0;
	if (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR)
		strbuf_char(&t->text, ' ');
	else if (type == MD_TEXT_ENTITY)
		entity_decode(&t->text, s, len);
	else
		strbuf_add(&t->text, s, len);
	return 0;
}

static struct strlist find_terms(const char *markdown, struct arena *arena)
{
	struct terms t = {.arena = arena};
	size_t len = strlen(markdown);
	MD_PARSER parser = {
		.flags = MD_FLAG_TABLES,
		.enter_block = ignore_block,
		.leave_block = ignore_block,
		.enter_span = enter_span,
		.leave_span = leave_span,
		.text = text,
	};

	strbuf_init(&t.text, 2 * len + 16);
	/* -1: no memory. The callbacks stop nothing. */
	if (md_parse(markdown, (MD_SIZE)len, &parser, &t) == -1)
		mem_out();
	strbuf_release(&t.text);
	return t.list;
}

struct points deck_points(const char *markdown, struct arena *arena)
{
	struct strlist items = deck_list(markdown, arena);
	struct points points = {NULL, items.count < POINTS_MAX ? items.count : POINTS_MAX};

	points.items = arena_array(arena, points.count, sizeof(*points.items));
	for (size_t i = 0; i < points.count; i++)
		points.items[i] = (struct point){items.items[i], find_terms(items.items[i], arena)};
	return points;
}
