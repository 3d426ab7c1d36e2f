#include "core/match.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/fold.h"
#include "base/utf8.h"

#define PREFIX_MIN 3 /* bytes */

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool word_at(const char *s, size_t len)
{
	uint32_t cp;

	return len > 0 && utf8_next(s, len, &cp) > 0 && fold_is_word(cp);
}

/* Whether the character that ends before s[at] belongs to a word. */
static bool word_before(const char *s, size_t at)
{
	size_t last = at;

	do {
		if (last == 0)
			return false;
		last--;
	} while (((unsigned char)s[last] & 0xC0) == 0x80);
	return word_at(s + last, at - last);
}

void match_fold_word(struct strbuf *out, const char *s, size_t len)
{
	struct strbuf folded;
	bool blank = false, any = false;

	strbuf_init(&folded, out->max);
	fold_text(&folded, s, len);
	if (folded.full)
		out->full = true;
	for (size_t i = 0; i < folded.len; i++) {
		if (strchr(" \t\n\v\f\r", folded.buf[i])) {
			blank = true;
			continue;
		}
		if (blank && any)
			strbuf_char(out, ' ');
		blank = false;
		any = true;
		strbuf_char(out, folded.buf[i]);
	}
	strbuf_release(&folded);
}

bool match_is_indexed(const char *word)
{
	size_t len = strlen(word);
	uint32_t cp;

	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		n = utf8_next(word + i, len - i, &cp);
		if (n && fold_is_word(cp))
			return true;
	}
	return false;
}

bool match_is_prefix(const char *word)
{
	size_t len = strlen(word);

	return len >= PREFIX_MIN && word_before(word, len);
}

/* What is between two words: at least one character that is in none, up to what comes next. */
static size_t skip_gap(const char *text, size_t len, size_t at, char next)
{
	size_t start = at;

	while (at < len && !word_at(text + at, len - at)) {
		if (at > start && lower(text[at]) == (unsigned char)next)
			break;
		at++;
		while (at < len && ((unsigned char)text[at] & 0xC0) == 0x80)
			at++;
	}
	return at;
}

/* The end of the word that starts at text[at]; 0 when it does not. */
static size_t compare(const char *text, size_t len, size_t at, const char *word)
{
	for (; *word; word++) {
		if (*word == ' ') {
			size_t end = skip_gap(text, len, at, word[1]);

			if (end == at)
				return 0;
			at = end;
		} else if (at < len && lower(text[at]) == (unsigned char)*word) {
			at++;
		} else {
			return 0;
		}
	}
	return at;
}

/* The next place from `at` on with this small letter, or with its capital; len for none. */
static size_t next_letter(const char *text, size_t len, size_t at, char letter)
{
	const char *found = memchr(text + at, letter, len - at);
	size_t end = found ? (size_t)(found - text) : len;

	if (letter < 'a' || letter > 'z')
		return end;
	found = memchr(text + at, letter - 'a' + 'A', end - at);
	return found ? (size_t)(found - text) : end;
}

bool match_find(const char *text, size_t len, const char *word, size_t from, struct match *hit)
{
	size_t word_len = strlen(word);
	bool starts = word_at(word, word_len);
	bool whole = word_before(word, word_len) && !match_is_prefix(word);

	assert(word_len > 0);
	for (size_t at = next_letter(text, len, from, *word); at < len;
	     at = next_letter(text, len, at + 1, *word)) {
		size_t end = starts && word_before(text, at) ? 0 : compare(text, len, at, word);

		if (!end || (whole && word_at(text + end, len - end)))
			continue;
		*hit = (struct match){at, end};
		return true;
	}
	return false;
}

static bool is_ascii(const char *s, size_t len)
{
	uint64_t all = 0, eight;
	size_t i = 0;

	for (; i + sizeof(eight) <= len; i += sizeof(eight)) {
		memcpy(&eight, s + i, sizeof(eight));
		all |= eight;
	}
	for (; i < len; i++)
		all |= (unsigned char)s[i];
	return (all & UINT64_C(0x8080808080808080)) == 0;
}

bool match_text(const char *text, size_t len, const char *word)
{
	struct strbuf folded;
	struct match hit;
	bool found;

	if (is_ascii(text, len))
		return match_find(text, len, word, 0, &hit);
	strbuf_init(&folded, FOLD_MAX * len);
	fold_text(&folded, text, len);
	found = match_find(folded.buf, folded.len, word, 0, &hit);
	strbuf_release(&folded);
	return found;
}
