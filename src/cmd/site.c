#include "cmd/site.h"

#include <string.h>

#include "base/str.h"
#include "deck/edition.h"

#define FILE_MODE 0644

static enum err_code parse_before(struct site *s, struct error *err)
{
	struct problems problems;
	enum err_code rc = signature_find(s->text.buf, s->text.len, SIGNED_INDEX, s->arena,
					  &s->signature, err);

	if (rc)
		return error_prefix(err, "%s: ", s->index_path);
	problems_init(&problems, s->arena);
	if (!index_parse(s->text.buf, s->signature.content_len, s->index_path, s->arena, &s->before,
			 &problems))
		return problems_error(&problems, err);
	if (s->before.publisher.serial >= SERIAL_MAX)
		return error_set(err, ERR_FORMAT, "%s: no serial is left above %lld", s->index_path,
				 (long long)SERIAL_MAX);
	return ERR_NONE;
}

static enum err_code read_before(struct site *s, struct error *err)
{
	enum err_code rc;

	s->published = folder_type(&s->top, SITE_INDEX) != FILE_MISSING;
	if (!s->published)
		return ERR_NONE;
	rc = folder_read(&s->top, SITE_INDEX, &s->text, err);
	if (!rc)
		rc = parse_before(s, err);
	if (rc) {
		struct error cause = *err;

		error_set(err, rc,
			  "%s; put a good copy of it back, or move it away and publish with "
			  "--serial N, higher than any before",
			  cause.msg);
	}
	return rc;
}

enum err_code site_open(struct site *s, const char *path, struct arena *arena, struct error *err)
{
	enum err_code rc;
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	path = arena_bytes(arena, path, len);
	*s = (struct site)SITE_CLOSED;
	s->arena = arena;
	s->index_path = arena_printf(arena, "%s/" SITE_INDEX, path);
	strbuf_init(&s->text, INDEX_SIZE_MAX + SIGNATURE_BLOCK_MAX);
	rc = folder_open(path, &s->top, err);
	if (!rc)
		rc = folder_lock(&s->top, err);
	if (!rc)
		rc = folder_open_in(&s->top, EDITION_FOLDER,
				    arena_printf(arena, "%s/" EDITION_FOLDER, path), &s->decks,
				    err);
	if (!rc)
		rc = read_before(s, err);
	return rc;
}

void site_close(struct site *s)
{
	folder_close(&s->decks);
	folder_close(&s->top);
	strbuf_release(&s->text);
}

enum err_code site_check_key(const struct site *s, const char *key, struct error *err)
{
	char id[KEY_ID_SIZE + 1];

	if (!s->published || !s->signature.present)
		return ERR_NONE;
	if (!key)
		return error_set(err, ERR_DECISION,
				 "%s is signed by key %s, and subscribers refuse an unsigned "
				 "edition: give --key FILE",
				 s->index_path, s->signature.id);
	key_id(key, id);
	if (str_eq(id, s->signature.id)) {
		if (signature_verify(&s->signature, s->text.buf, key, err))
			return error_prefix(err, "%s: ", s->index_path);
		return ERR_NONE;
	}
	if (str_eq(s->before.publisher.next_key, key))
		return ERR_NONE;
	return error_set(err, ERR_DECISION,
			 "%s is signed by key %s, and subscribers refuse key %s: publish once more "
			 "with the old key and --next-key %s",
			 s->index_path, s->signature.id, id, key);
}

static bool hash_file(const struct site *s, const char *name, struct hash *hash)
{
	struct error none = ERROR_INIT;
	struct strbuf bytes;
	bool read;

	if (folder_type(&s->decks, name) != FILE_REGULAR)
		return false;
	strbuf_init(&bytes, DECK_SIZE_MAX);
	read = !folder_read(&s->decks, name, &bytes, &none);
	*hash = hash_of(bytes.buf, bytes.len);
	strbuf_release(&bytes);
	return read;
}

enum err_code site_put(struct site *s, const struct index_deck *deck, const char *content,
		       bool *written, struct error *err)
{
	const char *name = edition_name(deck->url);
	struct hash hash;

	*written = !hash_file(s, name, &hash) || memcmp(&hash, &deck->hash, sizeof(hash)) != 0;
	if (!*written)
		return ERR_NONE;
	return folder_write(&s->decks, name, content, (size_t)deck->size, FILE_MODE, err);
}

/* Removes files that viva wrote: the name holds the hash. Whatever else is there stays. */
static enum err_code remove_stale(struct site *s, const struct index *next, struct error *err)
{
	struct strlist stale = edition_stale(&s->before, next, s->arena);
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; !rc && i < stale.count; i++) {
		const char *name = edition_name(stale.items[i]);
		struct hash hash;

		if (name && hash_file(s, name, &hash) && index_names_hash(name, &hash))
			rc = folder_remove(&s->decks, name, err);
	}
	return rc;
}

enum err_code site_finish(struct site *s, const struct index *next, const struct strbuf *text,
			  struct error *err)
{
	enum err_code rc = s->published ? remove_stale(s, next, err) : ERR_NONE;

	if (!rc)
		rc = folder_write(&s->top, SITE_INDEX, text->buf, text->len, FILE_MODE, err);
	return rc;
}
