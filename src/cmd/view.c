#include "cmd/view.h"

#include <string.h>

#include "base/str.h"
#include "deck/parse.h"
#include "ui/markdown.h"

#define TEXT_MAX (1u << 20)

const char *view_plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void view_heading(struct out *o, const char *text)
{
	out_text(o, STYLE_HEAD, text);
	out_line(o);
}

void view_row(struct out *o, int column, const char *name, const char *meaning)
{
	int used = (int)strlen(name) + 4;

	if (o->plain) {
		out_printf(o, STYLE_STRONG, "%s: ", name);
		markdown_inline(o, meaning, STYLE_NORMAL, 2, used - 2);
		return;
	}
	out_printf(o, STYLE_STRONG, "  %s  ", name);
	if (used < column)
		out_printf(o, STYLE_NORMAL, "%*s", column - used, "");
	markdown_inline(o, meaning, STYLE_NORMAL, column, used < column ? column : used);
}

void view_section(struct out *o, const char *title, const char *markdown)
{
	if (!markdown || str_is_blank(markdown))
		return;
	out_line(o);
	view_heading(o, title);
	markdown_print(o, markdown, 2);
}

static void view_tick(struct out *o, size_t i, bool hit)
{
	if (o->plain)
		out_printf(o, STYLE_NORMAL, "  %c, %s: ", (char)('a' + (int)i),
			   hit ? "said" : "not said");
	else
		out_printf(o, hit ? STYLE_GOOD : STYLE_NORMAL, "  %c [%s] ", (char)('a' + (int)i),
			   hit ? "x" : " ");
}

void view_points(struct out *o, const struct points *points, const uint32_t *mask)
{
	if (!points->count)
		return;
	out_line(o);
	view_heading(o, section_heading(SECTION_POINTS));
	for (size_t i = 0; i < points->count; i++) {
		int used = 8;

		if (mask) {
			bool hit = *mask >> i & 1;

			view_tick(o, i, hit);
			if (o->plain)
				used = hit ? 11 : 15;
		} else {
			out_printf(o, STYLE_NORMAL, "  %c  ", (char)('a' + (int)i));
			used = 5;
		}
		markdown_inline(o, points->items[i].text, STYLE_NORMAL, mask ? 8 : 5, used);
	}
}

void view_answer(struct out *o, const struct card *text, bool missed)
{
	view_section(o, "Model answer", text->section[SECTION_ANSWER]);
	if (missed) {
		view_section(o, section_heading(SECTION_WEAK), text->section[SECTION_WEAK]);
		view_section(o, section_heading(SECTION_FLAGS), text->section[SECTION_FLAGS]);
	}
}

void view_more(struct out *o, const struct card_info *info, const struct card *text, bool missed)
{
	static const enum section rest[] = {SECTION_WEAK, SECTION_FLAGS,    SECTION_GOOD,
					    SECTION_WHY,  SECTION_VARIANTS, SECTION_LINKS};

	/* the first two were shown after a miss */
	for (size_t i = missed ? 2 : 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		view_section(o, section_heading(rest[i]), text->section[rest[i]]);
	if (info->note) {
		out_line(o);
		view_heading(o, "Your note");
		out_wrap(o, STYLE_NORMAL, 2, 0, info->note);
	}
}

enum err_code view_passed_over(enum err_code rc, struct error *err)
{
	if (rc != ERR_FOUND)
		return rc;
	*err = (struct error)ERROR_INIT;
	return ERR_NONE;
}

void view_when(const struct schedule *s, bool retired, int today, int repeat_below,
	       struct strbuf *out)
{
	enum card_state state = schedule_state(s, retired, today, repeat_below);
	char day[DAY_SHORT_TEXT];
	int late;

	switch (state) {
	case STATE_DUE:
		late = today - schedule_ask_day(s);
		if (late == 0)
			strbuf_str(out, "due today");
		else
			strbuf_printf(out, "due for %d day%s", late, view_plural((size_t)late));
		break;
	case STATE_AGAIN:
		strbuf_str(out, "again today");
		break;
	case STATE_SCHEDULED:
		day_format_short(schedule_ask_day(s), today, day);
		strbuf_str(out, day);
		break;
	default:
		strbuf_str(out, card_state_name(state));
	}
}

void view_cut(struct out *o, enum style style, const char *s, int columns)
{
	struct strbuf clean;
	size_t len;

	strbuf_init(&clean, TEXT_MAX);
	out_filter(&clean, s, strlen(s), false);
	len = clean.len;
	if (out_columns(clean.buf, len) > columns) {
		int room = columns - (o->unicode ? 1 : 3);

		while (len && (out_columns(clean.buf, len) > room ||
			       ((unsigned char)clean.buf[len] & 0xC0) == 0x80))
			len--;
		strbuf_cut(&clean, len);
		strbuf_trim(&clean);
		strbuf_str(&clean, o->unicode ? "\xE2\x80\xA6" : "...");
	}
	out_text(o, style, clean.buf);
	strbuf_release(&clean);
}

static void show_facts(struct app *app, const struct whole_card *w)
{
	const struct schedule *s = &w->info.schedule;
	struct out *o = app->out;
	struct strbuf line;

	strbuf_init(&line, 2000);
	view_when(s, w->info.retired, app_today(app), app->settings.repeat_below, &line);
	out_printf(o, STYLE_STRONG, "%s", w->info.name);
	out_line(o);
	out_printf(o, STYLE_FAINT, "%s, %s, %s, %d seconds; %s", w->info.deck_title,
		   level_name(w->info.level), kind_name(w->info.kind), w->info.seconds, line.buf);
	out_line(o);
	if (s->reviews)
		out_printf(
			o, STYLE_FAINT,
			"reviews %d, lapses %d, repetition %d, EF %d.%02d, interval %lld day%s%s%s",
			s->reviews, s->lapses, s->sm2.n, s->sm2.ef / 100, s->sm2.ef % 100,
			(long long)s->sm2.interval, view_plural((size_t)s->sm2.interval),
			schedule_is_leech(s) ? ", leech" : "", s->flagged ? ", flagged" : "");
	else if (s->flagged)
		out_text(o, STYLE_FAINT, "flagged");
	if (s->reviews || s->flagged)
		out_line(o);
	if (w->info.follows) {
		out_printf(o, STYLE_FAINT, "follows %s", w->info.follows);
		out_line(o);
	}
	strbuf_release(&line);
}

enum err_code view_card(struct app *app, int64_t key, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct whole_card w;
	enum err_code rc = store_card_whole(app->store, key, &arena, &w, err);

	if (!rc) {
		struct points points = deck_points(w.text.section[SECTION_POINTS], &arena);

		show_facts(app, &w);
		out_line(app->out);
		markdown_inline(app->out, w.text.section[SECTION_QUESTION], STYLE_STRONG, 0, 0);
		view_answer(app->out, &w.text, false);
		view_points(app->out, &points, NULL);
		view_more(app->out, &w.info, &w.text, false);
	}
	arena_release(&arena);
	return rc;
}

static void json_texts(struct json *j, const struct whole_card *w, const struct points *points)
{
	json_string(j, "card", w->info.name);
	json_string(j, "deck", w->info.deck);
	json_string(j, "question", w->text.section[SECTION_QUESTION]);
	json_string(j, "answer", w->text.section[SECTION_ANSWER]);
	json_array(j, "points");
	for (size_t i = 0; i < points->count; i++)
		json_string(j, NULL, points->items[i].text);
	json_end(j);
	json_string(j, "level", level_name(w->info.level));
	json_string(j, "kind", kind_name(w->info.kind));
	json_array(j, "tags");
	for (size_t i = 0; i < w->info.tags.count; i++)
		json_string(j, NULL, w->info.tags.items[i]);
	json_end(j);
	json_string(j, "follows", w->info.follows);
	json_string(j, "note", w->info.note);
}

void view_json(struct app *app, struct json *j, const struct whole_card *w)
{
	const struct schedule *s = &w->info.schedule;
	struct arena arena = ARENA_INIT;
	struct points points = deck_points(w->text.section[SECTION_POINTS], &arena);

	json_object(j, NULL);
	json_texts(j, w, &points);
	json_string(j, "state",
		    card_state_name(schedule_state(s, w->info.retired, app_today(app),
						   app->settings.repeat_below)));
	json_hundredths(j, "ef", s->sm2.ef);
	json_int(j, "n", s->sm2.n);
	json_int(j, "interval", s->sm2.interval);
	json_day(j, "due", s->due);
	json_int(j, "lapses", s->lapses);
	json_int(j, "reviews", s->reviews);
	json_bool(j, "flagged", s->flagged);
	json_bool(j, "leech", schedule_is_leech(s));
	json_int(j, "seconds", w->info.seconds);
	json_end(j);
	arena_release(&arena);
}

enum err_code view_card_json(struct app *app, struct json *j, int64_t key, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct whole_card w;
	enum err_code rc = store_card_whole(app->store, key, &arena, &w, err);

	if (!rc)
		view_json(app, j, &w);
	arena_release(&arena);
	return rc;
}
