/*
 * Reads prompts in a loop and prints what came, escaped: tests/cli/test_terminal_ui.py drives it
 * on a real terminal and through a pipe.
 *
 *     tool_ui [--script] [--color] [--max N] [--history FILE] [--prefill TEXT] [--log FILE] KIND...
 *
 * KIND is shell, answer, grade, wait or word; the last one is asked again and again. "quit" ends
 * the program, as do a stop (which is read three times) and eight ends of input in a row. "edit"
 * hands the terminal to another program, "size" prints the width, "typeahead" waits for SIGUSR1,
 * and completing "exit7" ends the program in the middle of a line.
 */
#include <assert.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/process.h"
#include "ui/ui.h"

struct options {
	bool script, color;
	int max;
	const char *history, *prefill, *log;
	char **kinds;
	int kind_count;
};

static const char *const kind_names[PROMPT_KINDS] = {"shell", "answer", "grade",
						     "wait",  "word",	"secret"};

static const char *const words[] = {
	"tag:",	 "study",   "stats",	       "deck:", "deck:orm", "django-orm/n-plus-one",
	"/flag", "/follow", "bad\xE2\x80\xAE", NULL};

static char **complete(void *ctx, enum prompt_kind kind, const char *line, size_t word)
{
	char **found = mem_array(sizeof(words) / sizeof(words[0]), sizeof(*found));
	size_t n = 0;

	(void)ctx;
	if (str_eq(line + word, "exit7"))
		exit(7);
	for (size_t i = 0; kind <= PROMPT_ANSWER && words[i] != NULL; i++)
		if (str_starts(words[i], line + word))
			found[n++] = mem_copy_str(words[i]);
	if (n > 0 || str_starts(line, "check "))
		return found;
	free(found);
	return NULL;
}

static void parse_options(struct options *o, char **argv)
{
	*o = (struct options){.max = 65536};
	for (argv++; *argv != NULL && str_starts(*argv, "--"); argv++) {
		if (str_eq(*argv, "--script"))
			o->script = true;
		else if (str_eq(*argv, "--color"))
			o->color = true;
		else if (str_eq(*argv, "--max") && str_to_int(argv[1], 0, 1 << 30, &o->max))
			argv++;
		else if (str_eq(*argv, "--history"))
			o->history = *++argv;
		else if (str_eq(*argv, "--prefill"))
			o->prefill = *++argv;
		else if (str_eq(*argv, "--log"))
			o->log = *++argv;
	}
	o->kinds = argv;
	while (argv[o->kind_count] != NULL)
		o->kind_count++;
	assert(o->kind_count > 0);
}

static enum prompt_kind kind_of(const struct options *o, int turn)
{
	const char *name = o->kinds[turn < o->kind_count ? turn : o->kind_count - 1];
	size_t kind = 0;

	while (kind < PROMPT_KINDS && !str_eq(name, kind_names[kind]))
		kind++;
	assert(kind < PROMPT_KINDS);
	return (enum prompt_kind)kind;
}

static void escape(struct strbuf *dst, const struct strbuf *s)
{
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->buf[i];

		if (c == '\n')
			strbuf_str(dst, "\\n");
		else if (c < ' ' || c >= 0x7f)
			strbuf_printf(dst, "\\x%02x", c);
		else
			strbuf_char(dst, s->buf[i]);
	}
}

static void print(struct ui *ui, FILE *log, const char *text)
{
	out_printf(ui_out(ui), STYLE_NORMAL, "%s", text);
	out_line(ui_out(ui));
	out_flush(ui_out(ui));
	if (log != NULL) {
		fprintf(log, "%s\n", text);
		fflush(log);
	}
}

static void report(struct ui *ui, FILE *log, enum read_status status, const struct strbuf *line)
{
	static const char *const names[] = {"line", "eof", "interrupt", "stop"};
	struct strbuf text;

	strbuf_init(&text, 1 << 24);
	strbuf_printf(&text, "got %s", names[status]);
	if (status == READ_LINE) {
		strbuf_printf(&text, " %d [", ui_line_number(ui));
		escape(&text, line);
		strbuf_char(&text, ']');
	}
	print(ui, log, text.buf);
	strbuf_release(&text);
}

static void on_usr1(int sig)
{
	(void)sig;
}

/* Lets the test type before a prompt is there: it knows from this line, and says when it has. */
static void wait_for_typing(struct ui *ui)
{
	struct sigaction wake = {.sa_handler = on_usr1, .sa_flags = SA_RESTART};
	sigset_t set, before;

	sigaction(SIGUSR1, &wake, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &before);
	print(ui, NULL, "type now");
	sigsuspend(&before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

static void obey(struct ui *ui, const struct strbuf *line)
{
	struct error err = ERROR_INIT;

	if (str_eq(line->buf, "edit")) {
		ui_suspend(ui);
		if (process_edit_file("stty -a -F", "/dev/tty", 0, &err) != ERR_NONE)
			print(ui, NULL, err.msg);
		ui_resume(ui);
	} else if (str_eq(line->buf, "size")) {
		out_printf(ui_out(ui), STYLE_NORMAL, "width %d\n", ui_out(ui)->width);
	} else if (str_eq(line->buf, "typeahead")) {
		wait_for_typing(ui);
	}
}

static void loop(struct ui *ui, const struct options *o, FILE *log)
{
	static const char *const prompts[PROMPT_KINDS] = {"shell> ", "answer: ", "grade? ",
							  "wait ",   "word? ",	 "secret: "};
	int ends = 0, stops = 0;
	struct strbuf line;

	strbuf_init(&line, (size_t)o->max);
	for (int turn = 0; ends < 8 && stops < 3; turn++) {
		enum prompt_kind kind = kind_of(o, turn);
		enum read_status status =
			ui_read(ui, kind, prompts[kind], turn == 0 ? o->prefill : NULL, &line);

		report(ui, log, status, &line);
		ends = status == READ_EOF ? ends + 1 : 0;
		stops = status == READ_STOP ? stops + 1 : 0;
		if (status == READ_LINE && str_eq(line.buf, "quit"))
			break;
		if (status == READ_LINE)
			obey(ui, &line);
	}
	strbuf_release(&line);
}

int main(int argc, char **argv)
{
	struct out out = {.stream = stdout, .width = 80, .unicode = true};
	struct ui_signals signals = {process_take_interrupt, process_stopping, process_take_resize};
	struct options o;
	struct ui *ui;
	FILE *log;

	(void)argc;
	setlocale(LC_ALL, "");
	parse_options(&o, argv);
	out.color = o.color;
	log = o.log == NULL ? NULL : fopen(o.log, "w");
	process_catch_signals();
	ui = o.script ? ui_script(&out) : ui_terminal(&out, o.history);
	ui_set_signals(ui, &signals);
	ui_set_completion(ui, complete, NULL);
	loop(ui, &o, log);
	print(ui, log, "left");
	ui_free(ui);
	if (log != NULL)
		fclose(log);
	return 0;
}
