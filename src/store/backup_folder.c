#include "store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "core/day.h"
#include "internal.h"

#define KEEP_DAYS 5
#define KEEP_WEEKS 3
#define SECOND 1000
#define DAY_MS (INT64_C(86400) * SECOND)

#define TIME_DIGITS "00000000T000000Z"
#define TIME_LEN (sizeof(TIME_DIGITS) - 1)

/* Of a time, in whole units, also before 1970. */
static int64_t floor_div(int64_t value, int64_t unit)
{
	return value >= 0 ? value / unit : -((-value + unit - 1) / unit);
}

const char *backup_time(int64_t now, struct arena *arena)
{
	int64_t day = floor_div(now, DAY_MS);
	int second = (int)((now - day * DAY_MS) / SECOND);
	int year, month, date;

	day_to_date((int)day, &year, &month, &date);
	return arena_printf(arena, "%04d%02d%02dT%02d%02d%02dZ", year, month, date, second / 3600,
			    second / 60 % 60, second % 60);
}

const char *backup_name(const char *base, int64_t now, const struct hash *hash, struct arena *arena)
{
	char hex[2 * HASH_SIZE + 1];

	hash_hex(hash, hex);
	return arena_printf(arena, "%s.%s.%.*s", base, backup_time(now, arena), DIGEST_LEN, hex);
}

/* `len` decimal digits as a number; what is no digit has been refused before. */
static int number(const char *digits, int len)
{
	int value = 0;

	for (int i = 0; i < len; i++)
		value = value * 10 + (digits[i] - '0');
	return value;
}

/* Whether a name is that of a copy; of which database is said by its first *base_len bytes. */
static bool parse_name(const char *name, size_t *base_len, int64_t *time)
{
	size_t len = strlen(name), tail = 1 + TIME_LEN + 1 + DIGEST_LEN;
	const char *p = name + len - tail + 1;

	if (len <= tail || p[-1] != '.' || p[TIME_LEN] != '.' ||
	    strspn(p + TIME_LEN + 1, "0123456789abcdef") != DIGEST_LEN)
		return false;
	for (size_t i = 0; i < TIME_LEN; i++)
		if (TIME_DIGITS[i] == '0' ? p[i] < '0' || p[i] > '9' : p[i] != TIME_DIGITS[i])
			return false;
	*base_len = len - tail;
	*time = day_from_date(number(p, 4), number(p + 4, 2), number(p + 6, 2)) * DAY_MS +
		(number(p + 9, 2) * 3600 + number(p + 11, 2) * 60 + number(p + 13, 2)) *
			(int64_t)SECOND;
	return true;
}

bool store_backup_at(const char *path, struct backup *out)
{
	struct stat st;
	size_t base_len;

	*out = (struct backup){.path = path};
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	out->size = st.st_size;
	if (!parse_name(base_of(path), &base_len, &out->time))
		return false;
	out->digest = path + strlen(path) - DIGEST_LEN;
	return true;
}

char *backups_folder(const char *path)
{
	char *folder = folder_of(path);
	char *backups = join_path(folder, "", STORE_BACKUPS, "");

	free(folder);
	return backups;
}

static int compare_backups(const void *a, const void *b)
{
	const struct backup *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? 1 : -1;
	return strcmp(y->path, x->path);
}

/* Whether a file is called like a copy of this database. */
static bool is_copy_of(const char *base, const char *name)
{
	int64_t time;
	size_t len;

	return parse_name(name, &len, &time) && len == strlen(base) &&
	       strncmp(name, base, len) == 0;
}

enum err_code backups_list(const char *folder, const char *base, struct arena *arena,
			   struct backup **out, size_t *count, struct error *err)
{
	struct backup *list = NULL;
	size_t n = 0, cap = 0;
	enum err_code rc = ERR_NONE;
	DIR *dir = opendir(folder);
	struct dirent *entry;

	*out = NULL;
	*count = 0;
	if (!dir)
		return errno == ENOENT ? ERR_NONE : fail_errno(err, folder, "cannot be read");
	while (errno = 0, (entry = readdir(dir)) != NULL) {
		struct backup b;

		if (!is_copy_of(base, entry->d_name))
			continue;
		if (store_backup_at(arena_printf(arena, "%s/%s", folder, entry->d_name), &b)) {
			mem_grow(&list, n, &cap, sizeof(*list));
			list[n++] = b;
		} else if (errno && errno != ENOENT) {
			break;
		}
	}
	if (errno)
		rc = fail_errno(err, folder, "cannot be read whole");
	closedir(dir);
	if (!rc && n) {
		qsort(list, n, sizeof(*list), compare_backups);
		*out = arena_array(arena, n, sizeof(*list));
		memcpy(*out, list, n * sizeof(*list));
	}
	free(list);
	*count = rc ? 0 : n;
	return rc;
}

enum err_code store_list_backups(const char *path, struct arena *arena, struct backup **out,
				 size_t *count, struct error *err)
{
	char *real = realpath(path, NULL); /* copies lie beside the file that a link leads to */
	const char *base = real ? real : path;
	char *folder = backups_folder(base);
	enum err_code rc = backups_list(folder, base_of(base), arena, out, count, err);

	free(folder);
	free(real);
	return rc;
}

bool store_has_backups(const char *path)
{
	struct arena arena = ARENA_INIT;
	struct error ignored = ERROR_INIT;
	struct backup *list;
	size_t count;

	if (store_list_backups(path, &arena, &list, &count, &ignored))
		count = 1;
	arena_release(&arena);
	return count > 0;
}

enum err_code store_verify_backup(const struct backup *copy, struct error *err)
{
	char hex[2 * HASH_SIZE + 1];
	struct hash hash;

	if (hash_file(copy->path, &hash, err))
		return err->code;
	hash_hex(&hash, hex);
	if (strncmp(hex, copy->digest, DIGEST_LEN) == 0)
		return ERR_NONE;
	return error_set(err, ERR_VERIFY, "%s: is damaged: its content is not that of its name",
			 copy->path);
}

static void drop_old(const struct backup *list, size_t count)
{
	int64_t last_day = INT64_MIN, last_week = INT64_MIN, bytes = 0;
	int days = 0, weeks = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t day = floor_div(list[i].time, DAY_MS);
		int64_t week = floor_div(day + 3, 7); /* day 0 was a Thursday */
		bool keep = false;

		if (day != last_day && days < KEEP_DAYS) {
			keep = true;
			days++;
		} else if (day != last_day && week != last_week && weeks < KEEP_WEEKS) {
			keep = true;
			weeks++;
			last_week = week;
		}
		last_day = day;
		bytes += keep ? list[i].size : 0;
		if (!keep || (i > 0 && bytes > BACKUP_BYTES_MAX))
			unlink(list[i].path);
	}
}

/* What a backup that was broken off has left, once it is a day old. */
static void drop_leftovers(const char *folder, const char *base, int64_t now)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t len = strlen(base);

	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		char *path = join_path(folder, "", name, "");
		struct stat st;

		if (name[0] == '.' && strncmp(name + 1, base, len) == 0 && name[1 + len] == '.' &&
		    lstat(path, &st) == 0 && st.st_mtim.tv_sec * (int64_t)SECOND < now - DAY_MS)
			unlink(path);
		free(path);
	}
	if (dir)
		closedir(dir);
}

void backups_tidy(const char *folder, const char *base, int64_t now)
{
	struct arena arena = ARENA_INIT;
	struct error ignored = ERROR_INIT;
	struct backup *list;
	size_t count;

	if (!backups_list(folder, base, &arena, &list, &count, &ignored)) {
		drop_old(list, count);
		drop_leftovers(folder, base, now);
	}
	arena_release(&arena);
}

bool store_has_backup(struct store *s, int64_t from, int64_t to)
{
	struct arena arena = ARENA_INIT;
	struct error ignored = ERROR_INIT;
	struct backup *list;
	size_t count;
	bool there = false;

	store_list_backups(s->path, &arena, &list, &count, &ignored);
	for (size_t i = 0; i < count; i++)
		there = there ||
			(list[i].time >= floor_div(from, SECOND) * SECOND && list[i].time <= to);
	arena_release(&arena);
	return there;
}

bool backups_has_day(struct store *s, int64_t now)
{
	int64_t start = floor_div(now, DAY_MS) * DAY_MS;

	return store_has_backup(s, start, start + DAY_MS - 1);
}
