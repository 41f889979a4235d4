/* SPDX-License-Identifier: ISC */
/*
 * Setting and lifting a restriction inside a transaction of somebody else: an
 * objection restricts by itself when it comes in, a restriction that is
 * granted when it is decided. Layer: verbs.
 */
#ifndef VAULT_RESTRICT_H
#define VAULT_RESTRICT_H

#include "vault/handle.h"

#define RESTRICT_OBJECTION "objection"

struct restrict_step {
	const struct hrv_id *subject;
	const char *ground; /* comes to those there are; NULL: lifted */
	const char *lifted; /* that ground goes; NULL: all there are */
	const char *reason; /* of a lifting, sealed; NULL: the case has it */
	const char *told;   /* of a lifting: day the person was told */
	const struct hrv_id *kase; /* on whose account, or NULL */
	bool by_right; /* the law restricts, at the person's word (Art.
			* 18(1)(d)): nobody is asked, and what a hold would
			* cover no more is preserved by name */
	bool again;    /* a restore does what was done before: nobody is asked,
			* and the hold of that time is placed for itself */
};

/* HRV_EUSAGE unless it is one ground of the law. */
int restrict_check_ground(
    const char *ground, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Inside the open transaction: changes the subject and its live records, and
 * logs it. *ret_records (may be NULL): how many records there are. The caller
 * commits, and asks before whether there is anything to change.
 */
int restrict_apply(struct hrv_vault *v, const struct restrict_step *step,
    size_t *ret_records, struct hrv_err *err) HRV_MUST_CHECK;

#endif
