#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "internal.h"

#define NAMES_MAX 200  /* completions at most */
#define NEAR_MAX 20000 /* names that "did you mean" looks at */
#define MATCHES_SHOWN 5

/* Names found, with the keys of their cards. */
struct found {
	const char **names;
	int64_t *keys;
	size_t count, names_cap, keys_cap;
};

static void found_release(struct found *f)
{
	free(f->names);
	free(f->keys);
}

/* Runs a statement of key, deck, card; takes at most `most` rows. */
static enum err_code find_rows(struct stmt *q, size_t most, struct arena *arena, struct found *f,
			       struct error *err)
{
	enum err_code rc = ERR_NONE;
	bool more = true;

	while (f->count < most && (rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		mem_grow(&f->names, f->count, &f->names_cap, sizeof(*f->names));
		mem_grow(&f->keys, f->count, &f->keys_cap, sizeof(*f->keys));
		f->keys[f->count] = get_int(q);
		f->names[f->count++] = get_card_name(q, arena);
	}
	stmt_reset(q);
	return rc;
}

static const char sql_full[] = "SELECT c.id,d.name,c.name FROM deck d JOIN card c"
			       " ON c.deck_id=d.id AND c.name=?2 WHERE d.name=?1";
/* Deck by deck, by the index that cards have for their names. */
static const char sql_short[] =
	"SELECT c.id,d.name,c.name FROM deck d CROSS JOIN card c"
	" ON c.deck_id=d.id AND c.name=?1 AND c.retired=?2 ORDER BY d.position";
static const char sql_near[] = "SELECT c.id,d.name,c.name FROM deck d JOIN card c"
			       " ON c.deck_id=d.id WHERE ?1 IS NULL OR d.name=?1";

static enum err_code find_exact(struct store *s, const char *name, struct arena *arena,
				struct found *f, struct error *err)
{
	const char *slash = strchr(name, '/');
	enum err_code rc = ERR_NONE;
	struct stmt *q;

	if (slash) {
		q = sql(s, sql_full);
		put_text(q, arena_bytes(arena, name, (size_t)(slash - name)));
		put_text(q, slash + 1);
		return find_rows(q, 1, arena, f, err);
	}
	for (int retired = 0; retired < 2 && !f->count && !rc; retired++) {
		q = sql(s, sql_short);
		put_text(q, name);
		put_int(q, retired);
		rc = find_rows(q, MATCHES_SHOWN, arena, f, err);
	}
	return rc;
}

/* The nearest name among the cards of its deck; of all decks where it names none that is there. */
static const char *find_near(struct store *s, const char *name, struct arena *arena)
{
	const char *slash = strchr(name, '/');
	const char *deck = slash ? arena_bytes(arena, name, (size_t)(slash - name)) : NULL;
	const char *card = slash ? slash + 1 : name;
	struct error ignored = ERROR_INIT;
	struct found f = {0};
	const char **cards;
	const char *near, *full = NULL;

	for (int all = deck == NULL; all < 2 && !f.count; all++) {
		struct stmt *q = sql(s, sql_near);

		put_text(q, all ? NULL : deck);
		if (find_rows(q, NEAR_MAX, arena, &f, &ignored))
			break;
	}
	cards = arena_array(arena, f.count, sizeof(*cards));
	for (size_t i = 0; i < f.count; i++)
		cards[i] = strchr(f.names[i], '/') + 1;
	near = str_nearest(card, cards, f.count);
	for (size_t i = 0; i < f.count && near && !full; i++)
		if (str_eq(cards[i], near) || str_eq(cards[i], card))
			full = f.names[i];
	found_release(&f);
	return full;
}

static enum err_code not_one(struct store *s, const char *name, const struct found *f,
			     struct arena *arena, struct error *err)
{
	const char *near;
	struct strbuf list;

	if (!f->count) {
		near = find_near(s, name, arena);
		if (near)
			return error_set(err, ERR_FOUND, "no card '%s'; did you mean %s?", name,
					 near);
		return error_set(err, ERR_FOUND, "no card '%s'; `viva list` shows all", name);
	}
	strbuf_init(&list, sizeof(err->msg));
	for (size_t i = 0; i < f->count; i++)
		strbuf_printf(&list, "%s%s", i ? ", " : "", f->names[i]);
	error_set(err, ERR_FOUND, "'%s' is more than one card, say which: %s", name, list.buf);
	strbuf_release(&list);
	return err->code;
}

enum err_code store_find_card(struct store *s, const char *name, int64_t *key, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct found f = {0};
	enum err_code rc = find_exact(s, name, &arena, &f, err);

	if (!rc && f.count == 1)
		*key = f.keys[0];
	else if (!rc)
		rc = not_one(s, name, &f, &arena, err);
	found_release(&f);
	arena_release(&arena);
	return rc;
}

static const char sql_decks[] =
	"SELECT name FROM deck WHERE substr(name,1,length(?1))=?1 AND hash IS NOT NULL"
	" ORDER BY name LIMIT ?2";
static const char sql_cards[] =
	"SELECT d.name||'/'||c.name FROM deck d CROSS JOIN card c ON c.deck_id=d.id"
	" AND c.name>=?3 AND substr(c.name,1,length(?3))=?3 AND c.retired=0"
	" WHERE substr(d.name||'/',1,length(?1))=?1 ORDER BY d.name||'/',c.name LIMIT ?2";
static const char sql_tags[] = "SELECT DISTINCT tags FROM card WHERE retired=0";

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts, and drops what comes twice and what is too much. */
static void tidy(struct strlist *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_strings);
	for (size_t i = 0; i < list->count && kept < NAMES_MAX; i++)
		if (!kept || strcmp(list->items[kept - 1], list->items[i]) != 0)
			list->items[kept++] = list->items[i];
	list->count = kept;
}

/* The rows of one text column; tags come as lists, of which the items with the prefix count. */
static struct strlist read_names(struct stmt *q, const char *tag_prefix, struct arena *arena)
{
	struct error ignored = ERROR_INIT;
	const char **names = NULL;
	struct strlist out = {0};
	size_t cap = 0;
	bool more;

	while (stmt_row(q, &more, &ignored) == ERR_NONE && more) {
		const char *text = get_text(q, arena);
		struct strlist row = {&text, 1};

		if (tag_prefix)
			row = split_list(text, '\n', arena);
		for (size_t i = 0; i < row.count; i++) {
			if (tag_prefix && !str_starts(row.items[i], tag_prefix))
				continue;
			mem_grow(&names, out.count, &cap, sizeof(*names));
			names[out.count++] = row.items[i];
		}
	}
	out.items = arena_array(arena, out.count, sizeof(*out.items));
	for (size_t i = 0; i < out.count; i++)
		out.items[i] = names[i];
	free(names);
	tidy(&out);
	return out;
}

struct strlist store_names(struct store *s, enum name_of what, const char *prefix,
			   struct arena *arena)
{
	const char *slash = strchr(prefix, '/');
	struct stmt *q;

	if (what == NAME_TAG)
		return read_names(sql(s, sql_tags), prefix, arena);
	q = sql(s, what == NAME_DECK ? sql_decks : sql_cards);
	put_text(q, slash ? arena_bytes(arena, prefix, (size_t)(slash - prefix) + 1) : prefix);
	put_int(q, NAMES_MAX);
	if (what == NAME_CARD)
		put_text(q, slash ? slash + 1 : "");
	return read_names(q, NULL, arena);
}
