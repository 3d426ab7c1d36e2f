#include "cmd/look.h"

#include <string.h>

#include "base/str.h"
#include "cmd/refresh.h"
#include "deck/parse.h"
#include "os/file.h"
#include "store/card.h"

void look_say(struct app *app, const char *text)
{
	out_printf(app->messages, STYLE_NORMAL, "%s\n", text);
}

/* One source while it is looked at. */
struct look {
	struct app *app;
	const struct source *source;
	struct arena *arena;
	bool strict;
	struct merge_report *report; /* of what would change: nothing is written; NULL: it is */
	struct source_file *known;   /* as last read */
	size_t known_count;
	const char **paths; /* there now */
	size_t path_count;
	struct edition *editions; /* decks to merge */
	size_t edition_count;
	struct source_file *seen; /* files read now, to be stored */
	size_t seen_count;
	struct strlist kept; /* paths whose decks stay */
	bool changed;	     /* something is to be merged */
	size_t cards;
};

/* Program and data may have moved since the source was made. */
static const char *folder_of(const struct look *l)
{
	switch (l->source->kind) {
	case SOURCE_BUNDLED:
		return l->app->bundled_dir;
	case SOURCE_OWN:
		return refresh_own_folder(l->app, l->arena);
	default:
		return l->source->location;
	}
}

/* The deck files of the source; a source that is gone has none and says so. */
static enum err_code list_paths(struct look *l, bool *missing, struct error *err)
{
	const char *where = folder_of(l);

	*missing = false;
	switch (file_type(where)) {
	case FILE_FOLDER:
		return file_list_decks(where, l->arena, &l->paths, &l->path_count, err);
	case FILE_REGULAR:
		l->paths = arena_array(l->arena, 1, sizeof(*l->paths));
		l->paths[0] = where;
		l->path_count = 1;
		return ERR_NONE;
	default:
		*missing = true;
		return ERR_NONE;
	}
}

static const struct source_file *known_file(const struct look *l, const char *path)
{
	for (size_t i = 0; i < l->known_count; i++)
		if (str_eq(l->known[i].path, path))
			return &l->known[i];
	return NULL;
}

static bool same_stamp(const struct source_file *f, const struct file_stamp *s)
{
	return f->size == s->size && f->mtime_ns == s->mtime_ns && f->inode == s->inode;
}

static void keep(struct look *l, const char *path)
{
	l->kept.items[l->kept.count++] = path;
}

static void say_refused(struct look *l, const char *why)
{
	look_say(l->app, arena_printf(l->arena, "%s; the deck stays as it was", why));
}

/* Adds the parsed deck to the editions, with the hashes of its cards. */
static void add_edition(struct look *l, const char *path, const struct deck *deck)
{
	struct hash *content = arena_array(l->arena, deck->card_count, sizeof(*content));
	struct hash *body = arena_array(l->arena, deck->card_count, sizeof(*body));
	struct deck *copy = arena_alloc(l->arena, sizeof(*copy));

	for (size_t i = 0; i < deck->card_count; i++)
		deck_hash_card(&deck->cards[i], &content[i], &body[i]);
	*copy = *deck;
	l->editions[l->edition_count++] = (struct edition){copy, path, content, body};
	l->cards += deck->card_count;
	l->changed = true;
}

static enum err_code refuse_large(struct look *l, const char *path, struct error *err)
{
	struct problems problems;

	problems_init(&problems, l->arena);
	problems_too_large(&problems, path, DECK_SIZE_MAX);
	return problems_error(&problems, err);
}

static enum err_code parse_file(struct look *l, const char *path, const struct strbuf *bytes,
				struct deck *deck, struct error *err)
{
	struct problems problems;

	problems_init(&problems, l->arena);
	if (deck_parse(bytes->buf, bytes->len, path, l->arena, deck, &problems))
		return ERR_NONE;
	return problems_error(&problems, err);
}

/*
 * Reads one file unless its stamp or its hash says that it is as it was. A broken file is an
 * error when strict, else it keeps its old deck and is said.
 */
static enum err_code look_at(struct look *l, const char *path, struct error *err)
{
	const struct source_file *known = known_file(l, path);
	struct source_file *now = &l->seen[l->seen_count];
	struct file_stamp stamp = {0};
	struct error problem = ERROR_INIT;
	struct strbuf bytes;
	struct deck deck;
	enum err_code rc;

	if (!file_stamp(path, &stamp) ||
	    (known && !l->strict && !known->problem && same_stamp(known, &stamp))) {
		keep(l, path);
		return ERR_NONE;
	}
	strbuf_init(&bytes, DECK_SIZE_MAX);
	rc = file_read(path, &bytes, &problem);
	if (rc == ERR_FORMAT)
		rc = refuse_large(l, path, &problem);
	*now = (struct source_file){
		path, stamp.size, stamp.mtime_ns, stamp.inode, hash_own(bytes.buf, bytes.len),
		NULL};
	if (!rc && known && !l->strict && !known->problem &&
	    memcmp(&known->hash, &now->hash, sizeof(now->hash)) == 0) {
		keep(l, path);
	} else {
		if (!rc)
			rc = parse_file(l, path, &bytes, &deck, &problem);
		if (rc) {
			now->problem = arena_str(l->arena, problem.msg);
			keep(l, path);
		} else {
			add_edition(l, path, &deck);
		}
	}
	l->seen_count++;
	strbuf_release(&bytes);
	if (now->problem && l->strict) {
		*err = problem;
		return rc;
	}
	if (now->problem)
		say_refused(l, now->problem);
	return ERR_NONE;
}

/* The newest content of this file is not taken, and why. */
static void mark_refused(struct look *l, const char *path, const char *why)
{
	for (size_t i = 0; i < l->seen_count; i++)
		if (str_eq(l->seen[i].path, path))
			l->seen[i].problem = why;
	keep(l, path);
}

/* Decks that another source has are left out: only `subscribe --take-over` changes hands. */
static void leave_out_foreign(struct look *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->edition_count; i++) {
		const char *deck = l->editions[i].deck->id, *location = NULL;
		int64_t owner = store_deck_owner(l->app->store, deck, l->arena, &location);

		if (owner > 0 && owner != l->source->id && l->source->kind == SOURCE_BUNDLED) {
			/* somebody publishes it: that is how these decks are kept up to date */
			keep(l, l->editions[i].path);
		} else if (owner > 0 && owner != l->source->id) {
			const char *why = arena_printf(l->arena, "%s: the deck '%s' belongs to %s",
						       l->editions[i].path, deck, location);

			mark_refused(l, l->editions[i].path, why);
			say_refused(l, why);
		} else {
			l->editions[kept++] = l->editions[i];
		}
	}
	l->edition_count = kept;
	l->changed = kept > 0;
}

static bool is_there(const struct look *l, const char *path)
{
	for (size_t i = 0; i < l->path_count; i++)
		if (str_eq(path, l->paths[i]))
			return true;
	return false;
}

/* The deck of the source that came from this file, or NULL. */
static const char *deck_of(struct look *l, const char *path)
{
	for (size_t d = 0; d < l->source->decks.count; d++) {
		struct query_term term = {.kind = TERM_DECK, .text = l->source->decks.items[d]};
		struct query query = {&term, 1};
		struct error none = ERROR_INIT;
		struct card_info *cards;
		size_t count;

		if (!store_list_cards(l->app->store, &query, app_today(l->app),
				      l->app->settings.repeat_below, l->arena, &cards, &count,
				      &none) &&
		    count && str_eq(cards[0].path, path))
			return term.text;
	}
	return NULL;
}

/* Whether a file that was read now has this deck, under its name or a former one. */
static bool has_edition(const struct look *l, const char *deck)
{
	for (size_t i = 0; i < l->edition_count; i++) {
		const struct deck *d = l->editions[i].deck;

		if (str_eq(d->id, deck))
			return true;
		for (size_t w = 0; w < d->was.count; w++)
			if (str_eq(d->was.items[w], deck))
				return true;
	}
	return false;
}

/*
 * Files that were there and are gone. A deck that no longer comes with the program goes; one of the
 * user's own may be on a disk that is not mounted: it stays, unless another file has it now.
 */
static void note_gone(struct look *l)
{
	for (size_t i = 0; i < l->known_count; i++) {
		const char *path = l->known[i].path;
		const char *deck = is_there(l, path) ? NULL : deck_of(l, path);

		if (deck && l->source->kind == SOURCE_BUNDLED)
			l->changed = true;
		else if (deck && !has_edition(l, deck))
			keep(l, path);
	}
}

/* Says which files are missing, and forgets those whose decks come from elsewhere by now. */
static enum err_code settle_gone(struct look *l, struct error *err)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; i < l->known_count && !rc; i++) {
		const char *path = l->known[i].path;

		if (is_there(l, path))
			continue;
		if (deck_of(l, path))
			look_say(l->app,
				 arena_printf(l->arena, "%s is missing; its deck stays as it was",
					      path));
		else
			rc = store_drop_file(l->app->store, l->source->id, path, err);
	}
	return rc;
}

static enum err_code store_files(struct look *l, struct error *err)
{
	enum err_code rc = ERR_NONE;

	for (size_t i = 0; i < l->seen_count && !rc; i++)
		rc = store_put_file(l->app->store, l->source->id, &l->seen[i], err);
	return rc;
}

/* Merges what changed and remembers the files, in one transaction. */
static enum err_code merge(struct look *l, bool take_over, const char *stamp,
			   struct changes *changes, struct error *err)
{
	struct store *s = l->app->store;
	const struct merge_request request = {
		.source = l->source->id,
		.editions = l->editions,
		.count = l->edition_count,
		.kept = &l->kept,
		.take_over = take_over,
		.now = app_now(l->app),
	};
	enum err_code rc = store_begin(s, err);

	if (rc)
		return rc;
	if (l->changed)
		rc = store_merge(s, &request, l->arena, changes, l->report, err);
	if (!rc)
		rc = store_files(l, err);
	if (!rc && stamp)
		rc = store_set_stamp(s, l->source->id, stamp, err);
	return store_end(s, rc == ERR_NONE && !l->report, err) ? err->code : rc;
}

/* Editions that do not go together are refused together, unless their source is new. */
static enum err_code apply(struct look *l, bool take_over, const char *stamp,
			   struct changes *changes, struct error *err)
{
	enum err_code rc;
	const char *why;

	if (!l->changed && !l->seen_count && !stamp)
		return ERR_NONE;
	rc = merge(l, take_over, stamp, changes, err);
	if ((rc != ERR_FORMAT && rc != ERR_DECISION) || l->strict)
		return rc;
	why = arena_str(l->arena, err->msg);
	for (size_t i = 0; i < l->edition_count; i++)
		mark_refused(l, l->editions[i].path, why);
	look_say(l->app, arena_printf(l->arena, "%s; its decks stay as they were", why));
	l->changed = false;
	memset(changes, 0, sizeof(*changes));
	*err = (struct error)ERROR_INIT;
	return merge(l, take_over, stamp, changes, err);
}

static enum err_code look(struct look *l, bool take_over, const char *stamp,
			  struct changes *changes, struct error *err)
{
	bool missing;
	enum err_code rc = store_source_files(l->app->store, l->source->id, l->arena, &l->known,
					      &l->known_count, err);

	memset(changes, 0, sizeof(*changes));
	if (!rc)
		rc = list_paths(l, &missing, err);
	if (rc)
		return rc;
	if (missing && l->strict)
		return error_set(err, ERR_USAGE, "no file or folder '%s'", folder_of(l));
	if (missing) {
		if (l->source->kind == SOURCE_LOCAL)
			look_say(l->app,
				 arena_printf(l->arena,
					      "%s is not there; its decks stay as they were",
					      folder_of(l)));
		return ERR_NONE;
	}
	l->editions = arena_array(l->arena, l->path_count, sizeof(*l->editions));
	l->seen = arena_array(l->arena, l->path_count, sizeof(*l->seen));
	l->kept.items =
		arena_array(l->arena, l->path_count + l->known_count, sizeof(*l->kept.items));
	for (size_t i = 0; i < l->path_count && !rc; i++)
		rc = look_at(l, l->paths[i], err);
	if (rc)
		return rc;
	if (!l->strict)
		leave_out_foreign(l);
	note_gone(l);
	rc = apply(l, take_over, stamp, changes, err);
	return rc || l->report ? rc : settle_gone(l, err);
}

enum err_code look_at_source(struct app *app, const struct source *source, bool strict,
			     bool take_over, const char *stamp, struct look_result *out,
			     struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct look l = {.app = app, .source = source, .arena = &arena, .strict = strict};
	enum err_code rc = look(&l, take_over, stamp, &out->changes, err);

	out->first = !l.known_count;
	out->decks = l.edition_count;
	out->cards = l.cards;
	arena_release(&arena);
	return rc;
}

enum err_code look_preview(struct app *app, const struct source *source, struct arena *arena,
			   struct changes *changes, struct merge_report *report, struct error *err)
{
	struct look l = {.app = app, .source = source, .arena = arena, .report = report};

	*report = (struct merge_report){0};
	return look(&l, false, NULL, changes, err);
}
