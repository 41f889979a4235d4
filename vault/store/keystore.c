/* SPDX-License-Identifier: ISC */
/*
 * One keystore generation: opening, adding, looking up. Layer: store.
 * Invariant: keys are only ever added here; the schema refuses anything else,
 * and an open keystore holds its anchor so that nobody destroys it meanwhile.
 */
#include "vault/store/keystore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/crypto/kdf.h"
#include "vault/store/anchor.h"
#include "vault/store/file.h"
#include "vault/store/keystore_priv.h"
#include "vault/store/migrate.h"

int
keystore_path(
    const char *dir, uint32_t gen, char **ret_path, struct hrv_err *err)
{
	char name[32];

	snprintf(name, sizeof(name), "keys.%u.db", (unsigned)gen);
	return file_join(dir, name, ret_path, err);
}

/* The file says itself which generation it is. */
static int
check_gen(struct db *db, uint32_t gen, struct hrv_err *err)
{
	struct stmt *st = NULL;
	int64_t is;
	int rc = db_stmt(db, SQL_KEYS_GET_GENERATION, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc != HRV_OK && rc != HRV_ENOTFOUND)
		return rc;
	is = rc == HRV_OK ? db_col_int(st, 0) : 0;
	db_reset(st);
	if (is != (int64_t)gen)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the keystore of generation %u is not of that generation",
		    (unsigned)gen);
	return HRV_OK;
}

static int
open_db(struct keystore *ks, const struct keystore_open_args *args,
    struct hrv_err *err)
{
	struct db_open_args db_args = {
		.mode = args->readonly ? DB_READONLY : DB_READWRITE,
		.key_verified = true,
		.copy_dir = args->copy_dir,
	};
	struct key *key = NULL;
	char *path = NULL;
	int rc;

	rc = kdf_keystore(
	    args->k_write, anchor_secret(ks->anchor), ks->gen, &key, err);
	if (rc == HRV_OK)
		rc = keystore_path(ks->dir, ks->gen, &path, err);
	if (rc == HRV_OK) {
		db_args.path = path;
		db_args.key = key;
		rc = db_open(&db_args, &ks->db, err);
	}
	key_free(key);
	free(path);
	if (rc == HRV_OK)
		rc = migrate(ks->db, schema_of(SQL_ON_KEYS), err);
	if (rc == HRV_OK)
		rc = check_gen(ks->db, ks->gen, err);
	return rc;
}

int
keystore_open(const struct keystore_open_args *args, struct keystore **ret_ks,
    struct hrv_err *err)
{
	struct keystore *ks = calloc(1, sizeof(*ks));
	int rc;

	if (ks == NULL || (ks->dir = strdup(args->dir)) == NULL) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	ks->gen = args->gen;
	rc = anchor_open(ks->dir, ks->gen, args->timeout_ms, &ks->anchor, err);
	if (rc == HRV_OK)
		rc = open_db(ks, args, err);
	if (rc != HRV_OK)
		goto out;
	*ret_ks = ks;
	ks = NULL;
	rc = HRV_OK;
out:
	keystore_close(ks);
	return rc;
}

void
keystore_close(struct keystore *ks)
{
	if (ks == NULL)
		return;
	db_close(ks->db);
	anchor_close(ks->anchor);
	free(ks->dir);
	free(ks);
}

uint32_t
keystore_gen(const struct keystore *ks)
{
	return ks->gen;
}

int
keystore_begin(struct keystore *ks, struct hrv_err *err)
{
	return db_begin(ks->db, err);
}

int
keystore_begin_read(struct keystore *ks, struct hrv_err *err)
{
	return db_begin_read(ks->db, err);
}

int
keystore_insert(
    struct db *db, const struct keystore_dek *dek, struct hrv_err *err)
{
	struct stmt *st = NULL;
	int rc = db_stmt(db, SQL_KEYS_ADD_DEK, &st, err);

	if (rc != HRV_OK)
		return rc;
	db_bind_blob(st, 1, dek->dek_id, sizeof(dek->dek_id));
	db_bind_blob(st, 2, dek->record_id, sizeof(dek->record_id));
	db_bind_int(st, 3, dek->purpose);
	db_bind_text(st, 4, dek->kek);
	db_bind_int(st, 5, dek->kek_version);
	db_bind_blob(st, 6, dek->wrapped, sizeof(dek->wrapped));
	db_bind_int(st, 7, dek->added);
	return db_run(st, err);
}

int
keystore_add(
    struct keystore *ks, const struct keystore_dek *dek, struct hrv_err *err)
{
	return keystore_insert(ks->db, dek, err);
}

int
keystore_commit(struct keystore *ks, struct hrv_err *err)
{
	return db_commit(ks->db, err);
}

void
keystore_rollback(struct keystore *ks)
{
	if (ks != NULL)
		db_rollback(ks->db);
}

int
keystore_row(struct stmt *st, struct keystore_dek *ret, struct hrv_err *err)
{
	struct keystore_dek dek = { 0 };
	const char *kek = db_col_text(st, 3);
	int rc;

	if (kek == NULL || strlen(kek) >= sizeof(dek.kek))
		return hrv_fail(
		    err, HRV_EINTEGRITY, "a stored key has no sound name");
	memcpy(dek.kek, kek, strlen(kek));
	dek.purpose = (uint8_t)db_col_int(st, 2);
	dek.kek_version = (uint32_t)db_col_int(st, 4);
	dek.added = db_col_int(st, 6);
	rc = db_col_fixed(st, 0, dek.dek_id, sizeof(dek.dek_id), err);
	if (rc == HRV_OK)
		rc = db_col_fixed(
		    st, 1, dek.record_id, sizeof(dek.record_id), err);
	if (rc == HRV_OK)
		rc = db_col_fixed(st, 5, dek.wrapped, sizeof(dek.wrapped), err);
	if (rc == HRV_OK)
		*ret = dek;
	return rc;
}

int
keystore_get(struct keystore *ks, const uint8_t dek_id[KEYSTORE_ID_LEN],
    struct keystore_dek *ret, struct hrv_err *err)
{
	struct stmt *st = NULL;
	int rc = db_stmt(ks->db, SQL_KEYS_GET_DEK, &st, err);

	if (rc != HRV_OK)
		return rc;
	db_bind_blob(st, 1, dek_id, KEYSTORE_ID_LEN);
	rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND)
		return hrv_fail(err, HRV_ENOTFOUND, "there is no such key");
	if (rc == HRV_OK)
		rc = keystore_row(st, ret, err);
	db_reset(st);
	return rc;
}

int
keystore_walk(
    struct keystore *ks, keystore_each_fn *each, void *ctx, struct hrv_err *err)
{
	struct stmt *st = NULL;
	int rc = db_stmt(ks->db, SQL_KEYS_LIST_DEKS, &st, err);

	while (rc == HRV_OK) {
		struct keystore_dek dek;
		bool row = false;

		rc = db_step(st, &row, err);
		if (rc != HRV_OK || !row)
			break;
		rc = keystore_row(st, &dek, err);
		if (rc == HRV_OK)
			rc = each(ctx, &dek, err);
	}
	db_reset(st);
	return rc;
}

int
keystore_count(struct keystore *ks, uint64_t *ret, struct hrv_err *err)
{
	struct stmt *st = NULL;
	int rc = db_stmt(ks->db, SQL_KEYS_COUNT_DEKS, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc == HRV_OK)
		*ret = (uint64_t)db_col_int(st, 0);
	db_reset(st);
	return rc;
}

int
keystore_set(struct keystore *ks, struct keystore_set *ret, struct hrv_err *err)
{
	struct crypt_sha256_ctx *sum = crypt_sha256_new();
	struct stmt *st = NULL;
	uint64_t count = 0;
	int rc;

	if (sum == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = db_stmt(ks->db, SQL_KEYS_LIST_IDS, &st, err);
	while (rc == HRV_OK) {
		uint8_t id[KEYSTORE_ID_LEN];
		bool row = false;

		rc = db_step(st, &row, err);
		if (rc != HRV_OK || !row)
			break;
		rc = db_col_fixed(st, 0, id, sizeof(id), err);
		if (rc != HRV_OK)
			break;
		crypt_sha256_add(sum, id, sizeof(id));
		count++;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		crypt_sha256_free(sum);
		return rc;
	}
	crypt_sha256_final(sum, ret->hash);
	ret->count = count;
	return HRV_OK;
}
