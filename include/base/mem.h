/*
 * Memory that is there or the program ends: every function here returns memory or prints one line
 * to standard error and exits with ERR_STORAGE. Callers own what they get and free() it.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* The same end, for memory that a library did not get. */
_Noreturn void mem_out(void);

void *mem_alloc(size_t size); /* zeroed; size 0 gives a pointer that can be freed */
void *mem_array(size_t count,
		size_t size); /* zeroed; ends the program when count * size overflows */
void *mem_resize(void *old, size_t count, size_t size); /* realloc; the new part is not zeroed */
char *mem_copy_str(const char *s);			/* NULL gives NULL */
char *mem_copy_bytes(const void *s, size_t len);	/* a NUL is put behind the copy */

/*
 * Makes room for one more element in a growing array: *array holds `count` elements of `size`
 * bytes with room for *cap. Doubles when full.
 */
void mem_grow(void *array_ptr, size_t count, size_t *cap, size_t size);

#endif
