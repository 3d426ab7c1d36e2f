/* What keeps the database safe without being asked, and how copies of it are shown. */
#ifndef CMD_UPKEEP_H
#define CMD_UPKEEP_H

#include "cmd/app.h"
#include "store/backup.h"
#include "store/health.h"
#include "ui/json.h"

/*
 * After a sitting, once a day: a quick look at the database, then a copy of it. What goes wrong is
 * one line on app->messages and changes no exit status: the reviews are saved already.
 */
void upkeep_daily(struct app *app);

/* On a terminal: says what is done now when the file is so large that it takes a moment. */
void upkeep_say_long(struct app *app, const char *path, const char *text);

/* "257 cards, 1042 reviews, 4.2 MB" */
void upkeep_measure(const struct tally *tally, int64_t bytes, struct strbuf *out);

/* "2026-11-20 09:00" in local time */
#define UPKEEP_TIME_TEXT 40
void upkeep_time(int64_t utc_ms, char out[UPKEEP_TIME_TEXT]);

/* The keys `path`, `time`, `cards`, `reviews` and `bytes` of a copy. */
void upkeep_json(struct json *j, const struct backup *copy, const struct tally *tally);

#endif
