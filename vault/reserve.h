/* SPDX-License-Identifier: ISC */
/*
 * The reserve: a file of a few megabytes that holds nothing, given up when
 * the disk is full so that a legal hold can still be placed. Layer: verbs.
 */
#ifndef VAULT_RESERVE_H
#define VAULT_RESERVE_H

#include "vault/handle.h"

#define RESERVE_BYTES (4 << 20)

/* Makes the reserve; HRV_EEXISTS when it is there. */
int reserve_make(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees its space; true when there was one to give up. */
bool reserve_give_up(struct hrv_vault *v);

#endif
