#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "merge.h"

#define EDITION_TEXT_MAX ((size_t)64 << 20)

/* Positions of decks: the bundled ones, then the user's own, then the rest in order of adding. */
#define KIND_SHIFT 40
#define SOURCE_SHIFT 20

static const char sql_decks[] = "SELECT id,name,source_id,path,position,hash FROM deck";

static enum err_code load_decks(struct merge *m, struct error *err)
{
	struct stmt *q = sql(m->store, sql_decks);
	struct deck_row *list = NULL;
	size_t count = 0, cap = 0;
	enum err_code rc;
	bool more;

	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct deck_row d = {.id = get_int(q)};

		d.name = get_text(q, m->arena);
		d.source = get_int(q);
		d.path = get_text(q, m->arena);
		d.position = get_int(q);
		d.there = get_bytes(q, d.hash.bytes, sizeof(d.hash.bytes));
		mem_grow(&list, count, &cap, sizeof(*list));
		list[count++] = d;
	}
	m->decks = arena_array(m->arena, count + m->request->count, sizeof(*list));
	if (count)
		memcpy(m->decks, list, count * sizeof(*list));
	m->deck_count = count;
	free(list);
	return rc;
}

static struct deck_row *find_deck(struct merge *m, const char *name)
{
	for (size_t i = 0; i < m->deck_count; i++)
		if (str_eq(m->decks[i].name, name))
			return &m->decks[i];
	return NULL;
}

static bool is_kept(const struct merge *m, const struct deck_row *d)
{
	for (size_t i = 0; d->there && m->request->kept && i < m->request->kept->count; i++)
		if (str_eq(m->request->kept->items[i], d->path))
			return true;
	return false;
}

static bool has_edition(const struct merge *m, const char *name)
{
	for (size_t i = 0; i < m->request->count; i++)
		if (str_eq(m->request->editions[i].deck->id, name))
			return true;
	return false;
}

static const char sql_rename[] = "UPDATE deck SET name=? WHERE id=?";
static const char sql_location[] = "SELECT location FROM source WHERE id=?";

/* A deck of a new id that says what it was: the stored deck gets the new id, cards and all. */
static enum err_code rename_deck(struct merge *m, const struct deck *deck, struct error *err)
{
	struct event e = {.kind = EVENT_LINK, .time = m->request->now};
	struct deck_row *d = NULL;
	struct stmt *q;

	for (size_t i = 0; i < deck->was.count && !d; i++) {
		d = find_deck(m, deck->was.items[i]);
		if (d && (has_edition(m, d->name) ||
			  (d->source && d->source != m->request->source) || is_kept(m, d)))
			d = NULL;
	}
	if (!d)
		return ERR_NONE;
	q = sql(m->store, sql_rename);
	put_text(q, deck->id);
	put_int(q, d->id);
	if (stmt_run(q, err) || index_touch_deck(m->store, d->id, err) ||
	    event_add(m->store, 0, &e, d->name, deck->id, NULL, err))
		return err->code;
	m->renamed_from.items[m->renamed_from.count++] = d->name;
	m->renamed_to.items[m->renamed_to.count++] = deck->id;
	d->name = deck->id;
	return ERR_NONE;
}

static enum err_code refuse_owned(struct merge *m, const struct edition *e,
				  const struct deck_row *d, struct error *err)
{
	struct stmt *q = sql(m->store, sql_location);
	const char *location = NULL;
	bool found;

	put_int(q, d->source);
	if (stmt_row(q, &found, err))
		return err->code;
	if (found)
		location = get_text(q, m->arena);
	stmt_reset(q);
	return error_set(err, ERR_DECISION,
			 "%s: the deck '%s' comes from %s already; `viva subscribe --take-over` "
			 "lets this one have it",
			 e->path, d->name, location ? location : "another source");
}

static enum err_code refuse_twice(const struct edition *e, const char *other, struct error *err)
{
	return error_set(err, ERR_FORMAT, "%s: the deck '%s' is in %s too; give one another id",
			 e->path, e->deck->id, other);
}

static void add_words(struct strbuf *sb, const struct strlist *list)
{
	for (size_t i = 0; i < list->count; i++) {
		strbuf_str(sb, list->items[i]);
		strbuf_char(sb, '\n');
	}
	strbuf_char(sb, '\0');
}

static void add_word(struct strbuf *sb, const char *word)
{
	strbuf_str(sb, word ? word : "\n");
	strbuf_char(sb, '\0');
}

/* Everything of an edition that is stored. */
static struct hash edition_hash(const struct edition *e)
{
	const struct deck *d = e->deck;
	struct strbuf sb;
	struct hash hash;

	strbuf_init(&sb, EDITION_TEXT_MAX);
	add_word(&sb, d->title);
	add_word(&sb, d->summary);
	add_word(&sb, d->language);
	add_word(&sb, d->license);
	add_word(&sb, d->intro);
	add_words(&sb, &d->was);
	for (size_t i = 0; i < d->card_count; i++) {
		const struct card *card = &d->cards[i];

		add_word(&sb, card->id);
		strbuf_add(&sb, &card->line, sizeof(card->line));
		strbuf_char(&sb, card->has_id ? '1' : '0');
		strbuf_add(&sb, e->content[i].bytes, HASH_SIZE);
		add_words(&sb, &card->was);
	}
	hash = hash_own(sb.buf, sb.len);
	strbuf_release(&sb);
	return hash;
}

static bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, HASH_SIZE) == 0;
}

static enum err_code claim_deck(struct merge *m, size_t i, struct error *err)
{
	const struct edition *e = &m->request->editions[i];
	struct hash hash = edition_hash(e);
	struct deck_row *d = find_deck(m, e->deck->id);

	if (!d) {
		if (rename_deck(m, e->deck, err))
			return err->code;
		d = find_deck(m, e->deck->id);
	}
	if (!d) {
		d = &m->decks[m->deck_count++];
		d->name = e->deck->id;
	}
	if (d->edited)
		return refuse_twice(e, d->path ? d->path : "another file", err);
	if (d->source && d->source != m->request->source && !m->request->take_over)
		return refuse_owned(m, e, d, err);
	if (d->source == m->request->source && is_kept(m, d) && !str_eq(d->path, e->path))
		return refuse_twice(e, d->path, err);
	d->unequal = !d->there || !hash_equal(&d->hash, &hash);
	d->edited = true;
	d->there = true;
	d->hash = hash;
	d->source = m->request->source;
	d->path = e->path;
	m->deck_of[i] = d;
	return ERR_NONE;
}

enum err_code merge_decks(struct merge *m, struct error *err)
{
	enum err_code rc = load_decks(m, err);

	m->deck_of = arena_array(m->arena, m->request->count, sizeof(struct deck_row *));
	m->renamed_from.items = arena_array(m->arena, m->request->count, sizeof(const char *));
	m->renamed_to.items = arena_array(m->arena, m->request->count, sizeof(const char *));
	for (size_t i = 0; i < m->request->count && !rc; i++)
		rc = claim_deck(m, i, err);
	for (size_t i = 0; i < m->deck_count; i++) {
		struct deck_row *d = &m->decks[i];

		d->gone = d->source == m->request->source && !d->edited && !is_kept(m, d);
	}
	return rc;
}

static const char sql_add[] =
	"INSERT INTO deck(name,title,summary,language,license,intro,source_id,path,hash,position)"
	" VALUES(?,?,?,?,?,?,?,?,?,0)";
static const char sql_update[] =
	"UPDATE deck SET name=?,title=?,summary=?,language=?,license=?,intro=?,source_id=?,path=?,"
	"hash=? WHERE id=?";
static const char sql_gone[] = "UPDATE deck SET path=NULL,hash=NULL WHERE id=?";

static enum err_code write_deck(struct merge *m, const struct deck *deck, struct deck_row *d,
				struct error *err)
{
	struct stmt *q = sql(m->store, d->id ? sql_update : sql_add);

	put_text(q, d->name);
	put_text(q, deck->title ? deck->title : d->name);
	put_text(q, deck->summary);
	put_text(q, deck->language);
	put_text(q, deck->license);
	put_text(q, deck->intro);
	put_int(q, m->request->source);
	put_text(q, d->path);
	put_bytes(q, d->hash.bytes, HASH_SIZE);
	if (d->id)
		put_int(q, d->id);
	if (stmt_run(q, err))
		return err->code;
	if (!d->id)
		d->id = sqlite3_last_insert_rowid(m->store->db);
	return ERR_NONE;
}

static int compare_paths(const void *a, const void *b)
{
	const struct deck_row *x = *(struct deck_row *const *)a;
	const struct deck_row *y = *(struct deck_row *const *)b;
	int order = strcmp(x->path, y->path);

	return order ? order : strcmp(x->name, y->name);
}

static const char sql_place[] = "UPDATE deck SET position=? WHERE id=?";
static const char sql_place_cards[] =
	"UPDATE card SET position=(?1<<20)|(position&1048575) WHERE deck_id=?2";

static enum err_code place_deck(struct merge *m, struct deck_row *d, int64_t position,
				struct error *err)
{
	static const char *const both[] = {sql_place, sql_place_cards};

	if (d->position == position)
		return ERR_NONE;
	d->position = position;
	for (size_t i = 0; i < 2; i++) {
		struct stmt *q = sql(m->store, both[i]);

		put_int(q, position);
		put_int(q, d->id);
		if (stmt_run(q, err))
			return err->code;
	}
	return ERR_NONE;
}

/* Gives the decks of the source their places in the order of their files. */
static enum err_code place_decks(struct merge *m, struct error *err)
{
	struct deck_row **mine = arena_array(m->arena, m->deck_count, sizeof(*mine));
	int64_t base = (int64_t)m->kind << KIND_SHIFT | m->request->source << SOURCE_SHIFT;
	size_t count = 0;

	for (size_t i = 0; i < m->deck_count; i++)
		if (m->decks[i].source == m->request->source && !m->decks[i].gone &&
		    m->decks[i].path)
			mine[count++] = &m->decks[i];
	if (count)
		qsort(mine, count, sizeof(*mine), compare_paths);
	for (size_t i = 0; i < count; i++)
		if (place_deck(m, mine[i], base | (int64_t)i, err))
			return err->code;
	return ERR_NONE;
}

enum err_code merge_deck_rows(struct merge *m, struct error *err)
{
	for (size_t i = 0; i < m->request->count; i++)
		if (write_deck(m, m->request->editions[i].deck, m->deck_of[i], err))
			return err->code;
	for (size_t i = 0; i < m->deck_count; i++) {
		struct stmt *q;

		if (!m->decks[i].gone || !m->decks[i].there)
			continue;
		q = sql(m->store, sql_gone);
		put_int(q, m->decks[i].id);
		if (stmt_run(q, err))
			return err->code;
	}
	return place_decks(m, err);
}

static const char sql_empty[] =
	"DELETE FROM deck WHERE id=?1 AND NOT EXISTS(SELECT 1 FROM card WHERE deck_id=?1)";

enum err_code merge_drop_empty(struct merge *m, struct error *err)
{
	for (size_t i = 0; i < m->deck_count; i++) {
		struct stmt *q;

		if (!m->decks[i].gone)
			continue;
		q = sql(m->store, sql_empty);
		put_int(q, m->decks[i].id);
		if (stmt_run(q, err))
			return err->code;
	}
	return ERR_NONE;
}
