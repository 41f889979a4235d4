/* SPDX-License-Identifier: ISC */
/*
 * HMAC under a struct key. Layer: crypto, on top of crypt_hmac_parts().
 */
#include "vault/crypto/crypt.h"

size_t
crypt_hash_len(enum crypt_hash hash)
{
	return hash == CRYPT_SHA512 ? CRYPT_SHA512_LEN : CRYPT_SHA256_LEN;
}

static int
hmac_key(enum crypt_hash hash, const struct key *key, struct crypt_part part,
    uint8_t *out, struct hrv_err *err)
{
	struct crypt_part mac_key = { key_bytes(key), key_len(key) };

	return crypt_hmac_parts(hash, &mac_key, &part, 1, out, err);
}

int
crypt_hmac_sha256(const struct key *key, const void *data, size_t len,
    uint8_t out[CRYPT_SHA256_LEN], struct hrv_err *err)
{
	struct crypt_part part = { data, len };

	return hmac_key(CRYPT_SHA256, key, part, out, err);
}

int
crypt_hmac_sha512(const struct key *key, const void *data, size_t len,
    uint8_t out[CRYPT_SHA512_LEN], struct hrv_err *err)
{
	struct crypt_part part = { data, len };

	return hmac_key(CRYPT_SHA512, key, part, out, err);
}
