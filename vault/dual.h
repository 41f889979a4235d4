/* SPDX-License-Identifier: ISC */
/*
 * Two people where the schedule asks for them: the steps of its list
 * `dual_control` beyond the fixed ones. A verb asks dual_allow() with what it
 * is about to do; where the schedule does not list the step nothing is asked.
 * Layer: verbs.
 */
#ifndef VAULT_DUAL_H
#define VAULT_DUAL_H

#include "vault/base/json.h"
#include "vault/proposal.h"

/* One step. All but kind may be NULL. */
struct dual_step {
	const char *kind; /* as the schedule lists it: the operation */
	const struct hrv_id *subject;
	const struct hrv_id *record;
	const struct hrv_id *kase;
	const char *comp;    /* compartments it touches: NULL with a subject */
	const char *to_comp; /* and no record: all that the subject has */
	/* Somebody besides the subject, of both of whom other records' dates
	 * move as well; else NULL. */
	const struct hrv_id *others;
	/* What else will be done, no personal data; and what of it is
	 * personal: it is bound by a keyed hash. Both borrowed. */
	json_t *what;
	const json_t *bound;
	/* What it comes to, for who approves; as in proposal_args. */
	const json_t *effects;
	const char *reason; /* sealed with the proposal, for who approves */
};

/* Whether the schedule in force lists the step. */
bool dual_asks(const struct hrv_vault *v, const char *kind);
/*
 * Whether the step may be taken now. *ret is empty where nothing is asked;
 * else as proposal_require(), whose errors these are: the caller logs *ret
 * with the step and uses it up. An open transaction is given up after a
 * failure.
 */
int dual_allow(struct hrv_vault *v, const struct dual_step *step,
    struct approval *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * For a step that is only in part one of those that the schedule lists: as
 * dual_allow(), but asked for in any case, and without opening a proposal.
 * *ret stays empty where nobody approved it. Not for a vault in founding.
 */
int dual_find(struct hrv_vault *v, const struct dual_step *step,
    struct approval *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Opens the proposal for such a step, or finds the one that waits. */
int dual_propose(struct hrv_vault *v, const struct dual_step *step,
    struct hrv_id *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* proposal_bind() as "bound_mac". */
int dual_bind(struct hrv_vault *v, const json_t *bound, json_t *what,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
