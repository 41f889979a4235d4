/* SPDX-License-Identifier: ISC */
/*
 * The database seam: what opens and what does not, the guards, transactions,
 * damage and injected failures. The schema of a keystore serves as an example.
 */
#include "tests/unit/store.h"

#include <signal.h>
#include <sys/resource.h>

#include "vault/store/migrate.h"

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

/* A keystore database in the folder. */
static struct db *
keys_db(void)
{
	struct db *db = store_db(&dir, "t.db");

	OK_(migrate(db, schema_of(SQL_ON_KEYS), err));
	return db;
}

static int
insert(struct db *db, uint8_t tag, struct hrv_err *err)
{
	uint8_t bytes[66];
	struct stmt *st = NULL;
	int rc = db_stmt(db, SQL_KEYS_ADD_DEK, &st, err);

	if (rc != HRV_OK)
		return rc;
	memset(bytes, tag, sizeof(bytes));
	db_bind_blob(st, 1, bytes, 16);
	db_bind_blob(st, 2, bytes, 16);
	db_bind_int(st, 3, 1);
	db_bind_text(st, 4, "kek/pay");
	db_bind_int(st, 5, 1);
	db_bind_blob(st, 6, bytes, 66);
	db_bind_int(st, 7, 20000);
	return db_run(st, err);
}

static int
insert_and_commit(struct db *db, uint8_t tag, struct hrv_err *err)
{
	int rc = db_begin(db, err);

	if (rc == HRV_OK)
		rc = insert(db, tag, err);
	if (rc == HRV_OK)
		rc = db_commit(db, err);
	db_rollback(db);
	return rc;
}

static int64_t
count(struct db *db)
{
	struct stmt *st = NULL;
	int64_t n;

	OK_(db_stmt(db, SQL_KEYS_COUNT_DEKS, &st, err));
	OK_(db_step_one(st, err));
	n = db_col_int(st, 0);
	db_reset(st);
	return n;
}

static int
open_with(const struct key *key, enum db_mode mode, bool verified,
    struct db **ret, struct hrv_err *err)
{
	const struct db_open_args args = { .path = store_path(&dir, "t.db"),
		.key = key,
		.mode = mode,
		.key_verified = verified,
		.busy_ms = 50 };

	return db_open(&args, ret, err);
}

static void
what_was_committed_is_there_after_reopening(void **state)
{
	struct db *db = keys_db();

	(void)state;
	OK_(insert_and_commit(db, 1, err));
	db_close(db);
	db = keys_db();
	assert_int_equal(count(db), 1);
	OK_(db_check(db, err));
	db_close(db);
}

static void
values_come_back_as_they_were_bound(void **state)
{
	struct db *db = keys_db();
	uint8_t id[16];
	uint8_t want[16];
	struct stmt *st = NULL;
	size_t len = 0;

	(void)state;
	memset(want, 7, sizeof(want));
	OK_(insert_and_commit(db, 7, err));
	OK_(db_stmt(db, SQL_KEYS_GET_DEK, &st, err));
	db_bind_blob(st, 1, want, sizeof(want));
	OK_(db_step_one(st, err));
	OK_(db_col_fixed(st, 0, id, sizeof(id), err));
	assert_memory_equal(id, want, sizeof(id));
	FAILS(db_col_fixed(st, 0, id, 15, err), HRV_EINTEGRITY);
	assert_string_equal(db_col_text(st, 3), "kek/pay");
	assert_non_null(db_col_blob(st, 5, &len));
	assert_int_equal(len, 66);
	assert_int_equal(db_col_int(st, 6), 20000);
	assert_false(db_col_null(st, 6));
	db_reset(st);
	FAILS(db_step_one(st, err), HRV_ENOTFOUND);
	db_close(db);
}

static void
a_statement_is_not_used_twice_at_once(void **state)
{
	struct db *db = keys_db();
	struct stmt *st = NULL;
	struct stmt *again = NULL;
	bool row = false;

	(void)state;
	OK_(insert_and_commit(db, 1, err));
	OK_(db_stmt(db, SQL_KEYS_LIST_IDS, &st, err));
	OK_(db_step(st, &row, err));
	assert_true(row);
	FAILS(db_stmt(db, SQL_KEYS_LIST_IDS, &again, err), HRV_EFAILED);
	OK_(db_step(st, &row, err));
	assert_false(row);
	OK_(db_stmt(db, SQL_KEYS_LIST_IDS, &again, err));
	db_close(db);
}

static void
a_failed_bind_is_what_the_step_returns(void **state)
{
	struct db *db = keys_db();
	struct stmt *st = NULL;
	bool row = false;

	(void)state;
	OK_(db_stmt(db, SQL_KEYS_GET_DEK, &st, err));
	assert_int_equal(db_bind_int(st, 2, 1), HRV_EFAILED);
	FAILS(db_step(st, &row, err), HRV_EFAILED);
	db_close(db);
}

static void
a_wrong_key_is_told_from_a_damaged_file(void **state)
{
	struct db *db = keys_db();

	(void)state;
	db_close(db);
	FAILS(
	    open_with(dir.other_key, DB_READWRITE, false, &db, err), HRV_EKEY);
	FAILS(open_with(dir.other_key, DB_READWRITE, true, &db, err),
	    HRV_EINTEGRITY);
	store_flip(&dir, "t.db", 100);
	FAILS(open_with(dir.key, DB_READWRITE, true, &db, err), HRV_EINTEGRITY);
}

static void
what_is_not_an_encrypted_database_is_refused(void **state)
{
	struct db *db = NULL;
	const char *path = store_path(&dir, "t.db");
	FILE *f;

	(void)state;
	FAILS(open_with(dir.key, DB_READWRITE, true, &db, err), HRV_ENOTFOUND);
	f = fopen(path, "w");
	assert_non_null(f);
	FAILS(open_with(dir.key, DB_READWRITE, true, &db, err), HRV_EINTEGRITY);
	fprintf(f, "SQLite format 3%c%04096d", 0, 0);
	fclose(f);
	FAILS(open_with(dir.key, DB_READWRITE, true, &db, err), HRV_EINTEGRITY);
	FAILS(open_with(dir.key, DB_CREATE, true, &db, err), HRV_EEXISTS);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/tmp/elsewhere", path), 0);
	FAILS(open_with(dir.key, DB_READWRITE, true, &db, err), HRV_EINTEGRITY);
}

static void
every_damaged_page_is_noticed(void **state)
{
	struct db *db = keys_db();
	off_t size;

	(void)state;
	OK_(db_begin(db, err));
	for (unsigned i = 0; i < 200; i++)
		OK_(insert(db, (uint8_t)i, err));
	OK_(db_commit(db, err));
	db_close(db);
	size = store_size(&dir, "t.db");
	assert_true(size >= 8 * 4096);
	for (off_t at = 1000; at < size; at += 4096) {
		struct hrv_err err = { 0 };
		int rc;

		db = NULL;
		store_flip(&dir, "t.db", at);
		rc = open_with(dir.key, DB_READWRITE, true, &db, &err);
		if (rc == HRV_OK)
			rc = db_check(db, &err);
		db_close(db);
		if (rc != HRV_EINTEGRITY)
			fail_msg(
			    "page %d: %d (%s)", (int)(at / 4096), rc, err.msg);
		store_flip(&dir, "t.db", at);
	}
	db = keys_db();
	OK_(db_check(db, err));
	db_close(db);
}

/* Steps through all keys; the code that ends it. */
static int
read_all(struct db *db, struct hrv_err *err)
{
	struct stmt *st = NULL;
	bool row = true;
	int rc = db_stmt(db, SQL_KEYS_LIST_DEKS, &st, err);

	while (rc == HRV_OK && row)
		rc = db_step(st, &row, err);
	return rc;
}

static void
a_damaged_page_is_damage_to_a_statement_too(void **state)
{
	struct db *db = keys_db();
	int damaged = 0;
	off_t size;

	(void)state;
	OK_(db_begin(db, err));
	for (unsigned i = 0; i < 200; i++)
		OK_(insert(db, (uint8_t)i, err));
	OK_(db_commit(db, err));
	db_close(db);
	size = store_size(&dir, "t.db");
	for (off_t at = 4096 + 1000; at < size; at += 4096) {
		struct hrv_err err = { 0 };
		int rc;

		db = NULL;
		store_flip(&dir, "t.db", at);
		rc = open_with(dir.key, DB_READWRITE, true, &db, &err);
		if (rc == HRV_OK)
			rc = read_all(db, &err);
		db_close(db);
		if (rc != HRV_OK && rc != HRV_EINTEGRITY)
			fail_msg(
			    "page %d: %d (%s)", (int)(at / 4096), rc, err.msg);
		damaged += rc != HRV_OK;
		store_flip(&dir, "t.db", at);
	}
	assert_true(damaged >= 6);
}

static void
files_are_for_the_group_whatever_the_umask(void **state)
{
	mode_t before = umask(077);
	struct db *db = keys_db();

	(void)state;
	OK_(insert_and_commit(db, 1, err));
	assert_int_equal(store_mode(&dir, "t.db"), 0660);
	assert_int_equal(store_mode(&dir, "t.db-wal"), 0660);
	assert_int_equal(store_mode(&dir, "t.db-shm"), 0660);
	db_close(db);
	umask(before);
}

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
		T(what_was_committed_is_there_after_reopening),
		T(values_come_back_as_they_were_bound),
		T(a_statement_is_not_used_twice_at_once),
		T(a_failed_bind_is_what_the_step_returns),
		T(a_wrong_key_is_told_from_a_damaged_file),
		T(what_is_not_an_encrypted_database_is_refused),
		T(every_damaged_page_is_noticed),
		T(a_damaged_page_is_damage_to_a_statement_too),
		T(files_are_for_the_group_whatever_the_umask),
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
