/*
 * A password at a terminal, by the terminal's own line editing with the echo off. Readline is not
 * used: it would keep a copy.
 */
#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ui/internal.h"

/*
 * Turns the echo off, and the keys that leave the program without giving it back. What was typed
 * before the question is dropped.
 */
static bool hide(struct termios *before)
{
	struct termios hidden;

	if (tcgetattr(STDIN_FILENO, before) != 0)
		return false;
	hidden = *before;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	hidden.c_lflag |= ICANON | ISIG;
	hidden.c_cc[VSUSP] = hidden.c_cc[VQUIT] = _POSIX_VDISABLE;
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
}

static enum read_status take(struct ui *ui, const sigset_t *before, struct strbuf *line)
{
	enum read_status status = READ_LINE;
	bool cut = false, ended = false;
	char c;

	while (!ended) {
		ui_look_at_signals(ui);
		if (ui->stopped || ui->interrupted) {
			status = ui->stopped ? READ_STOP : READ_INTERRUPT;
			ui->interrupted = false;
			break;
		}
		if (!ui_wait_input(before))
			continue;
		ssize_t n = read(STDIN_FILENO, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 && line->len == 0)
			status = READ_EOF;
		ended = n <= 0 || c == '\n';
		if (!ended)
			ui_add_to_line(line, &c, 1, &cut);
	}
	explicit_bzero(&c, 1);
	if (status == READ_LINE)
		ui_end_line(ui, line, cut);
	return status;
}

enum read_status secret_read(struct ui *ui, const char *prompt, struct strbuf *line)
{
	/* Standard output may be a file; the question is for who sits at the terminal. */
	FILE *screen = isatty(fileno(ui->out->stream)) ? ui->out->stream : stderr;
	struct termios modes;
	enum read_status status;
	sigset_t before;

	ui_block_signals(&before);
	if (!hide(&modes)) {
		ui_unblock_signals(&before);
		return READ_EOF;
	}
	fputs(prompt, screen);
	fflush(screen);
	status = take(ui, &before, line);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
	ui_unblock_signals(&before);
	fputc('\n', screen);
	fflush(screen);
	return status;
}
