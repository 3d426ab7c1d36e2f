/*
 * Output. Every byte that came from a file, the network, the database or an error message goes to
 * the screen through here, and through nothing else: out_filter() is the one function that makes
 * foreign bytes harmless (controls, escapes, bidirectional overrides, invisible characters are
 * shown as <U+XXXX>, bad UTF-8 as <XX>; of more than 8 combining marks in a row the ninth is shown
 * so, the others are dropped). Where the locale is not UTF-8, what is printed is ASCII: typography
 * by its substitutes, other characters as <U+XXXX>.
 *
 * Text is stored raw and filtered when printed. Styles never come from text.
 */
#ifndef UI_OUT_H
#define UI_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "core/match.h"

enum style {
	STYLE_NORMAL,
	STYLE_STRONG, /* bold */
	STYLE_FAINT,  /* secondary: hints, positions, dates */
	STYLE_HEAD,   /* card header, section names */
	STYLE_CODE,
	STYLE_EMPHASIS,
	STYLE_LINK,
	STYLE_GOOD, /* a hit, a pass */
	STYLE_BAD,  /* a miss, a problem */
	STYLE_COUNT
};

struct out {
	FILE *stream;
	int width;    /* columns to wrap at, at least 20 */
	bool color;   /* escapes for styles are allowed at all (colour, bold, underline) */
	bool unicode; /* the locale is UTF-8: bullets, box lines, ticks as such; else ASCII */
	bool plain;   /* for screen readers: no ornaments, no lines, no columns; words say it all */
	bool failed;  /* a write failed (closed pipe, full disk) */
};

/* Appends s as it may be shown; line feeds are kept only when multi_line, tabs become spaces. */
void out_filter(struct strbuf *dst, const char *s, size_t len, bool multi_line);

/* Columns that s (already filtered) takes. */
int out_columns(const char *s, size_t len);

/* Filters and writes on the same line, in a style. Line feeds in the text are kept. */
void out_text(struct out *o, enum style style, const char *s);
void out_printf(struct out *o, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void out_line(struct out *o); /* ends the line */

/*
 * Filters, wraps at the width (at most 100 columns) with every line indented by `indent` columns
 * (the first line starts at column `used`, for text behind a label already written), and ends the
 * last line.
 */
void out_wrap(struct out *o, enum style style, int indent, int used, const char *s);

/*
 * The same for one line of text in which places are marked, in order and apart: bold where there is
 * colour, in brackets where there is none, not at all in plain mode.
 */
void out_marked(struct out *o, enum style style, int indent, int used, const char *s,
		const struct match *marks, size_t count);

/* Raw bytes of our own making (JSON, styled Markdown that was filtered before). */
void out_raw(struct out *o, const char *s, size_t len);
void out_flush(struct out *o);

/* The escape that starts a style, "" without colour; out_style_end() ends any. */
const char *out_style_start(const struct out *o, enum style style);
const char *out_style_end(const struct out *o, enum style style);

#endif
