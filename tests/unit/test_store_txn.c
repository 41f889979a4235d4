/* SPDX-License-Identifier: ISC */
/*
 * The database seam: its guards, transactions, injected failures, copies.
 */
#include "tests/unit/storedb.h"

static void
the_guard_refuses_what_would_undo_a_guard(void **state)
{
	static const char *const forbidden[] = {
		"ATTACH 'other.db' AS other",
		"PRAGMA recursive_triggers = OFF",
		"PRAGMA writable_schema = ON",
		"DROP TRIGGER dek_no_delete",
		"DROP TABLE dek",
		"ALTER TABLE dek RENAME TO x",
		"CREATE TABLE x (a)",
		"CREATE TEMP TRIGGER t AFTER INSERT ON dek BEGIN SELECT 1; END",
		"SELECT load_extension('x')",
		"VACUUM",
	};
	struct db *db = keys_db();

	(void)state;
	OK_(insert_and_commit(db, 1, err));
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		struct hrv_err err = { 0 };

		if (db_script(db, forbidden[i], &err) == HRV_OK)
			fail_msg("allowed: %s", forbidden[i]);
	}
	db_close(db);
}

#define FORGED_ROW " SELECT dek_id, record_id, 2, 'x', 9, wrapped, 0 FROM dek"

static void
no_forged_statement_changes_a_key(void **state)
{
	static const char *const forged[] = {
		"DELETE FROM dek",
		"UPDATE dek SET kek = 'x'",
		"INSERT OR REPLACE INTO dek" FORGED_ROW,
		"REPLACE INTO dek" FORGED_ROW,
	};
	struct db *db = keys_db();

	(void)state;
	OK_(insert_and_commit(db, 1, err));
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		OK_(db_begin(db, err));
		FAILS(db_script(db, forged[i], err), HRV_EREFUSED);
		db_rollback(db);
	}
	assert_int_equal(count(db), 1);
	db_close(db);
}

static void
nothing_is_committed_from_elsewhere(void **state)
{
	struct db *db = keys_db();

	(void)state;
	FAILS(insert(db, 1, err), HRV_EREFUSED);
	FAILS(db_script(db, "INSERT INTO generation (gen) VALUES (3)", err),
	    HRV_EFAILED);
	OK_(db_begin(db, err));
	OK_(insert(db, 1, err));
	FAILS(db_script(db, "COMMIT", err), HRV_EFAILED);
	db_rollback(db);
	OK_(db_begin_read(db, err));
	FAILS(insert(db, 1, err), HRV_EREFUSED);
	OK_(db_commit(db, err));
	assert_int_equal(count(db), 0);
	db_close(db);
}

static void
a_key_that_is_there_is_not_added_again(void **state)
{
	struct db *db = keys_db();

	(void)state;
	OK_(insert_and_commit(db, 1, err));
	FAILS(insert_and_commit(db, 1, err), HRV_EEXISTS);
	assert_false(db_in_txn(db));
	OK_(insert_and_commit(db, 2, err));
	assert_int_equal(db_changes(db), 1);
	db_close(db);
}

static void
a_second_writer_is_told_that_it_is_busy(void **state)
{
	struct db *one = keys_db();
	struct db *two = NULL;

	(void)state;
	OK_(open_with(dir.key, DB_READWRITE, true, &two, err));
	OK_(db_begin(one, err));
	FAILS(db_begin(two, err), HRV_EBUSY);
	assert_false(db_in_txn(two));
	OK_(insert(one, 1, err));
	OK_(db_commit(one, err));
	OK_(insert_and_commit(two, 2, err));
	db_close(two);
	db_close(one);
}

static void
a_reader_keeps_its_snapshot_and_holds_up_the_checkpoint(void **state)
{
	struct db *writer = NULL;
	struct db *reader = keys_db();
	bool busy = false;

	(void)state;
	OK_(open_with(dir.key, DB_READWRITE, true, &writer, err));
	OK_(insert_and_commit(writer, 1, err));
	OK_(db_begin_read(reader, err));
	OK_(insert_and_commit(writer, 2, err));
	assert_int_equal(count(reader), 1);
	OK_(db_checkpoint_truncate(writer, &busy, err));
	assert_true(busy);
	OK_(db_commit(reader, err));
	assert_int_equal(count(reader), 2);
	OK_(db_checkpoint_truncate(writer, &busy, err));
	assert_false(busy);
	assert_int_equal(store_size(&dir, "t.db-wal"), 0);
	db_close(reader);
	db_close(writer);
}

static void
a_failure_at_any_step_leaves_nothing_behind(void **state)
{
	struct db *db = keys_db();
	unsigned n = 1;

	(void)state;
	for (;; n++) {
		struct hrv_err err = { 0 };
		int rc;

		db_fail_after(db, n);
		rc = insert_and_commit(db, 1, &err);
		db_fail_after(db, 0);
		assert_false(db_in_txn(db));
		if (rc == HRV_OK)
			break;
		assert_int_equal(rc, HRV_EIO);
		assert_string_equal(err.name, "disk-full");
		assert_int_equal(count(db), 0);
	}
	assert_int_equal(n, 4); /* begin, insert and commit have failed once */
	assert_int_equal(count(db), 1);
	db_close(db);
}

static void
a_file_that_cannot_grow_loses_nothing(void **state)
{
	struct db *db = keys_db();
	struct rlimit was;
	struct rlimit low;
	int rc = HRV_OK;

	(void)state;
	OK_(insert_and_commit(db, 250, err));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	low = was;
	low.rlim_cur = 100 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	for (unsigned i = 0; rc == HRV_OK && i < 200; i++) {
		struct hrv_err err = { 0 };

		rc = insert_and_commit(db, (uint8_t)i, &err);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(rc, HRV_EIO);
	assert_false(db_in_txn(db));
	assert_true(count(db) >= 1);
	OK_(db_check(db, err));
	OK_(insert_and_commit(db, 251, err));
	db_close(db);
}

static void
a_copy_holds_everything_and_nothing_beside(void **state)
{
	struct db *db = keys_db();
	struct db *copy = NULL;

	(void)state;
	OK_(insert_and_commit(db, 1, err));
	OK_(db_copy(db, dir.key, store_path(&dir, "copy.db"), err));
	FAILS(db_copy(db, dir.key, store_path(&dir, "copy.db"), err),
	    HRV_EEXISTS);
	assert_int_equal(store_size(&dir, "copy.db-wal"), -1);
	assert_int_equal(store_size(&dir, "copy.db-shm"), -1);
	copy = store_db(&dir, "copy.db");
	assert_int_equal(count(copy), 1);
	OK_(migrate(copy, schema_of(SQL_ON_KEYS), err));
	db_close(copy);
	db_close(db);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(the_guard_refuses_what_would_undo_a_guard),
		T(no_forged_statement_changes_a_key),
		T(nothing_is_committed_from_elsewhere),
		T(a_key_that_is_there_is_not_added_again),
		T(a_second_writer_is_told_that_it_is_busy),
		T(a_reader_keeps_its_snapshot_and_holds_up_the_checkpoint),
		T(a_failure_at_any_step_leaves_nothing_behind),
		T(a_file_that_cannot_grow_loses_nothing),
		T(a_copy_holds_everything_and_nothing_beside),
	};

	return RUN(tests);
}
