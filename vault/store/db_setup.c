/* SPDX-License-Identifier: ISC */
/*
 * Settings of a connection. Layer: store. Invariant: nothing the program
 * relies on is left to a default of the library or of whoever built it; each
 * setting is read back, because unknown pragmas are silently ignored.
 */
#include "vault/store/db_priv.h"

#include <stdlib.h>
#include <string.h>

#include "vault/crypto/key.h"

/* The SQLCipher 3 file format, spelled out for both generations of the
 * library: AES-256-CBC, HMAC-SHA1 for each page, 4096-byte pages. The key is
 * given raw, so that kdf_iter counts nothing; it is part of the format all the
 * same. */
static const char *const cipher_v3[] = {
	"PRAGMA cipher_page_size = 4096",
	"PRAGMA kdf_iter = 64000",
	"PRAGMA fast_kdf_iter = 2",
	"PRAGMA cipher_use_hmac = ON",
	NULL,
};

static const char *const cipher_v4[] = {
	"PRAGMA cipher_memory_security = ON",
	"PRAGMA cipher_compatibility = 3",
	"PRAGMA cipher_page_size = 4096",
	"PRAGMA kdf_iter = 64000",
	"PRAGMA cipher_hmac_algorithm = HMAC_SHA1",
	"PRAGMA cipher_kdf_algorithm = PBKDF2_HMAC_SHA1",
	"PRAGMA cipher_use_hmac = ON",
	"PRAGMA cipher_plaintext_header_size = 0",
	NULL,
};

static const struct {
	const char *set;
	const char *get;
	int64_t want;
	bool optional; /* not in the oldest library that we support */
} settings[] = {
	{ "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", 1, false },
	/* Without it INSERT OR REPLACE walks past the delete triggers. */
	{ "PRAGMA recursive_triggers = ON", "PRAGMA recursive_triggers", 1,
	    false },
	{ "PRAGMA secure_delete = ON", "PRAGMA secure_delete", 1, false },
	{ "PRAGMA synchronous = FULL", "PRAGMA synchronous", 2, false },
	{ "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", 2, false },
	{ "PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", 1, false },
	{ "PRAGMA cache_size = -16000", "PRAGMA cache_size", -16000, false },
	{ "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", 0, true },
	{ "PRAGMA page_size", "PRAGMA page_size", DB_PAGE_SIZE, false },
};

int
db_exec(struct db *db, const char *sql, struct hrv_err *err)
{
	int rc = db_fault(db) ? SQLITE_FULL
			      : sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return db_error(db, rc, "database", err);
	return HRV_OK;
}

int
db_query_int(struct db *db, const char *sql, int64_t *ret, struct hrv_err *err)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = db_fault(db) ? SQLITE_FULL : sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		*ret = sqlite3_column_int64(st, 0);
		rc = HRV_OK;
	} else if (rc == SQLITE_DONE) {
		rc = hrv_fail(err, HRV_ENOTFOUND, "database: no answer");
	} else {
		rc = db_error(db, rc, "database", err);
	}
	sqlite3_finalize(st);
	return rc;
}

static int
run_all(struct db *db, const char *const *sql, struct hrv_err *err)
{
	for (; *sql != NULL; sql++) {
		int rc = db_exec(db, *sql, err);

		if (rc != HRV_OK)
			return rc;
	}
	return HRV_OK;
}

int
db_setup_cipher(struct db *db, const struct key *key, struct hrv_err *err)
{
	struct key *text = NULL;
	int64_t version = 0;
	int rc;

	rc = key_sqlite_text(key, &text, err);
	if (rc != HRV_OK)
		return rc;
	rc = sqlite3_key(db->handle, key_bytes(text), (int)key_len(text));
	key_free(text);
	if (rc != SQLITE_OK)
		return db_error(db, rc, "giving the key", err);
	/* The leading number of "3.4.1" or "4.5.6 community". A library without
	 * a cipher does not answer, and would store everything readable. */
	rc = db_query_int(db, "PRAGMA cipher_version", &version, err);
	if (rc == HRV_ENOTFOUND || (rc == HRV_OK && version < 3))
		return hrv_fail_as(err, HRV_EFAILED, "no-cipher",
		    "the database library has no cipher");
	if (rc != HRV_OK)
		return rc;
	return run_all(db, version == 3 ? cipher_v3 : cipher_v4, err);
}

int
db_set_wal(struct db *db, struct hrv_err *err)
{
	const char *sql =
	    db->readonly ? "PRAGMA journal_mode" : "PRAGMA journal_mode = WAL";
	sqlite3_stmt *st = NULL;
	bool wal = false;
	int rc = sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		wal = sqlite3_stricmp(
			  (const char *)sqlite3_column_text(st, 0), "wal") == 0;
	if (rc == SQLITE_ROW && wal)
		rc = HRV_OK;
	else if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		rc = hrv_fail(err, db->readonly ? HRV_EINTEGRITY : HRV_EFAILED,
		    "the database has no write-ahead log");
	else
		rc = db_error(db, rc, "write-ahead log", err);
	sqlite3_finalize(st);
	return rc;
}

static int
set_pragmas(struct db *db, struct hrv_err *err)
{
	int rc = db_set_wal(db, err);

	for (size_t i = 0;
	     rc == HRV_OK && i < sizeof(settings) / sizeof(settings[0]); i++) {
		int64_t is = -1;

		rc = db_exec(db, settings[i].set, err);
		if (rc == HRV_OK)
			rc = db_query_int(db, settings[i].get, &is, err);
		if (rc == HRV_ENOTFOUND && settings[i].optional)
			rc = HRV_OK;
		else if (rc == HRV_OK && is != settings[i].want)
			rc = hrv_fail(err, HRV_EFAILED,
			    "the database library ignores: %s",
			    settings[i].set);
	}
	return rc;
}

/* What no statement of ours needs, and what would undo a guard. */
static int
authorize(void *arg, int action, const char *a, const char *b, const char *c,
    const char *d)
{
	const struct db *db = arg;

	(void)a;
	(void)c;
	(void)d;
	if (action == SQLITE_ATTACH || action == SQLITE_DETACH)
		return SQLITE_DENY;
	if (action == SQLITE_FUNCTION && b != NULL &&
	    sqlite3_stricmp(b, "load_extension") == 0)
		return SQLITE_DENY;
	if (db->unguarded > 0)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_FUNCTION:
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
	case SQLITE_TRANSACTION:
#ifdef SQLITE_RECURSIVE
	case SQLITE_RECURSIVE:
#endif
		return SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

static int
commit_hook(void *arg)
{
	const struct db *db = arg;

	return db->may_commit || db->unguarded > 0 ? 0 : 1;
}

static void
set_config(struct db *db)
{
	sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, 64 << 20);
	sqlite3_limit(db->handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
	sqlite3_limit(db->handle, SQLITE_LIMIT_WORKER_THREADS, 0);
	(void)sqlite3_db_config(
	    db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	(void)sqlite3_db_config(
	    db->handle, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0, NULL);
#ifdef SQLITE_DBCONFIG_DEFENSIVE
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
#endif
#ifdef SQLITE_DBCONFIG_DQS_DML
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
#endif
}

int
db_setup(struct db *db, struct hrv_err *err)
{
	int rc = set_pragmas(db, err);

	if (rc != HRV_OK)
		return rc;
	set_config(db);
	(void)sqlite3_commit_hook(db->handle, commit_hook, db);
	rc = sqlite3_set_authorizer(db->handle, authorize, db);
	if (rc != SQLITE_OK)
		return db_error(db, rc, "guard", err);
	return HRV_OK;
}
