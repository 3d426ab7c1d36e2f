#include "store/log.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/str.h"
#include "log_row.h"
#include "stub.h"

struct import {
	struct store *store;
	int64_t last_event, last_card; /* before the import */
	bool fresh;		       /* no event of a card was there */
	struct uid machine, added;     /* the last ones */
	int64_t machine_id;
	struct log_import counts;
};

static const char sql_last_event[] = "SELECT coalesce(max(id),0) FROM event";
static const char sql_last_card[] = "SELECT coalesce(max(id),0) FROM card";
static const char sql_history[] = "SELECT EXISTS(SELECT 1 FROM event WHERE card_id IS NOT NULL)";

enum err_code store_import_begin(struct store *s, struct import **out, struct error *err)
{
	struct import *in;
	enum err_code rc = store_begin(s, err);

	*out = NULL;
	if (rc)
		return rc;
	in = mem_alloc(sizeof(*in));
	in->store = s;
	in->last_event = stmt_value(sql(s, sql_last_event), 0);
	in->last_card = stmt_value(sql(s, sql_last_card), 0);
	in->fresh = stmt_value(sql(s, sql_history), 1) == 0;
	*out = in;
	return ERR_NONE;
}

static const char sql_add_machine[] = "INSERT INTO machine(name) VALUES(?) ON CONFLICT DO NOTHING";
static const char sql_machine[] = "SELECT id FROM machine WHERE name=?";

/* Neighbours mostly are of one machine, so the last one is remembered. */
static enum err_code find_machine(struct import *in, const struct uid *uid, struct error *err)
{
	static const char *const both[] = {sql_add_machine, sql_machine};
	char name[2 * sizeof(uid->bytes) + 1];

	if (in->machine_id && memcmp(&in->machine, uid, sizeof(*uid)) == 0)
		return ERR_NONE;
	hex_print(uid->bytes, sizeof(uid->bytes), name);
	for (size_t i = 0; i < 2; i++) {
		struct stmt *q = sql(in->store, both[i]);

		put_text(q, name);
		if (i == 1)
			in->machine_id = stmt_value(q, 0);
		else if (stmt_run(q, err))
			return err->code;
	}
	in->machine = *uid;
	return in->machine_id ? ERR_NONE : store_damaged(in->store, "a machine is missing", err);
}

static enum err_code find_card(struct import *in, const struct log_line *line, int64_t *card,
			       struct error *err)
{
	bool says_more = line->kind == LOG_KIND_CARD;

	*card = log_has(line, LOG_CARD) ? card_by_name(in->store, line->card) : 0;
	if (*card || !log_has(line, LOG_CARD))
		return ERR_NONE;
	return stub_add(in->store, line->card, says_more ? line->text : NULL,
			says_more && log_has(line, LOG_REV) ? line->rev : 0, card, err);
}

static const char sql_add_event[] =
	"INSERT INTO event(" ROW_EVENT("") ",machine_id,card_id)"
					   " VALUES(?,?,?,?,?,?,?,?,?,?,?)";
/* The flags are what the replay makes of it. */
static const char sql_add_review[] =
	"INSERT INTO review(" ROW_REVIEW("") ",event_id,counts,first)"
					     " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,0)";

static enum err_code add_event(struct import *in, const struct log_line *line, int64_t card,
			       struct error *err)
{
	struct stmt *q = sql(in->store, sql_add_event);

	row_put_event(q, line);
	put_int(q, in->machine_id);
	put_key(q, card);
	if (stmt_run(q, err))
		return err->code;
	in->counts.added++;
	in->counts.unknown += line->kind > EVENT_CONFIG;
	in->added = line->id;
	if (line->kind != EVENT_REVIEW)
		return ERR_NONE;
	q = sql(in->store, sql_add_review);
	row_put_review(q, line);
	put_int(q, sqlite3_last_insert_rowid(in->store->db));
	in->counts.reviews++;
	return stmt_run(q, err);
}

enum err_code store_import_add(struct import *in, const struct log_line *line, struct error *err)
{
	int64_t card;

	if (line->kind == LOG_KIND_END || !line->has)
		return ERR_NONE;
	if (line->kind == LOG_KIND_CARD)
		return find_card(in, line, &card, err);
	in->counts.events++;
	if (event_is_there(in->store, &line->id))
		return ERR_NONE;
	if (find_machine(in, &line->machine, err) || find_card(in, line, &card, err))
		return err->code;
	return add_event(in, line, card, err);
}

static const char sql_text[] = "SELECT text FROM event WHERE id=?";

static enum err_code load_text(struct store *s, int64_t event, struct arena *arena,
			       const char **text, struct error *err)
{
	struct stmt *q = sql(s, sql_text);
	bool found;

	put_int(q, event);
	if (stmt_row(q, &found, err))
		return err->code;
	*text = found ? get_text(q, arena) : NULL;
	stmt_reset(q);
	return ERR_NONE;
}

static const char sql_overlay[] = "SELECT text FROM overlay WHERE card_id=? AND section=?";

/* One that is there already keeps the deck's text that it was made over. */
static enum err_code lay_over(struct store *s, int64_t card, enum section section, const char *text,
			      struct arena *arena, struct error *err)
{
	struct stmt *q = sql(s, sql_overlay);
	bool found;

	put_int(q, card);
	put_int(q, section);
	if (stmt_row(q, &found, err))
		return err->code;
	if (found && str_eq(get_text(q, arena), text)) {
		stmt_reset(q);
		return ERR_NONE;
	}
	stmt_reset(q);
	return overlay_put(s, card, section, text, err);
}

/* Note and edits: of each the newest in the order of replay. */
static enum err_code put_words(struct store *s, int64_t card, const struct card_log *log,
			       struct arena *arena, struct error *err)
{
	bool noted = false, edited[SECTION_COUNT] = {false};
	enum err_code rc = ERR_NONE;

	for (size_t i = log->count; i > 0 && !rc; i--) {
		const struct event *e = &log->events[log->order[i - 1]];
		const struct logged *entry = &log->entries[log->order[i - 1]];
		bool edit = e->what == SET_EDIT && e->value >= 0 && e->value < SECTION_COUNT;
		const char *text = NULL;

		if (e->kind != EVENT_SET || (entry->derived & LOG_VOIDED) ||
		    !(e->what == SET_NOTE ? !noted : edit && !edited[e->value]))
			continue;
		rc = load_text(s, entry->id, arena, &text, err);
		if (rc)
			return rc;
		if (e->what == SET_NOTE) {
			noted = true;
			rc = note_put(s, card, text && *text ? text : NULL, err);
		} else {
			edited[e->value] = true;
			rc = lay_over(s, card, (enum section)e->value, text, arena, err);
		}
	}
	return rc;
}

static enum err_code replay(struct store *s, int64_t card, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct card_log log = {0};
	enum err_code rc = log_apply(s, card, &log, err);

	if (!rc)
		rc = put_words(s, card, &log, &arena, err);
	log_release(&log);
	arena_release(&arena);
	return rc;
}

static const char sql_touched[] =
	"SELECT DISTINCT card_id FROM event WHERE id>? AND card_id IS NOT NULL";

static enum err_code replay_touched(struct import *in, struct error *err)
{
	struct stmt *q = sql(in->store, sql_touched);
	int64_t *cards = NULL;
	size_t count = 0, cap = 0;
	enum err_code rc;
	bool more;

	put_int(q, in->last_event);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		mem_grow(&cards, count, &cap, sizeof(*cards));
		cards[count++] = get_int(q);
	}
	for (size_t i = 0; i < count && !rc; i++) {
		rc = replay(in->store, cards[i], err);
		if (!rc)
			rc = index_touch(in->store, cards[i], err);
	}
	in->counts.cards = (int64_t)count;
	free(cards);
	return rc;
}

static const char sql_config[] = "SELECT name,text FROM event WHERE kind=5 AND name IS NOT NULL"
				 " ORDER BY time,uid";

/* The newest of each key comes last. */
static enum err_code take_settings(struct import *in, bool (*take)(const char *key),
				   struct error *err)
{
	struct stmt *q = sql(in->store, sql_config);
	struct arena arena = ARENA_INIT;
	enum err_code rc;
	bool more;

	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		const char *key = get_text(q, &arena);
		const char *value = get_text(q, &arena);

		if (take(key) && (rc = config_put(in->store, key, value, err)) != ERR_NONE)
			break;
		arena_release(&arena);
	}
	stmt_reset(q);
	arena_release(&arena);
	return rc;
}

/* Runs a statement with one parameter that gives one text a row. */
static enum err_code list_texts(struct store *s, const char *text, int64_t value,
				struct arena *arena, struct strlist *out, struct error *err)
{
	struct stmt *q = sql(s, text);
	const char **items = NULL;
	size_t cap = 0;
	enum err_code rc;
	bool more;

	put_int(q, value);
	*out = (struct strlist){0};
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		mem_grow(&items, out->count, &cap, sizeof(*items));
		items[out->count++] = get_text(q, arena);
	}
	out->items = arena_array(arena, out->count, sizeof(*items));
	if (out->count)
		memcpy(out->items, items, out->count * sizeof(*items));
	free(items);
	return rc;
}

static const char sql_kept_cards[] = "SELECT count(*) FROM card WHERE id>?";
static const char sql_kept_decks[] =
	"SELECT DISTINCT d.name FROM card c JOIN deck d ON d.id=c.deck_id WHERE c.id>?"
	" ORDER BY d.name";
/* What was done last to each; `text` is that of the row with the greatest id. */
static const char sql_locations[] =
	"SELECT name FROM (SELECT name,text,max(id) FROM event WHERE kind=4 AND name IS NOT NULL"
	" AND id>? GROUP BY name) WHERE text NOT IN ('removed','purged')"
	" AND name NOT IN (SELECT location FROM source) ORDER BY name";

static enum err_code count(struct import *in, struct arena *arena, struct error *err)
{
	struct log_import *counts = &in->counts;
	struct stmt *q = sql(in->store, sql_kept_cards);

	put_int(q, in->last_card);
	counts->kept_cards = stmt_value(q, 0);
	if (list_texts(in->store, sql_kept_decks, in->last_card, arena, &counts->kept_decks, err))
		return err->code;
	return list_texts(in->store, sql_locations, in->last_event, arena, &counts->locations, err);
}

static enum err_code settle(struct import *in, bool (*take_setting)(const char *key),
			    struct arena *arena, struct error *err)
{
	if (stubs_settle(in->store, in->last_card, err) || replay_touched(in, err) ||
	    (in->fresh && take_settings(in, take_setting, err)))
		return err->code;
	return count(in, arena, err);
}

enum err_code store_import_end(struct import *in, bool ok, bool (*take_setting)(const char *key),
			       struct arena *arena, struct log_import *out, struct error *err)
{
	struct store *s = in->store;
	enum err_code rc = ok ? settle(in, take_setting, arena, err) : ERR_NONE;

	if (!ok || rc) {
		struct error none = ERROR_INIT;

		store_end(s, false, &none);
	} else {
		rc = store_end(s, true, err);
		if (rc && in->counts.added && event_is_there(s, &in->added)) {
			*err = (struct error)ERROR_INIT;
			rc = ERR_NONE;
		}
	}
	*out = in->counts;
	free(in);
	return rc;
}
