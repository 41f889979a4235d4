/* SPDX-License-Identifier: ISC */
/*
 * Whether somebody was old enough when taken in. Layer: verbs.
 */
#ifndef VAULT_INTAKE_AGE_H
#define VAULT_INTAKE_AGE_H

#include "hrvault/policy.h"
#include "vault/handle.h"

/*
 * Sets *ret to whether a person born that day might be taken in on the day
 * `stored`, by the schedule that was in force then. Where several were on that
 * day, one that allowed it is enough, and so is one that this program cannot
 * read any more: in doubt nobody is destroyed. HRV_EINTEGRITY when a schedule
 * that the vault had is not stored.
 */
int intake_old_enough(struct hrv_vault *v, struct hrv_date born,
    struct hrv_date stored, bool *ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
