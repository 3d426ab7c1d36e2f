#include "cmd/words.h"

#include <string.h>

#include "base/str.h"

/* Copies one word from s to out and returns where it ends; NULL for an open quote. */
static const char *take_word(const char *s, char *out)
{
	char quote = '\0';

	for (; *s && (quote || (*s != ' ' && *s != '\t')); s++) {
		if (quote && *s == quote)
			quote = '\0';
		else if (!quote && (*s == '\'' || *s == '"'))
			quote = *s;
		else if (*s == '\\' && quote != '\'' && s[1])
			*out++ = *++s;
		else
			*out++ = *s;
	}
	*out = '\0';
	return quote ? NULL : s;
}

enum err_code words_split(const char *line, const char *home, struct arena *arena, char ***words,
			  int *count, struct error *err)
{
	size_t len = strlen(line);
	char *text = arena_alloc(arena, 2 * len + 2);

	*words = arena_array(arena, len / 2 + 2, sizeof(**words));
	*count = 0;
	for (line = str_skip_blank(line); *line && *line != '#'; line = str_skip_blank(line)) {
		bool below_home = home && str_starts(line, "~/");

		line = take_word(below_home ? line + 1 : line, text);
		if (!line)
			return error_set(err, ERR_USAGE,
					 "a quote is not closed; \\' stands for an apostrophe");
		(*words)[(*count)++] = below_home ? arena_printf(arena, "%s%s", home, text) : text;
		text += strlen(text) + 1;
	}
	return ERR_NONE;
}
