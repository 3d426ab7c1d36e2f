/* Cuts a file at its front matter, its level-2 and its level-3 headings. */
#include <string.h>

#include "base/str.h"
#include "deck/internal.h"

struct splitter {
	const struct source *src;
	struct outline *out;
	struct block block;
	struct outline_card *card; /* the open one; the intro first */
	struct line paragraph;	   /* the line that the open paragraph starts with */
	size_t text_end;	   /* end of the line above, with its line end */
};

static struct piece *open_piece(struct splitter *sp, enum section section, size_t start, int line)
{
	struct outline *o = sp->out;

	o->pieces = arena_room(sp->src->arena, o->pieces, o->piece_count, &o->piece_cap,
			       sizeof(*o->pieces));
	o->pieces[o->piece_count] = (struct piece){section, start, start, line, false};
	sp->card->piece_count++;
	return &o->pieces[o->piece_count++];
}

static void close_piece(struct splitter *sp, size_t end)
{
	sp->out->pieces[sp->out->piece_count - 1].end = end;
}

static void start_card(struct splitter *sp, struct outline_card *card, const struct line *line)
{
	sp->card = card;
	*card = (struct outline_card){
		.line = line->number,
		.below = line->next,
		.piece = sp->out->piece_count,
		.comment = sp->out->comment_count,
		.meta = NONE,
	};
	open_piece(sp, SECTION_ANSWER, line->next, line->number);
}

static size_t backticks(const char *s, size_t len, size_t i)
{
	size_t n = 0;

	while (i + n < len && s[i + n] == '`')
		n++;
	return n;
}

/*
 * Where the code span or the plain backticks at i end. A run of equal length closes a span; md4c
 * takes runs over 32 for text, and so the search stays linear.
 */
static size_t skip_code(const char *s, size_t len, size_t i)
{
	size_t n = backticks(s, len, i), m;

	for (size_t j = i + n; n <= 32 && j < len; j += m ? m : 1) {
		m = backticks(s, len, j);
		if (m == n)
			return j + n;
	}
	return i + n;
}

/* The offset of a "<!--" outside of code spans, or NONE. */
static size_t find_comment(const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		if (len - i >= 4 && memcmp(s + i, "<!--", 4) == 0)
			return i;
		i = s[i] == '`' ? skip_code(s, len, i) : i + 1;
	}
	return NONE;
}

static bool question(struct splitter *sp, const struct line *line, size_t start, size_t end)
{
	struct outline *o = sp->out;
	const char *s = sp->src->text + start;
	struct place at = {line->number, 1};

	if (o->card_count == DECK_CARDS_MAX) {
		source_error(sp->src, at, "more than %d cards: split the deck", DECK_CARDS_MAX);
		return false;
	}
	if (start == end)
		source_error(sp->src, at, "heading is empty: write the question behind `##`");
	size_t comment = find_comment(s, end - start);
	if (comment != NONE)
		source_error(sp->src,
			     source_place(sp->src, line->start, line->number, start + comment),
			     "comment on the heading's line: write it on the line below");
	o->cards = arena_room(sp->src->arena, o->cards, o->card_count, &o->card_cap,
			      sizeof(*o->cards));
	start_card(sp, &o->cards[o->card_count++], line);
	sp->card->question = arena_bytes(sp->src->arena, s, end - start);
	return true;
}

/* A level-3 heading: a section of its own, or part of the answer. */
static void section(struct splitter *sp, const struct line *line, size_t start, size_t end)
{
	struct outline *o = sp->out;
	const char *s = sp->src->text + start;
	enum section known;

	if (sp->card == &o->intro)
		return;
	if (section_parse(s, end - start, &known)) {
		close_piece(sp, line->start);
		open_piece(sp, known, line->next, line->number)->heading = true;
		return;
	}
	const char *names[SECTION_COUNT];
	for (int i = 0; i < SECTION_COUNT; i++)
		names[i] = section_heading((enum section)i);
	const char *name = arena_bytes(sp->src->arena, s, end - start);
	const char *near = str_nearest(name, names, SECTION_COUNT);
	if (near)
		source_warn(sp->src, (struct place){line->number, 1},
			    "section '%s' is part of the answer: did you mean '%s'?",
			    source_quote(sp->src, name), near);
	if (o->pieces[o->piece_count - 1].section != SECTION_ANSWER) {
		close_piece(sp, line->start);
		open_piece(sp, SECTION_ANSWER, line->start, line->number);
	}
}

/* A level-1 heading: the title once, before the first question; it is cut out of the intro. */
static void title(struct splitter *sp, const struct line *line, size_t from, size_t start,
		  size_t end)
{
	struct outline *o = sp->out;

	if (sp->card != &o->intro) {
		source_warn(sp->src, (struct place){line->number, 1},
			    "level-1 heading is part of the answer: questions are `##`, and a `#` "
			    "in code needs a fence around it");
		return;
	}
	if (o->title || start == end)
		return;
	o->title = arena_bytes(sp->src->arena, sp->src->text + start, end - start);
	close_piece(sp, from);
	open_piece(sp, SECTION_ANSWER, line->next, line->number);
}

/* A setext heading: its text is the paragraph above. */
static void setext(struct splitter *sp, const struct line *line, int level)
{
	const struct line *text = &sp->paragraph;

	if (level == 1) {
		size_t start = text->start, end = sp->text_end;
		while (start < end && strchr(" \t", sp->src->text[start]))
			start++;
		while (end > start && strchr(" \t\r\n", sp->src->text[end - 1]))
			end--;
		title(sp, line, text->start, start, end);
		return;
	}
	source_warn(sp->src, (struct place){text->number, 1},
		    "underlined heading is no question: write `## ` in front of it, or an empty "
		    "line above a rule");
}

static bool at_heading(struct splitter *sp, const struct line *line, const struct line_info *info)
{
	size_t start = line->start + info->start, end = line->start + info->end;

	if (info->level == 2) {
		close_piece(sp, line->start);
		return question(sp, line, start, end);
	}
	if (info->level == 3)
		section(sp, line, start, end);
	if (info->level == 1)
		title(sp, line, line->start, start, end);
	return true;
}

/* Notes the comment that starts in this line. */
static void at_comment(struct splitter *sp, const struct line *line)
{
	const struct source *src = sp->src;
	struct outline *o = sp->out;
	size_t start = line->start;

	while (src->text[start] != '<')
		start++;
	/* "<!-->" is a whole comment, so the end may share the dashes of the start. */
	for (size_t i = start + 2; i + 3 <= src->len; i++) {
		const char *dash = memchr(src->text + i, '-', src->len - i);
		if (!dash)
			break;
		i = (size_t)(dash - src->text);
		if (i + 3 > src->len || memcmp(dash, "-->", 3) != 0)
			continue;
		o->comments = arena_room(src->arena, o->comments, o->comment_count, &o->comment_cap,
					 sizeof(*o->comments));
		o->comments[o->comment_count++] =
			(struct comment){line->start, start, i + 3, line->number};
		sp->card->comment_count++;
		return;
	}
	source_error(src, source_place(src, line->start, line->number, start),
		     "comment is never closed: write `-->` behind it");
}

/* "##Question" looks like a heading and is none. */
static void at_text(struct splitter *sp, const struct line *line)
{
	const char *s = sp->src->text + line->start;
	size_t len = line->end - line->start;
	size_t n = len > 2 && s[1] == '#' && s[2] == '#' ? 3 : 2;

	if (len > n && s[0] == '#' && s[1] == '#' && s[n] != '#')
		source_warn(sp->src, (struct place){line->number, 1},
			    "no heading without a space behind `%.*s`", (int)n, "###");
}

/* Sets where the front matter ends; line is left on its closing line. */
static bool front_matter(const struct source *src, struct outline *out, struct line *line)
{
	struct line next = *line;

	if (!line_next(src->text, src->len, &next) || next.end < 3 ||
	    memcmp(src->text, "---", 3) != 0)
		return true;
	for (size_t i = 3; i < next.end; i++) {
		if (src->text[i] != ' ' && src->text[i] != '\t')
			return true;
	}
	out->front_below = next.next;
	while (line_next(src->text, src->len, &next)) {
		const char *s = src->text + next.start;
		size_t len = next.end - next.start;
		while (len > 3 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
			len--;
		if (len != 3 || (memcmp(s, "---", 3) != 0 && memcmp(s, "...", 3) != 0))
			continue;
		out->has_front = true;
		out->front_end = next.start;
		*line = next;
		return true;
	}
	source_error(src, (struct place){1, 1},
		     "front matter is never closed: write `---` on the line below it");
	return false;
}

static bool at_line(struct splitter *sp, const struct line *line)
{
	bool in_paragraph = sp->block.paragraph;
	struct line_info info =
		block_line(&sp->block, sp->src->text + line->start, line->end - line->start);

	switch (info.kind) {
	case LINE_HEADING:
		return at_heading(sp, line, &info);
	case LINE_UNDERLINE:
		setext(sp, line, info.level);
		return true;
	case LINE_COMMENT:
		at_comment(sp, line);
		return true;
	case LINE_TEXT:
		if (!in_paragraph) {
			sp->paragraph = *line;
			at_text(sp, line);
		}
		return true;
	default:
		return true;
	}
}

bool split_source(const struct source *src, struct outline *out)
{
	struct splitter sp = {.src = src, .out = out};
	struct line line = {0};

	memset(out, 0, sizeof(*out));
	out->front_insert = NONE;
	if (!front_matter(src, out, &line))
		return false;
	start_card(&sp, &out->intro, &line);
	out->pieces[0].line = out->intro.line = 1;
	while (line_next(src->text, src->len, &line)) {
		if (!at_line(&sp, &line))
			return false;
		sp.text_end = line.next;
	}
	close_piece(&sp, src->len);
	return true;
}
