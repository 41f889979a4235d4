/* SPDX-License-Identifier: ISC */
/*
 * Hostile checkpoints and verifier keys: no crash, and nothing is accepted
 * under a key that nobody can sign with.
 */
#include <stdlib.h>

#include "vault/crypto/crypt.h"
#include "vault/log/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t zero[32];
	struct note_checkpoint cp;
	struct note_vkey vkey;
	struct hrv_err err;

	if (crypt_init(&err) != HRV_OK)
		abort();
	if (note_vkey_parse((const char *)data, size, &vkey, &err) == HRV_OK &&
	    !note_name_ok(vkey.name))
		abort();
	if (note_peek(data, size, &cp, &err) != HRV_OK)
		return 0;
	/* A low-order point as the key verifies nothing. */
	if (note_vkey_init(&vkey, cp.origin, zero, &err) != HRV_OK)
		abort();
	if (note_open(data, size, &vkey, &cp, &err) == HRV_OK)
		abort();
	return 0;
}
