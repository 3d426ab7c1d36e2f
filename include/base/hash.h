/* Hashes, over libsodium: identity of files and of what a card says. Not for passwords. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>

#define HASH_SIZE ((size_t)32)

struct hash {
	unsigned char bytes[HASH_SIZE];
};

/* SHA-256: what others can compute too, as in the index of a published folder. */
struct hash hash_of(const void *bytes, size_t len);

/* SHA-256 in pieces. hash_end() frees what hash_start() made. */
struct hashing;
struct hashing *hash_start(void);
void hash_add(struct hashing *h, const void *bytes, size_t len);
struct hash hash_end(struct hashing *h);

/* BLAKE2b-256: several times faster, for what only viva compares. */
struct hash hash_own(const void *bytes, size_t len);

/* Lower-case hexadecimal with a NUL. */
void hash_hex(const struct hash *h, char out[2 * HASH_SIZE + 1]);

/* The whole string as hash_hex() writes it: 64 digits, no capitals. */
bool hash_read(const char *hex, struct hash *out);

#endif
