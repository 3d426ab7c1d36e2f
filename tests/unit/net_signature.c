/*
 * Signatures inside files. The fixtures were signed with minisign 0.11 (`minisign -S -t serial:7
 * -c 'by hand'`); the secret key is that of net_key.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "net/signature.h"

#define KEY "RWQrfFSv97f9yOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+W3TE"
#define KEY_ID "C8FDB7F7AF547C2B"
#define OTHER_KEY "RWRo7ZXd5C+sH6uA/AyLORpqyxjR9VYxyIy2HzApW5k+dAcd9U4RFYnu"
#define OTHER_ID "1FAC2FE4DD95ED68"

#define INDEX "viva-index: 1\ntitle: \"T\"\nserial: 7\ndecks: []\n"
#define UNTRUSTED "untrusted comment: by hand\n"
#define TRUSTED "trusted comment: serial:7\n"
#define INDEX_MADE \
	"RUQrfFSv97f9yDl3pR0mAgr4XKDtAOtvNCh2oHnwxxsG6f/" \
	"OsGMdInNaNUBi4LBI51EfZUIqI7D45Lcs+k5sIGKRpZ2yy2UshgE=\n"
#define INDEX_GLOBAL \
	"W7FoYWRD8n7Sc3PEmBwE3xfka0raHAgCyRa0ZP6AisA1GrBcWtKpttrYupJtaEfw4I1ew9j4ouJpgTHPdORQAw" \
	"==\n"
#define SIGNED INDEX "# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL

#define DECK "---\nserial: 7\n---\n# T\n\n## Q\n\nA\n"
#define DECK_MADE \
	"RUQrfFSv97f9yLeVv26kF/" \
	"YfnnZapbVjvZDTh8npeHyjaOynfbEqHoNGleEaLOd3uJZekUuHa32qIzwdLDUFDv+EGj74NOUvPwY=\n"
#define DECK_GLOBAL \
	"H0b/5k9rgxkGMqO7iM1r7ml/qhkKJOPi+tvu/" \
	"e02ybvuOSbrOvYXUB474pnVCberT0pxZqFVulCAE7KS1LBeDA==\n"
#define DECK_START DECK "<!-- viva-signature\n"
#define DECK_LINES UNTRUSTED DECK_MADE TRUSTED DECK_GLOBAL
#define SIGNED_DECK_FILE DECK_START DECK_LINES "-->\n"

/* The same index by another key, and by the first one in the legacy format. */
#define OTHER_LINES \
	"# " UNTRUSTED "# " \
	"RURo7ZXd5C+sH+" \
	"IK9DmAL6c28tgGYKKga1oV9AnYPnrvYIVV18jW0wz4Esh5AYEkPUCY2qjfBHH7IVdpgs3hyJq" \
	"Ia2GvaYgAvA4=\n# " TRUSTED "# " \
	"3+bsMUNTDK6tXSun4pRBlqKgJiehOeEpA/" \
	"YUSzkXPBFV3+GQ5TKjVUiG70ff4dtWaeROmHVb+JlAiJ4sGRx4CQ==\n"
#define LEGACY_LINES \
	"# " UNTRUSTED "# " \
	"RWQrfFSv97f9yFy31DWnLE/" \
	"+7bZJyKVq8Z+fPzcaFGv1zuhk9ynWeWL4Rd5g8UcKh3pCgN3om7yXnV+VHakpETgk2egZy+" \
	"FtnwA=\n# " TRUSTED "# " \
	"2stILCxin1MQxmkrF8zhrFiSGDQyjMkC0DljwGVTipqxJbJhgajC" \
	"GI5WxEyDIZZFi6Ma/Pz3JraNHyqBBNq3DQ==\n"

/* Finds, and where there is a signature checks. *serial is -1 where there is none. */
static enum err_code check(const char *bytes, size_t len, enum signed_kind kind, const char *key,
			   size_t *content, int64_t *serial, struct error *err)
{
	struct arena arena = ARENA_INIT;
	char *exact = mem_copy_bytes(bytes, len);
	struct signature s;
	enum err_code rc = signature_find(exact, len, kind, &arena, &s, err);

	*serial = -1;
	*content = s.content_len;
	if (!rc && s.present) {
		*serial = s.serial;
		rc = signature_verify(&s, exact, key, err);
	}
	arena_release(&arena);
	free(exact);
	return rc;
}

static void holds(const char *text, enum signed_kind kind, const char *content)
{
	struct error err = ERROR_INIT;
	size_t len;
	int64_t serial;

	assert_int_equal(check(text, strlen(text), kind, KEY, &len, &serial, &err), ERR_NONE);
	assert_int_equal(len, strlen(content));
	assert_int_equal(serial, 7);
}

static void refused(const char *text, enum signed_kind kind, const char *message)
{
	struct error err = ERROR_INIT;
	size_t len;
	int64_t serial;

	assert_int_equal(check(text, strlen(text), kind, KEY, &len, &serial, &err), ERR_VERIFY);
	if (!strstr(err.msg, message))
		fail_msg("'%s' does not say '%s'", err.msg, message);
}

static void what_minisign_signed_is_accepted(void **state)
{
	(void)state;
	holds(SIGNED, SIGNED_INDEX, INDEX);
	holds(SIGNED_DECK_FILE, SIGNED_DECK, DECK);
	/* An editor may leave out the last line feed: nothing was added. */
	holds(DECK_START DECK_LINES "-->", SIGNED_DECK, DECK);
}

static void a_file_without_a_signature_has_none(void **state)
{
	struct error err = ERROR_INIT;
	size_t len;
	int64_t serial;

	(void)state;
	assert_int_equal(check(INDEX, strlen(INDEX), SIGNED_INDEX, KEY, &len, &serial, &err),
			 ERR_NONE);
	assert_int_equal(len, strlen(INDEX));
	assert_int_equal(serial, -1);
	assert_int_equal(check("", 0, SIGNED_DECK, KEY, &len, &serial, &err), ERR_NONE);
	assert_int_equal(len, 0);
	assert_int_equal(serial, -1);
}

static void what_the_signature_says_is_told(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct signature s;

	(void)state;
	assert_int_equal(signature_find(SIGNED, strlen(SIGNED), SIGNED_INDEX, &arena, &s, &err),
			 ERR_NONE);
	assert_true(s.present);
	assert_string_equal(s.id, KEY_ID);
	assert_string_equal(s.comment, "serial:7");
	arena_release(&arena);
}

static void another_key_is_refused_and_both_are_named(void **state)
{
	(void)state;
	refused(INDEX OTHER_LINES, SIGNED_INDEX, "signed by key " OTHER_ID ", not by key " KEY_ID);
	/* The id of the right key over the signature of another one. */
	refused(INDEX "# " UNTRUSTED "# RUQrfFSv97f9yOIK9DmAL6c28tgGYKKga1oV9AnYPnrvYIVV18jW0wz4Esh"
		      "5AYEkPUCY2qjfBHH7IVdpgs3hyJqIa2GvaYgAvA4=\n# " TRUSTED "# " INDEX_GLOBAL,
		SIGNED_INDEX, "does not fit the content");
}

static void a_key_that_is_none_checks_nothing(void **state)
{
	struct error err = ERROR_INIT;
	size_t len;
	int64_t serial;

	(void)state;
	assert_int_equal(check(SIGNED, strlen(SIGNED), SIGNED_INDEX, "RWQ", &len, &serial, &err),
			 ERR_VERIFY);
	assert_string_equal(err.msg, "the key to check with is no minisign key");
}

static void a_trusted_comment_of_another_hand_is_refused(void **state)
{
	(void)state;
	refused(INDEX "# " UNTRUSTED "# " INDEX_MADE "# trusted comment: serial:8\n# " INDEX_GLOBAL,
		SIGNED_INDEX, "does not fit its trusted comment");
	refused(INDEX "# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED "# " DECK_GLOBAL, SIGNED_INDEX,
		"does not fit its trusted comment");
}

static const struct bad {
	const char *block;
	const char *message;
} bad_blocks[] = {
	{LEGACY_LINES, "legacy kind"},
	/* Not four lines */
	{"# " UNTRUSTED, "not the base64"},
	{"# " UNTRUSTED "# " INDEX_MADE, "no `trusted comment: ` line"},
	{"# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED, "not the base64"},
	{"# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL "# more\n",
	 "something follows it"},
	{"# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL "a: b\n",
	 "something follows it"},
	{"# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL "\n",
	 "something follows it"},
	{"# " UNTRUSTED "# " INDEX_MADE "\n# " TRUSTED "# " INDEX_GLOBAL,
	 "no `trusted comment: ` line"},
	{"# " UNTRUSTED "# " TRUSTED "# " INDEX_MADE "# " INDEX_GLOBAL, "not the base64"},
	{"# " UNTRUSTED "# " INDEX_GLOBAL "# " TRUSTED "# " INDEX_MADE, "not the base64"},
	/* Line ends and indentation */
	{"# untrusted comment: by hand\r\n# " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL,
	 "line ends were changed to CRLF"},
	{"# " UNTRUSTED "#  " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL, "not the base64"},
	{"# " UNTRUSTED INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL, "not the base64"},
	{"# untrusted comment:x\n# " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL,
	 "no `untrusted comment: ` line"},
	{"# " UNTRUSTED "# " INDEX_MADE "# Trusted comment: serial:7\n# " INDEX_GLOBAL,
	 "no `trusted comment: ` line"},
	/* Base64 */
	{"# " UNTRUSTED "# RUQ\n# " TRUSTED "# " INDEX_GLOBAL, "not the base64"},
	{"# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED "# W7Fo\n", "not the base64"},
	{"# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED
	 "# W7FoYWRD8n7Sc3PEmBwE3xfka0raHAgCyRa0ZP6AisA1GrBcWtKpttrYupJtaEfw4I1ew9j4ouJpgTHPdORQAw"
	 "\n",
	 "not the base64"},
	{"# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED
	 "# W7FoYWRD8n7Sc3PEmBwE3xfka0raHAgCyRa0ZP6AisA1GrBcWtKpttrYupJtaEfw4I1ew9j4ouJpgTHPdORQAx"
	 "==\n",
	 "not the base64"},
	{"# " UNTRUSTED "# " INDEX_MADE "# " TRUSTED
	 "# W7FoYWRD8n7Sc3PEmBwE3xfka0raHAgCyRa0ZP6AisA1GrBcWtKpttrYupJtaEfw4I1ew9j4ouJpgTHPdORQAw"
	 "== \n",
	 "not the base64"},
	{"# " UNTRUSTED "# RXQrfFSv97f9yDl3pR0mAgr4XKDtAOtvNCh2oHnwxxsG6f/OsGMdInNaNUBi4LBI51EfZUIq"
	 "I7D45Lcs+k5sIGKRpZ2yy2UshgE=\n# " TRUSTED "# " INDEX_GLOBAL,
	 "not minisign's ED"},
	/* The serial */
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: timestamp:1\n# " INDEX_GLOBAL,
	 "no `serial:N`"},
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: \n# " INDEX_GLOBAL, "no `serial:N`"},
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: myserial:7\n# " INDEX_GLOBAL,
	 "no `serial:N`"},
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: serial:7 serial:7\n# " INDEX_GLOBAL,
	 "more than one serial"},
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: serial:7\tserial:8\n# " INDEX_GLOBAL,
	 "more than one serial"},
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: serial:\n# " INDEX_GLOBAL,
	 "is no number"},
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: serial: 7\n# " INDEX_GLOBAL,
	 "is no number"},
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: serial:042\n# " INDEX_GLOBAL,
	 "is no number"},
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: serial:+42\n# " INDEX_GLOBAL,
	 "is no number"},
	{"# " UNTRUSTED "# " INDEX_MADE
	 "# trusted comment: serial:9223372036854775807\n# " INDEX_GLOBAL,
	 "is no number"},
	{"# " UNTRUSTED "# " INDEX_MADE
	 "# trusted comment: serial:18446744073709551616\n# " INDEX_GLOBAL,
	 "is no number"},
	/* What a terminal would obey */
	{"# " UNTRUSTED "# " INDEX_MADE "# trusted comment: \033[2J serial:7\n# " INDEX_GLOBAL,
	 "control character"},
	{"# untrusted comment: \x7f\n# " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL,
	 "control character"},
};

static void every_malformed_signature_is_refused(void **state)
{
	struct strbuf text;

	(void)state;
	strbuf_init(&text, 1 << 16);
	for (size_t i = 0; i < sizeof(bad_blocks) / sizeof(*bad_blocks); i++) {
		strbuf_reset(&text);
		strbuf_printf(&text, INDEX "%s", bad_blocks[i].block);
		refused(text.buf, SIGNED_INDEX, bad_blocks[i].message);
	}
	strbuf_release(&text);
}

static void a_deck_s_signature_ends_the_file(void **state)
{
	(void)state;
	refused(DECK_START DECK_LINES, SIGNED_DECK, "not followed by a line `-->`");
	refused(DECK_START DECK_LINES "--\n", SIGNED_DECK, "not followed by a line `-->`");
	refused(DECK_START DECK_LINES "--> \n", SIGNED_DECK, "not followed by a line `-->`");
	refused(DECK_START DECK_LINES "\n-->\n", SIGNED_DECK, "not followed by a line `-->`");
	refused(SIGNED_DECK_FILE "\n", SIGNED_DECK, "something follows it");
	refused(SIGNED_DECK_FILE "## Q2\n\nA2\n", SIGNED_DECK, "something follows it");
	refused(SIGNED_DECK_FILE "<!-- viva-signature\n", SIGNED_DECK, "no `untrusted comment: `");
	refused(DECK "<!-- viva-signature\r\n" DECK_LINES "-->\n", SIGNED_DECK, "CRLF");
	refused(DECK_START "-->\n", SIGNED_DECK, "no `untrusted comment: ` line");
	refused(DECK_START, SIGNED_DECK, "no `untrusted comment: ` line");
}

static void overlong_comments_are_refused(void **state)
{
	struct strbuf text;

	(void)state;
	strbuf_init(&text, 32 << 20);
	strbuf_str(&text, INDEX "# untrusted comment: ");
	strbuf_fill(&text, 'x', 10 << 20);
	strbuf_str(&text, "\n# " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL);
	refused(text.buf, SIGNED_INDEX, "it is too long, or something follows it");

	strbuf_reset(&text);
	strbuf_str(&text, INDEX "# untrusted comment: ");
	strbuf_fill(&text, 'x', 1025);
	strbuf_str(&text, "\n# " INDEX_MADE "# " TRUSTED "# " INDEX_GLOBAL);
	refused(text.buf, SIGNED_INDEX, "its `untrusted comment: ` is longer than 1024 bytes");

	strbuf_reset(&text);
	strbuf_str(&text, INDEX "# " UNTRUSTED "# " INDEX_MADE "# trusted comment: serial:7 ");
	strbuf_fill(&text, 'x', 8192);
	strbuf_str(&text, "\n# " INDEX_GLOBAL);
	refused(text.buf, SIGNED_INDEX, "its `trusted comment: ` is longer than 8192 bytes");
	strbuf_release(&text);
}

/*
 * Whatever still verifies has the same content and serial. What has no signature any more is for
 * the rule that a signed source stays signed.
 */
static void survives(const char *bytes, size_t len, enum signed_kind kind, const char *content)
{
	struct error err = ERROR_INIT;
	size_t content_len;
	int64_t serial;

	if (check(bytes, len, kind, KEY, &content_len, &serial, &err) || serial == -1)
		return;
	assert_int_equal(serial, 7);
	assert_int_equal(content_len, strlen(content));
	assert_memory_equal(bytes, content, content_len);
}

static void flip_and_cut(const char *text, enum signed_kind kind, const char *content)
{
	size_t len = strlen(text);
	char *bytes = mem_copy_bytes(text, len);

	for (size_t i = 0; i < len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			bytes[i] = (char)(bytes[i] ^ 1 << bit);
			survives(bytes, len, kind, content);
			bytes[i] = text[i];
		}
		survives(bytes, i, kind, content);
		survives(bytes + i + 1, len - i - 1, kind, content);
	}
	free(bytes);
}

static void no_flipped_bit_and_no_cut_changes_what_is_believed(void **state)
{
	(void)state;
	flip_and_cut(SIGNED, SIGNED_INDEX, INDEX);
	flip_and_cut(SIGNED_DECK_FILE, SIGNED_DECK, DECK);
}

static void changed_content_is_refused(void **state)
{
	const size_t len = strlen(SIGNED_DECK_FILE);
	char *bytes = mem_copy_bytes(SIGNED_DECK_FILE, len);
	struct error err = ERROR_INIT;
	size_t content;
	int64_t serial;

	(void)state;
	/* Without its last line feed there would be no line that starts a block. */
	for (size_t i = 0; i < strlen(DECK) - 1; i++) {
		bytes[i] = (char)(bytes[i] ^ 1);
		assert_int_equal(check(bytes, len, SIGNED_DECK, KEY, &content, &serial, &err),
				 ERR_VERIFY);
		bytes[i] = (char)(bytes[i] ^ 1);
	}
	free(bytes);
}

static void what_viva_signs_verifies(void **state)
{
	static const char file[] =
		"untrusted comment: minisign encrypted secret key\n"
		"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAK3xUr/e3/"
		"cjF2zdgjSmSv7qq1jOIsFycT5TUEe6nB/"
		"RPwuHLrbdKfOJiYZFJ3Buo5ZbhkmicvmwnGipyPemhtCxHYbC+"
		"W3TEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	struct error err = ERROR_INIT;
	struct secret_key key;
	struct strbuf text;

	(void)state;
	assert_int_equal(secret_key_read(file, strlen(file), "", &key, &err), ERR_NONE);
	strbuf_init(&text, 1 << 16);
	strbuf_str(&text, INDEX);
	signature_sign(&key, SIGNED_INDEX, 7, 1700000000, &text);
	holds(text.buf, SIGNED_INDEX, INDEX);
	assert_non_null(
		strstr(text.buf, "\n# trusted comment: timestamp:1700000000\tserial:7\tkey:RW"));

	strbuf_reset(&text);
	strbuf_str(&text, "## Q\nA"); /* without a line feed the block would not start a line */
	signature_sign(&key, SIGNED_DECK, 7, 1700000000, &text);
	holds(text.buf, SIGNED_DECK, "## Q\nA\n");
	strbuf_release(&text);
	secret_key_wipe(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_minisign_signed_is_accepted),
		cmocka_unit_test(a_file_without_a_signature_has_none),
		cmocka_unit_test(what_the_signature_says_is_told),
		cmocka_unit_test(another_key_is_refused_and_both_are_named),
		cmocka_unit_test(a_key_that_is_none_checks_nothing),
		cmocka_unit_test(a_trusted_comment_of_another_hand_is_refused),
		cmocka_unit_test(every_malformed_signature_is_refused),
		cmocka_unit_test(a_deck_s_signature_ends_the_file),
		cmocka_unit_test(overlong_comments_are_refused),
		cmocka_unit_test(no_flipped_bit_and_no_cut_changes_what_is_believed),
		cmocka_unit_test(changed_content_is_refused),
		cmocka_unit_test(what_viva_signs_verifies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
