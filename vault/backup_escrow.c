/* SPDX-License-Identifier: ISC */
/*
 * The escrow of key backups: who keeps the private halves, where, and for how
 * long. Layer: verbs. Invariant: it takes two people to change it.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hrvault/backup.h"
#include "vault/backup_int.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/proposal.h"
#include "vault/store/db.h"
#include "vault/store/file.h"

#define MARKER "hrvault-escrow"
#define MAGIC "hrvault-escrow/1\nvault "
#define MIDDLE "\nescrow "
#define DAYS_MAX 366
#define KEEP_MAX 60

int
escrow_read(const char *dir, uint8_t ret_vault[VAULT_ID_LEN],
    uint8_t ret_id[16], struct hrv_err *err)
{
	const size_t n = strlen(MAGIC), at = n + 64 + strlen(MIDDLE);
	struct buf text = BUF_INIT;
	const char *p;
	char *path = NULL;
	int rc = file_join(dir, MARKER, &path, err);

	if (rc == HRV_OK)
		rc = file_read(path, 256, &text, err);
	p = buf_str(&text);
	if (rc == HRV_OK &&
	    (text.len != at + 33 || memcmp(p, MAGIC, n) != 0 ||
		memcmp(p + n + 64, MIDDLE, strlen(MIDDLE)) != 0 ||
		!enc_unhex(p + n, 64, ret_vault, VAULT_ID_LEN) ||
		!enc_unhex(p + at, 32, ret_id, 16)))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the marker of the escrow folder is damaged");
	free(path);
	buf_clear(&text);
	return rc;
}

int
escrow_check(struct hrv_vault *v, const char *dir, const uint8_t id[16],
    struct hrv_err *err)
{
	uint8_t vault[VAULT_ID_LEN], got[16];
	int rc;

	if (dir == NULL) {
		hrv_fail(err, HRV_EUSAGE,
		    "the escrow folder is needed for this, and was not named");
		return hrv_hint(err, "connect its medium and add --escrow DIR");
	}
	rc = escrow_read(dir, vault, got, err);
	if (rc == HRV_ENOTFOUND ||
	    (rc == HRV_OK && (memcmp(vault, v->id, sizeof(vault)) != 0 ||
				 memcmp(got, id, sizeof(got)) != 0))) {
		hrv_fail_as(err, HRV_EREFUSED, "other-escrow",
		    "this is not the escrow folder that was registered");
		rc = hrv_hint(err, "connect the right medium");
	}
	return rc;
}

int
escrow_load(struct hrv_vault *v, struct escrow *ret, struct hrv_err *err)
{
	const char *list;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_BACKUP_GET_ESCROW, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc == HRV_ENOTFOUND) {
		hrv_fail_as(err, HRV_EREFUSED, "no-escrow",
		    "nobody is registered who keeps the keys of backups");
		return hrv_hint(
		    err, "hrvault backup escrow DIR --custodian FINGERPRINT");
	}
	if (rc != HRV_OK)
		return rc;
	rc = db_col_fixed(st, 0, ret->id, sizeof(ret->id), err);
	list = db_col_text(st, 1);
	ret->custodians = strdup(list == NULL ? "" : list);
	ret->days = db_col_int(st, 2);
	ret->keep = db_col_int(st, 3);
	db_reset(st);
	if (rc == HRV_OK && ret->custodians == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc != HRV_OK)
		escrow_clear(ret);
	return rc;
}

void
escrow_clear(struct escrow *e)
{
	free(e->custodians);
	e->custodians = NULL;
}

static bool
is_empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool empty = d != NULL;

	while (d != NULL && (e = readdir(d)) != NULL)
		empty = empty && (e->d_name[0] == '.' ||
				     backup_half_marker(e->d_name, MARKER));
	if (d != NULL)
		closedir(d);
	return empty;
}

static int
write_marker(struct hrv_vault *v, const char *dir, const uint8_t id[16],
    struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	char *path = NULL;
	int rc;

	buf_adds(&text, MAGIC);
	enc_hex(&text, v->id, sizeof(v->id));
	buf_adds(&text, MIDDLE);
	enc_hex(&text, id, 16);
	buf_addc(&text, '\n');
	rc = buf_ok(&text, err);
	if (rc == HRV_OK)
		rc = file_join(dir, MARKER, &path, err);
	if (rc == HRV_OK)
		rc = file_write_new(
		    path, text.data, text.len, FILE_MODE_PRIVATE, err);
	free(path);
	buf_clear(&text);
	return rc;
}

/* The id of the folder: its own if it has one, else a new one. */
static int
claim(struct hrv_vault *v, const char *dir, uint8_t ret_id[16],
    struct hrv_err *err)
{
	uint8_t vault[VAULT_ID_LEN];
	int rc = HRV_OK;

	if (access(dir, F_OK) != 0)
		rc = file_mkdir(dir, BACKUP_MODE_DIR, err);
	if (rc != HRV_OK)
		return rc;
	if (backup_inside(dir, v->dir) || backup_inside(v->dir, dir))
		return hrv_fail(err, HRV_EUSAGE,
		    "the escrow folder cannot lie in the vault's own folder");
	rc = escrow_read(dir, vault, ret_id, err);
	if (rc == HRV_OK && memcmp(vault, v->id, sizeof(vault)) != 0)
		return hrv_fail_as(err, HRV_EREFUSED, "other-vault",
		    "this is the escrow folder of another vault");
	if (rc != HRV_ENOTFOUND)
		return rc;
	if (!is_empty(dir)) {
		hrv_fail(err, HRV_EUSAGE,
		    "this folder is not empty and is no escrow folder");
		return hrv_hint(err, "name a new folder");
	}
	crypt_random(ret_id, 16);
	return write_marker(v, dir, ret_id, err);
}

/* Fingerprints of keys that can be encrypted to, sorted. */
static int
find_custodians(struct hrv_vault *v, const struct hrv_escrow_args *a,
    json_t *list, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < a->n; i++) {
		struct pgp_key_info k;
		size_t at = 0;
		int c = 1;

		rc = pgp_key_find(v->pgp, a->custodians[i], false, &k, err);
		if (rc == HRV_ENOTFOUND)
			rc = hrv_fail(err, HRV_EKEY,
			    "the key of a custodian is not in this gpg home");
		if (rc == HRV_OK && (!k.can_encrypt || k.expired || k.revoked))
			rc = hrv_fail(err, HRV_EKEY,
			    "the key %s cannot be encrypted to", k.fpr);
		if (rc != HRV_OK)
			return rc;
		while (at < json_array_size(list) &&
		       (c = strcmp(json_string_value(json_array_get(list, at)),
			    k.fpr)) < 0)
			at++;
		if (c != 0 || at == json_array_size(list))
			(void)json_array_insert_new(
			    list, at, json_string(k.fpr));
	}
	return rc;
}

static int
check_args(const struct hrv_escrow_args *a, struct hrv_err *err)
{
	if (a->n == 0)
		return hrv_fail(err, HRV_EUSAGE, "a custodian is needed");
	if (a->n > PGP_RECIPIENTS_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "at most %d custodians can be sealed to, and %zu were "
		    "named: nothing was registered",
		    PGP_RECIPIENTS_MAX, a->n);
	if (a->days < 1 || a->days > DAYS_MAX || a->keep < 1 ||
	    a->keep > KEEP_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "an epoch closes after 1 to %d days and is kept 1 to %d "
		    "such spans",
		    DAYS_MAX, KEEP_MAX);
	return HRV_OK;
}

static int
add_row(struct hrv_vault *v, const json_t *p, const uint8_t id[16],
    uint64_t leaf, struct hrv_err *err)
{
	const json_t *list = json_object_get(p, "custodians");
	struct buf names = BUF_INIT;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_BACKUP_ADD_ESCROW, &st, err);

	for (size_t i = 0; i < json_array_size(list); i++)
		buf_addf(&names, "%s%s", i > 0 ? "," : "",
		    json_string_value(json_array_get(list, i)));
	if (rc == HRV_OK)
		rc = buf_ok(&names, err);
	if (rc == HRV_OK) {
		(void)db_bind_int(st, 1, (int64_t)leaf);
		(void)db_bind_blob(st, 2, id, 16);
		(void)db_bind_text(st, 3, buf_str(&names));
		(void)db_bind_int(st, 4, json_int(p, "days", 0));
		(void)db_bind_int(st, 5, json_int(p, "keep", 0));
		rc = db_run(st, err);
	}
	buf_clear(&names);
	return rc;
}

static int
commit(
    struct hrv_vault *v, json_t *p, const uint8_t id[16], struct hrv_err *err)
{
	struct proposal_args two = { .kind = "backup.escrow", .what = p };
	struct approval approval = { .alone = false };
	struct entry e = ENTRY("backup.escrow");
	uint64_t leaf = 0;
	int rc = proposal_require(v, &two, &approval, err);

	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = approval_log(&approval, &e, p, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, &approval, leaf, err);
	if (rc == HRV_OK)
		rc = add_row(v, p, id, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

int
hrv_backup_escrow(struct hrv_vault *v, const struct hrv_escrow_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("backup.escrow");
	json_t *p = json_object(), *list = json_array();
	uint8_t id[16];
	int rc = role_may(v->role, refused.op, err);

	if (rc == HRV_OK)
		rc = check_args(args, err);
	if (rc == HRV_OK)
		rc = find_custodians(v, args, list, err);
	if (rc == HRV_OK)
		rc = claim(v, args->dir, id, err);
	if (rc == HRV_OK &&
	    (p == NULL || json_set_hex(p, "escrow", id, sizeof(id)) ||
		json_object_set(p, "custodians", list) ||
		json_set_int(p, "days", args->days) ||
		json_set_int(p, "keep", args->keep)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = commit(v, p, id, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(p);
	json_decref(list);
	json_decref(p);
	return rc;
}
