/* The conversation: requests in, downloads side by side, answers out. */
#ifndef FETCH_SERVE_H
#define FETCH_SERVE_H

#include "fetch/transfer.h"

/*
 * Serves until standard input ends, and then gives up at once whatever still runs. Returns the
 * exit status: 0, or 2 for input that is no request.
 */
int serve(const struct setup *setup);

#endif
