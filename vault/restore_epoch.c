/* SPDX-License-Identifier: ISC */
/*
 * Epochs of key backups that a snapshot does not know yet, or knows as living
 * and that ended since. Layer: verbs. Invariant: what can still open a key
 * backup is known to the vault that comes back, with the day on which it dies;
 * only verified entries say so.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/enc.h"
#include "vault/log/leaf.h"
#include "vault/restore_int.h"
#include "vault/store/db.h"
#include "vault/txn.h"

static int
damaged(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EINTEGRITY,
	    "the log backup does not say which epochs there were");
}

static bool
take_hex(const json_t *p, const char *key, uint8_t *out, size_t len)
{
	const char *t = json_str(p, key);

	return t != NULL && enc_unhex(t, strlen(t), out, len);
}

static bool
take_day(const json_t *p, const char *key, char out[HRV_DATE_TEXT])
{
	const char *t = json_str(p, key);

	if (t == NULL || strlen(t) != HRV_DATE_TEXT - 1)
		return false;
	memcpy(out, t, HRV_DATE_TEXT);
	return true;
}

/* The number of the newest epoch, and whether number n lives. */
static int
find(struct hrv_vault *v, int64_t n, int64_t *ret_newest, bool *ret_lives,
    struct hrv_err *err)
{
	struct epoch *list = NULL;
	size_t count = 0;
	int rc = epoch_list(v, &list, &count, err);

	*ret_newest = 0;
	*ret_lives = false;
	for (size_t i = 0; rc == HRV_OK && i < count; i++) {
		*ret_newest = list[i].n;
		if (list[i].n == n)
			*ret_lives = !list[i].ended;
	}
	free(list);
	return rc;
}

/* The entry in the log that goes on: "again" says that it is about one that
 * was there before. */
static int
log_again(
    struct hrv_vault *v, json_t *p, uint64_t *ret_leaf, struct hrv_err *err)
{
	struct entry en = ENTRY("backup.epoch");

	en.payload = p;
	return json_set_int(p, "again", 1)
		   ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		   : txn_entry(v, &en, ret_leaf, err);
}

static int
begin_again(struct hrv_vault *v, json_t *p, struct hrv_err *err)
{
	struct epoch e = { .n = json_int(p, "epoch", 0) };
	uint64_t leaf = 0;
	int64_t newest = 0;
	bool lives;
	int rc = find(v, e.n, &newest, &lives, err);

	if (rc != HRV_OK)
		return rc;
	if (e.n != newest + 1 || !take_hex(p, "key", e.key, sizeof(e.key)) ||
	    !take_hex(p, "escrow", e.escrow, sizeof(e.escrow)) ||
	    !take_hex(p, "sealed_sha256", e.sealed, sizeof(e.sealed)) ||
	    !take_day(p, "begins", e.begins) ||
	    !take_day(p, "closes", e.closes) || !take_day(p, "dies", e.dies))
		return damaged(err);
	rc = log_again(v, p, &leaf, err);
	return rc == HRV_OK ? epoch_add(v, &e, leaf, err) : rc;
}

static int
end_again(struct hrv_vault *v, int64_t n, struct hrv_err *err)
{
	json_t *p = json_object();
	struct stmt *st;
	uint64_t leaf = 0;
	int64_t newest;
	bool lives = false;
	int rc = find(v, n, &newest, &lives, err);

	if (rc == HRV_OK && lives) {
		rc = p == NULL || json_set_int(p, "epoch", n) ||
			     json_set_int(p, "ended", 1)
			 ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			 : log_again(v, p, &leaf, err);
		if (rc == HRV_OK)
			rc = db_stmt(
			    v->db, SQL_BACKUP_SET_EPOCH_ENDED, &st, err);
		if (rc == HRV_OK) {
			(void)db_bind_int(st, 1, n);
			(void)db_bind_int(st, 2, (int64_t)leaf);
			rc = db_run(st, err);
		}
	}
	json_decref(p);
	return rc;
}

int
restore_epoch(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err)
{
	const struct past_entry *e = &r->past.entries[index];
	bool begins = strcmp(l->op->name, "backup.epoch") == 0;
	bool ends =
	    strcmp(l->op->name, "backup.expire") == 0 && l->phase == OP_OUTCOME;
	json_t *p = NULL;
	int rc = HRV_OK;

	if (l->result != LEAF_OK || (!begins && !ends) || e->payload_len == 0)
		return HRV_OK;
	rc = past_check_entry(r->v, &r->past, index, err);
	if (rc == HRV_OK)
		rc = json_read(e->payload, e->payload_len, &p, err);
	if (rc == HRV_OK && (ends ? json_int(p, "found", 0) == 1
				  : json_int(p, "ended", 0) == 1))
		rc = end_again(r->v, json_int(p, "epoch", 0), err);
	else if (rc == HRV_OK && begins)
		rc = begin_again(r->v, p, err);
	json_decref(p);
	return rc;
}
