/* SPDX-License-Identifier: ISC */
/*
 * Sealing the versions of a record anew, from one key and context to another,
 * without their plaintext ever leaving memory. Layer: verbs.
 */
#ifndef VAULT_RECORD_RESEAL_H
#define VAULT_RECORD_RESEAL_H

#include "vault/record_refile.h"

/*
 * Opens every version of r->rec that is there with r->receipt and seals it
 * for r->to, r->class_name and r->compartment with a key of its own, inside
 * the open transaction; the keys before are noted as retired. Fills versions,
 * media and sha256. Errors of unseal_body() and seal_version().
 */
int reseal_versions(struct hrv_vault *v, struct refiling *r,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
