/*
 * What the files of this folder share: the connection, statements, the schedule columns, events.
 *
 * A statement is prepared once and kept, found again by the address of its SQL text. Parameters
 * are put and columns are got in their order, so that SQL and C are read side by side:
 *
 *   struct stmt *q = sql(s, sql_of_something);
 *   put_int(q, key);
 *   while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more)
 *           name = get_text(q, arena);
 *
 * Texts and bytes are not copied: they stay until the statement is done. The first thing that goes
 * wrong (preparing, a parameter that is too long) is kept and comes out of stmt_row() or
 * stmt_run(). A statement that is left before its last row is given back with stmt_reset(),
 * because an open read holds a lock.
 */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <sqlite3.h>
#include <sys/types.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "core/card.h"
#include "core/schedule.h"
#include "store/backup.h"
#include "store/card.h"
#include "store/store.h"

struct stmt {
	struct store *store;
	const char *text;
	sqlite3_stmt *st;
	int rc;	      /* the first error of preparing or putting, SQLITE_OK for none */
	int next;     /* the last parameter put or column got */
	bool damaged; /* a column was outside of the range that its CHECK allows */
};

struct store {
	sqlite3 *db;
	char *path;	/* real path; of a temporary file what messages name instead */
	char *file;	/* the temporary file, else NULL */
	bool in_memory; /* the empty database of a reader of a file that is not there */
	struct stmt **stmts;
	size_t stmt_count, stmt_cap;
	bool in_transaction;
	int readers;	 /* store_read_begin() without its end so far */
	bool broken;	 /* a part of the transaction failed: it does not commit */
	int64_t machine; /* this machine's row, 0: not looked up yet */
	bool own_index;	 /* the search index is in memory, because the file cannot be written */
};

#define BUSY_MS 5000 /* waited for a program that writes */

/* open.c: one connection, hardened; to copies of the database too */
void store_setup(void);			       /* before the first call of SQLite */
int store_connect(struct store *s, int flags); /* these two return SQLite's code */
int store_exec(struct store *s, const char *text);
void store_disconnect(struct store *s);
/* For what reads the whole file once: pages that nobody needs again are not kept in memory. */
void store_small_cache(struct store *s, bool small);
enum err_code store_open_read(struct store *s,
			      struct error *err); /* s->path, whatever its format */
/* An empty database under a temporary name; store_drop_temp() in any case, after publish() too. */
enum err_code store_temp(struct store *s, const char *folder, const char *name, const char *shown,
			 struct error *err);
void store_drop_temp(struct store *s);
enum err_code store_name_machine(struct store *s, struct error *err); /* a new random name */

/* probe.c: what stands at a path, before SQLite opens it as a database */
enum place { PLACE_NOTHING, PLACE_ZERO, PLACE_DATABASE };
/*
 * Follows symbolic links and looks at what is there. *real is for the caller to free; it is the
 * path as given where nothing is there yet.
 */
enum err_code probe_path(const char *path, char **real, enum place *place, struct error *err);
/* Refuses what is no database of viva, having only read it; `advice` is said behind it. */
enum err_code probe_header(const char *path, const char *advice, int *version, struct error *err);

/* file.c: names beside the database, and files that SQLite does not have open */
char *folder_of(const char *path); /* the caller frees these two */
char *join_path(const char *folder, const char *before, const char *name, const char *after);
const char *base_of(const char *path);
mode_t file_kind(const char *path); /* S_IFREG ..., 0 where nothing is; follows links */
enum err_code fail_errno(struct error *err, const char *path, const char *what);
enum err_code make_folder(const char *path, struct error *err); /* and those above it */
enum err_code sync_folder(const char *folder, struct error *err);
enum err_code sync_file(const char *path, struct error *err);
/* An empty file ".NAME.XXXXXX", mode 0600; *path is for the caller to free. */
enum err_code make_temp(const char *folder, const char *name, char **path, struct error *err);
/*
 * Gives a finished temporary file its name; it is gone in any case. Without `replace` a file that
 * has the name stays (*done false).
 */
enum err_code publish(const char *temp, const char *path, bool replace, bool *done,
		      struct error *err);
enum err_code hash_file(const char *path, struct hash *out, struct error *err);

/* stmt.c */
struct stmt *sql(struct store *s, const char *text); /* ready for its first parameter */
struct stmt *stmt_new(struct store *s, const char *text, bool keep);
void stmt_free(struct stmt *q);
void put_int(struct stmt *q, int64_t value);
void put_key(struct stmt *q, int64_t key);	 /* NULL for 0 */
void put_day(struct stmt *q, int day);		 /* NULL for DAY_NONE */
void put_text(struct stmt *q, const char *text); /* NULL for NULL */
void put_serial(struct stmt *q, int64_t serial); /* NULL for -1 */
void put_bytes(struct stmt *q, const void *bytes, size_t len);
void put_null(struct stmt *q);
enum err_code stmt_row(struct stmt *q, bool *row, struct error *err);
enum err_code stmt_run(struct stmt *q, struct error *err);
/* A statement with one number as its parameter, and no rows. */
enum err_code stmt_run_with(struct store *s, const char *text, int64_t value, struct error *err);
void stmt_reset(struct stmt *q);
int64_t get_int(struct stmt *q);
double get_real(struct stmt *q);
int get_range(struct stmt *q, int low, int high); /* outside: low, and the statement is damaged */
bool get_null(struct stmt *q);			  /* true, and passed over, for NULL */
int get_day(struct stmt *q);			  /* DAY_NONE for NULL */
int get_or(struct stmt *q, int low, int high, int none); /* none for NULL */
int64_t get_number(struct stmt *q, int64_t none);	 /* none for NULL */
bool get_bool(struct stmt *q);
const char *get_text(struct stmt *q, struct arena *arena); /* NULL for NULL */
bool get_bytes(struct stmt *q, void *out, size_t len);	   /* false for NULL or another length */
const char *get_blob(struct stmt *q, struct arena *arena, size_t *len); /* "" for NULL */
const char *get_card_name(struct stmt *q, struct arena *arena); /* of two columns, deck and card */
void get_skip(struct stmt *q);
/*
 * The first column of the only row, or `none` where there is no row or the read fails; then a
 * transaction that it is part of does not commit.
 */
int64_t stmt_value(struct stmt *q, int64_t none);

/* ERR_FOUND for a key that no card has (any more). */
enum err_code store_no_card(struct error *err);

/* The newest failure of SQLite as a message that names the database and says what to do. */
enum err_code store_fail(struct store *s, int rc, struct error *err);
enum err_code store_damaged(struct store *s, const char *what, struct error *err);
/* A cached schedule or number that its CHECK forbids: the log can make it new. */
enum err_code store_unsound(struct store *s, struct error *err);

/*
 * For functions that write: a transaction of their own where the caller has none. change_end()
 * commits or rolls it back and returns rc, or the error of the commit.
 */
enum err_code change_begin(struct store *s, bool *own, struct error *err);
enum err_code change_end(struct store *s, bool own, enum err_code rc, struct error *err);

/* backup.c: pages from one connection to another, which is empty */
enum err_code store_copy(struct store *from, struct store *to, struct error *err);

/* backup_folder.c: names of copies, and which of them are kept */
#define DIGEST_LEN 16
const char *backup_time(int64_t now, struct arena *arena); /* "20261120T090000Z" */
const char *backup_name(const char *base, int64_t now, const struct hash *hash,
			struct arena *arena);
char *backups_folder(const char *path); /* of a database; the caller frees it */
/* The copies of `base` that lie in a folder, newest first. */
enum err_code backups_list(const char *folder, const char *base, struct arena *arena,
			   struct backup **out, size_t *count, struct error *err);
bool backups_has_day(struct store *s, int64_t now); /* a copy of this day, UTC */
/* Drops the copies that need not be kept, and what was left half-made a day ago. */
void backups_tidy(const char *folder, const char *base, int64_t now);

/*
 * swap.c: a finished temporary file takes the place of the database, which gets the name *kept.
 * Where there was none one that appeared meanwhile stays: ERR_STORAGE.
 */
enum err_code swap_in(const char *temp, const char *path, enum place place, int64_t now,
		      struct arena *arena, const char **kept, struct error *err);

/* health.c: the first thing that SQLite finds wrong, NULL for nothing */
#define CHECK_QUICK "PRAGMA quick_check(1)"
#define CHECK_WHOLE "PRAGMA integrity_check(1)"
enum err_code store_flaw(struct store *s, const char *check, struct arena *arena, const char **flaw,
			 struct error *err);
enum err_code store_flawed(struct store *s, const char *flaw, struct error *err); /* its error */

/* schema.c */
/*
 * card_search: folded words (base/fold.h); `more`: name, tags and the other sections, `own`: note
 * and answers. Its rows are entries. What is collected before it is written is larger than by
 * default, which halves the work.
 */
#define SCHEMA_SEARCH_IN(schema) \
	"CREATE VIRTUAL TABLE " schema ".card_search USING fts5(question,points,answer,more,own," \
	"content='',tokenize='unicode61 remove_diacritics 0');" \
	"INSERT INTO " schema ".card_search(card_search,rank) VALUES('hashsize',16777216);" \
	"CREATE TABLE " schema ".search_entry(" \
	" id INTEGER PRIMARY KEY AUTOINCREMENT," /* never used again */ \
	" card_id INTEGER NOT NULL UNIQUE," \
	" words INTEGER NOT NULL" /* hash of them */ \
	") STRICT;"
#define SCHEMA_SEARCH SCHEMA_SEARCH_IN("main")
#define SCHEMA_APPLICATION 0x76697661 /* "viva" */
#define SCHEMA_VERSION 2
/* Of what is committed, or of the open transaction. */
enum err_code schema_version(struct store *s, int *version, struct error *err);
enum err_code schema_migrate(struct store *s, struct error *err);
enum err_code schema_verify(struct store *s, struct error *err);

/* schedule.c: the cached schedule of a card */
#define SCHEDULE_COLUMNS \
	"c.n,c.ef,c.interval,c.due,c.ask_by,c.lapses,c.reviews,c.passed,c.last_day,c.last_grade," \
	"c.day_answers,c.suspended,c.flagged,c.buried"
struct schedule get_schedule(struct stmt *q);
enum err_code schedule_load(struct store *s, int64_t card, struct schedule *out, struct error *err);
enum err_code schedule_store(struct store *s, int64_t card, const struct schedule *old,
			     const struct schedule *new, struct error *err);
bool schedule_equal(const struct schedule *a, const struct schedule *b);

/* event.c */
struct uid uid_random(void);
enum err_code event_add(struct store *s, int64_t card, struct event *e, const char *name,
			const char *text, int64_t *id, struct error *err);
/* For commits that reported a failure of the disk: they may have happened all the same. */
bool event_is_there(struct store *s, const struct uid *uid);

/* config.c: the row of a setting, without an event; value NULL takes it away */
enum err_code config_put(struct store *s, const char *key, const char *value, struct error *err);

/* set.c: what a note and an edit change beside the log; text NULL takes them away */
enum err_code note_put(struct store *s, int64_t card, const char *text, struct error *err);
enum err_code overlay_put(struct store *s, int64_t card, enum section section, const char *text,
			  struct error *err);

/*
 * index.c: whoever changes words of cards (texts, names, notes, answers) or deletes cards says so,
 * before or after it in the same transaction. event_add() does for what it writes.
 */
enum err_code index_touch(struct store *s, int64_t card, struct error *err);
enum err_code index_touch_deck(struct store *s, int64_t deck, struct error *err);
enum err_code index_touch_source(struct store *s, int64_t source, struct error *err);
/* Cards with a higher id were never indexed; 0: none was. */
int64_t index_mark(struct store *s);
#define INDEX_MARK "(SELECT coalesce(max(card_id),0) FROM search_entry)"
/*
 * The words of the query that must be there, as an expression for the index; false where it can
 * find none of them. What it finds may be more, never less, than what core/match.h does.
 */
bool index_expression(const struct query *query, bool own, struct strbuf *out);

/* edition.c: drops the contents that no edition has any more */
enum err_code edition_drop_contents(struct store *s, struct error *err);

/* replay.c: the events of one card with what the replay makes of them */
enum { LOG_COUNTS = 1, LOG_FIRST = 2, LOG_VOIDED = 4 };
struct logged {
	int64_t id;
	int cached;  /* LOG_* as the store has it, -1 for what is no review */
	int derived; /* LOG_* as the replay has it */
};
struct card_log {
	struct event *events;
	struct logged *entries; /* beside the events */
	size_t *order;		/* of the last replay: their numbers, oldest first */
	size_t count;
	size_t events_cap, entries_cap;
};
#define LOG_COLUMNS \
	"e.id,e.kind,e.uid,e.prev,e.time,e.target,e.what,e.value,r.grade,r.day,r.cap,r.ask_by," \
	"r.counts,r.first,r.voided"
void log_add(struct card_log *log, struct stmt *q); /* gets LOG_COLUMNS */
enum err_code log_load(struct store *s, int64_t card, struct card_log *log, struct error *err);
struct schedule log_replay(struct card_log *log);
bool log_flags_differ(const struct card_log *log);
enum err_code log_store_flags(struct store *s, const struct card_log *log, struct error *err);
void log_clear(struct card_log *log);
void log_release(struct card_log *log);
/* Replays all events of a card and stores schedule and flags. The log is for the caller to release.
 */
enum err_code log_apply(struct store *s, int64_t card, struct card_log *log, struct error *err);
enum err_code card_replay(struct store *s, int64_t card, struct error *err);

/* place.c: places of cards as small numbers that compare like the stored positions */
struct places {
	int64_t *decks; /* sorted positions of all decks */
	size_t count;
};
#define PLACE_BITS 20 /* of a stored position are the card's place in its deck */
enum err_code places_load(struct store *s, struct arena *arena, struct places *out,
			  struct error *err);
int place_of(const struct places *p, int64_t position);

/* card.c */
#define INFO_COLUMNS \
	"c.id,d.name,c.name,d.title,coalesce(o.text,t.question)," \
	"coalesce((SELECT pd.name||'/'||p.name FROM card p JOIN deck pd ON pd.id=p.deck_id" \
	" WHERE p.id=c.parent_id),c.follows),c.parent_id,c.locked," \
	"c.probes,c.level,c.tier,c.aim,c.kind,c.competency,c.tags,c.sets," \
	"(SELECT name FROM topic WHERE id=c.topic_id),c.most_asked,c.seconds,c.rev,c.variants," \
	"c.position,c.retired,EXISTS(SELECT 1 FROM overlay x WHERE x.card_id=c.id),c.note,d.path," \
	"c.line," SCHEDULE_COLUMNS
#define INFO_TABLES \
	" FROM card c JOIN deck d ON d.id=c.deck_id JOIN card_text t ON t.card_id=c.id" \
	" LEFT JOIN overlay o ON o.card_id=c.id AND o.section=0 "
struct card_info get_info(struct stmt *q, const struct places *places, struct arena *arena);
enum err_code text_overlay(struct store *s, int64_t key, struct arena *arena, struct card *out,
			   struct error *err);
enum err_code info_load(struct store *s, int64_t key, const struct places *places,
			struct arena *arena, struct card_info *out, struct error *err);

/* list.c: the keys of the cards that match, in deck order */
struct list_rules {
	int today, repeat_below;
	bool retired; /* retired cards too, whether or not the query asks for them */
};
enum err_code list_keys(struct store *s, const struct query *q, const struct list_rules *rules,
			struct arena *arena, int64_t **keys, size_t *count, struct error *err);
struct strlist split_list(const char *text, char end, struct arena *arena);
/* Of a row o of overlay and the row t of card_text: the deck's text in the section of the edit. */
#define OVERLAID_TEXT \
	"CASE o.section WHEN 0 THEN t.question WHEN 1 THEN t.answer WHEN 2 THEN t.points" \
	" WHEN 3 THEN t.weak WHEN 4 THEN t.good WHEN 5 THEN t.flags WHEN 6 THEN t.why" \
	" WHEN 7 THEN t.variants ELSE t.links END"

#endif
