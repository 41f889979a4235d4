/* SPDX-License-Identifier: ISC */
/*
 * Finishing what a killed command left behind. Runs under the write lock, at
 * the beginning of every write transaction, and touches only what belongs to
 * sessions that have died. Layer: verbs.
 */
#ifndef VAULT_RECOVER_H
#define VAULT_RECOVER_H

#include "vault/handle.h"

/* Closes every intent of a dead session as "outcome unknown, treat as
 * disclosed". */
int recover_intents(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Destroys old keystore generations that a committed purge run left standing.
 * One that a reader still holds is left for the next writer; one newer than
 * vault.db knows is never touched here.
 */
int recover_generations(
    struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;

/* The same for what rotations left; says so in the log, also where the files
 * are gone already. */
int recover_rotations(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* Inside a transaction: logs that a generation which a rotation left was
 * destroyed, and forgets that it was to be. */
int recover_note_destroyed(
    struct hrv_vault *v, uint32_t gen, struct hrv_err *err) HRV_MUST_CHECK;

#endif
