#include "core/snippet.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/strbuf.h"

#define HITS_MAX 500 /* of one word that are looked at */

/* A text with its folded form, and where each folded byte comes from. */
struct folded {
	const char *text;
	size_t len;
	struct strbuf buf;
	size_t *from; /* for each byte of buf */
	size_t from_cap;
};

struct hit {
	struct match at; /* in the text */
	size_t word;
};

struct hits {
	struct hit *items;
	size_t count, cap;
};

static void fold(struct folded *f, const char *text)
{
	char part[FOLD_MAX];

	*f = (struct folded){.text = text, .len = strlen(text)};
	strbuf_init(&f->buf, FOLD_MAX * f->len);
	for (size_t i = 0; i < f->len;) {
		size_t part_len, n = fold_next(text + i, f->len - i, part, &part_len);

		for (size_t p = 0; p < part_len; p++) {
			mem_grow(&f->from, f->buf.len, &f->from_cap, sizeof(*f->from));
			f->from[f->buf.len] = i;
			strbuf_char(&f->buf, part[p]);
		}
		i += n;
	}
}

static void folded_release(struct folded *f)
{
	strbuf_release(&f->buf);
	free(f->from);
}

/* The place in the text behind the folded bytes before `end`, with the accents that follow. */
static size_t end_in_text(const struct folded *f, size_t end)
{
	size_t at = f->from[end - 1], part_len = 0;
	char part[FOLD_MAX];

	at += fold_next(f->text + at, f->len - at, part, &part_len);
	while (at < f->len) {
		size_t n = fold_next(f->text + at, f->len - at, part, &part_len);

		if (part_len > 0)
			break;
		at += n;
	}
	return at;
}

static void find_word(const struct folded *f, const char *word, size_t number, struct hits *hits)
{
	size_t from = 0;
	struct match hit;

	for (int i = 0; i < HITS_MAX; i++) {
		if (!match_find(f->buf.buf, f->buf.len, word, from, &hit))
			break;
		mem_grow(&hits->items, hits->count, &hits->cap, sizeof(*hits->items));
		hits->items[hits->count++] = (struct hit){
			{f->from[hit.start], end_in_text(f, hit.end)},
			number,
		};
		from = hit.end;
	}
}

static int compare_hits(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->at.start != y->at.start)
		return x->at.start < y->at.start ? -1 : 1;
	return (x->at.end < y->at.end) - (x->at.end > y->at.end);
}

int snippet_count(uint32_t words)
{
	int count = 0;

	for (; words; words &= words - 1)
		count++;
	return count;
}

/* What a piece of `room` bytes is worth that the i-th hit begins. */
static int worth(const struct hits *hits, size_t i, uint32_t known, size_t room)
{
	size_t limit = hits->items[i].at.start + room;
	uint32_t mask = 0;

	for (; i < hits->count && hits->items[i].at.start < limit; i++)
		if (hits->items[i].at.end <= limit)
			mask |= UINT32_C(1) << (hits->items[i].word & 31);
	return snippet_count(mask & ~known) * 32 + snippet_count(mask);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

static bool is_inside(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* Cuts `room` bytes out of the text around the hit that the piece is about. */
static struct match cut(const char *text, size_t len, struct match hit, size_t room)
{
	size_t before = room / 4, start, end;
	struct match piece = {0, len};

	if (len <= room)
		return piece;
	start = hit.start > before ? hit.start - before : 0;
	if (len - start < room)
		start = len - room;
	piece.start = start;
	while (piece.start > 0 && piece.start < hit.start && !is_blank(text[piece.start - 1]))
		piece.start++;
	while (is_inside(text[piece.start]))
		piece.start--;
	piece.end = end = piece.start + room < len ? piece.start + room : len;
	while (piece.end < len && piece.end > hit.end && !is_blank(text[piece.end]))
		piece.end--;
	if (piece.end <= hit.end)
		piece.end = end;
	while (piece.end < len && piece.end > piece.start && is_inside(text[piece.end]))
		piece.end--;
	return piece;
}

/* The hits inside of the piece, none over another. */
static void take_hits(struct snippet *s, const struct hits *hits, struct arena *arena)
{
	uint32_t mask = 0;
	size_t last = 0;

	s->hits = arena_array(arena, hits->count, sizeof(*s->hits));
	for (size_t i = 0; i < hits->count; i++) {
		const struct hit *h = &hits->items[i];

		if (h->at.start < s->piece.start || h->at.end > s->piece.end)
			continue;
		mask |= UINT32_C(1) << (h->word & 31);
		if (s->hit_count && h->at.start < last)
			continue;
		s->hits[s->hit_count++] = h->at;
		last = h->at.end;
	}
	s->words = mask;
}

struct snippet snippet_make(const char *text, const char *const *words, size_t count,
			    uint32_t known, size_t room, struct arena *arena)
{
	struct snippet s = {0};
	struct match centre = {0, 0};
	struct hits hits = {0};
	struct folded f;
	int most = 0;

	fold(&f, text);
	for (size_t i = 0; i < count; i++)
		find_word(&f, words[i], i, &hits);
	if (hits.count)
		qsort(hits.items, hits.count, sizeof(*hits.items), compare_hits);
	for (size_t i = 0; i < hits.count; i++) {
		int value = worth(&hits, i, known, room - room / 4);

		if (i > 0 && value <= most)
			continue;
		most = value;
		centre = hits.items[i].at;
	}
	s.piece = cut(text, f.len, centre, room);
	take_hits(&s, &hits, arena);
	folded_release(&f);
	free(hits.items);
	return s;
}
