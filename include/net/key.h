/*
 * Keys of minisign: public keys as text (what signed_is_key() accepts), secret keys as the files
 * that `minisign -G` writes, with a password or without.
 */
#ifndef NET_KEY_H
#define NET_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "core/signed.h"

#define KEY_ID_SIZE 16 /* hexadecimal digits of a key id, as minisign prints it */

struct public_key {
	unsigned char id[8];
	unsigned char bytes[32];
};

/* False for what is no public key. */
bool key_read(const char *text, struct public_key *out);

/* The id for people: 16 upper-case digits and a NUL. */
void key_id_text(const unsigned char id[8], char out[KEY_ID_SIZE + 1]);

/* The same of a public key as text, which must be one. */
void key_id(const char *key, char out[KEY_ID_SIZE + 1]);

#define SECRET_KEY_FILE_MAX 4096
#define PASSWORD_MAX 1024 /* bytes, as minisign has it */

/* A secret key, decrypted. Wiped by secret_key_wipe(). */
struct secret_key {
	unsigned char id[8];
	unsigned char secret[64];
};

/* Whether the file's text is an encrypted key: a password is needed. ERR_FORMAT for no key. */
enum err_code secret_key_probe(const char *text, size_t len, bool *encrypted, struct error *err);

/*
 * Reads the file's text; the password counts for an encrypted key only. ERR_VERIFY for a wrong
 * password, ERR_STORAGE when the memory is lacking that decrypting takes: 1 GiB, and seconds.
 */
enum err_code secret_key_read(const char *text, size_t len, const char *password,
			      struct secret_key *out, struct error *err);
void secret_key_wipe(struct secret_key *key);
void secret_key_public(const struct secret_key *key, char out[KEY_TEXT_SIZE + 1]);

/* Forgets bytes so that the compiler does not leave it out: passwords, the text of key files. */
void secret_wipe(void *bytes, size_t len);

#endif
