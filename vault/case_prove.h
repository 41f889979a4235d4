/* SPDX-License-Identifier: ISC */
/*
 * Proof that an entry stands in the log, for somebody outside. Layer: verbs.
 */
#ifndef VAULT_CASE_PROVE_H
#define VAULT_CASE_PROVE_H

#include "vault/handle.h"

/*
 * Signs a checkpoint that covers the committed entry `index`, if there is
 * none, appends the entry's .tlog-proof to out and says what the checkpoint
 * says in *ret_head. The proof was verified. Outside of a transaction.
 */
int case_prove(struct hrv_vault *v, uint64_t index, struct buf *out,
    struct note_checkpoint *ret_head, struct hrv_err *err) HRV_MUST_CHECK;

#endif
