/* SPDX-License-Identifier: ISC */
/*
 * The keys of the vault in the right hands: who holds which, what has to be
 * replaced because somebody knows it who left, and replacing it.
 */
#ifndef HRVAULT_KEYS_H
#define HRVAULT_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/*
 * Looks at every member's key and every key of the vault; writes nothing.
 * *ret_doc: ok; problems, a list of code (expired, revoked, unusable,
 * expiring, ended, rotation, reencryption), member or key, text; rotations
 * as in hrv_member_remove(); single, the keys that one member alone holds.
 */
int hrv_key_check(struct hrv_vault *v, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
