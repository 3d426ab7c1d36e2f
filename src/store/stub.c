#include "stub.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static const char sql_by_name[] = "SELECT c.id FROM deck d JOIN card c ON c.deck_id=d.id AND "
				  "c.name=substr(?1,instr(?1,'/')+1)"
				  " WHERE d.name=substr(?1,1,instr(?1,'/')-1)";

int64_t card_by_name(struct store *s, const char *name)
{
	struct stmt *q = sql(s, sql_by_name);

	put_text(q, name);
	return stmt_value(q, 0);
}

/* Nobody's deck, behind all others. Its id is its title until a file says another one. */
static const char sql_add_deck[] = "INSERT INTO deck(name,title,position)"
				   " SELECT ?1,?1,(7<<40)+1+coalesce((SELECT max(id) FROM deck),0)"
				   " WHERE true ON CONFLICT(name) DO NOTHING";
static const char sql_add_topic[] = "INSERT INTO topic(name) VALUES(?) ON CONFLICT DO NOTHING";
static const char sql_add_card[] =
	"INSERT INTO card(deck_id,name,has_id,position,line,level,tier,aim,kind,competency,"
	"topic_id,most_asked,seconds,rev,variants,tags,sets,probes,retired,content,body)"
	" SELECT d.id,?2,1,d.position<<20,0,0,0,0,0,0,t.id,0,0,?3,0,'','','',1,zeroblob(32),"
	"zeroblob(32) FROM deck d JOIN topic t ON t.name=d.name WHERE d.name=?1";
static const char sql_add_text[] = "INSERT INTO card_text(card_id,question) VALUES(?,?)";

static enum err_code add_rows(struct store *s, const char *deck, const char *card,
			      const char *question, int64_t rev, int64_t *key, struct error *err)
{
	static const char *const by_deck[] = {sql_add_deck, sql_add_topic};
	struct stmt *q;

	for (size_t i = 0; i < 2; i++) {
		q = sql(s, by_deck[i]);
		put_text(q, deck);
		if (stmt_run(q, err))
			return err->code;
	}
	q = sql(s, sql_add_card);
	put_text(q, deck);
	put_text(q, card);
	put_int(q, rev);
	if (stmt_run(q, err))
		return err->code;
	*key = sqlite3_last_insert_rowid(s->db);
	q = sql(s, sql_add_text);
	put_int(q, *key);
	put_text(q, question);
	return stmt_run(q, err);
}

enum err_code stub_add(struct store *s, const char *name, const char *question, int64_t rev,
		       int64_t *card, struct error *err)
{
	const char *slash = strchr(name, '/');
	char *deck = mem_copy_bytes(name, (size_t)(slash - name));
	enum err_code rc =
		add_rows(s, deck, slash + 1, question ? question : slash + 1, rev, card, err);

	free(deck);
	return rc;
}

/* A rename that the log knows: of a card (its key is set), or of a deck. */
struct link {
	const char *from, *to;
	int64_t card;
};

struct links {
	struct link *cards; /* sorted by `from` */
	size_t card_count, cards_cap;
	struct link *decks; /* newest first */
	size_t deck_count, decks_cap;
};

/* More renames of decks than these no log has, and none of one deck. */
#define DECK_LINKS_MAX 1000
#define DECK_STEPS_MAX 8

static const char sql_links[] = "SELECT name,text,card_id FROM event WHERE kind=3"
				" AND name IS NOT NULL AND text IS NOT NULL ORDER BY id DESC";

static int compare_links(const void *a, const void *b)
{
	return strcmp(((const struct link *)a)->from, ((const struct link *)b)->from);
}

static enum err_code load_links(struct store *s, struct arena *arena, struct links *out,
				struct error *err)
{
	struct stmt *q = sql(s, sql_links);
	enum err_code rc;
	bool more;

	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct link l;

		l.from = get_text(q, arena);
		l.to = get_text(q, arena);
		l.card = get_int(q);
		if (l.card) {
			mem_grow(&out->cards, out->card_count, &out->cards_cap, sizeof(l));
			out->cards[out->card_count++] = l;
		} else if (out->deck_count < DECK_LINKS_MAX) {
			mem_grow(&out->decks, out->deck_count, &out->decks_cap, sizeof(l));
			out->decks[out->deck_count++] = l;
		}
	}
	if (out->card_count)
		qsort(out->cards, out->card_count, sizeof(*out->cards), compare_links);
	return rc;
}

struct stub {
	int64_t card;
	const char *name, *deck, *id; /* "deck/id", and its parts */
};

/* The card under the name that its deck has had before or behind a rename, or several. */
static int64_t find_by_deck(struct store *s, const struct links *links, const struct stub *stub,
			    bool later)
{
	const char *deck = stub->deck;
	int64_t card = 0;

	for (int step = 0; step < DECK_STEPS_MAX && deck && !card; step++) {
		const char *next = NULL;
		struct arena arena = ARENA_INIT;

		for (size_t i = 0; i < links->deck_count && !next; i++) {
			const struct link *l = &links->decks[i];

			if (str_eq(later ? l->from : l->to, deck))
				next = later ? l->to : l->from;
		}
		deck = next;
		if (deck)
			card = card_by_name(s, arena_printf(&arena, "%s/%s", deck, stub->id));
		arena_release(&arena);
	}
	return card == stub->card ? 0 : card;
}

/* The card that went on under another name: this machine has seen a rename that the log has not. */
static int64_t find_later(struct store *s, const struct links *links, const struct stub *stub)
{
	struct link key = {.from = stub->name};
	const struct link *hit = links->card_count ? bsearch(&key, links->cards, links->card_count,
							     sizeof(key), compare_links)
						   : NULL;

	if (hit && hit->card != stub->card)
		return hit->card;
	return find_by_deck(s, links, stub, true);
}

static const char sql_earlier[] =
	"SELECT name FROM event WHERE card_id=? AND kind=3 AND name IS NOT NULL ORDER BY id DESC";

/* The card under its earlier name: the log has seen a rename that this machine has not. */
static enum err_code find_earlier(struct store *s, const struct links *links,
				  const struct stub *stub, int64_t *card, struct error *err)
{
	struct stmt *q = sql(s, sql_earlier);
	struct arena arena = ARENA_INIT;
	enum err_code rc = ERR_NONE;
	bool more;

	*card = 0;
	put_int(q, stub->card);
	while (!*card && (rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		const char *name = get_text(q, &arena);

		*card = strchr(name, '/') ? card_by_name(s, name) : 0;
		if (*card == stub->card)
			*card = 0;
		arena_release(&arena);
	}
	stmt_reset(q);
	arena_release(&arena);
	if (!*card && !rc)
		*card = find_by_deck(s, links, stub, false);
	return rc;
}

static const char sql_move[] = "UPDATE event SET card_id=? WHERE card_id=?";
static const char sql_drop[] = "DELETE FROM card WHERE id=?";
static const char sql_rename[] =
	"UPDATE card SET deck_id=d.id,name=?2,position=d.position<<20 FROM deck d"
	" WHERE d.name=?1 AND card.id=?3 AND card.retired=1";

/* A retired card gets the newer name: no file says the older one. */
static enum err_code join(struct store *s, const struct stub *stub, int64_t card, bool rename,
			  struct error *err)
{
	struct stmt *q = sql(s, sql_move);

	put_int(q, card);
	put_int(q, stub->card);
	if (stmt_run(q, err))
		return err->code;
	q = sql(s, sql_drop);
	put_int(q, stub->card);
	if (stmt_run(q, err) || !rename)
		return err->code;
	q = sql(s, sql_rename);
	put_text(q, stub->deck);
	put_text(q, stub->id);
	put_int(q, card);
	return stmt_run(q, err);
}

static enum err_code settle(struct store *s, const struct links *links, const struct stub *stub,
			    struct error *err)
{
	int64_t card = find_later(s, links, stub);

	if (card)
		return join(s, stub, card, false, err);
	if (find_earlier(s, links, stub, &card, err))
		return err->code;
	return card ? join(s, stub, card, true, err) : ERR_NONE;
}

static const char sql_stubs[] =
	"SELECT c.id,d.name,c.name FROM card c JOIN deck d ON d.id=c.deck_id WHERE c.id>?"
	" ORDER BY c.id";

static enum err_code load_stubs(struct store *s, int64_t last, struct arena *arena,
				struct stub **out, size_t *count, struct error *err)
{
	struct stmt *q = sql(s, sql_stubs);
	size_t cap = 0;
	enum err_code rc;
	bool more;

	put_int(q, last);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct stub stub = {.card = get_int(q)};

		stub.deck = get_text(q, arena);
		stub.id = get_text(q, arena);
		stub.name = arena_printf(arena, "%s/%s", stub.deck, stub.id);
		mem_grow(out, *count, &cap, sizeof(stub));
		(*out)[(*count)++] = stub;
	}
	return rc;
}

static const char sql_drop_bare[] =
	"DELETE FROM card WHERE id>? AND NOT EXISTS(SELECT 1 FROM event WHERE card_id=card.id)";
static const char sql_drop_decks[] = "DELETE FROM deck WHERE source_id IS NULL AND hash IS NULL"
				     " AND NOT EXISTS(SELECT 1 FROM card WHERE deck_id=deck.id)";

enum err_code stubs_settle(struct store *s, int64_t last, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct links links = {0};
	struct stub *stubs = NULL;
	size_t count = 0;
	enum err_code rc = load_stubs(s, last, &arena, &stubs, &count, err);

	if (!rc && count)
		rc = load_links(s, &arena, &links, err);
	for (size_t i = 0; i < count && !rc; i++)
		rc = settle(s, &links, &stubs[i], err);
	if (!rc && count) {
		struct stmt *q = sql(s, sql_drop_bare);

		put_int(q, last);
		rc = stmt_run(q, err);
		if (!rc)
			rc = stmt_run(sql(s, sql_drop_decks), err);
	}
	free(stubs);
	free(links.cards);
	free(links.decks);
	arena_release(&arena);
	return rc;
}
