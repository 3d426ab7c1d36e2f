#include "net/key.h"

#include <string.h>

#include <sodium.h>

#include "base/str.h"
#include "base/strbuf.h"
#include "net/internal.h"

/* The decoded line of a secret key file; numbers are little-endian. */
struct key_file {
	unsigned char algorithm[2]; /* "Ed" */
	unsigned char kdf[2];	    /* "Sc", or zeros for a key without a password */
	unsigned char checksum[2];  /* "B2" */
	unsigned char salt[32];
	unsigned char operations[8];
	unsigned char memory[8];
	/* From here on encrypted: XOR with what scrypt makes of the password. */
	unsigned char id[8];
	unsigned char secret[64];
	unsigned char check[32]; /* BLAKE2b-256 of algorithm, id and secret */
};
_Static_assert(sizeof(struct key_file) == 158, "as minisign has it, without padding");

#define ENCRYPTED_AT offsetof(struct key_file, id)
#define ENCRYPTED_SIZE (sizeof(struct key_file) - ENCRYPTED_AT)

bool key_read(const char *text, struct public_key *out)
{
	unsigned char bytes[2 + sizeof(*out)];

	if (!signed_is_key(text) || !base64_read(text, strlen(text), bytes, sizeof(bytes)))
		return false;
	memcpy(out->id, bytes + 2, sizeof(out->id));
	memcpy(out->bytes, bytes + 2 + sizeof(out->id), sizeof(out->bytes));
	return true;
}

void key_id_text(const unsigned char id[8], char out[KEY_ID_SIZE + 1])
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < 8; i++) {
		out[2 * i] = digits[id[7 - i] >> 4];
		out[2 * i + 1] = digits[id[7 - i] & 15];
	}
	out[KEY_ID_SIZE] = '\0';
}

void key_id(const char *key, char out[KEY_ID_SIZE + 1])
{
	struct public_key read = {0};

	(void)key_read(key, &read);
	key_id_text(read.id, out);
}

/* The second line of a key file, behind its comment. */
static bool decode(const char *text, size_t len, struct key_file *out)
{
	const char *lf = memchr(text, '\n', len);
	const char *line = lf ? lf + 1 : text + len;
	size_t line_len = len - (size_t)(line - text);

	while (line_len > 0 && (line[line_len - 1] == '\n' || line[line_len - 1] == '\r'))
		line_len--;
	return base64_read(line, line_len, (unsigned char *)out, sizeof(*out)) &&
	       memcmp(out->algorithm, "Ed", 2) == 0 && memcmp(out->checksum, "B2", 2) == 0;
}

static bool is_encrypted(const struct key_file *file)
{
	return !sodium_is_zero(file->kdf, sizeof(file->kdf));
}

static uint64_t number(const unsigned char bytes[8])
{
	uint64_t n = 0;

	for (size_t i = 8; i > 0; i--)
		n = n << 8 | bytes[i - 1];
	return n;
}

enum err_code secret_key_probe(const char *text, size_t len, bool *encrypted, struct error *err)
{
	struct key_file file;
	bool known = decode(text, len, &file);

	*encrypted = known && is_encrypted(&file);
	if (known && *encrypted)
		known = memcmp(file.kdf, "Sc", 2) == 0;
	sodium_memzero(&file, sizeof(file));
	if (!known)
		return error_set(err, ERR_FORMAT,
				 "not a secret key of minisign (`minisign -G` makes one)");
	return ERR_NONE;
}

static enum err_code decrypt(struct key_file *file, const char *password, struct error *err)
{
	unsigned char stream[ENCRYPTED_SIZE], *secret = (unsigned char *)file + ENCRYPTED_AT;
	uint64_t operations = number(file->operations), memory = number(file->memory);

	if (operations > crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE ||
	    memory > crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE)
		return error_set(err, ERR_FORMAT,
				 "the key asks for more work than minisign's: not a key of it");
	if (crypto_pwhash_scryptsalsa208sha256(stream, sizeof(stream), password, strlen(password),
					       file->salt, operations, (size_t)memory) != 0)
		return error_set(err, ERR_STORAGE,
				 "the memory to decrypt the key is not there: %zu MiB",
				 (size_t)(memory >> 20));
	for (size_t i = 0; i < sizeof(stream); i++)
		secret[i] ^= stream[i];
	sodium_memzero(stream, sizeof(stream));
	return ERR_NONE;
}

static bool sum_fits(const struct key_file *file)
{
	crypto_generichash_state state;
	unsigned char sum[sizeof(file->check)];

	crypto_generichash_init(&state, NULL, 0, sizeof(sum));
	crypto_generichash_update(&state, file->algorithm, sizeof(file->algorithm));
	crypto_generichash_update(&state, file->id, sizeof(file->id));
	crypto_generichash_update(&state, file->secret, sizeof(file->secret));
	crypto_generichash_final(&state, sum, sizeof(sum));
	sodium_memzero(&state, sizeof(state));
	return sodium_memcmp(sum, file->check, sizeof(sum)) == 0;
}

/* A key without a password has no checksum; its public half must be that of its seed. */
static bool halves_fit(const struct key_file *file)
{
	unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
	bool fit;

	crypto_sign_seed_keypair(public, secret, file->secret);
	fit = sodium_memcmp(secret, file->secret, sizeof(secret)) == 0;
	sodium_memzero(secret, sizeof(secret));
	return fit;
}

enum err_code secret_key_read(const char *text, size_t len, const char *password,
			      struct secret_key *out, struct error *err)
{
	struct key_file file;
	bool encrypted;
	enum err_code rc = secret_key_probe(text, len, &encrypted, err);

	if (rc)
		return rc;
	start_sodium();
	(void)decode(text, len, &file);
	if (encrypted)
		rc = decrypt(&file, password, err);
	if (!rc && encrypted && !sum_fits(&file))
		rc = error_set(err, ERR_VERIFY, "wrong password");
	if (!rc && !halves_fit(&file))
		rc = error_set(err, ERR_FORMAT, "the secret key is damaged");
	if (!rc) {
		memcpy(out->id, file.id, sizeof(out->id));
		memcpy(out->secret, file.secret, sizeof(out->secret));
	}
	sodium_memzero(&file, sizeof(file));
	return rc;
}

void secret_key_wipe(struct secret_key *key)
{
	secret_wipe(key, sizeof(*key));
}

void secret_key_public(const struct secret_key *key, char out[KEY_TEXT_SIZE + 1])
{
	unsigned char bytes[2 + sizeof(struct public_key)] = "Ed";

	memcpy(bytes + 2, key->id, sizeof(key->id));
	crypto_sign_ed25519_sk_to_pk(bytes + 2 + sizeof(key->id), key->secret);
	sodium_bin2base64(out, KEY_TEXT_SIZE + 1, bytes, sizeof(bytes),
			  sodium_base64_VARIANT_ORIGINAL);
}

void secret_wipe(void *bytes, size_t len)
{
	sodium_memzero(bytes, len);
}
