/* SPDX-License-Identifier: ISC */
/*
 * Destruction is held back after a restore that lost what may keep a record.
 * Layer: verbs.
 */
#ifndef VAULT_PURGE_RESTORED_H
#define VAULT_PURGE_RESTORED_H

#include "vault/fold.h"

/* HRV_ECONFIRM "restored" while nobody has said that what a restore lost was
 * entered again. */
int purge_check_restored(
    const struct fold *f, struct hrv_err *err) HRV_MUST_CHECK;
/* The same from the log as it is stored, for looking: *ret, and the entry of
 * the restore in *ret_entry. */
int purge_restored(struct hrv_vault *v, uint64_t *ret_entry, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
