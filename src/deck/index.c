#include "deck/index.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "deck/internal.h"

#define VERSION 1
#define VERSION_KEY "viva-index"
#define URL_MAX 512

/* The start of the first line that is neither blank, comment nor `---`; len where there is none. */
static size_t first_line(const char *bytes, size_t len)
{
	struct line line = {0};

	while (line_next(bytes, len, &line)) {
		size_t at = line.start;

		while (at < line.end && (bytes[at] == ' ' || bytes[at] == '\t'))
			at++;
		if (at == line.end || bytes[at] == '#')
			continue;
		if (line.end - at == 3 && memcmp(bytes + at, "---", 3) == 0)
			continue;
		return at;
	}
	return len;
}

bool index_is_one(const char *bytes, size_t len)
{
	const size_t bom = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	const size_t key = strlen(VERSION_KEY);
	size_t at = bom + first_line(bytes + bom, len - bom);

	while (at < len && memchr("{ \t\r\n\"'", bytes[at], 7))
		at++;
	return len - at > key && memcmp(bytes + at, VERSION_KEY, key) == 0 &&
	       memchr(": \"'", bytes[at + key], 4);
}

static bool is_url(const char *s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._~-";

	if (strlen(s) > URL_MAX)
		return false;
	for (;;) {
		size_t n = strspn(s, letters);

		if (n == 0 || (n <= 2 && strncmp(s, "..", n) == 0))
			return false;
		if (s[n] == '\0')
			return true;
		if (s[n] != '/')
			return false;
		s += n + 1;
	}
}

static const char *read_url(const struct source *src, const struct entry *e)
{
	return value_checked(src, e, is_url,
			     "is no plain relative path: names of letters, digits, '.', '_', '~' "
			     "and '-' between slashes");
}

/* The entry with this key; NULL, reported, where the item has none. */
static const struct entry *need(const struct source *src, const struct mapping *m, const char *key)
{
	for (size_t i = 0; i < m->count; i++) {
		if (str_eq(m->entries[i].key, key))
			return &m->entries[i];
	}
	source_error(src, m->at, "%s is missing", key);
	return NULL;
}

static void read_hash(const struct source *src, const struct entry *e, struct index_deck *out)
{
	const char *s = value_line(src, e);

	if (s && !hash_read(s, &out->hash))
		source_error(src, e->values[0].at,
			     "sha256 '%s' is not 64 hexadecimal digits without capitals",
			     source_quote(src, s));
}

bool index_names_hash(const char *url, const struct hash *hash)
{
	char hex[2 * HASH_SIZE + 1];

	hash_hex(hash, hex);
	hex[INDEX_HASH_DIGITS] = '\0';
	return strstr(url, hex) != NULL;
}

static void read_deck(const struct source *src, const struct mapping *m, struct index_deck *out)
{
	size_t errors = src->problems->errors;
	int bytes = 0;
	const struct entry *id = need(src, m, "deck"), *title = need(src, m, "title"),
			   *url = need(src, m, "url"), *size = need(src, m, "size"),
			   *hash = need(src, m, "sha256"), *cards = need(src, m, "cards");

	if (src->problems->errors > errors)
		return;
	out->id = value_id(src, id);
	out->title = value_line(src, title);
	out->url = read_url(src, url);
	value_int(src, size, 1, DECK_SIZE_MAX, &bytes);
	out->size = bytes;
	read_hash(src, hash, out);
	value_int(src, cards, 0, DECK_CARDS_MAX, &out->cards);
	if (src->problems->errors == errors && !index_names_hash(out->url, &out->hash))
		source_error(src, url->values[0].at,
			     "url '%s' does not hold the first %d digits of its sha256",
			     source_quote(src, out->url), INDEX_HASH_DIGITS);
}

static void check_twin(const struct source *src, const struct mapping *m, const struct index *index)
{
	const struct index_deck *newest = &index->decks[index->count - 1];

	for (const struct index_deck *d = index->decks; d < newest; d++) {
		if (newest->id && str_eq(d->id, newest->id))
			source_error(src, m->at, "deck '%s' is listed twice", newest->id);
	}
}

static void read_decks(const struct source *src, const struct entry *e, struct index *out)
{
	bool empty = e->shape == SHAPE_LIST && e->count == 0;

	if (e->shape != SHAPE_MAPPINGS && !empty) {
		source_error(src, e->at, "decks is no list of decks");
		return;
	}
	if (e->item_count > INDEX_DECKS_MAX) {
		source_error(src, e->items[INDEX_DECKS_MAX].at, "more than %d decks",
			     INDEX_DECKS_MAX);
		return;
	}
	out->decks = arena_array(src->arena, e->item_count, sizeof(*out->decks));
	for (size_t i = 0; i < e->item_count; i++) {
		read_deck(src, &e->items[i], &out->decks[out->count++]);
		check_twin(src, &e->items[i], out);
	}
}

static void read_old(const struct source *src, const struct entry *e, struct index *out)
{
	if (e->shape != SHAPE_MAPPINGS) {
		source_error(src, e->at, "old is no list of files");
		return;
	}
	out->old = arena_array(src->arena, e->item_count, sizeof(*out->old));
	for (size_t i = 0; i < e->item_count; i++) {
		struct publisher edition = {.serial = -1};
		const struct entry *url = need(src, &e->items[i], "url");
		const struct entry *serial = need(src, &e->items[i], "serial");

		if (!url || !serial)
			continue;
		publisher_read(src, serial, &edition);
		out->old[out->old_count++] = (struct index_old){
			.url = read_url(src, url),
			.serial = edition.serial,
		};
	}
}

/* Whether the version is the one that is read here. */
static bool read_version(const struct source *src, const struct mapping *m)
{
	const struct entry *e = need(src, m, VERSION_KEY);
	const char *s = e ? value_line(src, e) : NULL;
	int64_t version;

	if (!s)
		return false;
	if (!signed_serial(s, strlen(s), &version) || version < VERSION)
		source_error(src, e->values[0].at, VERSION_KEY " '%s' is no version",
			     source_quote(src, s));
	else if (version > VERSION)
		source_error(src, e->values[0].at,
			     "version %s of the index needs a newer viva: update the program", s);
	else
		return true;
	return false;
}

static void read_index(const struct source *src, const struct mapping *m, struct index *out)
{
	const struct entry *title = need(src, m, "title"), *decks = need(src, m, "decks");

	if (title)
		out->title = value_line(src, title);
	if (decks)
		read_decks(src, decks, out);
	for (size_t i = 0; i < m->count; i++) {
		const struct entry *e = &m->entries[i];

		if (str_eq(e->key, "old"))
			read_old(src, e, out);
		else
			(void)publisher_read(src, e, &out->publisher);
	}
}

bool index_parse(const char *bytes, size_t len, const char *file, struct arena *arena,
		 struct index *out, struct problems *problems)
{
	struct source src = {.file = arena_str(arena, file), .arena = arena, .problems = problems};
	size_t errors = problems->errors;
	struct mapping m;
	struct place at;
	const char *message;

	*out = (struct index){.publisher = {.serial = -1}};
	if (source_text(&src, bytes, len, INDEX_SIZE_MAX)) {
		switch (mapping_read(&src, src.text, src.len, 0, 1, &m, &at, &message)) {
		case MAPPING_BAD:
			source_error(&src, at, "%s", message);
			break;
		case MAPPING_OTHER:
			source_error(&src, (struct place){1, 1}, "no `key: value` lines: no index");
			break;
		case MAPPING_READ:
			m.at = (struct place){1, 1};
			if (read_version(&src, &m))
				read_index(&src, &m, out);
			break;
		}
	}
	problems_sort(problems);
	return problems->errors == errors;
}

void index_print(const struct index *index, struct strbuf *out)
{
	char hex[2 * HASH_SIZE + 1];

	strbuf_printf(out, VERSION_KEY ": %d\n", VERSION);
	yaml_line(out, "title", index->title);
	publisher_print(&index->publisher, out);
	strbuf_printf(out, "decks:%s\n", index->count ? "" : " []");
	for (size_t i = 0; i < index->count; i++) {
		const struct index_deck *d = &index->decks[i];

		hash_hex(&d->hash, hex);
		strbuf_printf(out, "  - deck: %s\n", d->id);
		yaml_line(out, "    title", d->title);
		strbuf_printf(out,
			      "    url: %s\n    size: %" PRId64 "\n    sha256: %s\n    cards: %d\n",
			      d->url, d->size, hex, d->cards);
	}
	if (index->old_count)
		strbuf_str(out, "old:\n");
	for (size_t i = 0; i < index->old_count; i++) {
		yaml_line(out, "  - url", index->old[i].url);
		strbuf_printf(out, "    serial: %" PRId64 "\n", index->old[i].serial);
	}
}
