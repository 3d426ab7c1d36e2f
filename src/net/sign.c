/* Making signatures, and what making and checking have in common. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/mem.h"
#include "net/internal.h"

_Static_assert(SIGNATURE_SIZE == crypto_sign_BYTES, "Ed25519 signatures have 64 bytes");
_Static_assert(CONTENT_HASH_SIZE == crypto_generichash_BYTES_MAX, "BLAKE2b-512");

bool base64_read(const char *text, size_t len, unsigned char *out, size_t size)
{
	size_t got;

	return sodium_base642bin(out, size, text, len, NULL, &got, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       got == size;
}

void base64_add(const unsigned char *bytes, size_t len, struct strbuf *out)
{
	size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL);
	char *text = mem_alloc(size);

	sodium_bin2base64(text, size, bytes, len, sodium_base64_VARIANT_ORIGINAL);
	strbuf_str(out, text);
	free(text);
}

void start_sodium(void)
{
	int rc = sodium_init();

	assert(rc >= 0);
	(void)rc;
}

void content_hash(const char *bytes, size_t len, unsigned char out[CONTENT_HASH_SIZE])
{
	start_sodium();
	crypto_generichash(out, CONTENT_HASH_SIZE, (const unsigned char *)bytes, len, NULL, 0);
}

void global_cover(const unsigned char signature[SIGNATURE_SIZE], const char *comment,
		  struct strbuf *out)
{
	strbuf_add(out, signature, SIGNATURE_SIZE);
	strbuf_str(out, comment);
}

void signature_sign(const struct secret_key *key, enum signed_kind kind, int64_t serial,
		    int64_t time, struct strbuf *content)
{
	const char *indent = kind == SIGNED_INDEX ? "# " : "";
	unsigned char made[2 + sizeof(key->id) + SIGNATURE_SIZE] = "ED";
	unsigned char *signature = made + 2 + sizeof(key->id), global[SIGNATURE_SIZE];
	unsigned char hash[CONTENT_HASH_SIZE];
	char public[KEY_TEXT_SIZE + 1];
	struct strbuf comment, covered;

	assert(signed_content(content->buf, content->len, kind) == content->len);
	if (content->len > 0 && content->buf[content->len - 1] != '\n')
		strbuf_char(content, '\n');
	memcpy(made + 2, key->id, sizeof(key->id));
	content_hash(content->buf, content->len, hash);
	crypto_sign_detached(signature, NULL, hash, sizeof(hash), key->secret);

	strbuf_init(&comment, TRUSTED_COMMENT_MAX);
	strbuf_init(&covered, SIGNATURE_SIZE + TRUSTED_COMMENT_MAX);
	secret_key_public(key, public);
	strbuf_printf(&comment, "timestamp:%" PRId64 "\tserial:%" PRId64 "\tkey:%s", time, serial,
		      public);
	global_cover(signature, comment.buf, &covered);
	crypto_sign_detached(global, NULL, (const unsigned char *)covered.buf, covered.len,
			     key->secret);

	if (kind == SIGNED_DECK)
		strbuf_str(content, SIGNED_DECK_START "\n");
	strbuf_printf(content, "%s" UNTRUSTED_LABEL "signed by viva publish\n%s", indent, indent);
	base64_add(made, sizeof(made), content);
	strbuf_printf(content, "\n%s" TRUSTED_LABEL "%s\n%s", indent, comment.buf, indent);
	base64_add(global, sizeof(global), content);
	strbuf_char(content, '\n');
	if (kind == SIGNED_DECK)
		strbuf_str(content, SIGNED_DECK_END "\n");
	strbuf_release(&comment);
	strbuf_release(&covered);
}
