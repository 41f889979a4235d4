/* SPDX-License-Identifier: ISC */
/*
 * DHKEM of RFC 9180, section 4.1. Layer: crypto.
 */
#include "vault/crypto/kem.h"

#include <string.h>

#include "vault/crypto/kdf.h"

/* "HPKE-v1" and the suite's id, before every label. */
static const uint8_t suite[] = { 'H', 'P', 'K', 'E', '-', 'v', '1', 'K', 'E',
	'M', 0x00, 0x20 };
static const char label_prk[] = "eae_prk";
static const char label_secret[] = "shared_secret";

/* ExtractAndExpand(dh, enc || pub). */
static int
derive(const struct key *dh, const uint8_t context[2 * KEM_LEN],
    struct key **ret, struct hrv_err *err)
{
	const size_t at = sizeof(suite) + sizeof(label_prk) - 1;
	uint8_t head[2 + sizeof(suite)] = { 0, KEM_LEN };
	struct kdf_args a = { .hash = CRYPT_SHA256, .len = KEM_LEN };
	struct key *ikm = NULL, *prk = NULL;
	int rc = key_new(at + KEM_LEN, &ikm, err);

	if (rc == HRV_OK) {
		memcpy(key_fill(ikm), suite, sizeof(suite));
		memcpy(key_fill(ikm) + sizeof(suite), label_prk,
		    sizeof(label_prk) - 1);
		memcpy(key_fill(ikm) + at, key_bytes(dh), KEM_LEN);
		rc = kdf_extract(&a, ikm, &prk, err);
	}
	memcpy(head + 2, suite, sizeof(suite));
	a.info[0] = (struct crypt_part){ head, sizeof(head) };
	a.info[1] =
	    (struct crypt_part){ label_secret, sizeof(label_secret) - 1 };
	a.info[2] = (struct crypt_part){ context, 2 * KEM_LEN };
	if (rc == HRV_OK)
		rc = kdf_expand(&a, prk, ret, err);
	key_free(prk);
	key_free(ikm);
	return rc;
}

int
kem_encap_with(const struct key *ephemeral, const uint8_t pub[KEM_LEN],
    uint8_t enc[KEM_LEN], struct key **ret, struct hrv_err *err)
{
	uint8_t context[2 * KEM_LEN];
	struct key *dh = NULL;
	int rc = crypt_x25519(ephemeral, pub, &dh, err);

	if (rc == HRV_OK)
		rc = crypt_x25519_public(ephemeral, enc, err);
	if (rc == HRV_OK) {
		memcpy(context, enc, KEM_LEN);
		memcpy(context + KEM_LEN, pub, KEM_LEN);
		rc = derive(dh, context, ret, err);
	}
	key_free(dh);
	return rc;
}

int
kem_encap(const uint8_t pub[KEM_LEN], uint8_t enc[KEM_LEN], struct key **ret,
    struct hrv_err *err)
{
	struct key *ephemeral = NULL;
	int rc = key_new_random(KEM_LEN, &ephemeral, err);

	if (rc == HRV_OK)
		rc = kem_encap_with(ephemeral, pub, enc, ret, err);
	key_free(ephemeral);
	return rc;
}

int
kem_decap(const struct key *secret, const uint8_t enc[KEM_LEN],
    struct key **ret, struct hrv_err *err)
{
	uint8_t context[2 * KEM_LEN];
	struct key *dh = NULL;
	int rc = crypt_x25519(secret, enc, &dh, err);

	memcpy(context, enc, KEM_LEN);
	if (rc == HRV_OK)
		rc = crypt_x25519_public(secret, context + KEM_LEN, err);
	if (rc == HRV_OK)
		rc = derive(dh, context, ret, err);
	key_free(dh);
	return rc;
}
