/* Markdown as a page for man(1): what roff would take for its own is escaped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/roff.h"

static const struct roff_head head = {"viva", "1", "viva 1", "viva [FILE]\nviva help", "sh(1)"};

static const char start[] = ".TH \"VIVA\" \"1\" \"\" \"viva 1\"\n"
			    ".nh\n.ad l\n"
			    ".SH \"NAME\"\n"
			    "viva \\- asks\n"
			    ".SH \"SYNOPSIS\"\n"
			    "\\fBviva\\fR [\\fIFILE\\fR]\n.br\n\\fBviva\\fR help\n"
			    ".SH \"DESCRIPTION\"\n";
static const char end[] = ".SH \"SEE ALSO\"\nsh(1)\n";

/* The body of a page is what stands between its start and its end. */
static void assert_page(const char *markdown, const char *body)
{
	struct strbuf source, page, expected;

	strbuf_init(&source, 10000);
	strbuf_init(&page, 10000);
	strbuf_init(&expected, 10000);
	strbuf_printf(&source, "# Asks\n\n%s", markdown);
	strbuf_printf(&expected, "%s%s%s", start, body, end);
	roff_page(&page, &head, source.buf);
	assert_string_equal(page.buf, expected.buf);
	strbuf_release(&expected);
	strbuf_release(&page);
	strbuf_release(&source);
}

static void text_is_no_macro(void **state)
{
	(void)state;
	assert_page(".TH is text", "\\&.TH is text\n");
	assert_page("'so is this", "\\&\\(aqso is this\n");
	assert_page("```\n.a\n'b\n```", ".IP \"\" 4\n.nf\n\\&.a\n\\&\\(aqb\n.fi\n");
	assert_page("a  \n.b", "a\n.br\n\\&.b\n");
	assert_page("| a | b |\n|---|---|\n| .x | .y |\n", ".TP 7\n\\&.x\n\\&.y\n");
}

static void characters_stay_what_they_are(void **state)
{
	(void)state;
	assert_page("a \\\\ `\\n` \"q\" ~ ^", "a \\e \\fB\\en\\fR \\(dqq\\(dq \\(ti \\(ha\n");
	assert_page("well-known, --x, 1-2", "well-known, \\-\\-x, 1\\-2\n");
	assert_page("`a-b`", "\\fBa\\-b\\fR\n");
	assert_page("\xC3\xA9 &amp; &mdash;", "\\[u00E9] & \\[u2014]\n");
	assert_page("## It's `a`\n\nb", ".SH \"IT\\(aqS A\"\nb\n");
	assert_page("### It's `a`\n\nb", ".SS \"It\\(aqs a\"\nb\n");
}

static void blocks_become_macros(void **state)
{
	(void)state;
	assert_page("a\nb\n\nc", "a b\n.PP\nc\n");
	assert_page("- a\n- b\n\n  c\n\nd",
		    ".IP \\(bu 2\na\n.IP \\(bu 2\nb\n.IP \"\" 2\nc\n.PP\nd\n");
	assert_page("3. a\n   - b\n4. c", ".IP 3. 4\na\n.RS 2\n.IP \\(bu 2\nb\n.RE\n.IP 4. 4\nc\n");
	assert_page("| a | b |\n|---|---|\n| x | |\n\ny", ".TP 7\nx\n\\&\n.PP\ny\n");
	assert_page("<!-- a -->\n\n*a* **b**", "\\fIa\\fR \\fBb\\fR\n");
	assert_page("[a](b) <http://c>", "a \\(lab\\(ra http://c\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_no_macro),
		cmocka_unit_test(characters_stay_what_they_are),
		cmocka_unit_test(blocks_become_macros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
