/* SPDX-License-Identifier: ISC */
/*
 * The Merkle tree of RFC 6962 section 2.1 over SHA-256: hashes, an append-only
 * frontier, inclusion and consistency proofs and their verification. Pure:
 * bytes in, bytes out. Layer: log. What comes from outside (paths, sizes) is
 * refused when malformed, never trusted to be short or consistent.
 */
#ifndef VAULT_LOG_TREE_H
#define VAULT_LOG_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/err.h"

struct buf;

#define TREE_HASH 32 /* bytes of a hash */
#define TREE_MAX_SIZE                                                          \
	((uint64_t)INT64_MAX) /* leaves; every size fits int64                 \
			       */
#define TREE_MAX_PATH 64      /* hashes of any proof or frontier */

/* SHA-256(0x00 || data), the hash of one leaf. */
void tree_leaf_hash(const void *data, size_t len, uint8_t out[TREE_HASH]);
/* SHA-256(0x01 || left || right). out may be left or right. */
void tree_node_hash(const uint8_t left[TREE_HASH],
    const uint8_t right[TREE_HASH], uint8_t out[TREE_HASH]);
/* SHA-256 of nothing, the root of the tree without leaves. */
void tree_empty_root(uint8_t out[TREE_HASH]);

/* The right edge of a tree: the roots of its full subtrees, largest first, one
 * for every set bit of size. Enough to append and to compute the root. A
 * zeroed struct is the empty tree; nothing is allocated. */
struct tree_frontier {
	uint64_t size; /* leaves so far */
	uint8_t hash[TREE_MAX_PATH][TREE_HASH];
};

/* Makes f the empty tree. */
void tree_frontier_init(struct tree_frontier *f);
/* Number of hashes in use: the set bits of f->size. */
size_t tree_frontier_count(const struct tree_frontier *f);
/* Adds one leaf by its hash. HRV_EFAILED, f unchanged, at TREE_MAX_SIZE. */
int tree_frontier_append(struct tree_frontier *f, const uint8_t leaf[TREE_HASH],
    struct hrv_err *err) HRV_MUST_CHECK;
/* The root of the tree with f->size leaves. */
void tree_frontier_root(const struct tree_frontier *f, uint8_t out[TREE_HASH]);
/* Appends the stored form: size as 8 bytes big-endian, then the hashes. */
void tree_frontier_write(const struct tree_frontier *f, struct buf *out);
/* Reads exactly the stored form. HRV_EINTEGRITY when the length does not fit
 * the size, or the size is over TREE_MAX_SIZE; *ret is then untouched. */
int tree_frontier_read(const void *data, size_t len, struct tree_frontier *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Root over an array of n leaf hashes. */
void tree_root_of(
    const uint8_t (*leaf)[TREE_HASH], size_t n, uint8_t out[TREE_HASH]);

/* Where a large tree comes from. leaf() yields the hash of leaf `index`; its
 * error ends the operation and is passed on. node() may be NULL; otherwise it
 * is asked first for the root of the full subtree that covers the leaves
 * [index << level, (index + 1) << level) and clears *ret_found when it does
 * not have it. */
struct tree_source {
	int (*leaf)(void *ctx, uint64_t index, uint8_t out[TREE_HASH],
	    struct hrv_err *err);
	int (*node)(void *ctx, unsigned level, uint64_t index,
	    uint8_t out[TREE_HASH], bool *ret_found, struct hrv_err *err);
	void *ctx;
};

/* A proof: its hashes in the order of RFC 6962 (inclusion: leaf to root). */
struct tree_path {
	size_t count;
	uint8_t hash[TREE_MAX_PATH][TREE_HASH];
};

/* Root over the leaves [start, end). start must be a multiple of the smallest
 * power of two that is not less than end - start (0 always is), so that the
 * range is a subtree; otherwise HRV_EFAILED. An empty range gives the empty
 * root. Reads every leaf once, unless node() knows better. */
int tree_range_root(const struct tree_source *src, uint64_t start, uint64_t end,
    uint8_t out[TREE_HASH], struct hrv_err *err) HRV_MUST_CHECK;
/* Path of leaf `index` in the tree of the first `size` leaves. HRV_EFAILED
 * unless index < size <= TREE_MAX_SIZE. *ret is written only on success. */
int tree_inclusion(const struct tree_source *src, uint64_t index, uint64_t size,
    struct tree_path *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Proof that the tree of `old_size` leaves is a prefix of the one of
 * `new_size`; empty when they are equal. HRV_EFAILED unless
 * 0 < old_size <= new_size <= TREE_MAX_SIZE. */
int tree_consistency(const struct tree_source *src, uint64_t old_size,
    uint64_t new_size, struct tree_path *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* What an inclusion proof claims. */
struct tree_inclusion_claim {
	uint64_t index;
	uint64_t size;
	const uint8_t *leaf; /* leaf hash, TREE_HASH bytes */
	const uint8_t *root; /* TREE_HASH bytes */
};
/* HRV_EINTEGRITY unless the path has exactly the length that index and size
 * ask for and leads from leaf to root. */
int tree_inclusion_check(const struct tree_inclusion_claim *claim,
    const struct tree_path *path, struct hrv_err *err) HRV_MUST_CHECK;

/* What a consistency proof claims. */
struct tree_consistency_claim {
	uint64_t old_size;
	uint64_t new_size;
	const uint8_t *old_root; /* TREE_HASH bytes */
	const uint8_t *new_root; /* TREE_HASH bytes */
};
/* HRV_EINTEGRITY unless the path proves both roots. Size 0 is always an error:
 * everything extends the empty tree, so such a proof says nothing. */
int tree_consistency_check(const struct tree_consistency_claim *claim,
    const struct tree_path *path, struct hrv_err *err) HRV_MUST_CHECK;

#endif
