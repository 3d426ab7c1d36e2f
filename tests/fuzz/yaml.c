/*
 * Any bytes as the YAML of a deck: its front matter, the metadata of a card. What is refused says
 * where; what is taken holds to the grammar of ids.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/strbuf.h"
#include "deck/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(const struct strbuf *text)
{
	struct arena arena = ARENA_INIT;
	struct problems problems;
	struct deck deck;

	problems_init(&problems, &arena);
	if (deck_parse(text->buf, text->len, "fuzz.md", &arena, &deck, &problems)) {
		assert(str_is_id(deck.id, strlen(deck.id)));
		for (size_t i = 0; i < deck.card_count; i++)
			assert(str_is_id(deck.cards[i].id, strlen(deck.cards[i].id)));
	} else {
		assert(problems.errors && problems.items[0].line >= 1 &&
		       problems.items[0].column >= 1 && problems.items[0].message[0]);
	}
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct strbuf text;

	strbuf_init(&text, DECK_SIZE_MAX);
	strbuf_str(&text, "---\n");
	strbuf_add(&text, bytes, len);
	strbuf_str(&text, "\n---\n\n## Question?\nAnswer.\n");
	check(&text);
	strbuf_reset(&text);
	strbuf_str(&text, "# Title\n\n## Question?\n<!--\nid: q\n");
	strbuf_add(&text, bytes, len);
	strbuf_str(&text, "\n-->\nAnswer.\n");
	check(&text);
	strbuf_release(&text);
	return 0;
}
