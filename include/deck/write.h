/* struct deck -> deck file: the way back from deck/parse.h. */
#ifndef DECK_WRITE_H
#define DECK_WRITE_H

#include "base/strbuf.h"
#include "core/card.h"

/*
 * Appends a card: heading, metadata where it has any (`id` when has_id, `seconds` when has_seconds,
 * whatever else is not as it would be without), sections. What would start another card or
 * section or be cut out as a comment is escaped, and what is open at the end of a text (a code
 * fence, HTML) is closed, so that the card ends where it ends.
 */
void deck_write_card(const struct card *c, struct strbuf *out);

/*
 * Appends a whole deck file, with ids. deck_parse() reads the same deck from it: all that struct
 * deck and struct card hold but for line numbers, as far as the texts are such as it gives them.
 */
void deck_write(const struct deck *d, struct strbuf *out);

#endif
