#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define BUSY_MS 5000
#define FOLDER_MODE 0700
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

static int run(struct store *s, const char *text)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL);
}

/*
 * Opens a connection and reads the file for the first time, which is when SQLite finds a journal
 * that a crash has left. The path is absolute, so that it can never be taken for a URI.
 */
static int connect(struct store *s, int flags)
{
	int rc = sqlite3_open_v2(s->in_memory ? ":memory:" : s->path, &s->db,
				 flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (!rc)
		rc = harden(s->db);
	if (!rc)
		rc = run(s, "PRAGMA cell_size_check=ON;PRAGMA mmap_size=0;"
			    "PRAGMA synchronous=EXTRA;PRAGMA temp_store=MEMORY;"
			    "PRAGMA cache_size=-" CACHE_KIB ";SELECT 1 FROM sqlite_schema");
	return rc;
}

static void disconnect(struct store *s)
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
	disconnect(s);
	free(s->stmts);
	free(s->path);
	free(s);
}

static const char sql_name_machine[] =
	"INSERT INTO setting(key,value) VALUES('machine',lower(hex(?)))";

/* Makes the tables in an empty database and gives the machine its name. */
static enum err_code fill(struct store *s, struct error *err)
{
	struct uid name = uid_random();
	char *id = sqlite3_mprintf("PRAGMA application_id=%d", SCHEMA_APPLICATION);
	int rc = id ? run(s, id) : SQLITE_NOMEM;
	struct stmt *q;

	sqlite3_free(id);
	if (rc)
		return store_fail(s, rc, err);
	if (schema_migrate(s, 0, err))
		return err->code;
	q = sql(s, sql_name_machine);
	put_bytes(q, name.bytes, sizeof(name.bytes));
	return stmt_run(q, err);
}

/* Makes the folder and those above it that are missing. */
static enum err_code make_folder(char *folder, struct error *err)
{
	for (char *p = folder + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(folder, FOLDER_MODE) && errno != EEXIST)
			return fail_errno(err, folder, "the folder cannot be made");
		*p = '/';
	}
	if (mkdir(folder, FOLDER_MODE) && errno != EEXIST)
		return fail_errno(err, folder, "the folder cannot be made");
	return ERR_NONE;
}

static enum err_code sync_folder(const char *folder, struct error *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : fsync(fd);

	if (rc)
		fail_errno(err, folder, "the folder cannot be synced");
	if (fd >= 0)
		close(fd);
	return rc ? err->code : ERR_NONE;
}

/*
 * Gives the finished file its name. Where somebody else has made a database since, theirs stays:
 * link() never replaces a file. File systems without links get a rename.
 */
static enum err_code publish(const char *temp, const char *path, bool replace, struct error *err)
{
	if (!replace) {
		if (link(temp, path) == 0 || errno == EEXIST) {
			unlink(temp);
			return ERR_NONE;
		}
	}
	if (rename(temp, path))
		return fail_errno(err, path, "the database cannot be made");
	return ERR_NONE;
}

/* Makes a database under a temporary name, so that what has the real name is always whole. */
static enum err_code create(const char *path, bool replace, struct error *err)
{
	struct store s = {0};
	char *folder = folder_of(path);
	enum err_code rc = make_folder(folder, err);
	int fd = -1, sqlite;

	s.path = join_path(folder, ".", base_of(path), ".XXXXXX");
	if (!rc)
		fd = mkstemp(s.path);
	if (!rc && fd < 0)
		rc = fail_errno(err, folder, "the database cannot be made in this folder");
	if (rc)
		goto out;
	close(fd);
	sqlite = connect(&s, SQLITE_OPEN_READWRITE);
	if (!sqlite)
		sqlite = run(&s, "PRAGMA journal_mode=MEMORY");
	rc = sqlite ? store_fail(&s, sqlite, err) : fill(&s, err);
	disconnect(&s);
	if (!rc)
		rc = publish(s.path, path, replace, err);
	if (rc)
		unlink(s.path);
	else
		rc = sync_folder(folder, err);
out:
	free(s.stmts);
	free(s.path);
	free(folder);
	return rc;
}

static enum err_code open_memory(struct store *s, struct error *err)
{
	enum err_code rc;
	int sqlite;

	s->in_memory = true;
	sqlite = connect(s, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY);
	rc = sqlite ? store_fail(s, sqlite, err) : fill(s, err);
	if (rc)
		return rc;
	sqlite = run(s, "PRAGMA query_only=ON");
	return sqlite ? store_fail(s, sqlite, err) : ERR_NONE;
}

/*
 * A reader changes nothing, except that a change which was interrupted (a crash left its journal)
 * has to be rolled back before the file can be read at all.
 */
static enum err_code open_read(struct store *s, struct error *err)
{
	int rc = connect(s, SQLITE_OPEN_READONLY);

	if ((rc & 0xFF) == SQLITE_READONLY || (rc & 0xFF) == SQLITE_CANTOPEN) {
		disconnect(s);
		rc = connect(s, SQLITE_OPEN_READWRITE);
		if ((rc & 0xFF) == SQLITE_READONLY || (rc & 0xFF) == SQLITE_CANTOPEN)
			return error_set(err, ERR_STORAGE,
					 "%s: a change was interrupted and has to be rolled back "
					 "first, but the database or its folder cannot be written",
					 s->path);
		if (!rc)
			rc = run(s, "PRAGMA query_only=ON");
	}
	return rc ? store_fail(s, rc, err) : ERR_NONE;
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
	rc = connect(s, SQLITE_OPEN_READWRITE);
	if (!rc && sqlite3_db_readonly(s->db, "main"))
		rc = SQLITE_READONLY;
	if (!rc)
		rc = run(s, "PRAGMA journal_mode=TRUNCATE");
	return rc ? store_fail(s, rc, err) : ERR_NONE;
}

/* A file with the header of a database of viva. */
static enum err_code open_file(struct store *s, enum store_mode mode, struct error *err)
{
	int version;
	enum err_code rc = probe_header(s->path, &version, err);

	if (rc)
		return rc;
	if (mode == STORE_READ && version < SCHEMA_VERSION)
		return error_set(err, ERR_STORAGE,
				 "%s: the database has an older format; start `viva` once to bring "
				 "it up to date",
				 s->path);
	rc = mode == STORE_READ ? open_read(s, err) : open_write(s, err);
	if (!rc)
		rc = schema_migrate(s, version, err);
	if (!rc)
		rc = schema_verify(s, err);
	return rc;
}

enum err_code store_open(struct store **out, const char *path, enum store_mode mode,
			 struct error *err)
{
	struct store *s = mem_alloc(sizeof(*s));
	enum place place;
	enum err_code rc;

	*out = NULL;
	/* Refused once SQLite is initialised, by the first call here, which has set them then. */
	(void)sqlite3_config(SQLITE_CONFIG_URI, 0);
	(void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	rc = probe_path(path, &s->path, &place, err);
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
