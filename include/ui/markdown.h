/*
 * Markdown for the terminal: md4c's events -> filtered, styled text wrapped to the width, with wide
 * and combining characters measured right. Paragraphs, headings, emphasis, code spans and blocks
 * (never wrapped in the middle of a line unless longer than the width), nested lists, quotes,
 * rules, tables (columns fitted to the width, cells wrapped; as "head: cell" lines when there is
 * no room or in plain mode), links (text, then the address in angle brackets unless it is the
 * text). HTML is shown as text, but comments are not. Containers deeper than 16 are shown flat.
 *
 * Prose is at most 100 columns wide; code and tables may use the whole width. Without colour code
 * spans keep their backticks. Text with over 1000 '[' is shown as its source, unparsed.
 */
#ifndef UI_MARKDOWN_H
#define UI_MARKDOWN_H

#include "ui/out.h"

/* Prints a document; every line is indented by `indent` columns; ends with a line feed. */
void markdown_print(struct out *o, const char *markdown, int indent);

/*
 * Prints one paragraph of inline Markdown behind text already written on the line (`used`
 * columns), later lines indented by `indent`: questions, list items, key points.
 */
void markdown_inline(struct out *o, const char *markdown, enum style base, int indent, int used);

/* The text of inline Markdown without its marks, unfiltered: for lists, JSON and one-line views. */
void markdown_plain(struct strbuf *dst, const char *markdown);

/* The text of a document without its marks, on one line, unfiltered: to find words in it. */
void markdown_flat(struct strbuf *dst, const char *markdown);

#endif
