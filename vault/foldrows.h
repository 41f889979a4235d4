/* SPDX-License-Identifier: ISC */
/*
 * What a fold would say if the tables were right: for looking, never for
 * destroying. Layer: verbs.
 */
#ifndef VAULT_FOLDROWS_H
#define VAULT_FOLDROWS_H

#include "vault/fold.h"
#include "vault/version.h"

/* Fills a fold that was begun by fold_init() from the rows of the things it
 * looks out for, the holds and the schedule in force. */
int fold_rows(
    struct fold *f, struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* The schedules alone: every one that was ever in force. */
int fold_rows_policies(
    struct fold *f, struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* The first entry that may have stated a record, as far as the schedules of the
 * fold go: the row knows the last one, and the day on which it was stored. */
int fold_rows_first(struct hrv_vault *v, const struct fold *f,
    const struct record_row *rec, uint64_t *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
