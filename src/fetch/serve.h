/* The conversation: requests in, downloads side by side, answers out. */
#ifndef FETCH_SERVE_H
#define FETCH_SERVE_H

#include "fetch/transfer.h"

#define SERVE_BROKEN 2 /* exit status: the input was no request, or libcurl does not work */

/*
 * Serves until standard input ends, and gives up at once what still runs then. Returns the exit
 * status, 0 or SERVE_BROKEN; does not return when something was running.
 */
int serve(const struct setup *setup);

#endif
