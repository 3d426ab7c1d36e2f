#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "internal.h"

/* The items of a stored list, each with `end` behind it. */
struct strlist split_list(const char *text, char end, struct arena *arena)
{
	struct strlist list = {0};
	const char *stop;
	size_t count = 0;

	for (const char *p = text; (stop = strchr(p, end)) != NULL; p = stop + 1)
		count++;
	list.items = arena_array(arena, count, sizeof(*list.items));
	for (const char *p = text; (stop = strchr(p, end)) != NULL; p = stop + 1)
		list.items[list.count++] = arena_bytes(arena, p, (size_t)(stop - p));
	return list;
}

static void get_probes(struct stmt *q, struct card_info *card, struct arena *arena)
{
	const char *text = get_text(q, arena);
	struct strlist list = split_list(text ? text : "", ' ', arena);

	for (size_t i = 0; i < list.count && card->probe_count < PROBES_MAX; i++)
		if (str_to_int(list.items[i], 1, INT_MAX, &card->probes[card->probe_count]))
			card->probe_count++;
}

static struct strlist get_list(struct stmt *q, struct arena *arena)
{
	const char *text = get_text(q, arena);

	return split_list(text ? text : "", '\n', arena);
}

/* A row of INFO_COLUMNS. Without places the card has no position. */
struct card_info get_info(struct stmt *q, const struct places *places, struct arena *arena)
{
	struct card_info c = {0};
	int64_t position;

	c.key = get_int(q);
	c.deck = get_text(q, arena);
	c.name = arena_printf(arena, "%s/%s", c.deck, get_text(q, arena));
	c.deck_title = get_text(q, arena);
	c.question = get_text(q, arena);
	c.follows = get_text(q, arena);
	c.parent = get_int(q);
	c.parent_passed = !get_bool(q);
	get_probes(q, &c, arena);
	c.level = (enum level)get_range(q, 0, LEVEL_COUNT - 1);
	c.tier = (enum tier)get_range(q, 0, TIER_COUNT - 1);
	c.aim = (enum aim)get_range(q, 0, AIM_COUNT - 1);
	c.kind = (enum kind)get_range(q, 0, KIND_COUNT - 1);
	c.competency = (enum competency)get_range(q, 0, COMPETENCY_COUNT - 1);
	c.tags = get_list(q, arena);
	c.sets = get_list(q, arena);
	c.topic = get_text(q, arena);
	c.most_asked = get_bool(q);
	c.seconds = get_range(q, 0, CARD_SECONDS_MAX);
	c.rev = get_range(q, 0, INT_MAX);
	c.variants = get_range(q, 0, INT_MAX);
	position = get_int(q);
	c.position = places ? place_of(places, position) : 0;
	c.retired = get_bool(q);
	c.own_edit = get_bool(q);
	c.note = get_text(q, arena);
	c.path = get_text(q, arena);
	c.line = get_range(q, 0, INT_MAX);
	c.schedule = get_schedule(q);
	return c;
}

static const char sql_info[] = "SELECT " INFO_COLUMNS INFO_TABLES "WHERE c.id=?";

enum err_code info_load(struct store *s, int64_t key, const struct places *places,
			struct arena *arena, struct card_info *out, struct error *err)
{
	struct stmt *q = sql(s, sql_info);
	bool found, damaged;

	put_int(q, key);
	if (stmt_row(q, &found, err))
		return err->code;
	if (!found)
		return store_no_card(err);
	*out = get_info(q, places, arena);
	damaged = q->damaged;
	stmt_reset(q);
	return damaged ? store_unsound(s, err) : ERR_NONE;
}

enum err_code store_card_info(struct store *s, int64_t key, struct arena *arena,
			      struct card_info *out, struct error *err)
{
	struct places places;
	enum err_code rc = places_load(s, arena, &places, err);

	return rc ? rc : info_load(s, key, &places, arena, out, err);
}

static const char sql_text[] =
	"SELECT c.name,t.question,t.answer,t.points,t.weak,t.good,t.flags,t.why,t.variants,t.links"
	" FROM card c JOIN card_text t ON t.card_id=c.id WHERE c.id=?";
static const char sql_overlays[] = "SELECT section,text FROM overlay WHERE card_id=?";

/* Lays the user's own edits over the sections. */
enum err_code text_overlay(struct store *s, int64_t key, struct arena *arena, struct card *out,
			   struct error *err)
{
	struct stmt *q = sql(s, sql_overlays);
	enum err_code rc;
	bool more;

	put_int(q, key);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		int section = get_range(q, 0, SECTION_COUNT - 1);
		const char *text = get_text(q, arena);

		out->section[section] = text && *text ? text : NULL;
	}
	return rc;
}

enum err_code store_card_text(struct store *s, int64_t key, struct arena *arena, struct card *out,
			      struct error *err)
{
	struct stmt *q = sql(s, sql_text);
	bool more;

	*out = (struct card){0};
	put_int(q, key);
	if (stmt_row(q, &more, err))
		return err->code;
	if (!more)
		return store_no_card(err);
	out->id = get_text(q, arena);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		out->section[i] = get_text(q, arena);
	stmt_reset(q);
	return text_overlay(s, key, arena, out, err);
}

static const char sql_whole[] =
	"SELECT " INFO_COLUMNS ",t.question,t.answer,t.points,t.weak,"
	"t.good,t.flags,t.why,t.variants,t.links" INFO_TABLES "WHERE c.id=?";

enum err_code store_card_whole(struct store *s, int64_t key, struct arena *arena,
			       struct whole_card *out, struct error *err)
{
	struct stmt *q = sql(s, sql_whole);
	bool found, damaged;

	out->text = (struct card){0};
	put_int(q, key);
	if (stmt_row(q, &found, err))
		return err->code;
	if (!found)
		return store_no_card(err);
	out->info = get_info(q, NULL, arena);
	for (size_t i = 0; i < SECTION_COUNT; i++)
		out->text.section[i] = get_text(q, arena);
	out->text.id = strchr(out->info.name, '/') + 1;
	damaged = q->damaged;
	stmt_reset(q);
	if (damaged)
		return store_unsound(s, err);
	return out->info.own_edit ? text_overlay(s, key, arena, &out->text, err) : ERR_NONE;
}

enum err_code store_cards_whole(struct store *s, const int64_t *keys, size_t count,
				struct arena *arena, struct whole_card *out, size_t *there,
				struct error *err)
{
	enum err_code rc = ERR_NONE;

	*there = 0;
	store_read_begin(s);
	for (size_t i = 0; i < count && !rc; i++) {
		rc = store_card_whole(s, keys[i], arena, &out[*there], err);
		*there += !rc;
		if (rc == ERR_FOUND) {
			*err = (struct error)ERROR_INIT;
			rc = ERR_NONE;
		}
	}
	store_read_end(s);
	return rc;
}

static const char sql_deck[] =
	"SELECT name,title,summary,language,license,intro FROM deck WHERE name=?";

enum err_code store_deck(struct store *s, const char *id, struct arena *arena, struct deck *out,
			 struct error *err)
{
	struct stmt *q = sql(s, sql_deck);
	bool found;

	*out = (struct deck){.has_id = true, .publisher = {.serial = -1}};
	put_text(q, id);
	if (stmt_row(q, &found, err))
		return err->code;
	if (!found)
		return error_set(err, ERR_FOUND, "no deck '%s'", id);
	out->id = get_text(q, arena);
	out->title = get_text(q, arena);
	out->summary = get_text(q, arena);
	out->language = get_text(q, arena);
	out->license = get_text(q, arena);
	out->intro = get_text(q, arena);
	stmt_reset(q);
	return ERR_NONE;
}

static const char sql_children[] =
	"SELECT " INFO_COLUMNS INFO_TABLES "WHERE c.parent_id=? AND c.retired=0 AND c.suspended=0"
	" ORDER BY c.position,c.id";

static bool is_askable(const struct card_info *card, int today)
{
	enum card_state state = schedule_state(&card->schedule, card->retired, today, 0);

	return state == STATE_NEW || state == STATE_DUE;
}

enum err_code store_follow_ups(struct store *s, int64_t parent, int today, struct arena *arena,
			       struct card_info **out, size_t *count, struct error *err)
{
	struct stmt *q = sql(s, sql_children);
	struct card_info *list = NULL;
	struct places places;
	size_t n = 0, cap = 0;
	enum err_code rc = places_load(s, arena, &places, err);
	bool more;

	put_int(q, parent);
	while (!rc && (rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct card_info card = get_info(q, &places, arena);

		if (!is_askable(&card, today))
			continue;
		mem_grow(&list, n, &cap, sizeof(*list));
		list[n++] = card;
	}
	if (!rc && q->damaged)
		rc = store_unsound(s, err);
	*out = arena_array(arena, n, sizeof(*list));
	if (n)
		memcpy(*out, list, n * sizeof(*list));
	*count = n;
	free(list);
	return rc;
}
