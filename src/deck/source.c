#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "core/signed.h"
#include "deck/internal.h"

#define QUOTE_MAX 64

void *arena_room(struct arena *a, void *items, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return items;
	*cap = *cap ? 2 * *cap : 1;

	void *bigger = arena_array(a, *cap, size);
	if (count > 0)
		memcpy(bigger, items, count * size);
	return bigger;
}

bool line_next(const char *text, size_t len, struct line *line)
{
	line->start = line->next;
	if (line->start >= len)
		return false;

	const char *lf = memchr(text + line->start, '\n', len - line->start);
	line->end = lf ? (size_t)(lf - text) : len;
	line->next = lf ? line->end + 1 : len;
	if (lf && line->end > line->start && text[line->end - 1] == '\r')
		line->end--;
	line->number++;
	return true;
}

struct place source_place(const struct source *src, size_t line_start, int number, size_t offset)
{
	struct place at = {number, 1};

	for (size_t i = line_start; i < offset && i < src->len; i++) {
		if (src->text[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if (((unsigned char)src->text[i] & 0xc0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

void source_error(const struct source *src, struct place at, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	problems_add(src->problems, src->file, at.line, at.column, SEVERITY_ERROR, "%s", text);
}

void source_warn(const struct source *src, struct place at, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	problems_add(src->problems, src->file, at.line, at.column, SEVERITY_WARNING, "%s", text);
}

const char *source_quote(const struct source *src, const char *word)
{
	size_t len = strlen(word);
	bool cut = len > QUOTE_MAX;

	if (cut) {
		len = QUOTE_MAX;
		while (len > 0 && ((unsigned char)word[len] & 0xc0) == 0x80)
			len--;
	}
	char *quote = arena_printf(src->arena, "%.*s%s", (int)len, word, cut ? "..." : "");
	for (char *s = quote; *s; s++) {
		if (*s == '\n' || *s == '\r')
			*s = ' ';
	}
	return quote;
}

/* What is wrong in one line; at most one problem of each kind. */
static void check_line(const struct source *src, const struct line *line)
{
	bool warned = false;
	size_t i = line->start;

	if (line->end - line->start > DECK_FIELD_MAX)
		source_error(src, (struct place){line->number, 1},
			     "line is longer than 64 KiB: break it");
	while (i < line->end) {
		unsigned char c = (unsigned char)src->text[i];
		uint32_t cp;

		if ((c >= 0x20 && c < 0x7f) || c == '\t') {
			i++;
			continue;
		}
		struct place at = {0, 0};
		size_t n = utf8_next(src->text + i, line->end - i, &cp);
		bool bad = n == 0 || cp == 0 || cp == '\r';
		if (bad || (!warned && utf8_is_hostile(cp)))
			at = source_place(src, line->start, line->number, i);
		if (n == 0) {
			source_error(src, at, "byte 0x%02X is not UTF-8: save the file as UTF-8",
				     c);
		} else if (cp == 0) {
			source_error(src, at, "NUL byte: save the file as UTF-8 text");
		} else if (cp == '\r') {
			source_error(src, at, "CR without LF: end lines with LF or CRLF");
		} else if (at.line > 0) {
			source_warn(src, at,
				    "character U+%04X can not be seen: it is shown as <U+%04X>",
				    (unsigned)cp, (unsigned)cp);
			warned = true;
		}
		if (bad)
			return;
		i += n;
	}
}

/* The text before a publisher's signature: a block that its "-->" ends where the file ends. */
static size_t before_signature(const char *text, size_t len)
{
	size_t start = signed_content(text, len, SIGNED_DECK), end = len;
	const size_t closing = strlen(SIGNED_DECK_END);

	if (start == len)
		return len;
	while (end > start && (text[end - 1] == '\n' || text[end - 1] == '\r'))
		end--;
	if (end < start + strlen(SIGNED_DECK_START) + 1 + closing)
		return len;
	for (size_t i = start; i + closing < end; i++) {
		if (memcmp(text + i, SIGNED_DECK_END, closing) == 0)
			return len;
	}
	return memcmp(text + end - closing, SIGNED_DECK_END, closing) == 0 ? start : len;
}

static size_t bom_of(const char *bytes, size_t len)
{
	return len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

const char *deck_content(const char *bytes, size_t len, size_t *content_len)
{
	size_t bom = bom_of(bytes, len);

	*content_len = before_signature(bytes + bom, len - bom);
	return bytes + bom;
}

bool source_text(struct source *src, const char *bytes, size_t len, size_t max)
{
	size_t errors = src->problems->errors;
	struct place top = {1, 1};
	struct line line = {0};

	src->text = bytes;
	src->len = len;
	if (len > max) {
		problems_too_large(src->problems, src->file, max);
		return false;
	}
	if (len >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
		source_error(src, top, "file is UTF-16: save it as UTF-8");
		return false;
	}
	src->text += bom_of(bytes, len);
	src->len -= bom_of(bytes, len);
	while (line_next(src->text, src->len, &line))
		check_line(src, &line);
	return src->problems->errors == errors;
}

/* The number of the line that starts at the offset. */
static int line_number(const struct source *src, size_t offset)
{
	struct line line = {0};

	while (line_next(src->text, src->len, &line) && line.start < offset)
		;
	return line.number;
}

bool source_open(struct source *src, const char *bytes, size_t len)
{
	size_t content;

	if (!source_text(src, bytes, len, DECK_SIZE_MAX))
		return false;
	content = before_signature(src->text, src->len);
	if (content < src->len) {
		source_warn(src, (struct place){line_number(src, content), 1},
			    "signature ignored: it counts over HTTP only, a local file needs none "
			    "(`viva check --fix` drops it)");
		src->len = content;
		/* Without the last one it would count. */
		if (before_signature(src->text, content) < content) {
			source_error(src, (struct place){line_number(src, content), 1},
				     "another signature in front of this one: keep the last");
			return false;
		}
	}
	return true;
}
