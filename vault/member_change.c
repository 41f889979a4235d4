/* SPDX-License-Identifier: ISC */
/*
 * Carrying out a change of members. Layer: verbs. Invariant: the slot file,
 * the entry that is its reason and what follows from it become true together,
 * with one commit of vault.db.
 */
#include "vault/member_change.h"

#include "vault/member.h"
#include "vault/proposal.h"
#include "vault/slotnext.h"
#include "vault/txn.h"

int
member_describe(json_t *o, const struct slots *s, const struct slot_member *m)
{
	return json_set_str(o, "member", m->fpr) ||
	       json_set_str(o, "role", role_name(m->role)) ||
	       json_set_str(
		   o, "until", m->until[0] == '\0' ? NULL : m->until) ||
	       json_object_set_new(
		   o, "compartments", member_words(m->compartments)) ||
	       json_object_set_new(o, "ids", member_keys(s, m->fpr));
}

int
member_commit(struct hrv_vault *v, struct member_change *c, struct hrv_err *err)
{
	struct entry e = { .op = c->op, .phase = OP_SINGLE, .result = LEAF_OK };
	struct proposal_args two = { .kind = "member.change",
		.what = c->payload };
	struct approval approval = { .alone = false };
	uint64_t leaf = 0;
	int rc = proposal_require(v, &two, &approval, err);

	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = approval_log(&approval, &e, c->payload, err);
	if (rc == HRV_OK)
		rc = slotnext_write(v, c->next, c->payload, err);
	e.payload = c->payload;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, &approval, leaf, err);
	if (rc == HRV_OK && c->rows != NULL)
		rc = c->rows(v, c, leaf, err);
	if (rc == HRV_OK)
		rc = slotnext_log(v, c->next, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	if (rc == HRV_OK)
		slotnext_use(v, &c->next);
	txn_abort(v);
	return rc;
}
