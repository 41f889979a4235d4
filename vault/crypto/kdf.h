/* SPDX-License-Identifier: ISC */
/*
 * HKDF (RFC 5869) from key to key, and the keys that the vault derives with
 * it. Layer: crypto. Invariant: no intermediate value is in ordinary memory.
 */
#ifndef VAULT_CRYPTO_KDF_H
#define VAULT_CRYPTO_KDF_H

#include "vault/crypto/crypt.h"

#define KDF_INFO_PARTS 3

struct kdf_args {
	enum crypt_hash hash;
	struct crypt_part salt;			/* none: a hash length of 0s */
	struct crypt_part info[KDF_INFO_PARTS]; /* read as if in a row */
	size_t len; /* bytes wanted, at most 255 hashes and KEY_MAX */
};

/* HKDF-Extract: the pseudo-random key of one hash length, freed by the caller.
 * Uses hash and salt. HRV_EFAILED, HRV_ENOMEM. */
int kdf_extract(const struct kdf_args *args, const struct key *ikm,
    struct key **ret_prk, struct hrv_err *err) HRV_MUST_CHECK;

/* HKDF-Expand: len bytes, freed by the caller. Uses hash, info and len.
 * HRV_EUSAGE for a bad len, HRV_EFAILED, HRV_ENOMEM. */
int kdf_expand(const struct kdf_args *args, const struct key *prk,
    struct key **ret_key, struct hrv_err *err) HRV_MUST_CHECK;

/* Extract, then Expand. */
int kdf_derive(const struct kdf_args *args, const struct key *ikm,
    struct key **ret_key, struct hrv_err *err) HRV_MUST_CHECK;

/* The key of keys.<gen>.db: HKDF-SHA-512(K_write, salt = the anchor's 32
 * random bytes, info = "hrvault/keystore/v1" || gen u32 BE). */
int kdf_keystore(const struct key *k_write, const uint8_t anchor[32],
    uint32_t gen, struct key **ret_key, struct hrv_err *err) HRV_MUST_CHECK;

/* The Ed25519 seed of the log key: HKDF-SHA-512(K_write, no salt, info =
 * "hrvault/log/v1" || vault id). */
int kdf_log_seed(const struct key *k_write, const uint8_t vault_id[32],
    struct key **ret_seed, struct hrv_err *err) HRV_MUST_CHECK;

/* The HMAC key of one field of the blind index: HKDF-SHA-512(K_index, no salt,
 * info = the field's name). */
int kdf_index_field(const struct key *k_index, const char *field,
    struct key **ret_key, struct hrv_err *err) HRV_MUST_CHECK;

#endif
