/* SPDX-License-Identifier: ISC */
/*
 * Destruction after a restore. Layer: verbs. What came after the backup may be
 * what keeps a record: a longer period, a request, a later date. Invariant:
 * nothing is destroyed before two people said that it was entered again.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/purge.h"
#include "vault/log/append.h"
#include "vault/proposal.h"
#include "vault/purge.h"
#include "vault/purge_restored.h"
#include "vault/succession.h"

int
purge_check_restored(const struct fold *f, struct hrv_err *err)
{
	if (f->n_restored == 0)
		return HRV_OK;
	hrv_fail_as(err, HRV_ECONFIRM, "restored",
	    "this vault was put back to an older state (entry %llu of the "
	    "log), and what happened after that may keep a record: nothing is "
	    "destroyed before it was entered again",
	    (unsigned long long)f->restored[0]);
	return hrv_hint(err,
	    "'hrvault audit log --op restore --json' lists what is known of "
	    "it; enter it again, then two people say so: 'hrvault purge "
	    "confirm-restore'");
}

/* By the entries alone, as a fold takes them. */
static int
note_entry(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	static const char a[] = "\nop restore\n";
	static const char b[] = "\nop restore.confirm\n";
	static const char c[] = "\nop rollback.accept\n";
	struct fold *f = ctx;
	struct leaf l = LEAF_INIT;
	json_t *p = NULL;
	int rc;

	if (memmem(row->leaf, row->leaf_len, a, sizeof(a) - 1) == NULL &&
	    memmem(row->leaf, row->leaf_len, b, sizeof(b) - 1) == NULL &&
	    memmem(row->leaf, row->leaf_len, c, sizeof(c) - 1) == NULL)
		return HRV_OK;
	rc = leaf_parse(row->leaf, row->leaf_len, &l, err);
	if (rc != HRV_OK || l.result != LEAF_OK || row->payload_len == 0)
		return rc;
	rc = json_read(row->payload, row->payload_len, &p, err);
	if (rc == HRV_OK)
		rc = fold_restored(f, &l, p, err);
	json_decref(p);
	return rc;
}

int
purge_restored(
    struct hrv_vault *v, uint64_t *ret_entry, bool *ret, struct hrv_err *err)
{
	struct fold f = { .n_restored = 0 };
	struct succession s;
	struct hrv_err none = { 0 };
	int rc = succession_last(v, &s, &none);

	/* Most vaults were never restored: their log is not read. */
	if (rc == HRV_ENOTFOUND)
		rc = HRV_OK;
	else
		rc = log_each(v->db, 0, note_entry, &f, err);
	if (rc == HRV_OK) {
		*ret = f.n_restored > 0;
		*ret_entry = f.n_restored > 0 ? f.restored[0] : 0;
	}
	free(f.restored);
	return rc;
}

static int
find(struct hrv_vault *v, json_t **ret_what, struct hrv_err *err)
{
	uint64_t entry = 0;
	bool waits = false;
	json_t *what = NULL;
	int rc = purge_restored(v, &entry, &waits, err);

	if (rc == HRV_OK && !waits)
		rc = hrv_fail(err, HRV_ENOTFOUND,
		    "no restore or rollback waits for this: destruction is not "
		    "held back");
	if (rc == HRV_OK && ((what = json_object()) == NULL ||
				json_set_int(what, "restore", (int64_t)entry)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc != HRV_OK) {
		json_decref(what);
		return rc;
	}
	*ret_what = what;
	return HRV_OK;
}

int
hrv_purge_confirm_restore(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("restore.confirm");
	struct proposal_args two = { .kind = "restore.confirm" };
	struct approval a = { .alone = false };
	json_t *what = NULL, *doc = json_object();
	int rc = role_may(v->role, refused.op, err);

	if (doc == NULL || json_object_set_new(doc, "confirmed", json_true()))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = find(v, &what, err);
	two.what = what;
	if (rc == HRV_OK)
		rc = proposal_require(v, &two, &a, err);
	if (rc == HRV_OK)
		rc = purge_confirm_log(v, refused.op, what, &a, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(doc);
	json_decref(what);
	json_decref(doc);
	return rc;
}
