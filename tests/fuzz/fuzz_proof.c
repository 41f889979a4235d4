/* SPDX-License-Identifier: ISC */
/*
 * Hostile proofs, tree edges and entry bundles: no crash, and what parses is
 * written again as the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/crypto/crypt.h"
#include "vault/log/proof.h"
#include "vault/log/tiles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same(struct buf *b, const uint8_t *data, size_t size)
{
	if (b->len != size || memcmp(b->data, data, size) != 0)
		abort();
	buf_clear(b);
}

static void
walk_bundle(const uint8_t *data, size_t size)
{
	const uint8_t *leaf;
	size_t pos = 0, len;
	struct hrv_err err;

	while (tiles_entry_next(data, size, &pos, &leaf, &len, &err) == HRV_OK)
		;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t zero[32];
	struct tree_frontier edge;
	struct buf again = BUF_INIT;
	struct note_vkey vkey;
	struct proof p;
	struct hrv_err err;

	if (crypt_init(&err) != HRV_OK ||
	    note_vkey_init(&vkey, "example.org/log1", zero, &err) != HRV_OK)
		abort();
	walk_bundle(data, size);
	if (tree_frontier_read(data, size, &edge, &err) == HRV_OK) {
		tree_frontier_write(&edge, &again);
		same(&again, data, size);
	}
	if (proof_parse(data, size, &p, &err) == HRV_OK) {
		if (proof_verify(&p, &vkey, zero, NULL, &err) == HRV_OK ||
		    proof_write(&p, &again, &err) != HRV_OK)
			abort();
		same(&again, data, size);
	}
	if (proof_consistency_parse(data, size, &p, &err) == HRV_OK) {
		if (proof_consistency_write(&p, &again, &err) != HRV_OK)
			abort();
		same(&again, data, size);
	}
	return 0;
}
