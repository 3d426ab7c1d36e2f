#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define FOLDER_MODE 0700

enum err_code fail_errno(struct error *err, const char *path, const char *what)
{
	if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
		return error_set(err, ERR_STORAGE, "%s: %s: disk full or quota", path, what);
	return error_set(err, ERR_STORAGE, "%s: %s: %s", path, what, strerror(errno));
}

char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_copy_str(".");
	return slash == path ? mem_copy_str("/") : mem_copy_bytes(path, (size_t)(slash - path));
}

char *join_path(const char *folder, const char *before, const char *name, const char *after)
{
	struct arena arena = ARENA_INIT;
	char *joined = mem_copy_str(arena_printf(&arena, "%s/%s%s%s", folder, before, name, after));

	arena_release(&arena);
	return joined;
}

const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

mode_t file_kind(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mode & S_IFMT : 0;
}

/* fsync of a file or a folder; a file system that cannot sync folders says EINVAL. */
static enum err_code sync_path(const char *path, int flags, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);

	/* What may be written to but not listed can be synced by nobody. */
	if (fd < 0 && errno == EACCES && flags)
		ok = true;
	if (!ok)
		fail_errno(err, path, "cannot be synced");
	if (fd >= 0)
		close(fd);
	return ok ? ERR_NONE : err->code;
}

enum err_code sync_folder(const char *folder, struct error *err)
{
	return sync_path(folder, O_DIRECTORY, err);
}

enum err_code sync_file(const char *path, struct error *err)
{
	return sync_path(path, 0, err);
}

/* One that is new is durable: what is in it would be lost with its name. */
static enum err_code make_one(const char *folder, struct error *err)
{
	enum err_code rc;
	char *parent;

	if (mkdir(folder, FOLDER_MODE))
		return errno == EEXIST ? ERR_NONE
				       : fail_errno(err, folder, "the folder cannot be made");
	parent = folder_of(folder);
	rc = sync_folder(parent, err);
	free(parent);
	return rc;
}

enum err_code make_folder(const char *path, struct error *err)
{
	char *folder = mem_copy_str(path);
	enum err_code rc = ERR_NONE;

	for (char *p = folder + 1; *p && !rc; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		rc = make_one(folder, err);
		*p = '/';
	}
	if (!rc)
		rc = make_one(folder, err);
	free(folder);
	return rc;
}

enum err_code make_temp(const char *folder, const char *name, char **path, struct error *err)
{
	int fd;

	*path = join_path(folder, ".", name, ".XXXXXX");
	fd = mkstemp(*path);
	if (fd >= 0) {
		close(fd);
		return ERR_NONE;
	}
	fail_errno(err, folder, "no file can be made in this folder");
	free(*path);
	*path = NULL;
	return err->code;
}

enum err_code publish(const char *temp, const char *path, bool replace, bool *done,
		      struct error *err)
{
	struct stat st;

	*done = true;
	if (!replace) {
		if (link(temp, path) == 0) {
			unlink(temp);
			return ERR_NONE;
		}
		if (errno == EEXIST || lstat(path, &st) == 0) {
			*done = false;
			unlink(temp);
			return ERR_NONE;
		}
	}
	if (rename(temp, path) == 0)
		return ERR_NONE;
	fail_errno(err, path, "cannot be made");
	unlink(temp);
	return err->code;
}

enum err_code hash_file(const char *path, struct hash *out, struct error *err)
{
	char piece[1 << 14];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct hashing *hashing;
	ssize_t got = -1;

	if (fd < 0)
		return fail_errno(err, path, "cannot be read");
	hashing = hash_start();
	while ((got = read(fd, piece, sizeof(piece))) > 0)
		hash_add(hashing, piece, (size_t)got);
	*out = hash_end(hashing);
	if (got < 0)
		fail_errno(err, path, "cannot be read");
	close(fd);
	return got < 0 ? err->code : ERR_NONE;
}
