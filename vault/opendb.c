/* SPDX-License-Identifier: ISC */
/*
 * Opening vault.db, see opendb.h. Layer: verbs.
 */
#include "vault/opendb.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/custody/roles.h"
#include "vault/reserve.h"
#include "vault/store/db.h"
#include "vault/store/file.h"
#include "vault/store/migrate.h"
#include "vault/store/schema.h"

/* A disk without room for so much as the index beside the database. To place
 * a hold the reserve is given up; everything else reads a copy. */
static int
open_full(struct hrv_vault *v, struct db_open_args *a, bool urgent,
    struct hrv_err *err)
{
	int rc = HRV_EIO;

	if (urgent && a->mode == DB_READWRITE &&
	    role_may(v->role, "hold.place", NULL) == HRV_OK &&
	    reserve_give_up(v))
		rc = db_open(a, &v->db, err);
	if (rc == HRV_OK)
		return rc;
	a->mode = DB_READONLY;
	a->copy = true;
	v->full = true;
	return db_open(a, &v->db, err);
}

int
opendb(struct hrv_vault *v, bool urgent, struct hrv_err *err)
{
	struct db_open_args a = { .mode = DB_READWRITE,
		.key_verified = true,
		.copy_dir = v->state_dir };
	char *path = NULL;
	int rc = vault_path(v, NAME_DB, &path, err);

	if (rc != HRV_OK)
		return rc;
	a.path = path;
	a.key = keyring_current(&v->ring, v->slots, KEY_META, NULL);
	if (a.key == NULL) {
		rc = hrv_fail(err, HRV_EKEY,
		    "the grant of %s lacks the key of "
		    "the database",
		    v->fpr);
		goto out;
	}
	/* An auditor writes nothing; neither does anybody on a medium that
	 * cannot be written. */
	if (!keyring_has(&v->ring, KEY_WRITE) || !file_dir_writable(path))
		a.mode = DB_READONLY;
	rc = db_open(&a, &v->db, err);
	if (rc == HRV_EIO && strcmp(err->name, "disk-full") == 0)
		rc = open_full(v, &a, urgent, err);
	if (rc == HRV_ENOTFOUND)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "vault.db is missing from the vault's folder");
	if (rc == HRV_OK)
		rc = migrate(v->db, schema_of(SQL_ON_VAULT), err);
out:
	free(path);
	return rc;
}

/* Opens a file by the newest of the member's keys of the database that does;
 * *ret_version says which. HRV_EKEY: none does. */
static int
open_by_any(struct hrv_vault *v, const char *path, uint32_t newest,
    struct db **ret, uint32_t *ret_version, struct hrv_err *err)
{
	struct db_open_args a = { .path = path, .mode = DB_READWRITE };
	int rc = HRV_EKEY;

	for (uint32_t n = newest; rc == HRV_EKEY && n > 0; n--) {
		a.key = keyring_get(&v->ring, KEY_META, n);
		*ret_version = n;
		if (a.key != NULL)
			rc = db_open(&a, ret, err);
	}
	if (rc != HRV_EKEY)
		return rc;
	hrv_fail_as(err, HRV_EKEY, "database-key",
	    "the database opens by no key of the database that is held");
	return hrv_hint(err, "a member who held the vault's keys before that "
			     "key was replaced restores it, or use a newer "
			     "snapshot: --snapshot B");
}

/* The copy under the key in force takes the place of the file. */
static int
replace(struct db **db, const struct key *key, const char *path,
    struct hrv_err *err)
{
	char *next = NULL;
	int rc;

	if (asprintf(&next, "%s.next", path) < 0)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = db_copy(*db, key, next, err);
	/* Closing takes the write-ahead log of the old file away. */
	db_close(*db);
	*db = NULL;
	if (rc == HRV_OK && rename(next, path) != 0)
		rc = file_error(errno, "renaming", next, err);
	free(next);
	return rc;
}

int
opendb_rekey(struct hrv_vault *v, struct hrv_err *err)
{
	uint32_t newest = 0, version = 0;
	const struct key *key =
	    keyring_current(&v->ring, v->slots, KEY_META, &newest);
	struct db *db = NULL;
	char *path = NULL;
	int rc = vault_path(v, NAME_DB, &path, err);

	if (rc == HRV_OK && key != NULL)
		rc = open_by_any(v, path, newest, &db, &version, err);
	if (rc == HRV_OK && db != NULL && version != newest)
		rc = replace(&db, key, path, err);
	db_close(db);
	free(path);
	return rc;
}
