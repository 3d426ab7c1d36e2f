#include "store/restore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "internal.h"

static void close_copy(struct store *s)
{
	store_disconnect(s);
	free(s->stmts);
	free(s->path);
}

/* Opens a file for reading that may have any format up to the newest; close_copy() in any case. */
static enum err_code open_any(struct store *s, const char *path, struct error *err)
{
	struct backup named;
	int version;
	enum err_code rc = ERR_NONE;

	store_setup();
	*s = (struct store){.path = realpath(path, NULL)};
	if (!s->path)
		return fail_errno(err, path, "cannot be reached");
	if (file_kind(s->path) != S_IFREG)
		return error_set(err, ERR_STORAGE, "%s: is not a regular file", path);
	if (store_backup_at(s->path, &named))
		rc = store_verify_backup(&named, err);
	if (!rc)
		rc = probe_header(s->path, "", &version, err);
	return rc ? rc : store_open_read(s, err);
}

enum err_code store_read_copy(const char *path, struct tally *out, struct error *err)
{
	struct store s;
	enum err_code rc = open_any(&s, path, err);

	if (!rc)
		rc = store_tally(&s, out, err);
	close_copy(&s);
	return rc;
}

/* What a restore could lose, in an order in which two databases are read side by side. */
static const char sql_entries[] =
	"SELECT e.uid,r.event_id IS NOT NULL FROM event e LEFT JOIN review r ON r.event_id=e.id"
	" WHERE r.voided=0 OR (r.event_id IS NULL AND e.kind<>?) ORDER BY e.uid";

struct entry {
	struct uid uid;
	bool there, review;
};

static enum err_code next_entry(struct stmt *q, struct entry *e, struct error *err)
{
	enum err_code rc = stmt_row(q, &e->there, err);

	if (!rc && e->there) {
		get_bytes(q, e->uid.bytes, sizeof(e->uid.bytes));
		e->review = get_bool(q);
	}
	return rc;
}

static enum err_code count_lost(struct store *present, struct store *copy, struct loss *out,
				struct error *err)
{
	struct stmt *mine = sql(present, sql_entries), *theirs = sql(copy, sql_entries);
	struct entry a = {0}, b = {0};
	enum err_code rc;

	put_int(mine, EVENT_VOID);
	put_int(theirs, EVENT_VOID);
	rc = next_entry(mine, &a, err);
	if (!rc)
		rc = next_entry(theirs, &b, err);
	while (!rc && a.there) {
		int order = b.there ? memcmp(&a.uid, &b.uid, sizeof(a.uid)) : -1;

		if (order < 0)
			*(a.review ? &out->reviews : &out->changes) += 1;
		rc = next_entry(order <= 0 ? mine : theirs, order <= 0 ? &a : &b, err);
	}
	stmt_reset(mine);
	stmt_reset(theirs);
	return rc;
}

enum err_code store_weigh_copy(const char *path, const char *copy, struct arena *arena,
			       struct loss *out, struct error *err)
{
	struct error reason = ERROR_INIT;
	struct store theirs, mine;
	enum place place;
	char *real = NULL;
	enum err_code rc = probe_path(path, &real, &place, err);

	free(real);
	*out = (struct loss){.present = !rc && place == PLACE_DATABASE};
	if (rc)
		return rc;
	rc = open_any(&theirs, copy, err);
	if (!rc && out->present) {
		if (open_any(&mine, path, &reason) || count_lost(&mine, &theirs, out, &reason))
			out->why = arena_str(arena, reason.msg);
		close_copy(&mine);
	}
	close_copy(&theirs);
	return rc;
}

/* The database itself cannot be put in its own place. */
static enum err_code refuse_itself(const char *path, const char *copy, struct error *err)
{
	struct stat a, b;

	if (stat(path, &a) || stat(copy, &b) || a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return ERR_NONE;
	return error_set(err, ERR_STORAGE, "%s: is the database itself", copy);
}

/* The copy as it will be, complete and synced under a temporary name; store_drop_temp(). */
static enum err_code prepare(const char *folder, const char *name, const char *copy,
			     struct store *temp, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *flaw = NULL;
	struct store from;
	enum err_code rc = open_any(&from, copy, err);

	if (!rc)
		rc = store_temp(temp, folder, name, copy, err);
	if (!rc)
		rc = store_copy(&from, temp, err);
	close_copy(&from);
	if (!rc)
		rc = store_flaw(temp, CHECK_WHOLE, &arena, &flaw, err);
	if (!rc && flaw)
		rc = error_set(err, ERR_VERIFY, "%s: is damaged: %s", copy, flaw);
	if (!rc)
		rc = schema_migrate(temp, err);
	if (!rc)
		rc = schema_verify(temp, err);
	if (!rc)
		rc = store_name_machine(temp, err);
	store_disconnect(temp);
	if (!rc)
		rc = sync_file(temp->file, err);
	arena_release(&arena);
	return rc;
}

enum err_code store_restore(const char *path, const char *copy, int64_t now, struct arena *arena,
			    const char **kept, struct error *err)
{
	struct store temp = {0};
	enum place place;
	char *real = NULL, *folder = NULL;
	enum err_code rc = probe_path(path, &real, &place, err);

	*kept = NULL;
	if (!rc)
		rc = refuse_itself(path, copy, err);
	if (!rc) {
		folder = folder_of(real);
		rc = make_folder(folder, err);
	}
	if (!rc)
		rc = prepare(folder, base_of(real), copy, &temp, err);
	if (!rc)
		rc = swap_in(temp.file, real, place, now, arena, kept, err);
	if (!rc)
		rc = sync_folder(folder, err);
	store_drop_temp(&temp);
	free(folder);
	free(real);
	return rc;
}
