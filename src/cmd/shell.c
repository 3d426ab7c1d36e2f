#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/refresh.h"
#include "cmd/study.h"
#include "cmd/today.h"
#include "cmd/view.h"
#include "cmd/words.h"
#include "os/process.h"
#include "store/remote.h"
#include "store/review.h"

#define LINE_MAX_BYTES (64u << 10)

/* A clock that is behind the newest review is worth a word: dates would come out wrong. */
static void check_clock(struct app *app)
{
	char day[DAY_TEXT];
	int64_t time;
	int newest;

	if (!store_newest_review(app->store, &newest, &time) || newest <= app_today(app) + 1)
		return;
	day_format(newest, day);
	out_printf(app->out, STYLE_BAD,
		   "The newest review is of %s: is this computer's clock right?\n", day);
}

static void greet(struct app *app, const struct today *t)
{
	struct strbuf text;
	char day[DAY_SHORT_TEXT];

	strbuf_init(&text, 300);
	today_summary(t, &text);
	if (t->queue.count) {
		strbuf_str(&text, ". Enter starts, ? helps.");
	} else {
		strbuf_reset(&text);
		if (t->backlog)
			strbuf_printf(&text, "Today's time is used; %zu due are left. ? helps.",
				      t->backlog);
		else
			strbuf_str(&text, "Nothing to ask now. ? helps.");
		if (t->next_due != DAY_NONE) {
			day_format_short(t->next_due, t->day, day);
			strbuf_printf(&text, " Next: %s.", day);
		}
	}
	out_wrap(app->out, STYLE_NORMAL, 0, 0, text.buf);
	strbuf_release(&text);
}

/* No network unless asked: only a word about sources that were not checked for long. */
static void name_unchecked(struct app *app, struct arena *arena)
{
	struct error none = ERROR_INIT;
	struct source *list;
	size_t count = 0, unchecked = 0;
	int longest = 0;

	if (store_sources(app->store, arena, &list, &count, &none))
		return;
	for (size_t i = 0; i < count; i++) {
		struct remote remote;
		bool found;
		int days;

		if (store_remote(app->store, list[i].id, arena, &remote, &found, &none) || !found)
			continue;
		days = remote_days_unchecked(&remote, app_now(app));
		unchecked += days >= REMOTE_STALE_DAYS;
		longest = days > longest ? days : longest;
	}
	if (unchecked)
		out_printf(app->out, STYLE_NORMAL, "%zu source%s not checked for %d days: sync\n",
			   unchecked, view_plural(unchecked), longest);
}

/* Asked once: which interviews the candidate prepares for. */
static enum err_code ask_level(struct app *app, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *level;
	enum err_code rc = store_config(app->store, "level", &arena, &level, err);
	bool known = level != NULL;
	struct strbuf line;

	arena_release(&arena);
	if (rc || known || !app->interactive)
		return rc;
	strbuf_init(&line, 100);
	while (!known && !rc) {
		enum level parsed;
		const char *word;

		if (ui_read(app_ui(app), PROMPT_WORD,
			    "Which interviews: junior, mid or senior? (Enter: mid) ", NULL,
			    &line) != READ_LINE)
			break;
		strbuf_trim(&line);
		word = str_skip_blank(line.buf);
		known = !*word || level_parse(word, &parsed);
		if (!known)
			out_wrap(app->out, STYLE_FAINT, 0, 0,
				 "New cards of your own level come first, those above it are not "
				 "asked; due cards always are. `config level` changes it.");
		if (known)
			rc = store_set_config(app->store, "level", *word ? word : "mid",
					      app_now(app), err);
	}
	if (!rc)
		rc = settings_load(app->store, &app->settings, err);
	strbuf_release(&line);
	return rc;
}

static enum err_code study_today(struct app *app, struct error *err)
{
	char *argv[] = {(char *)"study", NULL};

	return cmd_run(app, 1, argv, err);
}

/* The six commands that matter in the shell. */
static void explain(struct app *app)
{
	static const char *const rows[][2] = {
		{"Enter", "starts or goes on with today's cards, as `study` does"},
		{"list QUERY", "finds cards: is:due, tag:orm, lapses:3.. or any word"},
		{"show CARD", "a card with its answer and its schedule"},
		{"undo", "takes the newest grade back, step by step"},
		{"config", "your level, minutes a day and the other settings"},
		{"help", "all commands; `help COMMAND` says more (?? as well)"},
		{"quit", "leaves; Ctrl-D does too"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		view_row(app->out, 14, rows[i][0], rows[i][1]);
}

static enum err_code run_line(struct app *app, const char *line, bool *leave, struct error *err)
{
	struct arena arena = ARENA_INIT;
	char **words;
	int count;
	enum err_code rc = words_split(line, app->home, &arena, &words, &count, err);

	if (!rc && count > 1 && str_eq(words[0], "viva")) { /* as it is typed elsewhere */
		words++;
		count--;
	}
	if (!rc && !count)
		rc = *str_skip_blank(line) ? ERR_NONE : study_today(app, err);
	else if (!rc &&
		 (str_eq(words[0], "quit") || str_eq(words[0], "exit") || str_eq(words[0], "q")))
		*leave = true;
	else if (!rc) {
		if (str_eq(words[0], "??"))
			words[0] = (char *)"help";
		if (str_eq(words[0], "?"))
			explain(app);
		else
			rc = cmd_run(app, count, words, err);
	}
	arena_release(&arena);
	return rc;
}

/* A line, or several that were pasted: command by command, up to the first that fails. */
static enum err_code run_text(struct app *app, char *text, bool *leave, struct error *err)
{
	enum err_code rc = ERR_NONE;
	char *end = strchr(text, '\n');
	int number = 0;

	if (!end)
		return run_line(app, text, leave, err);
	for (; text && !rc && !*leave; text = end ? end + 1 : NULL) {
		number++;
		end = strchr(text, '\n');
		if (end)
			*end = '\0';
		if (!str_is_blank(text))
			rc = run_line(app, text, leave, err);
	}
	if (rc)
		error_prefix(err, "line %d of what was pasted, the rest is not run: ", number);
	return rc;
}

/* Reads commands until the candidate leaves; the status of the last one is the shell's. */
static enum err_code loop(struct app *app, struct error *err)
{
	enum err_code rc = ERR_NONE;
	bool leave = false, interrupted = false;
	struct strbuf line;

	strbuf_init(&line, LINE_MAX_BYTES);
	while (!leave && !process_stopping()) {
		enum read_status status = ui_read(app_ui(app), PROMPT_SHELL, "viva> ", NULL, &line);

		if (status == READ_EOF || status == READ_STOP)
			break;
		if (status == READ_INTERRUPT) {
			leave = interrupted;
			interrupted = true;
			if (!leave)
				out_wrap(app->out, STYLE_FAINT, 0, 0, "Ctrl-C again leaves.");
			continue;
		}
		interrupted = false;
		*err = (struct error)ERROR_INIT;
		rc = run_text(app, line.buf, &leave, err);
		if (rc)
			cmd_show_error(app, err);
		if (rc && !app->interactive)
			break;
		if (leave)
			rc = ERR_NONE;
	}
	*err = (struct error)ERROR_INIT; /* shown already */
	strbuf_release(&line);
	return app->interactive ? ERR_NONE : rc;
}

static enum err_code run(struct app *app, const struct args *args, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct today today;
	enum err_code rc;

	app->in_shell = true;
	rc = app->interactive ? refresh_proposals(app, err) : ERR_NONE;
	if (!rc)
		rc = ask_level(app, err);
	if (!rc)
		rc = today_plan(app, TODAY_BUDGET, NULL, &arena, &today, err);
	if (!rc) {
		check_clock(app);
		greet(app, &today);
		name_unchecked(app, &arena);
		today_release(&today);
		if (args->count && cmd_run(app, (int)args->count, args->words, err))
			cmd_show_error(app, err);
		rc = loop(app, err);
	}
	arena_release(&arena);
	return rc;
}

const struct cmd cmd_shell = {
	.name = "shell",
	.usage = "[COMMAND...]",
	.summary = "open the study shell",
	.help = "What `viva` alone does. Every command works in it; Enter is `study`. A command "
		"given here is carried out first.",
	.words_max = CMD_WORDS_ANY,
	.flags = CMD_WRITES | CMD_SOURCES | CMD_SHELL,
	.run = run,
};
