/* SPDX-License-Identifier: ISC */
/*
 * Rotating a key that wraps data keys. Layer: verbs. Invariant: the data keys
 * stay, every one, also those of held records: only what they are wrapped
 * under changes; afterwards nothing is wrapped under the old key, so it is
 * destroyed.
 */
#include "vault/crypto/crypt.h"
#include "vault/rotate.h"
#include "vault/store/db.h"
#include "vault/unseal.h"

int
rotate_build(
    struct rotate *r, const struct destroy_rotation *how, struct hrv_err *err)
{
	static const char *const facts[] = { "generation_before",
		"generation_after", "keys_before", "keys_after",
		"keys_before_sha256", "keys_after_sha256" };
	int bad = 0;
	int rc = destroy_rotate(r->v, how, &r->keys, err);

	if (rc != HRV_OK)
		return rc;
	r->built = true;
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		bad |= json_object_set(r->payload, facts[i],
		    json_object_get(r->keys.facts, facts[i]));
	return bad ? hrv_fail(err, HRV_ENOMEM, "out of memory") : HRV_OK;
}

static int
set_version(struct hrv_vault *v, enum sql_id sql, const char *name,
    uint32_t version, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, name);
	(void)db_bind_int(st, 2, (int64_t)version);
	return db_run(st, err);
}

int
rotate_versions(struct hrv_vault *v, const char *name, uint32_t version,
    struct hrv_err *err)
{
	int rc =
	    set_version(v, SQL_ROTATION_SET_RECORDS, name + 4, version, err);

	if (rc == HRV_OK)
		rc = set_version(
		    v, SQL_ROTATION_SET_DETAILS, name, version, err);
	if (rc == HRV_OK)
		rc =
		    set_version(v, SQL_ROTATION_SET_COPIES, name, version, err);
	return rc;
}

int
rotate_kek(struct rotate *r, struct hrv_err *err)
{
	struct unseal_rewrap w = { .vault = r->v,
		.receipt = r->receipt,
		.name = r->name,
		.version = r->key.version,
		.progress = r->args != NULL ? r->args->progress : NULL,
		.ctx = r->args != NULL ? r->args->ctx : NULL,
		.sha = crypt_sha256_new() };
	const struct destroy_rotation how = { .rewrap = unseal_rewrap,
		.ctx = &w };
	uint8_t hash[32];
	int rc = w.sha == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			       : rotate_build(r, &how, err);

	if (rc == HRV_OK) {
		crypt_sha256_final(w.sha, hash);
		w.sha = NULL;
		r->rewrapped = w.n;
		if (json_set_int(r->payload, "rewrapped", (int64_t)w.n) ||
		    json_set_hex(
			r->payload, "rewrapped_sha256", hash, sizeof(hash)))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	crypt_sha256_free(w.sha);
	return rc == HRV_OK
		   ? rotate_versions(r->v, r->name, r->key.version, err)
		   : rc;
}
