#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "internal.h"
#include "store/remote.h"

static const char sql_conflicts[] =
	"SELECT c.id,d.name,c.name,o.section,o.base,o.text," OVERLAID_TEXT
	" FROM overlay o JOIN card c ON c.id=o.card_id JOIN deck d ON d.id=c.deck_id"
	" JOIN card_text t ON t.card_id=o.card_id"
	" WHERE c.retired=0 AND o.base IS NOT " OVERLAID_TEXT
	" AND (?1=0 OR d.source_id=?1) AND (?2=0 OR c.id=?2) ORDER BY c.position,o.section";

enum err_code store_conflicts(struct store *s, int64_t source, int64_t card, struct arena *arena,
			      struct conflict **out, size_t *count, struct error *err)
{
	struct stmt *q = sql(s, sql_conflicts);
	struct conflict *list = NULL;
	size_t n = 0, cap = 0;
	enum err_code rc;
	bool more;

	put_int(q, source);
	put_int(q, card);
	while ((rc = stmt_row(q, &more, err)) == ERR_NONE && more) {
		struct conflict c = {.card = get_int(q)};

		c.name = get_card_name(q, arena);
		c.section = (enum section)get_range(q, 0, SECTION_COUNT - 1);
		c.base = get_text(q, arena);
		c.mine = get_text(q, arena);
		c.theirs = get_text(q, arena);
		mem_grow(&list, n, &cap, sizeof(*list));
		list[n++] = c;
	}
	*out = arena_array(arena, n, sizeof(*list));
	if (n)
		memcpy(*out, list, n * sizeof(*list));
	*count = n;
	free(list);
	return rc;
}
