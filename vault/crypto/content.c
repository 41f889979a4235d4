/* SPDX-License-Identifier: ISC */
/*
 * Sealed content, see docs/formats: key schedule, chunks and whole buffers.
 * Layer: crypto. Invariant: a nonce is used once, because the key and the
 * first nonce come from a fresh salt and the chunk's number is mixed in.
 */
#include "vault/crypto/content.h"

#include <string.h>

#include "vault/crypto/content_priv.h"
#include "vault/crypto/kdf.h"

/* Far beyond any document, far below what GCM allows under one key. */
#define MAX_CHUNKS UINT32_MAX

void
content_context(struct buf *out, const struct content_id *id)
{
	static const char label[] = "hrvault/content/v1";

	buf_add(out, label, sizeof(label));
	buf_add(out, id->vault_id, sizeof(id->vault_id));
	buf_add(out, id->record_id, sizeof(id->record_id));
	buf_add_u32(out, id->version);
	buf_addc(out, (int)id->kind);
	buf_add(out, id->class_name, strlen(id->class_name) + 1);
}

uint64_t
content_stored_len(uint64_t plain_len)
{
	return CONTENT_HEAD_LEN + plain_len +
	       (plain_len / CONTENT_CHUNK + 1) * CRYPT_TAG_LEN;
}

int
content_plain_len(
    uint64_t stored_len, uint64_t *ret_plain_len, struct hrv_err *err)
{
	uint64_t full, last;

	if (stored_len < CONTENT_MIN_LEN)
		goto bad;
	full = (stored_len - CONTENT_HEAD_LEN) / CONTENT_SEALED_CHUNK;
	last = (stored_len - CONTENT_HEAD_LEN) % CONTENT_SEALED_CHUNK;
	if (last < CRYPT_TAG_LEN)
		goto bad;
	*ret_plain_len = full * CONTENT_CHUNK + last - CRYPT_TAG_LEN;
	return HRV_OK;
bad:
	return hrv_fail(err, HRV_EINTEGRITY, "sealed content is cut short");
}

int
content_keys_init(struct content_keys *keys, const struct content_lock *lock,
    const uint8_t salt[CONTENT_SALT_LEN], struct hrv_err *err)
{
	/* The NUL between the algorithm and the salt is the literal's. */
	static const char label[] =
	    "c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM";
	struct kdf_args args = { .hash = CRYPT_SHA512,
		.info = { { label, sizeof(label) }, { salt, CONTENT_SALT_LEN },
		    { lock->context, lock->context_len } },
		.len = KEY_LEN + CRYPT_NONCE_LEN + CONTENT_COMMIT_LEN };
	struct key *all = NULL;
	const uint8_t *p;
	int rc;

	keys->key = NULL;
	if (key_len(lock->dek) != KEY_LEN)
		return hrv_fail(err, HRV_EUSAGE,
		    "a data key has %d bytes, not %zu", KEY_LEN,
		    key_len(lock->dek));
	if ((rc = kdf_expand(&args, lock->dek, &all, err)) != HRV_OK)
		return rc;
	p = key_bytes(all);
	if ((rc = key_from_bytes(p, KEY_LEN, &keys->key, err)) == HRV_OK) {
		p += KEY_LEN;
		memcpy(keys->nonce, p, CRYPT_NONCE_LEN);
		p += CRYPT_NONCE_LEN;
		memcpy(keys->commit, p, CONTENT_COMMIT_LEN);
	}
	key_free(all);
	return rc;
}

void
content_keys_clear(struct content_keys *keys)
{
	key_free(keys->key);
	explicit_bzero(keys, sizeof(*keys));
}

int
content_keys_open(struct content_keys *keys, const struct content_lock *lock,
    const uint8_t head[CONTENT_HEAD_LEN], struct hrv_err *err)
{
	int rc = content_keys_init(keys, lock, head, err);

	if (rc != HRV_OK)
		return rc;
	if (crypt_equal(
		keys->commit, head + CONTENT_SALT_LEN, CONTENT_COMMIT_LEN))
		return HRV_OK;
	content_keys_clear(keys);
	return hrv_fail(err, HRV_EINTEGRITY,
	    "sealed content does not belong to this key and record");
}

static int
chunk_nonce(const struct content_keys *keys, uint64_t index,
    uint8_t nonce[CRYPT_NONCE_LEN], struct hrv_err *err)
{
	int i;

	if (index >= MAX_CHUNKS)
		return hrv_fail(err, HRV_EFAILED, "a content is too long");
	memcpy(nonce, keys->nonce, CRYPT_NONCE_LEN);
	for (i = CRYPT_NONCE_LEN - 1; index > 0; i--, index >>= 8)
		nonce[i] = (uint8_t)(nonce[i] ^ (index & 0xff));
	return HRV_OK;
}

int
content_chunk_seal(const struct content_keys *keys,
    const struct content_chunk *chunk, struct hrv_err *err)
{
	uint8_t nonce[CRYPT_NONCE_LEN];
	struct crypt_aead a = { .nonce = nonce,
		.in = chunk->in,
		.len = chunk->len,
		.out = chunk->out,
		.tag = chunk->out + chunk->len };
	int rc = chunk_nonce(keys, chunk->index, nonce, err);

	if (rc != HRV_OK)
		return rc;
	return crypt_aead_seal(CRYPT_GCM, keys->key, &a, err);
}

int
content_chunk_open(const struct content_keys *keys,
    const struct content_chunk *chunk, struct hrv_err *err)
{
	uint8_t nonce[CRYPT_NONCE_LEN], tag[CRYPT_TAG_LEN];
	struct crypt_aead a = { .nonce = nonce,
		.in = chunk->in,
		.len = chunk->len,
		.out = chunk->out,
		.tag = tag };
	int rc = chunk_nonce(keys, chunk->index, nonce, err);

	if (rc != HRV_OK)
		return rc;
	memcpy(tag, chunk->in + chunk->len, sizeof(tag));
	return crypt_aead_open(CRYPT_GCM, keys->key, &a, err);
}

int
content_seal_buf_salted(const struct content_lock *lock,
    const uint8_t salt[CONTENT_SALT_LEN], struct crypt_part plain,
    struct buf *out, struct hrv_err *err)
{
	struct content_keys keys = { .key = NULL };
	struct content_chunk chunk = { .len = CONTENT_CHUNK, .in = plain.data };
	size_t left = plain.len, total = content_stored_len(plain.len);
	int rc;

	if ((rc = content_keys_init(&keys, lock, salt, err)) != HRV_OK)
		return rc;
	if ((chunk.out = buf_reserve(out, total)) == NULL) {
		rc = buf_ok(out, err);
		goto out;
	}
	memcpy(chunk.out, salt, CONTENT_SALT_LEN);
	memcpy(chunk.out + CONTENT_SALT_LEN, keys.commit, CONTENT_COMMIT_LEN);
	chunk.out += CONTENT_HEAD_LEN;
	while (chunk.len == CONTENT_CHUNK) {
		if (left < CONTENT_CHUNK)
			chunk.len = left;
		rc = content_chunk_seal(&keys, &chunk, err);
		if (rc != HRV_OK)
			goto out;
		left -= chunk.len;
		chunk.in = left > 0 ? chunk.in + chunk.len : NULL;
		chunk.out += chunk.len + CRYPT_TAG_LEN;
		chunk.index++;
	}
	out->len += total;
out:
	content_keys_clear(&keys);
	return rc;
}

int
content_seal_buf(const struct content_lock *lock, const void *plain, size_t len,
    struct buf *out, struct hrv_err *err)
{
	uint8_t salt[CONTENT_SALT_LEN];
	struct crypt_part part = { plain, len };

	crypt_random(salt, sizeof(salt));
	return content_seal_buf_salted(lock, salt, part, out, err);
}

/* Opens the chunks of a content whose length is known to fit. */
static int
open_chunks(const struct content_keys *keys, const uint8_t *in, size_t left,
    uint8_t *out, struct hrv_err *err)
{
	struct content_chunk chunk = {
		.len = CONTENT_CHUNK, .in = in, .out = out
	};
	int rc;

	while (chunk.len == CONTENT_CHUNK) {
		if (left < CONTENT_SEALED_CHUNK)
			chunk.len = left - CRYPT_TAG_LEN;
		rc = content_chunk_open(keys, &chunk, err);
		if (rc != HRV_OK)
			return rc;
		left -= chunk.len + CRYPT_TAG_LEN;
		chunk.in += chunk.len + CRYPT_TAG_LEN;
		chunk.out += chunk.len;
		chunk.index++;
	}
	return HRV_OK;
}

int
content_open_buf(const struct content_lock *lock, const void *stored,
    size_t len, struct buf *out, struct hrv_err *err)
{
	const uint8_t *in = stored;
	struct content_keys keys = { .key = NULL };
	uint64_t plain_len = 0;
	uint8_t *to;
	int rc;

	if ((rc = content_plain_len(len, &plain_len, err)) != HRV_OK)
		return rc;
	if ((rc = content_keys_open(&keys, lock, in, err)) != HRV_OK)
		return rc;
	if ((to = buf_reserve(out, (size_t)plain_len)) == NULL) {
		rc = buf_ok(out, err);
		goto out;
	}
	rc = open_chunks(
	    &keys, in + CONTENT_HEAD_LEN, len - CONTENT_HEAD_LEN, to, err);
	if (rc != HRV_OK) {
		/* Chunks before the bad one were genuine, and still do not
		 * leave alone. */
		explicit_bzero(to, (size_t)plain_len);
		goto out;
	}
	out->len += (size_t)plain_len;
out:
	content_keys_clear(&keys);
	return rc;
}
