#include "base/hex.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

void hex_print(const void *bytes, size_t size, char *out)
{
	const unsigned char *from = bytes;

	for (size_t i = 0; i < size; i++) {
		*out++ = digits[from[i] >> 4];
		*out++ = digits[from[i] & 15];
	}
	*out = '\0';
}

bool hex_parse(const char *s, size_t len, void *out, size_t size)
{
	unsigned char *to = out;

	if (len != 2 * size)
		return false;
	for (size_t i = 0; i < len; i++) {
		const char *digit = memchr(digits, s[i], 16);

		if (!digit)
			return false;
		to[i / 2] = (unsigned char)((i % 2 ? to[i / 2] << 4 : 0) | (digit - digits));
	}
	return true;
}
