#include "internal.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

struct uid uid_random(void)
{
	struct uid uid;

	/* Up to 256 bytes come whole and without an error once the kernel has started. */
	if (getrandom(uid.bytes, sizeof(uid.bytes), 0) != (ssize_t)sizeof(uid.bytes))
		abort();
	return uid;
}

static const char sql_add_machine[] =
	"INSERT OR IGNORE INTO machine(name) SELECT value FROM setting WHERE key='machine'";
static const char sql_machine[] =
	"SELECT m.id FROM machine m JOIN setting s ON s.value=m.name WHERE s.key='machine'";

/* The number of this machine, made when it writes its first event under its name. */
static enum err_code machine_number(struct store *s, struct error *err)
{
	if (s->machine)
		return ERR_NONE;
	s->machine = stmt_value(sql(s, sql_machine), 0);
	if (s->machine)
		return ERR_NONE;
	if (stmt_run(sql(s, sql_add_machine), err))
		return err->code;
	s->machine = stmt_value(sql(s, sql_machine), 0);
	return s->machine ? ERR_NONE : store_damaged(s, "the machine has no name", err);
}

/*
 * The newest event of the card: the last in the order of replay. What arrived last may be another
 * machine's, and older than what was here; an event behind the last one stays the last.
 */
static enum err_code find_prev(struct store *s, int64_t card, struct event *e, struct error *err)
{
	struct card_log log = {0};
	enum err_code rc = log_load(s, card, &log, err);

	e->has_prev = !rc && log.count;
	if (e->has_prev) {
		log_replay(&log);
		e->prev = log.events[log.order[log.count - 1]].uid;
	}
	log_release(&log);
	return rc;
}

static const char sql_add[] =
	"INSERT INTO event(uid,time,machine_id,card_id,prev,kind,what,value,target,name,text)"
	" VALUES(?,?,?,?,?,?,?,?,?,?,?)";

static void put_uid(struct stmt *q, const struct uid *uid)
{
	put_bytes(q, uid->bytes, sizeof(uid->bytes));
}

/* Answers, notes and edits are searched; a mark on a card is not. */
static bool changes_words(const struct event *e)
{
	return e->kind != EVENT_SET || e->what == SET_NOTE || e->what == SET_EDIT;
}

/*
 * Writes an event of this machine: uid and prev are filled in here. card 0: of no card. *id, where
 * wanted, receives its place in the order of arrival.
 */
enum err_code event_add(struct store *s, int64_t card, struct event *e, const char *name,
			const char *text, int64_t *id, struct error *err)
{
	struct stmt *q;

	assert(s->in_transaction);
	e->uid = uid_random();
	e->has_prev = false;
	if (machine_number(s, err) || (card && find_prev(s, card, e, err)))
		return err->code;
	q = sql(s, sql_add);
	put_uid(q, &e->uid);
	put_int(q, e->time);
	put_int(q, s->machine);
	put_key(q, card);
	if (e->has_prev)
		put_uid(q, &e->prev);
	else
		put_null(q);
	put_int(q, e->kind);
	if (e->kind == EVENT_SET) {
		put_int(q, e->what);
		put_day(q, e->value);
	} else {
		put_null(q);
		put_null(q);
	}
	if (e->kind == EVENT_VOID)
		put_uid(q, &e->target);
	else
		put_null(q);
	put_text(q, name);
	put_text(q, text);
	if (stmt_run(q, err))
		return err->code;
	if (id)
		*id = sqlite3_last_insert_rowid(s->db);
	return card && changes_words(e) ? index_touch(s, card, err) : ERR_NONE;
}

static const char sql_is_there[] = "SELECT 1 FROM event WHERE uid=?";

bool event_is_there(struct store *s, const struct uid *uid)
{
	struct stmt *q = sql(s, sql_is_there);

	put_uid(q, uid);
	return stmt_value(q, 0) == 1;
}
