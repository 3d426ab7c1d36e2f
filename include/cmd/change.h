/* Changes of cards as people read them. */
#ifndef CMD_CHANGE_H
#define CMD_CHANGE_H

#include "base/strbuf.h"
#include "store/source.h"
#include "ui/out.h"

/* "Question", "Answer", "Key points" */
const char *change_section_name(enum section section);

bool change_is_none(const struct changes *c);

/* Appends "12 new, 3 changed, 1 retired"; nothing for no change. */
void change_counts(const struct changes *c, struct strbuf *out);

/*
 * The second text with what it has not of the first as {+...+} and what it has lost as [-...-],
 * word by word, wrapped and indented; long passages that stay are cut. Either may be NULL.
 */
void change_print_diff(struct out *o, const char *old, const char *new, int indent);

/* One card of a merge: what happens to it and, where it was edited, the words that change. */
void change_print(struct out *o, const struct card_change *change);

#endif
