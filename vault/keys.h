/* SPDX-License-Identifier: ISC */
/*
 * The keystore as the verbs use it: opened when first needed, written inside
 * the vault's write transaction, reopened when a purge has moved it on.
 * Layer: verbs.
 */
#ifndef VAULT_KEYS_H
#define VAULT_KEYS_H

#include "vault/crypto/wrap.h"
#include "vault/handle.h"

#define DEK_ID_LEN 16

/*
 * Opens the generation in force, if it is not open yet. Outside of a
 * transaction a generation that a purge has just replaced is looked up again.
 * HRV_EREFUSED for a role without K_write.
 */
int keys_open(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;

/* What a new data key is for. */
struct keys_new_args {
	const char *kek; /* "kek/pay" */
	const struct hrv_id *owner;
	enum wrap_purpose purpose;
};
/*
 * A new random data key, wrapped under the newest KEK of that name and added
 * to the keystore inside the open write transaction. *ret_dek is the caller's
 * (key_free). HRV_EREFUSED ("key-not-held") without that KEK.
 */
int keys_new(struct hrv_vault *v, const struct keys_new_args *args,
    struct key **ret_dek, uint8_t ret_id[DEK_ID_LEN], uint32_t *ret_kek,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
