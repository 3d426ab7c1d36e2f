#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "cmd/sync.h"
#include "net/signature.h"

static bool is_web_page(const char *type, const char *body, size_t len)
{
	size_t at = len >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < len && strchr(" \t\r\n", body[at]))
		at++;
	return (type && strncasecmp(type, "text/html", 9) == 0) || (at < len && body[at] == '<');
}

/* The public key that a trusted comment holds ("key:RW..."), if it is the one that signed. */
static const char *brought_key(const struct signature *sig, struct arena *arena)
{
	static const char label[] = "key:";

	for (const char *word = sig->comment; *word; word += strspn(word, " \t")) {
		size_t len = strcspn(word, " \t");
		const char *key = arena_bytes(arena, word, len);
		char id[KEY_ID_SIZE + 1];

		word += len;
		if (!str_starts(key, label) || !signed_is_key(key + strlen(label)))
			continue;
		key_id(key + strlen(label), id);
		if (str_eq(id, sig->id))
			return key + strlen(label);
	}
	return NULL;
}

static bool is_of(const struct signature *sig, const char *key)
{
	char id[KEY_ID_SIZE + 1];

	if (!key || !sig->present)
		return false;
	key_id(key, id);
	return str_eq(id, sig->id);
}

static enum err_code refuse_key(const struct sync_source *s, const struct signature *sig,
				const char *brought, struct error *err)
{
	const char *where = s->source.location;
	bool given = !s->stored.key || !str_eq(s->before.key, s->stored.key);
	char stored[KEY_ID_SIZE + 1];

	key_id(s->before.key, stored);
	if (given && !sig->present)
		return error_set(err, ERR_VERIFY, "it is not signed, but key %s was given", stored);
	if (given)
		return error_set(err, ERR_VERIFY, "it is signed by key %s, but key %s was given",
				 sig->id, stored);
	if (!sig->present)
		return error_set(err, ERR_VERIFY,
				 "the signature is missing; it was signed by key %s. If its "
				 "publisher says that this is right: `viva sources trust %s "
				 "--replace none`",
				 stored, where);
	return error_set(err, ERR_VERIFY,
			 "it is signed by key %s, trusted is key %s. If its publisher says that "
			 "this is right: `viva sources trust %s --replace %s`",
			 sig->id, stored, where, brought ? brought : "KEY");
}

/* Holds the signature to the key that the source has to be signed by. */
static enum err_code check_signature(struct sync_run *run, struct sync_source *s,
				     struct signature *sig, struct error *err)
{
	const char *brought = sig->present ? brought_key(sig, run->arena) : NULL;
	const struct signature_facts facts = {
		.present = sig->present,
		.names_stored = is_of(sig, s->before.key),
		.names_next = is_of(sig, s->before.next_key),
		.brings_key = brought != NULL,
	};
	char old[KEY_ID_SIZE + 1];

	s->key_rule = remote_key_rule(&s->before, &facts);
	switch (s->key_rule) {
	case KEY_MISSING:
	case KEY_FOREIGN:
		return refuse_key(s, sig, brought, err);
	case KEY_FIRST_USE:
		s->taken.key = brought;
		s->taken.trust = TRUST_FIRST_USE;
		if (s->source.id)
			sync_note(run, s, "is signed from now on, by key %s", sig->id);
		break;
	case KEY_NEXT:
		key_id(s->before.key, old);
		s->taken.key = s->before.next_key;
		sync_note(run, s, "is signed by key %s from now on, as key %s announced", sig->id,
			  old);
		break;
	case KEY_UNKNOWN:
		sync_note(run, s,
			  "is signed by key %s, which cannot be checked without the public key: "
			  "%s",
			  sig->id,
			  s->source.id ? "`viva sources trust` takes it" : "--key takes it");
		return ERR_NONE;
	case KEY_NONE:
		return ERR_NONE;
	case KEY_STORED:
		break;
	}
	s->signer = arena_str(run->arena, sig->id);
	return signature_verify(sig, s->answer->body, s->taken.key, err);
}

/* What problems in a file call it, which are said of its address: its name there. */
static const char *file_name(struct sync_run *run, const char *url)
{
	size_t end = strcspn(url, "?#"), start = end;

	while (start > 0 && url[start - 1] != '/')
		start--;
	return start < end ? arena_bytes(run->arena, url + start, end - start) : url;
}

static enum err_code parse_index(struct sync_run *run, struct sync_source *s, struct error *err)
{
	struct problems problems;

	problems_init(&problems, run->arena);
	if (!index_parse(s->answer->body, s->content_len, file_name(run, s->source.location),
			 run->arena, &s->index, &problems))
		return problems_error(&problems, err);
	s->publisher = s->index.publisher;
	s->taken.title = s->index.title;
	return ERR_NONE;
}

static enum err_code parse_deck(struct sync_run *run, struct sync_source *s, struct error *err)
{
	struct sync_deck *d = arena_alloc(run->arena, sizeof(*d));

	d->url = s->source.location;
	d->bytes = s->answer->body;
	d->len = s->content_len;
	if (sync_parse(run, s, d, err))
		return err->code;
	d->id = d->deck.id;
	s->decks = d;
	s->deck_count = 1;
	s->publisher = d->deck.publisher;
	s->taken.title = d->deck.title;
	return ERR_NONE;
}

static enum err_code check_serial(struct sync_run *run, struct sync_source *s,
				  const struct signature *sig, struct error *err)
{
	long long serial = (long long)s->publisher.serial, stored = (long long)s->before.serial;

	if (s->signer && s->publisher.serial < 0)
		return error_set(err, ERR_VERIFY, "it is signed and has no serial");
	if (s->signer && s->publisher.serial != sig->serial)
		return error_set(err, ERR_VERIFY, "its serial is %lld, its signature says %lld",
				 serial, (long long)sig->serial);
	switch (s->same ? SERIAL_FINE : remote_serial_rule(&s->before, s->publisher.serial)) {
	case SERIAL_OLDER:
		if (s->signer && !run->options.allow_rollback)
			return error_set(err, ERR_VERIFY,
					 "serial %lld is older than %lld, which is here: an old "
					 "copy? --allow-rollback takes it",
					 serial, stored);
		sync_note(run, s, "went back from serial %lld to %lld", stored, serial);
		break;
	case SERIAL_REUSED:
		if (s->signer)
			return error_set(err, ERR_VERIFY,
					 "serial %lld has come with other content before", serial);
		sync_note(run, s, "has other content under the serial %lld of before", serial);
		break;
	case SERIAL_JUMP:
		sync_note(run, s, "its serial jumped from %lld to %lld", stored, serial);
		break;
	case SERIAL_FINE:
		break;
	}
	return ERR_NONE;
}

enum err_code sync_verify(struct sync_run *run, struct sync_source *s, struct error *err)
{
	const struct fetch_result *a = s->answer;
	bool is_index = index_is_one(a->body, a->len);
	struct signature sig;
	enum err_code rc;

	if (is_web_page(a->type, a->body, a->len))
		return error_set(err, ERR_FORMAT,
				 "this looks like a web page (captive portal?), not like a deck");
	rc = signature_find(a->body, a->len, is_index ? SIGNED_INDEX : SIGNED_DECK, run->arena,
			    &sig, err);
	if (!rc)
		rc = check_signature(run, s, &sig, err);
	s->content_len = sig.content_len;
	s->taken.is_index = is_index;
	if (!rc)
		rc = is_index ? parse_index(run, s, err) : parse_deck(run, s, err);
	if (!rc)
		rc = check_serial(run, s, &sig, err);
	if (rc)
		return rc;
	s->taken.next_key = s->signer ? s->publisher.next_key : NULL;
	s->taken.has_hash = true;
	s->taken.hash = s->hash;
	s->taken.serial = s->publisher.serial;
	s->taken.updated = s->publisher.updated;
	s->taken.refresh = s->publisher.refresh;
	s->taken.changed = run->now;
	return ERR_NONE;
}
