#include "core/query.h"

#include <limits.h>
#include <string.h>

#include "base/str.h"
#include "base/strbuf.h"
#include "core/match.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))
#define EF_DECIMALS 2
#define WORD_MAX 4096
#define BLANKS " \t\r\n"

/* What a key's value is read with; the term's kind is set. */
typedef bool value_reader(const char *value, struct arena *arena, struct query_term *term);

struct key {
	const char *name;
	enum term_kind kind;
	value_reader *read;
	const char *form; /* the values that would do, as a message names them */
	const char *meaning;
};

static bool read_text(const char *value, struct arena *arena, struct query_term *term)
{
	term->text = arena_str(arena, value);
	return true;
}

static bool read_level(const char *value, struct arena *arena, struct query_term *term)
{
	enum level v = LEVEL_ANY;
	bool ok = level_parse(value, &v);

	(void)arena;
	term->value = (int)v;
	return ok;
}

static bool read_tier(const char *value, struct arena *arena, struct query_term *term)
{
	enum tier v = TIER_NONE;
	bool ok = tier_parse(value, &v);

	(void)arena;
	term->value = (int)v;
	return ok;
}

static bool read_kind(const char *value, struct arena *arena, struct query_term *term)
{
	enum kind v = KIND_KNOWLEDGE;
	bool ok = kind_parse(value, &v);

	(void)arena;
	term->value = (int)v;
	return ok;
}

static bool read_aim(const char *value, struct arena *arena, struct query_term *term)
{
	enum aim v = AIM_NONE;
	bool ok = aim_parse(value, &v);

	(void)arena;
	term->value = (int)v;
	return ok;
}

static bool read_competency(const char *value, struct arena *arena, struct query_term *term)
{
	enum competency v = COMPETENCY_NONE;
	bool ok = competency_parse(value, &v);

	(void)arena;
	term->value = (int)v;
	return ok;
}

static bool read_is(const char *value, struct arena *arena, struct query_term *term)
{
	(void)arena;
	if (str_eq(value, "flagged")) {
		term->kind = TERM_FLAGGED;
		return true;
	}
	if (str_eq(value, "leech")) {
		term->kind = TERM_LEECH;
		return true;
	}
	for (int s = STATE_NEW; s <= STATE_RETIRED; s++) {
		if (str_eq(value, card_state_name((enum card_state)s))) {
			term->value = s;
			return true;
		}
	}
	return false;
}

typedef bool number_reader(const char *s, size_t len, int *out);

static bool read_int(const char *s, size_t len, int min, int *out)
{
	char digits[12];

	if (len >= sizeof(digits))
		return false;
	memcpy(digits, s, len);
	digits[len] = '\0';
	return str_to_int(digits, min, INT_MAX - 1, out);
}

static bool read_count(const char *s, size_t len, int *out)
{
	return read_int(s, len, 0, out);
}

/* Days relative to today: "7d", "-3d"; the d may be left out. */
static bool read_days(const char *s, size_t len, int *out)
{
	if (len > 0 && s[len - 1] == 'd')
		len--;
	return read_int(s, len, INT_MIN + 1, out);
}

/* "2", "1.5", "2.36" as hundredths. */
static bool read_hundredths(const char *s, size_t len, int *out)
{
	const char *point = memchr(s, '.', len);
	size_t whole = point ? (size_t)(point - s) : len;
	size_t decimals = point ? len - whole - 1 : 0;
	char digits[12] = "";

	if (whole == 0 || whole > 6 || decimals > EF_DECIMALS || (point && decimals == 0))
		return false;
	memcpy(digits, s, whole);
	memset(digits + whole, '0', EF_DECIMALS);
	if (point)
		memcpy(digits + whole, point + 1, decimals);
	return str_to_int(digits, 0, INT_MAX - 1, out);
}

/* "a..b", "a..", "..b" or one number for both. */
static bool read_range(const char *value, number_reader *read, struct query_term *term)
{
	const char *dots = strstr(value, "..");
	size_t len = strlen(value);
	size_t low_len = dots ? (size_t)(dots - value) : len;
	const char *high = dots ? dots + 2 : value;
	size_t high_len = dots ? len - low_len - 2 : len;

	term->low = INT_MIN;
	term->high = INT_MAX;
	if (low_len + high_len == 0)
		return false;
	if (low_len > 0 && !read(value, low_len, &term->low))
		return false;
	if (high_len > 0 && !read(high, high_len, &term->high))
		return false;
	return term->low <= term->high;
}

static bool read_ef(const char *value, struct arena *arena, struct query_term *term)
{
	(void)arena;
	return read_range(value, read_hundredths, term);
}

static bool read_counts(const char *value, struct arena *arena, struct query_term *term)
{
	(void)arena;
	return read_range(value, read_count, term);
}

static bool read_due(const char *value, struct arena *arena, struct query_term *term)
{
	(void)arena;
	return read_range(value, read_days, term);
}

#define COUNTS_FORM "a number or a range: 3, 3.., ..3, 1..3"

static const struct key keys[] = {
	{"deck", TERM_DECK, read_text, "the id of a deck", "its deck"},
	{"card", TERM_CARD, read_text, "deck/card", "its name"},
	{"tag", TERM_TAG, read_text, "a tag", "its tags"},
	{"set", TERM_SET, read_text, "the name of a set", "sets that it belongs to: most-asked"},
	{"level", TERM_LEVEL, read_level, "junior, mid, senior or any", "who is asked it"},
	{"tier", TERM_TIER, read_tier, "top, middle or stretch", "how much it matters"},
	{"kind", TERM_KIND, read_kind, "knowledge, judgement, scenario, story, pitch or reverse",
	 "what sort of question it is"},
	{"aim", TERM_AIM, read_aim, "fundamentals, production or failure",
	 "what the question is after"},
	{"competency", TERM_COMPETENCY, read_competency,
	 "fundamentals, design, security, api, testing, performance or communication",
	 "what it is scored for in an interview"},
	{"is", TERM_STATE, read_is,
	 "new, due, again, scheduled, suspended, buried, retired, flagged or leech",
	 "where it stands; a leech has lapsed eight times or more"},
	{"ef", TERM_EF, read_ef, "a number or a range: 2.5, ..1.5, 1.3..2.0",
	 "easiness factor, from 1.3 (hard) upwards; a new card has 2.5"},
	{"lapses", TERM_LAPSES, read_counts, COUNTS_FORM, "how often it was known and then failed"},
	{"reviews", TERM_REVIEWS, read_counts, COUNTS_FORM, "how often it was answered"},
	{"due", TERM_DUE, read_due, "days from today or a range: 7d, ..7d, 0d..",
	 "when it comes back"},
};

static enum err_code unknown_key(const char *word, const char *key, struct arena *arena,
				 struct error *err)
{
	const char *names[COUNT_OF(keys)];
	const char *list = keys[0].name;
	const char *nearest;

	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		names[i] = keys[i].name;
		if (i > 0)
			list = arena_printf(arena, "%s %s", list, keys[i].name);
	}
	nearest = str_nearest(key, names, COUNT_OF(names));
	if (nearest)
		return error_set(err, ERR_USAGE, "%s: unknown key, did you mean %s:? (keys: %s)",
				 word, nearest, list);
	return error_set(err, ERR_USAGE, "%s: unknown key (keys: %s)", word, list);
}

static enum err_code parse_keyed(const char *word, const char *colon, struct arena *arena,
				 struct query_term *term, struct error *err)
{
	const char *name = arena_bytes(arena, word, (size_t)(colon - word));
	const char *value = colon + 1;

	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (!str_eq(keys[i].name, name))
			continue;
		term->kind = keys[i].kind;
		if (*value == '\0' || !keys[i].read(value, arena, term))
			return error_set(err, ERR_USAGE, "%s: after \"%s:\" comes %s", word, name,
					 keys[i].form);
		return ERR_NONE;
	}
	return unknown_key(word, name, arena, err);
}

static enum err_code parse_text(const char *word, struct arena *arena, struct query_term *term,
				struct error *err)
{
	struct strbuf folded;
	enum err_code code = ERR_NONE;

	strbuf_init(&folded, WORD_MAX);
	match_fold_word(&folded, word, strlen(word));
	if (folded.full)
		code = error_set(err, ERR_USAGE, "a word of the query is too long");
	else if (folded.len == 0)
		code = error_set(err, ERR_USAGE, "'%s': no letters to look for in it", word);
	term->kind = TERM_TEXT;
	term->text = arena_str(arena, folded.buf);
	strbuf_release(&folded);
	return code;
}

/* What is typed of one term, a dash in front taken off. */
struct typed {
	const char *text;
	bool negated;
	bool quoted;
};

static bool is_key(const char *name, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (strlen(keys[i].name) == len && strncmp(keys[i].name, name, len) == 0)
			return true;
	return false;
}

static enum err_code parse_term(const struct typed *typed, bool loose, struct arena *arena,
				struct query_term *term, struct error *err)
{
	const char *colon = strchr(typed->text, ':');

	term->negated = typed->negated;
	if (typed->quoted || !colon ||
	    (loose && !is_key(typed->text, (size_t)(colon - typed->text))))
		return parse_text(typed->text, arena, term, err);
	return parse_keyed(typed->text, colon, arena, term, err);
}

/* Takes the term at *at, up to a blank; "..." is one with blanks in it. */
static struct typed take_term(const char **at, struct arena *arena)
{
	const char *s = *at, *end = NULL;
	struct typed typed = {.negated = *s == '-'};
	size_t len;

	s += typed.negated;
	if (*s == '"')
		for (end = strchr(s + 1, '"'); end && end[1] && !strchr(BLANKS, end[1]);)
			end = strchr(end + 1, '"');
	typed.quoted = end && end > s + 1;
	if (typed.quoted)
		s++;
	len = typed.quoted ? (size_t)(end - s) : strcspn(s, BLANKS);
	typed.text = arena_bytes(arena, s, len);
	*at = s + len + typed.quoted;
	return typed;
}

static enum err_code parse(char *const *words, size_t count, bool loose, struct arena *arena,
			   struct query *out, struct error *err)
{
	out->count = 0;
	out->terms = arena_array(arena, QUERY_TERMS_MAX, sizeof(*out->terms));
	for (size_t i = 0; i < count; i++) {
		const char *at = words[i] + strspn(words[i], BLANKS);

		while (*at) {
			struct typed typed = take_term(&at, arena);

			if (!*typed.text)
				return error_set(err, ERR_USAGE,
						 "\"-\" stands before the term that it negates");
			if (out->count == QUERY_TERMS_MAX)
				return error_set(err, ERR_USAGE, "more than %d terms in a query",
						 QUERY_TERMS_MAX);
			if (parse_term(&typed, loose, arena, &out->terms[out->count], err))
				return err->code;
			out->count++;
			at += strspn(at, BLANKS);
		}
	}
	return ERR_NONE;
}

enum err_code query_parse(char *const *words, size_t count, struct arena *arena, struct query *out,
			  struct error *err)
{
	return parse(words, count, false, arena, out, err);
}

enum err_code query_parse_search(char *const *words, size_t count, struct arena *arena,
				 struct query *out, struct error *err)
{
	return parse(words, count, true, arena, out, err);
}

bool query_key(size_t i, struct query_key *out)
{
	if (i >= COUNT_OF(keys))
		return false;
	*out = (struct query_key){keys[i].name, keys[i].form, keys[i].meaning};
	return true;
}
