/* SPDX-License-Identifier: ISC */
/*
 * What is wrong with keys and their holders, for `key check` and `status`.
 * Layer: verbs.
 */
#ifndef VAULT_KEYCHECK_H
#define VAULT_KEYCHECK_H

#include "vault/base/json.h"
#include "vault/handle.h"

/* Adds to list what is wrong with members' keys: code ("expired", "revoked",
 * "unusable", "expiring", "ended"), member, text. */
int keycheck_members(
    struct hrv_vault *v, json_t *list, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds to list one problem for each rotation that is to be done: code
 * ("rotation"), key, text; *ret_tasks (the caller's) is exposed_tasks(). */
int keycheck_rotations(struct hrv_vault *v, json_t *list, json_t **ret_tasks,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
