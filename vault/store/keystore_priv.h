/* SPDX-License-Identifier: ISC */
/*
 * Shared by keystore*.c. Layer: store.
 */
#ifndef VAULT_STORE_KEYSTORE_PRIV_H
#define VAULT_STORE_KEYSTORE_PRIV_H

#include "vault/store/db.h"
#include "vault/store/keystore.h"

struct anchor;

struct keystore {
	char *dir;
	uint32_t gen;
	struct anchor *anchor; /* locked, shared */
	struct db *db;
};

/* keys.<gen>.db in dir as a new text. */
int keystore_path(const char *dir, uint32_t gen, char **ret_path,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Binds a key to KEYS_ADD_DEK and runs it. */
int keystore_insert(struct db *db, const struct keystore_dek *dek,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Reads the current row of KEYS_GET_DEK or KEYS_LIST_DEKS. */
int keystore_row(struct stmt *st, struct keystore_dek *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
