#include "internal.h"

static const char sql_get[] = "SELECT value FROM setting WHERE key=?";
static const char sql_put[] = "INSERT INTO setting(key,value) VALUES(?,?) ON CONFLICT(key) DO "
			      "UPDATE SET value=excluded.value";
static const char sql_drop[] = "DELETE FROM setting WHERE key=?";

enum err_code store_config(struct store *s, const char *key, struct arena *arena,
			   const char **value, struct error *err)
{
	struct stmt *q = sql(s, sql_get);
	bool found;

	*value = NULL;
	put_text(q, key);
	if (stmt_row(q, &found, err))
		return err->code;
	if (found) {
		*value = get_text(q, arena);
		stmt_reset(q);
	}
	return ERR_NONE;
}

enum err_code config_put(struct store *s, const char *key, const char *value, struct error *err)
{
	struct stmt *q = sql(s, value ? sql_put : sql_drop);

	put_text(q, key);
	if (value)
		put_text(q, value);
	return stmt_run(q, err);
}

enum err_code store_set_config(struct store *s, const char *key, const char *value, int64_t now,
			       struct error *err)
{
	struct event e = {.kind = EVENT_CONFIG, .time = now};
	enum err_code rc;
	bool own;

	rc = change_begin(s, &own, err);
	if (rc)
		return rc;
	rc = config_put(s, key, value, err);
	s->machine = 0; /* `machine` may be the one that was set */
	if (!rc)
		rc = event_add(s, 0, &e, key, value, NULL, err);
	return change_end(s, own, rc, err);
}
