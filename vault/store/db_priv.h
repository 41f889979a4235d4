/* SPDX-License-Identifier: ISC */
/*
 * Shared by the files db*.c, the only ones that see the database library.
 * Layer: store.
 */
#ifndef VAULT_STORE_DB_PRIV_H
#define VAULT_STORE_DB_PRIV_H

#include <sqlite3.h>

#include "vault/store/db.h"
#include "vault/store/db_admin.h"

#define DB_PAGE_SIZE 4096
#define DB_BUSY_MS 5000

enum db_txn { DB_TXN_NONE, DB_TXN_READ, DB_TXN_WRITE };

struct stmt {
	struct db *db;
	sqlite3_stmt *handle; /* NULL until first used */
	const char *name;     /* for messages */
	int bind_rc;	      /* first bind that failed, library code */
	bool readonly;
	bool active; /* between its first row and its end */
};

struct db {
	sqlite3 *handle;
	bool readonly;
	unsigned busy_ms;
	bool may_commit; /* db_commit() is at work: the commit hook lets pass */
	enum db_txn txn;
	unsigned unguarded; /* nested brackets that lift the guard */
	unsigned fail_in;   /* steps until the injected failure; 0 is never */
	char *copy;	    /* path of the read-only copy to remove, or NULL */
	struct stmt stmts[SQL_MAX_];
};

/* Turns a library code into an hrv code and message; `doing` is a constant
 * text. Never shows SQL or values. */
int db_error(struct db *db, int rc, const char *doing, struct hrv_err *err);

/* Counts a step for db_fail_after(): true when this one is to fail. */
bool db_fault(struct db *db);

/* Runs one constant statement without rows. */
int db_exec(struct db *db, const char *sql, struct hrv_err *err) HRV_MUST_CHECK;

/* Runs one constant statement and reads the first column of its first row;
 * HRV_ENOTFOUND without a row. */
int db_query_int(struct db *db, const char *sql, int64_t *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Gives the key and every cipher setting of our format, and checks that a
 * cipher is linked at all. */
int db_setup_cipher(
    struct db *db, const struct key *key, struct hrv_err *err) HRV_MUST_CHECK;

/* Sets and reads back every setting the program relies on, then puts up the
 * guard, the limits and the commit hook. */
int db_setup(struct db *db, struct hrv_err *err) HRV_MUST_CHECK;

/* Goes over to the write-ahead log (a reader checks that it is so). */
int db_set_wal(struct db *db, struct hrv_err *err) HRV_MUST_CHECK;

/* Copies path and its log into dir when path lies where a reader cannot work,
 * or when told to; *ret_copy (freed by the caller) is then where, otherwise
 * NULL. */
int db_copy_readonly(const char *path, const char *dir, bool always,
    char **ret_copy, struct hrv_err *err) HRV_MUST_CHECK;

/* Removes a database file with all that may lie beside it. */
void db_remove(const char *path);

/* Resets every statement that is in use. */
void db_reset_all(struct db *db);

#endif
