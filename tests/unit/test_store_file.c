/* SPDX-License-Identifier: ISC */
/*
 * Files: replaced whole or not at all, modes that no umask changes, no
 * symbolic link followed, locks that are waited for with a bound.
 */
#include "tests/unit/store.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "vault/base/buf.h"
#include "vault/store/file.h"

static struct store_dir dir;

static int
set_up(void **state)
{
	(void)state;
	store_dir_init(&dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	store_dir_clear(&dir);
	return 0;
}

static int
write_text(const char *name, const char *text, struct hrv_err *err)
{
	return file_write_atomic(
	    store_path(&dir, name), text, strlen(text), FILE_MODE_SHARED, err);
}

static void
has_text(const char *name, const char *want)
{
	struct buf b = BUF_INIT;

	OK_(file_read(store_path(&dir, name), 1000, &b, err));
	assert_string_equal(buf_str(&b), want);
	buf_clear(&b);
}

static unsigned
entries(void)
{
	DIR *d = opendir(dir.path);
	unsigned n = 0;

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
a_file_is_replaced_whole(void **state)
{
	mode_t before = umask(077);

	(void)state;
	OK_(write_text("f", "one", err));
	assert_int_equal(store_mode(&dir, "f"), 0660);
	OK_(write_text("f", "two", err));
	has_text("f", "two");
	FAILS(file_write_new(store_path(&dir, "f"), "x", 1, 0600, err),
	    HRV_EEXISTS);
	has_text("f", "two");
	OK_(file_write_new(store_path(&dir, "g"), "x", 1, 0600, err));
	assert_int_equal(store_mode(&dir, "g"), 0600);
	assert_int_equal(entries(), 2);
	umask(before);
}

static void
a_failed_replacement_leaves_the_old_file(void **state)
{
	static char big[200 * 1024];
	struct rlimit was;
	struct rlimit low;

	(void)state;
	OK_(write_text("f", "old", err));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	low = was;
	low.rlim_cur = 100 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	FAILS(file_write_atomic(
		  store_path(&dir, "f"), big, sizeof(big), 0600, err),
	    HRV_EIO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	has_text("f", "old");
	assert_int_equal(entries(), 1);
}

static void
an_error_says_what_happened_but_not_where(void **state)
{
	struct hrv_err err = { 0 };

	(void)state;
	assert_int_equal(
	    file_error(ENOSPC, "writing", "/some/where/f", &err), HRV_EIO);
	assert_string_equal(err.name, "disk-full");
	assert_null(strstr(err.msg, "where"));
	assert_int_equal(file_error(EDQUOT, "writing", "f", &err), HRV_EIO);
	assert_string_equal(err.name, "disk-full");
}

static void
links_fifos_and_folders_are_not_files(void **state)
{
	struct buf b = BUF_INIT;
	int fd = -1;

	(void)state;
	OK_(write_text("f", "text", err));
	assert_int_equal(symlink("f", store_path(&dir, "link")), 0);
	assert_int_equal(mkfifo(store_path(&dir, "fifo"), 0600), 0);
	assert_int_equal(mkdir(store_path(&dir, "d"), 0700), 0);
	FAILS(
	    file_read(store_path(&dir, "link"), 100, &b, err), HRV_EINTEGRITY);
	FAILS(
	    file_read(store_path(&dir, "fifo"), 100, &b, err), HRV_EINTEGRITY);
	FAILS(file_read(store_path(&dir, "d"), 100, &b, err), HRV_EINTEGRITY);
	FAILS(
	    file_create(store_path(&dir, "link"), 0600, &fd, err), HRV_EEXISTS);
	FAILS(file_read(store_path(&dir, "none"), 100, &b, err), HRV_ENOTFOUND);
	/* A link put in the place of a file is replaced, not followed. */
	assert_int_equal(symlink("f", store_path(&dir, "out")), 0);
	OK_(write_text("out", "new", err));
	has_text("f", "text");
	has_text("out", "new");
	buf_clear(&b);
}

static void
a_file_that_is_too_long_is_refused(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	OK_(write_text("f", "12345", err));
	OK_(file_read(store_path(&dir, "f"), 5, &b, err));
	assert_int_equal(b.len, 5);
	FAILS(file_read(store_path(&dir, "f"), 4, &b, err), HRV_EINTEGRITY);
	assert_int_equal(b.len, 5);
	buf_clear(&b);
}

static void
folders_have_the_mode_asked_for(void **state)
{
	mode_t before = umask(077);

	(void)state;
	OK_(file_mkdir(store_path(&dir, "d"), FILE_MODE_DIR, err));
	assert_int_equal(store_mode(&dir, "d"), 02770);
	FAILS(
	    file_mkdir(store_path(&dir, "d"), FILE_MODE_DIR, err), HRV_EEXISTS);
	umask(before);
}

static void
a_lock_is_waited_for_only_so_long(void **state)
{
	const char *path = store_path(&dir, "lock");
	bool locked = true;
	int one = -1;
	int two = -1;

	(void)state;
	OK_(file_is_locked(path, &locked, err));
	assert_false(locked);
	OK_(file_open_lock(path, false, 0, &one, err));
	assert_int_equal(store_mode(&dir, "lock"), 0660);
	OK_(file_open_lock(path, false, 0, &two, err));
	close(two);
	FAILS(file_open_lock(path, true, 30, &two, err), HRV_EBUSY);
	OK_(file_is_locked(path, &locked, err));
	assert_true(locked);
	close(one);
	OK_(file_is_locked(path, &locked, err));
	assert_false(locked);
	OK_(file_open_lock(path, true, 0, &two, err));
	FAILS(file_open_lock(path, false, 30, &one, err), HRV_EBUSY);
	close(two);
}

static void
a_destroyed_file_has_lost_its_bytes(void **state)
{
	char is[7] = "";
	int fd;

	(void)state;
	OK_(write_text("f", "secret", err));
	fd = open(store_path(&dir, "f"), O_RDONLY);
	assert_true(fd >= 0);
	OK_(file_destroy(store_path(&dir, "f"), err));
	assert_int_equal(store_size(&dir, "f"), -1);
	assert_int_equal(pread(fd, is, 6, 0), 6);
	assert_string_not_equal(is, "secret");
	close(fd);
	OK_(file_destroy(store_path(&dir, "f"), err));
}

static void
the_medium_is_named(void **state)
{
	struct file_medium m;
	const char *comma;

	(void)state;
	OK_(file_medium(dir.path, &m, err));
	print_message("# %s\n", m.text);
	comma = strstr(m.text, ", ");
	assert_non_null(comma);
	assert_true(comma > m.text);
	FAILS(file_medium(store_path(&dir, "none"), &m, err), HRV_ENOTFOUND);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_file_is_replaced_whole),
		T(a_failed_replacement_leaves_the_old_file),
		T(an_error_says_what_happened_but_not_where),
		T(links_fifos_and_folders_are_not_files),
		T(a_file_that_is_too_long_is_refused),
		T(folders_have_the_mode_asked_for),
		T(a_lock_is_waited_for_only_so_long),
		T(a_destroyed_file_has_lost_its_bytes),
		T(the_medium_is_named),
	};

	return RUN(tests);
}
