/* Two questions to md4c: how long a text takes to say, and how deep it is nested. */
#include <ctype.h>
#include <md4c.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "deck/internal.h"

#define SECONDS_LEAST 30
#define SECONDS_MOST 180
#define SPEECH_BYTES 8192
/* Words beyond which the answer is SECONDS_MOST whatever follows. */
#define WORDS_ENOUGH (SECONDS_MOST * WORDS_A_MINUTE / 60)

struct speech {
	long words;
	bool in_word;
	int silent; /* code and HTML blocks that are open */
	int depth, deepest;
	long events; /* a table of thousands of columns makes millions */
};

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct speech *sp = ctx;

	(void)detail;
	sp->in_word = false;
	if (type == MD_BLOCK_CODE || type == MD_BLOCK_HTML)
		sp->silent++;
	if (type == MD_BLOCK_QUOTE || type == MD_BLOCK_LI) {
		sp->depth++;
		if (sp->depth > sp->deepest)
			sp->deepest = sp->depth;
	}
	return ++sp->events > 4 * (long)DECK_FIELD_MAX;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct speech *sp = ctx;

	(void)detail;
	if (type == MD_BLOCK_CODE || type == MD_BLOCK_HTML)
		sp->silent--;
	if (type == MD_BLOCK_QUOTE || type == MD_BLOCK_LI)
		sp->depth--;
	return 0;
}

static int span(MD_SPANTYPE type, void *detail, void *ctx)
{
	(void)type;
	(void)detail;
	(void)ctx;
	return 0;
}

static int text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE len, void *ctx)
{
	struct speech *sp = ctx;

	if (sp->silent || type == MD_TEXT_HTML)
		return 0;
	for (MD_SIZE i = 0; i < len; i++) {
		bool space = isspace((unsigned char)s[i]);
		if (!space && !sp->in_word)
			sp->words++;
		sp->in_word = !space;
	}
	return 0;
}

static struct speech listen(const char *markdown, size_t len)
{
	struct speech sp = {0};
	MD_PARSER parser = {
		.flags = MD_FLAG_TABLES,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = span,
		.leave_span = span,
		.text = text,
	};

	/* -1: no memory. Where a callback stops it, what was heard until then counts. */
	if (md_parse(markdown, (MD_SIZE)len, &parser, &sp) == -1)
		mem_out();
	return sp;
}

/* Up to SPEECH_BYTES of the text, to the end of a line: more than that nobody says in time. */
static size_t audible(const char *markdown, size_t len)
{
	if (len <= SPEECH_BYTES)
		return len;
	len = SPEECH_BYTES;
	while (len > 0 && markdown[len] != '\n')
		len--;
	return len;
}

long speech_words(const char *markdown, size_t len)
{
	struct speech sp = listen(markdown, audible(markdown, len));

	return sp.words < WORDS_ENOUGH ? sp.words : WORDS_ENOUGH;
}

int speech_seconds(const char *markdown, size_t len)
{
	long words = speech_words(markdown, len);
	int seconds = (int)((words * 60 + WORDS_A_MINUTE / 2) / WORDS_A_MINUTE);

	return seconds < SECONDS_LEAST ? SECONDS_LEAST : seconds;
}

/*
 * The most containers that a line can be in: a list level takes two columns of indentation or a
 * marker and a blank, a quote level one '>'.
 */
static size_t depth_bound(const char *s, size_t len)
{
	size_t quotes = 0, columns = 0;

	for (size_t i = 0; i < len && memchr(" \t>-+*.)0123456789", s[i], 18); i++) {
		if (s[i] == '>')
			quotes++;
		else
			columns += s[i] == '\t' ? 4 : 1;
	}
	return quotes + columns / 2;
}

/* Without brackets there are no links, whose search takes md4c quadratic time at worst. */
static bool is_too_deep(const char *markdown, size_t len)
{
	char *plain = mem_copy_bytes(markdown, len);

	for (size_t i = 0; i < len; i++) {
		if (plain[i] == '[')
			plain[i] = 'x';
	}
	bool deep = listen(plain, len).deepest > CONTAINER_DEPTH_MAX;
	free(plain);
	return deep;
}

bool speech_too_deep(const char *markdown, size_t len)
{
	struct line line = {0};

	while (line_next(markdown, len, &line)) {
		if (depth_bound(markdown + line.start, line.end - line.start) > CONTAINER_DEPTH_MAX)
			return is_too_deep(markdown, len);
	}
	return false;
}
