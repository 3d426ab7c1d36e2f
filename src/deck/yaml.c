/* Writing YAML: words and texts that mapping.c reads back as they are. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "deck/internal.h"

static void yaml_quoted(struct strbuf *out, const char *s)
{
	size_t len = strlen(s);

	strbuf_char(out, '"');
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp;

		n = utf8_next(s + i, len - i, &cp);
		if (n == 0) { /* no UTF-8: it came from no file of ours */
			n = 1;
			cp = 0xfffd;
		}
		if (cp == '"' || cp == '\\')
			strbuf_printf(out, "\\%c", (int)cp);
		else if (utf8_is_hostile(cp) || cp == 0xfffd || (cp == '>' && i && s[i - 1] == '-'))
			strbuf_printf(out, "\\U%08" PRIX32, cp); /* also the end of a comment */
		else
			strbuf_add(out, s + i, n);
	}
	strbuf_char(out, '"');
}

void yaml_line(struct strbuf *out, const char *key, const char *s)
{
	strbuf_printf(out, "%s: ", key);
	yaml_quoted(out, s);
	strbuf_char(out, '\n');
}

/* Letters of any script, digits, and inside of it blanks and what no YAML takes for a sign. */
static bool is_plain(const char *s)
{
	size_t len = strlen(s);

	if (len == 0 || s[len - 1] == ' ')
		return false;
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp;

		n = utf8_next(s + i, len - i, &cp);
		if (n == 0 || utf8_is_hostile(cp) || cp == 0xfffd)
			return false;
		if (cp < 0x80 && !isalnum((int)cp) && (i == 0 || !strchr(" ._/+-", (int)cp)))
			return false;
	}
	return true;
}

void yaml_text(struct strbuf *out, const char *s)
{
	if (is_plain(s))
		strbuf_str(out, s);
	else
		yaml_quoted(out, s);
}

void yaml_list(struct strbuf *out, const char *key, const struct strlist *list)
{
	if (!list->count)
		return;
	strbuf_printf(out, "%s: [", key);
	for (size_t i = 0; i < list->count; i++) {
		strbuf_str(out, i ? ", " : "");
		yaml_text(out, list->items[i]);
	}
	strbuf_str(out, "]\n");
}
