/* SPDX-License-Identifier: ISC */
/*
 * Orders of erasure as the tables have them: for looking, never for destroying.
 * Layer: verbs.
 */
#ifndef VAULT_FOLDORDERS_H
#define VAULT_FOLDORDERS_H

#include "vault/fold.h"

/*
 * Adds every order whose version is there to a fold that was begun, with the
 * time from which its notice runs: of the order, or of what filed its record
 * anew since. An order that a move ended is not among them. The approvals are
 * left out, because who only looks asks for none.
 */
int fold_orders(
    struct fold *f, struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;

#endif
