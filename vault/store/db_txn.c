/* SPDX-License-Identifier: ISC */
/*
 * Transactions, and the passage from the write-ahead log into the file.
 * Layer: store. Invariant: the commit hook (db_setup.c) lets a commit pass
 * only while db_commit() is at work, so that a change never becomes lasting
 * behind the back of the verb that began it.
 */
#include "vault/store/db_priv.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vault/store/file.h"

static int
begin(struct db *db, const char *sql, enum db_txn kind, struct hrv_err *err)
{
	int rc;

	if (db->txn != DB_TXN_NONE)
		return hrv_fail(
		    err, HRV_EFAILED, "begin: inside a transaction already");
	rc = db_exec(db, sql, err);
	if (rc != HRV_OK)
		return rc;
	db->txn = kind;
	return HRV_OK;
}

int
db_begin(struct db *db, struct hrv_err *err)
{
	return begin(db, "BEGIN IMMEDIATE", DB_TXN_WRITE, err);
}

int
db_begin_read(struct db *db, struct hrv_err *err)
{
	int64_t any = 0;
	int rc = begin(db, "BEGIN", DB_TXN_READ, err);

	if (rc != HRV_OK)
		return rc;
	/* The snapshot is taken by the first read, not by BEGIN. */
	rc = db_query_int(db, "SELECT count(*) FROM sqlite_master", &any, err);
	if (rc != HRV_OK)
		db_rollback(db);
	return rc;
}

int
db_commit(struct db *db, struct hrv_err *err)
{
	int rc;

	if (db->txn == DB_TXN_NONE)
		return hrv_fail(err, HRV_EFAILED, "commit: no transaction");
	db_reset_all(db);
	db->may_commit = db->txn == DB_TXN_WRITE;
	rc = db_exec(db, "COMMIT", err);
	db->may_commit = false;
	if (rc != HRV_OK) {
		db_rollback(db);
		return rc;
	}
	db->txn = DB_TXN_NONE;
	return HRV_OK;
}

void
db_rollback(struct db *db)
{
	if (db == NULL || db->txn == DB_TXN_NONE)
		return;
	db_reset_all(db);
	/* Some failures have rolled back already; then this says so and is
	 * harmless. */
	(void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	db->txn = DB_TXN_NONE;
}

bool
db_in_txn(const struct db *db)
{
	return db->txn != DB_TXN_NONE;
}

/* The emptied log is made last, or a power cut could bring back what was
 * purged. */
static int
sync_log(struct db *db, struct hrv_err *err)
{
	char *path = NULL;
	int fd = -1;
	int rc;

	if (asprintf(&path, "%s-wal", sqlite3_db_filename(db->handle, "main")) <
	    0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = file_open(path, O_RDWR, &fd, err);
	if (rc == HRV_OK) {
		rc = file_sync(fd, path, err);
		(void)close(fd);
	} else if (rc == HRV_ENOTFOUND) {
		rc = HRV_OK;
	}
	free(path);
	return rc;
}

int
db_checkpoint_truncate(struct db *db, bool *ret_busy, struct hrv_err *err)
{
	int rc;

	if (db->txn != DB_TXN_NONE)
		return hrv_fail(
		    err, HRV_EFAILED, "checkpoint: inside a transaction");
	rc = db_fault(db) ? SQLITE_FULL
			  : sqlite3_wal_checkpoint_v2(db->handle, "main",
				SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if ((rc & 0xff) == SQLITE_BUSY) {
		*ret_busy = true;
		return HRV_OK;
	}
	if (rc != SQLITE_OK)
		return db_error(db, rc, "checkpoint", err);
	rc = sync_log(db, err);
	if (rc != HRV_OK)
		return rc;
	*ret_busy = false;
	return HRV_OK;
}

int
db_check(struct db *db, struct hrv_err *err)
{
	sqlite3_stmt *st = NULL;
	unsigned findings = 0;
	int rc;

	db_unguard(db);
	rc = sqlite3_prepare_v2(
	    db->handle, "PRAGMA integrity_check(100)", -1, &st, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(st);
		if (rc == SQLITE_ROW &&
		    sqlite3_stricmp(
			(const char *)sqlite3_column_text(st, 0), "ok") != 0)
			findings++;
	}
	if (rc == SQLITE_DONE && findings == 0)
		rc = HRV_OK;
	else if (rc == SQLITE_DONE)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the database is damaged: %u findings", findings);
	else
		rc = db_error(db, rc, "check", err);
	sqlite3_finalize(st);
	db_guard(db);
	return rc;
}
