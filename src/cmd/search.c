#include "store/search.h"

#include <limits.h>
#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/view.h"
#include "core/snippet.h"
#include "os/process.h"
#include "ui/markdown.h"

#define LIMIT 20	     /* cards on a screen or in a pipe; --json has all */
#define SNIPPET_BYTES 200    /* about two lines */
#define QUESTION_BYTES 10000 /* nobody's is longer */
#define TEXT_MAX ((size_t)1 << 24)
#define LONG 5000 /* cards that take a moment to read */

struct search {
	struct app *app;
	const struct query *query;
	const char **words; /* those that must be there */
	size_t word_count;
	int today;
	struct json json;
};

/* A card that was found, with the text that shows best why. */
struct hit {
	struct arena arena;
	struct searched card;
	struct whole_card whole;
	const struct place_text *place;
	const char *text; /* of the place, without Markdown, on one line */
	struct snippet snippet;
	const char *question;
	struct snippet question_hits;
};

static bool tell_progress(void *ctx, size_t done, size_t total)
{
	struct app *app = ctx;
	char line[64];

	if (process_take_interrupt() || process_stopping())
		return false;
	if (total < LONG)
		return true;
	snprintf(line, sizeof(line), "Reading the cards for search: %d %%",
		 (int)(100 * done / total));
	app_progress(app, line);
	return true;
}

/* Brings the index up to date, where it is not; in memory where the database cannot be written. */
static enum err_code prepare(struct app *app, struct error *err)
{
	struct error refused = ERROR_INIT;
	enum err_code rc = ERR_NONE;

	if (!store_search_stale(app->store))
		return ERR_NONE;
	if (app_open(app, STORE_WRITE, &refused))
		rc = app_open(app, STORE_READ, err);
	if (!rc)
		rc = store_search_update(app->store, tell_progress, app, err);
	app_progress(app, "");
	if (!rc && store_search_stale(app->store))
		rc = error_set(err, ERR_PARTLY,
			       "interrupted before all cards were read; the next search goes on");
	return rc;
}

/* On one line. Of links the address counts as well, so they stay as they are written. */
static const char *flat_text(const struct place_text *p, struct arena *arena)
{
	struct strbuf text;
	const char *flat;

	strbuf_init(&text, TEXT_MAX);
	if (p->kind == IN_SECTION && p->section != SECTION_LINKS)
		markdown_flat(&text, p->text);
	else
		strbuf_flat(&text, p->text);
	flat = arena_bytes(arena, text.buf, text.len);
	strbuf_release(&text);
	return flat;
}

/*
 * The question is shown in any case. Beside it the text that has most of the words which are not in
 * it; of several the one with most words, then the first.
 */
static void choose_place(const struct search *s, struct hit *hit)
{
	uint32_t known = hit->question_hits.words;
	int most = 0;

	for (size_t i = 0; i < hit->card.count; i++) {
		const struct place_text *p = &hit->card.places[i];
		const char *text = flat_text(p, &hit->arena);
		struct snippet snippet = snippet_make(text, s->words, s->word_count, known,
						      SNIPPET_BYTES, &hit->arena);
		int more = snippet_count(snippet.words & ~known);
		int score = more ? more * QUERY_TERMS_MAX + snippet_count(snippet.words) : 0;

		if (i > 0 && score <= most)
			continue;
		most = score;
		hit->place = p;
		hit->text = text;
		hit->snippet = snippet;
	}
}

static enum err_code load(struct search *s, int64_t key, struct hit *hit, bool *found,
			  struct error *err)
{
	enum err_code rc = store_searched(s->app->store, key, &hit->arena, &hit->card, err);

	*found = !rc && search_matches(&hit->card, s->query);
	if (!*found)
		return view_passed_over(rc, err);
	rc = store_card_whole(s->app->store, key, &hit->arena, &hit->whole, err);
	*found = !rc;
	if (rc)
		return view_passed_over(rc, err);
	hit->question = flat_text(&hit->card.places[0], &hit->arena);
	hit->question_hits = snippet_make(hit->question, s->words, s->word_count, 0, QUESTION_BYTES,
					  &hit->arena);
	choose_place(s, hit);
	return ERR_NONE;
}

/* Where the words were found, unless that goes without saying. */
static const char *place_label(const struct hit *hit, int today, struct arena *arena)
{
	const struct place_text *p = hit->place;
	char day[DAY_SHORT_TEXT];
	const char *heading;

	switch (p->kind) {
	case IN_NAME:
		return "name";
	case IN_TAGS:
		return "tags";
	case IN_NOTE:
		return "your note";
	case IN_ANSWER:
		day_format_short(p->day, today, day);
		return arena_printf(arena, "your answer of %s", day);
	case IN_SECTION:
		break;
	}
	heading = section_heading(p->section);
	if (p->own)
		return arena_printf(arena, "%s%syour edit", heading, *heading ? ", " : "");
	return heading;
}

/* The snippet as a text of its own, with an ellipsis where it was cut, and its marks in it. */
static const char *cut_out(const struct hit *hit, const char *ellipsis, struct match *marks,
			   struct arena *arena)
{
	const struct match *piece = &hit->snippet.piece;
	const char *before = piece->start ? ellipsis : "";
	const char *after = hit->text[piece->end] ? ellipsis : "";

	for (size_t i = 0; i < hit->snippet.hit_count; i++) {
		marks[i].start = hit->snippet.hits[i].start - piece->start + strlen(before);
		marks[i].end = hit->snippet.hits[i].end - piece->start + strlen(before);
	}
	return arena_printf(arena, "%s%.*s%s", before, (int)(piece->end - piece->start),
			    hit->text + piece->start, after);
}

static void print_on_screen(struct search *s, struct hit *hit, const char *when)
{
	struct out *o = s->app->out;
	const char *label = place_label(hit, s->today, &hit->arena);
	struct match *marks = arena_array(&hit->arena, hit->snippet.hit_count, sizeof(*marks));
	const char *text = cut_out(hit, o->unicode ? "\xE2\x80\xA6" : "...", marks, &hit->arena);
	int used = 2;

	out_text(o, STYLE_STRONG, hit->whole.info.name);
	out_printf(o, STYLE_FAINT, "%s%s\n", o->plain ? ", " : "  ", when);
	out_text(o, STYLE_NORMAL, "  ");
	out_marked(o, STYLE_NORMAL, 2, 2, hit->question, hit->question_hits.hits,
		   hit->question_hits.hit_count);
	if (hit->place == &hit->card.places[0] || hit->place->kind == IN_NAME)
		return;
	out_text(o, STYLE_NORMAL, "  ");
	if (*label) {
		out_printf(o, STYLE_FAINT, "%s: ", label);
		used += (int)strlen(label) + 2;
	}
	out_marked(o, STYLE_NORMAL, 2, used, text, marks, hit->snippet.hit_count);
}

/* In a pipe a card is a line: name, when, question, where and what, with tabs between. */
static void print_row(struct search *s, struct hit *hit, const char *when)
{
	struct out *o = s->app->out;
	const char *label = place_label(hit, s->today, &hit->arena);
	struct match *marks = arena_array(&hit->arena, hit->snippet.hit_count, sizeof(*marks));
	const char *text = cut_out(hit, "...", marks, &hit->arena);
	const char *columns[] = {hit->whole.info.name, when, hit->question,
				 *label ? arena_printf(&hit->arena, "%s: %s", label, text) : text};

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (i)
			out_raw(o, "\t", 1);
		view_cut(o, STYLE_NORMAL, columns[i], INT_MAX);
	}
	out_line(o);
}

static void print_json(struct search *s, struct hit *hit)
{
	static const char *const kinds[] = {"", "name", "tags", "note", "own answer"};
	const struct schedule *schedule = &hit->whole.info.schedule;
	const struct place_text *p = hit->place;
	struct match *marks = arena_array(&hit->arena, hit->snippet.hit_count, sizeof(*marks));
	struct json *j = &s->json;

	json_object(j, NULL);
	json_string(j, "card", hit->whole.info.name);
	json_string(j, "question", hit->whole.info.question);
	json_string(j, "snippet", cut_out(hit, "...", marks, &hit->arena));
	json_string(j, "where", p->kind == IN_SECTION ? section_name(p->section) : kinds[p->kind]);
	json_day(j, "day", p->kind == IN_ANSWER ? p->day : DAY_NONE);
	json_string(j, "state",
		    card_state_name(schedule_state(schedule, hit->whole.info.retired, s->today,
						   s->app->settings.repeat_below)));
	json_end(j);
}

static void print_hit(struct search *s, struct hit *hit)
{
	struct strbuf when;

	if (s->app->json) {
		print_json(s, hit);
		return;
	}
	strbuf_init(&when, 100);
	view_when(&hit->whole.info.schedule, hit->whole.info.retired, s->today,
		  s->app->settings.repeat_below, &when);
	if (s->app->screen)
		print_on_screen(s, hit, when.buf);
	else
		print_row(s, hit, when.buf);
	strbuf_release(&when);
}

/*
 * The next card that matches, from keys[*at] on. The database is locked for reading until one is
 * found, never while it is printed.
 */
static enum err_code next_hit(struct search *s, const int64_t *keys, size_t count, size_t *at,
			      struct hit *hit, bool *found, struct error *err)
{
	enum err_code rc = ERR_NONE;

	*found = false;
	store_read_begin(s->app->store);
	while (*at < count && !rc && !*found) {
		arena_release(&hit->arena);
		*hit = (struct hit){0};
		rc = load(s, keys[(*at)++], hit, found, err);
	}
	store_read_end(s->app->store);
	return rc;
}

/* Prints the first `limit` cards that match; *more: there are others. */
static enum err_code print_hits(struct search *s, const int64_t *keys, size_t count, size_t limit,
				size_t *printed, bool *more, struct error *err)
{
	struct hit hit = {0};
	enum err_code rc = ERR_NONE;
	size_t at = 0;

	*printed = 0;
	*more = false;
	while (at < count && !rc && !*more && !s->app->out->failed) {
		bool found;

		rc = next_hit(s, keys, count, &at, &hit, &found, err);
		if (found && *printed < limit) {
			print_hit(s, &hit);
			++*printed;
		} else {
			*more = found;
		}
	}
	arena_release(&hit.arena);
	return rc;
}

static void collect_words(struct search *s, struct arena *arena)
{
	s->words = arena_array(arena, s->query->count, sizeof(*s->words));
	for (size_t i = 0; i < s->query->count; i++) {
		const struct query_term *t = &s->query->terms[i];

		if (t->kind == TERM_TEXT && !t->negated)
			s->words[s->word_count++] = t->text;
	}
}

static enum err_code print_all(struct search *s, const int64_t *keys, size_t count, size_t limit,
			       struct error *err)
{
	struct app *app = s->app;
	size_t printed;
	bool more;
	enum err_code rc;

	if (app->json) {
		json_init(&s->json, app->out);
		json_array(&s->json, NULL);
	}
	rc = print_hits(s, keys, count, limit, &printed, &more, err);
	if (app->json)
		json_end(&s->json);
	if (rc)
		return rc;
	if (!printed)
		return error_set(err, ERR_FOUND, "nothing matches");
	if (more && app->screen)
		out_printf(app->out, STYLE_FAINT,
			   "The best %zu; `--limit %zu` shows more, another word fewer.\n", printed,
			   5 * printed);
	return ERR_NONE;
}

static enum err_code read_limit(struct app *app, const struct args *args, size_t *out,
				struct error *err)
{
	const char *text = args_option(args, "limit");
	int limit = app->json ? INT_MAX : LIMIT;

	if (text && !str_to_int(text, 1, INT_MAX, &limit))
		return error_set(err, ERR_USAGE, "--limit takes a number from 1, not '%s'", text);
	*out = (size_t)limit;
	return ERR_NONE;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct query query;
	struct search s = {.app = app, .query = &query};
	int64_t *keys;
	size_t count = 0, limit = 0;
	enum err_code rc = read_limit(app, args, &limit, err);

	if (!rc)
		rc = query_parse_search(args->words, args->count, &arena, &query, err);
	if (!rc)
		rc = prepare(app, err);
	if (!rc) {
		s.today = app_today(app);
		rc = store_search(app->store, &query, s.today, app->settings.repeat_below, &arena,
				  &keys, &count, err);
	}
	if (!rc) {
		collect_words(&s, &arena);
		rc = print_all(&s, keys, count, limit, err);
	}
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_search = {
	.name = "search",
	.usage = "QUERY... [--limit N] [--json]",
	.summary = "find cards by words, the best first",
	.help = "Looks at everything of a card, and at what you wrote yourself: notes, answers, "
		"edits. All words must be there; a word finds longer ones that begin with it, "
		"`\"several words\"` in double quotes are a phrase, `-word` must not be there. "
		"Case and accents do not matter; signs are looked for as they are typed: `N+1`, "
		"`select_related`, `__in`. Other terms of a query narrow the search: `viva search "
		"lock deck:django-orm`. Retired cards are found too.\n\n"
		"The first search after cards were added reads them once, a few seconds for "
		"100,000.",
	.json = "an array, the best first: `card`, `question`, `snippet`, `where` (the section, "
		"name, tags, note, own answer), `day` (of an own answer), `state`",
	.options = {{"limit", "N", "so many cards at most: 20, with --json all"}},
	.words_min = 1,
	.words_max = CMD_WORDS_ANY,
	.flags = CMD_PAGED | CMD_READS | CMD_DECKS,
	.run = run,
};
