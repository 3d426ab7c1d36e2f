#include "log_value.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/hex.h"
#include "base/str.h"
#include "base/utf8.h"
#include "core/card.h"
#include "internal.h"
#include "store/review.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define TIME_MIN (DAY_MS * DAY_MIN)
#define TIME_MAX (DAY_MS * (DAY_MAX + 1) - 1)
#define TIME_LEN 24 /* 2026-11-20T09:00:00.000Z */
#define POINTS_MASK ((1 << POINTS_MAX) - 1)

static const char *event_name(int64_t kind)
{
	static const char *const names[] = {"end", "card", "review", "void",
					    "set", "link", "source", "config"};

	return names[kind - LOG_KIND_END];
}

static const char *what_name(int64_t what)
{
	static const char *const names[] = {"suspend", "bury", "flag", "reset",
					    "ask-by",  "note", "edit"};

	return names[what];
}

static const char *edited_name(int64_t section)
{
	return section_name((enum section)section);
}

static const char *mode_name(int64_t mode)
{
	return review_mode_name((enum review_mode)mode);
}

const struct log_field_info log_fields[LOG_FIELDS] = {
#define AT(member) offsetof(struct log_line, member)
	[LOG_KIND] = {"kind", AS_WORD, AT(kind), LOG_KIND_END, EVENT_CONFIG, event_name, true},
	[LOG_ID] = {"id", AS_UID, AT(id)},
	[LOG_TIME] = {"time", AS_TIME, AT(time), TIME_MIN, TIME_MAX},
	[LOG_MACHINE] = {"machine", AS_UID, AT(machine)},
	[LOG_CARD] = {"card", AS_CARD, AT(card)},
	[LOG_PREV] = {"prev", AS_UID, AT(prev)},
	[LOG_WHAT] = {"what", AS_WORD, AT(what), 0, SET_EDIT, what_name, true},
	[LOG_VALUE] = {"value", AS_INT, AT(value), DAY_MIN, DAY_MAX},
	[LOG_SECTION] = {"section", AS_WORD, AT(section), 0, SECTION_COUNT - 1, edited_name},
	[LOG_DAY] = {"day", AS_DAY, AT(day), DAY_MIN, DAY_MAX},
	[LOG_MODE] = {"mode", AS_WORD, AT(mode), 0, MODE_SCRIPT, mode_name},
	[LOG_BLIND] = {"blind", AS_INT, AT(blind), 0, SM2_GRADE_MAX},
	[LOG_GRADE] = {"grade", AS_INT, AT(grade), 0, SM2_GRADE_MAX},
	[LOG_POINTS] = {"points", AS_POINTS, AT(points), 0, POINTS_MASK},
	[LOG_POINT_COUNT] = {"of", AS_INT, AT(point_count), 0, POINTS_MAX},
	[LOG_ANSWER_MS] = {"answer-ms", AS_INT, AT(answer_ms), 0, INT_MAX},
	[LOG_TOTAL_MS] = {"total-ms", AS_INT, AT(total_ms), 0, INT_MAX},
	[LOG_SECONDS] = {"seconds", AS_INT, AT(seconds), 0, CARD_SECONDS_MAX},
	[LOG_VARIANT] = {"variant", AS_INT, AT(variant), 0, INT_MAX},
	[LOG_HINTS] = {"hints", AS_INT, AT(hints), 0, 2},
	[LOG_CAP] = {"cap", AS_INT, AT(cap), 1, INT_MAX},
	[LOG_ASK_BY] = {"ask-by", AS_DAY, AT(ask_by), DAY_MIN, DAY_MAX},
	[LOG_CONTENT] = {"content", AS_HASH, AT(content)},
	[LOG_ANSWER] = {"answer", AS_TEXT, AT(answer)},
	[LOG_TARGET] = {"target", AS_UID, AT(target)},
	[LOG_NAME] = {"name", AS_TEXT, AT(name)},
	[LOG_TEXT] = {"text", AS_TEXT, AT(text)},
	[LOG_REV] = {"rev", AS_INT, AT(rev), 0, INT_MAX},
	[LOG_EVENTS] = {"events", AS_INT, AT(events), 0, INT_MAX},
#undef AT
};

static int64_t number_of(const struct log_line *line, const struct log_field_info *f)
{
	return *(const int64_t *)((const char *)line + f->at);
}

static const char *text_of(const struct log_line *line, const struct log_field_info *f)
{
	return *(const char *const *)((const char *)line + f->at);
}

static void print_time(int64_t time, struct strbuf *out)
{
	int64_t ms = (time % DAY_MS + DAY_MS) % DAY_MS;
	char day[DAY_TEXT];

	day_format((int)((time - ms) / DAY_MS), day);
	strbuf_printf(out, "%sT%02d:%02d:%02d.%03dZ", day, (int)(ms / HOUR_MS),
		      (int)(ms / MINUTE_MS % 60), (int)(ms / SECOND_MS % 60),
		      (int)(ms % SECOND_MS));
}

static void print_points(int64_t points, struct strbuf *out)
{
	const char *between = "";

	for (int i = 0; i < POINTS_MAX; i++)
		if (points >> i & 1) {
			strbuf_printf(out, "%s%d", between, i + 1);
			between = ",";
		}
}

/* Short escapes, and the letters that stand for them. */
static const char escaped[] = "\\\t\n\r", letters[] = "\\tnr";

static void print_text(const char *s, struct strbuf *out)
{
	size_t len = strlen(s);

	for (size_t i = 0, n; i < len; i += n) {
		const char *escape = strchr(escaped, s[i]);
		uint32_t cp;

		n = utf8_next(s + i, len - i, &cp);
		if (escape) {
			strbuf_printf(out, "\\%c", letters[escape - escaped]);
		} else if (n && !utf8_is_hostile(cp)) {
			strbuf_add(out, s + i, n);
		} else {
			n = n ? n : 1;
			for (size_t b = 0; b < n; b++)
				strbuf_printf(out, "\\x%02x", (unsigned char)s[i + b]);
		}
	}
}

void log_value_print(const struct log_line *line, const struct log_field_info *f,
		     struct strbuf *out)
{
	const char *member = (const char *)line + f->at;
	char digits[2 * HASH_SIZE + 1];

	switch (f->type) {
	case AS_WORD:
		if (number_of(line, f) > f->high)
			strbuf_printf(out, "%" PRId64, number_of(line, f));
		else
			strbuf_str(out, f->name(number_of(line, f)));
		break;
	case AS_UID:
	case AS_HASH:
		hex_print(member, f->type == AS_UID ? sizeof(struct uid) : HASH_SIZE, digits);
		strbuf_str(out, digits);
		break;
	case AS_TIME:
		print_time(line->time, out);
		break;
	case AS_DAY:
		day_format((int)number_of(line, f), digits);
		strbuf_str(out, digits);
		break;
	case AS_INT:
		strbuf_printf(out, "%" PRId64, number_of(line, f));
		break;
	case AS_POINTS:
		print_points(line->points, out);
		break;
	case AS_CARD:
	case AS_TEXT:
		print_text(text_of(line, f), out);
		break;
	}
}

static bool parse_word(const char *s, const struct log_field_info *f, int64_t *out)
{
	int number;

	for (int64_t i = f->low; i <= f->high; i++)
		if (str_eq(s, f->name(i))) {
			*out = i;
			return true;
		}
	if (!f->numbers || !str_to_int(s, (int)f->high + 1, INT_MAX, &number))
		return false;
	*out = number;
	return true;
}

static bool parse_int(const char *s, int64_t low, int64_t high, int64_t *out)
{
	int number;

	if (!str_to_int(s, (int)low, (int)high, &number))
		return false;
	*out = number;
	return true;
}

static bool parse_day(const char *s, int64_t *out)
{
	int day;

	if (!day_parse(s, &day))
		return false;
	*out = day;
	return true;
}

/* Digits of the pattern's '0' and its other characters as such; the numbers between them. */
static bool parse_clock(const char *s, int *numbers)
{
	static const char pattern[] = "T00:00:00.000Z";
	bool inside = false;

	for (size_t i = 0; pattern[i]; i++) {
		bool digit = pattern[i] == '0';

		if (digit ? s[i] < '0' || s[i] > '9' : s[i] != pattern[i])
			return false;
		if (digit)
			*numbers = (inside ? *numbers * 10 : 0) + (s[i] - '0');
		else if (inside)
			numbers++;
		inside = digit;
	}
	return true;
}

static bool parse_time(const char *s, int64_t *out)
{
	int n[5] = {0}; /* hour, minute, second, ms; parse_clock() steps behind the last */
	char date[DAY_TEXT] = "";
	int day;

	if (strlen(s) != TIME_LEN)
		return false;
	memcpy(date, s, DAY_TEXT - 1);
	if (!day_parse(date, &day) || !parse_clock(s + DAY_TEXT - 1, n) || n[0] > 23 || n[1] > 59 ||
	    n[2] > 59)
		return false;
	*out = day * DAY_MS + n[0] * HOUR_MS + n[1] * MINUTE_MS + n[2] * SECOND_MS + n[3];
	return true;
}

/* Numbers from 1, rising, with commas between them; none at all are no points. */
static bool parse_points(const char *s, int64_t *out)
{
	int last = 0, number;

	*out = 0;
	while (*s) {
		size_t len = strcspn(s, ",");
		char digits[3] = "";

		if (len > 2)
			return false;
		memcpy(digits, s, len);
		if (!str_to_int(digits, last + 1, POINTS_MAX, &number))
			return false;
		*out |= INT64_C(1) << (number - 1);
		last = number;
		s += len;
		if (*s == ',' && !*++s)
			return false;
	}
	return true;
}

static bool is_card_name(const char *s)
{
	const char *slash = strchr(s, '/');

	return slash && str_is_id(s, (size_t)(slash - s)) &&
	       str_is_id(slash + 1, strlen(slash + 1));
}

/* Resolves the escapes in place. False for what log_line_print() would have written otherwise. */
static bool parse_text(char *s)
{
	size_t len = strlen(s);
	char *to = s;

	for (size_t i = 0, n; i < len; i += n) {
		const char *letter;
		uint32_t cp;

		if (s[i] != '\\') {
			n = utf8_next(s + i, len - i, &cp);
			if (!n || utf8_is_hostile(cp))
				return false;
			memmove(to, s + i, n);
			to += n;
			continue;
		}
		letter = s[i + 1] ? strchr(letters, s[i + 1]) : NULL;
		n = letter ? 2 : 4;
		if (letter)
			*to++ = escaped[letter - letters];
		else if (i + n <= len && s[i + 1] == 'x' && hex_parse(s + i + 2, 2, to, 1) && *to)
			to++;
		else
			return false;
	}
	*to = '\0';
	return (size_t)(to - s) <= LOG_TEXT_MAX;
}

bool log_value_parse(char *s, const struct log_field_info *f, struct log_line *out)
{
	char *member = (char *)out + f->at;
	int64_t *number = (int64_t *)(void *)member;

	switch (f->type) {
	case AS_WORD:
		return parse_word(s, f, number);
	case AS_UID:
		return hex_parse(s, strlen(s), member, sizeof(struct uid));
	case AS_HASH:
		return hex_parse(s, strlen(s), member, HASH_SIZE);
	case AS_TIME:
		return parse_time(s, number);
	case AS_DAY:
		return parse_day(s, number);
	case AS_INT:
		return parse_int(s, f->low, f->high, number);
	case AS_POINTS:
		return parse_points(s, number);
	case AS_CARD:
	case AS_TEXT:
		*(const char **)(void *)member = s;
		return f->type == AS_TEXT ? parse_text(s) : is_card_name(s);
	}
	return false;
}

bool log_value_check(const struct log_line *line, const struct log_field_info *f)
{
	int64_t value;

	switch (f->type) {
	case AS_UID:
	case AS_HASH:
		return true;
	case AS_CARD:
		return is_card_name(text_of(line, f));
	case AS_TEXT:
		return strlen(text_of(line, f)) <= LOG_TEXT_MAX;
	default:
		value = number_of(line, f);
		return value >= f->low && value <= (f->numbers ? INT_MAX : f->high);
	}
}

const char *log_value_wanted(const struct log_field_info *f, struct arena *arena)
{
	switch (f->type) {
	case AS_UID:
		return "32 hexadecimal digits";
	case AS_HASH:
		return "64 hexadecimal digits";
	case AS_TIME:
		return "a time such as 2026-11-20T09:00:00.000Z";
	case AS_DAY:
		return "a day such as 2026-11-20";
	case AS_INT:
		return arena_printf(arena, "a number from %" PRId64 " to %" PRId64, f->low,
				    f->high);
	case AS_POINTS:
		return "numbers of points such as 1,3";
	case AS_CARD:
		return "a card such as deck/card";
	case AS_TEXT:
		return "text of at most 64 KiB, with its control characters as \\xHH";
	case AS_WORD:
		break;
	}
	return "a word that this viva knows";
}
