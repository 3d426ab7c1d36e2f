#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define HEADER_SIZE 100

enum err_code probe_path(const char *path, char **real, enum place *place, struct error *err)
{
	struct stat st;

	*real = NULL;
	if (stat(path, &st)) {
		if (errno != ENOENT && errno != ENOTDIR)
			return fail_errno(err, path, "cannot be reached");
		if (errno == ENOTDIR || lstat(path, &st) == 0)
			return error_set(err, ERR_STORAGE, "%s: leads to nothing", path);
		*real = mem_copy_str(path);
		*place = PLACE_NOTHING;
		return ERR_NONE;
	}
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_STORAGE, "%s: is not a regular file", path);
	if (st.st_uid != geteuid())
		return error_set(err, ERR_STORAGE, "%s: belongs to another user", path);
	*real = realpath(path, NULL);
	if (!*real)
		return fail_errno(err, path, "cannot be reached");
	*place = st.st_size ? PLACE_DATABASE : PLACE_ZERO;
	return ERR_NONE;
}

/*
 * The first bytes of the file, by way of SQLite: a file descriptor of our own would, when closed,
 * drop the locks that another connection of this process holds.
 */
static int read_header(const char *path, unsigned char header[HEADER_SIZE])
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	sqlite3_file *file = mem_alloc((size_t)vfs->szOsFile);
	const char *name = sqlite3_create_filename(path, "", "", 0, NULL);
	int rc = SQLITE_NOMEM;

	if (name)
		rc = vfs->xOpen(vfs, name, file, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, NULL);
	if (!rc)
		rc = file->pMethods->xRead(file, header, HEADER_SIZE, 0);
	if (file->pMethods)
		file->pMethods->xClose(file);
	sqlite3_free_filename((char *)(uintptr_t)name);
	free(file);
	return rc;
}

static uint32_t big_endian(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

enum err_code probe_header(const char *path, const char *advice, int *version, struct error *err)
{
	static const char magic[16] = "SQLite format 3";
	unsigned char header[HEADER_SIZE];
	int rc = read_header(path, header);

	if (rc && rc != SQLITE_IOERR_SHORT_READ)
		return error_set(err, ERR_STORAGE, "%s: %s", path,
				 rc == SQLITE_NOMEM ? "out of memory" : "cannot be read");
	if (rc || memcmp(header, magic, sizeof(magic)) != 0)
		return error_set(err, ERR_STORAGE, "%s: is no database, or a damaged one%s", path,
				 advice);
	if (big_endian(header + 68) != SCHEMA_APPLICATION)
		return error_set(err, ERR_STORAGE, "%s: is the database of another program", path);
	*version = (int)big_endian(header + 60);
	if (*version > SCHEMA_VERSION)
		return error_set(err, ERR_STORAGE,
				 "%s: was written by a newer viva (format %d, this one knows %d): "
				 "install that one%s",
				 path, *version, SCHEMA_VERSION, advice);
	if (*version < 1)
		return error_set(err, ERR_STORAGE, "%s: is damaged: its format is %d%s", path,
				 *version, advice);
	return ERR_NONE;
}
