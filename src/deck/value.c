#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "deck/internal.h"

const char *value_text(const struct source *src, const struct entry *e)
{
	if (e->shape != SHAPE_SCALAR || e->count != 1) {
		source_error(src, e->at, "%s takes one value, not a list", e->key);
		return NULL;
	}
	if (str_is_blank(e->values[0].text)) {
		source_error(src, e->at, "%s is empty: give it a value or drop it", e->key);
		return NULL;
	}
	return e->values[0].text;
}

const char *value_line(const struct source *src, const struct entry *e)
{
	const char *s = value_text(src, e);

	if (s && strpbrk(s, "\r\n")) {
		source_error(src, e->values[0].at, "%s must be one line", e->key);
		return NULL;
	}
	return s;
}

const char *value_checked(const struct source *src, const struct entry *e,
			  bool (*good)(const char *), const char *expected)
{
	const char *s = value_line(src, e);

	if (!s || good(s))
		return s;
	source_error(src, e->values[0].at, "%s '%s' %s", e->key, source_quote(src, s), expected);
	return NULL;
}

bool value_int(const struct source *src, const struct entry *e, int min, int max, int *out)
{
	const char *s = value_text(src, e);

	if (!s)
		return false;
	if (str_to_int(s, min, max, out))
		return true;
	source_error(src, e->values[0].at, "%s '%s' is no whole number from %d to %d", e->key,
		     source_quote(src, s), min, max);
	return false;
}

const char *value_id(const struct source *src, const struct entry *e)
{
	const char *s = value_text(src, e);

	if (!s || str_is_id(s, strlen(s)))
		return s;
	source_error(src, e->values[0].at,
		     "%s '%s' is no id: use a-z, 0-9, '.', '_' and '-', a letter or digit first, "
		     "at most 64",
		     e->key, source_quote(src, s));
	return NULL;
}

bool value_is_reference(const char *s)
{
	const char *slash = strchr(s, '/');

	if (!slash)
		return str_is_id(s, strlen(s));
	return str_is_id(s, (size_t)(slash - s)) && str_is_id(slash + 1, strlen(slash + 1));
}

bool value_is_word(const char *s)
{
	size_t len = strlen(s);
	uint32_t cp;

	if (len == 0 || len > STR_ID_MAX)
		return false;
	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_next(s + i, len - i, &cp);
		if (n == 0 || cp == ' ' || cp == ',' || cp == 0xa0 || utf8_is_hostile(cp))
			return false;
	}
	return true;
}

struct strlist value_list(const struct source *src, const struct entry *e, size_t max,
			  bool (*good)(const char *), const char *expected)
{
	struct strlist list = {NULL, 0};

	if (e->shape != SHAPE_SCALAR && e->shape != SHAPE_LIST) {
		source_error(src, e->at, "%s takes a list of words: [one, two]", e->key);
		return list;
	}
	if (e->count > max) {
		source_error(src, e->values[max].at, "%s has more than %zu items: drop some",
			     e->key, max);
		return list;
	}
	list.items = arena_array(src->arena, e->count, sizeof(*list.items));
	for (size_t i = 0; i < e->count; i++) {
		const struct scalar *v = &e->values[i];
		if (!good(v->text)) {
			source_error(src, v->at, "%s '%s' %s", e->key, source_quote(src, v->text),
				     expected);
			continue;
		}
		list.items[list.count++] = v->text;
	}
	return list;
}

void value_unknown_key(const struct source *src, const struct entry *e, const char *const *known,
		       size_t count)
{
	const char *near = str_nearest(e->key, known, count);
	const char *quoted = source_quote(src, e->key);

	if (near)
		source_warn(src, e->at, "unknown key '%s': did you mean '%s'?", quoted, near);
	else
		source_warn(src, e->at, "unknown key '%s' is not read", quoted);
}
