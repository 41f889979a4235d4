/* SPDX-License-Identifier: ISC */
/*
 * From what somebody typed to the scope of a hold, and from a scope to the
 * records it covers now. Layer: verbs.
 */
#ifndef VAULT_HOLDSCOPE_H
#define VAULT_HOLDSCOPE_H

#include "hrvault/hold.h"
#include "vault/scope.h"
#include "vault/txn.h"

/* Looks everything up and fills *ret (scope_clear()). HRV_EUSAGE when it
 * names nothing, an unknown class or a bad date; HRV_ENOTFOUND. */
int holdscope_read(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct scope *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Gets each live record that a scope covers now; anything but 0 ends it. */
typedef int holdscope_fn(
    void *ctx, const struct scope_thing *t, struct hrv_err *err);
int holdscope_each(struct hrv_vault *v, const struct scope *s, holdscope_fn *fn,
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/* The live records that a scope covers now. *ret is given back with
 * manifest_clear(). */
int holdscope_matches(struct hrv_vault *v, const struct scope *scope,
    struct manifest *ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
