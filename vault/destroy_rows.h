/* SPDX-License-Identifier: ISC */
/*
 * The rows of a destruction: what goes out of vault.db and what stays as a
 * tombstone. Used by destroy*.c alone. Layer: verbs.
 */
#ifndef VAULT_DESTROY_ROWS_H
#define VAULT_DESTROY_ROWS_H

#include "vault/candidate.h"
#include "vault/store/db.h"

/* Takes one version out: sealed header, place of the body, term; puts its
 * tombstone in. */
int rows_destroy_version(struct hrv_vault *v, const struct hrv_id *run,
    const char *day, const struct candidate *c,
    struct hrv_err *err) HRV_MUST_CHECK;
/* When no live version is left: the record is purged, and its events, links,
 * birth dates and typed reasons go. *ret_gone tells. */
int rows_finish_record(struct hrv_vault *v, const struct hrv_id *record,
    bool *ret_gone, struct hrv_err *err) HRV_MUST_CHECK;
/* The subject is gone: index rows, events and reasons go. */
int rows_finish_subject(struct hrv_vault *v, const struct hrv_id *subject,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Runs a statement whose only value is that id. */
int rows_run_for(struct hrv_vault *v, enum sql_id sql,
    const struct hrv_id *id, struct hrv_err *err) HRV_MUST_CHECK;

#endif
