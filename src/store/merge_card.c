#include <limits.h>
#include <string.h>

#include "base/str.h"
#include "merge.h"
#include "store/review.h"

#define DAY_MS 86400000

static const char sql_topic[] = "SELECT id FROM topic WHERE name=?";
static const char sql_add_topic[] = "INSERT INTO topic(name) VALUES(?)";

/* The number of a topic. Many cards share a few, so those of late are remembered. */
static enum err_code find_topic(struct merge *m, const char *name, int64_t *id, struct error *err)
{
	struct known_topic *known =
		&m->topics[(strlen(name) + (unsigned char)*name) % TOPICS_KNOWN];
	struct stmt *q;

	if (!str_eq(known->name, name)) {
		q = sql(m->store, sql_topic);
		put_text(q, name);
		*known = (struct known_topic){name, stmt_value(q, 0)};
	}
	if (!known->id) {
		q = sql(m->store, sql_add_topic);
		put_text(q, name);
		if (stmt_run(q, err))
			return err->code;
		known->id = sqlite3_last_insert_rowid(m->store->db);
	}
	*id = known->id;
	return ERR_NONE;
}

/* How many items a Markdown list has: lines that begin with its bullet, at the left margin. */
static int count_items(const char *text)
{
	int count = 0;

	while (text && *text) {
		const char *end = strchr(text, '\n');

		if ((*text == '-' || *text == '*' || *text == '+') && text[1] == ' ')
			count++;
		text = end ? end + 1 : NULL;
	}
	return count;
}

/* The items, each with a line end behind it. */
static const char *join_list(const struct strlist *list, struct arena *arena)
{
	size_t len = 0;
	char *text, *p;

	for (size_t i = 0; i < list->count; i++)
		len += strlen(list->items[i]) + 1;
	text = p = arena_alloc(arena, len + 1);
	for (size_t i = 0; i < list->count; i++) {
		size_t n = strlen(list->items[i]);

		memcpy(p, list->items[i], n);
		p[n] = '\n';
		p += n + 1;
	}
	return text;
}

static const char *join_probes(const struct card *card, struct arena *arena)
{
	const char *text = "";

	for (size_t i = 0; i < card->probe_count; i++)
		text = arena_printf(arena, "%s%d ", text, card->probes[i]);
	return text;
}

static int within(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

static int64_t position_of(const struct card_source *c)
{
	return c->deck->position << PLACE_BITS | (int64_t)c->place;
}

/* A parent that comes behind its follow-up is found in merge_parents(). */
#define PARENT(column) \
	"(SELECT " column " FROM deck d JOIN card p ON p.deck_id=d.id" \
	" WHERE d.name=substr(?19,1,instr(?19,'/')-1) AND p.name=substr(?19,instr(?19,'/')+1))"
#define ADD_CARD \
	"INSERT INTO card(deck_id,name,has_id,position,line,level,tier,aim,kind,competency," \
	"topic_id,most_asked,seconds,rev,variants,tags,sets,probes,follows,content,body," \
	"parent_id,locked) VALUES"
static const char sql_add[] =
	ADD_CARD "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,"
		 "?21," PARENT("p.id") ",coalesce(" PARENT("p.passed=0 AND p.retired=0") ",0))";
/* Many at once, which costs half, where no parent is to be found. */
#define AT_ONCE 16
#define SIXTEEN(row) FOUR(row) "," FOUR(row) "," FOUR(row) "," FOUR(row)
#define FOUR(row) row "," row "," row "," row
static const char sql_add_many[] =
	ADD_CARD SIXTEEN("(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL,0)");
/* A follow-up of another card than before has to look for its parent again. */
static const char sql_update[] =
	"UPDATE card SET deck_id=?1,name=?2,has_id=?3,position=?4,line=?5,level=?6,tier=?7,aim=?8,"
	"kind=?9,competency=?10,topic_id=?11,most_asked=?12,seconds=?13,rev=?14,variants=?15,"
	"tags=?16,sets=?17,probes=?18,parent_id=CASE WHEN follows IS ?19 THEN parent_id END,"
	"locked=CASE WHEN follows IS ?19 THEN locked ELSE 0 END,follows=?19,content=?20,body=?21,"
	"retired=0 WHERE id=?22";

/* Puts the columns in which sql_add and sql_update agree. */
static void put_card(struct merge *m, struct stmt *q, const struct card_source *c, int64_t topic)
{
	const struct card *card = c->card;

	put_int(q, c->deck->id);
	put_text(q, card->id);
	put_int(q, card->has_id);
	put_int(q, position_of(c));
	put_int(q, card->line);
	put_int(q, card->level);
	put_int(q, card->tier);
	put_int(q, card->aim);
	put_int(q, card->kind);
	put_int(q, card->competency);
	put_int(q, topic);
	put_int(q, card_in_set(card, "most-asked"));
	put_int(q, within(card->seconds, 0, CARD_SECONDS_MAX));
	put_int(q, within(card->rev, 0, INT_MAX));
	put_int(q, count_items(card->section[SECTION_VARIANTS]));
	put_text(q, join_list(&card->tags, m->arena));
	put_text(q, join_list(&card->sets, m->arena));
	put_text(q, join_probes(card, m->arena));
	put_text(q, c->follows);
	put_bytes(q, c->content->bytes, HASH_SIZE);
	put_bytes(q, c->body->bytes, HASH_SIZE);
}

#define ADD_TEXT \
	"INSERT INTO card_text(question,answer,points,weak,good,flags,why,variants,links,card_id)" \
	" VALUES"
static const char sql_text[] = ADD_TEXT "(?,?,?,?,?,?,?,?,?,?)";
static const char sql_text_many[] = ADD_TEXT SIXTEEN("(?,?,?,?,?,?,?,?,?,?)");
static const char sql_update_text[] =
	"UPDATE card_text SET question=?,answer=?,points=?,weak=?,good=?,flags=?,why=?,variants=?,"
	"links=? WHERE card_id=?";

static void put_sections(struct stmt *q, const struct card *card, int64_t id)
{
	for (size_t i = 0; i < SECTION_COUNT; i++)
		put_text(q, card->section[i]);
	put_int(q, id);
}

static enum err_code add_card(struct merge *m, const struct card_source *c, struct error *err)
{
	struct stmt *q;
	int64_t topic = 0, id;

	if (find_topic(m, card_topic(c->card, c->deck->name), &topic, err))
		return err->code;
	q = sql(m->store, sql_add);
	put_card(m, q, c, topic);
	if (stmt_run(q, err))
		return err->code;
	id = sqlite3_last_insert_rowid(m->store->db);
	q = sql(m->store, sql_text);
	put_sections(q, c->card, id);
	if (stmt_run(q, err))
		return err->code;
	return m->request->suspend_new
		       ? store_set(m->store, id, SET_SUSPEND, 1, m->request->now, err)
		       : ERR_NONE;
}

/* Whether the next changes are new cards for add_cards(): as many as it takes, plain ones. */
static bool many_new(const struct merge *m, const struct changes *changes, size_t at)
{
	if (m->request->suspend_new || changes->count - at < AT_ONCE)
		return false;
	for (size_t i = at; i < at + AT_ONCE; i++)
		if (changes->items[i].kind != CHANGE_ADD ||
		    m->sources[changes->items[i].new].follows)
			return false;
	return true;
}

static enum err_code add_cards(struct merge *m, const struct change *changes, struct error *err)
{
	int64_t topics[AT_ONCE], first;
	struct stmt *q;

	for (size_t i = 0; i < AT_ONCE; i++) {
		const struct card_source *c = &m->sources[changes[i].new];

		if (find_topic(m, card_topic(c->card, c->deck->name), &topics[i], err))
			return err->code;
	}
	q = sql(m->store, sql_add_many);
	for (size_t i = 0; i < AT_ONCE; i++)
		put_card(m, q, &m->sources[changes[i].new], topics[i]);
	if (stmt_run(q, err))
		return err->code;
	first = sqlite3_last_insert_rowid(m->store->db) - (AT_ONCE - 1);
	q = sql(m->store, sql_text_many);
	for (size_t i = 0; i < AT_ONCE; i++)
		put_sections(q, m->sources[changes[i].new].card, first + (int64_t)i);
	return stmt_run(q, err);
}

static const char sql_equal_edits[] =
	"SELECT o.section FROM overlay o JOIN card_text t ON t.card_id=o.card_id WHERE o.card_id=?"
	" AND o.text=coalesce(" OVERLAID_TEXT ",'')";

/* The user's own words go where the deck has come to say the same. */
static enum err_code drop_equal_edits(struct merge *m, int64_t card, struct error *err)
{
	struct stmt *q = sql(m->store, sql_equal_edits);
	int sections[SECTION_COUNT];
	size_t count = 0;
	enum err_code rc;
	bool more;

	put_int(q, card);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more && count < SECTION_COUNT)
		sections[count++] = get_range(q, 0, SECTION_COUNT - 1);
	stmt_reset(q);
	for (size_t i = 0; i < count && !rc; i++)
		rc = store_set_overlay(m->store, card, (enum section)sections[i], NULL,
				       m->request->now, err);
	return rc;
}

/* A change of meaning brings a card that was learnt up for a look, without a reset. */
static enum err_code check_meaning(struct merge *m, const struct card_row *row,
				   const struct card *card, struct error *err)
{
	struct schedule s;
	int day = (int)(m->request->now / DAY_MS);

	if (card->rev <= row->rev)
		return ERR_NONE;
	if (schedule_load(m->store, row->id, &s, err))
		return err->code;
	if (s.reviews == 0 || schedule_ask_day(&s) <= day)
		return ERR_NONE;
	return store_set(m->store, row->id, SET_ASK_BY, day, m->request->now, err);
}

static enum err_code update_card(struct merge *m, const struct card_row *row,
				 const struct card_source *c, struct error *err)
{
	struct stmt *q;
	int64_t topic = 0;

	if (find_topic(m, card_topic(c->card, c->deck->name), &topic, err))
		return err->code;
	q = sql(m->store, sql_update);
	put_card(m, q, c, topic);
	put_int(q, row->id);
	if (stmt_run(q, err))
		return err->code;
	q = sql(m->store, sql_update_text);
	put_sections(q, c->card, row->id);
	if (stmt_run(q, err) || index_touch(m->store, row->id, err) ||
	    drop_equal_edits(m, row->id, err))
		return err->code;
	return check_meaning(m, row, c->card, err);
}

static enum err_code link_card(struct merge *m, const struct change *change, struct error *err)
{
	struct event e = {.kind = EVENT_LINK, .time = m->request->now};

	return event_add(m->store, m->rows[change->old].id, &e, m->old[change->old].name,
			 m->new[change->new].name, NULL, err);
}

static const char sql_move[] = "UPDATE card SET has_id=?,position=?,line=?,follows=? WHERE id=?";

/* The same card, perhaps at another place of its file. */
static enum err_code move_card(struct merge *m, const struct change *change, struct error *err)
{
	const struct card_row *row = &m->rows[change->old];
	const struct card_source *c = &m->sources[change->new];
	struct stmt *q;

	if (row->position == position_of(c) && row->line == c->card->line &&
	    m->old[change->old].has_id == c->card->has_id && str_eq(row->follows, c->follows))
		return ERR_NONE;
	q = sql(m->store, sql_move);
	put_int(q, c->card->has_id);
	put_int(q, position_of(c));
	put_int(q, c->card->line);
	put_text(q, c->follows);
	put_int(q, row->id);
	return stmt_run(q, err);
}

static const char sql_retire[] = "UPDATE card SET retired=1 WHERE id=?";
static const char sql_delete[] = "DELETE FROM card WHERE id=?";

static enum err_code drop_card(struct merge *m, const struct change *change, struct error *err)
{
	int64_t card = m->rows[change->old].id;
	struct stmt *q = sql(m->store, change->kind == CHANGE_RETIRE ? sql_retire : sql_delete);

	put_int(q, card);
	if (stmt_run(q, err))
		return err->code;
	return change->kind == CHANGE_DELETE ? index_touch(m->store, card, err) : ERR_NONE;
}

static enum err_code apply_change(struct merge *m, const struct change *change, struct error *err)
{
	switch (change->kind) {
	case CHANGE_NONE:
		return move_card(m, change, err);
	case CHANGE_RENAME:
		if (link_card(m, change, err))
			return err->code;
		return update_card(m, &m->rows[change->old], &m->sources[change->new], err);
	case CHANGE_EDIT:
	case CHANGE_RESTORE:
		return update_card(m, &m->rows[change->old], &m->sources[change->new], err);
	case CHANGE_ADD:
		return add_card(m, &m->sources[change->new], err);
	case CHANGE_RETIRE:
	case CHANGE_DELETE:
		break;
	}
	return ERR_NONE;
}

/*
 * What is gone goes first. merge_cards() gives no card a name that another stored card keeps, so
 * that no order of the rest makes two cards of one name meet.
 */
enum err_code merge_apply(struct merge *m, const struct changes *changes, struct error *err)
{
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *c = &changes->items[i];

		if ((c->kind == CHANGE_RETIRE || c->kind == CHANGE_DELETE) && drop_card(m, c, err))
			return err->code;
	}
	for (size_t i = 0; i < changes->count; i++) {
		bool many = many_new(m, changes, i);

		if (many ? add_cards(m, &changes->items[i], err)
			 : apply_change(m, &changes->items[i], err))
			return err->code;
		i += many ? AT_ONCE - 1 : 0;
	}
	return ERR_NONE;
}
