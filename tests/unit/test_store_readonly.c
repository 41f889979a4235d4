/* SPDX-License-Identifier: ISC */
/*
 * Reading a database where nothing can be written, as an auditor does from a
 * copy on a read-only medium: what is still in the write-ahead log is seen.
 * Where this process may not mount, the copying is tested alone.
 */
#include "tests/unit/store.h"

#include <sched.h>
#include <sys/mount.h>

#include "vault/store/file.h"
#include "vault/store/migrate.h"

static struct store_dir dir;
static struct store_dir temp;

static int
set_up(void **state)
{
	(void)state;
	store_dir_init(&dir);
	store_dir_init(&temp);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)umount2(dir.path, MNT_DETACH);
	store_dir_clear(&dir);
	store_dir_clear(&temp);
	return 0;
}

static void
add_generation(struct db *db, int64_t gen)
{
	struct stmt *st = NULL;

	OK_(db_begin(db, err));
	OK_(db_stmt(db, SQL_KEYS_ADD_GENERATION, &st, err));
	db_bind_int(st, 1, gen);
	OK_(db_run(st, err));
	OK_(db_commit(db, err));
}

static int64_t
generation(struct db *db)
{
	struct stmt *st = NULL;
	int64_t gen;

	OK_(db_stmt(db, SQL_KEYS_GET_GENERATION, &st, err));
	OK_(db_step_one(st, err));
	gen = db_col_int(st, 0);
	db_reset(st);
	return gen;
}

static int
open_readonly(const char *copy_dir, struct db **ret, struct hrv_err *err)
{
	const struct db_open_args args = { .path = store_path(&dir, "t.db"),
		.key = dir.key,
		.mode = DB_READONLY,
		.key_verified = true,
		.copy_dir = copy_dir };

	return db_open(&args, ret, err);
}

/* A database whose last change is only in its log: copied out while open. */
static void
with_a_log_left_behind(void)
{
	struct db *db = store_db(&temp, "t.db");

	OK_(migrate(db, schema_of(SQL_ON_KEYS), err));
	add_generation(db, 41);
	/* Closing would bring the log into the file; a copy does not. */
	OK_(file_copy(store_path(&temp, "t.db"), store_path(&dir, "t.db"),
	    FILE_MODE_SHARED, err));
	OK_(file_copy(store_path(&temp, "t.db-wal"),
	    store_path(&dir, "t.db-wal"), FILE_MODE_SHARED, err));
	db_close(db);
	assert_int_equal(unlink(store_path(&temp, "t.db")), 0);
	assert_true(store_size(&dir, "t.db-wal") > 0);
}

static bool
make_readonly(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(dir.path, dir.path, NULL, MS_BIND, NULL) == 0 &&
	       mount(NULL, dir.path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY,
		   NULL) == 0;
}

static void
a_reader_beside_writers_sees_the_log_and_cannot_write(void **state)
{
	struct db *db = NULL;

	(void)state;
	with_a_log_left_behind();
	OK_(open_readonly(NULL, &db, err));
	assert_true(db_readonly(db));
	assert_int_equal(generation(db), 41);
	FAILS(db_begin(db, err), HRV_EIO);
	db_close(db);
}

static void
a_readonly_medium_is_read_through_a_private_copy(void **state)
{
	struct db *db = NULL;

	(void)state;
	with_a_log_left_behind();
	if (!make_readonly())
		skip();
	FAILS(open_readonly(NULL, &db, err), HRV_EIO);
	assert_int_equal(chmod(temp.path, 0750), 0);
	FAILS(open_readonly(temp.path, &db, err), HRV_EREFUSED);
	assert_int_equal(chmod(temp.path, 0700), 0);
	OK_(open_readonly(temp.path, &db, err));
	assert_int_equal(generation(db), 41);
	FAILS(db_begin(db, err), HRV_EIO);
	db_close(db);
	/* Nothing of the copy is left. */
	assert_int_equal(rmdir(temp.path), 0);
	assert_int_equal(mkdir(temp.path, 0700), 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_reader_beside_writers_sees_the_log_and_cannot_write),
		T(a_readonly_medium_is_read_through_a_private_copy),
	};

	return RUN(tests);
}
