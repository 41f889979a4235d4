/* SPDX-License-Identifier: ISC */
/*
 * What only the layer store itself does with a database: change its schema,
 * fill a file that is not live yet, and let a test fail a step. Nothing above
 * vault/store includes this. Layer: store.
 */
#ifndef VAULT_STORE_DB_ADMIN_H
#define VAULT_STORE_DB_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "hrvault/err.h"

struct db;
struct stmt;

/* Lifts the guard on schema changes and pragmas until db_guard(). Brackets
 * may be nested. */
void db_unguard(struct db *db);
/* Puts the guard back; every db_unguard() has one. */
void db_guard(struct db *db);

/* Runs a script of several statements; the guard applies unless it is lifted.
 * The script is a text of ours, never one with values in it. Codes as in db.h.
 */
int db_script(
    struct db *db, const char *script, struct hrv_err *err) HRV_MUST_CHECK;

/* The two numbers in the file's header: which kind of database it is (0 for a
 * new file) and the last schema step that was applied. */
int db_get_app(struct db *db, int64_t *ret_app, int64_t *ret_version,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Sets them, as part of the transaction that is open. */
int db_set_app(struct db *db, int32_t app, int32_t version,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Switches the enforcement of foreign keys, outside of a transaction, and
 * reads the setting back. */
int db_foreign_keys(struct db *db, bool on, struct hrv_err *err) HRV_MUST_CHECK;
/* HRV_EINTEGRITY when a row refers to one that is not there. */
int db_foreign_key_check(struct db *db, struct hrv_err *err) HRV_MUST_CHECK;

/* For a new file that is not live: no journal and no syncing from now on, so
 * that filling it writes each page once. Ends with db_bulk_end(). */
int db_bulk_begin(struct db *db, struct hrv_err *err) HRV_MUST_CHECK;
/* Back to the write-ahead log; the caller closes the database and syncs the
 * file. */
int db_bulk_end(struct db *db, struct hrv_err *err) HRV_MUST_CHECK;

/* For tests: how many parameters a statement takes and whether it only
 * reads. */
void db_stmt_facts(const struct stmt *st, int *ret_params, bool *ret_readonly);

/* For tests: the n-th step from now (1 is the next), beginning and committing
 * included, fails as if the disk were full. 0 switches it off. */
void db_fail_after(struct db *db, unsigned n);

#endif
