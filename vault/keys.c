/* SPDX-License-Identifier: ISC */
/*
 * Data keys. Layer: verbs. Opening one is not here but in unseal.c, behind a
 * receipt.
 */
#include "vault/keys.h"

#include <stdio.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/base/when.h"
#include "vault/inforce.h"
#include "vault/store/db.h"
#include "vault/store/keystore.h"
#include "vault/txn.h"

#define LOCK_WAIT_MS 5000
#define OPEN_TRIES 5 /* purges that may overtake one opening */

static int
open_once(struct hrv_vault *v, struct hrv_err *err)
{
	struct keystore_open_args a = { .dir = v->dir,
		.gen = v->gen,
		.readonly = db_readonly(v->db),
		.copy_dir = v->state_dir,
		.timeout_ms = LOCK_WAIT_MS };

	a.k_write = keyring_current(&v->ring, v->slots, KEY_WRITE, NULL);
	if (a.k_write == NULL)
		return hrv_fail_as(err, HRV_EREFUSED, "role",
		    "the role %s holds no key of the keystore",
		    role_name(v->role));
	return keystore_open(&a, &v->ks, err);
}

/* After a failure: which generation is in force now? A rotation may also have
 * changed the key that opens it, and that is no damage. */
static int
look_again(struct hrv_vault *v, struct hrv_err *err)
{
	uint8_t slots[32];
	int rc = inforce_vault(v, slots, err);

	if (rc == HRV_OK && memcmp(slots, v->slots->hash, 32) != 0) {
		hrv_fail(err, HRV_EBUSY,
		    "the members or keys of the vault were changed just now");
		rc = hrv_hint(err, "run the command again");
	}
	return rc;
}

int
keys_open(struct hrv_vault *v, struct hrv_err *err)
{
	struct hrv_err why;
	int rc = HRV_OK;

	if (v->ks != NULL && keystore_gen(v->ks) == v->gen)
		return HRV_OK;
	keystore_close(v->ks);
	v->ks = NULL;
	for (int i = 0; i < OPEN_TRIES; i++) {
		rc = open_once(v, err);
		if ((rc != HRV_ENOTFOUND && rc != HRV_EINTEGRITY) || v->in_txn)
			break;
		why = *err;
		if (look_again(v, err) != HRV_OK) {
			rc = (int)err->code;
			break;
		}
		*err = why;
		if (rc == HRV_EINTEGRITY)
			break;
	}
	if (rc == HRV_ENOTFOUND || (rc == HRV_OK && v->ks == NULL))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the keystore of generation %u is missing", v->gen);
	return rc;
}

static int
begin(struct hrv_vault *v, struct hrv_err *err)
{
	int rc = keys_open(v, err);

	if (rc != HRV_OK || v->ks_changed)
		return rc;
	rc = keystore_begin(v->ks, err);
	if (rc == HRV_OK)
		v->ks_changed = true;
	return rc;
}

int
keys_new(struct hrv_vault *v, const struct keys_new_args *args,
    struct key **ret_dek, uint8_t ret_id[DEK_ID_LEN], uint32_t *ret_kek,
    struct hrv_err *err)
{
	struct wrap_context c = { .kek_name = args->kek,
		.purpose = args->purpose };
	struct keystore_dek row = { .purpose = (uint8_t)args->purpose,
		.added = when_day(vault_now(v)) };
	const struct key *kek;
	struct key *dek = NULL;
	int rc;

	kek = keyring_current(&v->ring, v->slots, args->kek, &c.kek_version);
	if (kek == NULL)
		return hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
		    "you do not hold the key of the compartment '%s'",
		    args->kek + strlen("kek/"));
	crypt_random(row.dek_id, sizeof(row.dek_id));
	memcpy(row.record_id, args->owner->b, sizeof(row.record_id));
	memcpy(c.vault_id, v->id, sizeof(c.vault_id));
	memcpy(c.dek_id, row.dek_id, sizeof(c.dek_id));
	memcpy(c.record_id, row.record_id, sizeof(c.record_id));
	row.kek_version = c.kek_version;
	snprintf(row.kek, sizeof(row.kek), "%s", args->kek);
	rc = key_new_random(KEY_LEN, &dek, err);
	if (rc == HRV_OK)
		rc = wrap_key(kek, &c, dek, row.wrapped, err);
	if (rc == HRV_OK)
		rc = begin(v, err);
	if (rc == HRV_OK)
		rc = keystore_add(v->ks, &row, err);
	if (rc != HRV_OK) {
		key_free(dek);
		return rc;
	}
	memcpy(ret_id, row.dek_id, DEK_ID_LEN);
	*ret_kek = c.kek_version;
	*ret_dek = dek;
	return HRV_OK;
}
