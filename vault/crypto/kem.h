/* SPDX-License-Identifier: ISC */
/*
 * DHKEM(X25519, HKDF-SHA256) of RFC 9180: a fresh key that only the holder of
 * a private key can find again. Layer: crypto. Invariant: secrets are struct
 * keys from birth to death.
 */
#ifndef VAULT_CRYPTO_KEM_H
#define VAULT_CRYPTO_KEM_H

#include "vault/crypto/crypt.h"

#define KEM_LEN CRYPT_X25519_LEN /* bytes of every key and of enc */

/* A new shared key of 32 bytes for whoever holds the private half of pub, and
 * enc, which is to be kept with what is sealed under it. *ret is freed with
 * key_free(). HRV_EINTEGRITY for a public key of low order; HRV_EFAILED,
 * HRV_ENOMEM. */
int kem_encap(const uint8_t pub[KEM_LEN], uint8_t enc[KEM_LEN],
    struct key **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* The same with a given ephemeral secret: for known answers only. */
int kem_encap_with(const struct key *ephemeral, const uint8_t pub[KEM_LEN],
    uint8_t enc[KEM_LEN], struct key **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Finds the shared key again. A wrong enc or secret gives another key, which
 * the content sealed under it notices. Errors as kem_encap(). */
int kem_decap(const struct key *secret, const uint8_t enc[KEM_LEN],
    struct key **ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
