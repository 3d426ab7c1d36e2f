/* argv, environment and clock: read here and nowhere else. */
#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/str.h"
#include "cmd/app.h"
#include "cmd/cmd.h"
#include "os/file.h"
#include "os/process.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 20

/* An environment variable; empty counts as not set. */
static const char *env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static const char *home_folder(void)
{
	const char *home = env("HOME");
	const struct passwd *user = home ? NULL : getpwuid(getuid());

	return home ? home : user ? user->pw_dir : ".";
}

/* $XDG_name/viva, or ~/fallback/viva. */
static const char *xdg(struct arena *arena, const char *name, const char *fallback)
{
	const char *base = env(name);

	if (base && base[0] == '/')
		return arena_printf(arena, "%s/viva", base);
	return arena_printf(arena, "%s/%s/viva", home_folder(), fallback);
}

static int terminal_width(void)
{
	struct winsize size;
	int columns = WIDTH_DEFAULT;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		columns = size.ws_col;
	else if (env("COLUMNS"))
		str_to_int(env("COLUMNS"), WIDTH_MIN, 1000, &columns);
	return columns < WIDTH_MIN ? WIDTH_MIN : columns;
}

static struct out make_out(FILE *stream, bool plain)
{
	const char *term = env("TERM");

	return (struct out){
		.stream = stream,
		.width = terminal_width(),
		.color = isatty(fileno(stream)) && !env("NO_COLOR") && term &&
			 !str_eq(term, "dumb") && !plain,
		.unicode = str_eq(nl_langinfo(CODESET), "UTF-8"),
		.plain = plain,
	};
}

/*
 * A part of viva that lies where make install put it, `installed` below the folder of bin, or, for
 * a viva that runs in its source tree (from build/VARIANT), at `in_tree`, both seen from the folder
 * of the running program. NULL when it is in neither place.
 */
static const char *find_part(struct arena *arena, const char *in_tree, const char *installed)
{
	struct error none = ERROR_INIT;
	const char *self = file_real_path("/proc/self/exe", arena, &none);
	const char *slash = self ? strrchr(self, '/') : NULL, *folder;
	bool tree;

	if (!slash)
		return NULL;
	folder = arena_bytes(arena, self, (size_t)(slash - self));
	tree = file_type(arena_printf(arena, "%s/../../src/main.c", folder)) == FILE_REGULAR;
	return file_real_path(arena_printf(arena, "%s/%s", folder, tree ? in_tree : installed),
			      arena, &none);
}

static const char *find_bundled(struct arena *arena)
{
	const char *found = env("VIVA_DECKS_DIR");

	if (!found)
		found = find_part(arena, "../../decks", "../share/viva/decks");
	return found ? found : VIVA_DECKS;
}

static const char *find_fetch(struct arena *arena)
{
	const char *found = find_part(arena, "viva-fetch", "../libexec/viva/viva-fetch");

	return found ? found : VIVA_LIBEXEC "/viva-fetch";
}

/* Options that every command takes; they are cut out of argv. */
struct globals {
	const char *db;
	bool plain;
};

static enum err_code take_globals(int *argc, char **argv, struct globals *out, struct error *err)
{
	int kept = 0;

	for (int i = 0; i < *argc; i++) {
		if (str_eq(argv[i], "--")) {
			while (i < *argc)
				argv[kept++] = argv[i++];
		} else if (str_eq(argv[i], "--plain")) {
			out->plain = true;
		} else if (str_starts(argv[i], "--db=")) {
			out->db = argv[i] + 5;
		} else if (str_eq(argv[i], "--db")) {
			out->db = i + 1 < *argc ? argv[++i] : "";
		} else {
			argv[kept++] = argv[i];
		}
	}
	argv[kept] = NULL;
	*argc = kept;
	if (out->db && !*out->db)
		return error_set(err, ERR_USAGE, "--db needs a file");
	return ERR_NONE;
}

static void fill_paths(struct app *app, struct arena *arena, const struct globals *globals)
{
	const char *state = xdg(arena, "XDG_STATE_HOME", ".local/state");
	const char *db = globals->db ? globals->db : env("VIVA_DB");
	struct error none = ERROR_INIT;

	app->home = arena_str(arena, home_folder());
	app->data_dir = xdg(arena, "XDG_DATA_HOME", ".local/share");
	app->db_path = db ? db : arena_printf(arena, "%s/viva.db", app->data_dir);
	app->bundled_dir = find_bundled(arena);
	app->fetch_program = find_fetch(arena);
	app->pager = env("PAGER");
	app->editor = env("VISUAL") ? env("VISUAL") : env("EDITOR");
	if (app->interactive && !file_make_folder(state, &none))
		app->history_file = arena_printf(arena, "%s/history", state);
}

/* The environment names programs, folders and the database: it must be that of the user. */
static enum err_code check_rights(struct error *err)
{
	if (getauxval(AT_SECURE))
		return error_set(err, ERR_USAGE,
				 "viva refuses to run with more rights than its user has: take "
				 "the set-user-ID bit away");
	return ERR_NONE;
}

static enum err_code run(struct app *app, int argc, char **argv, struct error *err)
{
	static char *const shell[] = {(char *)"shell", NULL};

	if (argc == 0)
		return cmd_run(app, 1, (char **)shell, err);
	if (str_eq(argv[0], "--version"))
		argv[0] = (char *)"version";
	else if (str_eq(argv[0], "--help"))
		argv[0] = (char *)"help";
	return cmd_run(app, argc, argv, err);
}

int main(int argc, char **argv)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	struct globals globals = {0};
	struct out out, messages;
	struct app app = {0};
	enum err_code rc;

	setlocale(LC_ALL, "");
	process_catch_signals();
	argc -= argc > 0;
	rc = check_rights(&err);
	if (!rc)
		rc = take_globals(&argc, argv + 1, &globals, &err);
	out = make_out(stdout, globals.plain);
	messages = make_out(stderr, globals.plain);
	app.out = &out;
	app.messages = &messages;
	app.screen = isatty(STDOUT_FILENO);
	app.interactive = app.screen && isatty(STDIN_FILENO);
	if (!rc)
		fill_paths(&app, &arena, &globals);
	if (!rc)
		rc = clock_init(&app.clock, env("VIVA_NOW"), &err);
	if (!rc)
		rc = run(&app, argc, argv + 1, &err);
	app_release(&app);
	out_flush(&out);
	if (out.failed && !rc)
		rc = error_set(
			&err, ERR_STORAGE,
			"the output could not be written: is the disk full, or its reader gone?");
	if (rc)
		cmd_show_error(&app, &err);
	arena_release(&arena);
	if (process_stop_signal()) {
		signal(process_stop_signal(), SIG_DFL);
		raise(process_stop_signal());
	}
	return (int)rc;
}
