/* Sources as commands name and show them. */
#ifndef CMD_SOURCE_H
#define CMD_SOURCE_H

#include "cmd/app.h"
#include "core/remote.h"
#include "store/source.h"
#include "ui/json.h"

/* Whether a word is the address of a source over HTTP. */
bool source_is_address(const char *word);

#define SOURCE_NO_KEY "'%s' is no minisign public key: 56 characters that start with RW"

/*
 * A subscribe link: the address without its fragment, and the key of a fragment "key=RW...", NULL
 * where it has none. ERR_USAGE for what is no address or no key.
 */
enum err_code source_parse_link(const char *link, struct arena *arena, const char **address,
				const char **key, struct error *err);

/*
 * The source that a word names: by its location, a path that leads to it, or one of its decks.
 * ERR_FOUND when there is none.
 */
enum err_code source_find(struct app *app, const char *word, struct arena *arena,
			  struct source *out, struct error *err);

/* What it is called in reports: the deck that it is, else its location. */
const char *source_label(const struct source *source);

#define SOURCE_PLAIN_HTTP "plain http: whoever is on the way can read and change it"

/* "  signed, first use, key 1234567890ABCDEF", or that it is not signed; a line. */
void source_print_trust(struct out *o, const struct remote *r);

/* "Sat 21 Nov 09:14", local time. Arena owned. */
const char *source_time(const struct app *app, int64_t time, struct arena *arena);

/*
 * How it stands with a source that is not over HTTP: ERR_FORMAT where the newest of it was not
 * taken, ERR_FOUND where it is not there. *problem says why; "" where all is well.
 */
enum err_code source_state(struct app *app, const struct source *source, struct arena *arena,
			   const char **problem);

/* How many cards its decks changed under the user's own edits, not settled yet. */
enum err_code source_conflicts(struct app *app, const struct source *source, struct arena *arena,
			       size_t *cards, struct error *err);

/* A row of `sync --json` and `sources --json`. */
struct source_row {
	const struct source *source;
	const struct remote *remote; /* NULL: not over HTTP */
	const char *status;	     /* unchanged, updated, failed, skipped */
	const struct changes *changes;
	const struct merge_report *report; /* listed card by card; NULL: not */
	size_t conflicts;
	const char *message; /* "" for none */
};
void source_json(struct json *j, const struct source_row *row);

/* Its keys, for the manual. */
#define SOURCE_JSON_KEYS \
	"an array: `url`, `kind`, `deck` or `index`, `decks`, `status` (unchanged, updated, " \
	"failed, skipped), `trust`, `key` (its id), `serial`, `added`, `changed`, `retired`, " \
	"`conflicts`, `message`, `state` (active, paused, gone), `checked`, `retry_after`, " \
	"`moved_to`"

#endif
