#include "cmd/change.h"

#include <string.h>

#include "base/str.h"
#include "base/strbuf.h"
#include "cmd/view.h"
#include "core/diff.h"

#define DIFF_TEXT_MAX (1u << 20)
#define KEPT_WORDS 5 /* shown on each side of a change */
#define LABEL_WIDTH 11

const char *change_section_name(enum section section)
{
	if (section == SECTION_QUESTION)
		return "Question";
	return section == SECTION_ANSWER ? "Answer" : section_heading(section);
}

bool change_is_none(const struct changes *c)
{
	return !(c->added || c->edited || c->renamed || c->restored || c->retired || c->deleted);
}

void change_counts(const struct changes *c, struct strbuf *out)
{
	const struct {
		size_t count;
		const char *word;
	} parts[] = {
		{c->added, "new"},	   {c->edited, "changed"},  {c->renamed, "renamed"},
		{c->restored, "restored"}, {c->retired, "retired"}, {c->deleted, "removed"},
	};
	const char *comma = "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].count)
			continue;
		strbuf_printf(out, "%s%zu %s", comma, parts[i].count, parts[i].word);
		comma = ", ";
	}
}

/* The first `count` words of a run, or the last ones. */
static void add_words(struct strbuf *sb, const struct diff_run *run, size_t count, bool last)
{
	size_t skip = last && count < run->words ? run->words - count : 0;
	const char *s = run->text, *end = run->text + run->len;

	for (size_t i = 0; i < run->words && i < skip + count; i++) {
		size_t len = 0;

		while (s + len < end && !strchr(" \t\r\n", s[len]))
			len++;
		if (i >= skip) {
			strbuf_add(sb, s, len);
			if (i + 1 < run->words && i + 1 < skip + count)
				strbuf_char(sb, ' ');
		}
		s += len;
		while (s < end && strchr(" \t\r\n", *s))
			s++;
	}
}

static void add_same(struct strbuf *sb, const struct diff_run *run, bool first, bool last)
{
	size_t kept = (first || last ? 1 : 2) * (size_t)KEPT_WORDS;

	if (run->words <= kept + 2) {
		add_words(sb, run, run->words, false);
		return;
	}
	if (!first)
		add_words(sb, run, KEPT_WORDS, false);
	strbuf_str(sb, first ? "... " : last ? " ..." : " ... ");
	if (!last)
		add_words(sb, run, KEPT_WORDS, true);
}

void change_print_diff(struct out *o, const char *old, const char *new, int indent)
{
	static const char *const marks[][2] = {{"", ""}, {"[-", "-]"}, {"{+", "+}"}};
	struct arena arena = ARENA_INIT;
	struct diff d = diff_words(old, new, &arena);
	struct strbuf text;

	strbuf_init(&text, DIFF_TEXT_MAX);
	for (size_t i = 0; i < d.count; i++) {
		const struct diff_run *run = &d.runs[i];

		if (i)
			strbuf_char(&text, ' ');
		strbuf_str(&text, marks[run->kind][0]);
		if (run->kind == DIFF_SAME)
			add_same(&text, run, i == 0, i + 1 == d.count);
		else
			add_words(&text, run, run->words, false);
		strbuf_str(&text, marks[run->kind][1]);
	}
	out_printf(o, STYLE_NORMAL, "%*s", indent, "");
	out_wrap(o, STYLE_NORMAL, indent, indent, text.buf);
	strbuf_release(&text);
	arena_release(&arena);
}

static void print_head(struct out *o, const char *label, const char *name, const char *rest)
{
	out_printf(o, STYLE_STRONG, "  %-*s", LABEL_WIDTH - 2, label);
	out_text(o, STYLE_NORMAL, name);
	if (rest) {
		out_text(o, STYLE_NORMAL, ": ");
		out_wrap(o, STYLE_NORMAL, LABEL_WIDTH,
			 LABEL_WIDTH + out_columns(name, strlen(name)) + 2, rest);
	} else {
		out_line(o);
	}
}

static void print_sections(struct out *o, const struct card_change *c)
{
	bool any = false;

	for (int i = 0; i < SECTION_COUNT; i++) {
		const char *new = c->new->section[i];

		if (str_eq(c->old[i], new))
			continue;
		any = true;
		out_printf(o, STYLE_FAINT, "    %s\n", change_section_name((enum section)i));
		change_print_diff(o, c->old[i], new, 6);
	}
	if (!any)
		out_text(o, STYLE_FAINT,
			 "    its words stay, its level, tags or the like change\n");
	if (c->own_edit)
		out_text(o, STYLE_FAINT, "    your own edit of it stays\n");
}

void change_print(struct out *o, const struct card_change *c)
{
	switch (c->kind) {
	case CHANGE_ADD:
		print_head(o, "new", c->name, c->new->section[SECTION_QUESTION]);
		break;
	case CHANGE_EDIT:
		print_head(o, "changed", c->name, NULL);
		print_sections(o, c);
		break;
	case CHANGE_RENAME:
		print_head(o, "renamed", c->old_name, c->name);
		print_sections(o, c);
		break;
	case CHANGE_RESTORE:
		print_head(o, "restored", c->name, c->new->section[SECTION_QUESTION]);
		break;
	case CHANGE_RETIRE:
		print_head(o, "retired", c->name, c->old[SECTION_QUESTION]);
		break;
	case CHANGE_DELETE:
		print_head(o, "removed", c->name, c->old[SECTION_QUESTION]);
		break;
	case CHANGE_NONE:
		break;
	}
}
