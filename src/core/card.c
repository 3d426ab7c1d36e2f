#include "core/card.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

static const char *const level_names[LEVEL_COUNT] = {"any", "junior", "mid", "senior"};
static const char *const tier_names[TIER_COUNT] = {"", "top", "middle", "stretch"};
static const char *const aim_names[AIM_COUNT] = {"", "fundamentals", "production", "failure"};
static const char *const kind_names[KIND_COUNT] = {
	"knowledge", "judgement", "scenario", "story", "pitch", "reverse",
};
static const char *const competency_names[COMPETENCY_COUNT] = {
	"", "fundamentals", "design", "security", "api", "testing", "performance", "communication",
};
static const char *const section_headings[SECTION_COUNT] = {
	"",	      "",	   "Key points",     "Weak answer",
	"Good signs", "Red flags", "Why it matters", "Also asked as",
	"See also",
};

static const char *const section_names[SECTION_COUNT] = {
	"question", "answer", "points", "weak", "good", "flags", "why", "variants", "links",
};

static const char *name_of(const char *const *names, size_t count, size_t value)
{
	assert(value < count);
	return names[value];
}

/* The number of a name, or `count`; the empty name of a *_NONE is no word. */
static size_t find_name(const char *const *names, size_t count, const char *s)
{
	size_t i = 0;

	if (*s == '\0')
		return count;
	while (i < count && !str_eq(names[i], s))
		i++;
	return i;
}

const char *level_name(enum level v)
{
	return name_of(level_names, LEVEL_COUNT, v);
}

const char *tier_name(enum tier v)
{
	return name_of(tier_names, TIER_COUNT, v);
}

const char *aim_name(enum aim v)
{
	return name_of(aim_names, AIM_COUNT, v);
}

const char *kind_name(enum kind v)
{
	return name_of(kind_names, KIND_COUNT, v);
}

const char *competency_name(enum competency v)
{
	return name_of(competency_names, COMPETENCY_COUNT, v);
}

bool level_parse(const char *s, enum level *out)
{
	size_t i = find_name(level_names, LEVEL_COUNT, s);

	if (i < LEVEL_COUNT)
		*out = (enum level)i;
	return i < LEVEL_COUNT;
}

bool tier_parse(const char *s, enum tier *out)
{
	size_t i = find_name(tier_names, TIER_COUNT, s);

	if (i < TIER_COUNT)
		*out = (enum tier)i;
	return i < TIER_COUNT;
}

bool aim_parse(const char *s, enum aim *out)
{
	size_t i = find_name(aim_names, AIM_COUNT, s);

	if (i < AIM_COUNT)
		*out = (enum aim)i;
	return i < AIM_COUNT;
}

bool kind_parse(const char *s, enum kind *out)
{
	size_t i = find_name(kind_names, KIND_COUNT, s);

	if (i < KIND_COUNT)
		*out = (enum kind)i;
	return i < KIND_COUNT;
}

bool competency_parse(const char *s, enum competency *out)
{
	size_t i = find_name(competency_names, COMPETENCY_COUNT, s);

	if (i < COMPETENCY_COUNT)
		*out = (enum competency)i;
	return i < COMPETENCY_COUNT;
}

const char *section_name(enum section s)
{
	return name_of(section_names, SECTION_COUNT, s);
}

const char *section_heading(enum section s)
{
	return name_of(section_headings, SECTION_COUNT, s);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool section_parse(const char *heading, size_t len, enum section *out)
{
	while (len > 0 && is_space(heading[len - 1]))
		len--;
	while (len > 0 && is_space(*heading)) {
		heading++;
		len--;
	}
	for (size_t i = SECTION_POINTS; i < SECTION_COUNT; i++) {
		const char *name = section_headings[i];

		if (strlen(name) == len && strncasecmp(name, heading, len) == 0) {
			*out = (enum section)i;
			return true;
		}
	}
	return false;
}

const char *card_topic(const struct card *c, const char *deck_id)
{
	return c->tags.count > 0 ? c->tags.items[0] : deck_id;
}

bool card_in_set(const struct card *c, const char *set)
{
	for (size_t i = 0; i < c->sets.count; i++) {
		if (str_eq(c->sets.items[i], set))
			return true;
	}
	return false;
}
