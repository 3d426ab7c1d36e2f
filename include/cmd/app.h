/*
 * What every command is handed: where things are, what time it is, where output goes, the store
 * and the settings. main.c fills it from argv and the environment; nothing else reads those.
 */
#ifndef CMD_APP_H
#define CMD_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cmd/settings.h"
#include "os/clock.h"
#include "store/store.h"
#include "ui/out.h"
#include "ui/ui.h"

struct app {
	struct clock clock;
	struct out *out;      /* standard output */
	struct out *messages; /* standard error */
	bool interactive;     /* stdin and stdout are a terminal */
	bool screen;	      /* stdout is a terminal */
	const char *pager;    /* $PAGER, NULL when not set */
	const char *home;     /* the user's home folder */
	const char *db_path;
	const char *data_dir;	  /* holds the database, decks/ and temporary files of the editor */
	const char *history_file; /* of the shell; may be NULL */
	const char *bundled_dir;  /* the decks that come with the program */
	const char *fetch_program; /* viva-fetch, for fetch_new() of net/fetch.h */
	const char *editor;	   /* $VISUAL or $EDITOR, NULL when neither is set */
	bool json;		   /* --json was given to the running command */
	bool in_shell;
	size_t progress; /* columns of the progress line on the terminal */

	/* made when first needed */
	struct ui *ui;
	struct store *store;
	enum store_mode mode;
	struct settings settings;
};

/*
 * Opens the database and loads the settings; an open one is kept when it can do what is asked and
 * opened again for writing when it cannot.
 */
enum err_code app_open(struct app *app, enum store_mode mode, struct error *err);

/* Closes the database, so that its file can be replaced. */
void app_close(struct app *app);

/* The candidate's terminal, or the script's twin. */
struct ui *app_ui(struct app *app);

/*
 * Long work shows that it goes on, in one line on the terminal, in ASCII; nothing when piped. ""
 * takes the line away.
 */
void app_progress(struct app *app, const char *text);

int64_t app_now(const struct app *app); /* UTC, milliseconds */
int app_today(const struct app *app);	/* the study day of now; needs app_open() */
int app_day_of(const struct app *app, int64_t utc_ms);

/* Closes what was opened. */
void app_release(struct app *app);

#endif
