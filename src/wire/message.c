#include "wire/message.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/str.h"

enum type {
	TEXT, /* const char *; NULL is left out */
	FLAG, /* bool; false is left out */
	END,  /* enum fetch_end, by its name */
	INT,  /* int, 0 or more */
	SIZE, /* size_t */
	LONG  /* int64_t, -1 or more */
};

struct field {
	const char *name;
	enum type type;
	size_t at; /* in struct wire_message */
};

#define FIELDS_MAX 13
#define AT(member) offsetof(struct wire_message, member)

/* By enum wire_kind, in the order of the lines. The first field gives the kind its name. */
static const struct field kinds[WIRE_KINDS][FIELDS_MAX] = {
	{{"hello", INT, AT(version)}},
	{{"get", INT, AT(request.id)},
	 {"url", TEXT, AT(request.url)},
	 {"etag", TEXT, AT(request.etag)},
	 {"modified", TEXT, AT(request.modified)},
	 {"max", SIZE, AT(request.max)},
	 {"plain-http", FLAG, AT(request.plain_http)},
	 {"unchecked", FLAG, AT(request.unchecked)}},
	{{"progress", SIZE, AT(progress.running)},
	 {"bytes", LONG, AT(progress.bytes)},
	 {"total", LONG, AT(progress.total)}},
	{{"done", INT, AT(result.id)},
	 {"end", END, AT(result.end)},
	 {"status", INT, AT(result.status)},
	 {"etag", TEXT, AT(result.etag)},
	 {"modified", TEXT, AT(result.modified)},
	 {"type", TEXT, AT(result.type)},
	 {"url", TEXT, AT(result.url)},
	 {"moved", FLAG, AT(result.moved)},
	 {"retry-after", LONG, AT(result.retry_after)},
	 {"proxy", TEXT, AT(result.proxy)},
	 {"message", TEXT, AT(result.message)},
	 {"wire", LONG, AT(result.wire)},
	 {"body", SIZE, AT(result.len)}},
};

static const char *const ends[] = {"body", "unchanged", "status", "failed"};
#define END_COUNT (sizeof(ends) / sizeof(ends[0]))

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

static bool is_text(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (is_control(s[i]))
			return false;
	return len <= WIRE_TEXT_MAX;
}

bool wire_is_text(const char *s)
{
	return is_text(s, strlen(s));
}

static void write_text(struct strbuf *out, const struct field *field, const char *s)
{
	strbuf_printf(out, "%s ", field->name);
	for (size_t i = 0; i < WIRE_TEXT_MAX && s[i]; i++)
		strbuf_char(out, is_control(s[i]) ? '?' : s[i]);
	strbuf_char(out, '\n');
}

static void write_field(struct strbuf *out, const struct field *field, const void *at)
{
	switch (field->type) {
	case TEXT:
		if (*(const char *const *)at)
			write_text(out, field, *(const char *const *)at);
		break;
	case FLAG:
		if (*(const bool *)at)
			strbuf_printf(out, "%s\n", field->name);
		break;
	case END:
		strbuf_printf(out, "%s %s\n", field->name, ends[*(const enum fetch_end *)at]);
		break;
	case INT:
		strbuf_printf(out, "%s %d\n", field->name, *(const int *)at);
		break;
	case SIZE:
		strbuf_printf(out, "%s %zu\n", field->name, *(const size_t *)at);
		break;
	case LONG:
		strbuf_printf(out, "%s %" PRId64 "\n", field->name, *(const int64_t *)at);
		break;
	}
}

void wire_write(struct strbuf *out, const struct wire_message *message)
{
	const struct field *fields = kinds[message->kind];

	for (size_t i = 0; i < FIELDS_MAX && fields[i].name; i++)
		write_field(out, &fields[i], (const char *)message + fields[i].at);
	strbuf_char(out, '\n');
}

size_t wire_head_length(const char *bytes, size_t len)
{
	for (size_t i = 1; i < len; i++)
		if (bytes[i] == '\n' && bytes[i - 1] == '\n')
			return i + 1;
	return 0;
}

/* A decimal number without superfluous digits, or -1. */
static bool to_number(const char *s, int64_t max, int64_t *out)
{
	int64_t value = 0;

	if (str_eq(s, "-1")) {
		*out = -1;
		return true;
	}
	if (!*s || (s[0] == '0' && s[1]))
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || value > (max - (*s - '0')) / 10)
			return false;
		value = value * 10 + (*s - '0');
	}
	*out = value;
	return true;
}

static bool read_number(const char *s, enum type type, void *at)
{
	int64_t value;

	if (!to_number(s, type == INT ? INT_MAX : INT64_MAX, &value) || (value < 0 && type != LONG))
		return false;
	if (type == INT)
		*(int *)at = (int)value;
	else if (type == SIZE)
		*(size_t *)at = (size_t)value;
	else
		*(int64_t *)at = value;
	return true;
}

static bool read_end(const char *s, enum fetch_end *out)
{
	for (size_t i = 0; i < END_COUNT; i++) {
		if (!str_eq(s, ends[i]))
			continue;
		*out = (enum fetch_end)i;
		return true;
	}
	return false;
}

/* A line without its name: "" for a flag, a blank and the value for all else. */
static bool read_value(const char *rest, const struct field *field, void *at)
{
	if (field->type == FLAG)
		return *(bool *)at = *rest == '\0';
	if (*rest++ != ' ')
		return false;
	switch (field->type) {
	case TEXT:
		*(const char **)at = rest;
		return wire_is_text(rest);
	case END:
		return read_end(rest, at);
	default:
		return read_number(rest, field->type, at);
	}
}

static bool names(const char *line, const struct field *field)
{
	size_t len = strlen(field->name);

	return strncmp(line, field->name, len) == 0 && (line[len] == ' ' || line[len] == '\0');
}

/* The lines of a head, NUL-terminated each, as the fields of a kind. */
static bool read_fields(const char *const *lines, size_t count, const struct field *fields,
			struct wire_message *out)
{
	size_t next = 0;

	for (size_t i = 0; i < FIELDS_MAX && fields[i].name; i++) {
		const struct field *field = &fields[i];

		if (next < count && names(lines[next], field)) {
			if (!read_value(lines[next++] + strlen(field->name), field,
					(char *)out + field->at))
				return false;
		} else if (field->type != TEXT && field->type != FLAG) {
			return false;
		}
	}
	return next == count;
}

bool wire_read(const char *head, size_t len, struct arena *arena, struct wire_message *out)
{
	const char *lines[FIELDS_MAX];
	size_t count = 0, kind = 0;

	*out = (struct wire_message){0};
	if (len < 2 || len > WIRE_HEAD_MAX || wire_head_length(head, len) != len)
		return false;
	for (size_t start = 0; start < len - 1;) {
		const char *end = memchr(head + start, '\n', len - start);
		size_t size = (size_t)(end - (head + start));

		if (count == FIELDS_MAX || memchr(head + start, '\0', size))
			return false;
		lines[count++] = arena_bytes(arena, head + start, size);
		start += size + 1;
	}
	if (count == 0)
		return false;
	while (kind < WIRE_KINDS && !names(lines[0], &kinds[kind][0]))
		kind++;
	if (kind == WIRE_KINDS)
		return false;
	out->kind = (enum wire_kind)kind;
	return read_fields(lines, count, kinds[kind], out);
}
