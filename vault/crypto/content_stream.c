/* SPDX-License-Identifier: ISC */
/*
 * Sealed content as streams, see docs/formats. Layer: crypto. Invariants: at
 * most one chunk is held; nothing reaches the sink before its tag was checked;
 * after a failure nothing reaches it at all.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/crypto/content.h"
#include "vault/crypto/content_priv.h"

struct content_seal {
	struct content_keys keys;
	content_sink *sink;
	void *sink_ctx;
	struct buf plain; /* less than a chunk, between calls */
	uint64_t index;
	bool dead; /* finished or failed */
	uint8_t out[CONTENT_SEALED_CHUNK];
};

static int
fail_dead(struct hrv_err *err)
{
	return hrv_fail(
	    err, HRV_EFAILED, "a stream of sealed content has ended or failed");
}

static int
seal_init(struct content_seal *seal, const struct content_salted_args *args,
    struct hrv_err *err)
{
	int rc;

	rc = content_keys_init(&seal->keys, args->lock, args->salt, err);
	if (rc != HRV_OK)
		return rc;
	if (buf_reserve(&seal->plain, CONTENT_CHUNK) == NULL)
		return buf_ok(&seal->plain, err);
	rc = seal->sink(seal->sink_ctx, args->salt, CONTENT_SALT_LEN, err);
	if (rc != HRV_OK)
		return rc;
	return seal->sink(
	    seal->sink_ctx, seal->keys.commit, CONTENT_COMMIT_LEN, err);
}

int
content_seal_new_salted(const struct content_salted_args *args,
    struct content_seal **ret_seal, struct hrv_err *err)
{
	struct content_seal *seal = calloc(1, sizeof(*seal));
	int rc;

	if (seal == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	seal->plain.secret = true;
	seal->sink = args->sink;
	seal->sink_ctx = args->sink_ctx;
	if ((rc = seal_init(seal, args, err)) != HRV_OK) {
		content_seal_free(seal);
		return rc;
	}
	*ret_seal = seal;
	return HRV_OK;
}

int
content_seal_new(const struct content_lock *lock, content_sink *sink,
    void *sink_ctx, struct content_seal **ret_seal, struct hrv_err *err)
{
	uint8_t salt[CONTENT_SALT_LEN];
	struct content_salted_args args = { lock, salt, sink, sink_ctx };

	crypt_random(salt, sizeof(salt));
	return content_seal_new_salted(&args, ret_seal, err);
}

static int
seal_chunk(struct content_seal *seal, const uint8_t *in, size_t len,
    struct hrv_err *err)
{
	struct content_chunk chunk = {
		.index = seal->index, .len = len, .in = in, .out = seal->out
	};
	int rc;

	if ((rc = content_chunk_seal(&seal->keys, &chunk, err)) != HRV_OK)
		return rc;
	seal->index++;
	return seal->sink(seal->sink_ctx, seal->out, len + CRYPT_TAG_LEN, err);
}

static int
seal_add(struct content_seal *seal, const uint8_t *in, size_t len,
    struct hrv_err *err)
{
	size_t n;
	int rc;

	while (len > 0) {
		n = CONTENT_CHUNK - seal->plain.len;
		if (n > len)
			n = len;
		if (n == CONTENT_CHUNK) {
			rc = seal_chunk(seal, in, n, err);
		} else {
			buf_add(&seal->plain, in, n);
			rc = buf_ok(&seal->plain, err);
			if (rc == HRV_OK && seal->plain.len == CONTENT_CHUNK) {
				rc = seal_chunk(
				    seal, seal->plain.data, CONTENT_CHUNK, err);
				buf_reset(&seal->plain);
			}
		}
		if (rc != HRV_OK)
			return rc;
		in += n;
		len -= n;
	}
	return HRV_OK;
}

int
content_seal_add(struct content_seal *seal, const void *plain, size_t len,
    struct hrv_err *err)
{
	int rc;

	if (seal->dead)
		return fail_dead(err);
	rc = seal_add(seal, plain, len, err);
	seal->dead = rc != HRV_OK;
	return rc;
}

int
content_seal_finish(struct content_seal *seal, struct hrv_err *err)
{
	if (seal->dead)
		return fail_dead(err);
	seal->dead = true;
	return seal_chunk(seal, seal->plain.data, seal->plain.len, err);
}

void
content_seal_free(struct content_seal *seal)
{
	if (seal == NULL)
		return;
	content_keys_clear(&seal->keys);
	buf_clear(&seal->plain);
	free(seal);
}

struct content_open {
	const struct content_lock *lock;
	struct content_keys keys; /* once the head was read */
	content_sink *sink;
	void *sink_ctx;
	struct buf plain; /* room for one chunk */
	uint64_t index;
	bool keyed;
	bool dead; /* finished or failed */
	size_t have;
	uint8_t in[CONTENT_SEALED_CHUNK]; /* head or chunk read so far */
};

int
content_open_new(const struct content_lock *lock, content_sink *sink,
    void *sink_ctx, struct content_open **ret_open, struct hrv_err *err)
{
	struct content_open *open = calloc(1, sizeof(*open));
	int rc;

	if (open == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	open->plain.secret = true;
	open->lock = lock;
	open->sink = sink;
	open->sink_ctx = sink_ctx;
	if (buf_reserve(&open->plain, CONTENT_CHUNK) == NULL) {
		rc = buf_ok(&open->plain, err);
		content_open_free(open);
		return rc;
	}
	*ret_open = open;
	return HRV_OK;
}

/* Handles len stored bytes of one chunk and passes its plaintext on. */
static int
open_chunk(struct content_open *open, const uint8_t *in, size_t len,
    struct hrv_err *err)
{
	struct content_chunk chunk = { .index = open->index,
		.len = len - CRYPT_TAG_LEN,
		.in = in,
		.out = open->plain.data };
	int rc;

	if ((rc = content_chunk_open(&open->keys, &chunk, err)) != HRV_OK)
		return rc;
	open->index++;
	if (chunk.len > 0)
		rc = open->sink(open->sink_ctx, chunk.out, chunk.len, err);
	explicit_bzero(chunk.out, chunk.len);
	return rc;
}

/* A unit is complete: the head, or a chunk that is not the last. */
static int
open_unit(struct content_open *open, const uint8_t *unit, struct hrv_err *err)
{
	int rc;

	if (open->keyed)
		return open_chunk(open, unit, CONTENT_SEALED_CHUNK, err);
	rc = content_keys_open(&open->keys, open->lock, unit, err);
	open->keyed = rc == HRV_OK;
	return rc;
}

static int
open_add(struct content_open *open, const uint8_t *in, size_t len,
    struct hrv_err *err)
{
	size_t unit, n;
	int rc = HRV_OK;

	while (len > 0 && rc == HRV_OK) {
		unit = open->keyed ? CONTENT_SEALED_CHUNK : CONTENT_HEAD_LEN;
		n = unit - open->have;
		if (n > len)
			n = len;
		if (n == unit) {
			rc = open_unit(open, in, err);
		} else {
			memcpy(open->in + open->have, in, n);
			open->have += n;
			if (open->have == unit) {
				open->have = 0;
				rc = open_unit(open, open->in, err);
			}
		}
		in += n;
		len -= n;
	}
	return rc;
}

int
content_open_add(struct content_open *open, const void *stored, size_t len,
    struct hrv_err *err)
{
	int rc;

	if (open->dead)
		return fail_dead(err);
	rc = open_add(open, stored, len, err);
	open->dead = rc != HRV_OK;
	return rc;
}

int
content_open_finish(struct content_open *open, struct hrv_err *err)
{
	if (open->dead)
		return fail_dead(err);
	open->dead = true;
	if (!open->keyed || open->have < CRYPT_TAG_LEN)
		return hrv_fail(
		    err, HRV_EINTEGRITY, "sealed content is cut short");
	return open_chunk(open, open->in, open->have, err);
}

void
content_open_free(struct content_open *open)
{
	if (open == NULL)
		return;
	content_keys_clear(&open->keys);
	buf_clear(&open->plain);
	free(open);
}
