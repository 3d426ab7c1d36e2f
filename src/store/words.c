#include "words.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"

const char words_sql[] =
	"SELECT c.id,d.name,c.name,c.tags,c.note,t.question,t.answer,t.points,t.weak,t.good,"
	"t.flags,t.why,t.variants,t.links,EXISTS(SELECT 1 FROM overlay x WHERE x.card_id=c.id),"
	"EXISTS(SELECT 1 FROM event e WHERE e.card_id=c.id)"
	" FROM card c JOIN deck d ON d.id=c.deck_id JOIN card_text t ON t.card_id=c.id"
	" WHERE c.id BETWEEN ?1 AND ?2 ORDER BY c.id";
static const char sql_answers[] =
	"SELECT r.day,r.answer FROM event e JOIN review r ON r.event_id=e.id"
	" WHERE e.card_id=? AND r.voided=0 AND r.answer IS NOT NULL ORDER BY e.id DESC";

struct places_found {
	struct place_text *items;
	size_t count, cap;
};

static void add_place(struct places_found *f, struct place_text p)
{
	if (!p.text || !*p.text)
		return;
	mem_grow(&f->items, f->count, &f->cap, sizeof(*f->items));
	f->items[f->count++] = p;
}

static void add_sections(struct places_found *f, const struct card *text, const struct card *deck)
{
	static const enum section order[SECTION_COUNT] = {
		SECTION_QUESTION, SECTION_POINTS, SECTION_ANSWER, SECTION_VARIANTS, SECTION_WHY,
		SECTION_WEAK,	  SECTION_GOOD,	  SECTION_FLAGS,  SECTION_LINKS,
	};

	for (size_t i = 0; i < SECTION_COUNT; i++) {
		const char *words = text->section[order[i]];

		add_place(f, (struct place_text){.kind = IN_SECTION,
						 .section = order[i],
						 .own = words != deck->section[order[i]],
						 .text = words});
	}
}

static enum err_code add_answers(struct store *s, int64_t card, struct arena *arena,
				 struct places_found *f, struct error *err)
{
	struct stmt *q = sql(s, sql_answers);
	enum err_code rc;
	bool more;

	put_int(q, card);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct place_text p = {.kind = IN_ANSWER};

		p.day = get_range(q, DAY_MIN, DAY_MAX);
		p.text = get_text(q, arena);
		add_place(f, p);
	}
	return rc;
}

enum err_code words_get(struct stmt *q, struct arena *arena, struct searched *out,
			struct error *err)
{
	struct place_text name = {.kind = IN_NAME}, tags = {.kind = IN_TAGS};
	struct place_text note = {.kind = IN_NOTE};
	struct places_found f = {0};
	struct card text = {0}, deck;
	enum err_code rc = ERR_NONE;

	out->key = get_int(q);
	name.text = get_card_name(q, arena);
	tags.text = get_text(q, arena);
	note.text = get_text(q, arena);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		text.section[i] = get_text(q, arena);
	deck = text;
	if (get_bool(q))
		rc = text_overlay(q->store, out->key, arena, &text, err);
	add_sections(&f, &text, &deck);
	add_place(&f, name);
	add_place(&f, tags);
	add_place(&f, note);
	if (get_bool(q) && !rc)
		rc = add_answers(q->store, out->key, arena, &f, err);
	out->places = arena_array(arena, f.count, sizeof(*f.items));
	if (f.count)
		memcpy(out->places, f.items, f.count * sizeof(*f.items));
	out->count = f.count;
	free(f.items);
	return rc;
}

void entry_init(struct entry *e)
{
	for (size_t i = 0; i < INDEX_COLUMNS; i++)
		strbuf_init(&e->columns[i], INDEX_TEXT_MAX);
}

void entry_release(struct entry *e)
{
	for (size_t i = 0; i < INDEX_COLUMNS; i++)
		strbuf_release(&e->columns[i]);
}

static enum index_column column_of(const struct place_text *p)
{
	if (p->kind == IN_NOTE || p->kind == IN_ANSWER)
		return INDEX_OWN;
	if (p->kind == IN_SECTION && p->section == SECTION_QUESTION)
		return INDEX_QUESTION;
	if (p->kind == IN_SECTION && p->section == SECTION_POINTS)
		return INDEX_POINTS;
	if (p->kind == IN_SECTION && p->section == SECTION_ANSWER)
		return INDEX_ANSWER;
	return INDEX_MORE;
}

/* What does not go into a column any more is left out: the oldest answers of a very long history.
 */
void entry_fill(struct entry *e, const struct searched *w)
{
	for (size_t i = 0; i < INDEX_COLUMNS; i++)
		strbuf_reset(&e->columns[i]);
	for (size_t i = 0; i < w->count; i++) {
		struct strbuf *column = &e->columns[column_of(&w->places[i])];

		fold_text(column, w->places[i].text, strlen(w->places[i].text));
		strbuf_char(column, '\n');
	}
}

int64_t entry_hash(const struct entry *e)
{
	struct hash all, columns[INDEX_COLUMNS];
	int64_t first;

	for (size_t i = 0; i < INDEX_COLUMNS; i++)
		columns[i] = hash_own(e->columns[i].buf, e->columns[i].len);
	all = hash_own(columns, sizeof(columns));
	memcpy(&first, all.bytes, sizeof(first));
	return first;
}
