/*
 * Validators of HTTP (RFC 9110, section 8.8), as strict as they have to be to be stored and sent
 * back: a server chose them, and libcurl would send a line break in one as a header of its own.
 */
#ifndef WIRE_VALIDATOR_H
#define WIRE_VALIDATOR_H

#include <stdbool.h>

#define ETAG_MAX 1024 /* bytes */

/* `"..."` or `W/"..."`, inside of the quotes neither blanks, controls nor quotes; bytes over 0x7f
 * pass. False for NULL. */
bool etag_is_valid(const char *s);

/* The one form of date that servers may send: "Sun, 06 Nov 1994 08:49:37 GMT". False for NULL. */
bool http_date_is_valid(const char *s);

#endif
