/*
 * An open folder, in which files are named without slashes and symlinks are not followed: for
 * folders whose content others choose, such as a published site. Nothing is written outside of it.
 */
#ifndef OS_FOLDER_H
#define OS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "os/file.h"

struct folder {
	const char *path; /* for messages; the caller's, must live as long */
	int fd;		  /* -1: not open */
};

#define FOLDER_CLOSED \
	{ \
		NULL, -1 \
	}

/* Opens the folder at a path, made with its parents (mode 0755) where it is missing. */
enum err_code folder_open(const char *path, struct folder *out, struct error *err);

/* Opens the folder `name` in another one, made (mode 0755) where it is missing. */
enum err_code folder_open_in(const struct folder *parent, const char *name, const char *path,
			     struct folder *out, struct error *err);
void folder_close(struct folder *f); /* a closed one is fine; gives the lock back */

/*
 * Takes the folder's lock until it is closed. ERR_STORAGE when another program has it; a file
 * system without locks gives it to everybody.
 */
enum err_code folder_lock(const struct folder *f, struct error *err);

enum file_type folder_type(const struct folder *f, const char *name); /* a symlink: FILE_OTHER */

/* As file_read(). */
enum err_code folder_read(const struct folder *f, const char *name, struct strbuf *out,
			  struct error *err);

/*
 * Makes or replaces the file by temp + fsync + rename + fsync of the folder, with exactly this
 * mode. All or nothing; a kill leaves at most the one file FOLDER_TEMP, which the next write
 * removes. One writer at a time.
 */
#define FOLDER_TEMP ".viva-new"
enum err_code folder_write(const struct folder *f, const char *name, const void *bytes, size_t len,
			   mode_t mode, struct error *err);

/* Removes a file; one that is missing is as good. */
enum err_code folder_remove(const struct folder *f, const char *name, struct error *err);

#endif
