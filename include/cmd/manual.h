/*
 * The manual, in Markdown: the prose of src/cmd/manual.md with the parts that tables of the program
 * know (commands, slash commands, query keys, settings, JSON) put in where it says
 * `<!-- commands -->` and the like. Each level-2 heading is a topic of `viva help`.
 */
#ifndef CMD_MANUAL_H
#define CMD_MANUAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/strbuf.h"

/* Room for the manual and what becomes of it. */
#define MANUAL_MAX (1u << 20)

/*
 * Appends what there is on a topic: a section, all of the manual for "manual", the pages about deck
 * files and about publishing for "decks" and "sharing". False when there is no such topic.
 */
bool manual_section(const char *topic, struct strbuf *out);

/* The i-th topic, arena owned; a section's is its heading in small letters, '-' for blanks. NULL
   behind the last. */
const char *manual_topic(size_t i, struct arena *arena);

#endif
