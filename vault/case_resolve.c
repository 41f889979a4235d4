/* SPDX-License-Identifier: ISC */
/*
 * Deciding about a correction, a restriction or an objection. Layer: verbs.
 * Invariant: what restricts and what lifts follow from the decision in the
 * same commit, and a rejection takes two people.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/case.h"
#include "vault/base/text.h"
#include "vault/case.h"
#include "vault/proposal.h"
#include "vault/restrict.h"
#include "vault/store/db.h"
#include "vault/version.h"

#define OP "case.decide"

static int
check_words(const struct hrv_case_resolve_args *a, struct hrv_err *err)
{
	bool granted = strcmp(a->outcome, "granted") == 0;

	if (!granted && strcmp(a->outcome, "partly") != 0 &&
	    strcmp(a->outcome, "rejected") != 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "a request is granted, partly granted or rejected");
	if (!granted && a->reason == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "the reason is missing; the person is told it");
	return a->reason == NULL ? HRV_OK
				 : text_check_field(TEXT_REASON, a->reason,
				       strlen(a->reason), err);
}

/* What this right can be answered with. */
static int
check_right(const struct kase *k, const struct hrv_case_resolve_args *a,
    struct hrv_err *err)
{
	bool restriction = strcmp(k->claim, "restriction") == 0;
	bool granted = strcmp(a->outcome, "granted") == 0;
	char id[ID_TEXT_SIZE];

	id_format(&k->id, id);
	if (case_has_package(k) || strcmp(k->claim, "erasure") == 0) {
		hrv_fail(err, HRV_EUSAGE, "this right is answered otherwise");
		return hrv_hint(err,
		    "'hrvault case %s %s', or 'hrvault case "
		    "refuse'",
		    case_has_package(k) ? "export" : "erase", id);
	}
	if (strcmp(a->outcome, "partly") == 0 &&
	    strcmp(k->claim, "rectification") != 0)
		return hrv_fail(
		    err, HRV_EUSAGE, "only a correction can be made in part");
	if (restriction && granted && a->ground == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "the ground of the restriction is missing (Art. 18(1))");
	if (a->ground != NULL && !(restriction && granted))
		return hrv_fail(err, HRV_EUSAGE,
		    "only a restriction that is granted has a ground");
	return a->ground == NULL ? HRV_OK
				 : restrict_check_ground(a->ground, err);
}

static int
check_case(struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	int rc = case_must_be_active(v, k, OP, err);

	if (rc == HRV_OK && strcmp(k->status, CASE_OPEN) != 0)
		rc = case_refused(
		    v, k, OP, "was decided already", "outcome", err);
	return rc == HRV_OK ? case_check_requester(k, err) : rc;
}

static int
restrict_granted(struct hrv_vault *v, const struct kase *k, const char *ground,
    struct hrv_err *err)
{
	struct restrict_step step = {
		.subject = &k->subject, .ground = ground, .kase = &k->id
	};

	return ground == NULL ? HRV_OK : restrict_apply(v, &step, NULL, err);
}

static int
store(struct hrv_vault *v, const struct kase *k, const struct case_step *s,
    const char *ground, struct hrv_err *err)
{
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = case_unchanged(v, k, err);
	if (rc == HRV_OK)
		rc = case_step_write(v, k, s, NULL, err);
	if (rc == HRV_OK)
		rc = restrict_granted(v, k, ground, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

/* The step, approved where it takes two. */
static int
decide(struct hrv_vault *v, const struct kase *k,
    const struct hrv_case_resolve_args *a, struct hrv_err *err)
{
	bool rejected = strcmp(a->outcome, "rejected") == 0;
	char day[HRV_DATE_TEXT], event[24];
	struct approval approval = { .alone = false };
	struct case_step s = { .op = OP,
		.event = event,
		.day = day,
		.status = CASE_DECIDED,
		.text = a->reason,
		.approval = &approval };
	int rc = case_day(v, k, NULL, day, err);

	snprintf(event, sizeof(event), "decided.%s", a->outcome);
	s.payload = json_pack("{s:s}", "outcome", a->outcome);
	if (s.payload == NULL || json_set_str(s.payload, "ground",
				     rejected ? "rejected" : a->ground))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK && rejected)
		rc = case_refusal_approved(v, k, &s, &approval, err);
	if (rc == HRV_OK)
		rc = store(v, k, &s, a->ground, err);
	json_decref(s.payload);
	return rc;
}

int
hrv_case_resolve(struct hrv_vault *v, const struct hrv_case_resolve_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct kase k = { .law = NULL };
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = check_words(args, err);
	if (rc == HRV_OK)
		rc = case_load(v, args->which, &k, err);
	if (rc == HRV_OK)
		rc = check_right(&k, args, err);
	if (rc == HRV_OK)
		rc = check_case(v, &k, err);
	if (rc == HRV_OK)
		rc = decide(v, &k, args, err);
	if (rc == HRV_OK)
		rc = hrv_case_outcome(v, args->which, ret_doc, err);
	case_clear(&k);
	return rc;
}

/* Whether an objection of the person, except one (may be NULL), is open, or was
 * granted and that counts too. */
static int
any_stands(struct hrv_vault *v, const struct hrv_id *subject,
    const struct hrv_id *except, bool granted, bool *ret, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_of(
	    v, SQL_KASE_LIST_OBJECTIONS, subject, ID_CASE, &ids, &n, err);

	*ret = false;
	for (size_t i = 0; rc == HRV_OK && !*ret && i < n; i++) {
		struct kase other = { .law = NULL };
		const char *word;

		if (except != NULL && id_equal(&ids[i], except))
			continue;
		rc = case_rows(v, &ids[i], &other, err);
		word = case_outcome_word(&other);
		*ret = rc == HRV_OK &&
		       (word == NULL ||
			   (granted && strcmp(word, "rejected") != 0));
		case_clear(&other);
	}
	free(ids);
	return rc;
}

int
case_objection_pending(struct hrv_vault *v, const struct hrv_id *subject,
    bool *ret, struct hrv_err *err)
{
	return any_stands(v, subject, NULL, false, ret, err);
}

int
case_lift_objection(struct hrv_vault *v, const struct kase *k, const char *told,
    struct hrv_err *err)
{
	struct restrict_step step = { .subject = &k->subject,
		.lifted = RESTRICT_OBJECTION,
		.told = told,
		.kase = &k->id };
	const char *word = case_outcome_word(k);
	bool over = strcmp(k->status, CASE_REFUSED) == 0 ||
		    (word != NULL && strcmp(word, "rejected") == 0);
	bool stands = false;
	struct subject_row s;
	int rc;

	if (strcmp(k->claim, "objection") != 0 || !over)
		return HRV_OK;
	rc = subject_load(v, &k->subject, &s, err);
	if (rc != HRV_OK || !grounds_has(s.restricted, RESTRICT_OBJECTION))
		return rc;
	rc = any_stands(v, &k->subject, &k->id, true, &stands, err);
	return rc != HRV_OK || stands ? rc
				      : restrict_apply(v, &step, NULL, err);
}
