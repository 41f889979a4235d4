/* SPDX-License-Identifier: ISC */
/*
 * Whether the clock can be believed by a destruction run. Layer: verbs; pure.
 */
#ifndef VAULT_CLOCK_H
#define VAULT_CLOCK_H

#include "hrvault/policy.h"
#include "vault/fold.h"

/*
 * HRV_ECONFIRM ("clock") with the reason when the clock is more than five
 * minutes before the newest log entry, or when the log was silent for longer
 * than the schedule allows since the last finished run or confirmation: a
 * jump forward looks just like that. now: microseconds.
 */
int clock_check(const struct fold *f, const struct hrv_schedule *s, int64_t now,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Now, or the time of a later entry in the log, whose clock counts since it was
 * last confirmed: what is to be protected from now on for some time must not
 * end early because this machine's clock is slow. Reads the whole log. */
int clock_credible(
    struct hrv_vault *v, int64_t *ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
