/* SPDX-License-Identifier: ISC */
/*
 * A certificate of destruction as text for people. Layer: verbs; pure.
 */
#ifndef VAULT_CERTTEXT_H
#define VAULT_CERTTEXT_H

#include "vault/base/json.h"

/* Appends the text of a certificate given as its JSON document. */
int certtext_write(const json_t *certificate, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
