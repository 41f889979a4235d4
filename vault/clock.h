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

#endif
