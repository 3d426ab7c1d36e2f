/* Lines from a pipe or a file. There is no echo, so a prompt is a line of its own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ui/internal.h"

struct script {
	struct ui ui;
	char bytes[16384]; /* read, not used yet: from start up to end */
	size_t start, end;
};

static void show_prompt(struct out *out, const char *prompt)
{
	size_t len = strlen(prompt);

	while (len > 0 && prompt[len - 1] == ' ')
		len--;
	if (len > 0) {
		out_printf(out, STYLE_NORMAL, "%.*s", (int)len, prompt);
		out_line(out);
	}
	out_flush(out);
}

enum fill { FILL_BYTES, FILL_END, FILL_INTERRUPT, FILL_STOP };

/* Makes sure that there are bytes to use. An unreadable stdin has ended. */
static enum fill fill(struct script *s, const sigset_t *before)
{
	ssize_t n;

	do {
		ui_look_at_signals(&s->ui);
		if (s->ui.stopped)
			return FILL_STOP;
		if (s->ui.interrupted) {
			s->ui.interrupted = false;
			return FILL_INTERRUPT;
		}
		if (s->start < s->end)
			return FILL_BYTES;
	} while (!ui_wait_input(before));
	do {
		n = read(STDIN_FILENO, s->bytes, sizeof(s->bytes));
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return FILL_END;
	s->start = 0;
	s->end = (size_t)n;
	return FILL_BYTES;
}

/* Moves bytes into the line up to and without a line feed; true when one was there. */
static bool take_line(struct script *s, struct strbuf *line, bool *cut)
{
	while (s->start < s->end) {
		char c = s->bytes[s->start++];

		if (c == '\n')
			return true;
		if (c != '\0')
			ui_add_to_line(line, &c, 1, cut);
	}
	return false;
}

static enum read_status collect_line(struct script *s, const sigset_t *before, struct strbuf *line)
{
	bool cut = false, begun = false, ended = false;

	while (!ended) {
		switch (fill(s, before)) {
		case FILL_STOP:
			return READ_STOP;
		case FILL_INTERRUPT:
			return READ_INTERRUPT;
		case FILL_END:
			if (!begun)
				return READ_EOF;
			ended = true;
			break;
		case FILL_BYTES:
			begun = true;
			ended = take_line(s, line, &cut);
			break;
		}
	}
	if (!cut && line->len > 0 && line->buf[line->len - 1] == '\r')
		strbuf_cut(line, line->len - 1);
	ui_end_line(&s->ui, line, cut);
	return READ_LINE;
}

static enum read_status script_read(struct ui *ui, enum prompt_kind kind, const char *prompt,
				    const char *prefill, struct strbuf *line)
{
	enum read_status status;
	sigset_t before;

	struct script *s = (struct script *)ui;

	(void)prefill;
	show_prompt(ui->out, prompt);
	ui_block_signals(&before);
	status = collect_line(s, &before, line);
	ui_unblock_signals(&before);
	if (kind == PROMPT_SECRET)
		explicit_bzero(s->bytes, s->start);
	return status;
}

static void script_free(struct ui *ui)
{
	out_flush(ui->out);
	free(ui);
}

struct ui *ui_script(struct out *out)
{
	static const struct ui_driver driver = {script_read, NULL, script_free};
	struct script *s = mem_alloc(sizeof(*s));

	ui_init(&s->ui, &driver, out);
	return &s->ui;
}
