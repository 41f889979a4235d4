/* SPDX-License-Identifier: ISC */
/*
 * X25519 (RFC 7748). Layer: crypto. Invariants: as in crypt.c; a result of
 * all zero, which a hostile public key can force, is refused.
 */
#include "vault/crypto/crypt.h"

#include <gcrypt.h>
#include <string.h>

static const uint8_t base_point[CRYPT_X25519_LEN] = { 9 };

int
crypt_x25519(const struct key *secret, const uint8_t point[CRYPT_X25519_LEN],
    struct key **ret, struct hrv_err *err)
{
	static const uint8_t zero[CRYPT_X25519_LEN];
	struct key *out = NULL;
	int rc;

	if (key_len(secret) != CRYPT_X25519_LEN)
		return hrv_fail(
		    err, HRV_EUSAGE, "a key agreement needs 32 bytes");
	rc = key_new(CRYPT_X25519_LEN, &out, err);
	if (rc == HRV_OK && gcry_ecc_mul_point(GCRY_ECC_CURVE25519,
				key_fill(out), key_bytes(secret), point) != 0)
		rc = hrv_fail(err, HRV_EFAILED, "a key agreement failed");
	if (rc == HRV_OK && crypt_equal(key_bytes(out), zero, sizeof(zero)))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "a public key is one that agrees on nothing");
	if (rc != HRV_OK) {
		key_free(out);
		return rc;
	}
	*ret = out;
	return HRV_OK;
}

int
crypt_x25519_public(const struct key *secret, uint8_t pub[CRYPT_X25519_LEN],
    struct hrv_err *err)
{
	struct key *out = NULL;
	int rc = crypt_x25519(secret, base_point, &out, err);

	if (rc == HRV_OK)
		memcpy(pub, key_bytes(out), CRYPT_X25519_LEN);
	key_free(out);
	return rc;
}
