/* Any bytes as the words of a query: an error says which word, a query keeps within its limits. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "core/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define WORDS_MAX 8

typedef enum err_code parser(char *const *words, size_t count, struct arena *arena,
			     struct query *out, struct error *err);

static void check(parser *parse, char *const *words, size_t count)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct query query;

	if (parse(words, count, &arena, &query, &err)) {
		assert(err.code == ERR_USAGE && err.msg[0]);
	} else {
		assert(query.count <= QUERY_TERMS_MAX);
		for (size_t i = 0; i < query.count; i++) {
			const struct query_term *t = &query.terms[i];

			assert(t->kind < TERM_EF || t->low <= t->high);
			assert(t->kind > TERM_SET || (t->text && *t->text));
		}
	}
	arena_release(&arena);
}

/* A NUL ends a word, as it does in the words of a call. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena arena = ARENA_INIT;
	char *text = arena_bytes(&arena, bytes, len), *words[WORDS_MAX];
	size_t count = 0;

	for (size_t at = 0; at <= len && count < WORDS_MAX; at += strlen(text + at) + 1)
		words[count++] = text + at;
	check(query_parse, words, count);
	check(query_parse_search, words, count);
	arena_release(&arena);
	return 0;
}
