/* SPDX-License-Identifier: ISC */
/*
 * Prepared statements: one of each in the handle, prepared when first used.
 * Layer: store. Invariants: values reach SQL only by binding; what changes
 * something runs only inside db_begin() ... db_commit(); no result of a step
 * goes unlooked at.
 */
#include "vault/store/db_priv.h"

#include <limits.h>
#include <string.h>

static int
prepare(struct db *db, enum sql_id id, struct hrv_err *err)
{
	const struct sql_entry *entry = sql_entry(id);
	struct stmt *st = &db->stmts[id];
	sqlite3_stmt *handle = NULL;
	const char *tail = NULL;
	int rc;

	rc = sqlite3_prepare_v2(db->handle, entry->text, -1, &handle, &tail);
	if (rc != SQLITE_OK)
		return db_error(db, rc, entry->name, err);
	if (handle == NULL || *tail != '\0') {
		sqlite3_finalize(handle);
		return hrv_fail(
		    err, HRV_EFAILED, "%s: not one statement", entry->name);
	}
	st->db = db;
	st->handle = handle;
	st->name = entry->name;
	st->bind_rc = SQLITE_OK;
	st->readonly = sqlite3_stmt_readonly(handle) != 0;
	st->active = false;
	return HRV_OK;
}

int
db_stmt(
    struct db *db, enum sql_id id, struct stmt **ret_st, struct hrv_err *err)
{
	struct stmt *st = &db->stmts[id];
	int rc;

	if (st->handle == NULL) {
		rc = prepare(db, id, err);
		if (rc != HRV_OK)
			return rc;
	}
	if (st->active)
		return hrv_fail(
		    err, HRV_EFAILED, "%s: is still in use", st->name);
	/* Left over from a caller that bound and then gave up. */
	if (st->bind_rc != SQLITE_OK)
		db_reset(st);
	*ret_st = st;
	return HRV_OK;
}

static int
bound(struct stmt *st, int rc)
{
	if (rc == SQLITE_OK)
		return HRV_OK;
	if (st->bind_rc == SQLITE_OK)
		st->bind_rc = rc;
	return rc == SQLITE_NOMEM ? HRV_ENOMEM : HRV_EFAILED;
}

int
db_bind_int(struct stmt *st, int at, int64_t value)
{
	return bound(st, sqlite3_bind_int64(st->handle, at, value));
}

int
db_bind_text(struct stmt *st, int at, const char *text)
{
	if (text == NULL)
		return db_bind_null(st, at);
	return bound(
	    st, sqlite3_bind_text(st->handle, at, text, -1, SQLITE_TRANSIENT));
}

int
db_bind_blob(struct stmt *st, int at, const void *data, size_t len)
{
	if (data == NULL)
		return db_bind_null(st, at);
	if (len > INT_MAX)
		return bound(st, SQLITE_TOOBIG);
	return bound(st, sqlite3_bind_blob(
			     st->handle, at, data, (int)len, SQLITE_TRANSIENT));
}

int
db_bind_null(struct stmt *st, int at)
{
	return bound(st, sqlite3_bind_null(st->handle, at));
}

void
db_reset(struct stmt *st)
{
	if (st == NULL || st->handle == NULL)
		return;
	/* It repeats the code of the step that failed, already reported. */
	(void)sqlite3_reset(st->handle);
	(void)sqlite3_clear_bindings(st->handle);
	st->bind_rc = SQLITE_OK;
	st->active = false;
}

void
db_reset_all(struct db *db)
{
	for (size_t i = 0; i < SQL_MAX_; i++) {
		if (db->stmts[i].active)
			db_reset(&db->stmts[i]);
	}
}

bool
db_fault(struct db *db)
{
	return db->fail_in > 0 && --db->fail_in == 0;
}

int
db_step(struct stmt *st, bool *ret_row, struct hrv_err *err)
{
	struct db *db = st->db;
	int rc;

	if (!st->readonly && db->txn != DB_TXN_WRITE) {
		db_reset(st);
		return hrv_fail_as(err, HRV_EREFUSED, "guard",
		    "%s: a change outside of a transaction", st->name);
	}
	rc = st->bind_rc;
	if (rc == SQLITE_OK)
		rc = db_fault(db) ? SQLITE_FULL : sqlite3_step(st->handle);
	if (rc == SQLITE_ROW) {
		st->active = true;
		*ret_row = true;
		return HRV_OK;
	}
	if (rc == SQLITE_DONE) {
		db_reset(st);
		*ret_row = false;
		return HRV_OK;
	}
	/* The message is the library's until the reset. */
	rc = db_error(db, rc, st->name, err);
	db_reset(st);
	return rc;
}

int
db_run(struct stmt *st, struct hrv_err *err)
{
	bool row = false;
	int rc = db_step(st, &row, err);

	if (rc != HRV_OK || !row)
		return rc;
	db_reset(st);
	return hrv_fail(err, HRV_EFAILED, "%s: returned a row", st->name);
}

int
db_step_one(struct stmt *st, struct hrv_err *err)
{
	bool row = false;
	int rc = db_step(st, &row, err);

	if (rc != HRV_OK || row)
		return rc;
	return hrv_fail(err, HRV_ENOTFOUND, "%s: not there", st->name);
}

int64_t
db_col_int(struct stmt *st, int at)
{
	return sqlite3_column_int64(st->handle, at);
}

const char *
db_col_text(struct stmt *st, int at)
{
	return (const char *)sqlite3_column_text(st->handle, at);
}

const uint8_t *
db_col_blob(struct stmt *st, int at, size_t *ret_len)
{
	const uint8_t *data = sqlite3_column_blob(st->handle, at);
	int len = sqlite3_column_bytes(st->handle, at);

	*ret_len = data == NULL ? 0 : (size_t)len;
	return data;
}

bool
db_col_null(struct stmt *st, int at)
{
	return sqlite3_column_type(st->handle, at) == SQLITE_NULL;
}

int
db_col_fixed(
    struct stmt *st, int at, void *out, size_t len, struct hrv_err *err)
{
	size_t have = 0;
	const uint8_t *data = db_col_blob(st, at, &have);

	if (data == NULL || have != len)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "%s: a stored value has the wrong length", st->name);
	memcpy(out, data, len);
	return HRV_OK;
}

int64_t
db_changes(const struct db *db)
{
	return sqlite3_changes(db->handle);
}
