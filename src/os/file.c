#include "os/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/internal.h"
#include "os/writer.h"

enum file_type file_type(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOENT || errno == ENOTDIR ? FILE_MISSING : FILE_OTHER;
	if (S_ISREG(st.st_mode))
		return FILE_REGULAR;
	return S_ISDIR(st.st_mode) ? FILE_FOLDER : FILE_OTHER;
}

bool file_stamp(const char *path, struct file_stamp *out)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	out->size = st.st_size;
	out->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	out->inode = (int64_t)st.st_ino;
	return true;
}

bool file_mode(const char *path, mode_t *out)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	*out = st.st_mode & 07777;
	return true;
}

static enum err_code read_all(int fd, const char *path, struct strbuf *out, struct error *err)
{
	char chunk[16384];

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n == 0)
			return ERR_NONE;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return os_fail(err, path);
		if (!strbuf_add(out, chunk, (size_t)n))
			return error_set(err, ERR_FORMAT, "%s: longer than %zu bytes", path,
					 out->max);
	}
}

enum err_code os_read_file(int fd, const char *path, struct strbuf *out, struct error *err)
{
	enum err_code code;
	struct stat st;

	strbuf_reset(out);
	if (fstat(fd, &st) != 0)
		code = os_fail(err, path);
	else if (!S_ISREG(st.st_mode))
		code = error_set(err, ERR_STORAGE, "%s: not a regular file", path);
	else
		code = read_all(fd, path, out, err);
	close(fd);
	if (code != ERR_NONE)
		strbuf_reset(out);
	return code;
}

enum err_code file_read(const char *path, struct strbuf *out, struct error *err)
{
	/* Without O_NONBLOCK a pipe with no writer would hold the program before fstat sees it. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	strbuf_reset(out);
	if (fd < 0)
		return os_fail(err, path);
	return os_read_file(fd, path, out, err);
}

enum err_code file_read_secret(const char *path, char *out, size_t size, size_t *len,
			       struct error *err)
{
	enum err_code code = ERR_NONE;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;

	*len = 0;
	while (n > 0 && *len < size) {
		n = read(fd, out + *len, size - *len);
		if (n > 0)
			*len += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n < 0)
		code = os_fail(err, path);
	else if (*len == size)
		code = error_set(err, ERR_FORMAT, "%s: longer than %zu bytes", path, size - 1);
	if (fd >= 0)
		close(fd);
	return code;
}

enum err_code file_write(const char *path, const void *bytes, size_t len, mode_t mode,
			 struct error *err)
{
	struct writer w;
	enum err_code code = writer_open(&w, path, mode, err);

	return code ? code : writer_close(&w, writer_add(&w, bytes, len, err), err);
}

/* Makes one folder, durably, whatever the umask is; one that is there already is as good. */
static bool make_one(const char *path, mode_t mode)
{
	if (mkdir(path, mode) == 0)
		return chmod(path, mode) == 0 && os_sync_folder_of(path);
	if (file_type(path) == FILE_FOLDER)
		return true;
	/* A broken symlink says EEXIST, a file in the way too; both are no folders. */
	if (errno == EEXIST)
		errno = ENOTDIR;
	return false;
}

enum err_code os_make_folder(const char *path, mode_t mode, struct error *err)
{
	char *copy = mem_copy_str(path);
	enum err_code code = ERR_NONE;

	for (char *p = copy; *p != '\0' && code == ERR_NONE; p++) {
		if (p == copy || *p != '/' || p[1] == '/' || p[1] == '\0')
			continue;
		*p = '\0';
		if (!make_one(copy, mode))
			code = os_fail(err, copy);
		*p = '/';
	}
	if (code == ERR_NONE && !make_one(copy, mode))
		code = os_fail(err, copy);
	free(copy);
	return code;
}

enum err_code file_make_folder(const char *path, struct error *err)
{
	return os_make_folder(path, 0700, err);
}

const char *file_real_path(const char *path, struct arena *arena, struct error *err)
{
	char *real = realpath(path, NULL);
	const char *kept = NULL;

	if (real == NULL)
		os_fail(err, path);
	else
		kept = arena_str(arena, real);
	free(real);
	return kept;
}

static bool ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	return len >= end && str_eq(name + len - end, suffix);
}

static bool is_deck(const char *name, const char *path, const void *ctx)
{
	static const char *const others[] = {"README", "LICENSE", "CONTRIBUTING"};

	(void)ctx;
	if (name[0] == '.' || !ends_with(name, ".md"))
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strncasecmp(name, others[i], strlen(others[i])) == 0)
			return false;
	return file_type(path) == FILE_REGULAR;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted paths of what `keep` takes. */
static enum err_code list_folder(const char *folder,
				 bool (*keep)(const char *name, const char *path, const void *ctx),
				 const void *ctx, struct arena *arena, const char ***paths,
				 size_t *count, struct error *err)
{
	const char *between = ends_with(folder, "/") ? "" : "/";
	const char **found = NULL;
	size_t n = 0, cap = 0;
	enum err_code code = ERR_NONE;
	DIR *dir = opendir(folder);
	struct dirent *entry;

	*paths = NULL;
	*count = 0;
	if (dir == NULL)
		return os_fail(err, folder);
	while (errno = 0, (entry = readdir(dir)) != NULL) {
		const char *path = arena_printf(arena, "%s%s%s", folder, between, entry->d_name);

		if (!keep(entry->d_name, path, ctx))
			continue;
		mem_grow(&found, n, &cap, sizeof(*found));
		found[n++] = path;
	}
	if (errno != 0)
		code = os_fail(err, folder);
	closedir(dir);
	if (code == ERR_NONE && n > 0) {
		qsort(found, n, sizeof(*found), compare_paths);
		*paths = arena_array(arena, n, sizeof(*found));
		memcpy(*paths, found, n * sizeof(*found));
		*count = n;
	}
	free(found);
	return code;
}

enum err_code file_list_decks(const char *folder, struct arena *arena, const char ***paths,
			      size_t *count, struct error *err)
{
	return list_folder(folder, is_deck, NULL, arena, paths, count, err);
}

struct old {
	const char *prefix, *suffix;
	int64_t before;
};

static bool is_old(const char *name, const char *path, const void *ctx)
{
	const struct old *old = ctx;
	struct stat st;

	return str_starts(name, old->prefix) && ends_with(name, old->suffix) &&
	       lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       (int64_t)st.st_mtim.tv_sec * 1000 < old->before;
}

enum err_code file_list_old(const char *folder, const char *prefix, const char *suffix,
			    int64_t before, struct arena *arena, const char ***paths, size_t *count,
			    struct error *err)
{
	struct old old = {prefix, suffix, before};

	return list_folder(folder, is_old, &old, arena, paths, count, err);
}
