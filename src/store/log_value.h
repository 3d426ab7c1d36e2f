/* The values of a line of the log as text: how each field is written and read. */
#ifndef STORE_LOG_VALUE_H
#define STORE_LOG_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/log_line.h"

enum log_type { AS_WORD, AS_UID, AS_HASH, AS_TIME, AS_DAY, AS_INT, AS_POINTS, AS_CARD, AS_TEXT };

struct log_field_info {
	const char *key;
	enum log_type type;
	size_t at; /* in struct log_line */
	int64_t low, high;
	const char *(*name)(int64_t); /* AS_WORD: the names from low to high */
	bool numbers;		      /* AS_WORD: above high the number stands for itself */
};

extern const struct log_field_info log_fields[LOG_FIELDS];

void log_value_print(const struct log_line *line, const struct log_field_info *f,
		     struct strbuf *out);

/* s is changed, and a text lives in it. False for what log_value_print() does not write. */
bool log_value_parse(char *s, const struct log_field_info *f, struct log_line *out);

/* Whether the value is one that log_value_print() can write and log_value_parse() would read. */
bool log_value_check(const struct log_line *line, const struct log_field_info *f);

/* What is wanted, for messages. */
const char *log_value_wanted(const struct log_field_info *f, struct arena *arena);

#endif
