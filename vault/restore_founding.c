/* SPDX-License-Identifier: ISC */
/*
 * A snapshot from founding. Layer: verbs. Invariant: once there were two who
 * approve, no restore gives one person the vault alone again.
 */
#include <string.h>

#include "vault/base/json.h"
#include "vault/log/leaf.h"
#include "vault/restore_int.h"
#include "vault/store/db.h"

int
restore_founding(struct restore *r, uint64_t index, const struct leaf *l,
    struct hrv_err *err)
{
	static const char said[] = "\"founding_ended\":";
	const struct past_entry *e = &r->past.entries[index];
	json_t *p = NULL;
	int rc;

	if (l->result != LEAF_OK || l->phase == OP_INTENT ||
	    memmem(e->payload, e->payload_len, said, sizeof(said) - 1) == NULL)
		return HRV_OK;
	rc = past_check_entry(r->v, &r->past, index, err);
	if (rc == HRV_OK)
		rc = json_read(e->payload, e->payload_len, &p, err);
	if (rc == HRV_OK && json_int(p, "founding_ended", 0) != 0)
		r->founded = true;
	json_decref(p);
	return rc;
}

/* Nobody in the slot file of founding could ever be the second. */
static int
too_old(struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EREFUSED, "older-keys",
	    "this key backup is from founding, which ended since: one person "
	    "alone would decide again");
	return hrv_hint(err, "use a newer key backup, from after the second "
			     "dpo or legal came");
}

int
restore_founding_ends(struct restore *r, struct hrv_err *err)
{
	struct slots *next = NULL;
	struct stmt *st;
	bool two;
	int rc = slots_parse(r->keys.slots.data, r->keys.slots.len, &next, err);

	if (rc != HRV_OK)
		return rc;
	two = slots_approvers(next) >= APPROVERS_NEEDED;
	slots_free(next);
	if (!r->v->founding || (!two && !r->founded))
		return HRV_OK;
	if (!two)
		return too_old(err);
	rc = db_stmt(r->v->db, SQL_VAULT_SET_FOUNDED, &st, err);
	if (rc == HRV_OK)
		rc = db_run(st, err);
	if (rc == HRV_OK)
		r->v->founding = false;
	return rc;
}
