/* What a card says, as one string of bytes to be hashed. */
#include <stdint.h>
#include <string.h>

#include "base/strbuf.h"
#include "deck/parse.h"

static void put_number(struct strbuf *sb, uint32_t n)
{
	const unsigned char bytes[] = {(unsigned char)n, (unsigned char)(n >> 8),
				       (unsigned char)(n >> 16), (unsigned char)(n >> 24)};

	strbuf_add(sb, bytes, sizeof(bytes));
}

/* Each text with its length in front, so that no two cards give the same bytes. */
static void put(struct strbuf *sb, const char *s)
{
	size_t len = s ? strlen(s) : 0;

	put_number(sb, s ? (uint32_t)len : UINT32_MAX);
	strbuf_add(sb, s, len);
}

static void put_list(struct strbuf *sb, const struct strlist *list)
{
	put_number(sb, (uint32_t)list->count);
	for (size_t i = 0; i < list->count; i++)
		put(sb, list->items[i]);
}

void deck_hash_card(const struct card *c, struct hash *content, struct hash *body)
{
	struct strbuf sb;

	strbuf_init(&sb, SECTION_COUNT * DECK_FIELD_MAX + (1u << 20));
	put_list(&sb, &c->was);
	put(&sb, c->follows);
	put_number(&sb, (uint32_t)c->probe_count);
	for (size_t i = 0; i < c->probe_count; i++)
		put_number(&sb, (uint32_t)c->probes[i]);
	put_number(&sb, c->level);
	put_number(&sb, c->tier);
	put_number(&sb, c->aim);
	put_number(&sb, c->kind);
	put_number(&sb, c->competency);
	put_list(&sb, &c->tags);
	put_list(&sb, &c->sets);
	put_number(&sb, c->has_seconds ? (uint32_t)c->seconds : 0);
	put_number(&sb, (uint32_t)c->rev);
	for (int i = SECTION_ANSWER; i < SECTION_COUNT; i++)
		put(&sb, c->section[i]);
	*body = hash_own(sb.buf, sb.len);
	strbuf_reset(&sb);
	strbuf_add(&sb, body->bytes, sizeof(body->bytes));
	put(&sb, c->section[SECTION_QUESTION]);
	put(&sb, c->id);
	*content = hash_own(sb.buf, sb.len);
	strbuf_release(&sb);
}
