#include "cmd/manual.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/slash.h"
#include "core/query.h"

/* src/cmd/manual.md, src/cmd/sharing.md and src/deck/decks.md, made into objects by the build */
extern const char manual_md[], sharing_md[], decks_md[];

#define HEADING "## "
#define WHOLE_PAGES 3 /* topics that are no section */

/* A row of a table of two columns. */
static void put_row(struct strbuf *out, const char *left, const char *right)
{
	strbuf_str(out, "| `");
	for (; *left; left++)
		strbuf_printf(out, "%s%c", *left == '|' ? "\\" : "", *left);
	strbuf_printf(out, "` | %s |\n", right);
}

static void put_table_head(struct strbuf *out, const char *left, const char *right)
{
	strbuf_printf(out, "| %s | %s |\n|---|---|\n", left, right);
}

static void put_options(struct strbuf *out, const struct cmd *cmd)
{
	struct arena arena = ARENA_INIT;

	if (!cmd->options[0].name && !cmd->json)
		return;
	strbuf_char(out, '\n');
	put_table_head(out, "option", "effect");
	for (size_t i = 0; i < ARGS_OPTIONS_MAX && cmd->options[i].name; i++) {
		const struct cmd_option *o = &cmd->options[i];

		put_row(out,
			arena_printf(&arena, "--%s%s%s", o->name, o->value ? " " : "",
				     o->value ? o->value : ""),
			o->help);
	}
	if (cmd->json)
		put_row(out, "--json", "print JSON, as described below");
	arena_release(&arena);
}

static void put_commands(struct strbuf *out)
{
	for (size_t i = 0; cmd_table[i]; i++) {
		const struct cmd *cmd = cmd_table[i];

		if (cmd->flags & CMD_HIDDEN)
			continue;
		strbuf_printf(out, "### `viva %s%s%s`\n\n%c%s.%s%s\n", cmd->name,
			      *cmd->usage ? " " : "", cmd->usage,
			      toupper((unsigned char)cmd->summary[0]), cmd->summary + 1,
			      cmd->help ? " " : "", cmd->help ? cmd->help : "");
		put_options(out, cmd);
		strbuf_char(out, '\n');
	}
}

static void put_json(struct strbuf *out)
{
	put_table_head(out, "command", "gives");
	for (size_t i = 0; cmd_table[i]; i++)
		if (cmd_table[i]->json)
			put_row(out, cmd_table[i]->name, cmd_table[i]->json);
}

static void put_slash(struct strbuf *out)
{
	const char *name, *help;

	put_table_head(out, "command", "effect");
	for (size_t i = 0; slash_describe(i, &name, &help); i++)
		put_row(out, name, help);
}

static void put_queries(struct strbuf *out)
{
	struct arena arena = ARENA_INIT;
	struct query_key key;

	put_table_head(out, "term", "looks at");
	for (size_t i = 0; query_key(i, &key); i++)
		put_row(out, arena_printf(&arena, "%s:", key.name),
			arena_printf(&arena, "%s. Takes %s", key.meaning, key.form));
	arena_release(&arena);
}

static void put_settings(struct strbuf *out)
{
	struct arena arena = ARENA_INIT;

	put_table_head(out, "setting", "meaning");
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *s = &settings_table[i];

		put_row(out, s->key,
			arena_printf(&arena, "%s. Takes %s; %s if not set", s->meaning, s->values,
				     s->fallback));
	}
	arena_release(&arena);
}

/* What stands in the manual for a line of these. */
static const struct part {
	const char *mark;
	void (*put)(struct strbuf *out);
} parts[] = {
	{"<!-- commands -->", put_commands}, {"<!-- json -->", put_json},
	{"<!-- slash -->", put_slash},	     {"<!-- queries -->", put_queries},
	{"<!-- settings -->", put_settings},
};

/* Appends the prose from `text` to `end`, the parts put in. */
static void put_text(struct strbuf *out, const char *text, const char *end)
{
	while (text < end) {
		size_t len = strcspn(text, "\n"), i = 0;
		size_t count = sizeof(parts) / sizeof(parts[0]);

		while (i < count &&
		       (strlen(parts[i].mark) != len || strncmp(parts[i].mark, text, len) != 0))
			i++;
		if (i < count)
			parts[i].put(out);
		else
			strbuf_add(out, text, len + 1);
		text += len + 1;
	}
}

/* The next section from `text` on, NULL for none; its end is the next one or the end of all. */
static const char *next_section(const char *text)
{
	const char *heading = strstr(text, "\n" HEADING);

	return heading ? heading + 1 : NULL;
}

static const char *topic_of(const char *section, struct arena *arena)
{
	const char *title = section + strlen(HEADING);
	char *topic = arena_bytes(arena, title, strcspn(title, "\n"));

	for (char *c = topic; *c; c++)
		*c = *c == ' ' ? '-' : (char)tolower((unsigned char)*c);
	return topic;
}

bool manual_section(const char *topic, struct strbuf *out)
{
	struct arena arena = ARENA_INIT;
	const char *s = next_section(manual_md), *end;

	if (str_eq(topic, "decks"))
		return strbuf_str(out, decks_md);
	if (str_eq(topic, "sharing"))
		return strbuf_str(out, sharing_md);
	if (str_eq(topic, "manual")) {
		put_text(out, manual_md, manual_md + strlen(manual_md));
		return true;
	}
	while (s && !str_eq(topic_of(s, &arena), topic))
		s = next_section(s);
	arena_release(&arena);
	if (!s)
		return false;
	end = next_section(s);
	put_text(out, s, end ? end : s + strlen(s));
	return true;
}

const char *manual_topic(size_t i, struct arena *arena)
{
	static const char *const whole[WHOLE_PAGES] = {"manual", "decks", "sharing"};
	const char *s = next_section(manual_md);

	if (i < WHOLE_PAGES)
		return whole[i];
	for (i -= WHOLE_PAGES; s && i; i--)
		s = next_section(s);
	return s ? topic_of(s, arena) : NULL;
}
