/* SPDX-License-Identifier: ISC */
/*
 * From when a version whose erasure was ordered may go, as far as the notice
 * is concerned. Layer: verbs.
 */
#ifndef VAULT_ERASURE_NOTICE_H
#define VAULT_ERASURE_NOTICE_H

#include "hrvault/policy.h"
#include "vault/version.h"

/*
 * The first day after the notice, which runs from the order: `since`, the time
 * of its entry. Only who enters the date that ended the keeping afterwards,
 * where there was one to end, begins it again; whatever else is written to the
 * record or the person does not.
 */
int erasure_notice(struct hrv_vault *v, const struct record_row *rec,
    const struct hrv_decision *d, int64_t since, struct hrv_date *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
