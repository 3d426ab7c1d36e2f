/* sources: where decks come from, and what is set for each. */
#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/source.h"
#include "cmd/sync.h"
#include "cmd/view.h"
#include "core/signed.h"

static void print_checks(struct app *app, const struct source *source, const struct remote *r,
			 struct arena *arena)
{
	struct out *o = app->out;

	source_print_trust(o, r);
	if (r->serial >= 0)
		out_printf(o, STYLE_NORMAL, "  serial %lld\n", (long long)r->serial);
	if (r->checked)
		out_printf(o, STYLE_NORMAL, "  checked %s, changed %s\n",
			   source_time(app, r->checked, arena),
			   r->changed ? source_time(app, r->changed, arena) : "never");
	if (r->state == REMOTE_PAUSED)
		out_text(o, STYLE_NORMAL, "  paused\n");
	if (r->state == REMOTE_GONE)
		out_text(o, STYLE_BAD,
			 "  gone for good, said its server; it is not asked any more\n");
	if (r->suspend_new)
		out_text(o, STYLE_NORMAL, "  its new cards come suspended\n");
	if (str_starts(source->location, "http://") && !r->key)
		out_text(o, STYLE_BAD, "  " SOURCE_PLAIN_HTTP "\n");
	if (r->proxy)
		out_printf(o, STYLE_NORMAL, "  through the proxy %s\n", r->proxy);
	if (r->moved_to)
		out_printf(o, STYLE_NORMAL, "  has moved to %s\n", r->moved_to);
	if (r->retry_after > app_now(app))
		out_printf(o, STYLE_NORMAL, "  not asked before %s\n",
			   source_time(app, r->retry_after, arena));
	if (remote_is_frozen(r, app_now(app)))
		out_text(o, STYLE_BAD, "  has not changed for twice the time that it promises\n");
}

static void print_source(struct app *app, const struct source_row *row, struct arena *arena)
{
	const struct source *source = row->source;
	struct out *o = app->out;

	out_printf(o, STYLE_STRONG, "%s",
		   source->kind == SOURCE_BUNDLED ? app->bundled_dir : source->location);
	out_printf(o, STYLE_FAINT, " (%s)\n", source_kind_name(source->kind));
	for (size_t i = 0; i < source->decks.count; i++)
		out_printf(o, STYLE_NORMAL, "  %s\n", source->decks.items[i]);
	if (row->remote)
		print_checks(app, source, row->remote, arena);
	if (row->conflicts)
		out_printf(o, STYLE_NORMAL, "  %zu card%s changed under your own edits\n",
			   row->conflicts, view_plural(row->conflicts));
	if (*row->message) {
		out_text(o, STYLE_BAD, "  ");
		out_wrap(o, STYLE_BAD, 2, 2, row->message);
	}
}

static enum err_code read_row(struct app *app, const struct source *source, struct arena *arena,
			      struct source_row *row, struct error *err)
{
	static const struct changes none;
	struct remote *r = arena_alloc(arena, sizeof(*r));
	bool found;

	*row = (struct source_row){.source = source, .changes = &none, .message = ""};
	if (store_remote(app->store, source->id, arena, r, &found, err) ||
	    source_conflicts(app, source, arena, &row->conflicts, err))
		return err->code;
	row->status = "unchanged";
	if (!found) {
		if (source_state(app, source, arena, &row->message))
			row->status = "failed";
		return ERR_NONE;
	}
	row->remote = r;
	row->message = r->problem ? r->problem : "";
	if (r->problem)
		row->status = "failed";
	else if (r->state != REMOTE_ACTIVE)
		row->status = "skipped";
	return ERR_NONE;
}

static enum err_code list(struct app *app, const struct source *sources, size_t count,
			  struct arena *arena, struct error *err)
{
	struct json j;

	if (app->json) {
		json_init(&j, app->out);
		json_array(&j, NULL);
	}
	for (size_t i = 0; i < count; i++) {
		struct source_row row;

		if (read_row(app, &sources[i], arena, &row, err))
			return err->code;
		if (app->json)
			source_json(&j, &row);
		else
			print_source(app, &row, arena);
	}
	if (app->json)
		json_end(&j);
	return ERR_NONE;
}

/* One call of `sources VERB SOURCE ...`, on a source over HTTP. */
struct call {
	struct app *app;
	const struct args *args;
	struct arena *arena;
	struct source source;
	struct remote remote;
	const char *word; /* the third one, or NULL */
};

static enum err_code show(struct call *c, struct error *err)
{
	struct remote_edition *editions;
	size_t count;

	if (list(c->app, &c->source, 1, c->arena, err) ||
	    store_editions(c->app->store, c->source.id, c->arena, &editions, &count, err))
		return err->code;
	if (c->app->json)
		return ERR_NONE;
	for (size_t i = 0; i < count; i++) {
		out_printf(c->app->out, STYLE_NORMAL, "  edition %zu of %s", i + 1,
			   source_time(c->app, editions[i].time, c->arena));
		if (editions[i].serial >= 0)
			out_printf(c->app->out, STYLE_NORMAL, ", serial %lld",
				   (long long)editions[i].serial);
		out_text(c->app->out, STYLE_NORMAL, editions[i].in_force ? ", in force\n" : "\n");
	}
	return ERR_NONE;
}

static enum err_code put(struct call *c, const char *said, struct error *err)
{
	if (store_put_remote(c->app->store, c->source.id, &c->remote, err))
		return err->code;
	out_printf(c->app->out, STYLE_NORMAL, "%s: %s\n", c->source.location, said);
	return ERR_NONE;
}

static enum err_code pause_source(struct call *c, struct error *err)
{
	c->remote.state = REMOTE_PAUSED;
	return put(c, "paused; its cards stay as they are", err);
}

static void ask_soon(struct remote *r)
{
	r->state = REMOTE_ACTIVE;
	r->retry_after = 0;
	r->checked = 0;
	r->problem = NULL;
}

static enum err_code resume(struct call *c, struct error *err)
{
	ask_soon(&c->remote);
	return put(c, "goes on; `viva sync` asks it", err);
}

static enum err_code suspend_new(struct call *c, struct error *err)
{
	if (!str_eq(c->word, "on") && !str_eq(c->word, "off"))
		return error_set(err, ERR_USAGE, "suspend-new is on or off");
	c->remote.suspend_new = str_eq(c->word, "on");
	return put(c,
		   c->remote.suspend_new ? "its new cards come suspended from now on"
					 : "its new cards are asked from now on",
		   err);
}

static enum err_code move(struct call *c, struct error *err)
{
	const char *address, *key;

	if (!c->word)
		return error_set(err, ERR_USAGE, "where has it moved? sources move SOURCE URL");
	if (source_parse_link(c->word, c->arena, &address, &key, err))
		return err->code;
	if (key && !str_eq(key, c->remote.key))
		return error_set(err, ERR_DECISION,
				 "the link names another key than the source has; `viva sources "
				 "trust %s --replace %s` first",
				 c->source.location, key);
	c->remote.etag = c->remote.modified = c->remote.moved_to = NULL;
	ask_soon(&c->remote);
	if (store_begin(c->app->store, err))
		return err->code;
	if (!store_move_source(c->app->store, c->source.id, address, app_now(c->app), err))
		store_put_remote(c->app->store, c->source.id, &c->remote, err);
	if (store_end(c->app->store, err->code == ERR_NONE, err) || err->code)
		return err->code;
	out_printf(c->app->out, STYLE_NORMAL, "%s is at %s from now on; `viva sync` asks there\n",
		   c->source.location, address);
	return ERR_NONE;
}

static enum err_code trust(struct call *c, struct error *err)
{
	const char *key = args_option(c->args, "replace");

	if (!key) {
		source_print_trust(c->app->out, &c->remote);
		return ERR_NONE;
	}
	if (!str_eq(key, "none") && !signed_is_key(key))
		return error_set(err, ERR_USAGE, SOURCE_NO_KEY, key);
	c->remote.key = str_eq(key, "none") ? NULL : key;
	c->remote.trust = c->remote.key ? TRUST_PINNED : TRUST_UNSIGNED;
	c->remote.next_key = NULL;
	ask_soon(&c->remote);
	return put(c,
		   c->remote.key ? "this key must sign it from now on; `viva sync` asks it"
				 : "it need not be signed any more; `viva sync` asks it",
		   err);
}

/* The edition to go back to: the one before that in force, or by its number. */
static enum err_code choose_edition(struct call *c, struct remote_edition *out, struct error *err)
{
	struct remote_edition *list;
	size_t count, at = 0;
	int number;

	if (store_editions(c->app->store, c->source.id, c->arena, &list, &count, err))
		return err->code;
	while (at < count && !list[at].in_force)
		at++;
	at++;
	if (c->word && !str_to_int(c->word, 1, EDITIONS_KEPT, &number))
		return error_set(err, ERR_USAGE,
				 "'%s' is no edition; `viva sources show %s` numbers them", c->word,
				 c->source.location);
	if (c->word)
		at = (size_t)number - 1;
	if (at >= count)
		return error_set(err, ERR_FOUND,
				 "no %s edition is kept; `viva sources show %s` lists them",
				 c->word ? "such" : "older", c->source.location);
	*out = list[at];
	return ERR_NONE;
}

static enum err_code revert(struct call *c, struct error *err)
{
	struct sync_source s = {.source = c->source,
				.stored = c->remote,
				.before = c->remote,
				.status = SYNC_UPDATED,
				.message = ""};
	struct sync_run run = {.app = c->app,
			       .now = app_now(c->app),
			       .arena = c->arena,
			       .sources = &s,
			       .count = 1};
	struct remote_edition edition;

	if (choose_edition(c, &edition, err) || sync_revert(&run, &s, &edition, err))
		return err->code;
	out_printf(c->app->out, STYLE_NORMAL, "%s: back to the edition of %s\n", c->source.location,
		   source_time(c->app, edition.time, c->arena));
	sync_print(&run, &s);
	out_text(c->app->out, STYLE_NORMAL, "It stays until the source publishes another one.\n");
	return ERR_NONE;
}

static const struct verb {
	const char *name;
	bool reads; /* does not write */
	bool more;  /* takes a third word */
	enum err_code (*run)(struct call *c, struct error *err);
} verbs[] = {
	{"show", true, false, show},
	{"move", false, true, move},
	{"pause", false, false, pause_source},
	{"resume", false, false, resume},
	{"revert", false, true, revert},
	{"trust", false, false, trust},
	{"suspend-new", false, true, suspend_new},
};

static const struct verb *find_verb(const char *word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (str_eq(verbs[i].name, word))
			return &verbs[i];
	return NULL;
}

static enum err_code run_verb(struct call *c, struct error *err)
{
	const struct verb *verb = find_verb(c->args->words[0]);
	bool http = false;

	if (!verb || c->args->count < 2 || (c->args->count > 2 && !verb->more))
		return error_set(err, ERR_USAGE, "usage: viva sources %s", cmd_sources.usage);
	if (!verb->reads && app_open(c->app, STORE_WRITE, err))
		return err->code;
	if (source_find(c->app, c->args->words[1], c->arena, &c->source, err) ||
	    store_remote(c->app->store, c->source.id, c->arena, &c->remote, &http, err))
		return err->code;
	if (!http && verb->run != show)
		return error_set(err, ERR_USAGE, "%s is no source over HTTP", c->args->words[1]);
	c->word = c->args->count > 2 ? c->args->words[2] : NULL;
	return verb->run(c, err);
}

static enum err_code run_sources(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct call c = {.app = app, .args = args, .arena = &arena};
	struct source *sources;
	size_t count;
	enum err_code rc;

	if (args->count) {
		rc = run_verb(&c, err);
	} else {
		rc = store_sources(app->store, &arena, &sources, &count, err);
		if (!rc)
			rc = list(app, sources, count, &arena, err);
	}
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_sources = {
	.name = "sources",
	.usage = "[show|move|pause|resume|revert|trust|suspend-new] [SOURCE] [URL|N|on|off] "
		 "[--replace PUBKEY] [--json]",
	.summary = "list the sources of decks; pause, move, revert or trust one",
	.help = "A source is named by its address or path, or by one of its decks.\n\n"
		"- `sources show SOURCE`: all that is known, with the editions that are kept\n- "
		"`sources move SOURCE URL`: it is at another address now\n- `sources pause "
		"SOURCE`, `sources resume SOURCE`: not to be asked, and again\n- `sources revert "
		"SOURCE [N]`: the cards of the edition before, or of edition N\n- `sources trust "
		"SOURCE --replace PUBKEY`: another key signs it; `none`: nobody does\n- `sources "
		"suspend-new SOURCE on|off`: whether its new cards come suspended",
	.json = SOURCE_JSON_KEYS,
	.options = {{"replace", "PUBKEY", "of trust: the minisign public key from now on"}},
	.words_max = 3,
	.flags = CMD_READS | CMD_DECKS,
	.run = run_sources,
};
