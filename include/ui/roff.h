/*
 * Markdown as a page for man(1), in roff with the man macros. The pages are those of viva itself,
 * so what they do not use is not there: tables have two columns and become lists of terms, HTML is
 * left out.
 */
#ifndef UI_ROFF_H
#define UI_ROFF_H

#include "base/strbuf.h"

struct roff_head {
	const char *name;    /* "viva" */
	const char *section; /* "1" */
	const char *release; /* "viva 1.2", at the foot of the page */
	/* lines, NULL: no synopsis; the first word of a line is set bold, the others italic where
	   they are in capitals */
	const char *synopsis;
	const char *see_also; /* other pages: "viva(1), readline(3)" */
};

/*
 * Appends the page. The level-1 heading is what the page says of its name; the text up to the
 * first level-2 heading is the description; level-2 headings are sections.
 */
void roff_page(struct strbuf *out, const struct roff_head *head, const char *markdown);

#endif
