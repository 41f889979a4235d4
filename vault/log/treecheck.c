/* SPDX-License-Identifier: ISC */
/*
 * Verifying inclusion and consistency proofs (RFC 9162 sections 2.1.3.2 and
 * 2.1.4.2, which spell out what RFC 6962 leaves to the reader). Layer: log.
 * Invariant: a proof that is too short or too long is refused like one whose
 * hashes are wrong; every hash of it takes part.
 */
#include "vault/log/tree.h"

#include <string.h>

static int
refuse(struct hrv_err *err, const char *what)
{
	return hrv_fail(err, HRV_EINTEGRITY, "%s proof does not verify", what);
}

int
tree_inclusion_check(const struct tree_inclusion_claim *claim,
    const struct tree_path *path, struct hrv_err *err)
{
	uint64_t fn = claim->index;
	uint64_t sn = claim->size - 1;
	uint8_t acc[TREE_HASH];

	if (claim->size == 0 || claim->size > TREE_MAX_SIZE ||
	    claim->index >= claim->size || path->count > TREE_MAX_PATH)
		return refuse(err, "inclusion");
	memcpy(acc, claim->leaf, TREE_HASH);
	for (size_t i = 0; i < path->count; i++) {
		if (sn == 0)
			return refuse(err, "inclusion");
		if ((fn & 1) != 0 || fn == sn) {
			tree_node_hash(path->hash[i], acc, acc);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			tree_node_hash(acc, path->hash[i], acc);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0 || memcmp(acc, claim->root, TREE_HASH) != 0)
		return refuse(err, "inclusion");
	return HRV_OK;
}

/* Walks the path upwards, rebuilding the old root in fr and the new in sr.
 * False when the path has not exactly the right length. */
static bool
walk(const struct tree_consistency_claim *claim, const struct tree_path *path,
    uint8_t fr[TREE_HASH], uint8_t sr[TREE_HASH])
{
	uint64_t fn = claim->old_size - 1;
	uint64_t sn = claim->new_size - 1;
	size_t i = 0;

	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	/* A full old tree is itself the first subtree and not sent. */
	if (fn == 0) {
		memcpy(fr, claim->old_root, TREE_HASH);
	} else {
		if (path->count == 0)
			return false;
		memcpy(fr, path->hash[i++], TREE_HASH);
	}
	memcpy(sr, fr, TREE_HASH);
	for (; i < path->count; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			tree_node_hash(path->hash[i], fr, fr);
			tree_node_hash(path->hash[i], sr, sr);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			tree_node_hash(sr, path->hash[i], sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0;
}

int
tree_consistency_check(const struct tree_consistency_claim *claim,
    const struct tree_path *path, struct hrv_err *err)
{
	uint8_t fr[TREE_HASH], sr[TREE_HASH];

	if (claim->old_size == 0 || claim->old_size > claim->new_size ||
	    claim->new_size > TREE_MAX_SIZE || path->count > TREE_MAX_PATH)
		return refuse(err, "consistency");
	if (claim->old_size == claim->new_size) {
		if (path->count != 0 ||
		    memcmp(claim->old_root, claim->new_root, TREE_HASH) != 0)
			return refuse(err, "consistency");
		return HRV_OK;
	}
	if (!walk(claim, path, fr, sr) ||
	    memcmp(fr, claim->old_root, TREE_HASH) != 0 ||
	    memcmp(sr, claim->new_root, TREE_HASH) != 0)
		return refuse(err, "consistency");
	return HRV_OK;
}
