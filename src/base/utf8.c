#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>

#include "base/mem.h"
#include "base/str.h"

size_t utf8_next(const char *s, size_t len, uint32_t *cp)
{
	ucs4_t c = 0;
	int n;

	if (len && (unsigned char)s[0] < 0x80) {
		*cp = (unsigned char)s[0];
		return 1;
	}
	n = u8_mbtoucr(&c, (const uint8_t *)s, len);
	*cp = c;
	return n > 0 ? (size_t)n : 0;
}

static bool is_space(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 || cp == 0x3000 ||
	       (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029;
}

static unsigned char lower_ascii(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

static void fold_ascii(struct strbuf *out, const char *s, size_t len)
{
	bool space = false, any = false;

	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (is_space((unsigned char)c)) {
			space = true;
			continue;
		}
		if (space && any)
			strbuf_char(out, ' ');
		space = false;
		any = true;
		strbuf_char(out, (char)lower_ascii((unsigned char)c));
	}
}

static bool is_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

/* The valid characters of s with every run of white space as one space, none at the ends. */
static void squeeze(struct strbuf *out, const char *s, size_t len)
{
	bool space = false, any = false;

	for (size_t i = 0; i < len;) {
		uint32_t cp;
		size_t n = utf8_next(s + i, len - i, &cp);

		if (n && is_space(cp)) {
			space = true;
		} else if (n) {
			if (space && any)
				strbuf_char(out, ' ');
			space = false;
			any = true;
			strbuf_add(out, s + i, n);
		}
		i += n ? n : 1;
	}
}

void utf8_fold(struct strbuf *out, const char *s, size_t len)
{
	struct strbuf clean;
	uint8_t *folded;
	size_t folded_len = 0;

	if (is_ascii(s, len)) {
		fold_ascii(out, s, len);
		return;
	}
	strbuf_init(&clean, len);
	squeeze(&clean, s, len);
	folded = u8_casefold((const uint8_t *)clean.buf, clean.len, NULL, UNINORM_NFC, NULL,
			     &folded_len);
	if (!folded && errno == ENOMEM)
		mem_out();
	if (folded)
		strbuf_add(out, folded, folded_len);
	free(folded);
	strbuf_release(&clean);
}

static void slug_char(struct strbuf *slug, bool *gap, unsigned char c)
{
	bool keep = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

	if (!keep) {
		*gap = true;
		return;
	}
	if (*gap && slug->len)
		strbuf_char(slug, '-');
	*gap = false;
	strbuf_char(slug, (char)c);
}

void utf8_slug(struct strbuf *out, const char *s, size_t len)
{
	struct strbuf folded, slug;
	uint8_t *apart;
	size_t apart_len = 0;
	bool gap = false;

	strbuf_init(&folded, 4 * len + 16);
	utf8_fold(&folded, s, len);
	apart = u8_normalize(UNINORM_NFKD, (const uint8_t *)folded.buf, folded.len, NULL,
			     &apart_len);
	if (!apart && errno == ENOMEM)
		mem_out();
	strbuf_init(&slug, STR_ID_MAX);
	for (size_t i = 0; apart && i < apart_len;) {
		uint32_t cp;
		size_t n = utf8_next((const char *)apart + i, apart_len - i, &cp);

		if (n == 1)
			slug_char(&slug, &gap, apart[i]);
		else if (uc_width(cp, "UTF-8") != 0) /* marks vanish, other letters are a gap */
			gap = true;
		i += n ? n : 1;
	}
	while (slug.len && slug.buf[slug.len - 1] == '-')
		strbuf_cut(&slug, slug.len - 1);
	strbuf_add(out, slug.buf, slug.len);
	free(apart);
	strbuf_release(&slug);
	strbuf_release(&folded);
}

int utf8_width(uint32_t cp)
{
	int width;

	if (cp >= 0x20 && cp < 0x7F)
		return 1;
	width = uc_width(cp, "UTF-8");
	return width < 0 ? 0 : width;
}

bool utf8_is_hostile(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1F},	     {0x7F, 0x9F},     {0x061C, 0x061C}, {0x200B, 0x200B},
		{0x200E, 0x200F},    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xE000, 0xF8FF},
		{0xFDD0, 0xFDEF},    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
		{0xF0000, 0x10FFFF},
	};

	if (cp >= 0x20 && cp < 0x7F)
		return false;
	if ((cp & 0xFFFE) == 0xFFFE)
		return true;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}
