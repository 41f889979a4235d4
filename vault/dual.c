/* SPDX-License-Identifier: ISC */
/*
 * Steps for which the schedule asks two people. Layer: verbs. Invariant: what
 * is approved is bound to what is done, personal data by a keyed hash.
 */
#include "vault/dual.h"

#include <string.h>

#include "hrvault/policy.h"
#include "vault/detail.h"
#include "vault/earlier.h"

bool
dual_asks(const struct hrv_vault *v, const char *kind)
{
	const struct hrv_schedule *s = v->schedule;

	for (size_t i = 0; s != NULL && i < s->dual_control_count; i++) {
		if (strcmp(s->dual_control[i], kind) == 0)
			return true;
	}
	return false;
}

int
dual_bind(
    struct hrv_vault *v, const json_t *bound, json_t *what, struct hrv_err *err)
{
	return proposal_bind(v, "bound_mac", bound, what, err);
}

static int
put_id(json_t *what, const char *name, const struct hrv_id *id)
{
	char text[ID_TEXT_SIZE];

	if (id == NULL)
		return 0;
	id_format(id, text);
	return json_set_str(what, name, text);
}

static int
make_what(struct hrv_vault *v, const struct dual_step *s, json_t *what,
    struct hrv_err *err)
{
	json_t *comps = json_array();
	int rc = HRV_OK;

	if (what == NULL || json_object_set_new(what, "compartments", comps) ||
	    (s->what != NULL && json_object_update(what, s->what)) ||
	    put_id(what, "subject", s->subject) ||
	    put_id(what, "record", s->record) ||
	    put_id(what, "case", s->kase) ||
	    (s->comp != NULL && earlier_add_comp(comps, s->comp)) ||
	    (s->to_comp != NULL && earlier_add_comp(comps, s->to_comp)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK && s->comp == NULL && s->record == NULL &&
	    s->kase == NULL && s->subject != NULL)
		rc = earlier_subject_comps(v, s->subject, comps, err);
	if (rc == HRV_OK && s->others != NULL)
		rc = earlier_subject_comps(v, s->subject, comps, err);
	if (rc == HRV_OK && s->others != NULL)
		rc = earlier_subject_comps(v, s->others, comps, err);
	if (rc == HRV_OK && s->bound != NULL)
		rc = dual_bind(v, s->bound, what, err);
	return rc;
}

static struct proposal_args
two_people(const struct dual_step *s, const json_t *what)
{
	return (struct proposal_args){ .kind = s->kind,
		.what = what,
		.effects = s->effects,
		.subject = s->subject,
		.record = s->record,
		.kase = s->kase,
		.reason = s->reason,
		.kek = KEK_DETAIL,
		.owner = s->record != NULL ? s->record
			 : s->kase != NULL ? s->kase
					   : s->subject };
}

int
dual_allow(struct hrv_vault *v, const struct dual_step *s, struct approval *ret,
    struct hrv_err *err)
{
	struct proposal_args two;
	json_t *what;
	int rc;

	*ret = (struct approval){ .alone = false };
	if (!dual_asks(v, s->kind))
		return HRV_OK;
	what = json_object();
	two = two_people(s, what);
	rc = make_what(v, s, what, err);
	if (rc == HRV_OK)
		rc = proposal_require(v, &two, ret, err);
	json_decref(what);
	return rc;
}

int
dual_find(struct hrv_vault *v, const struct dual_step *s, struct approval *ret,
    struct hrv_err *err)
{
	json_t *what = json_object();
	struct proposal_args two = two_people(s, what);
	int rc = make_what(v, s, what, err);

	*ret = (struct approval){ .alone = false };
	if (rc == HRV_OK)
		rc = proposal_approved(v, &two, ret, err);
	json_decref(what);
	return rc;
}

int
dual_propose(struct hrv_vault *v, const struct dual_step *s, struct hrv_id *ret,
    struct hrv_err *err)
{
	json_t *what = json_object();
	struct proposal_args two = two_people(s, what);
	int rc = make_what(v, s, what, err);

	if (rc == HRV_OK)
		rc = proposal_open(v, &two, ret, err);
	json_decref(what);
	return rc == HRV_ECONFIRM ? HRV_OK : rc;
}
