#include "base/fold.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/utf8.h"

#define DROPPED (UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_Cf)
#define WORD (UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_Co)

static bool stands_alone(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} scripts[] = {
		{0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1780, 0x17FF},	{0x3040, 0x31FF},
		{0x3400, 0x9FFF}, {0xF900, 0xFAFF}, {0x1B000, 0x1B16F}, {0x20000, 0x3FFFF},
	};

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		if (cp >= scripts[i].first && cp <= scripts[i].last)
			return fold_is_word(cp);
	return false;
}

bool fold_is_word(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
		       (cp >= '0' && cp <= '9');
	return uc_is_general_category_withtable(cp, WORD);
}

static size_t add(char *out, size_t at, const void *bytes, size_t len)
{
	if (len > FOLD_MAX - at)
		return at;
	memcpy(out + at, bytes, len);
	return at + len;
}

/* What a folded and decomposed character consists of, without its accents. */
static size_t add_parts(char *out, const char *s, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < len;) {
		uint32_t cp;
		size_t n = utf8_next(s + i, len - i, &cp);

		if (n && stands_alone(cp)) {
			at = add(out, at, " ", 1);
			at = add(out, at, s + i, n);
			at = add(out, at, " ", 1);
		} else if (n && !uc_is_general_category_withtable(cp, DROPPED)) {
			at = add(out, at, s + i, n);
		}
		i += n ? n : 1;
	}
	return at;
}

size_t fold_next(const char *s, size_t len, char out[FOLD_MAX], size_t *out_len)
{
	uint8_t room[FOLD_MAX], *folded;
	size_t folded_len = sizeof(room);
	uint32_t cp;
	size_t n = utf8_next(s, len, &cp);

	*out_len = 0;
	if (!n)
		return 1;
	if (n == 1) {
		out[0] = *s;
		if (out[0] >= 'A' && out[0] <= 'Z')
			out[0] = (char)(out[0] - 'A' + 'a');
		*out_len = 1;
		return 1;
	}
	folded = u8_casefold((const uint8_t *)s, n, NULL, UNINORM_NFKD, room, &folded_len);
	if (folded)
		*out_len = add_parts(out, (const char *)folded, folded_len);
	if (folded != room)
		free(folded);
	return n;
}

static void add_ascii(struct strbuf *out, const char *s, size_t len)
{
	size_t at = out->len;

	if (!strbuf_add(out, s, len))
		return;
	for (; at < out->len; at++)
		if (out->buf[at] >= 'A' && out->buf[at] <= 'Z')
			out->buf[at] = (char)(out->buf[at] - 'A' + 'a');
}

void fold_text(struct strbuf *out, const char *s, size_t len)
{
	char part[FOLD_MAX];
	size_t i = 0;

	while (i < len) {
		size_t start = i, part_len;

		while (i < len && (unsigned char)s[i] < 0x80)
			i++;
		add_ascii(out, s + start, i - start);
		if (i < len) {
			i += fold_next(s + i, len - i, part, &part_len);
			strbuf_add(out, part, part_len);
		}
	}
}
