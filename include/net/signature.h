/*
 * Signatures in minisign's format (prehashed, "ED"), made and checked with libsodium, inside the
 * file that they sign: the four lines of minisign's signature file at its end, in an index as YAML
 * comments, in a deck as one HTML comment. Signed are the raw bytes before them; where these end,
 * core/signed.h says.
 *
 * Format: https://jedisct1.github.io/minisign/ (signature and public key as base64; the trusted
 * comment is covered by the global signature and holds `serial:N`). With `key:RW...` it also brings
 * the public key, for those who trust the first that they meet.
 */
#ifndef NET_SIGNATURE_H
#define NET_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"
#include "core/signed.h"
#include "net/key.h"

#define SIGNATURE_SIZE 64
#define SIGNATURE_BLOCK_MAX 16384 /* bytes that a block takes at most */

/* The signature block of a file, cut off by bytes before anything is parsed. */
struct signature {
	bool present;		  /* false: only content_len has a meaning */
	size_t content_len;	  /* bytes before the block: what is signed */
	char id[KEY_ID_SIZE + 1]; /* of the key that signed, by its own word */
	int64_t serial;		  /* of the trusted comment; to be compared with the file's own */
	const char *comment;	  /* the trusted comment: foreign text */
	unsigned char signature[SIGNATURE_SIZE]; /* of the content's BLAKE2b-512 */
	unsigned char global[SIGNATURE_SIZE];	 /* of that signature and the trusted comment */
};

/*
 * Finds the block. ERR_VERIFY for one that is there and malformed: legacy "Ed", other line ends,
 * not four lines, bytes behind it, bad base64, overlong comments, not exactly one serial. Strings
 * live in the arena.
 */
enum err_code signature_find(const char *bytes, size_t len, enum signed_kind kind,
			     struct arena *arena, struct signature *out, struct error *err);

/*
 * ERR_VERIFY unless the key made both signatures over these bytes, which signature_find() has
 * read. `key` is a public key as text; one that is none is ERR_VERIFY too.
 */
enum err_code signature_verify(const struct signature *s, const char *bytes, const char *key,
			       struct error *err);

/*
 * Appends the block for `serial` to the content, with a line feed before where its last line has
 * none. `time` is in seconds since 1970. The content must not hold a block already.
 */
void signature_sign(const struct secret_key *key, enum signed_kind kind, int64_t serial,
		    int64_t time, struct strbuf *content);

#endif
