/* The publisher's secret key: read from its file, with the password asked for where it has one. */
#ifndef CMD_SECRET_H
#define CMD_SECRET_H

#include "base/error.h"
#include "cmd/app.h"
#include "net/key.h"

/*
 * ERR_VERIFY for a wrong password, ERR_USAGE when none was given. Everything secret is wiped
 * but *out, which secret_key_wipe() wipes.
 */
enum err_code secret_open(struct app *app, const char *path, struct secret_key *out,
			  struct error *err);

#endif
