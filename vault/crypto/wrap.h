/* SPDX-License-Identifier: ISC */
/*
 * Key wrap: a data key (DEK) sealed under a compartment's key (KEK) with
 * AES-256-GCM-SIV, bound to the vault, the record and what it is for, so that
 * a blob that was moved to another row does not open. Layer: crypto.
 */
#ifndef VAULT_CRYPTO_WRAP_H
#define VAULT_CRYPTO_WRAP_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "vault/crypto/key.h"

#define WRAP_LEN 66	 /* bytes of a wrapped key, always */
#define WRAP_NAME_MAX 64 /* bytes of a KEK's name */

enum wrap_purpose {
	WRAP_CONTENT = 1,
	WRAP_DETAIL = 2,   /* a typed reason */
	WRAP_CASE_COPY = 3 /* a copy derived for a case */
};

/* What a wrapped key is bound to. */
struct wrap_context {
	uint8_t vault_id[32];
	const char *kek_name; /* the slot file's key id up to the dot,
				 "kek/pay"; at most WRAP_NAME_MAX bytes */
	uint32_t kek_version;
	uint8_t dek_id[16];
	uint8_t record_id[16];
	enum wrap_purpose purpose;
};

/* Wraps a DEK of 32 bytes under a KEK of 32 bytes; the nonce is random.
 * HRV_EUSAGE for other lengths or a name that does not fit, HRV_EFAILED,
 * HRV_ENOMEM; blob is then untouched. */
int wrap_key(const struct key *kek, const struct wrap_context *context,
    const struct key *dek, uint8_t blob[WRAP_LEN],
    struct hrv_err *err) HRV_MUST_CHECK;

/* Opens what wrap_key() made; the caller frees *ret_dek. HRV_EINTEGRITY when
 * the blob has another length or format, is damaged, or belongs to another
 * key or context; HRV_EUSAGE, HRV_EFAILED, HRV_ENOMEM. */
int wrap_open(const struct key *kek, const struct wrap_context *context,
    const void *blob, size_t len, struct key **ret_dek,
    struct hrv_err *err) HRV_MUST_CHECK;

/* The KEK version a blob says it was wrapped under, to choose the key by; it
 * is proved only by wrap_open(). HRV_EINTEGRITY for another length or
 * format. */
int wrap_version(const void *blob, size_t len, uint32_t *ret_version,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
