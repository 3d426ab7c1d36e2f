/*
 * Deck file -> struct deck. The format is CommonMark with tables, described for authors by
 * `viva help decks` (src/deck/decks.md).
 *
 * A pure function of the bytes: md4c reads Markdown, libyaml the front matter and the metadata
 * comments (mappings only; no anchors, aliases, tags; depth at most 8). Level-2 headings outside
 * of fences and HTML blocks are questions, level-3 headings with a known name are sections,
 * others stay part of the answer. Caps: DECK_SIZE_MAX bytes, DECK_CARDS_MAX cards, DECK_FIELD_MAX
 * bytes a line and a field, container depth 16. Refused: invalid UTF-8, UTF-16, NUL, lone CR.
 * A BOM is stripped and CRLF accepted. Hostile input ends in problems within linear time.
 */
#ifndef DECK_PARSE_H
#define DECK_PARSE_H

#include "base/arena.h"
#include "base/hash.h"
#include "core/card.h"
#include "deck/problem.h"

#define DECK_SIZE_MAX ((size_t)8 << 20)
#define DECK_CARDS_MAX 100000
#define DECK_FIELD_MAX ((size_t)64 << 10)

/*
 * Parses len bytes. `file` is used in problems; its base name without extension, as a slug, is the
 * deck's id where the front matter gives none. Returns true when there is no error among the
 * problems added (warnings may be); only then is *out complete. All lives in the arena.
 */
bool deck_parse(const char *bytes, size_t len, const char *file, struct arena *arena,
		struct deck *out, struct problems *problems);

/*
 * The part of a deck file that deck_parse() reads: what is between a BOM and a signature block that
 * ends the file, each of which may be missing. Points into bytes.
 */
const char *deck_content(const char *bytes, size_t len, size_t *content_len);

/* The items of a Markdown list, each as Markdown without its bullet; text that is no list, or
 * NULL: none. */
struct strlist deck_list(const char *markdown, struct arena *arena);

/* The key points of a SECTION_POINTS text, with their terms; at most POINTS_MAX. */
struct points deck_points(const char *markdown, struct arena *arena);

/*
 * What a card says, hashed: content over all that the file gives (sections and metadata), body
 * over the same without the question and id. Order of metadata keys and line numbers do not count.
 */
void deck_hash_card(const struct card *c, struct hash *content, struct hash *body);

#endif
