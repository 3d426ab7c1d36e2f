/* A file of lines, read one after the other; memory holds no more than one. */
#ifndef OS_LINES_H
#define OS_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strbuf.h"

struct lines {
	const char *path; /* the caller's */
	int fd;
	char *chunk; /* what was read and not handed out yet: at to end */
	size_t at, end;
	struct strbuf line;
	bool over; /* nothing comes any more */
	bool cut;  /* the last line has no LF */
};

/*
 * path "-" is the standard input. Of lines longer than `max` bytes the start comes, max + 1 bytes
 * of it. ERR_USAGE for what is not there, ERR_STORAGE for a folder.
 */
enum err_code lines_open(struct lines *l, const char *path, size_t max, struct error *err);

/*
 * The next line without its LF, valid until the next call; NULL when there is none left. Ctrl-C and
 * the signals that end a program end the waiting as well: ERR_STORAGE, "interrupted".
 */
enum err_code lines_next(struct lines *l, const char **line, size_t *len, struct error *err);
void lines_close(struct lines *l);

#endif
