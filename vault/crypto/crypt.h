/* SPDX-License-Identifier: ISC */
/*
 * Cryptographic primitives, each with fixed lengths and no raw handles. The
 * implementation is the only file that sees libgcrypt. crypt_init() must have
 * succeeded before anything else here or in key.h is called, and calls come
 * from one thread at a time (a SHA-256 stream may stay on a thread of its
 * own): the cipher handles behind them are shared. Layer: crypto.
 */
#ifndef VAULT_CRYPTO_CRYPT_H
#define VAULT_CRYPTO_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "vault/crypto/key.h"

#define CRYPT_SHA256_LEN 32
#define CRYPT_SHA512_LEN 64
#define CRYPT_NONCE_LEN 12
#define CRYPT_TAG_LEN 16
#define CRYPT_ED25519_PUB_LEN 32
#define CRYPT_ED25519_SIG_LEN 64
/* Longest message that can be signed or verified. */
#define CRYPT_ED25519_MSG_MAX 65000

/* Prepares libgcrypt once per process; every later call is a no-op that
 * succeeds. Keys need 256 KiB of locked memory: HRV_EFAILED with a hint when
 * the system does not give it, when the library is too old or lacks an
 * algorithm; HRV_ENOMEM. */
int crypt_init(struct hrv_err *err) HRV_MUST_CHECK;

/* Fills out with len bytes from the operating system's generator. Ends the
 * process when there is none: nothing safe could follow. */
void crypt_random(void *out, size_t len);

/* True when both have the same len bytes; the time taken tells only len. */
bool crypt_equal(const void *a, const void *b, size_t len) HRV_MUST_CHECK;

/* Zeroed locked memory, wiped by crypt_secure_free(); NULL when used up. Keys
 * are what it is for, see key.h. */
void *crypt_secure_alloc(size_t len) HRV_MUST_CHECK;
void crypt_secure_free(void *p);

/* One of several pieces that are hashed as if they stood in a row. */
struct crypt_part {
	const void *data; /* may be NULL when len is 0 */
	size_t len;
};
#define CRYPT_PARTS_MAX 8

/* SHA-256 (FIPS 180-4) of len bytes; data may be NULL when len is 0. */
void crypt_sha256(const void *data, size_t len, uint8_t out[CRYPT_SHA256_LEN]);

/* SHA-256 of n (up to CRYPT_PARTS_MAX) pieces without copying them together;
 * made for 0x00 || leaf and 0x01 || left || right. */
void crypt_sha256_parts(
    const struct crypt_part *parts, size_t n, uint8_t out[CRYPT_SHA256_LEN]);

/* SHA-256 of a stream. _new returns NULL when out of memory. _final writes the
 * hash and frees the context; _free drops one without a result (NULL is
 * fine). */
struct crypt_sha256_ctx;
struct crypt_sha256_ctx *crypt_sha256_new(void) HRV_MUST_CHECK;
void crypt_sha256_add(
    struct crypt_sha256_ctx *ctx, const void *data, size_t len);
void crypt_sha256_final(
    struct crypt_sha256_ctx *ctx, uint8_t out[CRYPT_SHA256_LEN]);
void crypt_sha256_free(struct crypt_sha256_ctx *ctx);

enum crypt_hash { CRYPT_SHA256, CRYPT_SHA512 };

/* 32 or 64: the bytes of a hash. */
size_t crypt_hash_len(enum crypt_hash hash);

/* HMAC (RFC 2104) of len bytes under key. HRV_EFAILED, HRV_ENOMEM; out is then
 * unspecified. */
int crypt_hmac_sha256(const struct key *key, const void *data, size_t len,
    uint8_t out[CRYPT_SHA256_LEN], struct hrv_err *err) HRV_MUST_CHECK;
int crypt_hmac_sha512(const struct key *key, const void *data, size_t len,
    uint8_t out[CRYPT_SHA512_LEN], struct hrv_err *err) HRV_MUST_CHECK;

/* HMAC for the key derivation (kdf.h), whose "key" may be a public salt: mac
 * key first, then the pieces. out takes crypt_hash_len() bytes and may be
 * locked memory. */
int crypt_hmac_parts(enum crypt_hash hash, const struct crypt_part *mac_key,
    const struct crypt_part *parts, size_t n, uint8_t *out,
    struct hrv_err *err) HRV_MUST_CHECK;

enum crypt_aead_alg {
	CRYPT_GCM,    /* AES-256-GCM, NIST SP 800-38D; the nonce must be new */
	CRYPT_GCM_SIV /* AES-256-GCM-SIV, RFC 8452; survives a repeated nonce */
};

/* What one AEAD call works on. in and out may be the same place, otherwise
 * they do not overlap. */
struct crypt_aead {
	const uint8_t *nonce; /* CRYPT_NONCE_LEN bytes */
	const void *aad;      /* not encrypted, but covered by the tag */
	size_t aad_len;
	const uint8_t *in;
	size_t len; /* of in and of out */
	uint8_t *out;
	uint8_t *tag; /* CRYPT_TAG_LEN: written by seal, read by open */
};

/* Encrypts under a key of 32 bytes and writes the tag. HRV_EFAILED,
 * HRV_ENOMEM; out and tag are then unspecified. */
int crypt_aead_seal(enum crypt_aead_alg alg, const struct key *key,
    const struct crypt_aead *a, struct hrv_err *err) HRV_MUST_CHECK;

/* Decrypts and checks the tag. HRV_EINTEGRITY when it does not fit,
 * HRV_EFAILED, HRV_ENOMEM; on every failure out is wiped. */
int crypt_aead_open(enum crypt_aead_alg alg, const struct key *key,
    const struct crypt_aead *a, struct hrv_err *err) HRV_MUST_CHECK;

/* Pure Ed25519 (RFC 8032). The private key is its seed of 32 bytes; a message
 * has at most CRYPT_ED25519_MSG_MAX bytes, HRV_EUSAGE otherwise. */

/* The public key that belongs to a seed. HRV_EFAILED, HRV_ENOMEM. */
int crypt_ed25519_public(const struct key *seed,
    uint8_t pub[CRYPT_ED25519_PUB_LEN], struct hrv_err *err) HRV_MUST_CHECK;

/* Signs; the same seed and message always give the same signature.
 * HRV_EFAILED, HRV_ENOMEM, HRV_EUSAGE; sig is then untouched. */
int crypt_ed25519_sign(const struct key *seed, const void *msg, size_t len,
    uint8_t sig[CRYPT_ED25519_SIG_LEN], struct hrv_err *err) HRV_MUST_CHECK;

/* HRV_EINTEGRITY when sig is not pub's signature of msg, or when pub or sig is
 * one that ed25519.h refuses. Takes any bytes from anybody. */
int crypt_ed25519_verify(const uint8_t pub[CRYPT_ED25519_PUB_LEN],
    const void *msg, size_t len, const uint8_t sig[CRYPT_ED25519_SIG_LEN],
    struct hrv_err *err) HRV_MUST_CHECK;

/* X25519 (RFC 7748): the private key is 32 random bytes, as is the point. */
#define CRYPT_X25519_LEN 32

/* What secret and point agree on, as a new key of 32 bytes, freed by the
 * caller. HRV_EUSAGE for a secret of another length; HRV_EINTEGRITY when the
 * result is all zero; HRV_EFAILED, HRV_ENOMEM. */
int crypt_x25519(const struct key *secret,
    const uint8_t point[CRYPT_X25519_LEN], struct key **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The public key that belongs to a secret. Errors as above. */
int crypt_x25519_public(const struct key *secret,
    uint8_t pub[CRYPT_X25519_LEN], struct hrv_err *err) HRV_MUST_CHECK;

#endif
