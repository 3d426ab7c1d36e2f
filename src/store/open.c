#include "internal.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

/* At most: room for the import of a large deck, which a smaller cache would sync piece by piece. */
#define CACHE_KIB "65536"

static int harden(sqlite3 *db)
{
	static const struct {
		int what, value;
	} configs[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},	     {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_ENABLE_FKEY, 1},    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		{SQLITE_DBCONFIG_DQS_DML, 0},	     {SQLITE_DBCONFIG_DQS_DDL, 0},
	};
	static const struct {
		int what, value;
	} limits[] = {
		{SQLITE_LIMIT_SQL_LENGTH, 100000}, {SQLITE_LIMIT_ATTACHED, 0},
		{SQLITE_LIMIT_LENGTH, 16 << 20},   {SQLITE_LIMIT_VDBE_OP, 25000},
		{SQLITE_LIMIT_TRIGGER_DEPTH, 10},
	};
	int rc = sqlite3_extended_result_codes(db, 1);

	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]) && !rc; i++)
		rc = sqlite3_db_config(db, configs[i].what, configs[i].value, NULL);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(db, limits[i].what, limits[i].value);
	return rc ? rc : sqlite3_busy_timeout(db, BUSY_MS);
}

void store_setup(void)
{
	/* Refused once SQLite is initialised, by the first call of all, which has set them then. */
	(void)sqlite3_config(SQLITE_CONFIG_URI, 0);
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sqlite3_initialize())
		mem_out();
}

/*
 * Opens a connection and reads the file for the first time, which is when SQLite finds a journal
 * that a crash has left. The path is absolute, so that it can never be taken for a URI.
 */
int store_connect(struct store *s, int flags)
{
	const char *file = s->in_memory ? ":memory:" : s->file ? s->file : s->path;
	int rc = sqlite3_open_v2(file, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
				 NULL);

	if (!rc)
		rc = harden(s->db);
	if (!rc)
		rc = store_exec(s, "PRAGMA cell_size_check=ON;PRAGMA mmap_size=0;"
				   "PRAGMA synchronous=EXTRA;PRAGMA temp_store=MEMORY;"
				   "PRAGMA cache_size=-" CACHE_KIB ";SELECT 1 FROM sqlite_schema");
	return rc;
}

void store_small_cache(struct store *s, bool small)
{
	const char *size = small ? "PRAGMA cache_size=-2048" : "PRAGMA cache_size=-" CACHE_KIB;

	sqlite3_exec(s->db, size, NULL, NULL, NULL);
}

void store_disconnect(struct store *s)
{
	for (size_t i = 0; i < s->stmt_count; i++)
		stmt_free(s->stmts[i]);
	s->stmt_count = 0;
	sqlite3_close(s->db);
	s->db = NULL;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	store_disconnect(s);
	free(s->stmts);
	free(s->path);
	free(s);
}

static const char sql_name_machine[] =
	"INSERT INTO setting(key,value) VALUES('machine',lower(hex(?)))"
	" ON CONFLICT(key) DO UPDATE SET value=excluded.value";

enum err_code store_name_machine(struct store *s, struct error *err)
{
	struct uid name = uid_random();
	struct stmt *q = sql(s, sql_name_machine);

	put_bytes(q, name.bytes, sizeof(name.bytes));
	return stmt_run(q, err);
}

/* Makes the tables in an empty database and gives the machine its name. */
static enum err_code fill(struct store *s, struct error *err)
{
	char *id = sqlite3_mprintf("PRAGMA application_id=%d", SCHEMA_APPLICATION);
	int rc = id ? store_exec(s, id) : SQLITE_NOMEM;

	sqlite3_free(id);
	if (rc)
		return store_fail(s, rc, err);
	return schema_migrate(s, err) ? err->code : store_name_machine(s, err);
}

enum err_code store_temp(struct store *s, const char *folder, const char *name, const char *shown,
			 struct error *err)
{
	int rc;

	*s = (struct store){.path = mem_copy_str(shown)};
	if (make_temp(folder, name, &s->file, err))
		return err->code;
	rc = store_connect(s, SQLITE_OPEN_READWRITE);
	if (!rc)
		rc = store_exec(s, "PRAGMA journal_mode=MEMORY");
	return rc ? store_fail(s, rc, err) : ERR_NONE;
}

void store_drop_temp(struct store *s)
{
	store_disconnect(s);
	if (s->file)
		unlink(s->file);
	free(s->file);
	free(s->stmts);
	free(s->path);
}

/*
 * A journal without its database: SQLite would apply it to a new one. Somebody has moved the one
 * without the other after a crash, and needs both.
 */
static enum err_code refuse_journal(const char *path, struct error *err)
{
	struct arena arena = ARENA_INIT;
	const char *journal = arena_printf(&arena, "%s-journal", path);
	struct stat st;
	enum err_code rc = ERR_NONE;

	if (stat(journal, &st) == 0 && st.st_size)
		rc = error_set(
			err, ERR_STORAGE,
			"%s: belongs to a database that is not there any more: put that "
			"back, or `viva restore` a copy; move the journal away to start anew",
			journal);
	arena_release(&arena);
	return rc;
}

/* Makes a database under a temporary name, so that what has the real name is always whole. */
static enum err_code create(const char *path, bool replace, struct error *err)
{
	struct store s = {0};
	char *folder = folder_of(path);
	enum err_code rc = refuse_journal(path, err);
	bool ours; /* somebody else's, made since, is as good */

	if (!rc)
		rc = make_folder(folder, err);
	if (!rc)
		rc = store_temp(&s, folder, base_of(path), path, err);
	if (!rc)
		rc = fill(&s, err);
	store_disconnect(&s);
	if (!rc)
		rc = publish(s.file, path, replace, &ours, err);
	if (!rc)
		rc = sync_folder(folder, err);
	store_drop_temp(&s);
	free(folder);
	return rc;
}

static enum err_code open_memory(struct store *s, struct error *err)
{
	enum err_code rc;
	int sqlite;

	s->in_memory = true;
	sqlite = store_connect(s, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY);
	rc = sqlite ? store_fail(s, sqlite, err) : fill(s, err);
	if (rc)
		return rc;
	sqlite = store_exec(s, "PRAGMA query_only=ON");
	return sqlite ? store_fail(s, sqlite, err) : ERR_NONE;
}

/*
 * A reader changes nothing, except that a change which was interrupted (a crash left its journal)
 * has to be rolled back before the file can be read at all.
 */
enum err_code store_open_read(struct store *s, struct error *err)
{
	int rc = store_connect(s, SQLITE_OPEN_READONLY);

	if ((rc & 0xFF) == SQLITE_READONLY || (rc & 0xFF) == SQLITE_CANTOPEN) {
		store_disconnect(s);
		rc = store_connect(s, SQLITE_OPEN_READWRITE);
		if ((rc & 0xFF) == SQLITE_READONLY || (rc & 0xFF) == SQLITE_CANTOPEN)
			return error_set(err, ERR_STORAGE,
					 "%s: a change was interrupted and has to be rolled back "
					 "first, but the database or its folder cannot be written",
					 s->path);
		if (!rc)
			rc = store_exec(s, "PRAGMA query_only=ON");
	}
	return rc ? store_fail(s, rc, err) : ERR_NONE;
}

/* Progress is private: a file that others can read was made by hand, or by a copy. */
static void tighten(const char *path)
{
	struct stat st;

	/* Where modes mean nothing the file stays as it is. */
	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
		(void)chmod(path, st.st_mode & 07700);
}

static enum err_code open_write(struct store *s, struct error *err)
{
	char *folder = folder_of(s->path);
	enum err_code bad = ERR_NONE;
	int rc;

	if (access(folder, W_OK | X_OK))
		bad = fail_errno(err, folder, "the folder of the database cannot be written");
	free(folder);
	if (bad)
		return bad;
	tighten(s->path);
	rc = store_connect(s, SQLITE_OPEN_READWRITE);
	if (!rc && sqlite3_db_readonly(s->db, "main"))
		rc = SQLITE_READONLY;
	if (!rc)
		rc = store_exec(s, "PRAGMA journal_mode=TRUNCATE");
	return rc ? store_fail(s, rc, err) : ERR_NONE;
}

/*
 * A copy of the database in its older format. The store reads no clock: the time at which it was
 * last changed names the copy.
 */
static enum err_code back_up_format(struct store *s, int version, struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct backup copy;
	struct stat st;
	enum err_code rc = ERR_NONE;

	if (stat(s->path, &st))
		rc = fail_errno(err, s->path, "cannot be reached");
	if (!rc)
		rc = store_backup(s, (int64_t)st.st_mtim.tv_sec * 1000, &arena, &copy, err);
	arena_release(&arena);
	return rc ? error_prefix(err,
				 "the database has format %d and is brought to %d only after a "
				 "copy, which failed: ",
				 version, SCHEMA_VERSION)
		  : ERR_NONE;
}

#define ADVICE ": `viva restore` brings a copy back"

/* A file with the header of a database of viva. */
static enum err_code open_file(struct store *s, enum store_mode mode, struct error *err)
{
	int version;
	enum err_code rc = probe_header(s->path, ADVICE, &version, err);

	if (!rc)
		rc = mode == STORE_READ ? store_open_read(s, err) : open_write(s, err);
	if (!rc) /* a change of format that a crash broke off is undone now */
		rc = schema_version(s, &version, err);
	if (rc)
		return rc;
	if (mode == STORE_READ && version < SCHEMA_VERSION)
		return error_set(err, ERR_STORAGE,
				 "%s: the database has an older format; start `viva` once to bring "
				 "it up to date",
				 s->path);
	if (version < SCHEMA_VERSION)
		rc = back_up_format(s, version, err);
	if (!rc)
		rc = schema_migrate(s, err);
	return rc ? rc : schema_verify(s, err);
}

/* An empty file where copies of a database lie beside it was one, before something went wrong. */
static enum err_code refuse_empty(const char *path, struct error *err)
{
	return error_set(err, ERR_STORAGE,
			 "%s: the database is empty (0 bytes), but there are copies of it: "
			 "`viva restore` brings one back",
			 path);
}

enum err_code store_open(struct store **out, const char *path, enum store_mode mode,
			 struct error *err)
{
	struct store *s = mem_alloc(sizeof(*s));
	enum place place;
	enum err_code rc;

	*out = NULL;
	store_setup();
	rc = probe_path(path, &s->path, &place, err);
	if (!rc && place == PLACE_ZERO && store_has_backups(s->path))
		rc = refuse_empty(path, err);
	if (!rc && mode == STORE_WRITE && place != PLACE_DATABASE) {
		rc = create(s->path, place == PLACE_ZERO, err);
		free(s->path);
		s->path = NULL;
		if (!rc)
			rc = probe_path(path, &s->path, &place, err);
	}
	if (!rc)
		rc = place == PLACE_DATABASE ? open_file(s, mode, err) : open_memory(s, err);
	if (rc) {
		store_close(s);
		return rc;
	}
	*out = s;
	return ERR_NONE;
}
