/*
 * YAML by libyaml's events: one document, a mapping of words to words, lists of words, and lists of
 * such mappings. What is nested otherwise is read over; anchors, aliases, tags and directives are
 * refused, and so is depth, before libyaml can spend time on it.
 */
#include <string.h>
#include <yaml.h>

#include "base/mem.h"
#include "deck/internal.h"

struct reader {
	const struct source *src;
	yaml_parser_t parser;
	size_t base; /* offset of the first byte in the file, and its line number */
	int number;
	/* libyaml counts characters; the last one that was looked for, to go on from. */
	size_t index, offset;
	struct place where;
	struct mapping *root, *out; /* out takes the keys: the root, or the newest item of a list */
	int depth, out_depth;
	bool have_key; /* the newest entry of out waits for its value */
	struct place at;
	const char *message;
};

/* Where in the file a mark is. Marks come in order, save for those of errors. */
static struct place mark_place(struct reader *r, const yaml_mark_t *mark)
{
	const struct source *src = r->src;

	if (mark->index < r->index) {
		r->index = 0;
		r->offset = r->base;
		r->where = (struct place){r->number, 1};
	}
	while (r->index < mark->index && r->offset < src->len) {
		bool line_end = src->text[r->offset] == '\n';

		r->where.line += line_end;
		r->where.column = line_end ? 1 : r->where.column + 1;
		r->offset++;
		while (r->offset < src->len && ((unsigned char)src->text[r->offset] & 0xc0) == 0x80)
			r->offset++;
		r->index++;
	}
	return r->where;
}

static size_t mark_offset(struct reader *r, const yaml_mark_t *mark)
{
	(void)mark_place(r, mark);
	return r->offset;
}

static bool refuse(struct reader *r, const yaml_mark_t *mark, const char *message)
{
	r->at = mark_place(r, mark);
	r->message = message;
	return false;
}

static bool syntax_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;

	if (p->error == YAML_MEMORY_ERROR)
		mem_out();
	if (p->error == YAML_READER_ERROR) {
		r->at = source_place(r->src, r->base, r->number, r->base + p->problem_offset);
		r->message = "control character in YAML: write it as an escape in double quotes";
		return false;
	}
	r->at = mark_place(r, &p->problem_mark);
	r->message = arena_printf(r->src->arena,
				  "not valid YAML, %s: put quotes around text with "
				  "`: `, `#` or brackets in it",
				  p->problem ? p->problem : "syntax");
	return false;
}

static bool add_key(struct reader *r, const yaml_event_t *e)
{
	struct mapping *m = r->out;
	const char *key = (const char *)e->data.scalar.value;

	if (m->count == MAPPING_KEYS_MAX)
		return refuse(r, &e->start_mark, "more than 64 keys: no deck needs so many");
	for (size_t i = 0; i < m->count; i++) {
		if (strcmp(m->entries[i].key, key) == 0)
			return refuse(r, &e->start_mark, "key is there twice: keep one");
	}
	m->entries = arena_room(r->src->arena, m->entries, m->count, &m->cap, sizeof(*m->entries));
	m->entries[m->count++] = (struct entry){
		.key = arena_str(r->src->arena, key),
		.at = mark_place(r, &e->start_mark),
	};
	r->have_key = true;
	return true;
}

static struct entry *newest(const struct reader *r)
{
	return &r->out->entries[r->out->count - 1];
}

static bool add_value(struct reader *r, const yaml_event_t *e)
{
	struct entry *entry = newest(r);

	if (entry->count == MAPPING_ITEMS_MAX)
		return refuse(r, &e->start_mark, "more than 4096 items in a list: drop some");
	entry->values = arena_room(r->src->arena, entry->values, entry->count, &entry->cap,
				   sizeof(*entry->values));
	entry->values[entry->count++] = (struct scalar){
		.text = arena_str(r->src->arena, (const char *)e->data.scalar.value),
		.at = mark_place(r, &e->start_mark),
	};
	return true;
}

static bool scalar(struct reader *r, const yaml_event_t *e)
{
	if (e->data.scalar.anchor || e->data.scalar.tag)
		return refuse(r, &e->start_mark, "anchors and tags are not allowed: drop it");
	if (memchr(e->data.scalar.value, '\0', e->data.scalar.length))
		return refuse(r, &e->start_mark, "NUL in a value: drop it");
	if (e->data.scalar.length > DECK_FIELD_MAX)
		return refuse(r, &e->start_mark, "value is longer than 64 KiB: shorten it");
	if (r->depth == r->out_depth && !r->have_key)
		return add_key(r, e);
	if (r->depth == r->out_depth) {
		r->have_key = false;
		return add_value(r, e);
	}
	if (r->depth == r->out_depth + 1 && newest(r)->shape == SHAPE_LIST)
		return add_value(r, e);
	if (r->depth == r->out_depth + 1)
		newest(r)->shape = SHAPE_NESTED;
	return true;
}

/* A mapping in a list of the root: from now on it takes the keys. */
static bool open_item(struct reader *r, const yaml_event_t *e)
{
	struct entry *entry = newest(r);

	if (entry->item_count == MAPPING_ITEMS_MAX)
		return refuse(r, &e->start_mark, "more than 4096 items in a list: drop some");
	entry->shape = SHAPE_MAPPINGS;
	entry->items = arena_room(r->src->arena, entry->items, entry->item_count, &entry->item_cap,
				  sizeof(*entry->items));
	r->out = &entry->items[entry->item_count++];
	*r->out = (struct mapping){.at = mark_place(r, &e->start_mark)};
	r->out_depth = r->depth + 1;
	r->have_key = false;
	return true;
}

/* Whether the mapping that starts here is an item that is kept. */
static bool is_item(const struct reader *r, bool list)
{
	const struct entry *entry = newest(r);

	if (list || r->out != r->root || r->depth != 2)
		return false;
	return entry->shape == SHAPE_MAPPINGS || (entry->shape == SHAPE_LIST && !entry->count);
}

static bool open_collection(struct reader *r, const yaml_event_t *e, bool list, const void *anchor,
			    const void *tag)
{
	if (anchor || tag)
		return refuse(r, &e->start_mark, "anchors and tags are not allowed: drop it");
	if (r->depth == MAPPING_DEPTH_MAX)
		return refuse(r, &e->start_mark, "YAML is nested deeper than 8 levels: flatten it");
	if (r->depth == r->out_depth && r->depth > 0 && !r->have_key)
		return refuse(r, &e->start_mark, "a key is a single word");
	if (r->depth > 0 && is_item(r, list)) {
		if (!open_item(r, e))
			return false;
	} else if (r->depth > 0) {
		newest(r)->shape = r->depth == r->out_depth && list ? SHAPE_LIST : SHAPE_NESTED;
	}
	r->depth++;
	return true;
}

static bool close_collection(struct reader *r)
{
	if (r->depth == r->out_depth && r->out != r->root) {
		r->out = r->root;
		r->out_depth = 1;
		r->have_key = true; /* that of the list */
	}
	r->depth--;
	if (r->depth == r->out_depth)
		r->have_key = false;
	return true;
}

static void open_root(struct reader *r, const yaml_event_t *e)
{
	r->out->flow = e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	r->out->insert = mark_offset(r, &e->start_mark) + (r->out->flow ? 1 : 0);
}

/* Takes one event; *status is set where the text turns out to hold no mapping. */
static bool take(struct reader *r, const yaml_event_t *e, enum mapping_status *status)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (*status == MAPPING_READ)
			return refuse(r, &e->start_mark, "a second YAML document: drop it");
		if (e->data.document_start.version_directive ||
		    e->data.document_start.tag_directives.start !=
			    e->data.document_start.tag_directives.end)
			return refuse(r, &e->start_mark,
				      "YAML directives are not allowed: drop it");
		return true;
	case YAML_ALIAS_EVENT:
		return refuse(r, &e->start_mark, "aliases are not allowed: write the value out");
	case YAML_SCALAR_EVENT:
		return r->depth == 0 || scalar(r, e);
	case YAML_SEQUENCE_START_EVENT:
		if (r->depth == 0)
			return true;
		return open_collection(r, e, true, e->data.sequence_start.anchor,
				       e->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		if (r->depth == 0)
			open_root(r, e);
		*status = MAPPING_READ;
		return open_collection(r, e, false, e->data.mapping_start.anchor,
				       e->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_collection(r);
	default:
		return true;
	}
}

enum mapping_status mapping_read(const struct source *src, const char *yaml, size_t len,
				 size_t base, int number, struct mapping *out, struct place *at,
				 const char **message)
{
	struct reader r = {
		.src = src,
		.base = base,
		.number = number,
		.offset = base,
		.where = {number, 1},
		.root = out,
		.out = out,
		.out_depth = 1,
	};
	enum mapping_status status = MAPPING_OTHER;
	yaml_event_type_t type = YAML_NO_EVENT;
	bool good = true;

	memset(out, 0, sizeof(*out));
	if (!yaml_parser_initialize(&r.parser))
		mem_out();
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)yaml, len);
	while (good && type != YAML_STREAM_END_EVENT) {
		yaml_event_t event;
		if (!yaml_parser_parse(&r.parser, &event)) {
			good = syntax_error(&r);
			break;
		}
		type = event.type;
		good = take(&r, &event, &status);
		/* A text whose first thing is no mapping is no mapping, whatever follows. */
		bool other = r.depth == 0 && status == MAPPING_OTHER &&
			     (type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT);
		yaml_event_delete(&event);
		if (other)
			break;
	}
	yaml_parser_delete(&r.parser);
	*at = r.at;
	*message = r.message;
	return good ? status : MAPPING_BAD;
}
