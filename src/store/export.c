#include "store/log.h"

#include <stdint.h>
#include <string.h>

#include "base/hex.h"
#include "log_row.h"

#define PIECE ((size_t)256 << 10) /* bytes that are written at once */

struct export
{
	struct store *store;
	enum err_code (*write)(void *ctx, const char *bytes, size_t len, struct error *err);
	void *ctx;
	struct strbuf text;
	char sum[LOG_SUM_SIZE];
	struct log_export *counts;
};

/* A line that cannot be read back would be of no use to anybody. */
static bool add_line(struct export *x, const struct log_line *line)
{
	struct error none = ERROR_INIT;

	if (log_line_check(line, &none)) {
		x->counts->left_out++;
		return false;
	}
	log_line_print(line, x->sum, &x->text);
	return true;
}

/* Cards of the log, so that who has not their decks can see what was asked. */
static const char sql_cards[] =
	"SELECT c.id,d.name,c.name,t.question,c.rev FROM card c JOIN deck d ON d.id=c.deck_id"
	" JOIN card_text t ON t.card_id=c.id WHERE c.id>?"
	" AND EXISTS(SELECT 1 FROM event e WHERE e.card_id=c.id) ORDER BY c.id";

static void add_card(struct export *x, struct stmt *q, struct arena *arena)
{
	struct log_line line = {.kind = LOG_KIND_CARD};

	line.has = UINT32_C(1) << LOG_KIND | UINT32_C(1) << LOG_CARD | UINT32_C(1) << LOG_TEXT;
	line.card = get_card_name(q, arena);
	line.text = get_text(q, arena);
	line.rev = get_int(q);
	if (line.rev)
		line.has |= UINT32_C(1) << LOG_REV;
	add_line(x, &line);
}

static const char sql_events[] =
	"SELECT e.id,e.card_id,d.name,c.name,m.name," ROW_EVENT("e.") "," ROW_REVIEW(
		"r.") " FROM event e LEFT JOIN machine m ON m.id=e.machine_id LEFT JOIN card c ON"
		      " c.id=e.card_id LEFT JOIN deck d ON d.id=c.deck_id LEFT JOIN review r ON"
		      " r.event_id=e.id WHERE e.id>? ORDER BY e.id";

static void add_event(struct export *x, struct stmt *q, struct arena *arena)
{
	struct log_line line = {0};
	const char *machine;

	if (get_null(q)) {
		get_skip(q);
		get_skip(q);
	} else {
		get_skip(q);
		line.card = get_card_name(q, arena);
		line.has |= UINT32_C(1) << LOG_CARD;
	}
	machine = get_text(q, arena);
	if (machine && hex_parse(machine, strlen(machine), line.machine.bytes, sizeof(struct uid)))
		line.has |= UINT32_C(1) << LOG_MACHINE;
	row_get(q, arena, &line);
	if (q->damaged)
		line.has = 0;
	q->damaged = false;
	if (add_line(x, &line))
		x->counts->events++;
}

static enum err_code flush(struct export *x, struct error *err)
{
	enum err_code rc = x->write(x->ctx, x->text.buf, x->text.len, err);

	strbuf_reset(&x->text);
	return rc;
}

/*
 * Rows behind one another by their key, as many at a time as make a piece. Between pieces nothing
 * is held, so that a slow reader of the log does not keep others from saving an answer.
 */
static enum err_code add_rows(struct export *x, const char *text,
			      void (*add)(struct export *x, struct stmt *q, struct arena *arena),
			      struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct error none = ERROR_INIT;
	int64_t last = INT64_MIN;
	enum err_code rc = ERR_NONE;
	bool more = true;

	while (more && !rc) {
		struct stmt *q = sql(x->store, text);

		put_int(q, last);
		while (x->text.len < PIECE && (rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
			last = get_int(q);
			add(x, q, &arena);
			arena_release(&arena);
		}
		stmt_reset(q);
		if (rc)
			flush(x, &none);
		else
			rc = flush(x, err);
	}
	return rc;
}

enum err_code store_export_log(struct store *s,
			       enum err_code (*write)(void *ctx, const char *bytes, size_t len,
						      struct error *err),
			       void *ctx, struct log_export *out, struct error *err)
{
	struct log_line end = {.kind = LOG_KIND_END};
	struct export x = {s, write, ctx, .sum = LOG_SUM_START, .counts = out};
	enum err_code rc;

	*out = (struct log_export){0};
	strbuf_init(&x.text, PIECE + 2 * LOG_LINE_MAX);
	strbuf_str(&x.text, LOG_HEADER "\n");
	rc = add_rows(&x, sql_cards, add_card, err);
	if (!rc)
		rc = add_rows(&x, sql_events, add_event, err);
	if (!rc) {
		end.has = UINT32_C(1) << LOG_KIND | UINT32_C(1) << LOG_EVENTS;
		end.events = out->events;
		add_line(&x, &end);
		rc = flush(&x, err);
	}
	strbuf_release(&x.text);
	return rc;
}
