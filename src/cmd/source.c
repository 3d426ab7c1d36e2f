#include "cmd/source.h"

#include <string.h>

#include "base/str.h"
#include "net/key.h"
#include "os/file.h"
#include "store/remote.h"

#define ADDRESS_MAX 2048

bool source_is_address(const char *word)
{
	return str_starts(word, "http://") || str_starts(word, "https://");
}

enum err_code source_parse_link(const char *link, struct arena *arena, const char **address,
				const char **key, struct error *err)
{
	size_t len = strcspn(link, "#");
	const char *fragment = link[len] ? link + len + 1 : "";

	*key = NULL;
	*address = arena_bytes(arena, link, len);
	if (!source_is_address(link) || len > ADDRESS_MAX)
		return error_set(err, ERR_USAGE, "'%s' is no http:// or https:// address", link);
	if (!strcspn(strstr(*address, "://") + 3, "/?"))
		return error_set(err, ERR_USAGE, "'%s' names no server", link);
	for (const char *s = *address; *s; s++)
		if (*s <= ' ' || *s >= 0x7f)
			return error_set(err, ERR_USAGE,
					 "the address holds a blank or a letter that has to be "
					 "%%-encoded");
	if (!str_starts(fragment, "key="))
		return ERR_NONE;
	*key = arena_str(arena, fragment + strlen("key="));
	return signed_is_key(*key) ? ERR_NONE : error_set(err, ERR_USAGE, SOURCE_NO_KEY, *key);
}

static bool has_deck(const struct source *source, const char *word)
{
	for (size_t d = 0; d < source->decks.count; d++)
		if (str_eq(source->decks.items[d], word))
			return true;
	return false;
}

enum err_code source_find(struct app *app, const char *word, struct arena *arena,
			  struct source *out, struct error *err)
{
	struct error none = ERROR_INIT;
	const char *path = file_real_path(word, arena, &none);
	struct source *list;
	size_t count;
	enum err_code rc = store_sources(app->store, arena, &list, &count, err);

	for (size_t i = 0; !rc && i < count; i++)
		if (str_eq(list[i].location, word) || (path && str_eq(list[i].location, path)) ||
		    has_deck(&list[i], word)) {
			*out = list[i];
			return ERR_NONE;
		}
	if (rc)
		return rc;
	if (store_deck_owner(app->store, word, arena, &path) == 0)
		return error_set(err, ERR_FOUND,
				 "the deck '%s' has no source any more; subscribe to one that has "
				 "it first",
				 word);
	return error_set(err, ERR_FOUND, "no source '%s'; `viva sources` lists them", word);
}

const char *source_label(const struct source *source)
{
	return source->decks.count == 1 ? source->decks.items[0] : source->location;
}

void source_print_trust(struct out *o, const struct remote *r)
{
	char id[KEY_ID_SIZE + 1];

	if (!r->key) {
		out_text(o, STYLE_NORMAL, "  unsigned\n");
		return;
	}
	key_id(r->key, id);
	out_printf(o, STYLE_NORMAL, "  signed, %s, key %s\n", trust_name(r->trust), id);
	if (!r->next_key)
		return;
	key_id(r->next_key, id);
	out_printf(o, STYLE_NORMAL, "  key %s is announced as the next one\n", id);
}

const char *source_time(const struct app *app, int64_t time, struct arena *arena)
{
	struct local_time t = clock_local(time);
	char day[DAY_SHORT_TEXT];

	day_format_short(day_from_date(t.year, t.month, t.day), app_today(app), day);
	return arena_printf(arena, "%s %02d:%02d", day, t.hour, t.minute);
}

/* The first of its files whose newest content was not taken. */
static const char *refused_file(struct app *app, const struct source *source, struct arena *arena)
{
	struct error none = ERROR_INIT;
	struct source_file *files;
	size_t count;

	if (store_source_files(app->store, source->id, arena, &files, &count, &none))
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (files[i].problem)
			return files[i].problem;
	return NULL;
}

enum err_code source_state(struct app *app, const struct source *source, struct arena *arena,
			   const char **problem)
{
	if (source->kind == SOURCE_LOCAL && file_type(source->location) == FILE_MISSING) {
		*problem = "is not there; its decks stay as they were";
		return ERR_FOUND;
	}
	*problem = refused_file(app, source, arena);
	if (*problem)
		return ERR_FORMAT;
	*problem = "";
	return ERR_NONE;
}

enum err_code source_conflicts(struct app *app, const struct source *source, struct arena *arena,
			       size_t *cards, struct error *err)
{
	struct conflict *list;
	size_t count;
	enum err_code rc = store_conflicts(app->store, source->id, 0, arena, &list, &count, err);

	*cards = 0;
	for (size_t i = 0; !rc && i < count; i++)
		*cards += i == 0 || list[i].card != list[i - 1].card;
	return rc;
}

static const char *change_name(enum change_kind kind)
{
	switch (kind) {
	case CHANGE_ADD:
		return "added";
	case CHANGE_EDIT:
		return "changed";
	case CHANGE_RENAME:
		return "renamed";
	case CHANGE_RESTORE:
		return "restored";
	case CHANGE_RETIRE:
		return "retired";
	case CHANGE_DELETE:
		return "removed";
	case CHANGE_NONE:
		break;
	}
	return "";
}

static void json_cards(struct json *j, const struct merge_report *report)
{
	json_array(j, "cards");
	for (size_t i = 0; i < report->card_count; i++) {
		const struct card_change *c = &report->cards[i];

		json_object(j, NULL);
		json_string(j, "card", c->name);
		json_string(j, "change", change_name(c->kind));
		if (c->old_name)
			json_string(j, "was", c->old_name);
		json_end(j);
	}
	json_end(j);
}

static void json_time(struct json *j, const char *key, int64_t time)
{
	char text[CLOCK_ISO_TEXT];

	clock_format_iso(time, text);
	json_string(j, key, time ? text : NULL);
}

static void json_checks(struct json *j, const struct remote *r)
{
	static const char *const states[] = {"active", "paused", "gone"};

	json_string(j, "state", states[r->state]);
	json_time(j, "checked", r->checked);
	json_time(j, "retry_after", r->retry_after);
	json_string(j, "moved_to", r->moved_to);
}

static void json_trust(struct json *j, const struct remote *r)
{
	char id[KEY_ID_SIZE + 1];

	json_string(j, "trust", r ? trust_name(r->trust) : "local");
	if (r && r->key) {
		key_id(r->key, id);
		json_string(j, "key", id);
	} else {
		json_null(j, "key");
	}
	if (r && r->serial >= 0)
		json_int(j, "serial", r->serial);
	else
		json_null(j, "serial");
}

void source_json(struct json *j, const struct source_row *row)
{
	static const struct remote local;
	const struct source *source = row->source;
	const struct changes *c = row->changes;
	bool is_index = row->remote && row->remote->is_index;
	bool is_deck = !is_index && source->decks.count == 1;

	json_object(j, NULL);
	json_string(j, "url", source->location);
	json_string(j, "kind", source_kind_name(source->kind));
	json_string(j, "deck", is_deck ? source->decks.items[0] : NULL);
	json_string(j, "index", is_index ? row->remote->title : NULL);
	json_array(j, "decks");
	for (size_t i = 0; i < source->decks.count; i++)
		json_string(j, NULL, source->decks.items[i]);
	json_end(j);
	json_string(j, "status", row->status);
	json_trust(j, row->remote);
	json_int(j, "added", (int64_t)(c->added + c->restored));
	json_int(j, "changed", (int64_t)(c->edited + c->renamed));
	json_int(j, "retired", (int64_t)(c->retired + c->deleted));
	json_int(j, "conflicts", (int64_t)row->conflicts);
	json_string(j, "message", row->message);
	json_checks(j, row->remote ? row->remote : &local);
	if (row->report)
		json_cards(j, row->report);
	json_end(j);
}
