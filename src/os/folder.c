#include "os/folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/internal.h"

#define SITE_MODE 0755

static enum err_code fail(struct error *err, const struct folder *f, const char *name)
{
	return error_set(err, ERR_STORAGE, "%s/%s: %s", f->path, name,
			 errno == ELOOP ? "is a symbolic link" : strerror(errno));
}

/* What is asked for is a name, never a path. */
static void check_name(const char *name)
{
	assert(name[0] && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0);
}

static bool sync_folder(int fd)
{
	/* EINVAL: a file system that cannot sync folders. */
	return fsync(fd) == 0 || errno == EINVAL;
}

enum err_code folder_open(const char *path, struct folder *out, struct error *err)
{
	enum err_code rc = os_make_folder(path, SITE_MODE, err);

	*out = (struct folder){path, -1};
	if (rc)
		return rc;
	out->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out->fd < 0)
		return error_set(err, ERR_STORAGE, "%s: %s", path, strerror(errno));
	return ERR_NONE;
}

enum err_code folder_open_in(const struct folder *parent, const char *name, const char *path,
			     struct folder *out, struct error *err)
{
	bool made;

	check_name(name);
	*out = (struct folder){path, -1};
	made = mkdirat(parent->fd, name, SITE_MODE) == 0;
	if (!made && errno != EEXIST)
		return fail(err, parent, name);
	out->fd = openat(parent->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* The mode is exact whatever the umask is. */
	if (out->fd < 0 || (made && (fchmod(out->fd, SITE_MODE) != 0 || !sync_folder(parent->fd))))
		return fail(err, parent, name);
	return ERR_NONE;
}

void folder_close(struct folder *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

enum err_code folder_lock(const struct folder *f, struct error *err)
{
	if (flock(f->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return ERR_NONE;
	return error_set(err, ERR_STORAGE, "%s: another viva is writing there: try again later",
			 f->path);
}

enum file_type folder_type(const struct folder *f, const char *name)
{
	struct stat st;

	check_name(name);
	if (fstatat(f->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? FILE_MISSING : FILE_OTHER;
	if (S_ISREG(st.st_mode))
		return FILE_REGULAR;
	return S_ISDIR(st.st_mode) ? FILE_FOLDER : FILE_OTHER;
}

enum err_code folder_read(const struct folder *f, const char *name, struct strbuf *out,
			  struct error *err)
{
	int fd;

	check_name(name);
	fd = openat(f->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fail(err, f, name);
	return os_read_file(fd, name, out, err) ? error_prefix(err, "%s/", f->path) : ERR_NONE;
}

static bool write_temp(const struct folder *f, const void *bytes, size_t len, mode_t mode)
{
	int fd;
	bool ok;

	if (unlinkat(f->fd, FOLDER_TEMP, 0) != 0 && errno != ENOENT)
		return false;
	fd = openat(f->fd, FOLDER_TEMP, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ok = os_write_all(fd, bytes, len) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
	return close(fd) == 0 && ok;
}

enum err_code folder_write(const struct folder *f, const char *name, const void *bytes, size_t len,
			   mode_t mode, struct error *err)
{
	check_name(name);
	if (!write_temp(f, bytes, len, mode) || renameat(f->fd, FOLDER_TEMP, f->fd, name) != 0) {
		(void)fail(err, f, name);
		unlinkat(f->fd, FOLDER_TEMP, 0);
		return ERR_STORAGE;
	}
	if (!sync_folder(f->fd))
		return fail(err, f, name);
	return ERR_NONE;
}

enum err_code folder_remove(const struct folder *f, const char *name, struct error *err)
{
	check_name(name);
	if (unlinkat(f->fd, name, 0) != 0 && errno != ENOENT)
		return fail(err, f, name);
	return ERR_NONE;
}
