/* How cards and days look: the pieces that several commands print alike. */
#ifndef CMD_VIEW_H
#define CMD_VIEW_H

#include "cmd/app.h"
#include "core/rubric.h"
#include "store/card.h"
#include "store/review.h"
#include "ui/json.h"

/* A heading on a line of its own. */
void view_heading(struct out *o, const char *text);

/*
 * A row of an explanation: the name, then its meaning (inline Markdown) from `column` on. In plain
 * mode "name: meaning".
 */
void view_row(struct out *o, int column, const char *name, const char *meaning);

/* The key points, lettered, with ticks for those in *mask; mask NULL: without. */
void view_points(struct out *o, const struct points *points, const uint32_t *mask);

/* Model answer; after a miss the weak answer and the red flags; then nothing else. */
void view_answer(struct out *o, const struct card *text, bool missed);

/* The rest: what view_answer() left out, why it matters, links, the user's note. */
void view_more(struct out *o, const struct card_info *info, const struct card *text, bool missed);

/* A titled section of Markdown; nothing when there is none. */
void view_section(struct out *o, const char *title, const char *markdown);

/* "new", "due today", "due for 3 days", "again today", "Tue 24 Nov". */
void view_when(const struct schedule *s, bool retired, int today, int repeat_below,
	       struct strbuf *out);

/* What `show` prints, as text and as a JSON object. */
enum err_code view_card(struct app *app, int64_t key, struct error *err);
enum err_code view_card_json(struct app *app, struct json *j, int64_t key, struct error *err);
void view_json(struct app *app, struct json *j, const struct whole_card *card);

/* In a list: a card that is not there any more when its turn comes is no error. */
enum err_code view_passed_over(enum err_code rc, struct error *err);

/* s cut to so many columns, with an ellipsis when it was longer; filtered. */
void view_cut(struct out *o, enum style style, const char *s, int columns);

/* "1 card", "2 cards" */
const char *view_plural(size_t count);

#endif
