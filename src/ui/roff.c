#include "ui/roff.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include <md4c.h>

#include "base/entity.h"
#include "base/utf8.h"

#define TEXT_MAX (1u << 20)
#define LISTS_MAX 8
#define CODE_INDENT 4

struct list {
	bool ordered;
	unsigned number;
};

struct roff {
	struct strbuf *out;
	const struct roff_head *head;
	struct strbuf text; /* of the block that is read now, escaped */
	bool code;	    /* in a code span or block */
	unsigned heading;   /* the level of the heading that is read, 0: none */
	bool fresh;	    /* right behind a macro that makes the space of a paragraph itself */
	int cell;	    /* of the table's row; -1: in its head, which is left out */
	struct list lists[LISTS_MAX];
	size_t depth;
	size_t link; /* where the text of the link starts */
};

/*
 * Appends one character so that roff takes it for itself. A hyphen between letters may break a
 * line of prose; all others are minus signs, which can be copied into a shell.
 */
static void put_character(struct roff *r, uint32_t cp, char before, char after)
{
	static const struct {
		char character;
		const char *name;
	} names[] = {{'\\', "\\e"},  {'\'', "\\(aq"}, {'`', "\\(ga"},
		     {'^', "\\(ha"}, {'~', "\\(ti"},  {'"', "\\(dq"}};
	bool prose = !r->code && isalpha((unsigned char)before) && isalpha((unsigned char)after);

	if (r->heading == 2 && cp < 0x80)
		cp = (uint32_t)toupper((int)cp);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (cp == (unsigned char)names[i].character) {
			strbuf_str(&r->text, names[i].name);
			return;
		}
	if (cp >= 0x80)
		strbuf_printf(&r->text, "\\[u%04X]", (unsigned)cp);
	else if (cp == '-' && !prose)
		strbuf_str(&r->text, "\\-");
	else
		strbuf_char(&r->text, (char)cp);
}

static void put_text(struct roff *r, const char *s, size_t len)
{
	for (size_t i = 0; i < len;) {
		uint32_t cp;
		size_t n = utf8_next(s + i, len - i, &cp);

		assert(n > 0);
		/* At the start of a line these two would begin a macro. */
		if ((cp == '.' || cp == '\'') &&
		    (!r->text.len || r->text.buf[r->text.len - 1] == '\n'))
			strbuf_str(&r->text, "\\&");
		put_character(r, cp, i ? s[i - 1] : ' ', i + n < len ? s[i + n] : ' ');
		i += n;
	}
}

/* A macro on its line. */
static void put_macro(struct roff *r, const char *macro)
{
	strbuf_printf(r->out, "%s\n", macro);
}

/* The text read so far, as lines of the page. */
static void flush(struct roff *r)
{
	if (r->text.len) {
		strbuf_add(r->out, r->text.buf, r->text.len);
		strbuf_char(r->out, '\n');
		r->fresh = false;
	}
	strbuf_reset(&r->text);
}

static int item_indent(const struct roff *r)
{
	return r->lists[r->depth - 1].ordered ? 4 : 2;
}

static void open_paragraph(struct roff *r)
{
	if (!r->fresh && r->depth)
		strbuf_printf(r->out, ".IP \"\" %d\n", item_indent(r));
	else if (!r->fresh)
		put_macro(r, ".PP");
	r->fresh = true;
}

static void open_section(struct roff *r, const char *macro, const char *title)
{
	strbuf_printf(r->out, "%s \"%s\"\n", macro, title);
	r->fresh = true;
}

/* What the page is about, and how the program is called. */
static void put_head(struct roff *r, const char *about)
{
	const struct roff_head *h = r->head;
	struct strbuf name;

	strbuf_init(&name, 100);
	for (const char *s = h->name; *s; s++)
		strbuf_char(&name, (char)toupper((unsigned char)*s));
	strbuf_printf(r->out, ".TH \"%s\" \"%s\" \"\" \"%s\"\n", name.buf, h->section, h->release);
	put_macro(r, ".nh\n.ad l"); /* no word is broken, no blanks are put in */
	open_section(r, ".SH", "NAME");
	strbuf_printf(r->out, "%s \\- %c%s\n", h->name, tolower((unsigned char)about[0]),
		      about + 1);
	strbuf_release(&name);
}

static void put_synopsis(struct roff *r)
{
	const char *s = r->head->synopsis;

	if (!s)
		return;
	open_section(r, ".SH", "SYNOPSIS");
	for (const char *end; *s; s = *end ? end + 1 : end) {
		size_t name = strcspn(s, " \n");

		end = s + strcspn(s, "\n");
		strbuf_str(&r->text, "\\fB");
		put_text(r, s, name);
		strbuf_str(&r->text, "\\fR");
		for (s += name; s < end;) {
			size_t capitals = 0;

			while (isupper((unsigned char)s[capitals]))
				capitals++;
			strbuf_str(&r->text, capitals ? "\\fI" : "");
			put_text(r, s, capitals ? capitals : 1);
			strbuf_str(&r->text, capitals ? "\\fR" : "");
			s += capitals ? capitals : 1;
		}
		flush(r);
		if (*end)
			put_macro(r, ".br");
	}
}

static void end_heading(struct roff *r)
{
	struct strbuf title;

	strbuf_init(&title, TEXT_MAX);
	strbuf_add(&title, r->text.buf, r->text.len);
	strbuf_reset(&r->text);
	if (r->heading == 1) {
		put_head(r, title.buf);
		put_synopsis(r);
		open_section(r, ".SH", "DESCRIPTION");
	} else {
		open_section(r, r->heading == 2 ? ".SH" : ".SS", title.buf);
	}
	r->heading = 0;
	strbuf_release(&title);
}

static void enter_list(struct roff *r, MD_BLOCKTYPE type, const void *detail)
{
	flush(r);
	if (r->depth)
		put_macro(r, ".RS 2");
	assert(r->depth < LISTS_MAX);
	r->lists[r->depth].ordered = type == MD_BLOCK_OL;
	if (type == MD_BLOCK_OL)
		r->lists[r->depth].number = ((const MD_BLOCK_OL_DETAIL *)detail)->start;
	r->depth++;
}

static void enter_item(struct roff *r)
{
	struct list *list = &r->lists[r->depth - 1];

	if (list->ordered)
		strbuf_printf(r->out, ".IP %u. %d\n", list->number++, item_indent(r));
	else
		strbuf_printf(r->out, ".IP \\(bu %d\n", item_indent(r));
	r->fresh = true;
}

static void leave_list(struct roff *r)
{
	r->depth--;
	if (r->depth)
		put_macro(r, ".RE");
	r->fresh = false;
}

static void enter_cell(struct roff *r)
{
	assert(r->cell < 2);
	if (r->cell == 0)
		put_macro(r, ".TP 7"); /* without it the indent of the list before would hold */
}

static void leave_cell(struct roff *r)
{
	if (r->cell < 0)
		strbuf_reset(&r->text);
	else if (!r->text.len)
		strbuf_str(&r->text, "\\&");
	flush(r);
	r->cell += r->cell >= 0;
}

static void enter_code(struct roff *r)
{
	flush(r);
	strbuf_printf(r->out, ".IP \"\" %d\n.nf\n", CODE_INDENT);
	r->code = true;
}

static void leave_code(struct roff *r)
{
	while (r->text.len && r->text.buf[r->text.len - 1] == '\n')
		strbuf_cut(&r->text, r->text.len - 1);
	flush(r);
	put_macro(r, ".fi");
	r->code = false;
}

static int on_enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct roff *r = ctx;

	switch (type) {
	case MD_BLOCK_H:
		r->heading = ((MD_BLOCK_H_DETAIL *)detail)->level;
		break;
	case MD_BLOCK_P:
		open_paragraph(r);
		break;
	case MD_BLOCK_UL:
	case MD_BLOCK_OL:
		enter_list(r, type, detail);
		break;
	case MD_BLOCK_LI:
		enter_item(r);
		break;
	case MD_BLOCK_CODE:
		enter_code(r);
		break;
	case MD_BLOCK_THEAD:
		r->cell = -1;
		break;
	case MD_BLOCK_TR:
		r->cell = r->cell < 0 ? r->cell : 0;
		break;
	case MD_BLOCK_TBODY:
		r->cell = 0;
		break;
	case MD_BLOCK_TD:
		enter_cell(r);
		break;
	default:
		break;
	}
	return 0;
}

static int on_leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
	struct roff *r = ctx;

	(void)detail;
	switch (type) {
	case MD_BLOCK_H:
		end_heading(r);
		break;
	case MD_BLOCK_UL:
	case MD_BLOCK_OL:
		leave_list(r);
		break;
	case MD_BLOCK_CODE:
		leave_code(r);
		break;
	case MD_BLOCK_TH:
	case MD_BLOCK_TD:
		leave_cell(r);
		break;
	case MD_BLOCK_P:
	case MD_BLOCK_LI:
		flush(r);
		break;
	default:
		break;
	}
	return 0;
}

/* Headings are set bold as a whole. */
static void set_font(struct roff *r, const char *font)
{
	if (!r->heading)
		strbuf_str(&r->text, font);
}

static int on_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct roff *r = ctx;

	(void)detail;
	r->link = type == MD_SPAN_A ? r->text.len : r->link;
	r->code |= type == MD_SPAN_CODE;
	if (type == MD_SPAN_CODE || type == MD_SPAN_STRONG)
		set_font(r, "\\fB");
	else if (type == MD_SPAN_EM)
		set_font(r, "\\fI");
	return 0;
}

/* The address of a link behind its text, unless it is the text. */
static void put_address(struct roff *r, const MD_ATTRIBUTE *href)
{
	size_t end = r->text.len, start;

	strbuf_str(&r->text, " \\(la");
	start = r->text.len;
	put_text(r, href->text, href->size);
	if (r->text.len - start == end - r->link &&
	    memcmp(r->text.buf + start, r->text.buf + r->link, end - r->link) == 0)
		strbuf_cut(&r->text, end);
	else
		strbuf_str(&r->text, "\\(ra");
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
	struct roff *r = ctx;

	if (type == MD_SPAN_A)
		put_address(r, &((MD_SPAN_A_DETAIL *)detail)->href);
	else
		set_font(r, "\\fR");
	if (type == MD_SPAN_CODE)
		r->code = false;
	return 0;
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE len, void *ctx)
{
	struct roff *r = ctx;
	struct strbuf decoded;

	switch (type) {
	case MD_TEXT_SOFTBR:
		strbuf_char(&r->text, ' ');
		break;
	case MD_TEXT_BR:
		strbuf_str(&r->text, "\n.br\n");
		break;
	case MD_TEXT_HTML:
	case MD_TEXT_NULLCHAR:
		break;
	case MD_TEXT_ENTITY:
		strbuf_init(&decoded, len + 8);
		entity_decode(&decoded, s, len);
		put_text(r, decoded.buf, decoded.len);
		strbuf_release(&decoded);
		break;
	default:
		put_text(r, s, len);
	}
	return 0;
}

void roff_page(struct strbuf *out, const struct roff_head *head, const char *markdown)
{
	const MD_PARSER parser = {
		.flags = MD_FLAG_COLLAPSEWHITESPACE | MD_FLAG_TABLES,
		.enter_block = on_enter_block,
		.leave_block = on_leave_block,
		.enter_span = on_enter_span,
		.leave_span = on_leave_span,
		.text = on_text,
	};
	struct roff r = {.out = out, .head = head};

	strbuf_init(&r.text, TEXT_MAX);
	md_parse(markdown, (MD_SIZE)strlen(markdown), &parser, &r);
	open_section(&r, ".SH", "SEE ALSO");
	put_text(&r, head->see_also, strlen(head->see_also));
	flush(&r);
	strbuf_release(&r.text);
}
