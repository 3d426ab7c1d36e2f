#include <assert.h>

#include "internal.h"
#include "store/review.h"

static enum err_code set_schedule(struct store *s, int64_t card, struct event *e, struct error *err)
{
	struct schedule before, after;

	if (schedule_load(s, card, &before, err) || event_add(s, card, e, NULL, NULL, NULL, err))
		return err->code;
	after = before;
	schedule_apply(&after, e);
	return schedule_store(s, card, &before, &after, err);
}

enum err_code store_set(struct store *s, int64_t card, enum set_what what, int value, int64_t now,
			struct error *err)
{
	struct event e = {.kind = EVENT_SET, .time = now, .what = what, .value = value};
	enum err_code rc;
	bool own;

	assert(what != SET_NOTE && what != SET_EDIT);
	assert(value == DAY_NONE || (value >= DAY_MIN && value <= DAY_MAX));
	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	return change_end(s, own, set_schedule(s, card, &e, err), err);
}

static const char sql_note[] = "UPDATE card SET note=? WHERE id=?";

enum err_code note_put(struct store *s, int64_t card, const char *text, struct error *err)
{
	struct stmt *q = sql(s, sql_note);

	put_text(q, text);
	put_int(q, card);
	return stmt_run(q, err);
}

static enum err_code set_note(struct store *s, int64_t card, const char *text, int64_t now,
			      struct error *err)
{
	struct event e = {.kind = EVENT_SET, .time = now, .what = SET_NOTE};

	if (event_add(s, card, &e, NULL, text, NULL, err))
		return err->code;
	return note_put(s, card, text, err);
}

enum err_code store_set_note(struct store *s, int64_t card, const char *text, int64_t now,
			     struct error *err)
{
	enum err_code rc;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	rc = set_note(s, card, text && *text ? text : NULL, now, err);
	return change_end(s, own, rc, err);
}

/* Base is the deck's text now, so that a later change of the deck can be told apart. */
static const char *const sql_overlay[SECTION_COUNT] = {
#define OVERLAY(column) \
	"INSERT INTO overlay(card_id,section,base,text) SELECT card_id,?2," column ",?3" \
	" FROM card_text WHERE card_id=?1" \
	" ON CONFLICT(card_id,section) DO UPDATE SET base=excluded.base,text=excluded.text"
	OVERLAY("question"), OVERLAY("answer"),	  OVERLAY("points"),
	OVERLAY("weak"),     OVERLAY("good"),	  OVERLAY("flags"),
	OVERLAY("why"),	     OVERLAY("variants"), OVERLAY("links"),
#undef OVERLAY
};
static const char sql_drop_overlay[] = "DELETE FROM overlay WHERE card_id=? AND section=?";

enum err_code overlay_put(struct store *s, int64_t card, enum section section, const char *text,
			  struct error *err)
{
	struct stmt *q = sql(s, text ? sql_overlay[section] : sql_drop_overlay);

	put_int(q, card);
	put_int(q, section);
	if (text)
		put_text(q, text);
	return stmt_run(q, err);
}

static enum err_code set_overlay(struct store *s, int64_t card, enum section section,
				 const char *text, int64_t now, struct error *err)
{
	struct event e = {.kind = EVENT_SET, .time = now, .what = SET_EDIT, .value = (int)section};

	if (event_add(s, card, &e, NULL, text, NULL, err))
		return err->code;
	return overlay_put(s, card, section, text, err);
}

enum err_code store_set_overlay(struct store *s, int64_t key, enum section section,
				const char *text, int64_t now, struct error *err)
{
	enum err_code rc;
	bool own;

	assert(section < SECTION_COUNT);
	if (text && !*text && section == SECTION_QUESTION)
		return error_set(err, ERR_USAGE, "a question cannot be empty");
	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	rc = set_overlay(s, key, section, text, now, err);
	return change_end(s, own, rc, err);
}
