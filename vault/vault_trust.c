/* SPDX-License-Identifier: ISC */
/*
 * The kept keyring. Layer: verbs. Invariant: it is that of the slot file whose
 * hash it remembers; another slot file, or one still being made, gets another.
 */
#include "vault/vault_trust.h"

#include <stdlib.h>
#include <string.h>

static bool
is_of(const struct hrv_vault *v)
{
	static const uint8_t unwritten[sizeof(v->slots->hash)];

	return v->trust != NULL &&
	       memcmp(v->slots->hash, unwritten, sizeof(unwritten)) != 0 &&
	       memcmp(v->slots->hash, v->trust_of, sizeof(v->trust_of)) == 0;
}

int
vault_trust(struct hrv_vault *v, struct trust **ret, struct hrv_err *err)
{
	int rc;

	if (is_of(v)) {
		*ret = v->trust;
		return HRV_OK;
	}
	vault_trust_clear(v);
	v->trust = calloc(1, sizeof(*v->trust));
	if (v->trust == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = trust_init(v->trust, v->tmp_dir, v->slots, err);
	if (rc != HRV_OK) {
		vault_trust_clear(v);
		return rc;
	}
	memcpy(v->trust_of, v->slots->hash, sizeof(v->trust_of));
	*ret = v->trust;
	return HRV_OK;
}

void
vault_trust_clear(struct hrv_vault *v)
{
	if (v->trust == NULL)
		return;
	trust_clear(v->trust);
	free(v->trust);
	v->trust = NULL;
}
