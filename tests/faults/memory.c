/*
 * Memory that runs out, for LD_PRELOAD: the Nth allocation (from 1) fails, as $FAULT_MEMORY says,
 * or all from the Nth on: N+. When one has failed the file $FAULT_MET is made. Real allocations
 * come from the C library by the names that it has for them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool fails(void)
{
	static long count;
	const char *at = getenv("FAULT_MEMORY"), *met = getenv("FAULT_MET");
	char *end;
	long n, fd;

	if (!at)
		return false;
	n = strtol(at, &end, 10);
	if (++count != n && !(*end == '+' && count > n))
		return false;
	fd = met ? syscall(SYS_openat, AT_FDCWD, met, O_CREAT | O_WRONLY, 0600) : -1;
	if (fd >= 0)
		syscall(SYS_close, fd);
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
