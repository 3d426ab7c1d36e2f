#include "os/writer.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/internal.h"

enum err_code os_fail(struct error *err, const char *path)
{
	return error_set(err, ERR_STORAGE, "%s: %s", path, strerror(errno));
}

bool os_write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* Where a write to the path goes: the end of its symlinks, or the path itself for a new file. */
static enum err_code resolve_target(struct writer *w, struct error *err)
{
	struct stat st;

	if (lstat(w->path, &st) != 0) {
		if (errno != ENOENT)
			return os_fail(err, w->path);
		w->target = mem_copy_str(w->path);
		return ERR_NONE;
	}
	if (stat(w->path, &st) != 0)
		return os_fail(err, w->path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_STORAGE, "%s: not a regular file", w->path);
	w->target = realpath(w->path, NULL);
	if (w->target == NULL)
		return os_fail(err, w->path);
	w->mode = st.st_mode & 07777;
	return ERR_NONE;
}

/* A new path beside `target` for mkstemp; the dot keeps it out of file_list_decks(). */
static char *temp_template(const char *target)
{
	static const char name[] = ".viva-XXXXXX";
	assert(target);

	const char *slash = strrchr(target, '/');
	size_t folder = slash == NULL ? 0 : (size_t)(slash - target) + 1;
	char *temp = mem_alloc(folder + sizeof(name));

	memcpy(temp, target, folder);
	memcpy(temp + folder, name, sizeof(name));
	return temp;
}

bool os_sync_folder_of(const char *target)
{
	const char *slash = strrchr(target, '/');
	char *folder = slash == NULL ? mem_copy_str(".")
				     : mem_copy_bytes(target, (size_t)(slash - target) + 1);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* EINVAL: a file system that cannot sync folders. EACCES: one that may not be listed. */
	bool ok = fd >= 0 ? fsync(fd) == 0 || errno == EINVAL : errno == EACCES;

	if (fd >= 0)
		close(fd);
	free(folder);
	return ok;
}

static void release(struct writer *w)
{
	free(w->path);
	free(w->target);
	free(w->temp);
}

enum err_code writer_open(struct writer *w, const char *path, mode_t mode, struct error *err)
{
	enum err_code code;

	*w = (struct writer){.path = mem_copy_str(path), .fd = -1, .mode = mode};
	code = resolve_target(w, err);
	if (code == ERR_NONE) {
		w->temp = temp_template(w->target);
		w->fd = mkstemp(w->temp);
		if (w->fd < 0)
			code = os_fail(err, path);
	}
	if (code != ERR_NONE)
		release(w);
	return code;
}

enum err_code writer_add(struct writer *w, const void *bytes, size_t len, struct error *err)
{
	return os_write_all(w->fd, bytes, len) ? ERR_NONE : os_fail(err, w->path);
}

static bool finish(struct writer *w)
{
	bool ok = fchmod(w->fd, w->mode) == 0 && fsync(w->fd) == 0;

	ok = close(w->fd) == 0 && ok;
	w->fd = -1;
	return ok && rename(w->temp, w->target) == 0;
}

enum err_code writer_close(struct writer *w, enum err_code code, struct error *err)
{
	bool named = code == ERR_NONE && finish(w);

	if (code == ERR_NONE && (!named || !os_sync_folder_of(w->target)))
		code = os_fail(err, w->path);
	if (w->fd >= 0)
		close(w->fd);
	if (!named)
		unlink(w->temp);
	release(w);
	return code;
}
