/* SPDX-License-Identifier: ISC */
/*
 * Refiling a record together with the statements on it: what record_refile.c
 * and record_refile_with.c share. Internal to them. Layer: verbs.
 */
#ifndef VAULT_RECORD_REFILE_INT_H
#define VAULT_RECORD_REFILE_INT_H

#include "vault/record_refile.h"

/* The key of every version that is there. HRV_EREFUSED ("key-not-held"). */
int refile_check_keys(struct hrv_vault *v, const struct record_row *rec,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The row as it will be. */
int refile_set_row(struct hrv_vault *v, const struct refiling *r,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The entry that states the record as it is now: the outcome of its intent. */
int refile_log(struct hrv_vault *v, struct refiling *r,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Fills r->with; after r was checked. */
int refile_with_load(struct hrv_vault *v, struct refiling *r,
    struct hrv_err *err) HRV_MUST_CHECK;
/* An intent for each. */
int refile_with_open(struct hrv_vault *v, struct refiling *r,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Under the lock. HRV_EBUSY when they are not those that were loaded. */
int refile_with_reload(struct hrv_vault *v, struct refiling *r,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Their rows, after that of r. */
int refile_with_rows(struct hrv_vault *v, struct refiling *r,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Seals them anew and states them. */
int refile_with_seal(struct hrv_vault *v, struct refiling *r,
    struct hrv_err *err) HRV_MUST_CHECK;
/* After a failure, with the transaction undone: the outcome of their intents.
 */
void refile_with_failed(
    struct hrv_vault *v, struct refiling *r, const struct hrv_err *why);
/* Gives back r->with. */
void refile_with_clear(struct refiling *r);

#endif
