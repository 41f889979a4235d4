/* SPDX-License-Identifier: ISC */
/*
 * Key wrap, see docs/formats. Layer: crypto. Invariant: whatever a wrapped key
 * is bound to is in the associated data, and the DEK is only ever a struct
 * key.
 */
#include "vault/crypto/wrap.h"

#include <string.h>

#include "vault/crypto/crypt.h"

/* format | algorithm | KEK version | nonce | ciphertext | tag */
enum {
	AT_FORMAT = 0,
	AT_ALG = 1,
	AT_VERSION = 2,
	AT_NONCE = 6,
	AT_TEXT = 18,
	AT_TAG = 50
};
#define FORMAT_1 1
#define ALG_GCM_SIV 1

static const char label[] = "hrvault/wrap/v1"; /* its NUL counts */

struct aad {
	uint8_t bytes[sizeof(label) + 32 + WRAP_NAME_MAX + 1 + 4 + 16 + 16 + 1];
	size_t len;
};

static void
put_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void
aad_add(struct aad *aad, const void *data, size_t len)
{
	memcpy(aad->bytes + aad->len, data, len);
	aad->len += len;
}

static int
aad_make(
    const struct wrap_context *context, struct aad *aad, struct hrv_err *err)
{
	size_t name_len = strlen(context->kek_name);
	uint8_t version[4], purpose = (uint8_t)context->purpose;

	if (name_len == 0 || name_len > WRAP_NAME_MAX)
		return hrv_fail(err, HRV_EUSAGE, "a key name has 1 to %d bytes",
		    WRAP_NAME_MAX);
	put_u32(version, context->kek_version);
	aad->len = 0;
	aad_add(aad, label, sizeof(label));
	aad_add(aad, context->vault_id, 32);
	aad_add(aad, context->kek_name, name_len + 1);
	aad_add(aad, version, sizeof(version));
	aad_add(aad, context->dek_id, 16);
	aad_add(aad, context->record_id, 16);
	aad_add(aad, &purpose, 1);
	return HRV_OK;
}

int
wrap_key(const struct key *kek, const struct wrap_context *context,
    const struct key *dek, uint8_t blob[WRAP_LEN], struct hrv_err *err)
{
	uint8_t made[WRAP_LEN];
	struct aad aad;
	struct crypt_aead a = { .nonce = made + AT_NONCE,
		.aad = aad.bytes,
		.in = key_bytes(dek),
		.len = KEY_LEN,
		.out = made + AT_TEXT,
		.tag = made + AT_TAG };
	int rc;

	if (key_len(kek) != KEY_LEN || key_len(dek) != KEY_LEN)
		return hrv_fail(err, HRV_EUSAGE,
		    "only keys of %d bytes can be wrapped", KEY_LEN);
	if ((rc = aad_make(context, &aad, err)) != HRV_OK)
		return rc;
	a.aad_len = aad.len;
	made[AT_FORMAT] = FORMAT_1;
	made[AT_ALG] = ALG_GCM_SIV;
	put_u32(made + AT_VERSION, context->kek_version);
	crypt_random(made + AT_NONCE, CRYPT_NONCE_LEN);
	if ((rc = crypt_aead_seal(CRYPT_GCM_SIV, kek, &a, err)) != HRV_OK)
		return rc;
	memcpy(blob, made, sizeof(made));
	return HRV_OK;
}

int
wrap_version(
    const void *blob, size_t len, uint32_t *ret_version, struct hrv_err *err)
{
	const uint8_t *p = blob;

	if (len != WRAP_LEN || p[AT_FORMAT] != FORMAT_1 ||
	    p[AT_ALG] != ALG_GCM_SIV)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "a wrapped key has an unknown format");
	p += AT_VERSION;
	*ret_version = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		       (uint32_t)p[2] << 8 | p[3];
	return HRV_OK;
}

int
wrap_open(const struct key *kek, const struct wrap_context *context,
    const void *blob, size_t len, struct key **ret_dek, struct hrv_err *err)
{
	uint8_t in[WRAP_LEN];
	struct key *dek = NULL;
	struct aad aad;
	struct crypt_aead a = { .nonce = in + AT_NONCE,
		.aad = aad.bytes,
		.in = in + AT_TEXT,
		.len = KEY_LEN,
		.tag = in + AT_TAG };
	uint32_t version;
	int rc;

	if ((rc = wrap_version(blob, len, &version, err)) != HRV_OK)
		return rc;
	if (version != context->kek_version)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "a key was wrapped under version %u of its key, not %u",
		    version, context->kek_version);
	if ((rc = aad_make(context, &aad, err)) != HRV_OK)
		return rc;
	a.aad_len = aad.len;
	memcpy(in, blob, sizeof(in));
	if ((rc = key_new(KEY_LEN, &dek, err)) != HRV_OK)
		goto out;
	a.out = key_fill(dek);
	if ((rc = crypt_aead_open(CRYPT_GCM_SIV, kek, &a, err)) != HRV_OK)
		goto out;
	*ret_dek = dek;
	dek = NULL;
out:
	key_free(dek);
	return rc;
}
