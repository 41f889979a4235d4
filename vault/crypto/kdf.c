/* SPDX-License-Identifier: ISC */
/*
 * HKDF over HMAC, which libgcrypt has only from a later release on. Layer:
 * crypto. Invariant: every intermediate value is a struct key.
 */
#include "vault/crypto/kdf.h"

#include <string.h>

int
kdf_extract(const struct kdf_args *args, const struct key *ikm,
    struct key **ret_prk, struct hrv_err *err)
{
	static const uint8_t zeros[CRYPT_SHA512_LEN];
	struct crypt_part none = { zeros, crypt_hash_len(args->hash) };
	struct crypt_part part = { key_bytes(ikm), key_len(ikm) };
	struct key *prk = NULL;
	int rc;

	if ((rc = key_new(none.len, &prk, err)) != HRV_OK)
		goto out;
	rc = crypt_hmac_parts(args->hash,
	    args->salt.len > 0 ? &args->salt : &none, &part, 1, key_fill(prk),
	    err);
	if (rc != HRV_OK)
		goto out;
	*ret_prk = prk;
	prk = NULL;
out:
	key_free(prk);
	return rc;
}

/* One block: HMAC(prk, previous block || info || counter). */
static int
expand_block(const struct kdf_args *args, const struct key *prk,
    struct key *block, uint8_t counter, struct hrv_err *err)
{
	struct crypt_part mac_key = { key_bytes(prk), key_len(prk) };
	struct crypt_part parts[KDF_INFO_PARTS + 2];

	parts[0].data = key_bytes(block);
	parts[0].len = counter > 1 ? key_len(block) : 0;
	memcpy(&parts[1], args->info, sizeof(args->info));
	parts[KDF_INFO_PARTS + 1].data = &counter;
	parts[KDF_INFO_PARTS + 1].len = 1;
	return crypt_hmac_parts(args->hash, &mac_key, parts, KDF_INFO_PARTS + 2,
	    key_fill(block), err);
}

int
kdf_expand(const struct kdf_args *args, const struct key *prk,
    struct key **ret_key, struct hrv_err *err)
{
	size_t unit = crypt_hash_len(args->hash), done = 0, n;
	struct key *out = NULL, *block = NULL;
	unsigned counter = 0;
	int rc;

	if (args->len > 255 * unit)
		return hrv_fail(err, HRV_EUSAGE,
		    "cannot derive a key of %zu bytes", args->len);
	if ((rc = key_new(args->len, &out, err)) != HRV_OK)
		goto out;
	if ((rc = key_new(unit, &block, err)) != HRV_OK)
		goto out;
	for (; done < args->len; done += n) {
		rc = expand_block(args, prk, block, (uint8_t)++counter, err);
		if (rc != HRV_OK)
			goto out;
		n = args->len - done < unit ? args->len - done : unit;
		memcpy(key_fill(out) + done, key_bytes(block), n);
	}
	*ret_key = out;
	out = NULL;
out:
	key_free(block);
	key_free(out);
	return rc;
}

int
kdf_derive(const struct kdf_args *args, const struct key *ikm,
    struct key **ret_key, struct hrv_err *err)
{
	struct key *prk = NULL;
	int rc;

	if ((rc = kdf_extract(args, ikm, &prk, err)) == HRV_OK)
		rc = kdf_expand(args, prk, ret_key, err);
	key_free(prk);
	return rc;
}

int
kdf_keystore(const struct key *k_write, const uint8_t anchor[32], uint32_t gen,
    struct key **ret_key, struct hrv_err *err)
{
	static const char label[] = "hrvault/keystore/v1";
	uint8_t be[4] = { (uint8_t)(gen >> 24), (uint8_t)(gen >> 16),
		(uint8_t)(gen >> 8), (uint8_t)gen };
	struct kdf_args args = { .hash = CRYPT_SHA512,
		.salt = { anchor, 32 },
		.info = { { label, sizeof(label) - 1 }, { be, sizeof(be) } },
		.len = KEY_LEN };

	return kdf_derive(&args, k_write, ret_key, err);
}

int
kdf_log_seed(const struct key *k_write, const uint8_t vault_id[32],
    struct key **ret_seed, struct hrv_err *err)
{
	static const char label[] = "hrvault/log/v1";
	struct kdf_args args = { .hash = CRYPT_SHA512,
		.info = { { label, sizeof(label) - 1 }, { vault_id, 32 } },
		.len = KEY_LEN };

	return kdf_derive(&args, k_write, ret_seed, err);
}

int
kdf_index_field(const struct key *k_index, const char *field,
    struct key **ret_key, struct hrv_err *err)
{
	struct kdf_args args = { .hash = CRYPT_SHA512,
		.info = { { field, strlen(field) } },
		.len = KEY_LEN };

	return kdf_derive(&args, k_index, ret_key, err);
}
