#include "os_fixture.h"

#include "os/folder.h"

static void put(const struct folder *f, const char *name, const char *text, mode_t mode)
{
	struct error err = ERROR_INIT;

	if (folder_write(f, name, text, strlen(text), mode, &err) != ERR_NONE)
		fail_msg("%s", err.msg);
}

static struct folder opened(const char *path)
{
	struct error err = ERROR_INIT;
	struct folder f;

	if (folder_open(path, &f, &err) != ERR_NONE)
		fail_msg("%s", err.msg);
	return f;
}

static void folders_and_files_have_the_modes_of_a_site_whatever_the_umask_is(void **state)
{
	struct error err = ERROR_INIT;
	mode_t before = umask(077);
	struct folder top = opened("a/b/"), sub;

	(void)state;
	assert_int_equal(folder_open_in(&top, "d", "a/b/d", &sub, &err), ERR_NONE);
	put(&sub, "x.md", "text", 0644);
	umask(before);
	assert_int_equal(mode_of("a"), 0755);
	assert_int_equal(mode_of("a/b"), 0755);
	assert_int_equal(mode_of("a/b/d"), 0755);
	assert_int_equal(mode_of("a/b/d/x.md"), 0644);
	assert_content("a/b/d/x.md", "text");
	assert_int_equal(entries("a/b/d"), 1);
	folder_close(&sub);
	folder_close(&top);
	folder_close(&top);
}

static void a_folder_that_is_there_keeps_its_mode(void **state)
{
	struct error err = ERROR_INIT;
	struct folder top, sub;

	(void)state;
	assert_int_equal(mkdir("s", 0700), 0);
	assert_int_equal(mkdir("s/d", 0700), 0);
	top = opened("s");
	assert_int_equal(folder_open_in(&top, "d", "s/d", &sub, &err), ERR_NONE);
	assert_int_equal(mode_of("s"), 0700);
	assert_int_equal(mode_of("s/d"), 0700);
	folder_close(&sub);
	folder_close(&top);
}

static void a_file_is_replaced_with_its_mode(void **state)
{
	struct folder f = opened("s");

	(void)state;
	make_file("s/x", "old and longer");
	chmod("s/x", 0600);
	put(&f, "x", "new", 0644);
	assert_content("s/x", "new");
	assert_int_equal(mode_of("s/x"), 0644);
	folder_close(&f);
}

static void what_a_killed_writer_left_is_cleared(void **state)
{
	struct folder f = opened("s");

	(void)state;
	make_file("s/" FOLDER_TEMP, "half");
	put(&f, "x", "whole", 0644);
	assert_int_equal(entries("s"), 1);
	folder_close(&f);
}

static void symlinks_are_not_followed(void **state)
{
	struct error err = ERROR_INIT;
	struct folder f = opened("s"), sub;
	struct strbuf got;

	(void)state;
	strbuf_init(&got, 100);
	make_file("secret", "untouched");
	assert_int_equal(mkdir("other", 0755), 0);
	assert_int_equal(symlink("../secret", "s/x"), 0);
	assert_int_equal(symlink("../secret", "s/" FOLDER_TEMP), 0);
	assert_int_equal(symlink("../other", "s/d"), 0);
	assert_int_equal(folder_type(&f, "x"), FILE_OTHER);
	assert_int_equal(folder_read(&f, "x", &got, &err), ERR_STORAGE);
	assert_string_equal(err.msg, "s/x: is a symbolic link");
	assert_int_equal(folder_open_in(&f, "d", "s/d", &sub, &err), ERR_STORAGE);
	put(&f, "x", "new", 0644);
	assert_content("secret", "untouched");
	assert_content("s/x", "new");
	assert_int_equal(entries("other"), 0);
	strbuf_release(&got);
	folder_close(&f);
}

static void only_a_regular_file_is_read(void **state)
{
	struct error err = ERROR_INIT;
	struct folder f = opened("s");
	struct strbuf got;

	(void)state;
	strbuf_init(&got, 4);
	assert_int_equal(mkfifo("s/pipe", 0600), 0);
	assert_int_equal(folder_read(&f, "pipe", &got, &err), ERR_STORAGE);
	assert_string_equal(err.msg, "s/pipe: not a regular file");
	assert_int_equal(folder_read(&f, "none", &got, &err), ERR_STORAGE);
	assert_string_equal(err.msg, "s/none: No such file or directory");
	make_file("s/long", "12345");
	assert_int_equal(folder_read(&f, "long", &got, &err), ERR_FORMAT);
	make_file("s/short", "1234");
	assert_int_equal(folder_read(&f, "short", &got, &err), ERR_NONE);
	assert_string_equal(got.buf, "1234");
	strbuf_release(&got);
	folder_close(&f);
}

static void a_folder_in_the_place_of_a_file_is_an_error_and_nothing_stays_behind(void **state)
{
	struct error err = ERROR_INIT;
	struct folder f = opened("s");

	(void)state;
	assert_int_equal(mkdir("s/x", 0755), 0);
	assert_int_equal(folder_type(&f, "x"), FILE_FOLDER);
	assert_int_equal(folder_write(&f, "x", "a", 1, 0644, &err), ERR_STORAGE);
	assert_int_equal(folder_remove(&f, "x", &err), ERR_STORAGE);
	assert_int_equal(entries("s"), 1);
	folder_close(&f);
}

static void a_removed_file_may_be_gone_already(void **state)
{
	struct error err = ERROR_INIT;
	struct folder f = opened("s");

	(void)state;
	make_file("s/x", "");
	assert_int_equal(folder_remove(&f, "x", &err), ERR_NONE);
	assert_int_equal(folder_type(&f, "x"), FILE_MISSING);
	assert_int_equal(folder_remove(&f, "x", &err), ERR_NONE);
	folder_close(&f);
}

static void the_lock_is_one_writer_s_until_he_closes(void **state)
{
	struct error err = ERROR_INIT;
	struct folder f = opened("s"), other = opened("s");

	(void)state;
	assert_int_equal(folder_lock(&f, &err), ERR_NONE);
	assert_int_equal(folder_lock(&other, &err), ERR_STORAGE);
	assert_string_equal(err.msg, "s: another viva is writing there: try again later");
	folder_close(&f);
	assert_int_equal(folder_lock(&other, &err), ERR_NONE);
	folder_close(&other);
}

static void a_file_in_the_way_is_an_error(void **state)
{
	struct error err = ERROR_INIT;
	struct folder f;

	(void)state;
	make_file("x", "");
	assert_int_equal(folder_open("x", &f, &err), ERR_STORAGE);
	assert_int_equal(folder_open("x/y", &f, &err), ERR_STORAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(folders_and_files_have_the_modes_of_a_site_whatever_the_umask_is),
		IN_FOLDER(a_folder_that_is_there_keeps_its_mode),
		IN_FOLDER(a_file_is_replaced_with_its_mode),
		IN_FOLDER(what_a_killed_writer_left_is_cleared),
		IN_FOLDER(symlinks_are_not_followed),
		IN_FOLDER(only_a_regular_file_is_read),
		IN_FOLDER(a_folder_in_the_place_of_a_file_is_an_error_and_nothing_stays_behind),
		IN_FOLDER(a_removed_file_may_be_gone_already),
		IN_FOLDER(the_lock_is_one_writer_s_until_he_closes),
		IN_FOLDER(a_file_in_the_way_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
