/* SPDX-License-Identifier: ISC */
/*
 * Keys: a length and bytes that live in libgcrypt's locked memory from birth
 * to death. Everything that is a secret of 1..KEY_MAX bytes has this
 * type; no function takes a bare pointer to a key. Freed keys are wiped. There
 * is room for about 3000 keys at once, so bulk work frees each when done.
 * Layer: crypto. crypt_init() must have succeeded first.
 */
#ifndef VAULT_CRYPTO_KEY_H
#define VAULT_CRYPTO_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

struct key;

#define KEY_LEN 32	  /* bytes of every KEK, DEK, vault key and seed */
#define KEY_MAX 4096	  /* no key is longer */
#define KEY_CHECK_LEN 16  /* bytes of a key check value */
#define KEY_SQLITE_LEN 67 /* x'<64 hex>' */

/* A key of len (1..KEY_MAX) random bytes into *ret_key, which the caller frees
 * with key_free(). HRV_ENOMEM when locked memory is used up. */
int key_new_random(
    size_t len, struct key **ret_key, struct hrv_err *err) HRV_MUST_CHECK;

/* A key of len (1..KEY_MAX) zero bytes, to be written through key_fill().
 * HRV_ENOMEM when locked memory is used up. */
int key_new(
    size_t len, struct key **ret_key, struct hrv_err *err) HRV_MUST_CHECK;

/* A copy of len (1..KEY_MAX) bytes; the caller wipes the original. Used where
 * an opened grant is read. HRV_ENOMEM when locked memory is used up. */
int key_from_bytes(const void *data, size_t len, struct key **ret_key,
    struct hrv_err *err) HRV_MUST_CHECK;

/* The bytes, borrowed until key_free(). Only for sealing a grant, for handing
 * a key to sqlite3_key and inside this layer. */
const uint8_t *key_bytes(const struct key *key);

/* The same for writing, for the code that derives or unwraps into key_new(). */
uint8_t *key_fill(struct key *key);

/* How many bytes there are. */
size_t key_len(const struct key *key);

/* Wipes and frees; NULL is fine. */
void key_free(struct key *key);

/* The key check value that stands beside a sealed key, in docs/formats:
 * HMAC-SHA-256(key, "hrvault/kcv/v1" || id)[:16]. id is the key's id as text,
 * "kek/pay.3". HRV_ENOMEM, HRV_EFAILED. */
int key_check_value(const struct key *key, const char *id,
    uint8_t out[KEY_CHECK_LEN], struct hrv_err *err) HRV_MUST_CHECK;

/* Compares a check value that was read with the key's own, in constant time.
 * HRV_EINTEGRITY when they differ. */
int key_check(const struct key *key, const char *id,
    const uint8_t want[KEY_CHECK_LEN], struct hrv_err *err) HRV_MUST_CHECK;

/* The text x'<64 hex>' of a key of KEY_LEN bytes, the only form in which
 * SQLCipher takes raw key bytes, as a key of KEY_SQLITE_LEN bytes (no NUL) for
 * key_bytes(); freed by the caller. HRV_EUSAGE for another length,
 * HRV_ENOMEM. */
int key_sqlite_text(const struct key *key, struct key **ret_text,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
