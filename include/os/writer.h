/*
 * A file that is written piece by piece and gets its name when it is whole: until then it has
 * another one beside it. Whatever happens, under the name is the old file or the new one.
 */
#ifndef OS_WRITER_H
#define OS_WRITER_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

struct writer {
	char *path;   /* as the caller said it */
	char *target; /* where it leads to */
	char *temp;
	int fd;
	mode_t mode;
};

/*
 * Starts in the folder of the file that a symlink leads to. A file that is there keeps its mode, a
 * new one gets `mode`. ERR_STORAGE when it cannot be, or is no regular file.
 */
enum err_code writer_open(struct writer *w, const char *path, mode_t mode, struct error *err);
enum err_code writer_add(struct writer *w, const void *bytes, size_t len, struct error *err);

/*
 * code: what came of writing. ERR_NONE: fsync, rename, fsync of the folder; else the file is
 * removed. Returns that code, or the error of its own. Frees the writer either way.
 */
enum err_code writer_close(struct writer *w, enum err_code code, struct error *err);

#endif
