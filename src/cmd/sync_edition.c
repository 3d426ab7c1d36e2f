#include "base/str.h"
#include "cmd/look.h"
#include "cmd/sync.h"
#include "core/signed.h"
#include "store/backup.h"

static enum err_code load(struct sync_run *run, struct sync_source *s, int64_t edition,
			  struct error *err)
{
	struct content *files;
	size_t count;

	if (store_edition_files(run->app->store, edition, run->arena, &files, &count, err))
		return err->code;
	s->taken = s->before;
	s->taken.is_index = count && index_is_one(files[0].bytes, files[0].len);
	s->decks = arena_array(run->arena, count, sizeof(*s->decks));
	for (size_t i = s->taken.is_index ? 1 : 0; i < count; i++) {
		struct sync_deck *d = &s->decks[s->deck_count++];

		d->url = *files[i].name ? files[i].name : s->source.location;
		d->bytes = files[i].bytes;
		d->len = signed_content(files[i].bytes, files[i].len, SIGNED_DECK);
		if (sync_parse(run, s, d, err))
			return err->code;
		d->id = d->deck.id;
	}
	return ERR_NONE;
}

static enum err_code put_in_force(struct sync_run *run, struct sync_source *s, int64_t edition,
				  struct error *err)
{
	struct store *store = run->app->store;
	enum err_code rc = store_begin(store, err);

	if (rc)
		return rc;
	rc = sync_settle_owners(run, s, err);
	if (!rc)
		rc = sync_merge(run, s, err);
	if (!rc)
		rc = store_set_edition(store, s->source.id, edition, err);
	if (!rc)
		rc = store_set_stamp(store, s->source.id, VIVA_VERSION, err);
	return store_end(store, rc == ERR_NONE, err) ? err->code : rc;
}

enum err_code sync_revert(struct sync_run *run, struct sync_source *s,
			  const struct remote_edition *edition, struct error *err)
{
	if (load(run, s, edition->id, err) || store_backup_daily(run->app->store, run->now, err))
		return err->code;
	return put_in_force(run, s, edition->id, err);
}

static enum err_code read_in_force(struct sync_run *run, struct sync_source *s, struct error *err)
{
	struct remote_edition *list;
	size_t count;
	bool found;

	if (store_remote(run->app->store, s->source.id, run->arena, &s->before, &found, err) ||
	    store_editions(run->app->store, s->source.id, run->arena, &list, &count, err))
		return err->code;
	for (size_t i = 0; i < count; i++)
		if (list[i].in_force && !load(run, s, list[i].id, err))
			return put_in_force(run, s, list[i].id, err);
	return err->code;
}

enum err_code sync_read_again(struct app *app, const struct source *source, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct sync_source s = {.source = *source, .message = ""};
	struct sync_run run = {
		.app = app, .now = app_now(app), .arena = &arena, .sources = &s, .count = 1};
	enum err_code rc = ERR_NONE;

	if (!str_eq(source->stamp, VIVA_VERSION))
		rc = read_in_force(&run, &s, err);
	if (rc && rc != ERR_STORAGE) {
		look_say(app, arena_printf(&arena, "%s: %s; its cards stay as they were",
					   source->location, err->msg));
		*err = (struct error)ERROR_INIT;
		rc = store_set_stamp(app->store, source->id, VIVA_VERSION, err);
	}
	arena_release(&arena);
	return rc;
}
