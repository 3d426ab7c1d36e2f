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

static void add_place(struct place_text **list, size_t *count, size_t *cap, struct place_text p)
{
	if (!p.text || !*p.text)
		return;
	mem_grow(list, *count, cap, sizeof(**list));
	(*list)[(*count)++] = p;
}

static enum err_code add_answers(struct store *s, int64_t card, struct arena *arena,
				 struct place_text **list, size_t *count, size_t *cap,
				 struct error *err)
{
	struct stmt *q = sql(s, sql_answers);
	enum err_code rc;
	bool more;

	put_int(q, card);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct place_text p = {.kind = IN_ANSWER};

		p.day = get_range(q, DAY_MIN, DAY_MAX);
		p.text = get_text(q, arena);
		add_place(list, count, cap, p);
	}
	return rc;
}

enum err_code words_get(struct stmt *q, struct arena *arena, struct searched *out,
			struct error *err)
{
	static const enum section order[SECTION_COUNT] = {
		SECTION_QUESTION, SECTION_POINTS, SECTION_ANSWER, SECTION_VARIANTS, SECTION_WHY,
		SECTION_WEAK,	  SECTION_GOOD,	  SECTION_FLAGS,  SECTION_LINKS,
	};
	struct place_text *list = NULL;
	struct card text = {0};
	const char *name, *tags, *note;
	size_t count = 0, cap = 0;
	bool edited, answered;
	enum err_code rc = ERR_NONE;

	out->key = get_int(q);
	name = get_card_name(q, arena);
	tags = get_text(q, arena);
	note = get_text(q, arena);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		text.section[i] = get_text(q, arena);
	edited = get_bool(q);
	answered = get_bool(q);
	if (edited)
		rc = text_overlay(q->store, out->key, arena, &text, err);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		add_place(&list, &count, &cap,
			  (struct place_text){IN_SECTION, order[i], 0, text.section[order[i]]});
	add_place(&list, &count, &cap, (struct place_text){.kind = IN_NAME, .text = name});
	add_place(&list, &count, &cap, (struct place_text){.kind = IN_TAGS, .text = tags});
	add_place(&list, &count, &cap, (struct place_text){.kind = IN_NOTE, .text = note});
	if (answered && !rc)
		rc = add_answers(q->store, out->key, arena, &list, &count, &cap, err);
	out->places = arena_array(arena, count, sizeof(*list));
	if (count)
		memcpy(out->places, list, count * sizeof(*list));
	out->count = count;
	free(list);
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
