/*
 * Any bytes as a deck file. What parses must say the same after lint_fix(), and all that readers
 * of a deck do next must survive it. What deck_write() makes of it must parse, to the same cards,
 * and be written the same again.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/strbuf.h"
#include "deck/lint.h"
#include "deck/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_card(const struct card *c, struct arena *arena)
{
	struct hash content, body;

	assert(str_is_id(c->id, strlen(c->id)));
	assert(c->section[SECTION_QUESTION] && c->section[SECTION_ANSWER]);
	assert(c->seconds >= 1 && c->seconds <= CARD_SECONDS_MAX);
	deck_hash_card(c, &content, &body);
	if (c->section[SECTION_POINTS])
		(void)deck_points(c->section[SECTION_POINTS], arena);
	if (c->section[SECTION_VARIANTS])
		(void)deck_list(c->section[SECTION_VARIANTS], arena);
}

static void same_cards(const struct deck *a, const struct deck *b)
{
	assert(str_eq(a->id, b->id) && str_eq(a->title, b->title) && b->has_id);
	assert(str_eq(a->intro, b->intro));
	assert(a->card_count == b->card_count);
	for (size_t i = 0; i < a->card_count; i++) {
		struct hash x, y, body;
		assert(b->cards[i].has_id);
		deck_hash_card(&a->cards[i], &x, &body);
		deck_hash_card(&b->cards[i], &y, &body);
		assert(memcmp(&x, &y, sizeof(x)) == 0);
	}
}

static void check_fix(const char *text, size_t len, const struct deck *deck, struct arena *arena)
{
	struct problems problems;
	struct strbuf sb;
	struct deck fixed;

	strbuf_init(&sb, 4 * len + 4096);
	problems_init(&problems, arena);
	lint_fix(text, len, "fuzz.md", &sb);
	bool good = deck_parse(sb.buf, sb.len, "fuzz.md", arena, &fixed, &problems);
	assert(good);
	same_cards(deck, &fixed);
	strbuf_release(&sb);
}

/* Escapes make a text longer, and what was hidden in a comment a text. */
static void only_over_a_cap(const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		assert(problems->items[i].severity == SEVERITY_WARNING ||
		       strstr(problems->items[i].message, "longer than") ||
		       strstr(problems->items[i].message, "levels"));
}

static void check_write(const struct deck *deck, struct arena *arena)
{
	struct problems problems;
	struct strbuf first, again;
	struct deck back;

	strbuf_init(&first, 4 * DECK_SIZE_MAX);
	strbuf_init(&again, 4 * DECK_SIZE_MAX);
	problems_init(&problems, arena);
	deck_write(deck, &first);
	if (!deck_parse(first.buf, first.len, "fuzz.md", arena, &back, &problems)) {
		only_over_a_cap(&problems);
		goto out;
	}
	assert(str_eq(deck->id, back.id));
	assert(deck->card_count == back.card_count);
	for (size_t i = 0; i < deck->card_count; i++)
		assert(str_eq(deck->cards[i].id, back.cards[i].id));
	deck_write(&back, &again);
	assert(str_eq(first.buf, again.buf));
out:
	strbuf_release(&first);
	strbuf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena arena = ARENA_INIT;
	struct problems problems;
	struct deck deck;
	const char *text = (const char *)bytes;

	problems_init(&problems, &arena);
	bool good = deck_parse(text, len, "fuzz.md", &arena, &deck, &problems);
	assert(good == (problems.errors == 0));
	if (good) {
		struct lint_deck linted = {"fuzz.md", &deck};
		for (size_t i = 0; i < deck.card_count; i++)
			read_card(&deck.cards[i], &arena);
		lint_decks(&linted, 1, NULL, NULL, &problems);
		check_fix(text, len, &deck, &arena);
		for (size_t i = 0; i < deck.card_count; i++)
			deck.cards[i].has_id = true;
		check_write(&deck, &arena);
	}
	arena_release(&arena);
	return 0;
}
