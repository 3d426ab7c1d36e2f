/*
 * A source over HTTP: what is remembered of it, and every decision that its checks need. Pure: the
 * clock and a random number are arguments. Times are UTC milliseconds, 0 for never.
 *
 * Nothing decided here removes a card or changes a schedule.
 */
#ifndef CORE_REMOTE_H
#define CORE_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

/* How far its content can be trusted. The numbers are stored. */
enum trust {
	TRUST_UNSIGNED,	 /* nothing beyond the transport */
	TRUST_FIRST_USE, /* signed by the key that was met first */
	TRUST_PINNED	 /* signed by a key that the user gave */
};
const char *trust_name(enum trust t); /* "unsigned", "first use", "pinned" */

/* The numbers are stored. */
enum remote_state {
	REMOTE_ACTIVE,
	REMOTE_PAUSED, /* by the user */
	REMOTE_GONE    /* the server said 410: it is not asked any more */
};

struct remote {
	bool is_index;	   /* lists decks; else it is one */
	const char *title; /* NULL when it has none, like every text here */
	enum trust trust;
	const char *key;      /* minisign public key in base64; NULL: unsigned */
	const char *next_key; /* announced by a file that `key` signed */
	bool insecure;	      /* plain http:// is allowed by the user */
	bool suspend_new;     /* its new cards come suspended */
	enum remote_state state;
	const char *etag, *modified; /* validators */
	bool has_hash;
	struct hash hash; /* SHA-256 of the newest file that was taken */
	int64_t serial;	  /* of that file; -1: it has none */
	const char *updated;
	int refresh;	      /* days within which the next serial is promised; 0: no promise */
	const char *moved_to; /* where it says, or a redirect said, that it is now */
	const char *proxy;    /* "host:port" that the newest answer came through */
	int64_t changed;      /* the content last differed */
	int64_t checked;      /* the server last answered, or did not */
	int64_t fetched;      /* the last whole answer, 200 */
	int64_t retry_after;  /* it is not asked before */
	int failures;	      /* in a row */
	int64_t failing_since;
	bool said_gone;	     /* that it looks gone */
	const char *problem; /* of the last check */
};

/* Whether and how to ask the server. */
enum check {
	CHECK_CONDITIONAL, /* with validators */
	CHECK_FULL,	   /* without: asked for, or no whole answer for a week */
	CHECK_RECENT,	   /* not: checked less than 15 minutes ago */
	CHECK_WAITING,	   /* not before remote.retry_after */
	CHECK_PAUSED,
	CHECK_GONE
};

struct check_flags {
	bool now;   /* the 15 minutes do not count: it was named, or this is a dry run */
	bool force; /* nor does a back-off, nor a 410; and no validators */
	bool full;  /* no validators */
};

enum check remote_check(const struct remote *r, int64_t now, struct check_flags flags);

enum answer_end { ANSWER_BODY, ANSWER_UNCHANGED, ANSWER_STATUS, ANSWER_FAILED };

struct answer {
	enum answer_end end;
	int status;
	bool conditional;    /* validators were sent */
	int64_t retry_after; /* seconds as the server asks, -1: it does not */
};

/*
 * Puts down what an answer means for the next check: failures, back-off, state. ERR_NONE for one
 * that can be used; ERR_NETWORK, or ERR_DECISION for a source that is gone (410). *say_gone: it is
 * worth saying, this once, that the source looks gone.
 * Back-off: 401 and 403 a day; 429 and 503 as the server asks within 60 s and 7 days, 4 hours where
 * it does not; the rest doubles from 1 to 24 hours, spread by `random`.
 */
enum err_code remote_answered(struct remote *r, const struct answer *a, int64_t now,
			      uint32_t random, bool *say_gone);

/* Which key is to have signed a file. */
enum key_rule {
	KEY_NONE,      /* unsigned source, unsigned file */
	KEY_UNKNOWN,   /* unsigned source; the file is signed, but its key is nowhere to be had */
	KEY_FIRST_USE, /* unsigned source; the file brings the key that it names */
	KEY_STORED,
	KEY_NEXT,    /* the announced one: it takes the place of the stored one */
	KEY_MISSING, /* ERR_VERIFY: a signed source never becomes unsigned */
	KEY_FOREIGN  /* ERR_VERIFY: signed by another key */
};

struct signature_facts {
	bool present;
	bool names_stored, names_next; /* the key id in it is that of the stored, announced key */
	bool brings_key;	       /* the file holds the public key that it names */
};

enum key_rule remote_key_rule(const struct remote *r, const struct signature_facts *facts);

enum serial_rule {
	SERIAL_FINE,  /* newer, or nothing to compare */
	SERIAL_JUMP,  /* more than a million further: accepted with a warning */
	SERIAL_OLDER, /* lower than the stored one */
	SERIAL_REUSED /* the stored one with other content */
};
#define SERIAL_JUMP_MIN 1000000

/*
 * Of a file whose hash is not the stored one. In a signed source older and reused are ERR_VERIFY,
 * in an unsigned one warnings.
 */
enum serial_rule remote_serial_rule(const struct remote *r, int64_t serial);

/* No change for twice the time that the source promises one in. */
bool remote_is_frozen(const struct remote *r, int64_t now);

enum move_rule {
	MOVE_NOT,
	MOVE_SAY,    /* the user is told */
	MOVE_REWRITE /* the stored address is replaced */
};

/* `to` is where the source is now, NULL: where it was. Only a signature by a stored key moves it.
 */
enum move_rule remote_move_rule(const char *location, const char *to, enum key_rule key);

/*
 * Whether so many removals look like an accident: of `before` cards `removed` go and `after` are
 * there then. More than 20 and 30 %, or all of them.
 */
bool remote_is_mass_change(size_t before, size_t removed, size_t after);

/* A source that was not checked for so long is worth a word in the greeting. */
#define REMOTE_STALE_DAYS 7
/* Whole days since the last check of an active source; 0 for one that is not to be checked. */
int remote_days_unchecked(const struct remote *r, int64_t now);

/* The exit status of several sources. */
struct tally {
	size_t succeeded;
	enum err_code worst;
};
void tally_add(struct tally *t, enum err_code code);
/* A success: ERR_NONE. Any 8 or 5 wins, else 3 where some succeeded, else the highest. */
enum err_code tally_status(const struct tally *t);

#endif
