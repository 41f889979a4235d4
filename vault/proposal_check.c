/* SPDX-License-Identifier: ISC */
/*
 * Whether an approval counts. Layer: verbs. Invariant: nothing is believed
 * because the table says so. The log must know the proposal and its approval
 * and no end of it, and the signature must verify now, with the certificate
 * of the slot file, for somebody who may approve still.
 */
#include <string.h>

#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/crypto/pgp.h"
#include "vault/log/append.h"
#include "vault/member.h"
#include "vault/proposal.h"
#include "vault/proposal_rule.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/vault_trust.h"

#define APPROVAL_LABEL "hrvault-approval/v1\n"

void
proposal_signed_bytes(
    const struct hrv_vault *v, const struct buf *payload, struct buf *out)
{
	uint8_t hash[32];

	crypt_sha256(payload->data, payload->len, hash);
	buf_adds(out, APPROVAL_LABEL);
	buf_add(out, v->id, sizeof(v->id));
	buf_add(out, hash, sizeof(hash));
}

/* What the log says of one proposal. */
struct history {
	struct hrv_vault *v;
	const struct proposal_row *p;
	char id[ID_TEXT_SIZE];
	bool opened;
	bool approved;
	bool ended;
};

static int
not_in_log(const char *id, struct hrv_err *err)
{
	hrv_fail(err, HRV_EINTEGRITY,
	    "what the database says of %s is not what the log says", id);
	return hrv_hint(err, "run 'hrvault audit verify' and 'hrvault check'");
}

/* An entry must at least be the one that the tree was built from. */
static int
check_hash(struct history *h, const struct log_row *row, struct hrv_err *err)
{
	uint8_t want[TREE_HASH], got[TREE_HASH];
	struct stmt *st;
	int rc = db_stmt(h->v->db, SQL_LOG_GET_NODE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_int(st, 1, 0);
	(void)db_bind_int(st, 2, (int64_t)row->index);
	rc = db_step_one(st, err);
	if (rc == HRV_OK) {
		rc = db_col_fixed(st, 0, want, sizeof(want), err);
		db_reset(st);
	}
	tree_leaf_hash(row->leaf, row->leaf_len, got);
	if (rc == HRV_OK && memcmp(want, got, sizeof(got)) != 0)
		rc = HRV_EINTEGRITY;
	if (rc == HRV_OK || rc == HRV_EIO)
		return rc;
	return hrv_fail(err, HRV_EINTEGRITY,
	    "log entry %llu is not what was written",
	    (unsigned long long)row->index);
}

static bool
mentions(const void *data, size_t len, const char *id)
{
	return data != NULL && memmem(data, len, id, strlen(id)) != NULL;
}

static bool
payload_is(const struct leaf *l, const struct log_row *row)
{
	uint8_t hash[32];

	if ((l->has & LEAF_PAYLOAD) == 0 || row->payload == NULL)
		return false;
	crypt_sha256(row->payload, row->payload_len, hash);
	return memcmp(hash, l->payload, sizeof(hash)) == 0;
}

/* The entry that opened it: made by the payload that the row has. */
static bool
opened_by(
    const struct history *h, const struct leaf *l, const struct log_row *row)
{
	const struct buf *want = &h->p->payload;

	return row->index == h->p->opened_leaf && payload_is(l, row) &&
	       row->payload_len == want->len &&
	       memcmp(row->payload, want->data, want->len) == 0;
}

/* Whether the entry that approves carries the row's own signature. */
static int
approved_by(const struct history *h, const struct leaf *l,
    const struct log_row *row, bool *ret, struct hrv_err *err)
{
	struct buf sig = BUF_INIT;
	json_t *o = NULL;
	const char *who, *text;
	int rc = HRV_OK;

	*ret = false;
	if (!payload_is(l, row))
		return HRV_OK;
	rc = json_read(row->payload, row->payload_len, &o, err);
	who = json_str(o, "approver");
	text = json_str(o, "signature");
	if (rc == HRV_OK && who != NULL && text != NULL &&
	    enc_unb64(text, strlen(text), &sig))
		*ret = strcmp(who, h->p->approver) == 0 &&
		       sig.len == h->p->sig.len && sig.len > 0 &&
		       memcmp(sig.data, h->p->sig.data, sig.len) == 0;
	buf_clear(&sig);
	json_decref(o);
	return rc;
}

/* Whether an approval of this is good for one try. A package for one key is
 * for nobody else however often it is made; under a passphrase it may be. */
static bool
tried_once(const struct history *h, const char *op)
{
	const char *form = json_str(h->p->what, "form");

	if (strcmp(op, "case.export") == 0)
		return form == NULL || strcmp(form, "openpgp-key") != 0;
	return strcmp(op, "record.read") == 0 || strcmp(op, "disclose") == 0;
}

/* A commit of a destruction names the approvals it used in its payload, a
 * restore its second. One for a release is used up by the intent, other steps
 * by their outcome. */
static bool
uses(const struct history *h, const struct leaf *l, const struct log_row *row)
{
	if (strcmp(l->proposal, h->id) == 0)
		return l->phase != OP_INTENT || tried_once(h, l->op->name);
	return (strcmp(l->op->name, "purge.commit") == 0 ||
		   strcmp(l->op->name, "restore") == 0) &&
	       mentions(row->payload, row->payload_len, h->id);
}

static int
take_entry(struct history *h, const struct leaf *l, const struct log_row *row,
    struct hrv_err *err)
{
	const char *op = l->op->name;
	int rc;

	if ((l->result != LEAF_OK && l->phase != OP_INTENT) || !uses(h, l, row))
		return HRV_OK;
	if (strcmp(op, "proposal.open") == 0) {
		if (!opened_by(h, l, row))
			return not_in_log(h->id, err);
		h->opened = true;
	} else if (strcmp(op, "proposal.approve") == 0) {
		rc = approved_by(h, l, row, &h->approved, err);
		if (rc != HRV_OK)
			return rc;
	} else {
		h->ended = true;
	}
	return HRV_OK;
}

static int
each(void *ctx, const struct log_row *row, struct hrv_err *err)
{
	struct history *h = ctx;
	struct leaf l;
	int rc = check_hash(h, row, err);

	if (rc != HRV_OK)
		return rc;
	if (!mentions(row->leaf, row->leaf_len, h->id) &&
	    !mentions(row->payload, row->payload_len, h->id))
		return HRV_OK;
	rc = leaf_parse(row->leaf, row->leaf_len, &l, err);
	return rc == HRV_OK ? take_entry(h, &l, row, err) : rc;
}

int
proposal_check_log(
    struct hrv_vault *v, const struct proposal_row *p, struct hrv_err *err)
{
	struct history h = { .v = v, .p = p };
	bool open = strcmp(p->status, "open") == 0;
	bool approved = strcmp(p->status, "approved") == 0;
	int rc;

	id_format(&p->id, h.id);
	rc = log_each(v->db, p->opened_leaf, each, &h, err);
	if (rc != HRV_OK)
		return rc;
	if (!h.opened || ((open || approved) && h.ended) ||
	    (approved && !h.approved))
		return not_in_log(h.id, err);
	return HRV_OK;
}

/* Whether the key was good when it signed. The payload names the proposal, so
 * a signature cannot be older than what it approves. */
static int
check_key(const struct pgp_sig *s, struct hrv_err *err)
{
	if (!s->key_revoked && !s->sig_expired &&
	    (s->key_expires == 0 || s->time < s->key_expires))
		return HRV_OK;
	return hrv_fail(err, HRV_EINTEGRITY,
	    "an approval was made by a key that was not valid: %s", s->fpr);
}

int
proposal_check_sig(
    struct hrv_vault *v, const struct proposal_row *p, struct hrv_err *err)
{
	struct trust *t = NULL;
	struct buf data = BUF_INIT;
	struct pgp_signed in;
	struct pgp_sig got;
	char id[ID_TEXT_SIZE];
	int rc = vault_trust(v, &t, err);

	proposal_signed_bytes(v, &p->payload, &data);
	if (rc == HRV_OK)
		rc = buf_ok(&data, err);
	if (rc == HRV_OK) {
		in = (struct pgp_signed){ p->sig.data, p->sig.len, data.data,
			data.len };
		rc = pgp_verify_detached(t->pgp, &in, &got, err);
	}
	id_format(&p->id, id);
	if (rc == HRV_EINTEGRITY)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the approval of %s is not signed by who is said to have "
		    "approved it",
		    id);
	if (rc == HRV_OK && strcmp(got.fpr, p->approver) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the approval of %s was signed by another key", id);
	if (rc == HRV_OK)
		rc = check_key(&got, err);
	buf_clear(&data);
	return rc;
}

int
proposal_may(
    struct hrv_vault *v, const struct proposal_question *q, struct hrv_err *err)
{
	bool same = false;
	int rc = proposal_may_approve(q, err);

	if (rc == HRV_OK)
		rc = member_one_person(v, q->proposer, q->approver, &same, err);
	if (rc != HRV_OK || !same)
		return rc;
	hrv_fail_as(err, HRV_EREFUSED, "self-approval",
	    "nobody approves a proposal of his own: two members are one person "
	    "by 'member link'");
	return hrv_hint(err, "another member (%s) approves it",
	    proposal_approvers(q->kind));
}

int
proposal_check(
    struct hrv_vault *v, const struct proposal_row *p, struct hrv_err *err)
{
	char today[HRV_DATE_TEXT];
	struct proposal_question q = { .slots = v->slots,
		.kind = p->kind,
		.what = p->what,
		.proposer = p->proposer,
		.approver = p->approver,
		.today = today };
	int rc = vault_today_text(v, today, err);

	if (rc == HRV_OK)
		rc = proposal_check_log(v, p, err);
	if (rc == HRV_OK)
		rc = proposal_may(v, &q, err);
	if (rc == HRV_OK)
		rc = proposal_check_sig(v, p, err);
	return rc;
}
