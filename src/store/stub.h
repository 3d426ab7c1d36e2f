/*
 * Cards that the log has and no deck does: kept as retired ones without an answer, so that nothing
 * of their history is lost. A deck that brings one gets it back with its schedule.
 */
#ifndef STORE_STUB_H
#define STORE_STUB_H

#include "internal.h"

/* The key of a card by "deck/card"; 0 when it is not there. */
int64_t card_by_name(struct store *s, const char *name);

/* Makes one. question NULL: its name stands for it. */
enum err_code stub_add(struct store *s, const char *name, const char *question, int64_t rev,
		       int64_t *card, struct error *err);

/*
 * Looks at the cards made with numbers above `last`: one that the links of the log know as a card
 * that is here gives its events to that; one without events goes.
 */
enum err_code stubs_settle(struct store *s, int64_t last, struct error *err);

#endif
