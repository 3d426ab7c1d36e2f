#include "core/rubric.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

#define HINTED_MAX 3
#define UTF8_BYTES_MAX 4 /* of one character */
#define SEPARATORS " \t\r\n,"

struct range {
	uint32_t first, last;
};

/*
 * Whether a character holds a word together. The scripts that write without spaces (Thai, Han,
 * kana; Hangul with its particles) do not: a term is found anywhere in them.
 */
static bool is_word_char(uint32_t cp)
{
	static const struct range words[] = {
		{'0', '9'},	  {'A', 'Z'},	      {'_', '_'},      {'a', 'z'},
		{0xaa, 0xaa},	  {0xb5, 0xb5},	      {0xba, 0xba},    {0xc0, 0xd6},
		{0xd8, 0xf6},	  {0xf8, 0xdff},      {0xe80, 0x1fff}, {0x2c00, 0x2dff},
		{0xa640, 0xabff}, {0x10140, 0x1afff},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (cp >= words[i].first && cp <= words[i].last)
			return true;
	}
	return false;
}

static bool starts_in_word(const char *s, size_t len)
{
	uint32_t cp;

	return len > 0 && utf8_next(s, len, &cp) > 0 && is_word_char(cp);
}

/* Whether the character that ends right before s is part of a word; `start` is the text's start. */
static bool ends_in_word(const char *start, const char *s)
{
	const char *last = s;

	do {
		if (last == start)
			return false;
		last--;
	} while (((unsigned char)*last & 0xc0) == 0x80);
	return starts_in_word(last, (size_t)(s - last));
}

/* A term may begin or end with a sign (".filter()", "@property"): no word goes on there. */
static bool term_occurs(const char *term, const char *text)
{
	size_t len = strlen(term);
	bool word_first = starts_in_word(term, len);
	bool word_last = ends_in_word(term, term + len);

	for (const char *at = strstr(text, term); at; at = strstr(at + 1, term)) {
		const char *end = at + len;

		if (!(word_first && ends_in_word(text, at)) &&
		    !(word_last && starts_in_word(end, strnlen(end, UTF8_BYTES_MAX))))
			return true;
	}
	return false;
}

static bool point_mentioned(const struct point *point, const char *folded)
{
	for (size_t i = 0; i < point->terms.count; i++) {
		const char *term = point->terms.items[i];

		if (*term == '\0' || !term_occurs(term, folded))
			return false;
	}
	return point->terms.count > 0;
}

uint32_t rubric_mentioned(const struct points *points, const char *folded)
{
	uint32_t mask = 0;

	assert(points->count <= POINTS_MAX);
	for (size_t i = 0; i < points->count; i++) {
		if (point_mentioned(&points->items[i], folded))
			mask |= UINT32_C(1) << i;
	}
	return mask;
}

int rubric_hits(uint32_t mask)
{
	int hits = 0;

	for (; mask; mask &= mask - 1)
		hits++;
	return hits;
}

int rubric_evidence(int hits, int total)
{
	assert(hits >= 0 && hits <= total);
	if (total == 0)
		return EVIDENCE_NONE;
	if (hits == total)
		return 5;
	if (hits == total - 1 && total >= 3)
		return 4;
	if (hits * 2 >= total)
		return 3;
	if (hits * 4 >= total)
		return 2;
	return hits > 0 ? 1 : 0;
}

int rubric_proposal(int blind, int evidence, bool hinted)
{
	int grade = blind;

	if (evidence != EVIDENCE_NONE) {
		if (blind < 3 && evidence >= 3)
			grade = 3;
		else if (evidence < blind)
			grade = evidence;
	}
	return hinted && grade > HINTED_MAX ? HINTED_MAX : grade;
}

/* The text without the white space around it. */
static const char *trimmed(const char *line, size_t *len)
{
	line = str_skip_blank(line);
	*len = strlen(line);
	while (*len > 0 && strchr(" \t\r\n", line[*len - 1]))
		--*len;
	return line;
}

static bool is_word(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(s, word, len) == 0;
}

/* The number of the point that a letter names, or -1. */
static int point_of(char letter, int total)
{
	int number = letter >= 'A' && letter <= 'Z' ? letter - 'A' : letter - 'a';

	return number >= 0 && number < total ? number : -1;
}

/* Groups of letters: each with a sign in front (changes), or all without one (a set). */
static bool read_letters(const char *s, int total, uint32_t *mask)
{
	bool signs = *s == '+' || *s == '-';
	uint32_t result = signs ? *mask : 0;
	bool any = false;

	for (s += strspn(s, SEPARATORS); *s; s += strspn(s, SEPARATORS)) {
		bool removes = signs && *s == '-';
		uint32_t group = 0;

		if (signs && *s != '+' && *s != '-')
			return false;
		if (signs)
			s++;
		for (int point; (point = point_of(*s, total)) >= 0; s++)
			group |= UINT32_C(1) << point;
		if (group == 0)
			return false;
		result = removes ? result & ~group : result | group;
		any = true;
	}
	if (any)
		*mask = result;
	return any;
}

enum points_reply rubric_reply(const char *line, int total, uint32_t *mask, int *grade)
{
	size_t len;
	const char *s = trimmed(line, &len);
	int digit = rubric_grade(line);

	assert(total >= 0 && total <= POINTS_MAX);
	if (len == 0)
		return POINTS_AS_SHOWN;
	if (is_word(s, len, "-"))
		return POINTS_SKIP;
	if (digit >= 0) {
		*grade = digit;
		return POINTS_GRADE;
	}
	if (is_word(s, len, "all")) {
		*mask = (UINT32_C(1) << total) - 1;
		return POINTS_SET;
	}
	if (is_word(s, len, "none")) {
		*mask = 0;
		return POINTS_SET;
	}
	return read_letters(s, total, mask) ? POINTS_SET : POINTS_BAD;
}

int rubric_grade(const char *line)
{
	size_t len;
	const char *s = trimmed(line, &len);

	return len == 1 && *s >= '0' && *s <= '5' ? *s - '0' : -1;
}
