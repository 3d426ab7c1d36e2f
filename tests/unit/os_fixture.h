/* A folder of its own for each test, which it starts in: setup enter(), teardown leave(). */
#ifndef OS_FIXTURE_H
#define OS_FIXTURE_H

#define _XOPEN_SOURCE 700 /* nftw */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "os/file.h"

static char folder[] = "viva_os_XXXXXX";
static char *home; /* where the tests began */

static int enter(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	home = realpath(".", NULL);
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	return chdir(base == NULL ? P_tmpdir : base) != 0 || mkdtemp(folder) == NULL ||
	       chdir(folder) != 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int leave(void **state)
{
	int failed = chdir("..") != 0 || nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0 ||
		     chdir(home) != 0;

	(void)state;
	free(home);
	return failed;
}

static void make_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void assert_content(const char *path, const char *text)
{
	struct error err = ERROR_INIT;
	struct strbuf got;

	strbuf_init(&got, 1000);
	if (file_read(path, &got, &err) != ERR_NONE)
		fail_msg("%s", err.msg);
	assert_string_equal(got.buf, text);
	strbuf_release(&got);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

static int entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n - 2;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)

#endif
