/* SPDX-License-Identifier: ISC */
/*
 * The database seam: everything that reads or writes vault.db or a keystore
 * goes through these calls, and no type of the database library appears here,
 * so that another driver can stand behind them. Statements are named by enum
 * sql_id (sql.h), values are only ever bound, changes happen only between
 * db_begin() and db_commit(): a commit from anywhere else is refused, as are
 * ATTACH, PRAGMA and every change of the schema. Layer: store.
 *
 * Every function that can fail returns one of: HRV_EBUSY (another command has
 * the write lock), HRV_EINTEGRITY (the file is damaged or not the one that was
 * written), HRV_EIO (with the name "disk-full" when there is no space,
 * "read-only" when writing is impossible here), HRV_EEXISTS (a key is there
 * already), HRV_EREFUSED (a guard of the schema or of this seam),
 * HRV_ENOMEM, HRV_EFAILED. No message ever holds SQL or a value.
 */
#ifndef VAULT_STORE_DB_H
#define VAULT_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "vault/store/sql.h"

struct key;
struct db;
struct stmt;

enum db_mode {
	DB_CREATE,    /* a new file; HRV_EEXISTS when there is one */
	DB_READWRITE, /* an existing file */
	DB_READONLY   /* an existing file, nothing is written to it */
};

struct db_open_args {
	const char *path;
	const struct key *key; /* the 32 raw bytes */
	enum db_mode mode;
	/* The caller compared the key with its check value: a file that does
	 * not open is then damaged or swapped (HRV_EINTEGRITY). Otherwise the
	 * same finding is called a wrong key (HRV_EKEY). */
	bool key_verified;
	/* DB_READONLY on a medium or in a directory that cannot be written:
	 * the file and its write-ahead log are copied here, because a reader
	 * of a log needs a shared index beside it. A directory of mode 0700
	 * that is the caller's own; NULL means HRV_EIO "read-only" instead. */
	const char *copy_dir;
	/* DB_READONLY: copy in any case. For a full disk, on which not even
	 * that index can be made. */
	bool copy;
	/* How long to wait for another writer; 0 means 5000. */
	unsigned busy_ms;
};

/* Opens path as SQLCipher 3 format with 4096-byte pages and proves that it can
 * be read. Every setting the program relies on is set and read back. The
 * schema is not looked at: call migrate() next. *ret_db is freed with
 * db_close(). Besides the codes above: HRV_EKEY, HRV_ENOTFOUND (no file),
 * HRV_EEXISTS. A plain SQLite file is HRV_EINTEGRITY. Nothing stays open after
 * a failure; a file made by DB_CREATE is then removed again. */
int db_open(const struct db_open_args *args, struct db **ret_db,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Rolls back an open transaction, finalises every statement, closes and
 * removes a read-only copy. NULL is fine. */
void db_close(struct db *db);

/* The prepared statement id, prepared at its first use and kept in the handle;
 * borrowed until db_close(). HRV_EFAILED when it is still between db_step()
 * and its end elsewhere: one statement is not used twice at once. */
int db_stmt(struct db *db, enum sql_id id, struct stmt **ret_st,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Bind a value to parameter `at` (from 1). Text and blobs are copied. Each
 * returns HRV_OK or its code; a failed bind is also remembered and is what the
 * next db_step() or db_run() returns, so that a series needs one check. */
int db_bind_int(struct stmt *st, int at, int64_t value);
/* NULL text binds NULL. */
int db_bind_text(struct stmt *st, int at, const char *text);
/* NULL data binds NULL; an empty blob is any pointer with length 0. */
int db_bind_blob(struct stmt *st, int at, const void *data, size_t len);
int db_bind_null(struct stmt *st, int at);

/* Steps to the next row: *ret_row tells whether there is one. At the end and
 * on an error the statement is reset and its bindings are cleared. */
int db_step(struct stmt *st, bool *ret_row, struct hrv_err *err) HRV_MUST_CHECK;

/* Runs a statement that returns no row (HRV_EFAILED if it does) and resets
 * it. */
int db_run(struct stmt *st, struct hrv_err *err) HRV_MUST_CHECK;

/* Steps to the one row there is: HRV_ENOTFOUND when there is none, with no
 * message worth showing; the caller says what was not found. After a success
 * the caller reads the columns and calls db_reset(). */
int db_step_one(struct stmt *st, struct hrv_err *err) HRV_MUST_CHECK;

/* Ends a statement before its last row: resets and clears its bindings. NULL
 * and repeated calls are fine. */
void db_reset(struct stmt *st);

/* Column `at` (from 0) of the current row; what they return is borrowed until
 * the next call on the statement. An integer column that is NULL reads 0, see
 * db_col_null(). */
int64_t db_col_int(struct stmt *st, int at);
/* NULL for NULL. Ends at the first NUL, as text does everywhere here. */
const char *db_col_text(struct stmt *st, int at);
/* The bytes, and their count in *ret_len; NULL (and 0) for NULL or empty. */
const uint8_t *db_col_blob(struct stmt *st, int at, size_t *ret_len);
bool db_col_null(struct stmt *st, int at);
/* Copies a blob that must have exactly len bytes; HRV_EINTEGRITY when it has
 * another length, out is then untouched. */
int db_col_fixed(struct stmt *st, int at, void *out, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Rows changed by the statement that ran last (not those of triggers and
 * foreign keys). An "insert or update" is an UPDATE, then an INSERT when this
 * says 0. */
int64_t db_changes(const struct db *db);

/* Takes the write lock and begins (BEGIN IMMEDIATE). Waits busy_ms for
 * another writer, then HRV_EBUSY. HRV_EFAILED inside a transaction. */
int db_begin(struct db *db, struct hrv_err *err) HRV_MUST_CHECK;

/* Begins a read transaction and takes its snapshot at once: everything until
 * db_commit() or db_rollback() is read as of now. Takes no lock. A change
 * inside it, or outside of any transaction, is HRV_EREFUSED. */
int db_begin_read(struct db *db, struct hrv_err *err) HRV_MUST_CHECK;

/* Ends the transaction; after HRV_OK the changes are on disk (fsync). After a
 * failure the transaction is over and undone; only when it was the sync that
 * failed (HRV_EIO) may a crash right afterwards still bring it back whole.
 * Statements still between two rows are reset. */
int db_commit(struct db *db, struct hrv_err *err) HRV_MUST_CHECK;

/* Undoes the transaction. Without one it does nothing, so that it can stand
 * below every `out:`. */
void db_rollback(struct db *db);

/* Whether a transaction is open (also one for reading). */
bool db_in_txn(const struct db *db);

/* Copies the whole write-ahead log into the database, empties it and syncs:
 * only then are deleted rows gone from the files. *ret_busy tells that a
 * reader prevented it for busy_ms (nothing is lost; try again later). Outside
 * of a transaction. */
int db_checkpoint_truncate(
    struct db *db, bool *ret_busy, struct hrv_err *err) HRV_MUST_CHECK;

/* The library's own check of every page and index. HRV_EINTEGRITY with a count
 * of findings. Reads the whole file. */
int db_check(struct db *db, struct hrv_err *err) HRV_MUST_CHECK;

/* A consistent copy of db, as it is committed now, under this key, which may be
 * another one, into the new file dest (HRV_EEXISTS when there is one), synced,
 * mode 0660, without a write-ahead log beside it. May run while others write.
 * Removed again after a failure. */
int db_copy(struct db *db, const struct key *key, const char *dest,
    struct hrv_err *err) HRV_MUST_CHECK;

/* True when another file took the place of the one that was opened: what is
 * written through this handle is written for nobody. */
bool db_moved(const struct db *db);

/* True when the handle was opened DB_READONLY. */
bool db_readonly(const struct db *db);

#endif
