#include "base/hash.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LARGE (32u << 10)

#include "base/hex.h"

_Static_assert(HASH_SIZE == crypto_hash_sha256_BYTES, "a SHA-256 has 32 bytes");

struct hash hash_of(const void *bytes, size_t len)
{
	struct hash h;

	crypto_hash_sha256(h.bytes, bytes, len);
	return h;
}

struct hashing {
	crypto_hash_sha256_state state;
};

struct hashing *hash_start(void)
{
	struct hashing *h = mem_alloc(sizeof(*h));

	crypto_hash_sha256_init(&h->state);
	return h;
}

void hash_add(struct hashing *h, const void *bytes, size_t len)
{
	crypto_hash_sha256_update(&h->state, bytes, len);
}

struct hash hash_end(struct hashing *h)
{
	struct hash hash;

	crypto_hash_sha256_final(&h->state, hash.bytes);
	free(h);
	return hash;
}

struct hash hash_own(const void *bytes, size_t len)
{
	struct hash h;

	/* From then on libsodium uses the fastest code for this processor, which small texts alone
	 * do not repay. */
	if (len >= LARGE && sodium_init() < 0)
		abort();
	crypto_generichash(h.bytes, sizeof(h.bytes), bytes, len, NULL, 0);
	return h;
}

void hash_hex(const struct hash *h, char out[2 * HASH_SIZE + 1])
{
	hex_print(h->bytes, HASH_SIZE, out);
}

bool hash_read(const char *hex, struct hash *out)
{
	return strlen(hex) == 2 * HASH_SIZE && hex[strspn(hex, "0123456789abcdef")] == '\0' &&
	       sodium_hex2bin(out->bytes, HASH_SIZE, hex, 2 * HASH_SIZE, NULL, NULL, NULL) == 0;
}
