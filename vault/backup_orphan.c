/* SPDX-License-Identifier: ISC */
/*
 * Private halves that no epoch of the log is about: of a beginning that was
 * interrupted, of one that is on its way, or of an epoch that a restore does
 * not know. Layer: verbs. Invariant: such a file is destroyed only when it is
 * older than any epoch may become, under the write lock, and with an entry.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "vault/backup_int.h"
#include "vault/base/when.h"
#include "vault/crypto/crypt.h"
#include "vault/store/db.h"
#include "vault/store/file.h"

#define DAYS_UNKNOWN 366 /* no escrow is registered that would say */

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* "epoch-<n>-<8 hex>.pgp" */
static bool
is_half(const char *name)
{
	size_t digits = 0, len = strlen(name);

	if (strncmp(name, "epoch-", 6) != 0)
		return false;
	digits = strspn(name + 6, "0123456789");
	return digits > 0 && digits < 20 && len == 6 + digits + 13 &&
	       name[6 + digits] == '-' &&
	       strspn(name + 7 + digits, "0123456789abcdef") == 8 &&
	       strcmp(name + len - 4, ".pgp") == 0;
}

static int
is_known(struct hrv_vault *v, const char *name, bool *ret, struct hrv_err *err)
{
	struct epoch *list = NULL;
	char own[64];
	size_t n = 0;
	int rc = epoch_list(v, &list, &n, err);

	*ret = false;
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		epoch_name(&list[i], ".pgp", own);
		*ret = *ret || strcmp(own, name) == 0;
	}
	free(list);
	return rc;
}

/* Days that the longest-lived epoch of any escrow there was could live. */
static int
longest_life(struct hrv_vault *v, int64_t *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_BACKUP_GET_LONGEST, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = db_col_null(st, 0) ? DAYS_UNKNOWN : db_col_int(st, 0);
	db_reset(st);
	return HRV_OK;
}

/* Whether it was written so long ago that its epoch, if it ever had one, is
 * over. A younger one may be in use: by a beginning that is on its way, or by
 * the key backup that a vault has just come back from. */
static int
is_old(struct hrv_vault *v, const char *path, bool *ret, struct hrv_err *err)
{
	struct stat st;
	int64_t days = 0, age;
	int rc = longest_life(v, &days, err);

	*ret = false;
	if (rc != HRV_OK)
		return rc;
	if (stat(path, &st) != 0)
		return file_error(errno, "looking at", path, err);
	age = when_day(vault_now(v)) - (int64_t)st.st_mtime / 86400;
	*ret = S_ISREG(st.st_mode) && age > days;
	return HRV_OK;
}

static int
sort_one(struct hrv_vault *v, const char *dir, const char *name, json_t *old,
    json_t *unknown, struct hrv_err *err)
{
	bool known = true, over = false;
	char *path = NULL;
	int rc = is_half(name) ? is_known(v, name, &known, err) : HRV_OK;

	if (rc == HRV_OK && !known)
		rc = file_join(dir, name, &path, err);
	if (rc == HRV_OK && !known)
		rc = is_old(v, path, &over, err);
	free(path);
	if (rc != HRV_OK || known)
		return rc;
	return json_array_append_new(over ? old : unknown, json_string(name))
		   ? no_memory(err)
		   : HRV_OK;
}

/* Any escrow of this vault: one that was registered before may still hold the
 * halves of its epochs. */
static int
check_folder(struct hrv_vault *v, const char *dir, struct hrv_err *err)
{
	uint8_t vault[VAULT_ID_LEN], id[16];
	int rc = escrow_read(dir, vault, id, err);

	if (rc == HRV_OK && memcmp(vault, v->id, sizeof(vault)) == 0)
		return HRV_OK;
	if (rc != HRV_OK && rc != HRV_ENOTFOUND)
		return rc;
	hrv_fail_as(err, HRV_EREFUSED, "other-escrow",
	    "this is not the escrow folder that was registered");
	return hrv_hint(err, "connect the right medium");
}

int
orphan_list(struct hrv_vault *v, const char *dir, json_t *old, json_t *unknown,
    struct hrv_err *err)
{
	struct dirent *f;
	DIR *d = NULL;
	int rc = check_folder(v, dir, err);

	if (rc != HRV_OK)
		return rc;
	d = opendir(dir);
	if (d == NULL)
		return file_error(errno, "reading", dir, err);
	while (rc == HRV_OK && (f = readdir(d)) != NULL)
		rc = sort_one(v, dir, f->d_name, old, unknown, err);
	closedir(d);
	return rc;
}

/* What it is, for both of its entries. */
static int
describe(const char *path, const char *name, json_t *p, struct hrv_err *err)
{
	struct file_medium medium = { .text = "unknown" };
	struct buf data = BUF_INIT;
	uint8_t hash[32];
	int rc = file_read(path, EPOCH_SEALED_MAX, &data, err);

	if (rc == HRV_OK)
		(void)!file_medium(path, &medium, NULL);
	crypt_sha256(data.data, data.len, hash);
	if (rc == HRV_OK && (p == NULL || json_set_str(p, "orphan", name) ||
				json_set_hex(p, "sha256", hash, sizeof(hash)) ||
				json_set_str(p, "medium", medium.text)))
		rc = no_memory(err);
	buf_clear(&data);
	return rc;
}

static int
destroy(struct hrv_vault *v, const char *path, const char *name,
    struct receipt **intent, json_t *p, struct hrv_err *err)
{
	struct entry en = ENTRY("backup.expire");
	bool known = true, over = false;
	int rc = txn_begin(v, err);

	en.payload = p;
	if (rc == HRV_OK)
		rc = is_known(v, name, &known, err);
	if (rc == HRV_OK && !known)
		rc = is_old(v, path, &over, err);
	if (rc == HRV_OK && !over)
		rc = hrv_fail(err, HRV_EBUSY,
		    "a file of the escrow folder came into use just now");
	if (rc == HRV_OK)
		rc = file_destroy(path, err);
	if (rc == HRV_OK)
		rc = receipt_entry(v, intent, &en, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

int
orphan_end(struct hrv_vault *v, const char *dir, const char *name,
    bool *ret_done, struct hrv_err *err)
{
	struct entry en = ENTRY("backup.expire");
	struct manifest none = { 0 };
	struct receipt *intent = NULL;
	json_t *p = json_object();
	char *path = NULL;
	int rc = file_join(dir, name, &path, err);

	*ret_done = false;
	if (rc == HRV_OK)
		rc = describe(path, name, p, err);
	en.payload = p;
	if (rc == HRV_OK)
		rc = receipt_open(v, &en, &none, &intent, err);
	if (rc == HRV_OK)
		rc = destroy(v, path, name, &intent, p, err);
	*ret_done = rc == HRV_OK;
	receipt_drop(&intent);
	json_decref(p);
	free(path);
	return rc;
}
