/* Finding and checking signatures; sign.c makes them. */
#include "net/signature.h"

#include <string.h>

#include <sodium.h>

#include "net/internal.h"

/* The rest of the block, line by line. */
struct block {
	const char *at, *end;
	const char *indent; /* what each line starts with */
	struct error *err;
};

static enum err_code malformed(struct error *err, const char *what)
{
	return error_set(err, ERR_VERIFY, "malformed signature: %s", what);
}

/* One line without its line feed, behind the indent; false at the end or without the indent. */
static bool next_line(struct block *b, const char **line, size_t *len)
{
	size_t left = (size_t)(b->end - b->at), indent = strlen(b->indent);
	const char *lf = left ? memchr(b->at, '\n', left) : NULL;
	const char *stop = lf ? lf : b->end;

	if (left == 0 || (size_t)(stop - b->at) < indent || memcmp(b->at, b->indent, indent) != 0)
		return false;
	*line = b->at + indent;
	*len = (size_t)(stop - *line);
	b->at = lf ? lf + 1 : b->end;
	return true;
}

static enum err_code read_comment(struct block *b, const char *label, size_t max,
				  const char **comment, size_t *len)
{
	size_t label_len = strlen(label);

	if (!next_line(b, comment, len) || *len < label_len ||
	    memcmp(*comment, label, label_len) != 0)
		return error_set(b->err, ERR_VERIFY, "malformed signature: no `%s` line", label);
	*comment += label_len;
	*len -= label_len;
	if (*len > max)
		return error_set(b->err, ERR_VERIFY,
				 "malformed signature: its `%s` is longer than %zu bytes", label,
				 max);
	for (size_t i = 0; i < *len; i++) {
		unsigned char c = (unsigned char)(*comment)[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return malformed(b->err, "control character in a comment");
	}
	return ERR_NONE;
}

static enum err_code read_base64(struct block *b, unsigned char *out, size_t size)
{
	const char *line;
	size_t len;

	if (!next_line(b, &line, &len) || !base64_read(line, len, out, size))
		return malformed(b->err, "a line is not the base64 that minisign writes");
	return ERR_NONE;
}

/* The comment's only word that starts with "serial:". */
static enum err_code read_serial(const char *comment, size_t len, int64_t *serial,
				 struct error *err)
{
	static const char label[] = "serial:";
	size_t found = 0;

	for (size_t at = 0; at < len;) {
		const char *word = comment + at;
		size_t n = 0;

		while (at + n < len && word[n] != ' ' && word[n] != '\t')
			n++;
		at += n + 1;
		if (n < strlen(label) || memcmp(word, label, strlen(label)) != 0)
			continue;
		found++;
		if (!signed_serial(word + strlen(label), n - strlen(label), serial))
			return malformed(err, "the serial in its trusted comment is no number from "
					      "0 to 10^15 without sign and leading zeros");
	}
	if (found == 0)
		return malformed(err, "no `serial:N` in its trusted comment (`minisign -S -t "
				      "'serial:7'` writes it)");
	if (found > 1)
		return malformed(err, "more than one serial in its trusted comment");
	return ERR_NONE;
}

/* The four lines. */
static enum err_code read_lines(struct block *b, struct arena *arena, struct signature *out)
{
	unsigned char made[2 + sizeof(((struct public_key *)0)->id) + SIGNATURE_SIZE];
	const char *comment = NULL;
	size_t len = 0;
	enum err_code rc;

	rc = read_comment(b, UNTRUSTED_LABEL, UNTRUSTED_COMMENT_MAX, &comment, &len);
	if (!rc)
		rc = read_base64(b, made, sizeof(made));
	if (!rc && memcmp(made, "Ed", 2) == 0)
		return malformed(b->err, "it is of the legacy kind, without a hash: sign without "
					 "-l, or with a newer minisign");
	if (!rc && memcmp(made, "ED", 2) != 0)
		return malformed(b->err, "its algorithm is not minisign's ED");
	if (!rc)
		rc = read_comment(b, TRUSTED_LABEL, TRUSTED_COMMENT_MAX, &comment, &len);
	if (!rc)
		rc = read_serial(comment, len, &out->serial, b->err);
	if (!rc)
		rc = read_base64(b, out->global, sizeof(out->global));
	if (rc)
		return rc;
	key_id_text(made + 2, out->id);
	memcpy(out->signature, made + sizeof(made) - SIGNATURE_SIZE, SIGNATURE_SIZE);
	out->comment = arena_bytes(arena, comment, len);
	return ERR_NONE;
}

static enum err_code read_deck_end(struct block *b)
{
	const char *line;
	size_t len;

	if (!next_line(b, &line, &len) || len != strlen(SIGNED_DECK_END) ||
	    memcmp(line, SIGNED_DECK_END, len) != 0)
		return malformed(b->err, "its four lines are not followed by a line `-->`");
	return ERR_NONE;
}

enum err_code signature_find(const char *bytes, size_t len, enum signed_kind kind,
			     struct arena *arena, struct signature *out, struct error *err)
{
	size_t start = signed_content(bytes, len, kind), line_len;
	struct block b = {bytes + start, bytes + len, kind == SIGNED_INDEX ? "# " : "", err};
	const char *line;
	enum err_code rc;

	*out = (struct signature){.present = start < len, .content_len = start};
	if (!out->present)
		return ERR_NONE;
	if (len - start > SIGNATURE_BLOCK_MAX)
		return malformed(err, "it is too long, or something follows it");
	if (memchr(b.at, '\r', len - start))
		return malformed(err, "the line ends were changed to CRLF on the way (authors: "
				      "`*.md -text` in .gitattributes keeps them)");
	if (kind == SIGNED_DECK)
		(void)next_line(&b, &line, &line_len);
	rc = read_lines(&b, arena, out);
	if (!rc && kind == SIGNED_DECK)
		rc = read_deck_end(&b);
	if (!rc && b.at < b.end)
		rc = malformed(err, "something follows it");
	return rc;
}

enum err_code signature_verify(const struct signature *s, const char *bytes, const char *key,
			       struct error *err)
{
	unsigned char hash[CONTENT_HASH_SIZE];
	struct strbuf covered;
	struct public_key by;
	char id[KEY_ID_SIZE + 1];
	bool good;

	if (!key_read(key, &by))
		return error_set(err, ERR_VERIFY, "the key to check with is no minisign key");
	key_id_text(by.id, id);
	if (strcmp(id, s->id) != 0)
		return error_set(err, ERR_VERIFY, "signed by key %s, not by key %s", s->id, id);
	content_hash(bytes, s->content_len, hash);
	if (crypto_sign_verify_detached(s->signature, hash, sizeof(hash), by.bytes) != 0)
		return error_set(err, ERR_VERIFY,
				 "the signature of key %s does not fit the content: it was changed "
				 "after signing",
				 id);
	strbuf_init(&covered, SIGNATURE_SIZE + TRUSTED_COMMENT_MAX);
	global_cover(s->signature, s->comment, &covered);
	good = crypto_sign_verify_detached(s->global, (const unsigned char *)covered.buf,
					   covered.len, by.bytes) == 0;
	strbuf_release(&covered);
	if (!good)
		return error_set(err, ERR_VERIFY,
				 "the signature of key %s does not fit its trusted comment: the "
				 "comment was changed after signing",
				 id);
	return ERR_NONE;
}
