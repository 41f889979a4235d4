/* SPDX-License-Identifier: ISC */
/*
 * Rotating K_write: the key that, with the anchor, opens the keystore, and
 * that the log's key comes from. Layer: verbs. Invariant: the log goes on
 * under its origin; the entry log.succession says from which size on the new
 * key signs, and the old one vouches for nothing that is longer.
 */
#include "vault/crypto/crypt.h"
#include "vault/crypto/kdf.h"
#include "vault/logkeys.h"
#include "vault/rotate.h"

int
rotate_write(struct rotate *r, struct hrv_err *err)
{
	const struct destroy_rotation how = {
		.k_write = keyring_get(&r->v->ring, r->name, r->key.version)
	};

	return rotate_build(r, &how, err);
}

int
rotate_write_succeed(struct rotate *r, struct hrv_err *err)
{
	const struct key *kw =
	    keyring_get(&r->v->ring, r->name, r->key.version);
	struct note_vkey vkey;
	struct key *seed = NULL;
	uint8_t pub[32];
	int rc = kdf_log_seed(kw, r->v->id, &seed, err);

	if (rc == HRV_OK)
		rc = crypt_ed25519_public(seed, pub, err);
	if (rc == HRV_OK)
		rc = note_vkey_init(&vkey, r->v->origin, pub, err);
	key_free(seed);
	r->v->write_next = kw;
	return rc == HRV_OK ? logkeys_succeed(r->v, &vkey, err) : rc;
}
