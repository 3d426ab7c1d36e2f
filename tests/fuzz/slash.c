/*
 * Any lines in a sitting, at any of its steps: what is a slash command is carried out, on a real
 * database of one card, and what it says is clean.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cmd/slash.h"
#include "deck/parse.h"
#include "store/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char deck_text[] = "# Deck\n\n## What is it?\n<!-- {id: card, level: mid} -->\n\n"
				"The answer.\n\n### Key points\n- The **first**\n- The `second`\n";

static char folder[] = "/tmp/viva-fuzz-XXXXXX";

static void clean_up(void)
{
	const char *names[] = {"viva.db", "viva.db-journal"};
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

static void import_deck(struct app *app)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct problems problems;
	struct changes changes;
	struct hash content, body;
	struct deck deck;
	int64_t source;
	bool good;

	problems_init(&problems, &arena);
	good = deck_parse(deck_text, strlen(deck_text), "deck.md", &arena, &deck, &problems);
	assert(good);
	deck_hash_card(&deck.cards[0], &content, &body);
	if (store_add_source(app->store, SOURCE_LOCAL, "/deck.md", 1, &source, &err))
		abort();
	struct edition edition = {&deck, "/deck.md", &content, &body};
	struct merge_request request = {
		.source = source, .editions = &edition, .count = 1, .now = 1};
	if (store_merge(app->store, &request, &arena, &changes, NULL, &err))
		abort();
	arena_release(&arena);
}

/* The program of all runs: its database, and its output, which stays where it is. */
static struct app *app_for_all(void)
{
	static struct out out = {.width = 80, .unicode = true};
	static struct app app;
	static char path[sizeof(folder) + 16];
	struct error err = ERROR_INIT;

	if (app.store)
		return &app;
	app.out = app.messages = &out;
	if (!mkdtemp(folder))
		abort();
	atexit(clean_up);
	snprintf(path, sizeof(path), "%s/viva.db", folder);
	app.db_path = path;
	app.data_dir = folder;
	app.bundled_dir = folder;
	app.clock = (struct clock){true, 1700000000000};
	if (app_open(&app, STORE_WRITE, &err))
		abort();
	import_deck(&app);
	return &app;
}

static void run_lines(struct ask *a, const char *text, size_t len)
{
	struct error err = ERROR_INIT;
	struct strbuf line;

	strbuf_init(&line, ANSWER_MAX);
	for (const char *s = text, *end = text + len; s < end;) {
		const char *lf = memchr(s, '\n', (size_t)(end - s));
		size_t n = (size_t)((lf ? lf : end) - s);

		strbuf_reset(&line);
		strbuf_add(&line, s, n);
		a->step = (enum ask_step)((unsigned char)*s % (ASK_DONE + 1));
		slash_run(a, &line, &err);
		assert(strlen(line.buf) <= line.len);
		s += n + 1;
	}
	strbuf_release(&line);
}

static void check_output(const char *s, size_t len)
{
	for (size_t pos = 0; pos < len;) {
		uint32_t cp;
		size_t n = utf8_next(s + pos, len - pos, &cp);

		assert(n > 0 && (cp == '\n' || !utf8_is_hostile(cp)));
		pos += n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct app *app = app_for_all();
	struct error err = ERROR_INIT;
	char *text = NULL;
	size_t size = 0;
	struct ask ask;

	app->out->stream = open_memstream(&text, &size);
	if (ask_init(&ask, app, 1, MODE_STUDY, &err))
		abort();
	run_lines(&ask, (const char *)bytes, len);
	ask_release(&ask);
	out_flush(app->out);
	fclose(app->out->stream);
	check_output(text, size);
	free(text);
	return 0;
}
