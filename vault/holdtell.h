/* SPDX-License-Identifier: ISC */
/*
 * What a report says of holds about one version of a record: to everybody
 * since when it is kept past its limit, to legal and dpo by which holds.
 * Layer: verbs.
 */
#ifndef VAULT_HOLDTELL_H
#define VAULT_HOLDTELL_H

#include "vault/base/json.h"
#include "vault/protect.h"

/* Whether the member may know which holds there are behind "held". */
bool holdtell_may(const struct hrv_vault *v);
/*
 * Adds to o, where a hold or its cooling-off covers version n of the record:
 * holds (ids, for who may know) and beyond_limit (the first day on which it
 * would have had to be gone). Nothing where none does.
 */
int holdtell_add(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, uint32_t n, json_t *o,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The first day after a limit that has passed by today; "" otherwise. */
void holdtell_since(const char *limit, const char *today, char out[11]);

#endif
