/* SPDX-License-Identifier: ISC */
/*
 * The log in vault.db: adding a leaf, reading leaves back, the root of any
 * earlier size. Adding happens inside the caller's write transaction and is
 * durable with its commit. Layer: log (on store).
 */
#ifndef VAULT_LOG_APPEND_H
#define VAULT_LOG_APPEND_H

#include <stdint.h>

#include "vault/base/buf.h"
#include "vault/log/tree.h"

struct db;

/* Reads the tree's right edge, which is also its size. HRV_EINTEGRITY when it
 * does not fit the stored leaves. */
int log_frontier(struct db *db, struct tree_frontier *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Stores one leaf (its whole signed text) with its payload (NULL: none) as
 * leaf number f->size, its hash and the full subtrees it completes, and moves
 * f and the stored edge on.
 */
int log_add(struct db *db, struct tree_frontier *f, const struct buf *leaf,
    const struct buf *payload, struct hrv_err *err) HRV_MUST_CHECK;
/* Root of the first `size` leaves, from the stored subtrees: a handful of
 * reads. HRV_EFAILED when there are fewer leaves. */
int log_root_at(struct db *db, uint64_t size, uint8_t out[TREE_HASH],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Where proofs come from: leaf hashes and full subtrees of this database. */
struct tree_source log_source(struct db *db);
/* Appends the bytes of leaf number idx to leaf and its payload to payload
 * (may be NULL). HRV_ENOTFOUND when there is no such leaf. */
int log_read(struct db *db, uint64_t idx, struct buf *leaf, struct buf *payload,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Calls fn for every leaf from `first` on, in order, until the end or the
 * first error; leaf and payload are borrowed for the call (payload may be
 * NULL).
 */
struct log_row {
	uint64_t index;
	const uint8_t *leaf;
	size_t leaf_len;
	const uint8_t *payload;
	size_t payload_len;
};
int log_each(struct db *db, uint64_t first,
    int (*fn)(void *ctx, const struct log_row *row, struct hrv_err *err),
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;

#endif
