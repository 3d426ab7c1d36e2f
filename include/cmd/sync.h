/*
 * Checks of sources over HTTP: asked in parallel, each answer verified and parsed completely, then
 * merged in one transaction of its own. Behind `sync`, `subscribe` and `sources revert`.
 *
 *     sync_run() -> sync_source.c: request, answer, the decks of an index
 *                -> sync_verify.c: signature, key, serial
 *                -> sync_apply.c: decks parsed, merged, stored
 *                -> sync_report.c: what people and scripts are told
 *     sync_edition.c: editions that are kept
 */
#ifndef CMD_SYNC_H
#define CMD_SYNC_H

#include "cmd/app.h"
#include "core/remote.h"
#include "deck/index.h"
#include "net/fetch.h"
#include "store/remote.h"
#include "store/source.h"

struct sync_options {
	struct check_flags flags;
	bool dry;   /* nothing is written */
	bool check; /* nothing but a back-off is written */
	bool allow_rollback;
	bool accept_mass_change;
	bool subscribe; /* the source is new or subscribed to again: it may take bundled decks */
	bool take_over; /* and decks of other sources */
};

enum sync_status { SYNC_UNCHANGED, SYNC_UPDATED, SYNC_FAILED, SYNC_SKIPPED };
const char *sync_status_name(enum sync_status s);

/* A deck of the file that a source is, or lists. */
struct sync_deck {
	const char *id;	 /* NULL: a deck of its own, not parsed yet */
	const char *url; /* for problems; of an index: where it is fetched */
	const struct index_deck *listed;
	const char *bytes; /* NULL: not there yet */
	size_t len;	   /* without a signature */
	bool skipped;	   /* another source has it */
	struct deck deck;
};

/* One source, and what comes of it. Everything lives in the arena of its run. */
struct sync_source {
	struct source source;	     /* id 0: not stored yet */
	struct remote stored;	     /* as it was when this began */
	struct remote before;	     /* the same, with what a new subscription sets */
	struct remote failed;	     /* to be stored when it fails */
	struct remote taken;	     /* to be stored when it does not */
	const struct remote *record; /* which of the two sync_record() is to store; NULL: neither */
	bool conditional;
	size_t waiting; /* downloads under way */
	bool done;	/* what follows has come of it */
	const struct fetch_result *answer;
	struct hash hash;   /* of the file */
	bool same;	    /* the file is the one that was taken last */
	size_t content_len; /* of the file without its signature */
	enum key_rule key_rule;
	const char *signer; /* id of the key that signed; NULL: unsigned */
	struct publisher publisher;
	const char *moved_to;
	struct index index;
	struct sync_deck *decks;
	size_t deck_count;
	enum sync_status status;
	enum err_code code;
	const char *message; /* why it failed or was skipped; "" */
	const char **notes;  /* warnings and what else is worth a line */
	size_t note_count, note_cap;
	struct changes changes;
	struct merge_report report;
	struct edit_proposal *proposals; /* that would be asked */
	size_t proposal_count;
	size_t conflicts;
};

struct sync_run {
	struct app *app;
	struct sync_options options;
	int64_t now;
	struct arena *arena;
	struct fetch *fetch;
	struct sync_source *sources;
	size_t count;
};

/*
 * Checks all of them. Nothing is printed but the progress line. The error is one that concerns no
 * source alone (Ctrl-C: ERR_NETWORK); what has failed for a source is in it.
 */
enum err_code sync_run(struct sync_run *run, struct error *err);

void sync_note(struct sync_run *run, struct sync_source *s, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The source has failed; the message of err, or what it says. */
void sync_fail(struct sync_run *run, struct sync_source *s, const struct error *err);

/* sync_verify.c: the file that came. Fills what it says, and `taken`. */
enum err_code sync_verify(struct sync_run *run, struct sync_source *s, struct error *err);

/* sync_apply.c */
/* Whether another source has the deck, and may not lose it to this one. ERR_DECISION when it is
 * to be a subscription. */
enum err_code sync_owned_elsewhere(struct sync_run *run, struct sync_source *s, const char *deck,
				   bool *elsewhere, struct error *err);
/* Reads a deck from its bytes; where it says no id it is the deck that the source is already. */
enum err_code sync_parse(struct sync_run *run, struct sync_source *s, struct sync_deck *d,
			 struct error *err);
/* Parses, merges and stores what has come; sets status, code and message. */
void sync_apply(struct sync_run *run, struct sync_source *s);
/* Writes down the checks that changed no card, in one transaction. */
void sync_record(struct sync_run *run);
/* Leaves out decks that another source has; of a source that is one deck, that is a refusal. */
enum err_code sync_settle_owners(struct sync_run *run, struct sync_source *s, struct error *err);
enum err_code sync_merge(struct sync_run *run, struct sync_source *s, struct error *err);

/* sync_edition.c: editions that are kept, without a network */
/* Puts the cards of one back in force. */
enum err_code sync_revert(struct sync_run *run, struct sync_source *s,
			  const struct remote_edition *edition, struct error *err);
/* After an upgrade: what is in force is read again, as this viva reads it. */
enum err_code sync_read_again(struct app *app, const struct source *source, struct error *err);

/* sync_report.c */
void sync_print(struct sync_run *run, const struct sync_source *s);
void sync_print_notes(struct sync_run *run, const struct sync_source *s);
/* Of a new subscription, before it is stored: title, decks, trust. */
void sync_print_offer(struct sync_run *run, const struct sync_source *s);
void sync_print_dry(struct sync_run *run, const struct sync_source *s);

#endif
