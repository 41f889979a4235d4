/* SPDX-License-Identifier: ISC */
/*
 * What a fold would say if the tables were right: for looking, never for
 * destroying. Layer: verbs.
 */
#ifndef VAULT_FOLDROWS_H
#define VAULT_FOLDROWS_H

#include "vault/fold.h"

/* Fills a fold that was begun by fold_init() from the rows of the things it
 * looks out for, the holds and the schedule in force. */
int fold_rows(
    struct fold *f, struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;

#endif
