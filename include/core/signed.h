/*
 * What signed files look like as text: where the signature block starts, what a serial and a
 * public key are. Deck files and indexes are read by one door, signatures checked by another:
 * both ask here. Nothing cryptographic is done.
 */
#ifndef CORE_SIGNED_H
#define CORE_SIGNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum signed_kind { SIGNED_INDEX, SIGNED_DECK };

#define SIGNED_DECK_START "<!-- viva-signature"	  /* the whole first line of a deck's block */
#define SIGNED_DECK_END "-->"			  /* its last line */
#define SIGNED_INDEX_START "# untrusted comment:" /* how an index's block starts */

/*
 * The offset of the line that starts the signature block: the last one that looks like it (before
 * LF or CRLF), whatever follows; len where there is none.
 */
size_t signed_content(const char *bytes, size_t len, enum signed_kind kind);

#define SERIAL_MAX INT64_C(1000000000000000)

/* A strict decimal from 0 to SERIAL_MAX: digits alone, no leading zero. */
bool signed_serial(const char *s, size_t len, int64_t *out);

#define KEY_TEXT_SIZE 56 /* characters of a public key in base64, "RW..." */

/* Whether s is a minisign public key as text. */
bool signed_is_key(const char *s);

#endif
