#include <string.h>

#include "base/str.h"
#include "cmd/sync.h"
#include "store/backup.h"

static bool is_bundled(struct sync_run *run, int64_t id)
{
	struct error none = ERROR_INIT;
	struct source *list;
	size_t count;

	if (store_sources(run->app->store, run->arena, &list, &count, &none))
		return false;
	for (size_t i = 0; i < count; i++)
		if (list[i].id == id)
			return list[i].kind == SOURCE_BUNDLED;
	return false;
}

enum err_code sync_owned_elsewhere(struct sync_run *run, struct sync_source *s, const char *deck,
				   bool *elsewhere, struct error *err)
{
	const char *location;
	int64_t owner = store_deck_owner(run->app->store, deck, run->arena, &location);
	bool bundled;

	*elsewhere = false;
	if (owner <= 0 || owner == s->source.id)
		return ERR_NONE;
	bundled = is_bundled(run, owner);
	if (run->options.subscribe && (run->options.take_over || bundled))
		return ERR_NONE;
	if (run->options.subscribe)
		return error_set(err, ERR_DECISION,
				 "the deck '%s' comes from %s already; `viva subscribe %s "
				 "--take-over` lets this source have it",
				 deck, location, s->source.location);
	*elsewhere = true;
	return ERR_NONE;
}

enum err_code sync_parse(struct sync_run *run, struct sync_source *s, struct sync_deck *d,
			 struct error *err)
{
	struct problems problems;

	problems_init(&problems, run->arena);
	if (!deck_parse(d->bytes, d->len, d->url, run->arena, &d->deck, &problems))
		return problems_error(&problems, err);
	/* Another address must not make it another deck. */
	if (!s->taken.is_index && !d->deck.has_id && s->source.decks.count == 1)
		d->deck.id = s->source.decks.items[0];
	return ERR_NONE;
}

/* A listed deck must be what it is listed as. */
static enum err_code parse_listed(struct sync_run *run, struct sync_source *s, struct sync_deck *d,
				  struct error *err)
{
	if (!sync_parse(run, s, d, err) && !str_eq(d->deck.id, d->id))
		return error_set(err, ERR_FORMAT, "%s: the index calls this deck '%s', it is '%s'",
				 d->url, d->id, d->deck.id);
	return err->code;
}

static enum err_code parse_decks(struct sync_run *run, struct sync_source *s, struct error *err)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; i < s->deck_count && !rc; i++)
		if (s->decks[i].listed && !s->decks[i].skipped)
			rc = parse_listed(run, s, &s->decks[i], err);
	return rc;
}

static struct edition edition_of(struct sync_run *run, const struct sync_deck *d)
{
	size_t count = d->deck.card_count;
	struct hash *content = arena_array(run->arena, count, sizeof(*content));
	struct hash *body = arena_array(run->arena, count, sizeof(*body));

	for (size_t i = 0; i < count; i++)
		deck_hash_card(&d->deck.cards[i], &content[i], &body[i]);
	return (struct edition){&d->deck, d->deck.id, content, body};
}

enum err_code sync_settle_owners(struct sync_run *run, struct sync_source *s, struct error *err)
{
	for (size_t i = 0; i < s->deck_count; i++) {
		struct sync_deck *d = &s->decks[i];

		if (sync_owned_elsewhere(run, s, d->id, &d->skipped, err))
			return err->code;
		if (d->skipped && !s->taken.is_index)
			return error_set(err, ERR_DECISION,
					 "the deck '%s' belongs to another source by now; `viva "
					 "subscribe %s --take-over` takes it",
					 d->id, s->source.location);
		if (!d->skipped)
			continue;
		s->code = ERR_DECISION;
		sync_note(run, s,
			  "the deck '%s' is passed over: another source has it; `viva subscribe %s "
			  "--take-over` takes it",
			  d->id, s->source.location);
	}
	return ERR_NONE;
}

/* Says which of the program's own decks come from here now. */
static void note_taken(struct sync_run *run, struct sync_source *s)
{
	for (size_t i = 0; i < s->deck_count; i++) {
		const char *location;
		int64_t owner =
			store_deck_owner(run->app->store, s->decks[i].id, run->arena, &location);

		if (owner > 0 && owner != s->source.id && is_bundled(run, owner))
			sync_note(run, s,
				  "the deck '%s' came with viva and comes from here now; your "
				  "progress goes on",
				  s->decks[i].id);
	}
}

enum err_code sync_merge(struct sync_run *run, struct sync_source *s, struct error *err)
{
	struct edition *editions = arena_array(run->arena, s->deck_count, sizeof(*editions));
	struct merge_request request = {
		.source = s->source.id,
		.editions = editions,
		.take_over = run->options.subscribe,
		.suspend_new = s->taken.suspend_new,
		.now = run->now,
	};

	for (size_t i = 0; i < s->deck_count; i++)
		if (!s->decks[i].skipped)
			editions[request.count++] = edition_of(run, &s->decks[i]);
	return store_merge(run->app->store, &request, run->arena, &s->changes, &s->report, err);
}

static bool has_deck(const struct sync_source *s, const char *id)
{
	for (size_t i = 0; i < s->deck_count; i++)
		if (str_eq(s->decks[i].id, id))
			return true;
	return false;
}

/* The cards of all decks, of those that stay as they are too. */
static struct deck_change all_cards(const struct sync_source *s)
{
	struct deck_change all = {0};

	for (size_t i = 0; i < s->report.deck_count; i++) {
		all.before += s->report.decks[i].before;
		all.removed += s->report.decks[i].removed;
		all.after += s->report.decks[i].after;
	}
	for (size_t i = 0; i < s->deck_count; i++) {
		bool told = s->decks[i].skipped;

		for (size_t k = 0; k < s->report.deck_count; k++)
			told |= str_eq(s->report.decks[k].deck, s->decks[i].id);
		all.before += told ? 0 : s->decks[i].deck.card_count;
		all.after += told ? 0 : s->decks[i].deck.card_count;
	}
	return all;
}

/* Many cards gone at once are more often an accident than meant. */
static enum err_code guard(struct sync_run *run, struct sync_source *s, struct error *err)
{
	struct deck_change all = all_cards(s);

	if (run->options.accept_mass_change || run->options.subscribe)
		return ERR_NONE;
	for (size_t i = 0; i < s->report.deck_count; i++) {
		const struct deck_change *d = &s->report.decks[i];
		/* a deck that is not listed any more is no empty one */
		size_t after = has_deck(s, d->deck) ? d->after : 1;

		if (remote_is_mass_change(d->before, d->removed, after))
			return error_set(err, ERR_DECISION,
					 "it would remove %zu of the %zu cards of '%s': if that is "
					 "right, --accept-mass-change",
					 d->removed, d->before, d->deck);
	}
	if (remote_is_mass_change(all.before, all.removed, all.after))
		return error_set(err, ERR_DECISION,
				 "it would remove %zu of %zu cards: if that is right, "
				 "--accept-mass-change",
				 all.removed, all.before);
	return ERR_NONE;
}

/* What the file was, as it came, and the decks beside it. */
static enum err_code keep_edition(struct sync_run *run, struct sync_source *s, struct error *err)
{
	struct content *files = arena_array(run->arena, s->deck_count + 1, sizeof(*files));
	size_t count = 0;

	files[count++] = (struct content){"", s->answer->body, s->answer->len, s->hash};
	for (size_t i = 0; i < s->deck_count; i++) {
		const struct sync_deck *d = &s->decks[i];

		if (d->listed && !d->skipped)
			files[count++] = (struct content){d->id, d->bytes, d->len, d->listed->hash};
	}
	if (store_add_edition(run->app->store, s->source.id, run->now, s->taken.serial, files,
			      count, err))
		return err->code;
	return store_set_stamp(run->app->store, s->source.id, VIVA_VERSION, err);
}

static bool same_state(const struct remote *a, const struct remote *b)
{
	return a->checked == b->checked && a->has_hash == b->has_hash &&
	       memcmp(&a->hash, &b->hash, sizeof(a->hash)) == 0 && str_eq(a->key, b->key);
}

/*
 * The row as it is now, inside the transaction: *stale says what another viva has done since, NULL
 * for nothing. What the user has set meanwhile goes into `next`.
 */
static enum err_code read_again(struct sync_run *run, struct sync_source *s, struct remote *next,
				const char **stale, struct error *err)
{
	struct remote now;
	bool found;

	if (store_remote(run->app->store, s->source.id, run->arena, &now, &found, err))
		return err->code;
	*stale = NULL;
	if (!found)
		*stale = "unsubscribed meanwhile";
	else if (!same_state(&now, &s->stored))
		*stale = "already up to date: another viva has just checked it";
	if (*stale || run->options.subscribe)
		return ERR_NONE;
	next->suspend_new = now.suspend_new;
	next->insecure = now.insecure;
	if (now.state == REMOTE_PAUSED)
		next->state = REMOTE_PAUSED;
	return ERR_NONE;
}

static void move(struct sync_run *run, struct sync_source *s)
{
	struct error why = ERROR_INIT;

	if (!s->moved_to)
		return;
	if (store_move_source(run->app->store, s->source.id, s->moved_to, run->now, &why)) {
		sync_note(run, s, "has moved to %s, but %s", s->moved_to, why.msg);
		return;
	}
	sync_note(run, s, "has moved to %s, as its signature says", s->moved_to);
	s->source.location = s->moved_to;
	s->taken.moved_to = NULL;
}

static enum err_code record(struct sync_run *run, struct sync_source *s, struct error *err)
{
	struct remote next = *s->record;
	const char *stale = NULL;

	if (read_again(run, s, &next, &stale, err))
		return err->code;
	if (stale)
		return ERR_NONE;
	if (store_put_remote(run->app->store, s->source.id, &next, err))
		return err->code;
	move(run, s);
	return ERR_NONE;
}

static enum err_code record_all(struct sync_run *run, struct error *err)
{
	struct store *store = run->app->store;
	enum err_code rc = store_begin(store, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < run->count && !rc; i++)
		if (run->sources[i].record)
			rc = record(run, &run->sources[i], err);
	return store_end(store, rc == ERR_NONE, err) ? err->code : rc;
}

void sync_record(struct sync_run *run)
{
	struct error err = ERROR_INIT;
	bool any = false;

	for (size_t i = 0; i < run->count; i++)
		any |= run->sources[i].record != NULL;
	if (!any || !record_all(run, &err))
		return;
	for (size_t i = 0; i < run->count; i++)
		if (run->sources[i].record && run->sources[i].status != SYNC_FAILED)
			sync_fail(run, &run->sources[i], &err);
}

static enum err_code add_source(struct sync_run *run, struct sync_source *s, struct error *err)
{
	struct store *store = run->app->store;

	if (store_add_source(store, SOURCE_HTTP, s->source.location, run->now, &s->source.id, err))
		return err->code;
	return store_put_remote(store, s->source.id, &s->before, err);
}

/* Cards, then source, then history. */
static enum err_code write_all(struct sync_run *run, struct sync_source *s, struct error *err)
{
	struct store *store = run->app->store;

	note_taken(run, s);
	if (sync_settle_owners(run, s, err) || sync_merge(run, s, err) || guard(run, s, err) ||
	    store_put_remote(store, s->source.id, &s->taken, err) || keep_edition(run, s, err))
		return err->code;
	move(run, s);
	if (run->options.dry &&
	    store_proposals(store, run->arena, &s->proposals, &s->proposal_count, err))
		return err->code;
	return ERR_NONE;
}

/*
 * A COMMIT that reported an error may have happened all the same: the row tells. Its `checked` is
 * the time of this run.
 */
static bool has_happened(struct sync_run *run, struct sync_source *s)
{
	struct error none = ERROR_INIT;
	struct remote now;
	bool found = false;

	return !store_remote(run->app->store, s->source.id, run->arena, &now, &found, &none) &&
	       found && same_state(&now, &s->taken);
}

static enum err_code apply(struct sync_run *run, struct sync_source *s, struct error *err)
{
	bool write = !run->options.dry && !run->options.check;
	const char *stale = NULL;
	struct store *store = run->app->store;
	int64_t id = s->source.id;
	enum err_code rc = parse_decks(run, s, err);

	if (!rc && run->options.subscribe)
		sync_print_offer(run, s);
	if (!rc && write)
		rc = store_backup_daily(store, run->now, err);
	if (!rc)
		rc = store_begin(store, err);
	if (rc)
		return rc;
	rc = id ? read_again(run, s, &s->taken, &stale, err) : add_source(run, s, err);
	if (!rc && !stale)
		rc = write_all(run, s, err);
	if (!rc && stale) {
		s->status = SYNC_UNCHANGED;
		s->message = stale;
	}
	if (store_end(store, rc == ERR_NONE && write && !stale, err) && !has_happened(run, s))
		rc = err->code;
	if (rc)
		s->source.id = id;
	return rc;
}

/* The decks that the store has of it now. */
static void read_decks(struct sync_run *run, struct sync_source *s)
{
	struct error none = ERROR_INIT;
	struct source *list;
	size_t count;

	if (store_sources(run->app->store, run->arena, &list, &count, &none))
		return;
	for (size_t i = 0; i < count; i++)
		if (list[i].id == s->source.id)
			s->source = list[i];
}

void sync_apply(struct sync_run *run, struct sync_source *s)
{
	struct error err = ERROR_INIT;

	if (apply(run, s, &err))
		sync_fail(run, s, &err);
	else
		read_decks(run, s);
}
