#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

_Noreturn void mem_out(void)
{
	fputs("viva: out of memory\n", stderr);
	exit(ERR_STORAGE);
}

static size_t product(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		mem_out();
	return count * size;
}

void *mem_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		mem_out();
	return p;
}

void *mem_array(size_t count, size_t size)
{
	return mem_alloc(product(count, size));
}

void *mem_resize(void *old, size_t count, size_t size)
{
	size_t bytes = product(count, size);
	void *p = realloc(old, bytes ? bytes : 1);

	if (!p)
		mem_out();
	return p;
}

char *mem_copy_str(const char *s)
{
	return s ? mem_copy_bytes(s, strlen(s)) : NULL;
}

char *mem_copy_bytes(const void *s, size_t len)
{
	char *copy = mem_alloc(len + 1);

	if (len)
		memcpy(copy, s, len);
	return copy;
}

void mem_grow(void *array_ptr, size_t count, size_t *cap, size_t size)
{
	void **array = array_ptr;

	if (count < *cap)
		return;
	*cap = *cap ? *cap * 2 : 16;
	*array = mem_resize(*array, *cap, size);
}
