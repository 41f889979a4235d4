/* SPDX-License-Identifier: ISC */
/*
 * What a case still needs, and the command that comes next, as far as its rows
 * tell. Layer: verbs. Nothing is opened for it and nothing logged.
 */
#ifndef VAULT_CASE_NEXT_H
#define VAULT_CASE_NEXT_H

#include "vault/case.h"
#include "vault/version.h"

/* Whether the record is about somebody besides the subject. */
int case_about_others(struct hrv_vault *v, const struct kase *k,
    const struct record_row *rec, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Sets in each row of items (case_items_json() of the same case) that is
 * undecided `waits_for`, a list: "linked-person" (it is about somebody else as
 * well), "opinion", "signoff" (the law's gates), "key" (of its compartment,
 * which the caller does not hold). The case has its law.
 */
int case_put_waits(struct hrv_vault *v, const struct kase *k, json_t *items,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Sets `missing` (a sentence; absent where nothing is) and `next` (a command)
 * of a case that is not over. */
int case_put_next(struct hrv_vault *v, const struct kase *k, json_t *o,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
