#include "core/signed.h"

#include <string.h>

static bool starts_block(const char *line, size_t len, enum signed_kind kind)
{
	const char *start = kind == SIGNED_DECK ? SIGNED_DECK_START : SIGNED_INDEX_START;
	size_t start_len = strlen(start);

	if (kind == SIGNED_DECK ? len != start_len : len < start_len)
		return false;
	return memcmp(line, start, start_len) == 0;
}

size_t signed_content(const char *bytes, size_t len, enum signed_kind kind)
{
	size_t found = len;

	for (size_t at = 0; at < len;) {
		const char *lf = memchr(bytes + at, '\n', len - at);
		size_t end = lf ? (size_t)(lf - bytes) : len;
		size_t line_len = end - at;

		if (lf && line_len > 0 && lf[-1] == '\r')
			line_len--;
		if (starts_block(bytes + at, line_len, kind))
			found = at;
		at = end + 1;
	}
	return found;
}

bool signed_serial(const char *s, size_t len, int64_t *out)
{
	int64_t value = 0;

	if (len == 0 || len > 16 || (s[0] == '0' && len > 1))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		value = 10 * value + (s[i] - '0');
	}
	if (value > SERIAL_MAX)
		return false;
	*out = value;
	return true;
}

bool signed_is_key(const char *s)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	/* The first two bytes are "Ed", the algorithm; base64 makes "RWQ" to "RWT" of them. */
	return strlen(s) == KEY_TEXT_SIZE && s[0] == 'R' && s[1] == 'W' && s[2] >= 'Q' &&
	       s[2] <= 'T' && s[strspn(s, base64)] == '\0';
}
