#include "cmd/slash.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/edit.h"
#include "cmd/view.h"
#include "os/process.h"
#include "ui/markdown.h"

/* Where a command is among the six that `?` names. */
enum { AT_ANSWER = 1, AT_GRADE = 2, AT_REVEALED = 4 };

struct slash {
	const char *name;
	const char *help;
	bool gives_away; /* not before the blind grade: it would show the answer */
	unsigned matters;
	enum slash_result (*run)(struct ask *a, const char *rest, struct error *err);
};

static void say(struct ask *a, const char *text)
{
	out_wrap(a->app->out, STYLE_FAINT, 0, 0, text);
}

static bool revealed(const struct ask *a)
{
	return a->step > ASK_BLIND;
}

static enum slash_result end_with(struct ask *a, enum ask_end end)
{
	a->end = end;
	return SLASH_ENDED;
}

static enum slash_result run_skip(struct ask *a, const char *rest, struct error *err)
{
	(void)rest, (void)err;
	if (a->step == ASK_DONE) {
		say(a, "It is graded already.");
		return SLASH_DONE;
	}
	say(a, "Later in this sitting.");
	return end_with(a, ASK_SKIPPED);
}

static enum slash_result run_bury(struct ask *a, const char *rest, struct error *err)
{
	(void)rest;
	if (store_set(a->app->store, a->info.key, SET_BURY, a->day, app_now(a->app), err))
		return SLASH_ENDED;
	say(a, "Buried until tomorrow.");
	return end_with(a, ASK_DROPPED);
}

static enum slash_result run_suspend(struct ask *a, const char *rest, struct error *err)
{
	(void)rest;
	if (store_set(a->app->store, a->info.key, SET_SUSPEND, 1, app_now(a->app), err))
		return SLASH_ENDED;
	say(a, "Suspended; `unsuspend` brings it back.");
	return end_with(a, ASK_DROPPED);
}

static enum slash_result run_flag(struct ask *a, const char *rest, struct error *err)
{
	bool flagged = !a->info.schedule.flagged;

	(void)rest;
	if (store_set(a->app->store, a->info.key, SET_FLAG, flagged, app_now(a->app), err))
		return SLASH_ENDED;
	a->info.schedule.flagged = flagged;
	say(a, flagged ? "Flagged; `list is:flagged` finds it." : "No longer flagged.");
	return SLASH_DONE;
}

static enum slash_result run_note(struct ask *a, const char *rest, struct error *err)
{
	struct strbuf line;
	enum read_status status = READ_LINE;

	strbuf_init(&line, ANSWER_MAX);
	if (*rest)
		strbuf_str(&line, rest);
	else
		status = ui_read(app_ui(a->app), PROMPT_WORD, "Note: ", a->info.note, &line);
	if (status == READ_LINE &&
	    !store_set_note(a->app->store, a->info.key, line.buf, app_now(a->app), err)) {
		a->info.note = line.len ? arena_str(&a->arena, line.buf) : NULL;
		say(a, line.len ? "Noted." : "Note removed.");
	}
	strbuf_release(&line);
	if (status == READ_STOP)
		return end_with(a, ASK_STOPPED);
	return err->code ? SLASH_ENDED : SLASH_DONE;
}

/* A failed command says why and the prompt comes again. */
static enum slash_result said(struct ask *a, struct error *err)
{
	cmd_show_error(a->app, err);
	*err = (struct error)ERROR_INIT;
	return SLASH_DONE;
}

static enum slash_result run_edit(struct ask *a, const char *rest, struct error *err)
{
	(void)rest;
	if (edit_card(a->app, a->info.key, err))
		return said(a, err);
	if (ask_reload(a, err))
		return SLASH_ENDED;
	if (a->info.retired) {
		say(a, "The card is no longer in its deck.");
		return end_with(a, ASK_DROPPED);
	}
	a->mask &= (uint32_t)((1ull << a->points.count) - 1);
	view_points(a->app->out, &a->points, &a->mask);
	return SLASH_DONE;
}

static enum slash_result run_editor(struct ask *a, const char *rest, struct error *err)
{
	enum err_code rc;

	(void)rest;
	if (a->step != ASK_ANSWER) {
		say(a, "/editor is for the answer; it is given already.");
		return SLASH_DONE;
	}
	if (a->answer.len)
		strbuf_char(&a->answer, '\n');
	ui_suspend(app_ui(a->app));
	rc = process_edit_text(a->app->editor, a->app->data_dir, ".md", &a->answer, err);
	ui_resume(app_ui(a->app));
	strbuf_trim(&a->answer);
	if (rc)
		return said(a, err);
	out_wrap(a->app->out, STYLE_NORMAL, 2, 0, a->answer.buf);
	return a->answer.len ? SLASH_ANSWERED : SLASH_DONE;
}

static enum slash_result run_undo(struct ask *a, const char *rest, struct error *err)
{
	(void)rest, (void)err;
	if (!store_can_undo(a->app->store)) {
		say(a, "Nothing to undo.");
		return SLASH_DONE;
	}
	return end_with(a, ASK_UNDO);
}

/* The first letter of each point, behind its marks. */
static void hint_letters(struct ask *a)
{
	struct strbuf text, plain;

	strbuf_init(&text, 400);
	strbuf_init(&plain, ANSWER_MAX);
	for (size_t i = 0; i < a->points.count; i++) {
		uint32_t cp;
		size_t n;

		strbuf_reset(&plain);
		markdown_plain(&plain, a->points.items[i].text);
		n = utf8_next(plain.buf, plain.len, &cp);
		strbuf_printf(&text, "%s%c: %.*s...", i ? "  " : "They begin with ",
			      (char)('a' + (int)i), (int)n, plain.buf);
	}
	say(a, text.buf);
	strbuf_release(&plain);
	strbuf_release(&text);
}

static enum slash_result run_hint(struct ask *a, const char *rest, struct error *err)
{
	(void)rest, (void)err;
	if (revealed(a) || a->mode == MODE_REPEAT) {
		say(a, "Hints are for the time before the grade.");
		return SLASH_DONE;
	}
	if (!a->points.count) {
		say(a, "This card has no key points to hint at.");
		return SLASH_DONE;
	}
	if (a->hints == 0)
		out_printf(a->app->out, STYLE_FAINT,
			   "%zu key point%s. /hint again: how they begin.\n", a->points.count,
			   view_plural(a->points.count));
	else
		hint_letters(a);
	if (a->hints < 2)
		a->hints++;
	return SLASH_DONE;
}

/* The newest answer that was typed, if there is one; *shown tells. */
static enum slash_result show_last(struct ask *a, bool *shown, struct error *err)
{
	struct out *o = a->app->out;
	struct review *list;
	size_t count;
	char day[DAY_SHORT_TEXT];

	*shown = false;
	if (store_reviews(a->app->store, a->info.key, 0, &a->arena, &list, &count, err))
		return SLASH_ENDED;
	while (count &&
	       (list[count - 1].voided || !list[count - 1].answer || !list[count - 1].answer[0]))
		count--;
	if (!count)
		return SLASH_DONE;
	day_format_short(list[count - 1].day, a->day, day);
	out_printf(o, STYLE_HEAD, "Your answer of %s, grade %d\n", day, list[count - 1].grade);
	out_wrap(o, STYLE_NORMAL, 2, 0, list[count - 1].answer);
	*shown = true;
	return SLASH_DONE;
}

static enum slash_result run_last(struct ask *a, const char *rest, struct error *err)
{
	bool shown;
	enum slash_result result = show_last(a, &shown, err);

	(void)rest;
	if (!shown && result == SLASH_DONE)
		say(a, "No earlier answer was typed.");
	return result;
}

static enum slash_result run_more(struct ask *a, const char *rest, struct error *err)
{
	bool shown;

	(void)rest;
	view_more(a->app->out, &a->info, &a->text, a->blind > 0 && a->blind < SM2_PASS);
	out_line(a->app->out);
	return show_last(a, &shown, err);
}

static enum slash_result run_quit(struct ask *a, const char *rest, struct error *err)
{
	(void)rest, (void)err;
	return end_with(a, ASK_LEFT);
}

static const struct slash table[] = {
	{"/hint", "how many key points, then how they begin; the grade is at most 3", false,
	 AT_ANSWER | AT_GRADE, run_hint},
	{"/editor", "write the answer in your editor", false, AT_ANSWER, run_editor},
	{"/more", "good signs, why it matters, links, your note, your last answer", true,
	 AT_REVEALED, run_more},
	{"/last", "your previous answer", true, AT_REVEALED, run_last},
	{"/note", "a note of your own on this card", true, AT_REVEALED, run_note},
	{"/edit", "the card's text, in your editor", true, AT_REVEALED, run_edit},
	{"/flag", "mark the card, or unmark it", false, AT_REVEALED, run_flag},
	{"/skip", "ask it later in this sitting", false, AT_ANSWER | AT_GRADE, run_skip},
	{"/bury", "not again today", false, AT_ANSWER | AT_GRADE, run_bury},
	{"/suspend", "not again until unsuspended", false, AT_GRADE, run_suspend},
	{"/undo", "take the last grade back, step by step", false,
	 AT_ANSWER | AT_GRADE | AT_REVEALED, run_undo},
	{"/quit", "leave; an answer not graded is kept as a draft", false, AT_ANSWER | AT_GRADE,
	 run_quit},
};

#define SLASH_COUNT (sizeof(table) / sizeof(table[0]))

static const char *step_help(const struct ask *a)
{
	bool repeat = a->mode == MODE_REPEAT;

	switch (a->step) {
	case ASK_BLIND:
		return "How well did you answer? 0 nothing came (shows the answer, ends the card), "
		       "1 a fragment, 2 probably wrong, 3 with effort, 4 after hesitation, 5 I "
		       "would say it like this in the interview.";
	case ASK_POINTS:
		return "Which points did you say? a c sets, +b adds, -a removes, all, none, Enter "
		       "as shown, - skips. A digit is the final grade and ends the card.";
	case ASK_FINAL:
		return repeat ? "A grade from 0 to 5; it is saved at once, and below 4 the card "
				"may come once more today."
			      : "Enter takes the proposal, a digit from 0 to 5 overrides it. Then "
				"it is saved.";
	case ASK_DONE:
		return "It is saved. Enter goes on to the next card.";
	default:
		return repeat ? "The short form: think, or say it, then Enter; the points you "
				"missed are shown, and one grade ends it."
			      : "Type your answer, an empty line or Ctrl-D ends it. Out loud: say "
				"it, then Enter. A line that begins with // is text that begins "
				"with /.";
	}
}

/* The six commands that matter at this prompt, or all. */
static void explain(struct ask *a, bool all)
{
	unsigned here = revealed(a) ? AT_REVEALED : a->step == ASK_BLIND ? AT_GRADE : AT_ANSWER;

	if (!all)
		say(a, step_help(a));
	for (size_t i = 0; i < SLASH_COUNT; i++) {
		if (all || table[i].matters & here)
			view_row(a->app->out, 12, table[i].name, table[i].help);
	}
	if (!all)
		view_row(a->app->out, 12, "??", "all commands");
}

static const struct slash *find(const char *line, const char **rest)
{
	size_t len = strcspn(line, " \t\n");

	for (size_t i = 0; i < SLASH_COUNT; i++)
		if (strlen(table[i].name) == len && strncmp(table[i].name, line, len) == 0) {
			*rest = str_skip_blank(line + len);
			return &table[i];
		}
	return NULL;
}

enum slash_result slash_run(struct ask *a, struct strbuf *line, struct error *err)
{
	const struct slash *command;
	const char *rest;

	if (str_eq(line->buf, "?") || str_eq(line->buf, "??")) {
		explain(a, line->buf[1] == '?');
		return SLASH_DONE;
	}
	if (str_starts(line->buf, "//")) {
		memmove(line->buf, line->buf + 1, line->len);
		line->len--;
		return SLASH_NONE;
	}
	command = line->buf[0] == '/' ? find(line->buf, &rest) : NULL;
	if (!command)
		return SLASH_NONE;
	if (command->gives_away && !revealed(a)) {
		say(a, "That would give the answer away; after the grade.");
		return SLASH_DONE;
	}
	return command->run(a, rest, err);
}

bool slash_describe(size_t i, const char **name, const char **help)
{
	if (i >= SLASH_COUNT)
		return false;
	*name = table[i].name;
	*help = table[i].help;
	return true;
}
