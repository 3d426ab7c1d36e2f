#include "internal.h"

#include "base/str.h"
#include "base/strbuf.h"

/*
 * The schema as numbered steps. A new database runs every step, an older one those that it lacks;
 * each is one transaction together with user_version. A step that was released is never changed:
 * the next one alters what it made.
 *
 * Days are numbers as in core/day.h, NULL for none. Times are UTC milliseconds since 1970. The
 * numbers of enums are those of core. Flags are 0 or 1.
 */
#define DAY_RANGE "BETWEEN -719162 AND 2932896"
#define INT_RANGE "BETWEEN 0 AND 2147483647"

static const char *const step_1[] = {
	/* What the user has set, and `machine`, the random name of this machine. */
	"CREATE TABLE setting("
	" key TEXT PRIMARY KEY,"
	" value TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;",

	/* The machines that wrote events of this log. */
	"CREATE TABLE machine("
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE CHECK(length(name)=32)" /* 16 random bytes in hexadecimal */
	") STRICT;",

	/* Where decks come from. */
	"CREATE TABLE source("
	" id INTEGER PRIMARY KEY,"
	" kind INTEGER NOT NULL CHECK(kind BETWEEN 0 AND 2)," /* enum source_kind */
	" location TEXT NOT NULL UNIQUE,"		      /* absolute path, or a fixed word */
	/* of the bundled decks: what their stamp file held when last read; over HTTP: a version */
	" stamp TEXT,"
	" added INTEGER NOT NULL" /* time */
	") STRICT;",

	/* The files of a source as they were last read, so that a look at them costs a stat. */
	"CREATE TABLE file("
	" source_id INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE,"
	" path TEXT NOT NULL," /* absolute */
	" size INTEGER NOT NULL,"
	" mtime INTEGER NOT NULL," /* nanoseconds since 1970 */
	" inode INTEGER NOT NULL,"
	" hash BLOB NOT NULL CHECK(length(hash)=32)," /* of the content (hash_own) */
	" problem TEXT,"			      /* why the content was not taken */
	" PRIMARY KEY(source_id,path)"
	") STRICT, WITHOUT ROWID;",

	/* Topics by number, so that planning a day compares numbers. */
	"CREATE TABLE topic("
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE" /* a card's first tag, else its deck */
	") STRICT;",

	/* Decks. One that its source no longer has stays while it has cards with history. */
	"CREATE TABLE deck("
	" id INTEGER PRIMARY KEY,"
	" name TEXT NOT NULL UNIQUE CHECK(length(name) BETWEEN 1 AND 64)," /* its stable id */
	" title TEXT NOT NULL,"
	" summary TEXT,"
	" language TEXT,"
	" license TEXT,"
	" intro TEXT,"				    /* Markdown before the first card */
	" source_id INTEGER REFERENCES source(id)," /* NULL: kept after unsubscribing */
	" path TEXT,"				    /* its file */
	" position INTEGER NOT NULL,"		    /* place among all decks */
	" hash BLOB CHECK(length(hash)=32)"	    /* of its edition; NULL: gone */
	") STRICT;",
	"CREATE INDEX deck_source ON deck(source_id);",

	/* Cards: what lists and planning need. Their texts are in card_text. */
	"CREATE TABLE card("
	" id INTEGER PRIMARY KEY AUTOINCREMENT," /* never used again: a sitting may hold it */
	" deck_id INTEGER NOT NULL REFERENCES deck(id),"
	" name TEXT NOT NULL CHECK(length(name) BETWEEN 1 AND 64)," /* its id in the deck */
	" has_id INTEGER NOT NULL CHECK(has_id IN (0,1))," /* 0: name is the heading's slug */
	" position INTEGER NOT NULL,"			   /* deck.position << 20 | place there */
	" line INTEGER NOT NULL,"			   /* of its heading in the file */
	" level INTEGER NOT NULL CHECK(level BETWEEN 0 AND 3),"
	" tier INTEGER NOT NULL CHECK(tier BETWEEN 0 AND 3),"
	" aim INTEGER NOT NULL CHECK(aim BETWEEN 0 AND 3),"
	" kind INTEGER NOT NULL CHECK(kind BETWEEN 0 AND 5),"
	" competency INTEGER NOT NULL CHECK(competency BETWEEN 0 AND 7),"
	" topic_id INTEGER NOT NULL REFERENCES topic(id),"
	" most_asked INTEGER NOT NULL CHECK(most_asked IN (0,1)),"
	" seconds INTEGER NOT NULL CHECK(seconds BETWEEN 0 AND 3600)," /* of a spoken answer */
	" rev INTEGER NOT NULL CHECK(rev " INT_RANGE "),"	       /* changes of meaning */
	" variants INTEGER NOT NULL CHECK(variants " INT_RANGE "),"    /* other wordings */
	" tags TEXT NOT NULL,"					       /* each with \n behind it */
	" sets TEXT NOT NULL,"					       /* each with \n behind it */
	" probes TEXT NOT NULL," /* numbers of the parent's points, each with a blank behind it */
	" follows TEXT,"	 /* deck/card of the parent as the file says it */
	" parent_id INTEGER REFERENCES card(id) ON DELETE SET NULL,"   /* NULL: not there */
	" locked INTEGER NOT NULL DEFAULT 0 CHECK(locked IN (0,1)),"   /* parent not passed yet */
	" retired INTEGER NOT NULL DEFAULT 0 CHECK(retired IN (0,1))," /* its source lost it */
	" content BLOB NOT NULL CHECK(length(content)=32)," /* hash of all that the file gives */
	" body BLOB NOT NULL CHECK(length(body)=32),"	    /* the same without the question */
	" note TEXT,"					    /* cache of the newest note event */
	/* The schedule: a cache of the replay of the card's events (core/schedule.h). */
	" n INTEGER NOT NULL DEFAULT 0 CHECK(n " INT_RANGE "),"
	" ef INTEGER NOT NULL DEFAULT 250 CHECK(ef BETWEEN 130 AND 2147483647)," /* hundredths */
	" interval INTEGER NOT NULL DEFAULT 0 CHECK(interval " INT_RANGE "),"	 /* days */
	" due INTEGER CHECK(due " DAY_RANGE "),"				 /* NULL: new */
	" ask_by INTEGER CHECK(ask_by " DAY_RANGE "),"
	" ask INTEGER CHECK(ask " DAY_RANGE ")," /* the earlier of due and ask_by */
	" lapses INTEGER NOT NULL DEFAULT 0 CHECK(lapses " INT_RANGE "),"
	" reviews INTEGER NOT NULL DEFAULT 0 CHECK(reviews " INT_RANGE "),"
	" passed INTEGER NOT NULL DEFAULT 0 CHECK(passed IN (0,1)),"
	" last_day INTEGER CHECK(last_day " DAY_RANGE "),"
	" last_grade INTEGER NOT NULL DEFAULT -1 CHECK(last_grade BETWEEN -1 AND 5),"
	" day_answers INTEGER NOT NULL DEFAULT 0 CHECK(day_answers " INT_RANGE "),"
	" suspended INTEGER NOT NULL DEFAULT 0 CHECK(suspended IN (0,1)),"
	" flagged INTEGER NOT NULL DEFAULT 0 CHECK(flagged IN (0,1)),"
	" buried INTEGER CHECK(buried " DAY_RANGE "),"
	" UNIQUE(deck_id,name)"
	") STRICT;",
	/* Planning a day reads these two and no row of card: what is asked when, what is new. */
	"CREATE INDEX card_ask ON card(ask,interval,topic_id,position,seconds,buried,last_day,"
	" last_grade,day_answers) WHERE ask IS NOT NULL AND suspended=0 AND retired=0;",
	"CREATE INDEX card_new ON card(level,tier,most_asked,position,topic_id,seconds,buried)"
	" WHERE due IS NULL AND suspended=0 AND retired=0 AND locked=0;",
	"CREATE INDEX card_parent ON card(parent_id) WHERE parent_id IS NOT NULL;",
	"CREATE INDEX card_orphan ON card(follows) WHERE follows IS NOT NULL AND parent_id IS "
	"NULL;",
	/* Heading edits of cards without ids: what is left over, and what it could have become. */
	"CREATE INDEX card_left ON card(deck_id,body) WHERE has_id=0 AND retired=1;",
	"CREATE INDEX card_body ON card(deck_id,body) WHERE has_id=0 AND retired=0;",

	/* The sections of a card, Markdown, NULL where it has none. */
	"CREATE TABLE card_text("
	" card_id INTEGER PRIMARY KEY REFERENCES card(id) ON DELETE CASCADE,"
	" question TEXT NOT NULL,"
	" answer TEXT,"
	" points TEXT,"	  /* Key points */
	" weak TEXT,"	  /* Weak answer */
	" good TEXT,"	  /* Good signs */
	" flags TEXT,"	  /* Red flags */
	" why TEXT,"	  /* Why it matters */
	" variants TEXT," /* Also asked as */
	" links TEXT"	  /* See also */
	") STRICT;",

	/* The user's own words for sections, laid over those of the deck. */
	"CREATE TABLE overlay("
	" card_id INTEGER NOT NULL REFERENCES card(id) ON DELETE CASCADE,"
	" section INTEGER NOT NULL CHECK(section BETWEEN 0 AND 8)," /* enum section */
	" base TEXT,"	       /* the deck's text when the edit was made */
	" text TEXT NOT NULL," /* the user's own */
	" PRIMARY KEY(card_id,section)"
	") STRICT;",

	/* The log: append-only, the truth. Everything else about progress is a cache of it. */
	"CREATE TABLE event("
	" id INTEGER PRIMARY KEY,"			   /* order of arrival here */
	" uid BLOB NOT NULL UNIQUE CHECK(length(uid)=16)," /* random, the same everywhere */
	" time INTEGER NOT NULL,"
	" machine_id INTEGER NOT NULL REFERENCES machine(id),"
	" card_id INTEGER REFERENCES card(id),"
	" prev BLOB CHECK(length(prev)=16),"	 /* newest event of the card that was known then */
	" kind INTEGER NOT NULL CHECK(kind>=0)," /* enum event_kind; newer ones are kept */
	" what INTEGER CHECK(what>=0),"		 /* of a set: enum set_what */
	" value INTEGER,"			 /* of a set: flag or day; section of an edit */
	" target BLOB CHECK(length(target)=16)," /* of a void: the review it takes back */
	" name TEXT,"				 /* key, location, or earlier name */
	" text TEXT"				 /* value, note, edit, or later name */
	") STRICT;",
	"CREATE INDEX event_card ON event(card_id) WHERE card_id IS NOT NULL;",

	/* What an event says that is a review. */
	"CREATE TABLE review("
	" event_id INTEGER PRIMARY KEY REFERENCES event(id) ON DELETE CASCADE,"
	" day INTEGER NOT NULL CHECK(day " DAY_RANGE "),"	/* study day */
	" mode INTEGER NOT NULL CHECK(mode BETWEEN 0 AND 4),"	/* enum review_mode */
	" blind INTEGER CHECK(blind BETWEEN 0 AND 5),"		/* grade before the model answer */
	" grade INTEGER NOT NULL CHECK(grade BETWEEN 0 AND 5)," /* final */
	" points INTEGER CHECK(points BETWEEN 0 AND 67108863)," /* bits; NULL: not assessed */
	" point_count INTEGER NOT NULL CHECK(point_count BETWEEN 0 AND 26),"
	" answer_ms INTEGER CHECK(answer_ms>=0),"		       /* question to blind grade */
	" total_ms INTEGER CHECK(total_ms>=0),"			       /* question to final grade */
	" seconds INTEGER NOT NULL CHECK(seconds BETWEEN 0 AND 3600)," /* the card's own, then */
	" variant INTEGER NOT NULL CHECK(variant>=0),"		       /* wording that was asked */
	" hints INTEGER NOT NULL CHECK(hints BETWEEN 0 AND 2),"
	" cap INTEGER NOT NULL CHECK(cap BETWEEN 1 AND 2147483647)," /* of the interval, days */
	" ask_by INTEGER CHECK(ask_by " DAY_RANGE "),"
	" counts INTEGER NOT NULL CHECK(counts IN (0,1))," /* cache: a scheduled review */
	" first INTEGER NOT NULL CHECK(first IN (0,1)),"   /* cache: counts, and was new before */
	" voided INTEGER NOT NULL DEFAULT 0 CHECK(voided IN (0,1))," /* cache: taken back */
	" content BLOB NOT NULL CHECK(length(content)=32),"	     /* of the card, then */
	" answer TEXT"						     /* as typed; NULL: spoken */
	") STRICT;",
	"CREATE INDEX review_day ON review(day);",
	/* The pace: answers in study whose time was taken. */
	"CREATE INDEX review_pace ON review(event_id,total_ms,seconds)"
	" WHERE mode=0 AND total_ms>=3000 AND voided=0;",

	/* Answers that were not graded yet. */
	"CREATE TABLE draft("
	" card_id INTEGER PRIMARY KEY REFERENCES card(id) ON DELETE CASCADE,"
	" answer TEXT NOT NULL,"
	" blind INTEGER CHECK(blind BETWEEN 0 AND 5),"
	" time INTEGER NOT NULL"
	") STRICT;",

	/* Pairs of cards of which the user said that they are not one card with a new heading. */
	"CREATE TABLE declined("
	" old_id INTEGER NOT NULL REFERENCES card(id) ON DELETE CASCADE,"
	" new_id INTEGER NOT NULL REFERENCES card(id) ON DELETE CASCADE,"
	" PRIMARY KEY(old_id,new_id)"
	") STRICT, WITHOUT ROWID;",
	"CREATE INDEX declined_new ON declined(new_id);",
	NULL,
};

static const char *const step_2[] = {
	/*
	 * What makes a source (kind 2) one that is subscribed to over HTTP; source.location is its
	 * URL. The file is the deck or the index at that address.
	 */
	"CREATE TABLE remote("
	" source_id INTEGER PRIMARY KEY REFERENCES source(id) ON DELETE CASCADE,"
	" is_index INTEGER NOT NULL CHECK(is_index IN (0,1))," /* 0: a single deck */
	" title TEXT,"
	" trust INTEGER NOT NULL CHECK(trust BETWEEN 0 AND 2)," /* enum trust */
	" key TEXT,"	  /* minisign public key in base64; NULL: unsigned */
	" next_key TEXT," /* announced by a file that `key` signed */
	" insecure INTEGER NOT NULL DEFAULT 0 CHECK(insecure IN (0,1))," /* --insecure-http */
	" suspend_new INTEGER NOT NULL DEFAULT 0 CHECK(suspend_new IN (0,1)),"
	" state INTEGER NOT NULL DEFAULT 0 CHECK(state BETWEEN 0 AND 2)," /* enum remote_state */
	" etag TEXT," /* validators as the server sent them, filtered */
	" modified TEXT,"
	" hash BLOB CHECK(length(hash)=32)," /* SHA-256 of the newest file that was taken */
	" serial INTEGER CHECK(serial>=0),"  /* its serial */
	" updated TEXT,"		     /* what the file says */
	" refresh INTEGER NOT NULL DEFAULT 0 CHECK(refresh " INT_RANGE ")," /* days promised */
	" moved_to TEXT,"   /* where it says, or a redirect said, that it is now */
	" proxy TEXT,"	    /* host:port that the newest answer came through */
	" changed INTEGER," /* times: content last differed, last answer, last full answer */
	" checked INTEGER,"
	" fetched INTEGER,"
	" retry_after INTEGER," /* time before which it is not asked */
	" failures INTEGER NOT NULL DEFAULT 0 CHECK(failures " INT_RANGE ")," /* in a row */
	" failing_since INTEGER,"
	" said_gone INTEGER NOT NULL DEFAULT 0 CHECK(said_gone IN (0,1))," /* that it looks gone */
	" problem TEXT" /* of the last check; NULL: none */
	") STRICT;",

	/* What was taken from a remote source, the newest five: its file and, of an index, decks.
	 */
	"CREATE TABLE edition("
	" id INTEGER PRIMARY KEY AUTOINCREMENT," /* order of arrival */
	" source_id INTEGER NOT NULL REFERENCES remote(source_id) ON DELETE CASCADE,"
	" time INTEGER NOT NULL,"
	" serial INTEGER,"
	" in_force INTEGER NOT NULL CHECK(in_force IN (0,1))" /* the cards are those of this one */
	") STRICT;",
	"CREATE INDEX edition_source ON edition(source_id);",
	"CREATE TABLE content("
	" id INTEGER PRIMARY KEY,"
	" hash BLOB NOT NULL UNIQUE CHECK(length(hash)=32),"
	" bytes BLOB NOT NULL"
	") STRICT;",
	"CREATE TABLE edition_file("
	" edition_id INTEGER NOT NULL REFERENCES edition(id) ON DELETE CASCADE,"
	" name TEXT NOT NULL," /* deck id; \"\" for the source's own file */
	" content_id INTEGER NOT NULL REFERENCES content(id),"
	" PRIMARY KEY(edition_id,name)"
	") STRICT, WITHOUT ROWID;",
	"CREATE INDEX edition_content ON edition_file(content_id);",

	/*
	 * Search. Triggers are off, and writing a card or an answer shall cost nothing: the index
	 * follows when it is asked (store/search.h). It has the words only, not the texts, so that
	 * nothing can be taken out of it again: a card whose words change gets a new entry, and
	 * what no entry names any more is passed over until the index is made new.
	 */
	SCHEMA_SEARCH,
	/* Cards that have an entry, and whose words have changed since or that are gone. */
	"CREATE TABLE search_todo("
	" card_id INTEGER PRIMARY KEY"
	") STRICT;",
	NULL,
};

static const char *const *const steps[SCHEMA_VERSION] = {step_1, step_2};

/*
 * The hash of what schema_verify() reads of a database at the newest version. It holds a file that
 * somebody else has changed (a trigger, a view, a missing index) apart from one of viva's. The
 * inner tables of the search index are SQLite's and may differ between its versions: they are left
 * out. Who adds a step puts the one here that the refusal names, and the dump of a database of the
 * format before into tests/data/schema/.
 */
static const char fingerprint[] =
	"3d5ae158e567192357e081fe7a8cb0f2a6dd56db492ac9791bfb0d038e4a48bd";

#define SCHEMA_TEXT_MAX (1u << 20)

static const char sql_schema[] =
	"SELECT type,name,tbl_name,sql FROM sqlite_schema WHERE type NOT IN ('table','index')"
	" OR (substr(name,1,7)<>'sqlite_' AND name NOT GLOB '*_search_*') ORDER BY name,type";

enum err_code schema_verify(struct store *s, struct error *err)
{
	struct stmt *q = stmt_new(s, sql_schema, false);
	struct arena arena = ARENA_INIT;
	char hex[2 * HASH_SIZE + 1];
	struct strbuf text;
	struct hash hash;
	enum err_code rc;
	bool more;

	strbuf_init(&text, SCHEMA_TEXT_MAX);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		for (int i = 0; i < 4; i++) {
			const char *part = get_text(q, &arena);

			strbuf_str(&text, part ? part : "");
			strbuf_char(&text, '\n');
		}
	}
	stmt_free(q);
	hash = hash_own(text.buf, text.len);
	hash_hex(&hash, hex);
	if (!rc && (text.full || !str_eq(hex, fingerprint)))
		rc = store_damaged(s,
				   arena_printf(&arena,
						"its tables are not those that viva makes "
						"(fingerprint %s)",
						hex),
				   err);
	strbuf_release(&text);
	arena_release(&arena);
	return rc;
}

static enum err_code run_step(struct store *s, int version, struct error *err)
{
	char *cookie = sqlite3_mprintf("PRAGMA user_version=%d", version);
	int rc = cookie ? SQLITE_OK : SQLITE_NOMEM;

	for (const char *const *part = steps[version - 1]; *part && !rc; part++)
		rc = sqlite3_exec(s->db, *part, NULL, NULL, NULL);
	if (!rc)
		rc = sqlite3_exec(s->db, cookie, NULL, NULL, NULL);
	sqlite3_free(cookie);
	return rc ? store_fail(s, rc, err) : ERR_NONE;
}

enum err_code schema_version(struct store *s, int *version, struct error *err)
{
	struct stmt *q = stmt_new(s, "PRAGMA user_version", false);
	bool found;
	enum err_code rc = stmt_row(q, &found, err);

	*version = !rc && found ? (int)get_int(q) : 0;
	stmt_free(q);
	return rc;
}

enum err_code schema_migrate(struct store *s, struct error *err)
{
	int version;
	enum err_code rc = schema_version(s, &version, err);

	while (!rc && version < SCHEMA_VERSION) {
		rc = store_begin(s, err);
		if (rc)
			break;
		/* Another program may have been faster. */
		rc = schema_version(s, &version, err);
		if (!rc && version < SCHEMA_VERSION)
			rc = run_step(s, ++version, err);
		if (store_end(s, rc == ERR_NONE, err))
			rc = err->code;
	}
	return rc;
}
