#include "cmd/settings.h"

#include <string.h>

#include "base/str.h"
#include "core/sm2.h"

static bool read_level(const char *value, struct settings *out)
{
	return level_parse(value, &out->level);
}

static bool read_minutes(const char *value, struct settings *out)
{
	return str_to_int(value, 1, 600, &out->minutes);
}

static bool read_new(const char *value, struct settings *out)
{
	return str_to_int(value, 0, 1000, &out->new_cards);
}

static bool read_rollover(const char *value, struct settings *out)
{
	char part[3] = "";
	int hour, minute;

	if (strlen(value) != 5 || value[2] != ':')
		return false;
	memcpy(part, value, 2);
	if (!str_to_int(part, 0, 23, &hour))
		return false;
	memcpy(part, value + 3, 2);
	if (!str_to_int(part, 0, 59, &minute))
		return false;
	out->rollover = hour * 60 + minute;
	return true;
}

static bool read_repeat_below(const char *value, struct settings *out)
{
	return str_to_int(value, 0, 5, &out->repeat_below);
}

static bool read_interval_cap(const char *value, struct settings *out)
{
	return str_to_int(value, 1, SM2_INTERVAL_CAP, &out->interval_cap);
}

static bool read_plain(const char *value, struct settings *out)
{
	if (!str_eq(value, "yes") && !str_eq(value, "no"))
		return false;
	out->plain = str_eq(value, "yes");
	return true;
}

const struct setting settings_table[] = {
	{"level", "junior, mid, senior or any", "any",
	 "the interviews you prepare for: new cards of your own level come first, higher ones "
	 "never",
	 read_level},
	{"minutes", "1 to 600", "15", "the budget of a day", read_minutes},
	{"new", "0 to 1000", "10", "new cards a day, at most", read_new},
	{"rollover", "00:00 to 23:59", "04:00", "local time at which the study day turns",
	 read_rollover},
	{"repeat-below", "0 to 5", "4",
	 "cards graded below it are asked again the same day; 0 turns repeats off",
	 read_repeat_below},
	{"interval-cap", "1 to 36500", "36500", "longest interval in days, for reviews from now on",
	 read_interval_cap},
	{"plain", "yes or no", "no", "plain screens for screen readers, as with --plain",
	 read_plain},
};

const size_t settings_count = sizeof(settings_table) / sizeof(settings_table[0]);

enum err_code settings_find(const char *key, const struct setting **out, struct error *err)
{
	const char *keys[sizeof(settings_table) / sizeof(settings_table[0])];
	const char *near;

	for (size_t i = 0; i < settings_count; i++) {
		keys[i] = settings_table[i].key;
		if (str_eq(key, keys[i])) {
			*out = &settings_table[i];
			return ERR_NONE;
		}
	}
	near = str_nearest(key, keys, settings_count);
	if (near)
		return error_set(err, ERR_USAGE, "no setting '%s'; did you mean '%s'?", key, near);
	return error_set(err, ERR_USAGE, "no setting '%s'; `viva config` lists them", key);
}

enum err_code settings_load(struct store *s, struct settings *out, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct settings read = {0};
	enum err_code rc = ERR_NONE;

	store_read_begin(s);
	for (size_t i = 0; !rc && i < settings_count; i++) {
		const struct setting *k = &settings_table[i];
		const char *value;

		rc = store_config(s, k->key, &arena, &value, err);
		if (!value || !k->read(value, &read))
			k->read(k->fallback, &read);
	}
	store_read_end(s);
	if (!rc)
		*out = read;
	arena_release(&arena);
	return rc;
}
