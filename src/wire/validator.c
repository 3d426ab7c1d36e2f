#include "wire/validator.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

bool etag_is_valid(const char *s)
{
	size_t len;

	if (!s || strlen(s) > ETAG_MAX)
		return false;
	if (str_starts(s, "W/"))
		s += 2;
	len = strlen(s);
	if (len < 2 || s[0] != '"' || s[len - 1] != '"')
		return false;
	for (size_t i = 1; i < len - 1; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c <= ' ' || c == '"' || c == 0x7f)
			return false;
	}
	return true;
}

static bool is_one_of(const char *s, const char *names)
{
	for (; *names; names += 3)
		if (strncmp(s, names, 3) == 0)
			return true;
	return false;
}

bool http_date_is_valid(const char *s)
{
	/* A letter stands for a name, 0 for a digit. */
	static const char shape[] = "Ddd, 00 Mmm 0000 00:00:00 GMT";

	if (!s || strlen(s) != sizeof(shape) - 1)
		return false;
	for (size_t i = 3; i < sizeof(shape) - 1; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9';

		if (shape[i] == '0' ? !digit : s[i] != shape[i] && !(i >= 8 && i <= 10))
			return false;
	}
	return is_one_of(s, "MonTueWedThuFriSatSun") &&
	       is_one_of(s + 8, "JanFebMarAprMayJunJulAugSepOctNovDec");
}
