#include "cmd/sync.h"

#include "base/str.h"
#include "cmd/change.h"
#include "cmd/cmd.h"
#include "cmd/look.h"
#include "cmd/refresh.h"
#include "cmd/source.h"
#include "os/file.h"

/* All that a call of `sync` looks at. */
struct call {
	struct app *app;
	const struct args *args;
	struct arena *arena;
	struct source *sources; /* chosen, of any kind */
	size_t count;
	struct sync_run run; /* those over HTTP */
	struct tally tally;
	bool changes; /* there were some */
	struct json json;
};

static bool is_read_only(const struct call *c)
{
	return c->run.options.dry || c->run.options.check;
}

static enum err_code choose(struct call *c, struct error *err)
{
	enum err_code rc = ERR_NONE;

	if (!c->args->count)
		return refresh_list(c->app, c->arena, &c->sources, &c->count, err);
	c->sources = arena_array(c->arena, c->args->count, sizeof(*c->sources));
	for (size_t i = 0; i < c->args->count && !rc; i++) {
		struct source *to = &c->sources[c->count];
		bool twice = false;

		rc = source_find(c->app, c->args->words[i], c->arena, to, err);
		for (size_t k = 0; !rc && k < c->count; k++)
			twice |= c->sources[k].id == to->id;
		c->count += !rc && !twice;
	}
	return rc;
}

static enum err_code load_remotes(struct call *c, struct error *err)
{
	c->run.sources = arena_array(c->arena, c->count, sizeof(*c->run.sources));
	for (size_t i = 0; i < c->count; i++) {
		struct sync_source *s = &c->run.sources[c->run.count];
		bool found;

		if (c->sources[i].kind != SOURCE_HTTP)
			continue;
		if (store_remote(c->app->store, c->sources[i].id, c->arena, &s->stored, &found,
				 err))
			return err->code;
		if (!found)
			continue;
		s->before = s->stored;
		s->source = c->sources[i];
		c->run.count++;
	}
	return ERR_NONE;
}

static enum err_code tell(struct call *c, struct sync_source *s, struct error *err)
{
	const struct source_row row = {
		.source = &s->source,
		.remote = s->status == SYNC_UPDATED ? &s->taken : &s->before,
		.status = sync_status_name(s->status),
		.changes = &s->changes,
		.report = c->run.options.dry ? &s->report : NULL,
		.message = *s->message || !s->note_count ? s->message : s->notes[0],
	};
	struct source_row counted = row;

	if (source_conflicts(c->app, &s->source, c->arena, &s->conflicts, err))
		return err->code;
	counted.conflicts = s->conflicts;
	if (s->status != SYNC_SKIPPED)
		tally_add(&c->tally, s->code);
	c->changes |= s->status == SYNC_UPDATED;
	if (c->app->json) {
		source_json(&c->json, &counted);
		return ERR_NONE;
	}
	sync_print(&c->run, s);
	if (c->run.options.dry && s->status == SYNC_UPDATED)
		sync_print_dry(&c->run, s);
	return ERR_NONE;
}

static void tell_local(struct call *c, const struct source_row *row)
{
	struct strbuf counts;

	strbuf_init(&counts, 300);
	change_counts(row->changes, &counts);
	if (counts.len)
		out_printf(c->app->out, STYLE_NORMAL, "%s: %s\n", source_label(row->source),
			   counts.buf);
	else if (c->args->count && !*row->message)
		out_printf(c->app->out, STYLE_NORMAL, "%s: up to date\n",
			   source_label(row->source));
	for (size_t i = 0; row->report && i < row->report->card_count; i++)
		change_print(c->app->out, &row->report->cards[i]);
	strbuf_release(&counts);
}

/*
 * Files and folders have no waits: they are looked at, and taken in, at once. Where they are not
 * named, all being well with them says nothing about the sync.
 */
static enum err_code look_at_local(struct call *c, const struct source *source, struct error *err)
{
	struct look_result result = {0};
	struct merge_report report = {0};
	struct source_row row = {.source = source, .changes = &result.changes};
	enum err_code rc;

	if (is_read_only(c))
		rc = refresh_preview(c->app, source, c->arena, &result.changes, &report, err);
	else
		rc = refresh_source(c->app, source, &result, err);
	if (rc)
		return rc;
	rc = source_state(c->app, source, c->arena, &row.message);
	row.status = rc ? "failed" : change_is_none(&result.changes) ? "unchanged" : "updated";
	row.report = c->run.options.dry ? &report : NULL;
	c->changes |= !change_is_none(&result.changes);
	if (rc || c->args->count)
		tally_add(&c->tally, rc);
	if (c->app->json)
		source_json(&c->json, &row);
	else
		tell_local(c, &row);
	return ERR_NONE;
}

static enum err_code settle_proposals(struct call *c, struct error *err)
{
	if (is_read_only(c))
		return ERR_NONE;
	if (args_option(c->args, "yes"))
		return refresh_accept_proposals(c->app, err);
	return c->app->interactive && !c->app->json ? refresh_proposals(c->app, err) : ERR_NONE;
}

static enum err_code check_all(struct call *c, struct error *err)
{
	enum err_code rc, told = ERR_NONE;

	for (size_t i = 0; i < c->count; i++)
		if (c->sources[i].kind != SOURCE_HTTP && look_at_local(c, &c->sources[i], err))
			return err->code;
	rc = sync_run(&c->run, err);
	for (size_t i = 0; i < c->run.count && !told; i++)
		if (c->run.sources[i].done)
			told = tell(c, &c->run.sources[i], err);
	return rc ? rc : told;
}

static enum err_code status_of(struct call *c, struct error *err)
{
	enum err_code rc = tally_status(&c->tally);

	if (!rc && c->run.options.check && c->changes)
		rc = ERR_CHANGES;
	return error_set(err, rc, "%s", "");
}

static enum err_code sync(struct call *c, struct error *err)
{
	enum err_code rc = choose(c, err);

	if (!rc)
		rc = load_remotes(c, err);
	if (rc)
		return rc;
	if (c->app->json) {
		json_init(&c->json, c->app->out);
		json_array(&c->json, NULL);
	}
	rc = check_all(c, err);
	if (c->app->json)
		json_end(&c->json);
	else if (!rc && !c->run.count && !c->changes && !c->args->count && !c->tally.worst)
		out_text(c->app->out, STYLE_NORMAL,
			 "No source over HTTP; `viva subscribe URL` adds one.\n");
	if (!rc && is_read_only(c) && c->changes && !c->app->json)
		out_text(c->app->out, STYLE_NORMAL,
			 "Nothing was written; `viva sync` takes this in.\n");
	if (!rc)
		rc = settle_proposals(c, err);
	return rc ? rc : status_of(c, err);
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct call c = {.app = app, .args = args, .arena = &arena};
	struct sync_options *o = &c.run.options;
	enum err_code rc;

	o->dry = args_option(args, "dry-run") != NULL;
	o->check = args_option(args, "check") != NULL;
	o->allow_rollback = args_option(args, "allow-rollback") != NULL;
	o->accept_mass_change = args_option(args, "accept-mass-change") != NULL;
	o->flags.now = args->count || is_read_only(&c);
	o->flags.force = args_option(args, "force") != NULL;
	o->flags.full = args_option(args, "full") != NULL;
	c.run.app = app;
	c.run.arena = &arena;
	c.run.now = app_now(app);
	rc = sync(&c, err);
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_sync = {
	.name = "sync",
	.usage = "[SOURCE...] [--dry-run] [--check] [--force] [--full] [--yes] [--allow-rollback] "
		 "[--accept-mass-change] [--json]",
	.summary = "fetch what is new in the decks you subscribed to",
	.help = "Asks the servers of all sources, or of those named, and takes in what has "
		"changed. Progress stays, and so do your own edits; cards that are gone are "
		"retired. What cannot be verified changes nothing.\n\n"
		"A source is asked at most every 15 minutes, later after a failure, and "
		"unconditionally once a week. In a dry run `[-words-]` go and `{+words+}` "
		"come.\n\n"
		"Exit status: 0 done, 3 some sources failed, 4 network, 5 verification, 6 format, "
		"7 a decision is needed, 8 storage, 10 changes are there (`--check`).",
	.json = SOURCE_JSON_KEYS,
	.options = {{"dry-run", NULL,
		     "show what would change, card by card (in JSON as `cards`), and write "
		     "nothing"},
		    {"check", NULL, "only ask whether there are changes: status 10"},
		    {"force", NULL, "ask also what was asked just now, or is to be spared"},
		    {"full", NULL, "fetch whole files, even if they seem unchanged"},
		    {"yes", NULL, "take reworded cards without an id for the same cards"},
		    {"allow-rollback", NULL, "take an older edition of a signed source"},
		    {"accept-mass-change", NULL, "let many cards go at once"}},
	.words_max = CMD_WORDS_ANY,
	.flags = CMD_WRITES,
	.run = run,
};
