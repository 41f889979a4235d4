/* SPDX-License-Identifier: ISC */
/* What the files of owned.h share. Layer: verbs. */
#ifndef VAULT_OWNED_INT_H
#define VAULT_OWNED_INT_H

#include "vault/owned.h"

/* HRV_EINTEGRITY, with what to do. */
int owned_differs(const struct hrv_id *id, struct hrv_err *err) HRV_MUST_CHECK;
/* Whom somebody became at last, by the log. */
struct hrv_id owned_last(const struct owned *o, const struct hrv_id *subject);
/* The place of the first record of a person in o->sorted. */
size_t owned_first(const struct owned *o, const struct hrv_id *subject);
/* The next record of a person whose row is there, or NULL; *at goes on. */
const struct owned_record *owned_next(
    const struct owned *o, const struct hrv_id *subject, size_t *at);

#endif
