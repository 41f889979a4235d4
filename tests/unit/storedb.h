/* SPDX-License-Identifier: ISC */
/*
 * A keystore database as an example for tests of the database seam. Header
 * only.
 */
#ifndef TESTS_UNIT_STOREDB_H
#define TESTS_UNIT_STOREDB_H

#include "tests/unit/store.h"

#include <signal.h>
#include <sys/resource.h>

#include "vault/store/migrate.h"

#define STOREDB_FN static __attribute__((unused))

static struct store_dir dir;

STOREDB_FN int
set_up(void **state)
{
	(void)state;
	store_dir_init(&dir);
	return 0;
}

STOREDB_FN int
tear_down(void **state)
{
	(void)state;
	store_dir_clear(&dir);
	return 0;
}

/* A keystore database in the folder. */
STOREDB_FN struct db *
keys_db(void)
{
	struct db *db = store_db(&dir, "t.db");

	OK_(migrate(db, schema_of(SQL_ON_KEYS), err));
	return db;
}

STOREDB_FN int
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

STOREDB_FN int
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

STOREDB_FN int64_t
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

STOREDB_FN int
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

#endif
