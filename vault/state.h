/* SPDX-License-Identifier: ISC */
/*
 * Canonical states: what the log commits to after every change, and what a
 * purge compares with the tables before it destroys anything. A date edited
 * in the raw database no longer has the state that was logged. Schemas in
 * docs/formats/state.md. Layer: verbs.
 */
#ifndef VAULT_STATE_H
#define VAULT_STATE_H

#include "vault/version.h"

/*
 * Hash of the canonical state of a record as the tables have it now: class,
 * compartment, subject, version, restriction, birth dates where kept, its own
 * events, linked subjects, and per live version its key and stored body.
 */
int state_record(struct hrv_vault *v, const struct hrv_id *id, uint8_t out[32],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Hash of the canonical state of a subject: kind, events with dates,
 * restriction. */
int state_subject(struct hrv_vault *v, const struct hrv_id *id, uint8_t out[32],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Writes the state and the entry that stated it into the row. */
int state_set_record(struct hrv_vault *v, const struct hrv_id *id,
    uint64_t leaf, const uint8_t state[32], struct hrv_err *err) HRV_MUST_CHECK;
int state_set_subject(struct hrv_vault *v, const struct hrv_id *id,
    uint64_t leaf, const uint8_t state[32], struct hrv_err *err) HRV_MUST_CHECK;

#endif
