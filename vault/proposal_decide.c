/* SPDX-License-Identifier: ISC */
/*
 * Approving and rejecting. Layer: verbs. Invariant: what is signed is the
 * payload that the log has, by somebody who may, and never by the proposer.
 */
#include "hrvault/proposal.h"

#include <string.h>

#include "vault/base/text.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/detail.h"
#include "vault/holdplace.h"
#include "vault/proposal.h"
#include "vault/proposal_rule.h"
#include "vault/store/db.h"
#include "vault/succession.h"
#include "vault/terms.h"
#include "vault/version.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* One that is over can be neither approved nor rejected. */
static int
check_status(
    const struct proposal_row *p, bool also_approved, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	if (strcmp(p->status, "open") == 0 ||
	    (also_approved && strcmp(p->status, "approved") == 0))
		return HRV_OK;
	id_format(&p->id, id);
	hrv_fail_as(
	    err, HRV_EREFUSED, "not-open", "%s is %s already", id, p->status);
	return hrv_hint(err, strcmp(p->status, "approved") == 0
				 ? "its proposer repeats the command now"
				 : "its proposer repeats the command, which "
				   "makes a new proposal");
}

/* What is decided about a hold, nobody decides whom it is about. */
static int
check_conflict(
    struct hrv_vault *v, const struct proposal_row *p, struct hrv_err *err)
{
	const char *text = json_str(p->what, "hold");
	struct hrv_id hold;

	if (strncmp(p->kind, "hold.", 5) != 0)
		return HRV_OK;
	if (text == NULL || !id_parse(text, ID_HOLD, &hold))
		return hrv_fail(
		    err, HRV_EINTEGRITY, "the proposal does not name its hold");
	return conflict_check_hold(v, v->fpr, &hold, err);
}

/* A restored vault that waits is approved, and nothing else in it: and only as
 * what its log says was done. */
static int
check_restoring(
    struct hrv_vault *v, const struct proposal_row *p, struct hrv_err *err)
{
	if (!v->restoring)
		return HRV_OK;
	if (strcmp(p->kind, "restore") == 0)
		return succession_agrees(v, p->what, err);
	hrv_fail_as(err, HRV_EREFUSED, "restoring",
	    "this vault was restored and waits for its approval: nothing else "
	    "is approved in it");
	return hrv_hint(err, "'hrvault proposal list' shows the restore");
}

static int
check_approver(
    struct hrv_vault *v, const struct proposal_row *p, struct hrv_err *err)
{
	char today[HRV_DATE_TEXT];
	struct proposal_question q = { .slots = v->slots,
		.kind = p->kind,
		.what = p->what,
		.proposer = p->proposer,
		.approver = v->fpr,
		.today = today };
	int rc = vault_today_text(v, today, err);

	if (rc == HRV_OK)
		rc = proposal_may(v, &q, err);
	return rc == HRV_OK ? check_conflict(v, p, err) : rc;
}

/* Requests of hr are for legal and dpo to answer. */
static bool
is_request(const struct hrv_vault *v, const struct proposal_row *p)
{
	return strcmp(p->kind, "hold.request") == 0 &&
	       (v->role == ROLE_LEGAL || v->role == ROLE_DPO);
}

int
proposal_may_decide(
    struct hrv_vault *v, const struct proposal_row *p, struct hrv_err *err)
{
	int rc = role_may(v->role, "proposal.approve", err);

	if (rc == HRV_OK && is_request(v, p))
		return check_conflict(v, p, err);
	return rc == HRV_OK ? check_approver(v, p, err) : rc;
}

/* Signs the payload, and makes sure that everybody else can verify it with
 * the certificate that the slot file has. */
static int
sign(struct hrv_vault *v, struct proposal_row *p, struct hrv_err *err)
{
	struct buf data = BUF_INIT;
	int rc;

	proposal_signed_bytes(v, &p->payload, &data);
	rc = buf_ok(&data, err);
	buf_reset(&p->sig);
	if (rc == HRV_OK)
		rc = pgp_sign_detached(
		    v->pgp, v->fpr, data.data, data.len, &p->sig, err);
	memcpy(p->approver, v->fpr, sizeof(p->approver));
	if (rc == HRV_OK)
		rc = proposal_check_sig(v, p, err);
	if (rc == HRV_EINTEGRITY) {
		rc = hrv_fail(err, HRV_EKEY,
		    "your signature does not verify with the certificate that "
		    "the vault has of you");
		hrv_hint(err,
		    "'hrvault member renew %s' takes in the newer one", v->fpr);
	}
	buf_clear(&data);
	return rc;
}

static int
set_approved(struct hrv_vault *v, const struct proposal_row *p, uint64_t leaf,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_PROPOSAL_SET_APPROVED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, p->id.b, ID_BYTES);
	(void)db_bind_text(st, 2, p->approver);
	(void)db_bind_blob(st, 3, p->sig.data, p->sig.len);
	(void)db_bind_int(st, 4, (int64_t)leaf);
	rc = db_run(st, err);
	if (rc == HRV_OK && db_changes(v->db) == 0)
		rc = hrv_fail(err, HRV_EBUSY,
		    "somebody else decided about this proposal just now");
	return rc;
}

static int
log_approval(
    struct hrv_vault *v, const struct proposal_row *p, struct hrv_err *err)
{
	struct entry e = ENTRY("proposal.approve");
	json_t *payload = json_object();
	uint8_t hash[32];
	uint64_t leaf = 0;
	int rc = HRV_OK;

	crypt_sha256(p->payload.data, p->payload.len, hash);
	if (payload == NULL || json_set_str(payload, "approver", p->approver) ||
	    json_set_hex(payload, "sha256", hash, sizeof(hash)) ||
	    json_set_b64(payload, "signature", p->sig.data, p->sig.len))
		rc = no_memory(err);
	e.proposal = &p->id;
	e.payload = payload;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = set_approved(v, p, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(payload);
	return rc;
}

static int
make_doc(const struct proposal_row *p, const char *status, const char *next,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&p->id, id);
	if (o == NULL || json_set_str(o, "id", id) ||
	    json_set_str(o, "kind", p->kind) ||
	    json_set_str(o, "status", status) ||
	    json_set_str(o, "next", next)) {
		json_decref(o);
		return no_memory(err);
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_proposal_approve(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("proposal.approve");
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct hrv_id id;
	int rc = lookup_proposal(v, which, &id, err);

	if (rc != HRV_OK)
		return rc;
	refused.proposal = &id;
	rc = role_may(v->role, "proposal.approve", err);
	if (rc == HRV_OK)
		rc = proposal_load(v, &id, &p, err);
	if (rc == HRV_OK)
		rc = proposal_check_log(v, &p, err);
	if (rc == HRV_OK)
		rc = check_status(&p, false, err);
	if (rc == HRV_OK)
		rc = check_restoring(v, &p, err);
	if (rc == HRV_OK)
		rc = check_approver(v, &p, err);
	if (rc == HRV_OK)
		rc = proposal_still(v, &p, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK)
		rc = sign(v, &p, err);
	if (rc == HRV_OK)
		rc = log_approval(v, &p, err);
	if (rc == HRV_OK)
		rc = make_doc(&p, "approved",
		    strcmp(p.kind, "review") == 0
			? "the next 'hrvault purge run' carries it out"
			: "the proposer repeats the command",
		    ret_doc, err);
	proposal_clear(&p);
	return rc;
}

static int
set_rejected(struct hrv_vault *v, const struct hrv_id *id, uint64_t leaf,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_PROPOSAL_SET_ENDED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, "rejected");
	(void)db_bind_int(st, 3, (int64_t)leaf);
	rc = db_run(st, err);
	if (rc == HRV_OK && db_changes(v->db) == 0)
		rc = hrv_fail(err, HRV_EBUSY,
		    "somebody else decided about this proposal just now");
	return rc;
}

static int
log_rejection(struct hrv_vault *v, const struct hrv_id *id, const char *reason,
    struct hrv_err *err)
{
	struct entry e = ENTRY("proposal.reject");
	struct detail d = { .sealed = BUF_INIT };
	uint64_t leaf = 0;
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = detail_seal(v, KEK_DETAIL, id, reason, &d, err);
	e.proposal = id;
	e.detail = d.commit;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = set_rejected(v, id, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	detail_clear(&d);
	return rc;
}

int
hrv_proposal_reject(struct hrv_vault *v, const char *which, const char *reason,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("proposal.reject");
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct hrv_id id;
	int rc = text_check_field(TEXT_REASON, reason, strlen(reason), err);

	if (rc == HRV_OK)
		rc = lookup_proposal(v, which, &id, err);
	if (rc != HRV_OK)
		return rc;
	refused.proposal = &id;
	rc = role_may(v->role, "proposal.reject", err);
	if (rc == HRV_OK)
		rc = proposal_load(v, &id, &p, err);
	if (rc == HRV_OK)
		rc = proposal_check_log(v, &p, err);
	if (rc == HRV_OK)
		rc = check_status(&p, true, err);
	if (rc == HRV_OK && strcmp(p.proposer, v->fpr) != 0 &&
	    !is_request(v, &p))
		rc = check_approver(v, &p, err);
	if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	if (rc == HRV_OK)
		rc = log_rejection(v, &id, reason, err);
	if (rc == HRV_OK)
		rc = make_doc(&p, "rejected", NULL, ret_doc, err);
	proposal_clear(&p);
	return rc;
}
