/* SPDX-License-Identifier: ISC */
/*
 * Sealed content ("format 1" of docs/formats): salt || commitment || chunks of
 * 16 KiB, each AES-256-GCM, keys by HKDF-SHA-512 from the record version's DEK
 * and its context. Invariants: a chunk is released only after its tag was
 * checked, the first one only after the commitment; a stream uses the same
 * memory whatever its length. Layer: crypto.
 */
#ifndef VAULT_CRYPTO_CONTENT_H
#define VAULT_CRYPTO_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"
#include "vault/base/buf.h"
#include "vault/crypto/key.h"

#define CONTENT_CHUNK 16384 /* plaintext bytes of every chunk but the last */
#define CONTENT_SALT_LEN 24
#define CONTENT_COMMIT_LEN 32
#define CONTENT_MIN_LEN 72 /* stored bytes of an empty content */

enum content_kind { CONTENT_HEADER = 0, CONTENT_BODY = 1 };

/* What a content belongs to. */
struct content_id {
	uint8_t vault_id[32];
	uint8_t record_id[16];
	uint32_t version;
	enum content_kind kind;
	const char *class_name; /* as in the schedule: "pay.slip" */
};

/* Under what it is sealed: all of it goes into the keys. Borrowed. */
struct content_lock {
	const struct key *dek; /* KEY_LEN bytes */
	const void *context;   /* from content_context() */
	size_t context_len;
};

/* Takes len bytes; anything but 0 (with err filled) stops the stream. */
typedef int content_sink(
    void *ctx, const void *data, size_t len, struct hrv_err *err);

/* Appends "hrvault/content/v1\0" || vault id || record id || version u32 BE ||
 * kind || class || 00; out of memory shows in buf_ok(out). */
void content_context(struct buf *out, const struct content_id *id);

/* Stored bytes of plain_len plaintext bytes. */
uint64_t content_stored_len(uint64_t plain_len);

/* Plaintext bytes of stored_len stored bytes. HRV_EINTEGRITY for a length that
 * no content has. */
int content_plain_len(uint64_t stored_len, uint64_t *ret_plain_len,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Appends the sealed form of len bytes to out. HRV_EUSAGE for a DEK of another
 * length, HRV_EFAILED, HRV_ENOMEM; out then has its old length. */
int content_seal_buf(const struct content_lock *lock, const void *plain,
    size_t len, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

/* Opens a whole content and appends the plaintext to out, a BUF_INIT_SECRET.
 * HRV_EINTEGRITY when it is damaged, cut, longer than it was, or was sealed
 * under another DEK or context; HRV_EUSAGE, HRV_EFAILED, HRV_ENOMEM. out then
 * has its old length and nothing of the plaintext behind it. */
int content_open_buf(const struct content_lock *lock, const void *stored,
    size_t len, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

/* A sealing stream: stored bytes go to sink from _new on, at most 16400 at a
 * time. After any failure the stream only fails; what the sink got is then
 * worthless. Errors of content_seal_buf(), and the sink's. */
struct content_seal;
int content_seal_new(const struct content_lock *lock, content_sink *sink,
    void *sink_ctx, struct content_seal **ret_seal,
    struct hrv_err *err) HRV_MUST_CHECK;
int content_seal_add(struct content_seal *seal, const void *plain, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Writes the last chunk; without it the content does not open. */
int content_seal_finish(
    struct content_seal *seal, struct hrv_err *err) HRV_MUST_CHECK;
/* Wipes and frees, finished or not; NULL is fine. */
void content_seal_free(struct content_seal *seal);

/* An opening stream: plaintext goes to sink, at most one chunk at a time. What
 * was released is genuine, but may be only the beginning: until _finish has
 * succeeded, stage it and be ready to discard it. lock (its key and context
 * too) must live as long as the stream. Errors of content_open_buf(), and the
 * sink's. */
struct content_open;
int content_open_new(const struct content_lock *lock, content_sink *sink,
    void *sink_ctx, struct content_open **ret_open,
    struct hrv_err *err) HRV_MUST_CHECK;
int content_open_add(struct content_open *open, const void *stored, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Releases the last chunk. HRV_EINTEGRITY when the end is missing. */
int content_open_finish(
    struct content_open *open, struct hrv_err *err) HRV_MUST_CHECK;
/* Wipes and frees, finished or not; NULL is fine. */
void content_open_free(struct content_open *open);

#endif
