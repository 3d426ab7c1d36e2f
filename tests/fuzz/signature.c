/*
 * Any bytes as a signed index, a signed deck and a key file. Nothing is believed that the key did
 * not sign, and what the key signs is believed.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "net/signature.h"

#define CONTENT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* As `minisign -G -W` wrote it; it has signed nothing but the files of the corpus. */
static const char key_file[] =
	"untrusted comment: minisign encrypted secret key\n"
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAK3xUr/e3/"
	"cjF2zdgjSmS"
	"v7qq1jOIsFycT5TUEe6nB/RPwuHLrbdKfOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TEAAAAAAAAAAAAAA"
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

static void check_signed(const char *content, size_t len, enum signed_kind kind,
			 const struct secret_key *key, const char *public, struct arena *arena)
{
	struct error err = ERROR_INIT;
	struct signature s;
	struct strbuf text;

	while (signed_content(content, len, kind) < len)
		len = signed_content(content, len, kind);
	if (len > CONTENT_MAX)
		return;
	strbuf_init(&text, CONTENT_MAX + SIGNATURE_BLOCK_MAX);
	strbuf_add(&text, content, len);
	signature_sign(key, kind, 42, 1, &text);
	enum err_code rc = signature_find(text.buf, text.len, kind, arena, &s, &err);
	assert(rc == ERR_NONE && s.present && s.serial == 42);
	assert(s.content_len >= len && s.content_len <= len + 1);
	rc = signature_verify(&s, text.buf, public, &err);
	assert(rc == ERR_NONE);
	strbuf_release(&text);
}

static void check(const char *text, size_t len, enum signed_kind kind, const struct secret_key *key,
		  const char *public)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct signature s;
	enum err_code rc = signature_find(text, len, kind, &arena, &s, &err);

	assert(rc == ERR_NONE || (rc == ERR_VERIFY && s.present));
	assert(s.content_len <= len && s.present == (s.content_len < len));
	if (!rc && s.present) {
		assert(s.serial >= 0 && s.serial <= SERIAL_MAX && strlen(s.id) == KEY_ID_SIZE);
		rc = signature_verify(&s, text, public, &err);
		assert(rc == ERR_NONE || rc == ERR_VERIFY);
	}
	check_signed(text, s.content_len, kind, key, public, &arena);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct error err = ERROR_INIT;
	struct secret_key key;
	char public[KEY_TEXT_SIZE + 1];
	bool encrypted;

	enum err_code rc = secret_key_read(key_file, strlen(key_file), "", &key, &err);
	assert(rc == ERR_NONE);
	secret_key_public(&key, public);
	check((const char *)bytes, len, SIGNED_INDEX, &key, public);
	check((const char *)bytes, len, SIGNED_DECK, &key, public);
	rc = secret_key_probe((const char *)bytes, len, &encrypted, &err);
	if (rc == ERR_NONE && !encrypted) /* the others take seconds and much memory */
		(void)secret_key_read((const char *)bytes, len, "", &key, &err);
	return 0;
}
