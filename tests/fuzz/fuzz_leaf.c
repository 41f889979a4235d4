/* SPDX-License-Identifier: ISC */
/*
 * Hostile log entries: whatever leaf_parse() accepts must come out of
 * leaf_format() as the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/base/enc.h"
#include "vault/crypto/crypt.h"
#include "vault/log/leaf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t zero[32];
	struct hrv_err err;
	struct leaf leaf;
	struct buf again = BUF_INIT;

	if (crypt_init(&err) != HRV_OK)
		abort();
	if (leaf_verify_sig(data, size, zero, zero, &err) == HRV_OK)
		abort();
	if (leaf_parse(data, size, &leaf, &err) != HRV_OK)
		return 0;
	if (leaf_format(&leaf, &again, &err) != HRV_OK)
		abort();
	buf_adds(&again, "sig ");
	enc_b64(&again, leaf.sig, sizeof(leaf.sig));
	buf_addc(&again, '\n');
	if (again.len != size || memcmp(again.data, data, size) != 0)
		abort();
	buf_clear(&again);
	return 0;
}
