/* SPDX-License-Identifier: ISC */
/*
 * Releasing holds. Layer: verbs. Invariant: a release never shortens anything:
 * what the hold covered stays protected until its cooling-off is over, and a
 * release comes about by two people, hr and whom it is about never being the
 * one who acts.
 */
#include <string.h>

#include "hrvault/hold.h"
#include "hrvault/policy.h"
#include "vault/base/text.h"
#include "vault/clock.h"
#include "vault/crypto/crypt.h"
#include "vault/detail.h"
#include "vault/holdplace.h"
#include "vault/proposal.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/version.h"

#define OP "hold.release"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* A release that two people agreed on, or one in founding. */
struct release {
	struct hrv_id id;
	const char *reason;
	json_t *asked; /* which hold: what hr may ask for */
	json_t *what;  /* and what it covers: what is approved */
	struct approval approval;
	char free_from[HRV_DATE_TEXT];
};

/* HRV_EREFUSED unless the hold is in force, and about none of the two. hash is
 * the one of the scope that a release would set free now. */
static int
check_active(struct hrv_vault *v, const struct hrv_id *id, uint8_t hash[32],
    struct hrv_err *err)
{
	struct hold_row h = { .scope = BUF_INIT };
	int rc = hold_load_active(v, id, &h, err);

	if (rc == HRV_OK)
		crypt_sha256(h.scope.data, h.scope.len, hash);
	hold_row_clear(&h);
	return rc == HRV_OK ? conflict_check_hold(v, v->fpr, id, err) : rc;
}

/* What an amendment added meanwhile nobody has agreed to set free. */
static int
check_same(struct hrv_vault *v, const struct release *r, struct hrv_err *err)
{
	json_t *now = json_object();
	uint8_t hash[32];
	int rc = check_active(v, &r->id, hash, err);
	bool same;

	if (rc == HRV_OK && json_set_hex(now, "scope", hash, sizeof(hash)))
		rc = no_memory(err);
	same = rc == HRV_OK && json_equal(json_object_get(now, "scope"),
				   json_object_get(r->what, "scope"));
	json_decref(now);
	if (rc != HRV_OK || same)
		return rc;
	hrv_fail_as(err, HRV_ECONFIRM, "amended",
	    "the hold was amended at the same moment: nothing was released");
	return hrv_hint(err, "look at it with 'hrvault hold show', then run "
			     "the command again");
}

/* Who approved may have turned out to be whom the matter is about. */
static int
check_approver(
    struct hrv_vault *v, const struct release *r, struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	int rc;

	if (r->approval.alone)
		return HRV_OK;
	rc = proposal_load(v, &r->approval.id, &p, err);
	if (rc == HRV_OK)
		rc = conflict_check_hold(v, p.approver, &r->id, err);
	proposal_clear(&p);
	return rc;
}

int
hold_free_day(struct hrv_vault *v, char out[HRV_DATE_TEXT], struct hrv_err *err)
{
	struct hrv_duration cooling = v->schedule->purge.release_cooling_off;
	struct hrv_date d;
	int64_t now = 0;
	int rc = clock_credible(v, &now, err);

	if (rc == HRV_OK)
		rc = vault_local_date(v, now / 1000000, &d, err);
	if (hrv_duration_is_zero(cooling))
		cooling.days = 1;
	if (rc == HRV_OK && !hrv_date_add(d, cooling, &d))
		rc = hrv_fail(err, HRV_EFAILED, "a date is out of range");
	if (rc == HRV_OK)
		hrv_date_format(d, out);
	return rc;
}

static int
set_row(struct hrv_vault *v, const struct hrv_id *id, uint64_t leaf,
    const char *free_from, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_HOLD_SET_STATUS, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, "cooling");
	(void)db_bind_int(st, 3, (int64_t)leaf);
	(void)db_bind_text(st, 4, free_from);
	return db_run(st, err);
}

static int
log_release(struct hrv_vault *v, struct release *r, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct detail d = { .sealed = BUF_INIT };
	json_t *p = json_object();
	uint64_t leaf = 0;
	int rc = HRV_OK;

	if (p == NULL || json_set_str(p, "free_from", r->free_from))
		rc = no_memory(err);
	e.hold = &r->id;
	e.payload = p;
	if (rc == HRV_OK)
		rc = approval_log(&r->approval, &e, p, err);
	if (rc == HRV_OK)
		rc = detail_seal(v, KEK_HOLD, &r->id, r->reason, &d, err);
	e.detail = d.commit;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = set_row(v, &r->id, leaf, r->free_from, err);
	if (rc == HRV_OK)
		rc = hold_changed(v, err);
	if (rc == HRV_OK)
		rc = proposal_done(v, &r->approval, leaf, err);
	if (rc == HRV_OK)
		rc = proposal_answered(v, "hold.request", r->asked, leaf, err);
	detail_clear(&d);
	json_decref(p);
	return rc;
}

static int
carry_out(struct hrv_vault *v, struct release *r, struct hrv_err *err)
{
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = check_same(v, r, err);
	if (rc == HRV_OK)
		rc = check_approver(v, r, err);
	if (rc == HRV_OK)
		rc = hold_free_day(v, r->free_from, err);
	if (rc == HRV_OK)
		rc = log_release(v, r, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

/* An amendment makes it another release, for which no approval is there. */
static int
describe(struct release *r, const uint8_t scope[32], struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&r->id, id);
	r->asked = json_pack("{s:s}", "hold", id);
	r->what = json_pack("{s:s}", "hold", id);
	if (r->asked == NULL || r->what == NULL ||
	    json_set_hex(r->what, "scope", scope, 32))
		return no_memory(err);
	return HRV_OK;
}

/* hr may ask, and does not hold the key under which holds are explained. */
static int
ask(struct hrv_vault *v, struct release *r, struct hrv_err *err)
{
	bool hr = v->role == ROLE_HR;
	struct proposal_args a = { .kind = hr ? "hold.request" : OP,
		.what = hr ? r->asked : r->what,
		.hold = &r->id,
		.reason = r->reason,
		.kek = hr ? KEK_DETAIL : KEK_HOLD,
		.owner = &r->id };

	return hr ? proposal_open(v, &a, NULL, err)
		  : proposal_require(v, &a, &r->approval, err);
}

static int
make_doc(const struct release *r, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&r->id, id);
	if (o == NULL || json_set_str(o, "id", id) ||
	    json_set_str(o, "status", "cooling") ||
	    json_set_str(o, "free_from", r->free_from)) {
		json_decref(o);
		return no_memory(err);
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_hold_release(struct hrv_vault *v, const char *hold, const char *reason,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY(OP);
	struct release r = { .reason = reason };
	uint8_t hash[32];
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	rc = text_check_field(TEXT_REASON, reason, strlen(reason), err);
	if (rc == HRV_OK)
		rc = lookup_hold(v, hold, &r.id, err);
	if (rc != HRV_OK)
		return rc;
	refused.hold = &r.id;
	rc = check_active(v, &r.id, hash, err);
	if (rc == HRV_OK)
		rc = describe(&r, hash, err);
	if (rc == HRV_OK)
		rc = ask(v, &r, err);
	if (rc == HRV_OK)
		rc = carry_out(v, &r, err);
	if (rc == HRV_OK)
		rc = make_doc(&r, ret_doc, err);
	else if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	json_decref(r.asked);
	json_decref(r.what);
	return rc;
}
