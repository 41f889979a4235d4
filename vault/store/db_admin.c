/* SPDX-License-Identifier: ISC */
/*
 * Changes of the schema and the filling of files that are not live. Layer:
 * store. Invariant: the guard is down only inside the bracket, which only
 * migrate.c and the keystore's writer open.
 */
#include "vault/store/db_admin.h"

#include <assert.h>
#include <stdio.h>

#include "vault/store/db_priv.h"

void
db_unguard(struct db *db)
{
	db->unguarded++;
}

void
db_guard(struct db *db)
{
	assert(db->unguarded > 0);
	db->unguarded--;
}

int
db_script(struct db *db, const char *script, struct hrv_err *err)
{
	int rc = db_fault(db)
		     ? SQLITE_FULL
		     : sqlite3_exec(db->handle, script, NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return db_error(db, rc, "schema", err);
	return HRV_OK;
}

int
db_get_app(
    struct db *db, int64_t *ret_app, int64_t *ret_version, struct hrv_err *err)
{
	int rc;

	db_unguard(db);
	rc = db_query_int(db, "PRAGMA application_id", ret_app, err);
	if (rc == HRV_OK)
		rc = db_query_int(db, "PRAGMA user_version", ret_version, err);
	db_guard(db);
	return rc;
}

int
db_set_app(struct db *db, int32_t app, int32_t version, struct hrv_err *err)
{
	char sql[96];
	int rc;

	/* A pragma takes no bound value; these are two numbers of ours. */
	snprintf(sql, sizeof(sql),
	    "PRAGMA application_id = %d; PRAGMA user_version = %d", (int)app,
	    (int)version);
	db_unguard(db);
	rc = db_exec(db, sql, err);
	db_guard(db);
	return rc;
}

int
db_foreign_keys(struct db *db, bool on, struct hrv_err *err)
{
	int64_t is = -1;
	int rc;

	db_unguard(db);
	rc = db_exec(db,
	    on ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF", err);
	if (rc == HRV_OK)
		rc = db_query_int(db, "PRAGMA foreign_keys", &is, err);
	db_guard(db);
	/* Inside a transaction the pragma does nothing and says nothing. */
	if (rc == HRV_OK && is != (on ? 1 : 0))
		rc = hrv_fail(
		    err, HRV_EFAILED, "foreign keys cannot be switched now");
	return rc;
}

int
db_foreign_key_check(struct db *db, struct hrv_err *err)
{
	int64_t any = 0;
	int rc;

	db_unguard(db);
	rc = db_query_int(db, "PRAGMA foreign_key_check", &any, err);
	db_guard(db);
	if (rc == HRV_ENOTFOUND)
		return HRV_OK;
	if (rc != HRV_OK)
		return rc;
	return hrv_fail(err, HRV_EINTEGRITY,
	    "the database refers to something that is not there");
}

int
db_bulk_begin(struct db *db, struct hrv_err *err)
{
	int rc;

	db_unguard(db);
	rc = db_exec(
	    db, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF", err);
	db_guard(db);
	return rc;
}

int
db_bulk_end(struct db *db, struct hrv_err *err)
{
	int rc;

	db_unguard(db);
	rc = db_exec(db, "PRAGMA synchronous = FULL", err);
	if (rc == HRV_OK)
		rc = db_set_wal(db, err);
	db_guard(db);
	return rc;
}

void
db_fail_after(struct db *db, unsigned n)
{
	db->fail_in = n;
}

void
db_stmt_facts(const struct stmt *st, int *ret_params, bool *ret_readonly)
{
	*ret_params = sqlite3_bind_parameter_count(st->handle);
	*ret_readonly = st->readonly;
}
