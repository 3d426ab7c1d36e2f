/*
 * What the files of the deck layer share. A source is one file's text; the splitter makes an
 * outline of it (offsets into the text); mappings are the YAML in it; parse.c puts the deck
 * together, fix.c writes into the text at the outline's offsets.
 */
#ifndef DECK_INTERNAL_H
#define DECK_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "core/card.h"
#include "deck/parse.h"
#include "deck/problem.h"

#define NONE ((size_t)-1)

/* Where in the file: from 1, columns in characters. */
struct place {
	int line, column;
};

/* ---- source.c: the text of a file, checked byte by byte ---- */

struct source {
	const char *file;
	const char *text; /* behind the BOM, up to the signature; not NUL-terminated */
	size_t len;
	struct arena *arena;
	struct problems *problems;
};

struct line {
	size_t start, end; /* end: before LF or CRLF */
	size_t next;
	int number;
};

/*
 * Strips the BOM. False when the bytes are no text that may be parsed (encoding, line length, more
 * than `max` bytes, a multiple of 1 MiB); all such problems are reported.
 */
bool source_text(struct source *src, const char *bytes, size_t len, size_t max);

/* source_text() of a deck, of which a signature is cut off. */
bool source_open(struct source *src, const char *bytes, size_t len);

/* Steps to the next line of text; start with a zeroed line. */
bool line_next(const char *text, size_t len, struct line *line);

/* The place of an offset at or behind the start of the line with the given number. */
struct place source_place(const struct source *src, size_t line_start, int number, size_t offset);

void source_error(const struct source *src, struct place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void source_warn(const struct source *src, struct place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A word of the author as a message may repeat it: short, one line. */
const char *source_quote(const struct source *src, const char *word);

/*
 * Room for one more element in an array that lives in the arena; returns the array, which may have
 * moved. Doubles when full.
 */
void *arena_room(struct arena *a, void *items, size_t count, size_t *cap, size_t size);

/* ---- block.c: what each line is in CommonMark, at the top level ---- */

enum line_kind {
	LINE_BLANK,
	LINE_TEXT,	/* paragraph, table, or the lazy end of one in a container */
	LINE_HEADING,	/* ATX */
	LINE_UNDERLINE, /* makes the paragraph above a setext heading */
	LINE_RULE,
	LINE_ITEM,   /* starts a list item */
	LINE_INSIDE, /* belongs to the item above, whatever it is there */
	LINE_QUOTE,
	LINE_CODE,
	LINE_COMMENT, /* starts an HTML comment */
	LINE_HTML     /* any other line of an HTML block, comments too */
};

struct block {
	char fence; /* '`' or '~' while a fenced block is open */
	size_t fence_len;
	int html;	 /* the kind of HTML block that is open (1-7 as in CommonMark), or 0 */
	size_t item;	 /* column where the open item's content starts, or 0 */
	bool item_blank; /* the open item has only its empty first line so far */
	bool paragraph;	 /* the line above is a paragraph at the top level */
	bool lazy;	 /* the line above may be a paragraph inside an item or quote */
};

struct line_info {
	enum line_kind kind;
	int level;	   /* headings and underlines: 1-6 */
	size_t start, end; /* headings, items: where the content is in the line */
	size_t offset;	   /* items: columns that continuation lines are indented by */
};

/* The next line of a text, without its line end. Start with a zeroed block. */
struct line_info block_line(struct block *b, const char *s, size_t len);

/* Skips up to max columns of white space; a tab goes to the next multiple of four. */
size_t block_indent(const char *s, size_t len, size_t max, size_t *columns);

/* html.c: the kind of HTML block that starts here (1-7, behind the indentation), or 0. */
int html_start(const char *s, size_t len, bool in_paragraph);
/* Whether the line ends a block of that kind. */
bool html_end(int kind, const char *s, size_t len);

/* ---- split.c: the outline of a file ---- */

struct comment {
	size_t line_start; /* of the line that it starts in; only blanks are before it */
	size_t start, end; /* from "<!--" to behind "-->" */
	int line;
};

struct piece {
	enum section section;
	size_t start, end;
	int line;     /* of the section's heading, of the card's for the first */
	bool heading; /* has a known heading of its own */
};

struct outline_card {
	int line;     /* of the heading; the intro: 1 */
	size_t below; /* offset of the line under the heading */
	const char *question;
	size_t piece, piece_count;
	size_t comment, comment_count;
	size_t meta;	    /* the comment that is the metadata, or NONE */
	size_t meta_insert; /* where an id can be put into it */
	bool meta_flow;
};

struct outline {
	bool has_front;
	size_t front_end;	      /* offset of the closing line; the front matter starts at 0 */
	size_t front_below;	      /* offset of the line under the opening line */
	size_t front_insert;	      /* where `deck` can be put into its mapping, or NONE */
	bool front_flow, front_empty; /* that mapping: with braces, without keys */
	const char *title;	      /* the level-1 heading; NULL for none */
	struct outline_card intro;
	struct outline_card *cards;
	size_t card_count, card_cap;
	struct piece *pieces;
	size_t piece_count, piece_cap;
	struct comment *comments;
	size_t comment_count, comment_cap;
};

/* False when it makes no sense to go on (too many cards). Problems are reported. */
bool split_source(const struct source *src, struct outline *out);

/* ---- mapping.c: YAML, a mapping of words to words and lists of words ---- */

#define MAPPING_KEYS_MAX 64
#define MAPPING_DEPTH_MAX 8
/* `check --fix` would write one that cannot be read any more. */
#define NO_ROOM_FOR_ID "64 keys and none of them is the id: drop one"
#define MAPPING_ITEMS_MAX 4096 /* of a list */

struct scalar {
	const char *text;
	struct place at;
};

enum shape {
	SHAPE_SCALAR,
	SHAPE_LIST,
	SHAPE_MAPPINGS, /* a list of mappings; only in the outermost one */
	SHAPE_NESTED	/* anything else: not kept */
};

struct entry {
	const char *key;
	struct place at;
	enum shape shape;
	struct scalar *values; /* one for a scalar, those of a list */
	size_t count, cap;
	struct mapping *items; /* of a list of mappings */
	size_t item_count, item_cap;
};

struct mapping {
	struct entry *entries;
	size_t count, cap;
	struct place at; /* of an item: where it starts */
	bool flow;	 /* this and the next of the outermost one only */
	size_t insert;	 /* offset in the file: of the first key, or behind the '{' */
};

enum mapping_status {
	MAPPING_READ,
	MAPPING_OTHER, /* well-formed, but no mapping */
	MAPPING_BAD    /* *at and *message say why */
};

/*
 * yaml is text of the file from offset `base`, the start of line number `number` (characters may
 * be replaced one for one).
 */
enum mapping_status mapping_read(const struct source *src, const char *yaml, size_t len,
				 size_t base, int number, struct mapping *out, struct place *at,
				 const char **message);

/* ---- value.c: the values of a mapping, checked ---- */

/* NULL (reported) when the entry is no single word with something in it. */
const char *value_text(const struct source *src, const struct entry *e);
/* value_text() that is one line. */
const char *value_line(const struct source *src, const struct entry *e);
/* A line that `good` accepts, else NULL, reported as "KEY 'value' EXPECTED". */
const char *value_checked(const struct source *src, const struct entry *e,
			  bool (*good)(const char *), const char *expected);

bool value_int(const struct source *src, const struct entry *e, int min, int max, int *out);
const char *value_id(const struct source *src, const struct entry *e);
/* "card" or "deck/card". */
bool value_is_reference(const char *s);

/*
 * The entry as a list, a single word being a list of one; an item that `good` refuses is reported
 * as "KEY 'item' EXPECTED".
 */
struct strlist value_list(const struct source *src, const struct entry *e, size_t max,
			  bool (*good)(const char *), const char *expected);
/* A tag or set: visible characters without blanks and commas, at most 64 bytes. */
bool value_is_word(const char *s);

void value_unknown_key(const struct source *src, const struct entry *e, const char *const *known,
		       size_t count);

/* ---- yaml.c: what mapping_read() gets the same text from ---- */

void yaml_text(struct strbuf *out, const char *s); /* in double quotes where it needs them */
void yaml_line(struct strbuf *out, const char *key, const char *s); /* quoted, with its line end */
void yaml_list(struct strbuf *out, const char *key, const struct strlist *list); /* if not empty */

/* ---- front.c, meta.c, publisher.c: front matter, metadata comments, keys of publishers ---- */

void front_read(const struct source *src, struct outline *o, struct deck *deck);

/* Reads the entry when its key is one that publishers write; false when it is another. */
bool publisher_read(const struct source *src, const struct entry *e, struct publisher *out);

/* Writes their lines. */
void publisher_print(const struct publisher *p, struct strbuf *out);

/* Finds the card's metadata among its comments and reads it. */
void meta_read(const struct source *src, struct outline *o, struct outline_card *oc,
	       struct card *card, struct place *id_at);

/* ---- speech.c: what md4c says of a text ---- */

#define CONTAINER_DEPTH_MAX 16
#define WORDS_A_MINUTE 130 /* as people speak */

/* Words that are said: code blocks left out; a very long text is not counted to its end. */
long speech_words(const char *markdown, size_t len);

/* Seconds to say the text: its words, code blocks left out, at 130 a minute, from 30 to 180. */
int speech_seconds(const char *markdown, size_t len);

/* Whether lists and quotes are nested deeper than CONTAINER_DEPTH_MAX. */
bool speech_too_deep(const char *markdown, size_t len);

/* ---- parse.c ---- */

/* deck_parse() that keeps the outline and the text (src->text) that its offsets point into. */
bool parse_deck(const char *bytes, size_t len, struct source *src, struct outline *o,
		struct deck *out);

#endif
