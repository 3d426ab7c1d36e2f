/* Writes missing ids into a deck file, at the offsets that parsing it has noted. */
#include <assert.h>
#include <string.h>

#include "deck/internal.h"
#include "deck/lint.h"

struct fixer {
	const struct source *src;
	struct strbuf *out;
	size_t done; /* offset in src->text up to which all is in out */
};

static void copy_to(struct fixer *f, size_t offset)
{
	strbuf_add(f->out, f->src->text + f->done, offset - f->done);
	f->done = offset;
}

static size_t line_start(const struct source *src, size_t offset)
{
	while (offset > 0 && src->text[offset - 1] != '\n')
		offset--;
	return offset;
}

/* How the line that holds the offset ends; a last line without an end: LF. */
static const char *line_end(const struct source *src, size_t offset)
{
	const char *lf = memchr(src->text + offset, '\n', src->len - offset);

	return lf && lf > src->text && lf[-1] == '\r' ? "\r\n" : "\n";
}

/*
 * Indents as the line does up to the offset. In front of a first key there is nothing but blanks,
 * what a comment starts with, and characters that YAML passes over or takes for line ends (U+FEFF,
 * U+2028, U+0085): those stay.
 */
static void indent_to(struct fixer *f, size_t offset)
{
	for (size_t i = line_start(f->src, offset); i < offset; i++)
		strbuf_char(f->out, (unsigned char)f->src->text[i] < 0x80 ? ' ' : f->src->text[i]);
}

/* Puts "KEY: id" in front of a mapping's first key, in the mapping's own style. */
static void into_mapping(struct fixer *f, size_t insert, bool flow, bool empty, const char *key,
			 const char *id)
{
	copy_to(f, insert);
	strbuf_printf(f->out, "%s: %s", key, id);
	if (flow) {
		strbuf_str(f->out, empty ? "" : ", ");
		return;
	}
	strbuf_str(f->out, line_end(f->src, insert));
	indent_to(f, insert);
}

static void fix_deck(struct fixer *f, const struct outline *o, const char *id)
{
	const char *end = line_end(f->src, 0);

	if (!o->has_front) {
		strbuf_printf(f->out, "---%sdeck: %s%s---%s", end, id, end, end);
	} else if (o->front_insert == NONE) {
		copy_to(f, o->front_below);
		strbuf_printf(f->out, "deck: %s%s", id, end);
	} else {
		into_mapping(f, o->front_insert, o->front_flow, o->front_empty, "deck", id);
	}
}

static void fix_card(struct fixer *f, const struct outline_card *oc, const char *id)
{
	if (oc->meta != NONE) {
		into_mapping(f, oc->meta_insert, oc->meta_flow, false, "id", id);
		return;
	}
	copy_to(f, oc->below);
	strbuf_printf(f->out, "<!-- {id: %s} -->%s", id, line_end(f->src, oc->below - 1));
}

size_t lint_fix(const char *bytes, size_t len, const char *file, struct strbuf *out)
{
	struct arena arena = ARENA_INIT;
	struct problems problems;
	struct outline outline;
	struct deck deck;
	size_t written = 0;

	problems_init(&problems, &arena);
	struct source src = {.file = file, .arena = &arena, .problems = &problems};
	bool good = parse_deck(bytes, len, &src, &outline, &deck);
	assert(good);
	(void)good;

	struct fixer f = {.src = &src, .out = out};
	strbuf_add(out, bytes, (size_t)(src.text - bytes));
	if (!deck.has_id) {
		fix_deck(&f, &outline, deck.id);
		written++;
	}
	for (size_t i = 0; i < deck.card_count; i++) {
		if (deck.cards[i].has_id)
			continue;
		fix_card(&f, &outline.cards[i], deck.cards[i].id);
		written++;
	}
	copy_to(&f, src.len);
	arena_release(&arena);
	return written;
}
