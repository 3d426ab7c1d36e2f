/*
 * Folding for search: case, accents and forms of letters do not matter, so that "cafe" finds
 * "Caf\u00e9". Each character folds for itself, whatever stands beside it; the signs of scripts
 * that write without blanks (Han, kana, Thai ...) come with a blank on both sides, so that each is
 * a word. Signs and punctuation stay. Deck ids and terms of key points have utf8_fold().
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define FOLD_MAX 128 /* bytes that one character becomes at most */

/*
 * Folds the character at s (len > 0 bytes left) into out, *out_len bytes, none for accents,
 * invisible format characters and a byte that is no UTF-8. Returns its length in s, at least 1.
 */
size_t fold_next(const char *s, size_t len, char out[FOLD_MAX], size_t *out_len);

/* Appends the whole of s, folded. */
void fold_text(struct strbuf *out, const char *s, size_t len);

/* Whether words are made of it: a letter, a digit, a sign of private use. */
bool fold_is_word(uint32_t cp);

#endif
