/* SPDX-License-Identifier: ISC */
/*
 * Brings a database to the newest schema, one numbered step at a time. Layer:
 * store. A step is applied whole or not at all, by whichever writer comes
 * first; a file made by a newer program is left alone.
 */
#ifndef VAULT_STORE_MIGRATE_H
#define VAULT_STORE_MIGRATE_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "vault/store/sql.h"

struct db;

struct schema {
	int32_t app;		  /* application id in the file's header */
	const char *const *steps; /* step 1 is steps[0] */
	int32_t count;
};

/* The schema of vault.db or of a keystore. Static. */
const struct schema *schema_of(enum sql_where where);

/* Applies every step the file does not have yet. Call right after db_open().
 * On a read-only handle nothing is applied: an older file is then HRV_EREFUSED
 * ("old-format"). A newer file is HRV_EREFUSED ("new-format"), a database of
 * another kind HRV_EINTEGRITY. Codes of db.h besides. After a failure the file
 * is at the last step that succeeded. */
int migrate(struct db *db, const struct schema *schema,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
