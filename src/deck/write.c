#include "deck/write.h"

#include <string.h>

#include "deck/internal.h"

/* What ends the HTML blocks of CommonMark that a blank line does not end, by their kind. */
static const char *const html_ends[] = {
	NULL, "</pre>", "-->", "?>", ">", "]]>",
};

/* Text before the first question. It has no sections, so that their headings are none in it. */
#define INTRO SECTION_QUESTION

/*
 * Whether the line would be cut out of this section: as the start of another one, or as a comment,
 * which can be what another one on the same line has left behind.
 */
static bool cuts(const char *line, const struct line_info *info, enum section section)
{
	enum section other;

	if (info->kind != LINE_HEADING)
		return info->kind == LINE_COMMENT;
	if (info->level == 2)
		return true;
	if (info->level != 3 || section == INTRO)
		return false;
	return section != SECTION_ANSWER ||
	       section_parse(line + info->start, info->end - info->start, &other);
}

/* The line as text: its first sign escaped. */
static void write_escaped(struct block *block, const char *line, size_t len, struct strbuf *out)
{
	size_t blanks = strspn(line, " ");
	size_t start = out->len;

	strbuf_add(out, line, blanks);
	strbuf_char(out, '\\');
	strbuf_add(out, line + blanks, len - blanks);
	block_line(block, out->buf + start, out->len - start);
}

static void write_text(const char *text, enum section section, struct strbuf *out)
{
	struct line line = {0};
	struct block block = {0};
	size_t len = strlen(text);

	while (line_next(text, len, &line)) {
		const char *s = text + line.start;
		size_t n = line.end - line.start;
		struct block before = block;
		struct line_info info = block_line(&block, s, n);

		if (cuts(s, &info, section)) {
			block = before;
			write_escaped(&block, s, n, out);
		} else {
			strbuf_add(out, s, n);
		}
		strbuf_char(out, '\n');
	}
	if (block.fence) {
		strbuf_fill(out, block.fence, block.fence_len);
		strbuf_char(out, '\n');
	} else if (block.html && (size_t)block.html < sizeof(html_ends) / sizeof(html_ends[0])) {
		strbuf_printf(out, "%s\n", html_ends[block.html]);
	}
}

static void write_word(const char *key, const char *value, struct strbuf *out)
{
	if (value && *value) {
		strbuf_printf(out, "%s: ", key);
		yaml_text(out, value);
		strbuf_char(out, '\n');
	}
}

static void write_number(const char *key, int value, struct strbuf *out)
{
	if (value)
		strbuf_printf(out, "%s: %d\n", key, value);
}

static void write_probes(const struct card *c, struct strbuf *out)
{
	if (!c->probe_count)
		return;
	strbuf_str(out, "probes: [");
	for (size_t i = 0; i < c->probe_count; i++)
		strbuf_printf(out, "%s%d", i ? ", " : "", c->probes[i]);
	strbuf_str(out, "]\n");
}

static void write_meta(const struct card *c, struct strbuf *out)
{
	static const char open[] = "<!--\n";
	size_t before = out->len;

	strbuf_str(out, open);
	write_word("id", c->has_id ? c->id : NULL, out);
	yaml_list(out, "was", &c->was);
	write_word("level", c->level ? level_name(c->level) : NULL, out);
	write_word("tier", tier_name(c->tier), out);
	write_word("aim", aim_name(c->aim), out);
	write_word("kind", c->kind ? kind_name(c->kind) : NULL, out);
	yaml_list(out, "tags", &c->tags);
	write_word("competency", competency_name(c->competency), out);
	write_number("seconds", c->has_seconds ? c->seconds : 0, out);
	yaml_list(out, "set", &c->sets);
	write_word("follows", c->follows, out);
	write_probes(c, out);
	write_number("rev", c->rev, out);
	if (out->len == before + sizeof(open) - 1)
		strbuf_cut(out, before);
	else
		strbuf_str(out, "-->\n");
}

/* The text on one line: an underlined title may have several. */
static void write_flat(const char *text, struct strbuf *out)
{
	for (size_t len; *text; text += len) {
		len = strcspn(text, "\r\n");
		strbuf_add(out, text, len);
		if (text[len]) {
			strbuf_char(out, ' ');
			len++;
		}
	}
}

/* Signs at the end would be taken for the end of the heading, had it no end of its own. */
static void write_heading(const char *signs, const char *text, struct strbuf *out)
{
	strbuf_printf(out, "%s ", signs);
	write_flat(text, out);
	if (out->len && out->buf[out->len - 1] == '#')
		strbuf_printf(out, " %s", signs);
	strbuf_char(out, '\n');
}

void deck_write_card(const struct card *c, struct strbuf *out)
{
	write_heading("##", c->section[SECTION_QUESTION], out);
	write_meta(c, out);
	strbuf_char(out, '\n');
	if (c->section[SECTION_ANSWER])
		write_text(c->section[SECTION_ANSWER], SECTION_ANSWER, out);
	for (int i = SECTION_POINTS; i < SECTION_COUNT; i++) {
		if (!c->section[i])
			continue;
		strbuf_printf(out, "\n### %s\n", section_heading((enum section)i));
		write_text(c->section[i], (enum section)i, out);
	}
}

void deck_write(const struct deck *d, struct strbuf *out)
{
	struct strbuf title;

	strbuf_init(&title, DECK_FIELD_MAX);
	write_flat(d->title, &title);
	strbuf_str(out, "---\n");
	write_word("deck", d->id, out);
	write_word("title", title.buf, out);
	write_word("summary", d->summary, out);
	write_word("language", d->language, out);
	write_word("license", d->license, out);
	yaml_list(out, "was", &d->was);
	publisher_print(&d->publisher, out);
	strbuf_str(out, "---\n\n");
	write_heading("#", title.buf, out);
	strbuf_release(&title);
	if (d->intro) {
		strbuf_char(out, '\n');
		write_text(d->intro, INTRO, out);
	}
	for (size_t i = 0; i < d->card_count; i++) {
		strbuf_char(out, '\n');
		deck_write_card(&d->cards[i], out);
	}
}
