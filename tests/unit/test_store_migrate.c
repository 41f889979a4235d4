/* SPDX-License-Identifier: ISC */
/*
 * Schema steps: applied once, in order, whole or not at all; a newer file and
 * a database of another kind are left alone.
 */
#include "tests/unit/store.h"

#include "vault/store/migrate.h"

#define APP 0x74657374

#define FIRST                                                                  \
	"CREATE TABLE parent (id INTEGER PRIMARY KEY);"                        \
	"CREATE TABLE child (p INTEGER REFERENCES parent ON DELETE CASCADE);"  \
	"INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);"

static const char *const good[] = {
	FIRST,
	/* The parent built anew; its child must keep its row. */
	"CREATE TABLE parent_new (id INTEGER PRIMARY KEY, note TEXT);"
	"INSERT INTO parent_new (id) SELECT id FROM parent;"
	"DROP TABLE parent; ALTER TABLE parent_new RENAME TO parent;",
};

static const char *const orphaning[] = {
	FIRST,
	"DELETE FROM parent",
};

static const char *const broken[] = {
	FIRST,
	"CREATE TABLE half (a); CREATE TABLE half (a);",
};

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

static int64_t
version_of(struct db *db)
{
	int64_t app = 0;
	int64_t version = -1;

	OK_(db_get_app(db, &app, &version, err));
	return version;
}

static void
steps_are_applied_in_order_and_once(void **state)
{
	const struct schema one = { APP, good, 1 };
	const struct schema two = { APP, good, 2 };
	struct db *db = store_db(&dir, "t.db");

	(void)state;
	assert_int_equal(version_of(db), 0);
	OK_(migrate(db, &one, err));
	assert_int_equal(version_of(db), 1);
	OK_(migrate(db, &two, err));
	assert_int_equal(version_of(db), 2);
	OK_(migrate(db, &two, err));
	/* The child kept its row: a second parent of that id is refused, and
	 * deleting the parent would have to take a child along. */
	OK_(db_begin(db, err));
	OK_(db_script(db, "INSERT INTO child VALUES (1)", err));
	FAILS(db_script(db, "INSERT INTO child VALUES (7)", err), HRV_EFAILED);
	FAILS(db_script(db, "INSERT INTO parent (id) VALUES (1)", err),
	    HRV_EEXISTS);
	db_rollback(db);
	db_close(db);
}

static void
the_guard_is_back_after_a_migration(void **state)
{
	const struct schema two = { APP, good, 2 };
	struct db *db = store_db(&dir, "t.db");

	(void)state;
	OK_(migrate(db, &two, err));
	FAILS(db_script(db, "DROP TABLE child", err), HRV_EREFUSED);
	db_close(db);
}

static void
a_step_that_fails_leaves_the_one_before(void **state)
{
	const struct schema bad = { APP, broken, 2 };
	const struct schema fixed = { APP, good, 2 };
	struct db *db = store_db(&dir, "t.db");

	(void)state;
	FAILS(migrate(db, &bad, err), HRV_EFAILED);
	assert_false(db_in_txn(db));
	assert_int_equal(version_of(db), 1);
	FAILS(db_script(db, "DROP TABLE child", err), HRV_EREFUSED);
	OK_(migrate(db, &fixed, err));
	assert_int_equal(version_of(db), 2);
	db_close(db);
}

static void
a_step_that_orphans_a_row_is_undone(void **state)
{
	const struct schema bad = { APP, orphaning, 2 };
	struct db *db = store_db(&dir, "t.db");

	(void)state;
	FAILS(migrate(db, &bad, err), HRV_EINTEGRITY);
	assert_int_equal(version_of(db), 1);
	db_close(db);
}

static void
a_failure_at_any_step_can_be_repeated(void **state)
{
	const struct schema two = { APP, good, 2 };
	struct db *db = store_db(&dir, "t.db");
	unsigned n;

	(void)state;
	for (n = 1; n < 100; n++) {
		struct hrv_err err = { 0 };
		int rc;

		db_fail_after(db, n);
		rc = migrate(db, &two, &err);
		db_fail_after(db, 0);
		if (rc == HRV_OK)
			break;
		assert_string_equal(err.name, "disk-full");
		assert_false(db_in_txn(db));
	}
	assert_true(n > 5 && n < 100);
	assert_int_equal(version_of(db), 2);
	/* Foreign keys are on again, whatever failed. */
	OK_(db_begin(db, err));
	FAILS(db_script(db, "INSERT INTO child VALUES (7)", err), HRV_EFAILED);
	db_rollback(db);
	db_close(db);
}

static void
a_newer_file_and_another_kind_are_refused(void **state)
{
	const struct schema one = { APP, good, 1 };
	const struct schema two = { APP, good, 2 };
	const struct schema other = { APP + 1, good, 2 };
	struct hrv_err why = { 0 };
	struct db *db = store_db(&dir, "t.db");

	(void)state;
	OK_(migrate(db, &two, err));
	assert_int_equal(migrate(db, &one, &why), HRV_EREFUSED);
	assert_string_equal(why.name, "new-format");
	FAILS(migrate(db, &other, err), HRV_EINTEGRITY);
	assert_int_equal(version_of(db), 2);
	db_close(db);
}

static void
a_reader_does_not_migrate(void **state)
{
	const struct schema one = { APP, good, 1 };
	const struct schema two = { APP, good, 2 };
	const struct db_open_args args = { .path = store_path(&dir, "t.db"),
		.key = dir.key,
		.mode = DB_READONLY };
	struct hrv_err why = { 0 };
	struct db *db = store_db(&dir, "t.db");

	(void)state;
	OK_(migrate(db, &one, err));
	db_close(db);
	OK_(db_open(&args, &db, err));
	OK_(migrate(db, &one, err));
	assert_int_equal(migrate(db, &two, &why), HRV_EREFUSED);
	assert_string_equal(why.name, "old-format");
	db_close(db);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(steps_are_applied_in_order_and_once),
		T(the_guard_is_back_after_a_migration),
		T(a_step_that_fails_leaves_the_one_before),
		T(a_step_that_orphans_a_row_is_undone),
		T(a_failure_at_any_step_can_be_repeated),
		T(a_newer_file_and_another_kind_are_refused),
		T(a_reader_does_not_migrate),
	};

	return RUN(tests);
}
