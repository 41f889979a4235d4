/* SPDX-License-Identifier: ISC */
/*
 * How cases end: delivered, refused, closed. Layer: verbs. Invariant: closing
 * does not free the records at once; the law's freeze runs from that day.
 */
#include "hrvault/case.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/case.h"
#include "vault/case_erase.h"
#include "vault/case_gate.h"
#include "vault/case_life.h"
#include "vault/detail.h"
#include "vault/dual.h"
#include "vault/proposal.h"

static int
end_doc(const struct kase *k, const struct case_step *s, struct hrv_doc **ret,
    struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o;

	id_format(&k->id, id);
	o = json_pack(
	    "{s:s,s:s,s:s}", "id", id, "status", s->status, "on", s->day);
	if (o == NULL || json_set_str(o, "frozen_until", s->frozen_until) ||
	    (s->payload != NULL && json_object_update(o, s->payload) != 0)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

/* The answer reached the person on that day: what follows from it, follows in
 * the same commit. */
static int
told_step(struct hrv_vault *v, const struct kase *k, const struct case_step *s,
    const char *told, struct hrv_err *err)
{
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = case_unchanged(v, k, err);
	if (rc == HRV_OK)
		rc = case_step_write(v, k, s, NULL, err);
	if (rc == HRV_OK)
		rc = case_lift_objection(v, k, told, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

/* Nobody is handed an answer before there is one. */
static int
check_delivery(struct hrv_vault *v, const struct kase *k, const char *day,
    struct hrv_err *err)
{
	const struct case_event *e = case_answer(k, true);
	int rc = case_erases(k) ? case_erase_settled(v, k, "case.deliver", err)
				: HRV_OK;

	if (rc != HRV_OK || e == NULL || strcmp(day, e->day) >= 0)
		return rc;
	hrv_fail(err, HRV_EUSAGE,
	    "the answer was made on %s, so it was not delivered on %s", e->day,
	    day);
	return hrv_hint(
	    err, "--on is the day on which the person had the answer");
}

int
hrv_case_deliver(struct hrv_vault *v, const char *which, const char *method,
    const char *on, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct case_step s = { .op = "case.deliver",
		.event = "delivered",
		.status = CASE_DELIVERED };
	struct entry e = ENTRY("case.deliver");
	struct kase k = { .law = NULL };
	char day[HRV_DATE_TEXT];
	json_t *p = NULL;
	int rc = role_may(v->role, s.op, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = case_word(method, "method", err);
	if (rc == HRV_OK)
		rc = case_load(v, which, &k, err);
	if (rc == HRV_OK)
		rc = case_day(v, &k, on, day, err);
	if (rc == HRV_OK)
		rc = case_must_be_active(v, &k, s.op, err);
	if (rc == HRV_OK && strcmp(k.status, CASE_OPEN) == 0)
		rc = case_refused(v, &k, s.op,
		    case_has_package(&k)
			? "has no package that could be delivered"
			: "was not decided yet",
		    case_has_package(&k) ? "export" : "outcome", err);
	if (rc == HRV_OK)
		rc = check_delivery(v, &k, day, err);
	if (rc == HRV_OK && (p = json_pack("{s:s}", "method", method)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	s.day = day;
	s.payload = p;
	if (rc == HRV_OK)
		rc = told_step(v, &k, &s, day, err);
	if (rc == HRV_OK)
		rc = end_doc(&k, &s, ret_doc, err);
	json_decref(p);
	case_clear(&k);
	return rc;
}

static int
check_ground(const struct kase *k, const char *ground, struct hrv_err *err)
{
	static const char *const known[] = { "unfounded", "excessive",
		"identity", "withdrawn", "died", "unanswered" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(ground, known[i]) == 0)
			return HRV_OK;
	}
	if (case_code_needs_opinion(k, ground)) {
		hrv_fail(err, HRV_EUSAGE,
		    "%s is for records of which a health professional says "
		    "that they do harm, not for a whole request",
		    ground);
		return hrv_hint(
		    err, "'hrvault case withhold C R --code %s'", ground);
	}
	if (hrv_law_find_code(k->law, ground) != NULL)
		return HRV_OK;
	hrv_fail(err, HRV_EUSAGE, "no such ground for refusing");
	return hrv_hint(err,
	    "unfounded, excessive, identity, withdrawn, died, unanswered, or "
	    "a code of the law %s",
	    k->law->id);
}

int
case_refusal_approved(struct hrv_vault *v, const struct kase *k,
    const struct case_step *s, struct approval *ret, struct hrv_err *err)
{
	struct proposal_args two = { .kind = "case.refuse",
		.subject = &k->subject,
		.kase = &k->id,
		.reason = s->text,
		.kek = KEK_DETAIL,
		.owner = &k->id };
	struct entry refused = ENTRY("case.refuse");
	char id[ID_TEXT_SIZE];
	json_t *what, *bound;
	int rc = HRV_OK;

	id_format(&k->id, id);
	what = json_pack(
	    "{s:s,s:s}", "case", id, "ground", json_str(s->payload, "ground"));
	bound = json_pack("{s:s}", "reason", s->text == NULL ? "" : s->text);
	two.what = what;
	if (what == NULL || bound == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	/* The words go to the person: none but those approved. */
	if (rc == HRV_OK)
		rc = dual_bind(v, bound, what, err);
	if (rc == HRV_OK)
		rc = proposal_require(v, &two, ret, err);
	json_decref(what);
	json_decref(bound);
	refused.subject = &k->subject;
	refused.kase = &k->id;
	return rc == HRV_EREFUSED ? txn_refuse(v, &refused, err) : rc;
}

/* An erasure that was ordered before the case was opened again is ordered no
 * longer, in the tables as in the fold of the log. */
static int
refuse_step(struct hrv_vault *v, const struct kase *k,
    const struct case_step *s, struct hrv_err *err)
{
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = case_unchanged(v, k, err);
	if (rc == HRV_OK)
		rc = case_erase_take_back(v, k, err);
	if (rc == HRV_OK)
		rc = case_step_write(v, k, s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

int
hrv_case_refuse(struct hrv_vault *v, const char *which, const char *ground,
    const char *reason, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct case_step s = { .op = "case.refuse",
		.event = "refused",
		.status = CASE_REFUSED,
		.text = reason };
	struct entry e = ENTRY("case.refuse");
	struct approval approval = { .alone = false };
	struct kase k = { .law = NULL };
	char day[HRV_DATE_TEXT];
	json_t *p = NULL;
	int rc = role_may(v->role, s.op, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = case_load(v, which, &k, err);
	if (rc == HRV_OK)
		rc = check_ground(&k, ground, err);
	if (rc == HRV_OK)
		rc = text_check_field(TEXT_REASON, reason, strlen(reason), err);
	if (rc == HRV_OK)
		rc = case_day(v, &k, NULL, day, err);
	/* A package that was not handed over is no answer yet. */
	if (rc == HRV_OK && strcmp(k.status, CASE_OPEN) != 0 &&
	    strcmp(k.status, CASE_EXPORTED) != 0)
		rc = case_refused(v, &k, s.op,
		    "was answered or refused already", "show", err);
	if (rc == HRV_OK)
		rc = case_check_ground(v, &k, ground, err);
	if (rc == HRV_OK && (p = json_pack("{s:s}", "ground", ground)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	s.day = day;
	s.payload = p;
	s.approval = &approval;
	if (rc == HRV_OK)
		rc = case_refusal_approved(v, &k, &s, &approval, err);
	if (rc == HRV_OK)
		rc = refuse_step(v, &k, &s, err);
	if (rc == HRV_OK)
		rc = end_doc(&k, &s, ret_doc, err);
	json_decref(p);
	case_clear(&k);
	return rc;
}

/* Closing ends the protection of the records, so a schedule may ask two. */
static int
close_allowed(struct hrv_vault *v, const struct kase *k, struct approval *ret,
    struct hrv_err *err)
{
	struct dual_step two = {
		.kind = "case.close", .subject = &k->subject, .kase = &k->id
	};
	struct entry refused = ENTRY("case.close");
	int rc = dual_allow(v, &two, ret, err);

	refused.subject = &k->subject;
	refused.kase = &k->id;
	return rc == HRV_EREFUSED ? txn_refuse(v, &refused, err) : rc;
}

/* A package lies ready, and the person has nothing of it: closed now, the
 * request would never be answered. */
static int
not_delivered(struct hrv_vault *v, const struct kase *k, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];

	id_format(&k->id, id);
	(void)case_refused(v, k, "case.close",
	    "has a package that was not delivered yet", NULL, err);
	return hrv_hint(err,
	    "'hrvault case deliver %s --method M'; where nothing is to be "
	    "handed over any more, 'hrvault case refuse %s --ground G "
	    "--reason T'",
	    id, id);
}

static const char *
refused_on(const struct kase *k, const char *otherwise)
{
	const struct case_event *e = case_find_event(k, "refused");

	return e == NULL ? otherwise : e->day;
}

int
hrv_case_close(struct hrv_vault *v, const char *which, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct case_step s = {
		.op = "case.close", .event = "closed", .status = CASE_CLOSED
	};
	struct entry e = ENTRY("case.close");
	struct kase k = { .law = NULL };
	char day[HRV_DATE_TEXT], until[HRV_DATE_TEXT];
	struct approval approval = { .alone = false };
	struct hrv_date d;
	int rc = role_may(v->role, s.op, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = case_load(v, which, &k, err);
	if (rc == HRV_OK && strcmp(k.status, CASE_CLOSED) == 0)
		rc = case_refused(v, &k, s.op, "is closed", "show", err);
	if (rc == HRV_OK && strcmp(k.status, CASE_OPEN) == 0)
		rc = case_refused(v, &k, s.op,
		    "was neither answered nor refused yet",
		    case_has_package(&k) ? "export" : "outcome", err);
	if (rc == HRV_OK && strcmp(k.status, CASE_EXPORTED) == 0)
		rc = not_delivered(v, &k, err);
	if (rc == HRV_OK && case_erases(&k) && !case_refusal_stands(&k))
		rc = case_erase_settled(v, &k, s.op, err);
	if (rc == HRV_OK)
		rc = case_day(v, &k, NULL, day, err);
	if (rc == HRV_OK &&
	    (!hrv_date_parse(day, &d) ||
		!hrv_date_add(d, k.law->freeze_after_close, &d)))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the freeze after closing leaves the year 9999");
	if (rc == HRV_OK) {
		hrv_date_format(d, until);
		s.day = day;
		s.frozen_until = until;
		s.approval = &approval;
		rc = close_allowed(v, &k, &approval, err);
	}
	if (rc == HRV_OK) {
		/* Who was refused was told when it was. */
		rc = told_step(v, &k, &s, refused_on(&k, day), err);
	}
	if (rc == HRV_OK)
		rc = end_doc(&k, &s, ret_doc, err);
	case_clear(&k);
	return rc;
}
