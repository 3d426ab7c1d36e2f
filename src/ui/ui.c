#include "ui/ui.h"

#include <errno.h>
#include <sys/select.h>
#include <unistd.h>

#include "base/utf8.h"
#include "ui/internal.h"

void ui_init(struct ui *ui, const struct ui_driver *driver, struct out *out)
{
	*ui = (struct ui){.driver = driver, .out = out};
}

void ui_free(struct ui *ui)
{
	if (ui != NULL)
		ui->driver->free(ui);
}

struct out *ui_out(struct ui *ui)
{
	return ui->out;
}

void ui_set_completion(struct ui *ui, ui_complete_fn fn, void *ctx)
{
	ui->complete = fn;
	ui->complete_ctx = ctx;
}

void ui_set_signals(struct ui *ui, const struct ui_signals *signals)
{
	ui->signals = *signals;
}

int ui_line_number(const struct ui *ui)
{
	return ui->line_number;
}

void ui_suspend(struct ui *ui)
{
	out_flush(ui->out);
}

void ui_resume(struct ui *ui)
{
	if (ui->driver->resume != NULL)
		ui->driver->resume(ui);
}

void ui_look_at_signals(struct ui *ui)
{
	const struct ui_signals *s = &ui->signals;

	if (s->take_interrupt != NULL && s->take_interrupt())
		ui->interrupted = true;
	if (s->take_resize != NULL && s->take_resize())
		ui->resized = true;
	if (s->stopping != NULL && s->stopping())
		ui->stopped = true;
}

enum read_status ui_read(struct ui *ui, enum prompt_kind kind, const char *prompt,
			 const char *prefill, struct strbuf *line)
{
	enum read_status status;

	strbuf_reset(line);
	out_flush(ui->out);
	ui_look_at_signals(ui);
	if (ui->stopped)
		return READ_STOP;
	if (kind == PROMPT_SECRET && isatty(STDIN_FILENO))
		status = secret_read(ui, prompt, line);
	else
		status = ui->driver->read(ui, kind, prompt, prefill, line);
	ui->in_answer = kind == PROMPT_ANSWER;
	if (status == READ_STOP)
		ui->stopped = true;
	return status;
}

void ui_block_signals(sigset_t *before)
{
	static const int ours[] = {SIGINT, SIGHUP, SIGTERM, SIGWINCH, SIGTSTP, SIGCONT, SIGQUIT};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		sigaddset(&set, ours[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

void ui_unblock_signals(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

bool ui_wait_input(const sigset_t *before)
{
	fd_set input;

	FD_ZERO(&input);
	FD_SET(STDIN_FILENO, &input);
	/* Any other failure is for read() to find. */
	return pselect(STDIN_FILENO + 1, &input, NULL, NULL, NULL, before) >= 0 || errno != EINTR;
}

/* len, or less where the last bytes are the beginning of a character only. */
static size_t whole_characters(const char *s, size_t len)
{
	size_t start = len;
	uint32_t cp;

	if (len == 0)
		return 0;
	do {
		start--;
	} while (start > 0 && len - start < 4 && ((unsigned char)s[start] & 0xC0) == 0x80);
	return utf8_next(s + start, len - start, &cp) == 0 ? start : len;
}

void ui_add_to_line(struct strbuf *line, const char *bytes, size_t len, bool *cut)
{
	size_t room = line->max - line->len;

	if (len > room) {
		len = room;
		*cut = true;
	}
	strbuf_add(line, bytes, len);
}

void ui_end_line(struct ui *ui, struct strbuf *line, bool cut)
{
	ui->line_number++;
	if (!cut)
		return;
	strbuf_cut(line, whole_characters(line->buf, line->len));
	out_printf(ui->out, STYLE_BAD, "the line was too long and is cut to %zu bytes", line->len);
	out_line(ui->out);
}
