/*
 * System calls that fail, for LD_PRELOAD. $FAULT says what happens:
 *
 *   CALL N ERRNO   the Nth call (from 1) fails with this number, or forever from the Nth on: N+
 *   CALL N short   the Nth write takes one byte less than half of what it is given
 *   CALL N kill    the Nth call ends the process as kill -9 does, instead of being made
 *   nosync         nothing is ever synced
 *   nojournal      what is written to a rollback journal never arrives
 *   clock SECONDS  the system's clock is wrong by so much
 *
 * The last three are defects to plant, which prove that a harness would find them. When a call has
 * met its fault the file $FAULT_MET is made. Calls that the C library makes on its own, by stdio
 * for example, are not seen here.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The words of $FAULT behind `word`, NULL where it says something else. */
static const char *fault(const char *word)
{
	const char *text = getenv("FAULT");
	size_t len = strlen(word);

	if (!text || strncmp(text, word, len) != 0 || (text[len] && text[len] != ' '))
		return NULL;
	return text + len;
}

static void mark(void)
{
	const char *path = getenv("FAULT_MET");
	long fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY, 0600) : -1;

	if (fd >= 0)
		syscall(SYS_close, fd);
}

enum outcome { PASS, FAIL, SHORT };

/* Counts a call and says what becomes of it; sets errno for FAIL. */
static enum outcome meet(const char *call)
{
	static long count;
	const char *rest = fault(call);
	char *end;
	long n;

	if (!rest)
		return PASS;
	n = strtol(rest, &end, 10);
	if (++count != n && !(*end == '+' && count > n))
		return PASS;
	end += *end == '+';
	mark();
	if (strcmp(end, " short") == 0)
		return SHORT;
	if (strcmp(end, " kill") == 0)
		kill(getpid(), SIGKILL);
	errno = (int)strtol(end, NULL, 10);
	return FAIL;
}

static bool syncs_nothing(void)
{
	return fault("nosync") != NULL;
}

int fsync(int fd)
{
	if (syncs_nothing())
		return 0;
	return meet("fsync") == FAIL ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	if (syncs_nothing())
		return 0;
	return meet("fdatasync") == FAIL ? -1 : (int)syscall(SYS_fdatasync, fd);
}

static bool is_journal(int fd)
{
	static const char end[] = "-journal";
	char link[64], path[4096];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	if (len < (ssize_t)sizeof(end))
		return false;
	path[len] = '\0';
	return strcmp(path + len - strlen(end), end) == 0;
}

/* What a write is to take of `count` bytes; -1 where it fails. */
static ssize_t portion(const char *call, size_t count)
{
	switch (meet(call)) {
	case FAIL:
		return -1;
	case SHORT:
		return count > 1 ? (ssize_t)(count / 2) : (ssize_t)count;
	default:
		return (ssize_t)count;
	}
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset)
{
	ssize_t part;

	if (fault("nojournal") && is_journal(fd))
		return (ssize_t)count;
	part = portion("pwrite64", count);
	return part < 0 ? part : syscall(SYS_pwrite64, fd, bytes, (size_t)part, offset);
}

ssize_t write(int fd, const void *bytes, size_t count)
{
	ssize_t part = portion("write", count);

	return part < 0 ? part : syscall(SYS_write, fd, bytes, (size_t)part);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset)
{
	return meet("pread64") == FAIL ? -1 : syscall(SYS_pread64, fd, bytes, count, offset);
}

ssize_t read(int fd, void *bytes, size_t count)
{
	return meet("read") == FAIL ? -1 : syscall(SYS_read, fd, bytes, count);
}

int ftruncate64(int fd, off64_t size)
{
	return meet("ftruncate") == FAIL ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	if (flags & O_CREAT) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if (meet("openat") == FAIL)
		return -1;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...) __attribute__((alias("open64")));

int fcntl64(int fd, int what, ...)
{
	va_list ap;
	long value;

	va_start(ap, what);
	value = va_arg(ap, long);
	va_end(ap);
	return meet("fcntl") == FAIL ? -1 : (int)syscall(SYS_fcntl, fd, what, value);
}

int fcntl(int fd, int what, ...) __attribute__((alias("fcntl64")));

static int status_of(int folder, const char *path, struct stat *out, int flags)
{
	if (meet("newfstatat") == FAIL)
		return -1;
	return (int)syscall(SYS_newfstatat, folder, path, out, flags);
}

int stat(const char *path, struct stat *out)
{
	return status_of(AT_FDCWD, path, out, 0);
}

int lstat(const char *path, struct stat *out)
{
	return status_of(AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW);
}

int fstat(int fd, struct stat *out)
{
	return status_of(fd, "", out, AT_EMPTY_PATH);
}

int stat64(const char *path, struct stat64 *out) __attribute__((alias("stat")));
int lstat64(const char *path, struct stat64 *out) __attribute__((alias("lstat")));
int fstat64(int fd, struct stat64 *out) __attribute__((alias("fstat")));

int mkdir(const char *path, mode_t mode)
{
	return meet("mkdir") == FAIL ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int link(const char *old, const char *path)
{
	if (meet("link") == FAIL)
		return -1;
	return (int)syscall(SYS_linkat, AT_FDCWD, old, AT_FDCWD, path, 0);
}

int rename(const char *old, const char *path)
{
	if (meet("rename") == FAIL)
		return -1;
	return (int)syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, path, 0);
}

int unlink(const char *path)
{
	return meet("unlink") == FAIL ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
	const char *wrong = fault("clock");
	int rc = (int)syscall(SYS_clock_gettime, clock, out);

	if (wrong && clock == CLOCK_REALTIME)
		out->tv_sec += strtol(wrong, NULL, 10);
	return rc;
}
