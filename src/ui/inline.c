#include "ui/inline.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/entity.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/markdown.h"

#define BRACKETS_MAX 1000

void inline_init(struct inline_text *in, const struct out *o, enum style base)
{
	*in = (struct inline_text){.o = o, .base = base};
	in->filter.ascii = o && !o->unicode;
	rich_init(&in->rich);
}

void inline_release(struct inline_text *in)
{
	rich_release(&in->rich);
	free(in->spans);
}

static enum style current_style(const struct inline_text *in)
{
	return in->count ? in->spans[in->count - 1].style : in->base;
}

static void add_text(struct inline_text *in, enum style style, const char *s, size_t len)
{
	if (in->o)
		rich_filter(&in->rich, &in->filter, style, s, len);
	else
		rich_add(&in->rich, style, s, len);
}

/* Our own characters: line feeds here are breaks and not the text's. */
static void add_own(struct inline_text *in, enum style style, const char *s)
{
	rich_add(&in->rich, style, s, strlen(s));
	in->filter.marks = 0;
}

static void add_entity(struct inline_text *in, enum style style, const char *s, size_t len)
{
	struct strbuf text;

	strbuf_init(&text, TEXT_MAX);
	entity_decode(&text, s, len);
	add_text(in, style, text.buf, text.len);
	strbuf_release(&text);
}

static bool is_line_break(const char *s, size_t len)
{
	static const char *const forms[] = {"<br>", "<br/>", "<br />"};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strlen(forms[i]) == len && memcmp(forms[i], s, len) == 0)
			return true;
	return false;
}

/* Tags are shown as they are; comments are for the author, and <br> is what it says. */
static void add_html(struct inline_text *in, const char *s, size_t len)
{
	if (len >= 4 && memcmp(s, "<!--", 4) == 0)
		in->in_comment = true;
	if (in->in_comment)
		in->in_comment = !(len >= 3 && memcmp(s + len - 3, "-->", 3) == 0);
	else if (is_line_break(s, len))
		add_own(in, current_style(in), in->o ? "\n" : " ");
	else if (len == 1 && *s == '\n')
		add_own(in, current_style(in), " ");
	else
		add_text(in, current_style(in), s, len);
}

void inline_add(struct inline_text *in, MD_TEXTTYPE type, const char *s, size_t len)
{
	switch (type) {
	case MD_TEXT_BR:
		add_own(in, current_style(in), in->o ? "\n" : " ");
		break;
	case MD_TEXT_SOFTBR:
		add_own(in, current_style(in), " ");
		break;
	case MD_TEXT_ENTITY:
		add_entity(in, current_style(in), s, len);
		break;
	case MD_TEXT_HTML:
		add_html(in, s, len);
		break;
	default:
		add_text(in, current_style(in), s, len);
	}
}

/* Without colour only the backticks say that a word is code. */
static bool has_backticks(const struct inline_text *in)
{
	return in->o && !in->o->color && !in->o->plain;
}

void inline_enter(struct inline_text *in, MD_SPANTYPE type)
{
	struct span span = {current_style(in), 0};

	if (type == MD_SPAN_STRONG)
		span.style = STYLE_STRONG;
	else if (type == MD_SPAN_EM)
		span.style = STYLE_EMPHASIS;
	else if (type == MD_SPAN_CODE)
		span.style = STYLE_CODE;
	else if (type == MD_SPAN_A)
		span.style = STYLE_LINK;
	mem_grow(&in->spans, in->count, &in->cap, sizeof(*in->spans));
	in->spans[in->count++] = span;
	if (type == MD_SPAN_CODE && has_backticks(in))
		add_own(in, span.style, "`");
	if (type == MD_SPAN_IMG && in->o)
		add_own(in, span.style, "[image: ");
	in->spans[in->count - 1].start = in->rich.text.len;
}

/* Appends an attribute of md4c as it may be shown. */
static void filter_attribute(const struct inline_text *in, struct strbuf *dst,
			     const MD_ATTRIBUTE *a)
{
	struct filter f = {.ascii = in->filter.ascii};
	struct strbuf raw;

	strbuf_init(&raw, TEXT_MAX);
	for (size_t i = 0; a->size > 0 && a->substr_offsets[i] < a->size; i++) {
		const char *s = a->text + a->substr_offsets[i];
		size_t len = a->substr_offsets[i + 1] - a->substr_offsets[i];

		if (a->substr_types[i] == MD_TEXT_ENTITY)
			entity_decode(&raw, s, len);
		else
			strbuf_add(&raw, s, len);
	}
	filter_add(&f, dst, raw.buf, raw.len);
	strbuf_release(&raw);
}

/* " <address>", unless that is what the text says already. */
static void add_address(struct inline_text *in, const MD_ATTRIBUTE *a, size_t start)
{
	struct strbuf address;
	const char *text = in->rich.text.buf + start;
	const char *shown;

	strbuf_init(&address, TEXT_MAX);
	filter_attribute(in, &address, a);
	shown = address.buf + (str_starts(address.buf, "mailto:") ? strlen("mailto:") : 0);
	if (*shown && strcmp(text, shown) != 0 && strcmp(text, address.buf) != 0) {
		add_own(in, STYLE_FAINT, *text ? " <" : "<");
		add_own(in, STYLE_FAINT, address.buf);
		add_own(in, STYLE_FAINT, ">");
	}
	strbuf_release(&address);
}

void inline_leave(struct inline_text *in, MD_SPANTYPE type, const void *detail)
{
	struct span span = in->spans[--in->count];

	if (!in->o)
		return;
	if (type == MD_SPAN_CODE && has_backticks(in)) {
		add_own(in, span.style, "`");
	} else if (type == MD_SPAN_A) {
		add_address(in, &((const MD_SPAN_A_DETAIL *)detail)->href, span.start);
	} else if (type == MD_SPAN_IMG) {
		add_own(in, span.style, "]");
		add_address(in, &((const MD_SPAN_IMG_DETAIL *)detail)->src, span.start);
	}
}

bool inline_is_sane(const char *markdown)
{
	size_t brackets = 0;

	for (const char *s = strchr(markdown, '['); s; s = strchr(s + 1, '['))
		brackets++;
	return brackets <= BRACKETS_MAX;
}

static int on_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	(void)type;
	(void)detail;
	(void)ctx;
	return 0;
}

static int on_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	(void)detail;
	inline_enter(ctx, type);
	return 0;
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	inline_leave(ctx, type, detail);
	return 0;
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE len, void *ctx)
{
	inline_add(ctx, type, s, len);
	return 0;
}

/*
 * Reads one paragraph. md4c knows no inline text alone, and "1. Why?" would become a list: a
 * heading on one line, closed by a '#' of ours, is the block that holds inline text only.
 */
static void parse_inline(struct inline_text *in, const char *markdown)
{
	static const MD_PARSER parser = {
		.flags = MD_FLAG_COLLAPSEWHITESPACE,
		.enter_block = on_block,
		.leave_block = on_block,
		.enter_span = on_enter_span,
		.leave_span = on_leave_span,
		.text = on_text,
	};
	struct strbuf heading;

	strbuf_init(&heading, TEXT_MAX);
	strbuf_str(&heading, "# ");
	strbuf_str(&heading, markdown);
	strbuf_str(&heading, " #");
	for (size_t i = 0; i < heading.len; i++)
		if (heading.buf[i] == '\n' || heading.buf[i] == '\r')
			heading.buf[i] = ' ';
	if (!inline_is_sane(markdown) ||
	    md_parse(heading.buf, (MD_SIZE)heading.len, &parser, in) != 0) {
		rich_reset(&in->rich);
		add_text(in, in->base, markdown, strlen(markdown));
	}
	strbuf_release(&heading);
}

void markdown_inline(struct out *o, const char *markdown, enum style base, int indent, int used)
{
	struct inline_text in;

	inline_init(&in, o, base);
	in.filter.column = used;
	parse_inline(&in, markdown);
	text_put(o, &in.rich, indent, used);
	inline_release(&in);
}

/* Blocks and cells stand apart, items with a dot between them. */
static int on_edge(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct inline_text *in = ctx;
	bool begun = !str_is_blank(in->rich.text.buf);

	(void)detail;
	add_own(in, STYLE_NORMAL, type == MD_BLOCK_LI && begun ? " \xC2\xB7 " : " ");
	return 0;
}

static int on_end(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	(void)type;
	(void)detail;
	add_own(ctx, STYLE_NORMAL, " ");
	return 0;
}

void markdown_flat(struct strbuf *dst, const char *markdown)
{
	static const MD_PARSER parser = {
		.flags = MD_FLAG_COLLAPSEWHITESPACE | MD_FLAG_TASKLISTS | MD_FLAG_TABLES,
		.enter_block = on_edge,
		.leave_block = on_end,
		.enter_span = on_enter_span,
		.leave_span = on_leave_span,
		.text = on_text,
	};
	struct inline_text in;
	bool read;

	inline_init(&in, NULL, STYLE_NORMAL);
	read = inline_is_sane(markdown) &&
	       md_parse(markdown, (MD_SIZE)strlen(markdown), &parser, &in) == 0;
	strbuf_flat(dst, read ? in.rich.text.buf : markdown);
	inline_release(&in);
}

void markdown_plain(struct strbuf *dst, const char *markdown)
{
	struct inline_text in;

	inline_init(&in, NULL, STYLE_NORMAL);
	parse_inline(&in, markdown);
	strbuf_add(dst, in.rich.text.buf, in.rich.text.len);
	inline_release(&in);
}
