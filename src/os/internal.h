/* What the files of this layer share. */
#ifndef OS_INTERNAL_H
#define OS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"

/* file_read() of an open file, which is closed; path is for messages. */
enum err_code os_read_file(int fd, const char *path, struct strbuf *out, struct error *err);

/* file_make_folder() with another mode. */
enum err_code os_make_folder(const char *path, mode_t mode, struct error *err);

/* ERR_STORAGE with the path and what errno says. */
enum err_code os_fail(struct error *err, const char *path);

/* fsync of the folder that holds the path; false with errno set. */
bool os_sync_folder_of(const char *path);

/* Writes everything, over interruptions and short writes; false with errno set. */
bool os_write_all(int fd, const void *bytes, size_t len);

/* A command line split at blanks, with room for three more words and the NULL. */
char **os_split_command(const char *command, size_t *count);
void os_free_argv(char **argv);

#endif
