#include "ui/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unigbrk.h>

#include "base/mem.h"
#include "base/utf8.h"

#define ZERO_WIDTH_JOINER 0x200D
#define CLUSTER_COLUMNS 8 /* more is no character of any script, but an attack on the line */

void rich_init(struct rich *r)
{
	*r = (struct rich){0};
	strbuf_init(&r->text, TEXT_MAX);
}

void rich_release(struct rich *r)
{
	strbuf_release(&r->text);
	free(r->runs);
}

void rich_reset(struct rich *r)
{
	strbuf_reset(&r->text);
	r->count = 0;
}

/* Gives the style to what was appended since the last run. */
static void close_run(struct rich *r, enum style style)
{
	size_t end = r->text.len;

	if (end == (r->count ? r->runs[r->count - 1].end : 0))
		return;
	if (r->count == 0 || r->runs[r->count - 1].style != style) {
		mem_grow(&r->runs, r->count, &r->cap, sizeof(*r->runs));
		r->runs[r->count++].style = style;
	}
	r->runs[r->count - 1].end = end;
}

void rich_add(struct rich *r, enum style style, const char *s, size_t len)
{
	strbuf_add(&r->text, s, len);
	close_run(r, style);
}

void rich_filter(struct rich *r, struct filter *f, enum style style, const char *s, size_t len)
{
	filter_add(f, &r->text, s, len);
	close_run(r, style);
}

/* The index of the run that holds the byte at pos. */
static size_t run_at(const struct rich *r, size_t pos)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->runs[mid].end <= pos)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t character(const char *s, size_t len, uint32_t *cp)
{
	size_t n = utf8_next(s, len, cp);

	assert(n > 0);
	return n;
}

static bool is_flag_letter(uint32_t cp)
{
	return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

/* Whether cp belongs to the cluster that ends with `before`, which is its first character or not.
 */
static bool joins(uint32_t before, bool is_first, uint32_t cp)
{
	if (utf8_width(cp) == 0 || before == ZERO_WIDTH_JOINER)
		return true;
	/* The library looks at two characters alone and cannot count flags. */
	if (is_flag_letter(before) && is_flag_letter(cp))
		return is_first;
	return !uc_is_grapheme_break(before, cp);
}

/*
 * The length and the columns of what must stay together: a character with its marks, an emoji
 * sequence (as wide as the sum of its parts, which is what terminals that do not join them show).
 * At most `limit` columns belong together.
 */
static size_t cluster(const char *s, size_t len, int limit, int *columns, uint32_t *first)
{
	size_t n = character(s, len, first), first_len = n;
	uint32_t before = *first, cp;

	*columns = utf8_width(*first);
	while (n < len) {
		size_t k;

		/* Two ASCII characters never belong together; a space or line feed to nothing. */
		if ((unsigned char)s[n] <= 0x7F)
			break;
		k = character(s + n, len - n, &cp);
		if (!joins(before, n == first_len, cp) || *columns + utf8_width(cp) > limit)
			break;
		*columns += utf8_width(cp);
		before = cp;
		n += k;
	}
	return n;
}

/* Punctuation that may not start a line in Chinese and Japanese. */
static bool closes(uint32_t cp)
{
	static const uint32_t closing[] = {0x3001, 0x3002, 0x3009, 0x300B, 0x300D, 0x300F,
					   0x3011, 0xFF01, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A,
					   0xFF1B, 0xFF1F, 0xFF3D, 0xFF5D};

	for (size_t i = 0; i < sizeof(closing) / sizeof(closing[0]); i++)
		if (closing[i] == cp)
			return true;
	return false;
}

/* A place where the line may end: its last byte, its columns, where the next one starts. */
struct chance {
	bool there;
	size_t end, next;
	int columns;
};

struct wrap {
	const struct rich *r;
	struct lines *lines;
	int width, rest;
	size_t start, pos;     /* of the line; what is looked at */
	int columns;	       /* from start to pos */
	size_t content;	       /* behind the last character that is no space */
	int content_columns;   /* from start to there */
	bool after_wide;       /* the last character was a wide one */
	struct chance between; /* two words */
	struct chance inside;  /* a code span, between its words */
	struct chance piece;   /* a word, beside punctuation */
};

static void start_line(struct wrap *w, size_t pos)
{
	w->start = w->pos = w->content = pos;
	w->columns = w->content_columns = 0;
	w->after_wide = false;
	w->between.there = w->inside.there = w->piece.there = false;
}

static void push_line(struct wrap *w, size_t end, int columns, size_t next)
{
	struct lines *lines = w->lines;

	mem_grow(&lines->v, lines->count, &lines->cap, sizeof(*lines->v));
	lines->v[lines->count++] = (struct line){w->start, end, columns};
	w->width = w->rest;
	start_line(w, next);
}

static void break_at(struct wrap *w, const struct chance *chance)
{
	push_line(w, chance->end, chance->columns, chance->next);
}

/* Whether a line that ends there is not too short to look like one. */
static bool is_good(const struct wrap *w, const struct chance *chance)
{
	return chance->there && chance->columns >= w->width / 2;
}

/* The line is full before pos. Where it ends, the next one starts and is looked at again. */
static void break_line(struct wrap *w)
{
	if (w->between.there)
		break_at(w, &w->between);
	else if (w->lines->count == 0 && w->width < w->rest)
		push_line(w, w->start, 0, w->start);
	else if (is_good(w, &w->inside))
		break_at(w, &w->inside);
	else if (is_good(w, &w->piece))
		break_at(w, &w->piece);
	else if (w->inside.there)
		break_at(w, &w->inside);
	else
		push_line(w, w->content, w->content_columns, w->pos);
}

/* Whether a long word had better be broken here than elsewhere: addresses, calls, names. */
static bool is_joint(char before, uint32_t cp)
{
	bool word =
		cp > 0x7F || (cp >= '0' && cp <= '9') || ((cp | 0x20) >= 'a' && (cp | 0x20) <= 'z');

	return cp == '.' || (word && before != '\0' && strchr("/,(=&?-", before));
}

/* Notes that a line may end before pos, where a word starts. */
static void note_chance(struct wrap *w, uint32_t cp, int width)
{
	struct chance here = {true, w->content, w->pos, w->content_columns};

	if (w->content == w->start)
		return;
	if (w->content == w->pos) {
		if (w->after_wide && width == 2 && !closes(cp))
			w->between = here;
		else if (is_joint(w->r->text.buf[w->pos - 1], cp))
			w->piece = here;
	} else if (w->r->runs[run_at(w->r, w->content)].style == STYLE_CODE) {
		w->inside = here;
	} else {
		w->between = here;
	}
}

static void take_cluster(struct wrap *w, size_t end)
{
	uint32_t cp;
	int columns;
	int limit = w->rest < CLUSTER_COLUMNS ? w->rest : CLUSTER_COLUMNS;
	size_t n = cluster(w->r->text.buf + w->pos, end - w->pos, limit, &columns, &cp);

	note_chance(w, cp, columns);
	if (w->columns + columns > w->width && (w->pos > w->start || w->width < w->rest)) {
		break_line(w);
		return;
	}
	w->pos += n;
	w->columns += columns;
	w->content = w->pos;
	w->content_columns = w->columns;
	w->after_wide = columns == 2;
}

void rich_wrap(const struct rich *r, size_t start, size_t end, int first, int rest,
	       struct lines *lines)
{
	struct wrap w = {.r = r, .lines = lines, .width = first, .rest = rest};

	assert(rest > 0);
	lines->count = 0;
	start_line(&w, start);
	while (w.pos < end) {
		char c = r->text.buf[w.pos];

		if (c == '\n') {
			push_line(&w, w.content, w.content_columns, w.pos + 1);
		} else if (c == ' ') {
			w.pos++;
			w.columns++;
		} else {
			take_cluster(&w, end);
		}
	}
	push_line(&w, w.content, w.content_columns, w.pos);
}

void rich_copy(struct rich *dst, const struct rich *src, size_t start, size_t end)
{
	for (size_t i = run_at(src, start); start < end; i++) {
		size_t stop = src->runs[i].end < end ? src->runs[i].end : end;

		rich_add(dst, src->runs[i].style, src->text.buf + start, stop - start);
		start = stop;
	}
}

void rich_measure(const struct rich *r, size_t start, size_t end, int *line, int *word)
{
	int line_columns = 0, word_columns = 0;

	*line = *word = 0;
	for (size_t pos = start; pos < end;) {
		uint32_t cp;
		size_t n = character(r->text.buf + pos, end - pos, &cp);

		if (cp == '\n') {
			line_columns = word_columns = 0;
		} else {
			int columns = utf8_width(cp);

			line_columns += columns;
			word_columns += columns;
			/* Lines may break beside wide characters. */
			if (cp == ' ' || columns == 2)
				word_columns = cp == ' ' ? 0 : columns;
		}
		*line = line_columns > *line ? line_columns : *line;
		*word = word_columns > *word ? word_columns : *word;
		pos += n;
	}
}

void rich_write(const struct out *o, struct strbuf *dst, const struct rich *r,
		const struct line *line)
{
	size_t pos = line->start;

	for (size_t i = run_at(r, pos); pos < line->end; i++) {
		size_t end = r->runs[i].end < line->end ? r->runs[i].end : line->end;

		strbuf_str(dst, out_style_start(o, r->runs[i].style));
		strbuf_add(dst, r->text.buf + pos, end - pos);
		strbuf_str(dst, out_style_end(o, r->runs[i].style));
		pos = end;
	}
}

int text_measure(const struct out *o)
{
	return o->width < TEXT_MEASURE ? o->width : TEXT_MEASURE;
}

void text_end_line(struct strbuf *dst)
{
	size_t len = dst->len;

	while (len > 0 && dst->buf[len - 1] == ' ')
		len--;
	strbuf_cut(dst, len);
	strbuf_char(dst, '\n');
}

void text_put(struct out *o, const struct rich *r, int indent, int used)
{
	struct lines lines = {0};
	struct strbuf text;
	int measure = text_measure(o);
	int margin = indent < measure / 2 ? indent : measure / 2;
	int at = used > margin ? used : margin;

	strbuf_init(&text, TEXT_MAX);
	rich_wrap(r, 0, r->text.len, measure - at, measure - margin, &lines);
	strbuf_fill(&text, ' ', (size_t)(at - used));
	for (size_t i = 0; i < lines.count; i++) {
		if (i > 0)
			strbuf_fill(&text, ' ', (size_t)margin);
		rich_write(o, &text, r, &lines.v[i]);
		text_end_line(&text);
	}
	out_raw(o, text.buf, text.len);
	strbuf_release(&text);
	free(lines.v);
}

void out_wrap(struct out *o, enum style style, int indent, int used, const char *s)
{
	struct filter f = {.ascii = !o->unicode, .multi_line = true, .column = used};
	struct rich r;
	size_t len = strlen(s);

	while (len > 0 && s[len - 1] == '\n')
		len--;
	rich_init(&r);
	rich_filter(&r, &f, style, s, len);
	text_put(o, &r, indent, used);
	rich_release(&r);
}

void out_marked(struct out *o, enum style style, int indent, int used, const char *s,
		const struct match *marks, size_t count)
{
	struct filter f = {.ascii = !o->unicode, .column = used};
	const char *open = o->color || o->plain ? "" : "[", *close = *open ? "]" : "";
	struct rich r;
	size_t at = 0;

	rich_init(&r);
	for (size_t i = 0; i < count; i++) {
		rich_filter(&r, &f, style, s + at, marks[i].start - at);
		rich_add(&r, STYLE_STRONG, open, strlen(open));
		rich_filter(&r, &f, STYLE_STRONG, s + marks[i].start,
			    marks[i].end - marks[i].start);
		rich_add(&r, STYLE_STRONG, close, strlen(close));
		at = marks[i].end;
	}
	rich_filter(&r, &f, style, s + at, strlen(s + at));
	text_put(o, &r, indent, used);
	rich_release(&r);
}
