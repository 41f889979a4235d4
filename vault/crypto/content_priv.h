/* SPDX-License-Identifier: ISC */
/*
 * Shared by the two halves of sealed content (whole buffers and keys in
 * content.c, streams in content_stream.c) and by their tests, which alone may
 * choose a salt: two contents under one DEK and context with the same salt
 * would repeat nonces. Layer: crypto.
 */
#ifndef VAULT_CRYPTO_CONTENT_PRIV_H
#define VAULT_CRYPTO_CONTENT_PRIV_H

#include "vault/crypto/content.h"
#include "vault/crypto/crypt.h"

#define CONTENT_HEAD_LEN (CONTENT_SALT_LEN + CONTENT_COMMIT_LEN)
#define CONTENT_SEALED_CHUNK (CONTENT_CHUNK + CRYPT_TAG_LEN)

/* What one content is sealed with. */
struct content_keys {
	struct key *key;
	uint8_t nonce[CRYPT_NONCE_LEN];
	uint8_t commit[CONTENT_COMMIT_LEN];
};

/* Derives the keys for a salt; cleared by content_keys_clear(). HRV_EUSAGE,
 * HRV_EFAILED, HRV_ENOMEM. */
int content_keys_init(struct content_keys *keys,
    const struct content_lock *lock, const uint8_t salt[CONTENT_SALT_LEN],
    struct hrv_err *err) HRV_MUST_CHECK;
void content_keys_clear(struct content_keys *keys);

/* Derives the keys for a stored head and checks the commitment.
 * HRV_EINTEGRITY when it is not this DEK's and context's. */
int content_keys_open(struct content_keys *keys,
    const struct content_lock *lock, const uint8_t head[CONTENT_HEAD_LEN],
    struct hrv_err *err) HRV_MUST_CHECK;

/* One chunk; len counts plaintext bytes, stored has CRYPT_TAG_LEN more. */
struct content_chunk {
	uint64_t index;
	size_t len;
	const uint8_t *in;
	uint8_t *out;
};

/* HRV_EFAILED, HRV_ENOMEM. */
int content_chunk_seal(const struct content_keys *keys,
    const struct content_chunk *chunk, struct hrv_err *err) HRV_MUST_CHECK;
/* As content_chunk_seal(), and HRV_EINTEGRITY; out is then wiped. */
int content_chunk_open(const struct content_keys *keys,
    const struct content_chunk *chunk, struct hrv_err *err) HRV_MUST_CHECK;

/* content_seal_buf() and content_seal_new() with a given salt: tests only. */
int content_seal_buf_salted(const struct content_lock *lock,
    const uint8_t salt[CONTENT_SALT_LEN], struct crypt_part plain,
    struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
struct content_salted_args {
	const struct content_lock *lock;
	const uint8_t *salt;
	content_sink *sink;
	void *sink_ctx;
};
int content_seal_new_salted(const struct content_salted_args *args,
    struct content_seal **ret_seal, struct hrv_err *err) HRV_MUST_CHECK;

#endif
