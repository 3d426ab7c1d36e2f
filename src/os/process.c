#include "os/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/internal.h"
#include "os/file.h"

#define EDITOR_HELP "set VISUAL or EDITOR to your editor"

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t stop_signal;
static volatile sig_atomic_t resized;

void process_random(void *out, size_t len)
{
	unsigned char *p = out;

	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			fprintf(stderr, "viva: no random bytes: %s\n", strerror(errno));
			exit(ERR_STORAGE);
		}
		p += n;
		len -= (size_t)n;
	}
}

/* Whether an editor of this name takes +LINE before the file. */
static bool takes_line(const char *program)
{
	static const char *const names[] = {"vi",	   "vim",   "nvim", "nano", "emacs",
					    "emacsclient", "micro", "kak",  "joe",  "mg"};
	const char *slash = strrchr(program, '/');
	const char *name = slash == NULL ? program : slash + 1;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(name, names[i]))
			return true;
	return false;
}

/* The words of the editor's command, then room for a line, a path and the closing NULL. */
char **os_split_command(const char *command, size_t *count)
{
	char **argv = mem_array(strlen(command) / 2 + 4, sizeof(*argv));
	const char *p = str_skip_blank(command);

	*count = 0;
	while (*p != '\0') {
		size_t len = strcspn(p, " \t");

		argv[(*count)++] = mem_copy_bytes(p, len);
		p = str_skip_blank(p + len);
	}
	return argv;
}

static char **editor_argv(const char *editor, const char *path, int line)
{
	size_t count;
	char **argv = os_split_command(editor, &count);
	/* A file called -x is no option. */
	const char *guard = path[0] == '-' ? "./" : "";
	size_t size = strlen(path) + 3;

	assert(count > 0);
	if (line > 0 && takes_line(argv[0])) {
		argv[count] = mem_alloc(16);
		snprintf(argv[count++], 16, "+%d", line);
	}
	argv[count] = mem_alloc(size);
	snprintf(argv[count], size, "%s%s", guard, path);
	return argv;
}

void os_free_argv(char **argv)
{
	for (size_t i = 0; argv[i] != NULL; i++)
		free(argv[i]);
	free(argv);
}

/* The child's half: never returns; a failure to start goes to the parent as an errno. */
static void run_child(char *const *argv, int report)
{
	static const int given[] = {SIGINT, SIGQUIT, SIGPIPE, SIGXFSZ};
	struct sigaction normal = {.sa_handler = SIG_DFL};
	int failure;

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		sigaction(given[i], &normal, NULL);
	execvp(argv[0], argv);
	failure = errno;
	os_write_all(report, &failure, sizeof(failure));
	_exit(127);
}

static enum err_code judge_exit(const char *name, int status, struct error *err)
{
	if (WIFSIGNALED(status))
		return error_set(err, ERR_USAGE, "editor '%s' was ended by signal %d", name,
				 WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return error_set(err, ERR_USAGE, "editor '%s' ended with status %d", name,
				 WEXITSTATUS(status));
	return ERR_NONE;
}

static enum err_code fork_and_wait(char *const *argv, struct error *err)
{
	int ends[2];
	int failure = 0, status = 0;
	ssize_t got;
	pid_t child;

	if (pipe(ends) != 0)
		return error_set(err, ERR_STORAGE, "no pipe: %s", strerror(errno));
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	child = fork();
	if (child == 0)
		run_child(argv, ends[1]);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return error_set(err, ERR_STORAGE, "cannot start a program: %s", strerror(errno));
	}
	do {
		got = read(ends[0], &failure, sizeof(failure));
	} while (got < 0 && errno == EINTR);
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (got == (ssize_t)sizeof(failure))
		return error_set(err, ERR_USAGE, "editor '%s' cannot be started: %s: " EDITOR_HELP,
				 argv[0], strerror(failure));
	return judge_exit(argv[0], status, err);
}

enum err_code process_edit_file(const char *editor, const char *path, int line, struct error *err)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old_int, old_quit;
	enum err_code code;
	char **argv;

	if (editor == NULL || str_is_blank(editor))
		return error_set(err, ERR_USAGE, "no editor: " EDITOR_HELP);
	argv = editor_argv(editor, path, line);
	/* The keys that end a program are the editor's while it runs. */
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	code = fork_and_wait(argv, err);
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	os_free_argv(argv);
	return code;
}

static enum err_code write_temp(struct strbuf *path, const char *suffix, const struct strbuf *text,
				struct error *err)
{
	int fd = mkstemps(path->buf, (int)strlen(suffix));
	bool ok = fd >= 0 && os_write_all(fd, text->buf, text->len);

	if (fd >= 0 && close(fd) != 0)
		ok = false;
	if (ok)
		return ERR_NONE;
	error_set(err, ERR_STORAGE, "%s: %s", path->buf, strerror(errno));
	if (fd >= 0)
		unlink(path->buf);
	return ERR_STORAGE;
}

enum err_code process_edit_text(const char *editor, const char *folder, const char *suffix,
				struct strbuf *text, struct error *err)
{
	struct strbuf edited, path;
	enum err_code code;

	strbuf_init(&edited, text->max);
	strbuf_init(&path, strlen(folder) + strlen(suffix) + 16);
	strbuf_str(&path, folder);
	strbuf_str(&path, "/viva-XXXXXX");
	strbuf_str(&path, suffix);
	code = file_make_folder(folder, err);
	if (code == ERR_NONE)
		code = write_temp(&path, suffix, text, err);
	if (code != ERR_NONE)
		goto out;
	code = process_edit_file(editor, path.buf, 0, err);
	if (code == ERR_NONE)
		code = file_read(path.buf, &edited, err);
	if (code == ERR_NONE) {
		strbuf_reset(text);
		strbuf_add(text, edited.buf, edited.len);
	}
	/* What was typed and is too long stays where the message says. */
	if (code != ERR_FORMAT)
		unlink(path.buf);
out:
	strbuf_release(&path);
	strbuf_release(&edited);
	return code;
}

static void on_signal(int sig)
{
	if (sig == SIGINT)
		interrupted = 1;
	else if (sig == SIGWINCH)
		resized = 1;
	else if (stop_signal == 0)
		stop_signal = sig;
}

void process_catch_signals(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGWINCH};
	/* Writes begin again after a signal; the reader's pselect ends in any case. */
	struct sigaction catch = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction before;

	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaction(caught[i], &catch, NULL);
	/* nohup has the last word. */
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &catch, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

bool process_take_interrupt(void)
{
	bool came = interrupted != 0;

	interrupted = 0;
	return came;
}

bool process_stopping(void)
{
	return stop_signal != 0;
}

int process_stop_signal(void)
{
	return stop_signal;
}

bool process_take_resize(void)
{
	bool came = resized != 0;

	resized = 0;
	return came;
}
