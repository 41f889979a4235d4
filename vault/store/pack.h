/* SPDX-License-Identifier: ISC */
/*
 * Packs: append-only files pack/<n> of sealed bodies, one after another,
 * found only through vault.db. What lies behind the length that vault.db has
 * committed belongs to nobody and is dead weight: the next writer appends
 * behind it and never cuts it off, because to an old vault.db put back the
 * bodies of the newer one look just like it. Layer: store.
 *
 * File: "hrvault-pack/1\n", then the bodies with nothing around them.
 */
#ifndef VAULT_STORE_PACK_H
#define VAULT_STORE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

struct buf;
struct pack_writer;
struct pack_reader;

#define PACK_HEAD_LEN 15 /* a pack without a body is this long */
#define PACK_SHA256_LEN 32

/* Where a body is. */
struct pack_ref {
	uint32_t pack;
	uint64_t offset; /* from the start of the file */
	uint64_t len;
};

/* How far a pack reaches: what vault.db commits. */
struct pack_end {
	uint32_t pack; /* 0 (and 0): there is none yet */
	uint64_t len;  /* of the whole file, its head included */
};

/* Begins to append behind `end`, the newest pack as vault.db has it committed;
 * the caller holds the write lock of vault.db. A body begins in a new pack
 * when the current one has reached limit bytes; a body is never split. An
 * uncommitted tail stays where it is. HRV_EINTEGRITY when the pack is shorter
 * than committed; HRV_EIO. Freed with pack_close(). */
int pack_open(const char *vault_dir, const struct pack_end *end, uint64_t limit,
    struct pack_writer **ret_w, struct hrv_err *err) HRV_MUST_CHECK;

/* One body: begin, add as often as needed, finish, which tells where it lies
 * and the SHA-256 of its bytes. Small pieces are gathered, so that many bodies
 * make few write calls. After a failure of any of them only pack_close()
 * follows. */
int pack_begin(struct pack_writer *w, struct hrv_err *err) HRV_MUST_CHECK;
int pack_add(struct pack_writer *w, const void *data, size_t len,
    struct hrv_err *err) HRV_MUST_CHECK;
int pack_finish(struct pack_writer *w, struct pack_ref *ret_ref,
    uint8_t ret_sha256[PACK_SHA256_LEN], struct hrv_err *err) HRV_MUST_CHECK;

/* Gives up the body that was begun; what was written of it is overwritten by
 * the next one. Without one it does nothing. */
int pack_cancel(struct pack_writer *w, struct hrv_err *err) HRV_MUST_CHECK;

/* Writes and syncs everything finished so far. Only then may vault.db commit
 * the refs and *ret_end. May be followed by more bodies. */
int pack_flush(struct pack_writer *w, struct pack_end *ret_end,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Where the next body will end up beginning: the end of what is finished,
 * synced or not. */
void pack_tell(const struct pack_writer *w, struct pack_end *ret_end);

/* Closes. What was not flushed is an uncommitted tail. NULL is fine. */
void pack_close(struct pack_writer *w);

/* A reader of all packs of a vault; it keeps the pack it read last open. */
int pack_reader_new(const char *vault_dir, struct pack_reader **ret_r,
    struct hrv_err *err) HRV_MUST_CHECK;
void pack_reader_free(struct pack_reader *r);

/* Gives the bytes of a body to sink() in pieces of at most 256 KiB, in order;
 * its code ends the reading. HRV_EINTEGRITY when the pack is missing, is no
 * pack or ends before the body does (after some pieces, perhaps: the reader of
 * a sealed body releases nothing before its tag). */
typedef int pack_sink_fn(
    void *ctx, const uint8_t *data, size_t len, struct hrv_err *err);
int pack_read(struct pack_reader *r, const struct pack_ref *ref,
    pack_sink_fn *sink, void *ctx, struct hrv_err *err) HRV_MUST_CHECK;

/* Appends a whole body of at most max bytes to out; HRV_EINTEGRITY when its
 * length is more than that. */
int pack_read_whole(struct pack_reader *r, const struct pack_ref *ref,
    size_t max, struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;

#endif
