/* SPDX-License-Identifier: ISC */
/*
 * Receipts. Layer: verbs. Invariant: a struct receipt exists only after its
 * intent entry is durable.
 */
#include "vault/receipt.h"

#include <stdlib.h>
#include <string.h>

#include "vault/proposal.h"
#include "vault/session.h"
#include "vault/store/db.h"

struct receipt {
	uint64_t index;
	struct manifest things;
};

static int
note_intent(struct hrv_vault *v, uint64_t leaf, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_LOG_ADD_INTENT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)leaf);
	(void)db_bind_text(st, 2, v->session->hex);
	return db_run(st, err);
}

int
receipt_open(struct hrv_vault *v, struct entry *e, struct manifest *m,
    struct receipt **ret, struct hrv_err *err)
{
	struct receipt *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	r->things = *m;
	*m = (struct manifest){ 0 };
	e->phase = OP_INTENT;
	e->result = LEAF_NO_RESULT;
	/* One thing that the entry names already needs no list. */
	e->manifest =
	    r->things.n > 1 || (e->record == NULL && e->subject == NULL)
		? &r->things
		: NULL;
	rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, e, &r->index, err);
	if (rc == HRV_OK)
		rc = note_intent(v, r->index, err);
	if (rc == HRV_OK && e->uses != NULL)
		rc = proposal_done(v, e->uses, r->index, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, false, err);
	e->manifest = NULL;
	if (rc == HRV_EIO)
		rc = hrv_fail(err, HRV_ELOG,
		    "the log cannot be written, so nothing was read");
	if (rc == HRV_OK) {
		*ret = r;
		r = NULL;
	}
out:
	txn_abort(v);
	receipt_drop(&r);
	manifest_clear(m);
	return rc;
}

uint64_t
receipt_index(const struct receipt *r)
{
	return r->index;
}

const char *
receipt_session(const struct hrv_vault *v)
{
	return v->session->hex;
}

bool
receipt_covers(const struct receipt *r, const struct hrv_id *id)
{
	return manifest_has(&r->things, id);
}

int
receipt_entry(struct hrv_vault *v, struct receipt **r, struct entry *e,
    uint64_t *ret_index, struct hrv_err *err)
{
	uint64_t ref = (*r)->index;
	struct stmt *st;
	int rc;

	e->phase = OP_OUTCOME;
	e->ref = &ref;
	rc = txn_entry(v, e, ret_index, err);
	e->ref = NULL;
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_LOG_DEL_INTENT, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, (int64_t)ref);
	rc = db_run(st, err);
	if (rc == HRV_OK)
		receipt_drop(r);
	return rc;
}

int
receipt_close(struct hrv_vault *v, struct receipt **r, struct entry *e,
    const struct hrv_err *why, struct hrv_err *err)
{
	int rc;

	e->result = why == NULL			? LEAF_OK
		    : why->code == HRV_EREFUSED ? LEAF_REFUSED
						: LEAF_FAILED;
	e->code = why == NULL ? NULL : why->name;
	rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = receipt_entry(v, r, e, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	receipt_drop(r);
	return rc;
}

void
receipt_drop(struct receipt **r)
{
	if (*r == NULL)
		return;
	manifest_clear(&(*r)->things);
	free(*r);
	*r = NULL;
}
