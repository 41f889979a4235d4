/* SPDX-License-Identifier: ISC */
/*
 * Whether a case may be answered: everything decided, gates open today, who
 * asks is known and may ask, and whoever exports can open what goes out.
 * Layer: verbs.
 */
#ifndef VAULT_CASE_READY_H
#define VAULT_CASE_READY_H

#include "vault/case.h"

/* HRV_ECONFIRM ("not-collected", "undecided", "identity", "authority",
 * "gate") or HRV_EREFUSED ("key-not-held", "case"), with the next command;
 * nothing is logged here. */
int case_ready(struct hrv_vault *v, const struct kase *k,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
