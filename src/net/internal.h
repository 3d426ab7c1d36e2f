/* What signing and checking share: minisign's labels, limits, hash and base64. */
#ifndef NET_INTERNAL_H
#define NET_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "net/signature.h"

#define UNTRUSTED_LABEL "untrusted comment: "
#define TRUSTED_LABEL "trusted comment: "
#define UNTRUSTED_COMMENT_MAX 1024
#define TRUSTED_COMMENT_MAX 8192

/* Before any work of libsodium: it chooses the processor's fastest code. */
void start_sodium(void);

/* Decodes exactly `size` bytes of padded base64; false for anything else. */
bool base64_read(const char *text, size_t len, unsigned char *out, size_t size);
void base64_add(const unsigned char *bytes, size_t len, struct strbuf *out);

#define CONTENT_HASH_SIZE 64
void content_hash(const char *bytes, size_t len, unsigned char out[CONTENT_HASH_SIZE]);

/* Appends what the global signature is made over. */
void global_cover(const unsigned char signature[SIGNATURE_SIZE], const char *comment,
		  struct strbuf *out);

#endif
