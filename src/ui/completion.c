/* Completion: the caller's candidates, brought into the form that readline wants. */
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/internal.h"

/* Of the completion that goes on, NULL at the end: readline's generator has no context. */
static char **candidates;

/* Readline writes candidates raw, so only those are offered that may be shown as they are. */
static bool is_harmless(const char *candidate)
{
	size_t len = strlen(candidate);
	struct strbuf shown;
	bool same;

	strbuf_init(&shown, 8 * len + 64);
	out_filter(&shown, candidate, len, false);
	same = str_eq(shown.buf, candidate);
	strbuf_release(&shown);
	return same;
}

static void drop_harmful(void)
{
	size_t kept = 0;

	for (size_t i = 0; candidates[i] != NULL; i++) {
		if (is_harmless(candidates[i]))
			candidates[kept++] = candidates[i];
		else
			free(candidates[i]);
	}
	candidates[kept] = NULL;
}

static char *next_candidate(const char *word, int state)
{
	static size_t next;

	(void)word;
	if (state == 0)
		next = 0;
	return candidates[next] == NULL ? NULL : mem_copy_str(candidates[next++]);
}

char **completion_matches(struct ui *ui, enum prompt_kind kind, const char *word, size_t start)
{
	char *line;
	char **matches;

	rl_attempted_completion_over = 1;
	if (ui->complete == NULL)
		return NULL;
	line = mem_copy_bytes(rl_line_buffer, (size_t)rl_point);
	candidates = ui->complete(ui->complete_ctx, kind, line, start);
	free(line);
	if (candidates == NULL)
		return NULL;
	/* Then readline goes on with file names. */
	if (candidates[0] == NULL)
		rl_attempted_completion_over = 0;
	drop_harmful();
	matches = rl_completion_matches(word, next_candidate);
	/* "deck:" waits for more of the same word. */
	if (matches != NULL && matches[0][0] != '\0' &&
	    strchr(":/", matches[0][strlen(matches[0]) - 1]) != NULL)
		rl_completion_suppress_append = 1;
	for (size_t i = 0; candidates[i] != NULL; i++)
		free(candidates[i]);
	free(candidates);
	candidates = NULL;
	return matches;
}
