/* Bytes as lower-case hexadecimal digits, two a byte. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>

void hex_print(const void *bytes, size_t size, char *out); /* 2 * size digits and a NUL */

/* Exactly 2 * size digits, no capitals: as hex_print() writes them. */
bool hex_parse(const char *s, size_t len, void *out, size_t size);

#endif
