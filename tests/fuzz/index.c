/* Any bytes as an index. What parses must be printed and read back equal. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"
#include "base/strbuf.h"
#include "deck/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_url(const char *url)
{
	assert(url[0] && url[0] != '/' && strlen(url) <= 512);
	assert(!strpbrk(url, ":\\%?#@ \t\r\n") && !strstr(url, "//"));
	assert(!str_starts(url, "../") && !strstr(url, "/../"));
}

static void check_content(const struct index *index)
{
	assert(index->count <= INDEX_DECKS_MAX && !strchr(index->title, '\n'));
	assert(index->publisher.serial >= -1 && index->publisher.serial <= SERIAL_MAX);
	for (size_t i = 0; i < index->count; i++) {
		const struct index_deck *d = &index->decks[i];

		assert(str_is_id(d->id, strlen(d->id)));
		assert(d->size >= 1 && d->size <= (int64_t)DECK_SIZE_MAX);
		assert(d->cards >= 0 && d->cards <= DECK_CARDS_MAX);
		check_url(d->url);
	}
	for (size_t i = 0; i < index->old_count; i++)
		check_url(index->old[i].url);
}

static void check_round_trip(const struct index *index, struct arena *arena)
{
	struct problems problems;
	struct strbuf text, again;
	struct index same;

	problems_init(&problems, arena);
	strbuf_init(&text, 16u << 20);
	strbuf_init(&again, 16u << 20);
	index_print(index, &text);
	assert(index_is_one(text.buf, text.len));
	/* Escapes take more room than what they stand for. */
	if (text.len <= INDEX_SIZE_MAX / 16) {
		bool good = index_parse(text.buf, text.len, "fuzz", arena, &same, &problems);
		assert(good);
		index_print(&same, &again);
		assert(str_eq(text.buf, again.buf));
	}
	strbuf_release(&text);
	strbuf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena arena = ARENA_INIT;
	struct problems problems;
	struct index index;
	const char *text = (const char *)bytes;

	problems_init(&problems, &arena);
	(void)index_is_one(text, len);
	bool good = index_parse(text, len, "fuzz", &arena, &index, &problems);
	assert(good == (problems.errors == 0));
	if (good) {
		check_content(&index);
		check_round_trip(&index, &arena);
	}
	arena_release(&arena);
	return 0;
}
