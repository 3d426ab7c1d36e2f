/*
 * A growing string with a maximum given at birth: whatever comes from outside is collected in
 * one. buf is always NUL-terminated and never NULL after strbuf_init(). An addition that would
 * pass the maximum adds nothing, sets `full` and returns false; later additions do the same, so
 * that a caller may check once at the end.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct strbuf {
	char *buf;
	size_t len; /* bytes before the NUL */
	size_t cap;
	size_t max; /* most bytes that len may reach */
	bool full;
};

void strbuf_init(struct strbuf *sb, size_t max);
void strbuf_release(struct strbuf *sb);
void strbuf_reset(struct strbuf *sb); /* empty again, memory kept, `full` cleared */
bool strbuf_add(struct strbuf *sb, const void *bytes, size_t len);
bool strbuf_str(struct strbuf *sb, const char *s);
bool strbuf_flat(struct strbuf *sb, const char *s); /* white space as one blank, none at the ends */
bool strbuf_char(struct strbuf *sb, char c);
bool strbuf_fill(struct strbuf *sb, char c, size_t count); /* the character, count times */
bool strbuf_printf(struct strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool strbuf_vprintf(struct strbuf *sb, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
void strbuf_cut(struct strbuf *sb, size_t len); /* shortens to len bytes; no-op when shorter */
void strbuf_trim(struct strbuf *sb);		/* drops white space at the end */

#endif
