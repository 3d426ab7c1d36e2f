#include "os/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "os/process.h"

#define CHUNK ((size_t)64 << 10)
#define WAIT_MS 250

enum err_code lines_open(struct lines *l, const char *path, size_t max, struct error *err)
{
	struct stat st;

	*l = (struct lines){.path = path, .fd = STDIN_FILENO};
	if (!str_eq(path, "-"))
		l->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0 && errno == ENOENT)
		return error_set(err, ERR_USAGE, "no file '%s'", path);
	if (l->fd < 0 || fstat(l->fd, &st) != 0)
		return error_set(err, ERR_STORAGE, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		close(l->fd);
		return error_set(err, ERR_STORAGE, "%s: this is a folder", path);
	}
	l->chunk = mem_alloc(CHUNK);
	strbuf_init(&l->line, max + 1);
	return ERR_NONE;
}

/* Waits for more. Reads begin again after a signal, so it is looked for between short waits. */
static enum err_code wait_for(struct lines *l, struct error *err)
{
	struct pollfd input = {.fd = l->fd, .events = POLLIN};
	int ready;

	do {
		ready = poll(&input, 1, WAIT_MS);
		if (process_stopping() || process_take_interrupt())
			return error_set(err, ERR_STORAGE, "%s: interrupted", l->path);
	} while (ready == 0 || (ready < 0 && errno == EINTR));
	return ERR_NONE;
}

static enum err_code fill(struct lines *l, struct error *err)
{
	ssize_t n;

	if (wait_for(l, err))
		return err->code;
	do
		n = read(l->fd, l->chunk, CHUNK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set(err, ERR_STORAGE, "%s: %s", l->path, strerror(errno));
	l->at = 0;
	l->end = (size_t)n;
	l->over = n == 0;
	return ERR_NONE;
}

/* Takes what the chunk has of the line, up to its end; of a line that is too long only the start.
 */
static bool take(struct lines *l)
{
	const char *from = l->chunk + l->at;
	const char *lf = memchr(from, '\n', l->end - l->at);
	size_t len = lf ? (size_t)(lf - from) : l->end - l->at;
	size_t room = l->line.max - l->line.len;

	strbuf_add(&l->line, from, len < room ? len : room);
	l->at += len + (lf != NULL);
	return lf != NULL;
}

enum err_code lines_next(struct lines *l, const char **line, size_t *len, struct error *err)
{
	bool ended = false;

	*line = NULL;
	strbuf_reset(&l->line);
	while (!ended && !l->over) {
		if (l->at == l->end && fill(l, err))
			return err->code;
		ended = l->at < l->end && take(l);
	}
	if (ended || l->line.len > 0)
		*line = l->line.buf;
	if (!ended && *line)
		l->cut = true;
	*len = l->line.len;
	return ERR_NONE;
}

void lines_close(struct lines *l)
{
	if (l->fd != STDIN_FILENO)
		close(l->fd);
	strbuf_release(&l->line);
	free(l->chunk);
}
