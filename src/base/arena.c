#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BLOCK_SIZE 4096
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	max_align_t data[];
};

static struct arena_block *block_new(struct arena *a, size_t size)
{
	struct arena_block *b;
	size_t room = a->head ? a->head->size * 2 : BLOCK_SIZE;

	if (room > (1u << 20))
		room = 1u << 20;
	if (room < size)
		room = size;
	b = mem_alloc(sizeof(*b) + room);
	b->size = room;
	b->next = a->head;
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->head;
	size_t need = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	void *p;

	if (!b || b->size - b->used < need)
		b = block_new(a, need);
	p = (char *)b->data + b->used;
	b->used += need;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	if (size && count > (SIZE_MAX / 2) / size)
		return mem_array(count, size); /* cannot be had: ends the program */
	return arena_alloc(a, count * size);
}

char *arena_str(struct arena *a, const char *s)
{
	return s ? arena_bytes(a, s, strlen(s)) : NULL;
}

char *arena_bytes(struct arena *a, const void *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len)
		memcpy(copy, s, len);
	return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char room[256];
	va_list ap;
	char *s;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(room, sizeof(room), fmt, ap);
	va_end(ap);
	assert(len >= 0);
	if ((size_t)len < sizeof(room))
		return arena_bytes(a, room, (size_t)len);
	s = arena_alloc(a, (size_t)len + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return s;
}

void arena_release(struct arena *a)
{
	struct arena_block *b = a->head;

	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
	a->head = NULL;
}
