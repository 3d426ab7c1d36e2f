/*
 * Signatures in minisign's format (prehashed, "ED"), made and checked with libsodium, inside the
 * file that they sign: four lines at its end, in an index as YAML comments, in a deck as one HTML
 * comment whose first line is exactly "<!-- viva-signature".
 *
 * Format: https://jedisct1.github.io/minisign/ (signature and public key as base64; the trusted
 * comment is covered by the global signature and holds `serial:N`).
 */
#ifndef NET_SIGNATURE_H
#define NET_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"

enum signed_kind { SIGNED_INDEX, SIGNED_DECK };

#define KEY_TEXT_SIZE 56 /* characters of a public key in base64, "RW..." */
#define KEY_ID_SIZE 16	 /* hexadecimal digits of a key id, as minisign prints it */

/* Whether s is a public key, and its id for people: 16 upper-case digits and a NUL. */
bool key_is_valid(const char *s);
void key_id(const char *key, char out[KEY_ID_SIZE + 1]);

/* The signature block of a file, cut off by bytes before anything is parsed. */
struct signature {
	bool present;
	size_t content_len;   /* bytes before the block: what is signed */
	const char *lines[4]; /* untrusted comment, signature, trusted comment, global signature */
	char id[KEY_ID_SIZE + 1]; /* of the key that signed, by its own word */
	int64_t serial;		  /* of the trusted comment */
};

/*
 * Finds the block. ERR_VERIFY for one that is there and malformed (legacy "Ed", other line ends,
 * bytes behind it, bad base64, no serial). Strings live in the arena.
 */
enum err_code signature_find(const char *bytes, size_t len, enum signed_kind kind,
			     struct arena *arena, struct signature *out, struct error *err);

/* ERR_VERIFY unless the key made both signatures of it over these bytes. */
enum err_code signature_verify(const struct signature *s, const char *bytes, const char *key,
			       struct error *err);

/* A secret key file of minisign, decrypted. Wiped by secret_key_wipe(). */
struct secret_key {
	unsigned char id[8];
	unsigned char secret[64];
};

/* Whether the file's text is an encrypted key: a password is needed. ERR_FORMAT for no key. */
enum err_code secret_key_probe(const char *text, size_t len, bool *encrypted, struct error *err);
/* ERR_VERIFY for a wrong password. Takes seconds and 1 GiB for an encrypted key. */
enum err_code secret_key_read(const char *text, size_t len, const char *password,
			      struct secret_key *out, struct error *err);
void secret_key_wipe(struct secret_key *key);
void secret_key_public(const struct secret_key *key, char out[KEY_TEXT_SIZE + 1]);

/* Appends the block for `serial` to the content. */
void signature_sign(const struct secret_key *key, enum signed_kind kind, int64_t serial,
		    int64_t time, struct strbuf *content);

#endif
