/* Files and folders. Nothing here prints; paths are bytes as the system has them. */
#ifndef OS_FILE_H
#define OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"

/* What stat says of a file, for noticing changes. */
struct file_stamp {
	int64_t size;
	int64_t mtime_ns;
	int64_t inode;
};

enum file_type { FILE_MISSING, FILE_REGULAR, FILE_FOLDER, FILE_OTHER };

/* Follows symlinks. What cannot be looked at is FILE_OTHER: there may be something. */
enum file_type file_type(const char *path);
bool file_stamp(const char *path, struct file_stamp *out);
bool file_mode(const char *path, mode_t *out); /* permissions; false: nothing is there */

/* The whole regular file, at most out->max bytes: longer is ERR_FORMAT, unreadable ERR_STORAGE. */
enum err_code file_read(const char *path, struct strbuf *out, struct error *err);

/*
 * The same into a buffer of the caller, of which there is no other copy to wipe. *len is less than
 * size; a longer file is ERR_FORMAT.
 */
enum err_code file_read_secret(const char *path, char *out, size_t size, size_t *len,
			       struct error *err);

/*
 * Replaces the file by temp + fsync + rename + fsync of the folder, in the folder of the file that
 * a symlink leads to; an existing file keeps its mode, a new one gets `mode`. All or nothing.
 */
enum err_code file_write(const char *path, const void *bytes, size_t len, mode_t mode,
			 struct error *err);

/* mkdir -p with mode 0700 for what is made. */
enum err_code file_make_folder(const char *path, struct error *err);

/* Absolute path without symlinks; NULL (err set) when there is no such file. Arena owned. */
const char *file_real_path(const char *path, struct arena *arena, struct error *err);

/*
 * The deck files of a folder, not of its subfolders: regular *.md, sorted by name, without
 * README*, LICENSE*, CONTRIBUTING* and dot files. Full paths, arena owned.
 */
enum err_code file_list_decks(const char *folder, struct arena *arena, const char ***paths,
			      size_t *count, struct error *err);

/*
 * The regular files of a folder whose names begin and end so and that were last changed before a
 * time (UTC, ms), sorted. Full paths, arena owned.
 */
enum err_code file_list_old(const char *folder, const char *prefix, const char *suffix,
			    int64_t before, struct arena *arena, const char ***paths, size_t *count,
			    struct error *err);

#endif
