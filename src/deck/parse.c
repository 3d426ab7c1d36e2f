#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "deck/internal.h"

struct parser {
	const struct source *src;
	struct outline *outline;
	struct deck *deck;
	struct place *id_at; /* of each card: its id, or its heading where it has none */
	struct strbuf piece;
	struct strbuf text[SECTION_COUNT]; /* of the card at hand */
	bool too_deep;			   /* one report is enough: looking costs time */
};

/* Appends text of the file with line ends as LF. */
static void add_text(struct strbuf *sb, const char *s, size_t len)
{
	const char *cr;

	while (len > 0 && (cr = memchr(s, '\r', len))) {
		strbuf_add(sb, s, (size_t)(cr - s));
		len -= (size_t)(cr - s) + 1;
		s = cr + 1;
	}
	strbuf_add(sb, s, len);
}

/* The bytes of leading lines that are blank. */
static size_t blank_lines(const char *s, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i < len && memchr(" \t\n", s[i], 3); i++) {
		if (s[i] == '\n')
			start = i + 1;
	}
	return start;
}

/*
 * The piece's text without its comments, trimmed, behind what its section has already. *comment is
 * the next comment of the card, *end the end of its comments.
 */
static void add_piece(struct parser *p, const struct piece *piece, size_t *comment, size_t end)
{
	const char *text = p->src->text;
	const struct comment *comments = p->outline->comments;
	struct strbuf *whole = &p->text[piece->section];
	size_t from = piece->start;

	strbuf_reset(&p->piece);
	for (; *comment < end && comments[*comment].start < piece->end; (*comment)++) {
		add_text(&p->piece, text + from, comments[*comment].start - from);
		from = comments[*comment].end;
	}
	add_text(&p->piece, text + from, piece->end - from);
	strbuf_trim(&p->piece);

	size_t skip = blank_lines(p->piece.buf, p->piece.len);
	if (p->piece.len == skip)
		return;
	if (whole->len > 0)
		strbuf_str(whole, "\n\n");
	strbuf_add(whole, p->piece.buf + skip, p->piece.len - skip);
}

static void check_section(struct parser *p, enum section section, int line)
{
	const struct strbuf *text = &p->text[section];
	const char *name = section == SECTION_ANSWER ? "text" : section_heading(section);
	struct place at = {line, 1};

	if (text->full) {
		source_error(p->src, at, "%s is longer than 64 KiB: shorten it", name);
	} else if (!p->too_deep && speech_too_deep(text->buf, text->len)) {
		source_error(p->src, at,
			     "%s has lists or quotes in more than %d levels: flatten it", name,
			     CONTAINER_DEPTH_MAX);
		p->too_deep = true;
	}
}

/* Collects the texts of a card (or of the intro) from its pieces into p->text. */
static void collect(struct parser *p, const struct outline_card *oc)
{
	size_t comment = oc->comment, end = oc->comment + oc->comment_count;
	int line[SECTION_COUNT] = {0};

	for (int i = 0; i < SECTION_COUNT; i++)
		strbuf_reset(&p->text[i]);
	for (size_t i = 0; i < oc->piece_count; i++) {
		const struct piece *piece = &p->outline->pieces[oc->piece + i];
		const char *name = section_heading(piece->section);

		if (piece->heading && line[piece->section])
			source_error(p->src, (struct place){piece->line, 1},
				     "section '%s' is there already in line %d: make one of both",
				     name, line[piece->section]);
		if (!line[piece->section])
			line[piece->section] = piece->line;
		add_piece(p, piece, &comment, end);
		if (piece->heading && p->text[piece->section].len == 0 &&
		    !p->text[piece->section].full)
			source_warn(p->src, (struct place){piece->line, 1},
				    "section '%s' is empty: fill it or drop it", name);
	}
	for (int i = SECTION_ANSWER; i < SECTION_COUNT; i++) {
		if (line[i])
			check_section(p, (enum section)i, line[i]);
	}
}

static const char *slug(const struct source *src, const char *text, size_t len)
{
	struct strbuf sb;

	strbuf_init(&sb, STR_ID_MAX);
	utf8_slug(&sb, text, len);
	const char *id = sb.len > 0 ? arena_bytes(src->arena, sb.buf, sb.len) : NULL;
	strbuf_release(&sb);
	return id;
}

static void read_card(struct parser *p, struct outline_card *oc, struct card *card,
		      struct place *id_at)
{
	const struct source *src = p->src;
	struct place at = {oc->line, 1};

	card->line = oc->line;
	card->section[SECTION_QUESTION] = oc->question;
	*id_at = at;
	meta_read(src, p->outline, oc, card, id_at);
	if (!card->has_id)
		card->id = slug(src, oc->question, strlen(oc->question));
	if (!card->has_id && !card->id && *oc->question)
		source_error(src, at,
			     "heading gives no id: write `<!-- {id: some-id} -->` below it");
	if (card->probe_count > 0 && !card->follows)
		source_warn(src, at, "probes without follows: name the card that this one follows");

	collect(p, oc);
	for (int i = SECTION_ANSWER; i < SECTION_COUNT; i++) {
		if (p->text[i].len > 0)
			card->section[i] = arena_bytes(src->arena, p->text[i].buf, p->text[i].len);
	}
	const struct strbuf *answer = &p->text[SECTION_ANSWER];
	if (answer->len == 0 && !answer->full)
		source_error(src, at, "card has no answer: write it below the heading");
	if (!card->has_seconds)
		card->seconds = speech_seconds(answer->buf, answer->len);
}

struct named {
	const char *id;
	size_t card;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int by_id = strcmp(x->id, y->id);

	if (by_id != 0)
		return by_id;
	return x->card < y->card ? -1 : x->card > y->card;
}

static void report_double(const struct parser *p, size_t first, size_t second)
{
	const struct card *a = &p->deck->cards[first], *b = &p->deck->cards[second];

	if (b->has_id)
		source_error(p->src, p->id_at[second],
			     "id '%s' is taken by the card in line %d: choose another", b->id,
			     a->line);
	else
		source_error(p->src, p->id_at[second],
			     "heading gives the id '%s' of the card in line %d: write `<!-- {id: "
			     "other-id} -->` below it",
			     b->id, a->line);
}

static void check_ids(const struct parser *p)
{
	const struct deck *deck = p->deck;
	struct named *named = arena_array(p->src->arena, deck->card_count, sizeof(*named));
	size_t count = 0;

	for (size_t i = 0; i < deck->card_count; i++) {
		if (deck->cards[i].id)
			named[count++] = (struct named){deck->cards[i].id, i};
	}
	if (count == 0)
		return;
	qsort(named, count, sizeof(*named), compare_named);
	for (size_t i = 1, first = 0; i < count; i++) {
		if (strcmp(named[first].id, named[i].id) == 0)
			report_double(p, named[first].card, named[i].card);
		else
			first = i;
	}
}

static void name_deck(struct parser *p)
{
	const struct source *src = p->src;
	struct deck *deck = p->deck;
	struct place top = {1, 1};

	if (!deck->title)
		deck->title = p->outline->title;
	if (!deck->title && deck->card_count == 0) {
		source_error(src, top,
			     "file is no deck: write `# Title`, then `## Question` and its answer");
		return;
	}
	if (deck->card_count == 0)
		source_warn(src, top, "deck has no cards: write `## Question` and its answer");
	if (!deck->has_id) {
		const char *slash = strrchr(src->file, '/');
		const char *base = slash ? slash + 1 : src->file;
		const char *dot = strrchr(base, '.');
		deck->id = slug(src, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
		if (!deck->id)
			source_error(src, top,
				     "file name gives no id: write `deck: some-id` into front "
				     "matter");
	}
	if (!deck->title) {
		source_warn(src, top,
			    "deck has no title: write `# Title` above the first question");
		deck->title = deck->id;
	}
}

static void read_deck(struct parser *p)
{
	struct outline *o = p->outline;
	struct deck *deck = p->deck;

	front_read(p->src, o, deck);
	collect(p, &o->intro);
	if (p->text[SECTION_ANSWER].len > 0)
		deck->intro = arena_bytes(p->src->arena, p->text[SECTION_ANSWER].buf,
					  p->text[SECTION_ANSWER].len);
	deck->card_count = o->card_count;
	deck->cards = arena_array(p->src->arena, o->card_count, sizeof(*deck->cards));
	p->id_at = arena_array(p->src->arena, o->card_count, sizeof(*p->id_at));
	for (size_t i = 0; i < o->card_count; i++)
		read_card(p, &o->cards[i], &deck->cards[i], &p->id_at[i]);
	check_ids(p);
	name_deck(p);
}

bool parse_deck(const char *bytes, size_t len, struct source *src, struct outline *o,
		struct deck *out)
{
	struct parser p = {.src = src, .outline = o, .deck = out};
	size_t errors = src->problems->errors;

	*out = (struct deck){.publisher = {.serial = -1}};
	if (!source_open(src, bytes, len) || !split_source(src, o))
		return false;
	strbuf_init(&p.piece, DECK_SIZE_MAX);
	for (int i = 0; i < SECTION_COUNT; i++)
		strbuf_init(&p.text[i], DECK_FIELD_MAX);
	read_deck(&p);
	for (int i = 0; i < SECTION_COUNT; i++)
		strbuf_release(&p.text[i]);
	strbuf_release(&p.piece);
	return src->problems->errors == errors;
}

bool deck_parse(const char *bytes, size_t len, const char *file, struct arena *arena,
		struct deck *out, struct problems *problems)
{
	struct source src = {.file = arena_str(arena, file), .arena = arena, .problems = problems};
	struct outline outline;
	bool good = parse_deck(bytes, len, &src, &outline, out);

	problems_sort(problems);
	return good;
}
