/* SPDX-License-Identifier: ISC */
/*
 * The Merkle tree of RFC 6962: hashing, the frontier, and making proofs.
 * Verifying them is in treecheck.c, apart from what makes them. Layer: log.
 * Invariant: a range that is handed to range_root() is a subtree of the whole,
 * so one frontier walk over it gives RFC 6962's recursive hash.
 */
#include "vault/log/tree.h"

#include <string.h>

#include "vault/base/buf.h"
#include "vault/crypto/crypt.h"

void
tree_leaf_hash(const void *data, size_t len, uint8_t out[TREE_HASH])
{
	static const uint8_t prefix = 0x00;
	const struct crypt_part parts[] = { { &prefix, 1 }, { data, len } };

	crypt_sha256_parts(parts, 2, out);
}

void
tree_node_hash(const uint8_t left[TREE_HASH], const uint8_t right[TREE_HASH],
    uint8_t out[TREE_HASH])
{
	uint8_t in[1 + 2 * TREE_HASH];

	in[0] = 0x01;
	memcpy(in + 1, left, TREE_HASH);
	memcpy(in + 1 + TREE_HASH, right, TREE_HASH);
	crypt_sha256(in, sizeof(in), out);
}

void
tree_empty_root(uint8_t out[TREE_HASH])
{
	crypt_sha256(NULL, 0, out);
}

static size_t
bits_set(uint64_t v)
{
	size_t n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

void
tree_frontier_init(struct tree_frontier *f)
{
	f->size = 0;
}

size_t
tree_frontier_count(const struct tree_frontier *f)
{
	return bits_set(f->size);
}

/* Adds a full subtree of 2^level leaves; f->size is a multiple of that. */
static void
frontier_add(
    struct tree_frontier *f, unsigned level, const uint8_t root[TREE_HASH])
{
	size_t n = bits_set(f->size);
	uint8_t carry[TREE_HASH];

	memcpy(carry, root, TREE_HASH);
	for (uint64_t bit = 1ull << level; (f->size & bit) != 0; bit <<= 1)
		tree_node_hash(f->hash[--n], carry, carry);
	memcpy(f->hash[n], carry, TREE_HASH);
	f->size += 1ull << level;
}

int
tree_frontier_append(
    struct tree_frontier *f, const uint8_t leaf[TREE_HASH], struct hrv_err *err)
{
	if (f->size >= TREE_MAX_SIZE)
		return hrv_fail(err, HRV_EFAILED, "the log is full");
	frontier_add(f, 0, leaf);
	return HRV_OK;
}

void
tree_frontier_root(const struct tree_frontier *f, uint8_t out[TREE_HASH])
{
	size_t n = bits_set(f->size);
	uint8_t acc[TREE_HASH];

	if (n == 0) {
		tree_empty_root(out);
		return;
	}
	memcpy(acc, f->hash[--n], TREE_HASH);
	while (n > 0)
		tree_node_hash(f->hash[--n], acc, acc);
	memcpy(out, acc, TREE_HASH);
}

void
tree_frontier_write(const struct tree_frontier *f, struct buf *out)
{
	buf_add_u64(out, f->size);
	buf_add(out, f->hash, bits_set(f->size) * TREE_HASH);
}

int
tree_frontier_read(const void *data, size_t len, struct tree_frontier *ret,
    struct hrv_err *err)
{
	const uint8_t *p = data;
	uint64_t size = 0;

	if (len < 8)
		goto bad;
	for (size_t i = 0; i < 8; i++)
		size = size << 8 | p[i];
	if (size > TREE_MAX_SIZE || len != 8 + bits_set(size) * TREE_HASH)
		goto bad;
	ret->size = size;
	memcpy(ret->hash, p + 8, len - 8);
	return HRV_OK;
bad:
	return hrv_fail(err, HRV_EINTEGRITY, "stored tree edge is malformed");
}

void
tree_root_of(const uint8_t (*leaf)[TREE_HASH], size_t n, uint8_t out[TREE_HASH])
{
	struct tree_frontier f;

	tree_frontier_init(&f);
	for (size_t i = 0; i < n; i++)
		frontier_add(&f, 0, leaf[i]);
	tree_frontier_root(&f, out);
}

/* Largest power of two below n, as an exponent; n > 1. */
static unsigned
split_level(uint64_t n)
{
	unsigned level = 0;

	for (uint64_t v = n - 1; v > 1; v >>= 1)
		level++;
	return level;
}

/* Asks src for a full subtree; the level that was found may be lower than the
 * one wanted, 0 being a leaf. */
static int
fetch(const struct tree_source *src, uint64_t start, unsigned *level,
    uint8_t out[TREE_HASH], struct hrv_err *err)
{
	int rc;

	for (; src->node != NULL && *level > 0; (*level)--) {
		bool found = true;

		rc = src->node(
		    src->ctx, *level, start >> *level, out, &found, err);
		if (rc != HRV_OK || found)
			return rc;
	}
	*level = 0;
	return src->leaf(src->ctx, start, out, err);
}

/* The largest subtree that begins at `at` and ends at or before `end`, within
 * a range that begins at `start`. */
static unsigned
step_level(uint64_t start, uint64_t at, uint64_t end)
{
	unsigned level = 0;

	while (level < 62 && ((at - start) & ((2ull << level) - 1)) == 0 &&
	       end - at >= 2ull << level)
		level++;
	return level;
}

int
tree_range_root(const struct tree_source *src, uint64_t start, uint64_t end,
    uint8_t out[TREE_HASH], struct hrv_err *err)
{
	struct tree_frontier f;
	uint64_t mask = 0;
	int rc;

	tree_frontier_init(&f);
	if (end < start || end > TREE_MAX_SIZE)
		return hrv_fail(err, HRV_EFAILED, "tree range is malformed");
	while (end > start && mask < end - start - 1)
		mask = mask << 1 | 1;
	if ((start & mask) != 0)
		return hrv_fail(err, HRV_EFAILED, "tree range is no subtree");
	for (uint64_t at = start; at < end; at = start + f.size) {
		unsigned level = step_level(start, at, end);
		uint8_t hash[TREE_HASH];

		rc = fetch(src, at, &level, hash, err);
		if (rc != HRV_OK)
			return rc;
		frontier_add(&f, level, hash);
	}
	tree_frontier_root(&f, out);
	return HRV_OK;
}

/* Collected from the root down, handed out from the leaf up. */
static void
reverse(struct tree_path *p)
{
	uint8_t tmp[TREE_HASH];

	for (size_t i = 0; i < p->count / 2; i++) {
		memcpy(tmp, p->hash[i], TREE_HASH);
		memcpy(p->hash[i], p->hash[p->count - 1 - i], TREE_HASH);
		memcpy(p->hash[p->count - 1 - i], tmp, TREE_HASH);
	}
}

int
tree_inclusion(const struct tree_source *src, uint64_t index, uint64_t size,
    struct tree_path *ret, struct hrv_err *err)
{
	struct tree_path path = { .count = 0 };
	uint64_t start = 0, end = size;
	int rc;

	if (index >= size || size > TREE_MAX_SIZE)
		return hrv_fail(err, HRV_EFAILED, "no such entry in the tree");
	while (end - start > 1) {
		uint64_t mid = start + (1ull << split_level(end - start));
		bool left = index < mid;

		rc = tree_range_root(src, left ? mid : start, left ? end : mid,
		    path.hash[path.count], err);
		if (rc != HRV_OK)
			return rc;
		path.count++;
		start = left ? start : mid;
		end = left ? mid : end;
	}
	reverse(&path);
	*ret = path;
	return HRV_OK;
}

int
tree_consistency(const struct tree_source *src, uint64_t old_size,
    uint64_t new_size, struct tree_path *ret, struct hrv_err *err)
{
	struct tree_path path = { .count = 0 };
	uint64_t start = 0, end = new_size;
	int rc;

	if (old_size == 0 || old_size > new_size || new_size > TREE_MAX_SIZE)
		return hrv_fail(err, HRV_EFAILED,
		    "no consistency proof between these sizes");
	while (old_size != end) {
		uint64_t mid = start + (1ull << split_level(end - start));
		bool left = old_size <= mid;

		rc = tree_range_root(src, left ? mid : start, left ? end : mid,
		    path.hash[path.count], err);
		if (rc != HRV_OK)
			return rc;
		path.count++;
		start = left ? start : mid;
		end = left ? mid : end;
	}
	/* The verifier knows the old root; any smaller subtree it is told. */
	if (start != 0) {
		rc = tree_range_root(
		    src, start, end, path.hash[path.count], err);
		if (rc != HRV_OK)
			return rc;
		path.count++;
	}
	reverse(&path);
	*ret = path;
	return HRV_OK;
}
