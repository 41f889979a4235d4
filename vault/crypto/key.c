/* SPDX-License-Identifier: ISC */
/*
 * Keys in locked memory. Layer: crypto, on top of crypt.h. Invariant: length
 * and bytes are one block of libgcrypt's pool, so that no copy of a key is
 * made in ordinary memory and freeing the block wipes it.
 */
#include "vault/crypto/key.h"

#include <string.h>

#include "vault/crypto/crypt.h"

struct key {
	size_t len;
	uint8_t bytes[];
};

int
key_new(size_t len, struct key **ret_key, struct hrv_err *err)
{
	struct key *key;

	if (len == 0 || len > KEY_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "a key has 1 to %d bytes, not %zu", KEY_MAX, len);
	key = crypt_secure_alloc(sizeof(*key) + len);
	if (key == NULL)
		return hrv_fail(
		    err, HRV_ENOMEM, "no more locked memory for keys");
	key->len = len;
	*ret_key = key;
	return HRV_OK;
}

int
key_new_random(size_t len, struct key **ret_key, struct hrv_err *err)
{
	int rc = key_new(len, ret_key, err);

	if (rc == HRV_OK)
		crypt_random((*ret_key)->bytes, len);
	return rc;
}

int
key_from_bytes(
    const void *data, size_t len, struct key **ret_key, struct hrv_err *err)
{
	int rc = key_new(len, ret_key, err);

	if (rc == HRV_OK)
		memcpy((*ret_key)->bytes, data, len);
	return rc;
}

const uint8_t *
key_bytes(const struct key *key)
{
	return key->bytes;
}

uint8_t *
key_fill(struct key *key)
{
	return key->bytes;
}

size_t
key_len(const struct key *key)
{
	return key->len;
}

void
key_free(struct key *key)
{
	crypt_secure_free(key);
}

int
key_check_value(const struct key *key, const char *id,
    uint8_t out[KEY_CHECK_LEN], struct hrv_err *err)
{
	static const char label[] = "hrvault/kcv/v1";
	struct crypt_part mac_key = { key->bytes, key->len };
	struct crypt_part parts[2] = { { label, sizeof(label) - 1 },
		{ id, strlen(id) } };
	uint8_t mac[CRYPT_SHA256_LEN];
	int rc;

	rc = crypt_hmac_parts(CRYPT_SHA256, &mac_key, parts, 2, mac, err);
	if (rc == HRV_OK)
		memcpy(out, mac, KEY_CHECK_LEN);
	explicit_bzero(mac, sizeof(mac));
	return rc;
}

int
key_check(const struct key *key, const char *id,
    const uint8_t want[KEY_CHECK_LEN], struct hrv_err *err)
{
	uint8_t have[KEY_CHECK_LEN];
	int rc;

	if ((rc = key_check_value(key, id, have, err)) != HRV_OK)
		return rc;
	if (!crypt_equal(have, want, sizeof(have)))
		return hrv_fail(err, HRV_EINTEGRITY,
		    "key %s does not fit its check value", id);
	return HRV_OK;
}

int
key_sqlite_text(
    const struct key *key, struct key **ret_text, struct hrv_err *err)
{
	static const char digit[] = "0123456789abcdef";
	struct key *text = NULL;
	uint8_t *p;
	size_t i;
	int rc;

	if (key->len != KEY_LEN)
		return hrv_fail(err, HRV_EUSAGE,
		    "a database key has %d bytes, not %zu", KEY_LEN, key->len);
	if ((rc = key_new(KEY_SQLITE_LEN, &text, err)) != HRV_OK)
		return rc;
	p = text->bytes;
	*p++ = 'x';
	*p++ = '\'';
	for (i = 0; i < KEY_LEN; i++) {
		*p++ = (uint8_t)digit[key->bytes[i] >> 4];
		*p++ = (uint8_t)digit[key->bytes[i] & 15];
	}
	*p = '\'';
	*ret_text = text;
	return HRV_OK;
}
