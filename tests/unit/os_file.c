#include "os_fixture.h"

static void put(const char *path, const char *text, mode_t mode)
{
	struct error err = ERROR_INIT;

	if (file_write(path, text, strlen(text), mode, &err) != ERR_NONE)
		fail_msg("%s", err.msg);
}

static void a_new_file_gets_the_mode_that_was_asked_for(void **state)
{
	mode_t mask = umask(077);

	(void)state;
	put("private", "a", 0600);
	put("public", "b", 0644);
	umask(mask);
	assert_content("private", "a");
	assert_int_equal(mode_of("private"), 0600);
	assert_int_equal(mode_of("public"), 0644);
	assert_int_equal(entries("."), 2);
}

static void a_file_that_is_there_keeps_its_mode(void **state)
{
	struct file_stamp before, after;

	(void)state;
	make_file("deck.md", "old");
	assert_int_equal(chmod("deck.md", 0664), 0);
	assert_true(file_stamp("deck.md", &before));
	put("deck.md", "new text", 0600);
	assert_true(file_stamp("deck.md", &after));
	assert_content("deck.md", "new text");
	assert_int_equal(mode_of("deck.md"), 0664);
	assert_int_equal(after.size, 8);
	assert_int_not_equal(before.inode, after.inode);
}

static void a_write_follows_symlinks_and_leaves_them(void **state)
{
	char target[32];

	(void)state;
	assert_int_equal(mkdir("real", 0700), 0);
	make_file("real/deck.md", "old");
	assert_int_equal(symlink("real/deck.md", "one.md"), 0);
	assert_int_equal(symlink("one.md", "two.md"), 0);
	put("two.md", "new", 0600);
	assert_content("real/deck.md", "new");
	assert_int_equal(readlink("two.md", target, sizeof(target)), strlen("one.md"));
	assert_int_equal(entries("real"), 1);
	assert_int_equal(entries("."), 3);
}

static void a_symlink_to_nothing_is_not_replaced(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_int_equal(file_write("link", "x", 1, 0600, &err), ERR_STORAGE);
	assert_int_equal(entries("."), 1);
	assert_int_equal(file_type("link"), FILE_MISSING);
}

static void a_write_that_fails_leaves_nothing_behind(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(file_write("folder", "x", 1, 0600, &err), ERR_STORAGE);
	assert_true(str_starts(err.msg, "folder: "));
	assert_int_equal(file_write("no/file", "x", 1, 0600, &err), ERR_STORAGE);
	assert_true(str_starts(err.msg, "no/file: "));
	assert_int_equal(entries("."), 1);
}

static void the_longest_name_can_be_written(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	put(name, "x", 0600);
	assert_content(name, "x");
}

static void a_file_is_read_up_to_the_maximum(void **state)
{
	struct error err = ERROR_INIT;
	struct strbuf out;

	(void)state;
	make_file("four", "1234");
	strbuf_init(&out, 4);
	strbuf_str(&out, "old");
	assert_int_equal(file_read("four", &out, &err), ERR_NONE);
	assert_string_equal(out.buf, "1234");
	make_file("five", "12345");
	assert_int_equal(file_read("five", &out, &err), ERR_FORMAT);
	assert_string_equal(err.msg, "five: longer than 4 bytes");
	assert_int_equal(out.len, 0);
	strbuf_release(&out);
}

static void bytes_come_back_as_they_were_written(void **state)
{
	struct error err = ERROR_INIT;
	struct strbuf out, in;

	(void)state;
	strbuf_init(&in, 1 << 20);
	strbuf_init(&out, 1 << 20);
	for (int i = 0; i < 100000; i++)
		strbuf_char(&in, (char)(i % 256));
	assert_int_equal(file_write("bytes", in.buf, in.len, 0600, &err), ERR_NONE);
	assert_int_equal(file_read("bytes", &out, &err), ERR_NONE);
	assert_int_equal(out.len, in.len);
	assert_memory_equal(out.buf, in.buf, in.len);
	strbuf_release(&in);
	strbuf_release(&out);
}

static void only_regular_files_are_read(void **state)
{
	struct error err = ERROR_INIT;
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 100);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(file_read("pipe", &out, &err), ERR_STORAGE);
	assert_int_equal(file_read(".", &out, &err), ERR_STORAGE);
	assert_int_equal(file_read("missing", &out, &err), ERR_STORAGE);
	assert_string_equal(err.msg, "missing: No such file or directory");
	strbuf_release(&out);
}

static void types_are_told_apart(void **state)
{
	struct file_stamp stamp;

	(void)state;
	make_file("file", "");
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(file_type("file"), FILE_REGULAR);
	assert_int_equal(file_type("link"), FILE_REGULAR);
	assert_int_equal(file_type("."), FILE_FOLDER);
	assert_int_equal(file_type("pipe"), FILE_OTHER);
	assert_int_equal(file_type("missing"), FILE_MISSING);
	assert_false(file_stamp("missing", &stamp));
}

static void a_folder_is_made_with_all_above_it(void **state)
{
	struct error err = ERROR_INIT;
	mode_t mask = umask(0);

	(void)state;
	assert_int_equal(file_make_folder("a/b//c/", &err), ERR_NONE);
	assert_int_equal(file_make_folder("a/b/c", &err), ERR_NONE);
	umask(mask);
	assert_int_equal(file_type("a/b/c"), FILE_FOLDER);
	assert_int_equal(mode_of("a"), 0700);
	assert_int_equal(mode_of("a/b/c"), 0700);
}

static void a_file_in_the_way_of_a_folder_is_named(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	make_file("a", "");
	assert_int_equal(file_make_folder("a/b/c", &err), ERR_STORAGE);
	assert_string_equal(err.msg, "a: Not a directory");
	assert_int_equal(file_make_folder("a", &err), ERR_STORAGE);
}

static void a_real_path_has_no_symlinks(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	const char *direct, *linked;

	(void)state;
	make_file("deck.md", "");
	assert_int_equal(symlink("deck.md", "link.md"), 0);
	direct = file_real_path("./deck.md", &arena, &err);
	linked = file_real_path("link.md", &arena, &err);
	assert_non_null(direct);
	assert_int_equal(direct[0], '/');
	assert_string_equal(direct, linked);
	assert_null(file_real_path("missing", &arena, &err));
	assert_int_equal(err.code, ERR_STORAGE);
	arena_release(&arena);
}

static void a_folder_lists_its_decks_and_nothing_else(void **state)
{
	static const char *const others[] = {"README.md",
					     "readme.md",
					     "Readme-first.md",
					     "LICENSE.md",
					     "license.md",
					     "CONTRIBUTING.md",
					     "contributing.md",
					     ".hidden.md",
					     "notes.txt",
					     "md",
					     ".md",
					     "deck.md.bak"};
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	const char **paths;
	size_t count;

	(void)state;
	assert_int_equal(mkdir("decks", 0700), 0);
	assert_int_equal(chdir("decks"), 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		make_file(others[i], "");
	make_file("orm.md", "");
	make_file("Admin.md", "");
	assert_int_equal(mkdir("folder.md", 0700), 0);
	assert_int_equal(mkfifo("pipe.md", 0600), 0);
	assert_int_equal(symlink("orm.md", "link.md"), 0);
	assert_int_equal(symlink("nowhere", "broken.md"), 0);
	assert_int_equal(chdir(".."), 0);
	for (int slash = 0; slash < 2; slash++) {
		assert_int_equal(
			file_list_decks(slash ? "decks/" : "decks", &arena, &paths, &count, &err),
			ERR_NONE);
		assert_int_equal(count, 3);
		assert_string_equal(paths[0], "decks/Admin.md");
		assert_string_equal(paths[1], "decks/link.md");
		assert_string_equal(paths[2], "decks/orm.md");
	}
	arena_release(&arena);
}

static void an_empty_folder_has_no_decks_and_a_missing_one_is_an_error(void **state)
{
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;
	const char **paths;
	size_t count;

	(void)state;
	assert_int_equal(file_list_decks(".", &arena, &paths, &count, &err), ERR_NONE);
	assert_int_equal(count, 0);
	assert_int_equal(file_list_decks("missing", &arena, &paths, &count, &err), ERR_STORAGE);
	arena_release(&arena);
}

static void a_secret_is_read_into_the_caller_s_room_alone(void **state)
{
	struct error err = ERROR_INIT;
	char text[5];
	size_t len;

	(void)state;
	make_file("key", "1234");
	assert_int_equal(file_read_secret("key", text, sizeof(text), &len, &err), ERR_NONE);
	assert_int_equal(len, 4);
	assert_memory_equal(text, "1234", 4);
	make_file("key", "12345");
	assert_int_equal(file_read_secret("key", text, sizeof(text), &len, &err), ERR_FORMAT);
	assert_string_equal(err.msg, "key: longer than 4 bytes");
	assert_int_equal(file_read_secret("none", text, sizeof(text), &len, &err), ERR_STORAGE);
	assert_string_equal(err.msg, "none: No such file or directory");
	assert_int_equal(file_read_secret(".", text, sizeof(text), &len, &err), ERR_STORAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_new_file_gets_the_mode_that_was_asked_for),
		IN_FOLDER(a_file_that_is_there_keeps_its_mode),
		IN_FOLDER(a_write_follows_symlinks_and_leaves_them),
		IN_FOLDER(a_symlink_to_nothing_is_not_replaced),
		IN_FOLDER(a_write_that_fails_leaves_nothing_behind),
		IN_FOLDER(the_longest_name_can_be_written),
		IN_FOLDER(a_file_is_read_up_to_the_maximum),
		IN_FOLDER(bytes_come_back_as_they_were_written),
		IN_FOLDER(only_regular_files_are_read),
		IN_FOLDER(a_secret_is_read_into_the_caller_s_room_alone),
		IN_FOLDER(types_are_told_apart),
		IN_FOLDER(a_folder_is_made_with_all_above_it),
		IN_FOLDER(a_file_in_the_way_of_a_folder_is_named),
		IN_FOLDER(a_real_path_has_no_symlinks),
		IN_FOLDER(a_folder_lists_its_decks_and_nothing_else),
		IN_FOLDER(an_empty_folder_has_no_decks_and_a_missing_one_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
