/* What the tests of the store share: a database in a folder of its own, and decks to merge. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#define _XOPEN_SOURCE 700 /* nftw */

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "store/backup.h"
#include "store/card.h"
#include "store/plan.h"
#include "store/review.h"
#include "store/search.h"
#include "store/source.h"
#include "store/store.h"

#define CARDS_MAX 6000
#define NOW INT64_C(1795000000000) /* November 2026 */
#define TODAY 20775

struct fixture {
	char folder[64];
	char path[128];
	struct store *s;
	struct arena arena;
	int64_t source;
};

static struct error failure;

/* Runs a call that has to work. */
#define must(call) \
	do { \
		failure = (struct error)ERROR_INIT; \
		if ((call) != ERR_NONE) \
			fail_msg("%s: %s", #call, failure.msg); \
	} while (0)

/* Runs a call that has to fail with this code. */
#define must_fail(call, wanted) \
	do { \
		failure = (struct error)ERROR_INIT; \
		assert_int_equal((call), (wanted)); \
		assert_int_equal(failure.code, (wanted)); \
		assert_true(failure.msg[0] != '\0'); \
	} while (0)

static inline void reopen(struct fixture *f)
{
	store_close(f->s);
	must(store_open(&f->s, f->path, STORE_WRITE, &failure));
}

/* A setting as a store has it. */
static inline const char *config(struct store *s, const char *key, struct fixture *f)
{
	const char *value;

	must(store_config(s, key, &f->arena, &value, &failure));
	return value;
}

static inline int fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *base = getenv("TMPDIR");

	assert_non_null(f);
	snprintf(f->folder, sizeof(f->folder), "%s/viva-XXXXXX", base ? base : P_tmpdir);
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/data/viva.db", f->folder);
	must(store_open(&f->s, f->path, STORE_WRITE, &failure));
	must(store_add_source(f->s, SOURCE_LOCAL, "/decks", NOW, &f->source, &failure));
	*state = f;
	return 0;
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->s);
	arena_release(&f->arena);
	nftw(f->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static inline void list_add(struct arena *a, struct strlist *list, const char *item)
{
	const char **items = arena_array(a, list->count + 1, sizeof(*items));

	for (size_t i = 0; i < list->count; i++)
		items[i] = list->items[i];
	items[list->count++] = item;
	list->items = items;
}

static inline struct deck *make_deck(struct arena *a, const char *id)
{
	struct deck *d = arena_alloc(a, sizeof(*d));

	d->id = id;
	d->has_id = true;
	d->title = id;
	d->publisher.serial = -1;
	d->cards = arena_array(a, CARDS_MAX, sizeof(*d->cards));
	return d;
}

static inline struct card *deck_add(struct deck *d, const char *id, const char *question)
{
	struct card *c = &d->cards[d->card_count];

	assert_true(d->card_count < CARDS_MAX);
	d->card_count++;
	c->id = id;
	c->has_id = true;
	c->seconds = 60;
	c->line = (int)d->card_count * 10;
	c->section[SECTION_QUESTION] = question;
	c->section[SECTION_ANSWER] = "An answer";
	return c;
}

/* Stands in for deck_hash_card(), which is another layer's. */
static inline void hash_card(const struct card *c, struct hash *content, struct hash *body)
{
	struct strbuf sb;

	strbuf_init(&sb, 1 << 20);
	for (int i = 1; i < SECTION_COUNT; i++)
		strbuf_printf(&sb, "%s|", c->section[i] ? c->section[i] : "");
	strbuf_printf(&sb, "%d %d %d %d %d %d %s", (int)c->level, (int)c->tier, (int)c->aim,
		      (int)c->kind, c->seconds, c->rev, c->follows ? c->follows : "");
	for (size_t i = 0; i < c->tags.count; i++)
		strbuf_printf(&sb, "|%s", c->tags.items[i]);
	*body = hash_of(sb.buf, sb.len);
	strbuf_printf(&sb, "|%s|%s", c->id, c->section[SECTION_QUESTION]);
	*content = hash_of(sb.buf, sb.len);
	strbuf_release(&sb);
}

static inline struct edition make_edition(struct arena *a, const struct deck *d, const char *path)
{
	struct hash *content = arena_array(a, d->card_count, sizeof(*content));
	struct hash *body = arena_array(a, d->card_count, sizeof(*body));

	for (size_t i = 0; i < d->card_count; i++)
		hash_card(&d->cards[i], &content[i], &body[i]);
	return (struct edition){d, path, content, body};
}

static inline enum err_code merge_paths(struct fixture *f, const struct edition *editions,
					size_t count, const struct strlist *kept,
					struct changes *changes)
{
	const struct merge_request request = {.source = f->source,
					      .editions = editions,
					      .count = count,
					      .kept = kept,
					      .now = NOW};

	return store_merge(f->s, &request, &f->arena, changes, NULL, &failure);
}

/* Merges decks as files /decks/<id>.md of one source; a NULL ends them. */
static inline enum err_code merge_of(struct fixture *f, int64_t source, bool take_over,
				     struct changes *changes, struct deck **decks)
{
	struct edition editions[32];
	size_t count = 0;

	for (; decks[count]; count++)
		editions[count] =
			make_edition(&f->arena, decks[count],
				     arena_printf(&f->arena, "/decks/%s.md", decks[count]->id));
	return store_merge(f->s,
			   &(struct merge_request){.source = source,
						   .editions = editions,
						   .count = count,
						   .take_over = take_over,
						   .now = NOW},
			   &f->arena, changes, NULL, &failure);
}

#define DECKS(...) ((struct deck *[]){__VA_ARGS__, NULL})
#define merge(f, changes, ...) merge_of((f), (f)->source, false, (changes), DECKS(__VA_ARGS__))

static inline int64_t key_of(struct fixture *f, const char *name)
{
	int64_t key = 0;

	must(store_find_card(f->s, name, &key, &failure));
	return key;
}

static inline struct card_info info_of(struct fixture *f, int64_t key)
{
	struct card_info info;

	must(store_card_info(f->s, key, &f->arena, &info, &failure));
	return info;
}

static inline struct review make_review(int64_t card, int day, int grade)
{
	return (struct review){
		.card = card,
		.time = NOW + (int64_t)day * 1000,
		.day = day,
		.blind = grade,
		.grade = grade,
		.answer_ms = SECONDS_UNKNOWN,
		.total_ms = SECONDS_UNKNOWN,
		.cap = SM2_INTERVAL_CAP,
		.ask_by = DAY_NONE,
	};
}

static inline struct schedule answer(struct fixture *f, int64_t card, int day, int grade)
{
	struct review r = make_review(card, day, grade);
	struct schedule after;

	must(store_add_review(f->s, &r, &after, &failure));
	return after;
}

/* Schedules follow from the log, and the index from the cards, whenever it was made last. */
static inline void assert_sound(struct fixture *f)
{
	size_t wrong = 99;

	must(store_check_schedules(f->s, false, &wrong, &failure));
	assert_int_equal(wrong, 0);
	must(store_check_search(f->s, false, &wrong, &failure));
	assert_int_equal(wrong, 0);
	must(store_search_update(f->s, NULL, NULL, &failure));
	must(store_check_search(f->s, false, &wrong, &failure));
	assert_int_equal(wrong, 0);
}

#endif
