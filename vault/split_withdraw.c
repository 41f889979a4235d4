/* SPDX-License-Identifier: ISC */
/*
 * Taking back a split that not all custodians confirmed. Layer: verbs.
 * Invariants: what its shares lead to is destroyed once the vault has forgotten
 * it, and not before, or it would wait again without it; one that is in force
 * is replaced, never taken back.
 */
#include <stdlib.h>

#include "hrvault/custody.h"
#include "vault/split.h"
#include "vault/store/db.h"
#include "vault/txn.h"

static int
delete_rows(struct hrv_vault *v, const struct split *s, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_SHARE_DEL, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, s->id, sizeof(s->id));
	return db_run(st, err);
}

/* The newest and those before it that it replaced: without it, the one before
 * would seem to wait again, and its file is gone. */
static int
withdraw(struct hrv_vault *v, const struct split *list, size_t n, json_t *ids,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	if (n == 0 || list[0].state != SPLIT_PENDING) {
		hrv_fail(err, HRV_ENOTFOUND,
		    "no split waits for its custodians: one that all have "
		    "confirmed is replaced by another, not taken back");
		return hrv_hint(err, "'hrvault status' says how it stands");
	}
	for (size_t i = 0;
	     rc == HRV_OK && i < n && list[i].state != SPLIT_READY; i++) {
		if (json_array_append_new(ids, json_string(list[i].hex)))
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		rc = delete_rows(v, &list[i], err);
	}
	return rc;
}

int
hrv_key_withdraw(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry e = ENTRY("key.withdraw");
	json_t *p = json_object(), *ids = json_array();
	struct split *list = NULL;
	size_t n = 0;
	int rc = role_may(v->role, e.op, err);

	if (rc == HRV_EREFUSED) {
		rc = txn_refuse(v, &e, err);
		goto out;
	}
	if (p == NULL || json_object_set(p, "splits", ids))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = split_list(v, &list, &n, err);
	if (rc == HRV_OK)
		rc = withdraw(v, list, n, ids, err);
	e.payload = p;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	/* What cannot be destroyed now is told by `check`. */
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(ids); i++)
		split_discard(v, &list[i]);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(p);
out:
	free(list);
	json_decref(ids);
	json_decref(p);
	return rc;
}
