/* SPDX-License-Identifier: ISC */
/*
 * From what somebody typed to the scope of a hold, and from a scope to the
 * records it covers now. Layer: verbs.
 */
#ifndef VAULT_HOLDSCOPE_H
#define VAULT_HOLDSCOPE_H

#include "hrvault/hold.h"
#include "vault/scope.h"

/* Looks everything up and fills *ret (scope_clear()). HRV_EUSAGE when it
 * names nothing, an unknown class or a bad date; HRV_ENOTFOUND. */
int holdscope_read(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct scope *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Counts the live records that a scope covers now; their ids are added to
 * list unless it is NULL. */
int holdscope_matches(struct hrv_vault *v, const struct scope *scope,
    json_t *list, size_t *ret_n, struct hrv_err *err) HRV_MUST_CHECK;

#endif
