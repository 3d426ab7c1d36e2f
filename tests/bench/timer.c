/*
 * timer RUNS [-u TEXT] -- COMMAND... [-- COMMAND...]: runs the commands in turn, RUNS times, and
 * prints for each the median of the wall time in microseconds and the largest peak memory in KiB.
 *
 * Standard input of the commands is that of the timer, read from its start by each; their output
 * goes nowhere. With -u each runs on a terminal of its own until TEXT appears there; then it is
 * killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS_MAX = 4, RUNS_MAX = 10000, SEEN_MAX = 1 << 16 };

struct command {
	char **argv;
	long times[RUNS_MAX];
	long memory;
};

static void fail(const char *what)
{
	fprintf(stderr, "timer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static pid_t start(char **argv, const char *until, int *terminal)
{
	const struct winsize size = {.ws_row = 24, .ws_col = 80};
	pid_t child = until ? forkpty(terminal, NULL, NULL, &size) : fork();

	if (child < 0)
		fail("fork");
	if (child)
		return child;
	if (!until) {
		int null = open("/dev/null", O_WRONLY);

		lseek(STDIN_FILENO, 0, SEEK_SET);
		dup2(null, STDOUT_FILENO);
	}
	execv(argv[0], argv);
	_exit(127);
}

/* Reads the terminal until the text has come; false when the command ended before. */
static int wait_for(int terminal, const char *until)
{
	static char seen[SEEN_MAX];
	size_t len = 0;

	while (len < SEEN_MAX - 1) {
		ssize_t n = read(terminal, seen + len, SEEN_MAX - 1 - len);

		if (n <= 0)
			return 0;
		len += (size_t)n;
		seen[len] = '\0';
		if (strstr(seen, until))
			return 1;
	}
	return 0;
}

static void run(struct command *c, long at, const char *until)
{
	struct rusage usage;
	int terminal = -1, status;
	long begin = now_us();
	pid_t child = start(c->argv, until, &terminal);

	if (until) {
		if (!wait_for(terminal, until)) {
			fprintf(stderr, "timer: %s ended without '%s'\n", c->argv[0], until);
			exit(1);
		}
		c->times[at] = now_us() - begin;
		kill(child, SIGKILL);
		close(terminal);
	}
	if (wait4(child, &status, 0, &usage) < 0)
		fail("wait");
	if (!until) {
		c->times[at] = now_us() - begin;
		if (!WIFEXITED(status) || WEXITSTATUS(status)) {
			fprintf(stderr, "timer: %s failed\n", c->argv[0]);
			exit(1);
		}
	}
	if (usage.ru_maxrss > c->memory)
		c->memory = usage.ru_maxrss;
}

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static struct command commands[COMMANDS_MAX];
	long runs = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	int count = 0;
	const char *until = NULL;

	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "-u") == 0 && !count && i + 1 < argc)
			until = argv[++i];
		if (strcmp(argv[i], "--") != 0)
			continue;
		argv[i] = NULL;
		if (count == COMMANDS_MAX || i + 1 == argc)
			runs = 0;
		else
			commands[count++].argv = argv + i + 1;
	}
	if (runs < 1 || runs > RUNS_MAX || !count) {
		fputs("usage: timer RUNS [-u TEXT] -- COMMAND... [-- COMMAND...]\n", stderr);
		return 2;
	}
	for (long at = -1; at < runs; at++) /* the first round warms up */
		for (int i = 0; i < count; i++)
			run(&commands[i], at < 0 ? 0 : at, until);
	for (int i = 0; i < count; i++) {
		qsort(commands[i].times, (size_t)runs, sizeof(long), compare);
		printf("%ld %ld\n", commands[i].times[runs / 2], commands[i].memory);
	}
	return 0;
}
