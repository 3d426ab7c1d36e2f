/* Keys as minisign 0.11 writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "net/key.h"

#define PUBLIC "RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TE"
#define COMMENT "untrusted comment: minisign encrypted secret key\n"
#define SECRET \
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAK3xUr/e3/" \
	"cjF2zdgjSmSv7qq1jOIsFycT5TUEe6nB/RPwuHLrbdKfOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+" \
	"W3TEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

#define FILE_SIZE 158
#define ENCRYPTED_AT 54

static const char plain[] = COMMENT SECRET "\n";

static void a_public_key_has_the_id_that_minisign_prints(void **state)
{
	struct public_key key;
	char id[KEY_ID_SIZE + 1];

	(void)state;
	assert_true(key_read(PUBLIC, &key));
	assert_int_equal(key.bytes[0], 0xe2);
	key_id(PUBLIC, id);
	assert_string_equal(id, "C8FDB7F7AF547C2B");
	key_id_text((const unsigned char *)"\x01\x00\x00\x00\x00\x00\x00\x00", id);
	assert_string_equal(id, "0000000000000001");
	assert_false(key_read("RWQ", &key));
}

static void a_secret_key_without_a_password_is_read(void **state)
{
	struct error err = ERROR_INIT;
	struct secret_key key;
	char public[KEY_TEXT_SIZE + 1];
	bool encrypted = true;

	(void)state;
	assert_int_equal(secret_key_probe(plain, strlen(plain), &encrypted, &err), ERR_NONE);
	assert_false(encrypted);
	assert_int_equal(secret_key_read(plain, strlen(plain), "", &key, &err), ERR_NONE);
	secret_key_public(&key, public);
	assert_string_equal(public, PUBLIC);
	secret_key_wipe(&key);
	assert_true(sodium_is_zero((unsigned char *)&key, sizeof(key)));
}

/* The plain key's bytes, changed, as a key file. */
static void encode(const unsigned char bytes[FILE_SIZE], char *out, size_t size)
{
	char base64[256];

	sodium_bin2base64(base64, sizeof(base64), bytes, FILE_SIZE, sodium_base64_VARIANT_ORIGINAL);
	snprintf(out, size, COMMENT "%s\n", base64);
}

static void decode(unsigned char bytes[FILE_SIZE])
{
	size_t len;

	assert_int_equal(sodium_base642bin(bytes, FILE_SIZE, SECRET, strlen(SECRET), NULL, &len,
					   NULL, sodium_base64_VARIANT_ORIGINAL),
			 0);
	assert_int_equal(len, FILE_SIZE);
}

/* The key with a password, by the least work that scrypt takes. */
static void encrypt(const char *password, char *out, size_t size)
{
	unsigned char bytes[FILE_SIZE], summed[2 + 8 + 64], stream[FILE_SIZE - ENCRYPTED_AT];

	decode(bytes);
	memcpy(bytes + 2, "Sc", 2);
	memset(bytes + 6, 's', 32);
	bytes[38 + 1] = 0x80; /* 32768 operations */
	bytes[46 + 3] = 0x01; /* 16 MiB */
	memcpy(summed, bytes, 2);
	memcpy(summed + 2, bytes + ENCRYPTED_AT, 8 + 64);
	crypto_generichash(bytes + ENCRYPTED_AT + 8 + 64, 32, summed, sizeof(summed), NULL, 0);
	assert_int_equal(crypto_pwhash_scryptsalsa208sha256(stream, sizeof(stream), password,
							    strlen(password), bytes + 6, 32768,
							    16 << 20),
			 0);
	for (size_t i = 0; i < sizeof(stream); i++)
		bytes[ENCRYPTED_AT + i] = (unsigned char)(bytes[ENCRYPTED_AT + i] ^ stream[i]);
	encode(bytes, out, size);
}

static void an_encrypted_key_takes_its_password(void **state)
{
	struct error err = ERROR_INIT;
	struct secret_key key;
	char file[512], public[KEY_TEXT_SIZE + 1];
	bool encrypted;

	(void)state;
	encrypt("correct horse", file, sizeof(file));
	assert_int_equal(secret_key_probe(file, strlen(file), &encrypted, &err), ERR_NONE);
	assert_true(encrypted);
	assert_int_equal(secret_key_read(file, strlen(file), "correct horsf", &key, &err),
			 ERR_VERIFY);
	assert_string_equal(err.msg, "wrong password");
	assert_int_equal(secret_key_read(file, strlen(file), "", &key, &err), ERR_VERIFY);
	assert_int_equal(secret_key_read(file, strlen(file), "correct horse", &key, &err),
			 ERR_NONE);
	secret_key_public(&key, public);
	assert_string_equal(public, PUBLIC);
}

static void refused(const char *file)
{
	struct error err = ERROR_INIT;
	struct secret_key key;

	assert_int_equal(secret_key_read(file, strlen(file), "", &key, &err), ERR_FORMAT);
}

static void what_is_no_secret_key_is_refused(void **state)
{
	unsigned char bytes[FILE_SIZE];
	char file[512];

	(void)state;
	refused("");
	refused("untrusted comment: minisign public key C8FDB7F7AF547C2B\n" PUBLIC "\n");
	refused(SECRET "\n");
	refused(COMMENT);
	refused(COMMENT SECRET "=\n");
	refused(COMMENT SECRET "\n" SECRET "\n");
	for (size_t i = 0; i < 6; i++) { /* algorithm, encryption, checksum */
		decode(bytes);
		bytes[i] ^= 1;
		encode(bytes, file, sizeof(file));
		refused(file);
	}
}

static void a_damaged_key_is_refused(void **state)
{
	unsigned char bytes[FILE_SIZE];
	char file[512];

	(void)state;
	for (size_t i = ENCRYPTED_AT + 8; i < ENCRYPTED_AT + 8 + 64; i++) {
		decode(bytes);
		bytes[i] ^= 1;
		encode(bytes, file, sizeof(file));
		refused(file);
	}
}

static void a_key_that_asks_for_too_much_work_is_refused(void **state)
{
	unsigned char bytes[FILE_SIZE];
	char file[512];

	(void)state;
	decode(bytes);
	memcpy(bytes + 2, "Sc", 2);
	bytes[38 + 7] = 1;
	encode(bytes, file, sizeof(file));
	refused(file);
	decode(bytes);
	memcpy(bytes + 2, "Sc", 2);
	bytes[46 + 5] = 1;
	encode(bytes, file, sizeof(file));
	refused(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_public_key_has_the_id_that_minisign_prints),
		cmocka_unit_test(a_secret_key_without_a_password_is_read),
		cmocka_unit_test(an_encrypted_key_takes_its_password),
		cmocka_unit_test(what_is_no_secret_key_is_refused),
		cmocka_unit_test(a_damaged_key_is_refused),
		cmocka_unit_test(a_key_that_asks_for_too_much_work_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
