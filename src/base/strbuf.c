#include "base/strbuf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void strbuf_init(struct strbuf *sb, size_t max)
{
	memset(sb, 0, sizeof(*sb));
	sb->max = max;
	sb->cap = max < 63 ? max + 1 : 64;
	sb->buf = mem_alloc(sb->cap);
}

void strbuf_release(struct strbuf *sb)
{
	free(sb->buf);
	memset(sb, 0, sizeof(*sb));
}

void strbuf_reset(struct strbuf *sb)
{
	sb->len = 0;
	sb->full = false;
	sb->buf[0] = '\0';
}

/* Room for `extra` more bytes and the NUL; false when that would pass the maximum. */
static bool reserve(struct strbuf *sb, size_t extra)
{
	size_t want;

	assert(sb->buf);
	if (sb->full || extra > sb->max - sb->len) {
		sb->full = true;
		return false;
	}
	want = sb->len + extra + 1;
	if (want > sb->cap) {
		sb->cap = want < sb->cap * 2 ? sb->cap * 2 : want;
		sb->buf = mem_resize(sb->buf, sb->cap, 1);
	}
	return true;
}

bool strbuf_add(struct strbuf *sb, const void *bytes, size_t len)
{
	if (!reserve(sb, len))
		return false;
	if (len)
		memcpy(sb->buf + sb->len, bytes, len);
	sb->len += len;
	sb->buf[sb->len] = '\0';
	return true;
}

bool strbuf_str(struct strbuf *sb, const char *s)
{
	return strbuf_add(sb, s, strlen(s));
}

bool strbuf_flat(struct strbuf *sb, const char *s)
{
	static const char blanks[] = " \t\n\v\f\r";
	bool first = true, ok = true;

	for (s += strspn(s, blanks); *s; s += strspn(s, blanks)) {
		size_t len = strcspn(s, blanks);

		if (!first)
			strbuf_char(sb, ' ');
		ok = strbuf_add(sb, s, len);
		first = false;
		s += len;
	}
	return ok;
}

bool strbuf_char(struct strbuf *sb, char c)
{
	return strbuf_add(sb, &c, 1);
}

bool strbuf_fill(struct strbuf *sb, char c, size_t count)
{
	if (!reserve(sb, count))
		return false;
	memset(sb->buf + sb->len, c, count);
	sb->len += count;
	sb->buf[sb->len] = '\0';
	return true;
}

bool strbuf_printf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = strbuf_vprintf(sb, fmt, ap);
	va_end(ap);
	return ok;
}

bool strbuf_vprintf(struct strbuf *sb, const char *fmt, va_list ap)
{
	size_t room = sb->cap - sb->len;
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(sb->buf + sb->len, room, fmt, again);
	va_end(again);
	if (len < 0 || !reserve(sb, (size_t)len)) {
		sb->buf[sb->len] = '\0';
		return false;
	}
	if ((size_t)len >= room)
		vsnprintf(sb->buf + sb->len, (size_t)len + 1, fmt, ap);
	sb->len += (size_t)len;
	return true;
}

void strbuf_cut(struct strbuf *sb, size_t len)
{
	if (len < sb->len) {
		sb->len = len;
		sb->buf[len] = '\0';
	}
}

void strbuf_trim(struct strbuf *sb)
{
	size_t len = sb->len;

	while (len && strchr(" \t\r\n", sb->buf[len - 1]))
		len--;
	strbuf_cut(sb, len);
}
