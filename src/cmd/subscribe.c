/* subscribe, unsubscribe: following sources of decks, and no longer. */
#include <string.h>

#include "base/str.h"
#include "cmd/change.h"
#include "cmd/cmd.h"
#include "cmd/look.h"
#include "cmd/refresh.h"
#include "cmd/source.h"
#include "cmd/sync.h"
#include "cmd/view.h"
#include "core/signed.h"
#include "os/file.h"

static bool is_known(struct app *app, const char *location, struct arena *arena, struct source *out)
{
	struct error none = ERROR_INIT;
	struct source *list;
	size_t count;

	if (store_sources(app->store, arena, &list, &count, &none))
		return false;
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i].location, location)) {
			*out = list[i];
			return true;
		}
	return false;
}

static enum err_code look_at_path(struct app *app, const char *path, bool take_over,
				  struct arena *arena, struct look_result *result,
				  struct error *err)
{
	struct source source = {.kind = SOURCE_LOCAL, .location = path}, old;
	int64_t now = app_now(app);
	bool known = is_known(app, path, arena, &old);
	enum err_code rc = store_add_source(app->store, SOURCE_LOCAL, path, now, &source.id, err);

	if (rc)
		return rc;
	rc = look_at_source(app, &source, true, take_over, NULL, result, err);
	if (rc && !known) {
		struct error none = ERROR_INIT;

		store_remove_source(app->store, source.id, true, now, &none);
	}
	return rc;
}

static enum err_code subscribe_path(struct app *app, const struct args *args, struct arena *arena,
				    struct error *err)
{
	struct look_result result = {0};
	const char *path;

	if (file_type(args->words[0]) == FILE_MISSING)
		return error_set(err, ERR_USAGE,
				 "no file or folder '%s'; a web address begins with https://",
				 args->words[0]);
	path = file_real_path(args->words[0], arena, err);
	if (!path ||
	    look_at_path(app, path, args_option(args, "take-over") != NULL, arena, &result, err))
		return err->code;
	out_printf(app->out, STYLE_NORMAL,
		   "Subscribed to %s: %zu deck%s, %zu card%s (%zu new, %zu changed).\n", path,
		   result.decks, view_plural(result.decks), result.cards, view_plural(result.cards),
		   result.changes.added, result.changes.edited);
	if (!result.decks)
		out_text(app->out, STYLE_NORMAL,
			 "No deck is there yet: a file with a name in .md.\n");
	return ERR_NONE;
}

/* What is remembered of the source before it is asked: what the user gave, over what was known. */
static enum err_code prepare(struct app *app, const struct args *args, struct sync_source *s,
			     struct arena *arena, struct error *err)
{
	const char *key = args_option(args, "key"), *linked;
	bool found = false;

	s->stored = (struct remote){.serial = -1};
	if (source_parse_link(args->words[0], arena, &s->source.location, &linked, err))
		return err->code;
	if (key && linked && !str_eq(key, linked))
		return error_set(err, ERR_USAGE, "the address and --key name two keys");
	key = key ? key : linked;
	if (key && !signed_is_key(key))
		return error_set(err, ERR_USAGE, SOURCE_NO_KEY, key);
	s->source.kind = SOURCE_HTTP;
	if (is_known(app, s->source.location, arena, &s->source) &&
	    store_remote(app->store, s->source.id, arena, &s->stored, &found, err))
		return err->code;
	s->before = s->stored;
	s->before.state = REMOTE_ACTIVE;
	s->before.insecure |= args_option(args, "insecure-http") != NULL;
	s->before.suspend_new |= args_option(args, "suspend-new") != NULL;
	if (key) {
		s->before.key = key;
		s->before.trust = TRUST_PINNED;
	}
	return ERR_NONE;
}

static enum err_code subscribe_address(struct app *app, const struct args *args,
				       struct arena *arena, struct error *err)
{
	struct sync_source s = {0};
	struct sync_run sync = {
		.app = app,
		.options = {.flags = {.force = true},
			    .subscribe = true,
			    .take_over = args_option(args, "take-over") != NULL},
		.now = app_now(app),
		.arena = arena,
		.sources = &s,
		.count = 1,
	};
	struct strbuf counts;

	if (prepare(app, args, &s, arena, err) || sync_run(&sync, err))
		return err->code;
	sync_print_notes(&sync, &s);
	if (s.status == SYNC_FAILED)
		return error_set(err, s.code, "%s: %s", s.source.location, s.message);
	strbuf_init(&counts, 300);
	change_counts(&s.changes, &counts);
	out_printf(app->out, STYLE_NORMAL, "Subscribed: %s.\n",
		   counts.len ? counts.buf : "all cards were here already");
	strbuf_release(&counts);
	return ERR_NONE;
}

static enum err_code run_subscribe(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	enum err_code rc;

	if (source_is_address(args->words[0]))
		rc = subscribe_address(app, args, &arena, err);
	else if (args_option(args, "key") || args_option(args, "insecure-http") ||
		 args_option(args, "suspend-new"))
		rc = error_set(err, ERR_USAGE,
			       "--key, --insecure-http and --suspend-new go with a web address");
	else
		rc = subscribe_path(app, args, &arena, err);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_subscribe = {
	.name = "subscribe",
	.usage = "URL|PATH [--key PUBKEY] [--take-over] [--insecure-http] [--suspend-new]",
	.summary = "use decks from a web server, or a file or folder where it is",
	.help = "A web address is that of a deck file, or of the index that `viva publish` "
		"writes. It is fetched, verified and shown before it is taken in; `viva sync` "
		"looks for what is new. A key in the address (`https://.../index.yaml#key=RW...`) "
		"or behind --key is the one that must have signed it; else the key that signed it "
		"first is kept to. Decks that come with viva are updated that way, and are the "
		"program's again after `unsubscribe`.\n\n"
		"A file is read where it is, not copied, and looked at again whenever the shell "
		"or `study` starts.\n\n"
		"Progress is kept through edits. A deck that another source has is taken only "
		"with --take-over.",
	.options = {{"key", "PUBKEY", "the minisign public key that must have signed it"},
		    {"take-over", NULL, "take decks over from the source that has them"},
		    {"insecure-http", NULL, "allow http:// without a signature"},
		    {"suspend-new", NULL, "let its new cards come suspended"}},
	.words_min = 1,
	.words_max = 1,
	.flags = CMD_WRITES | CMD_SOURCES,
	.run = run_subscribe,
};

/* Cards and scheduled reviews of the source's decks. */
static void count_cards(struct app *app, const struct source *source, struct arena *arena,
			size_t *cards, size_t *reviews)
{
	*cards = *reviews = 0;
	for (size_t d = 0; d < source->decks.count; d++) {
		struct query_term term = {.kind = TERM_DECK, .text = source->decks.items[d]};
		struct query query = {&term, 1};
		struct error none = ERROR_INIT;
		struct card_info *list;
		size_t count;

		if (store_list_cards(app->store, &query, app_today(app), app->settings.repeat_below,
				     arena, &list, &count, &none))
			continue;
		*cards += count;
		for (size_t i = 0; i < count; i++)
			*reviews += (size_t)list[i].schedule.reviews;
	}
}

static bool confirm_purge(struct app *app, const struct source *source, struct arena *arena)
{
	struct strbuf line;
	size_t cards, reviews;
	bool yes;

	if (!app->interactive)
		return true;
	count_cards(app, source, arena, &cards, &reviews);
	strbuf_init(&line, 100);
	out_printf(
		app->out, STYLE_NORMAL,
		"This deletes %zu deck%s, %zu card%s and the history of %zu review%s for good.\n",
		source->decks.count, view_plural(source->decks.count), cards, view_plural(cards),
		reviews, view_plural(reviews));
	yes = ui_read(app_ui(app), PROMPT_WORD, "Delete? [y/N] ", NULL, &line) == READ_LINE &&
	      (line.buf[0] == 'y' || line.buf[0] == 'Y');
	strbuf_release(&line);
	return yes;
}

static enum err_code run_unsubscribe(struct app *app, const struct args *args, struct error *err)
{
	bool purge = args_option(args, "purge") != NULL;
	struct arena arena = ARENA_INIT;
	struct source source;
	enum err_code rc = source_find(app, args->words[0], &arena, &source, err);

	if (!rc && source.kind != SOURCE_LOCAL && source.kind != SOURCE_HTTP)
		rc = error_set(err, ERR_USAGE,
			       "%s cannot be unsubscribed; `viva suspend deck:ID` silences a deck",
			       source.kind == SOURCE_OWN ? "your own cards"
							 : "the decks that come with viva");
	if (!rc && (!purge || confirm_purge(app, &source, &arena))) {
		rc = store_remove_source(app->store, source.id, purge, app_now(app), err);
		if (!rc)
			rc = refresh_forget(app, err);
		if (!rc)
			rc = refresh_all(app, err);
		if (!rc)
			out_printf(app->out, STYLE_NORMAL, "Unsubscribed from %s: %zu deck%s %s.\n",
				   source.location, source.decks.count,
				   view_plural(source.decks.count),
				   purge ? "deleted with all history" : "kept");
	}
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_unsubscribe = {
	.name = "unsubscribe",
	.usage = "SOURCE|DECK [--purge]",
	.summary = "stop following a source; its cards stay",
	.help = "The source is named by its address or path, or by one of its decks. Its cards "
		"stay as a deck of nobody, with all progress; decks that come with viva are taken "
		"from there again.",
	.options = {{"purge", NULL, "delete its cards and their history too"}},
	.words_min = 1,
	.words_max = 1,
	.flags = CMD_WRITES,
	.run = run_unsubscribe,
};
