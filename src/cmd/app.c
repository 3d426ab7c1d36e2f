#include "cmd/app.h"

#include <string.h>

#include "cmd/complete.h"
#include "os/file.h"
#include "os/process.h"
#include "store/backup.h"

enum err_code app_open(struct app *app, enum store_mode mode, struct error *err)
{
	bool missing = mode == STORE_WRITE && file_type(app->db_path) == FILE_MISSING;
	enum err_code rc;

	if (app->store && (app->mode == STORE_WRITE || mode == STORE_READ))
		return ERR_NONE;
	app_close(app);
	rc = store_open(&app->store, app->db_path, mode, err);
	if (!rc)
		rc = settings_load(app->store, &app->settings, err);
	if (rc) {
		app_close(app);
		return rc;
	}
	app->mode = mode;
	if (missing && store_has_backups(app->db_path))
		out_text(app->messages, STYLE_NORMAL,
			 "viva: this is a new database, but there are copies of an earlier one: "
			 "`viva restore` lists them\n");
	if (app->settings.plain) {
		app->out->plain = app->messages->plain = true;
		app->out->color = app->messages->color = false;
	}
	return ERR_NONE;
}

void app_close(struct app *app)
{
	store_close(app->store);
	app->store = NULL;
}

struct ui *app_ui(struct app *app)
{
	static const struct ui_signals signals = {process_take_interrupt, process_stopping,
						  process_take_resize};

	if (!app->ui) {
		app->ui = app->interactive ? ui_terminal(app->out, app->history_file)
					   : ui_script(app->out);
		ui_set_signals(app->ui, &signals);
		ui_set_completion(app->ui, complete, app);
	}
	return app->ui;
}

void app_progress(struct app *app, const char *text)
{
	size_t len = strlen(text);
	struct strbuf line;

	if (!app->interactive || app->json || app->out->plain)
		return;
	strbuf_init(&line, 2 * (len + app->progress) + 2);
	strbuf_printf(&line, "\r%s", text);
	strbuf_fill(&line, ' ', app->progress > len ? app->progress - len : 0);
	if (!len)
		strbuf_char(&line, '\r');
	if (app->progress || len)
		out_raw(app->messages, line.buf, line.len);
	out_flush(app->messages);
	app->progress = len;
	strbuf_release(&line);
}

int64_t app_now(const struct app *app)
{
	return clock_now_ms(&app->clock);
}

int app_day_of(const struct app *app, int64_t utc_ms)
{
	struct local_time t = clock_local_latest(utc_ms);

	return day_of(&t, app->settings.rollover);
}

int app_today(const struct app *app)
{
	return app_day_of(app, app_now(app));
}

void app_release(struct app *app)
{
	ui_free(app->ui);
	app->ui = NULL;
	app_close(app);
}
