/* SPDX-License-Identifier: ISC */
/*
 * The database seam: what opens and what does not, values and statements,
 * damage. The schema of a keystore serves as an example.
 */
#include "tests/unit/storedb.h"
#include "vault/store/db_priv.h"

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

/* A log that is in use at every try to begin is somebody else's for a moment,
 * and no failure. */
static void
a_log_in_use_is_busy(void **state)
{
	(void)state;
	FAILS(db_error(NULL, SQLITE_PROTOCOL, "reading", err), HRV_EBUSY);
	FAILS(db_error(NULL, SQLITE_CANTOPEN, "reading", err), HRV_EIO);
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
		T(a_log_in_use_is_busy),
	};

	return RUN(tests);
}
