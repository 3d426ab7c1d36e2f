#include <string.h>

#include "base/str.h"
#include "cmd/change.h"
#include "cmd/source.h"
#include "cmd/sync.h"
#include "cmd/view.h"

#define SUMMARY_MAX 4096
#define NAMED_EDITS 3 /* more are counted, not named */

static bool is_in(const struct card_change *c, const char *deck)
{
	size_t len = strlen(deck);

	return strncmp(c->name, deck, len) == 0 && c->name[len] == '/';
}

static void count_change(struct changes *out, enum change_kind kind)
{
	out->added += kind == CHANGE_ADD;
	out->edited += kind == CHANGE_EDIT;
	out->renamed += kind == CHANGE_RENAME;
	out->restored += kind == CHANGE_RESTORE;
	out->retired += kind == CHANGE_RETIRE;
	out->deleted += kind == CHANGE_DELETE;
}

/* ", your edit of n-plus-one kept" */
static void add_own_edits(const struct merge_report *report, const char *deck, struct strbuf *out)
{
	size_t count = 0, named = 0;

	for (size_t i = 0; i < report->card_count; i++)
		count += report->cards[i].own_edit &&
			 report->cards[i].new &&is_in(&report->cards[i], deck);
	if (!count)
		return;
	strbuf_printf(out, "%syour edit%s of ", out->len ? ", " : "", view_plural(count));
	if (count > NAMED_EDITS)
		strbuf_printf(out, "%zu cards", count);
	for (size_t i = 0; i < report->card_count && count <= NAMED_EDITS; i++) {
		const struct card_change *c = &report->cards[i];

		if (!c->own_edit || !c->new || !is_in(c, deck))
			continue;
		strbuf_printf(out, "%s%s", named++ ? ", " : "", c->name + strlen(deck) + 1);
	}
	strbuf_str(out, " kept");
}

static void print_deck(struct out *o, const struct merge_report *report, const char *deck)
{
	struct changes counts = {0};
	struct strbuf text;

	for (size_t i = 0; i < report->card_count; i++)
		if (is_in(&report->cards[i], deck))
			count_change(&counts, report->cards[i].kind);
	strbuf_init(&text, SUMMARY_MAX);
	change_counts(&counts, &text);
	add_own_edits(report, deck, &text);
	out_printf(o, STYLE_NORMAL, "%s: %s\n", deck, text.len ? text.buf : "no card changed");
	strbuf_release(&text);
}

static void print_updated(struct sync_run *run, const struct sync_source *s)
{
	bool write = !run->options.dry && !run->options.check;

	for (size_t i = 0; i < s->report.deck_count; i++)
		print_deck(run->app->out, &s->report, s->report.decks[i].deck);
	if (!s->report.deck_count)
		out_printf(run->app->out, STYLE_NORMAL, "%s: a new edition, no card changed\n",
			   source_label(&s->source));
	if (s->conflicts && write)
		out_printf(run->app->out, STYLE_NORMAL,
			   "%s: %zu card%s changed under your own edits: `viva conflicts`\n",
			   source_label(&s->source), s->conflicts, view_plural(s->conflicts));
}

void sync_print_notes(struct sync_run *run, const struct sync_source *s)
{
	out_flush(run->app->out);
	for (size_t i = 0; i < s->note_count; i++)
		out_printf(run->app->messages, STYLE_NORMAL, "%s: %s\n", s->source.location,
			   s->notes[i]);
	out_flush(run->app->messages);
}

void sync_print_offer(struct sync_run *run, const struct sync_source *s)
{
	struct out *o = run->app->out;
	size_t cards = 0;

	for (size_t i = 0; i < s->deck_count; i++)
		cards += s->decks[i].deck.card_count;
	out_text(o, STYLE_STRONG, s->taken.title ? s->taken.title : s->source.location);
	out_printf(o, STYLE_NORMAL, ": %zu deck%s, %zu card%s\n", s->deck_count,
		   view_plural(s->deck_count), cards, view_plural(cards));
	for (size_t i = 0; i < s->deck_count; i++)
		out_printf(o, STYLE_NORMAL, "  %s: %zu card%s\n", s->decks[i].id,
			   s->decks[i].deck.card_count, view_plural(s->decks[i].deck.card_count));
	source_print_trust(o, &s->taken);
	if (str_starts(s->source.location, "http://") && !s->taken.key)
		out_text(o, STYLE_BAD, "  " SOURCE_PLAIN_HTTP "\n");
	if (s->taken.proxy)
		out_printf(o, STYLE_NORMAL, "  fetched through the proxy %s\n", s->taken.proxy);
	out_flush(o);
}

void sync_print(struct sync_run *run, const struct sync_source *s)
{
	struct app *app = run->app;

	switch (s->status) {
	case SYNC_UPDATED:
		print_updated(run, s);
		break;
	case SYNC_UNCHANGED:
		out_printf(app->out, STYLE_NORMAL, "%s: %s\n", source_label(&s->source),
			   *s->message ? s->message : "up to date");
		break;
	case SYNC_SKIPPED:
		out_printf(app->out, STYLE_NORMAL, "%s: %s\n", source_label(&s->source),
			   s->message);
		break;
	case SYNC_FAILED:
		out_flush(app->out);
		out_printf(app->messages, STYLE_NORMAL, "%s: %s%s\n", s->source.location,
			   s->message,
			   s->source.id ? "; its cards stay as they were" : "; nothing was added");
		break;
	}
	sync_print_notes(run, s);
}

void sync_print_dry(struct sync_run *run, const struct sync_source *s)
{
	struct out *o = run->app->out;

	for (size_t i = 0; i < s->report.card_count; i++)
		change_print(o, &s->report.cards[i]);
	for (size_t i = 0; i < s->proposal_count; i++) {
		out_text(o, STYLE_STRONG, "  asked    ");
		out_wrap(o, STYLE_NORMAL, 11, 11, "whether these are one card, reworded:");
		change_print_diff(o, s->proposals[i].old_question, s->proposals[i].new_question, 6);
	}
}
