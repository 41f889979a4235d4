/* SPDX-License-Identifier: ISC */
/*
 * Destroying all about a person who should not be in the vault: taken in under
 * the minimum age, or without any record ever. Layer: verbs.
 */
#ifndef VAULT_EXPEL_H
#define VAULT_EXPEL_H

#include "hrvault/schedule.h"
#include "vault/base/id.h"
#include "vault/handle.h"

/*
 * By the purge's own steps, by two people, never under a hold, a cooling-off
 * or a case. The ground (args->destroy) must be true by what is stored. A
 * person under age is restricted from the first call on. Refusals are logged.
 * Result and errors as hrv_retention_review().
 */
int expel(struct hrv_vault *v, const struct hrv_id *subject,
    const struct hrv_review_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
