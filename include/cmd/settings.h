/* The settings: their keys, meanings, ranges and defaults in one table. */
#ifndef CMD_SETTINGS_H
#define CMD_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "core/card.h"
#include "store/store.h"

struct settings {
	enum level level; /* LEVEL_ANY: not chosen yet */
	int minutes;	  /* budget of a day */
	int new_cards;	  /* new cards a day at most */
	int rollover;	  /* minutes after midnight at which the study day turns */
	int repeat_below; /* grades below it are asked again the same day; 0: never */
	int interval_cap; /* days */
	bool plain;	  /* plain mode without asking for it each time */
};

struct setting {
	const char *key;
	const char *values;   /* what may be written, for people */
	const char *fallback; /* the value where none was set */
	const char *meaning;
	bool (*read)(const char *value, struct settings *out); /* false: not a value for it */
};

extern const struct setting settings_table[];
extern const size_t settings_count;

/* ERR_USAGE with a suggestion for an unknown key. */
enum err_code settings_find(const char *key, const struct setting **out, struct error *err);

/*
 * Reads all keys; one whose stored value is not a value for it any more has its default.
 * ERR_STORAGE when the database cannot be read: then *out is as it was.
 */
enum err_code settings_load(struct store *s, struct settings *out, struct error *err);

#endif
