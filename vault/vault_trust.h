/* SPDX-License-Identifier: ISC */
/*
 * The keyring of an open vault's own slot file, made once and kept: making one
 * starts three gpg processes. Layer: verbs.
 */
#ifndef VAULT_VAULT_TRUST_H
#define VAULT_VAULT_TRUST_H

#include "vault/custody/trust.h"
#include "vault/handle.h"

/* The certificates of v->slots as it is now. *ret belongs to the handle and
 * lasts until the next call or hrv_close(); nothing is imported into it. Errors
 * as trust_init(). */
int vault_trust(struct hrv_vault *v, struct trust **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Removes it, if there is one. */
void vault_trust_clear(struct hrv_vault *v);

#endif
