/* SPDX-License-Identifier: ISC */
/*
 * What an approval is for, where words belong to it. Layer: verbs. Invariant:
 * the log has a keyed hash of what people typed, and never the words.
 */
#include <string.h>

#include "vault/base/text.h"
#include "vault/crypto/crypt.h"
#include "vault/proposal.h"
#include "vault/proposal_rule.h"

int
proposal_bind(struct hrv_vault *v, const char *name, const json_t *bound,
    json_t *what, struct hrv_err *err)
{
	const struct key *k =
	    keyring_current(&v->ring, v->slots, KEY_INDEX, NULL);
	struct buf canon = BUF_INIT_SECRET;
	uint8_t mac[32];
	int rc;

	if (k == NULL)
		return hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
		    "you do not hold the key of the index");
	buf_adds(&canon, "hrvault-bound/v1\n");
	rc = json_canonical(bound, &canon, err);
	if (rc == HRV_OK)
		rc = crypt_hmac_sha256(k, canon.data, canon.len, mac, err);
	if (rc == HRV_OK && json_set_hex(what, name, mac, sizeof(mac)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	buf_clear(&canon);
	return rc;
}

int
proposal_whole(struct hrv_vault *v, const struct proposal_args *a, json_t **ret,
    struct hrv_err *err)
{
	const struct proposal_rule *r = proposal_rule(a->kind);
	json_t *what = json_deep_copy(a->what);
	json_t *bound = NULL;
	int rc = HRV_OK;

	/* Whoever acts on a request says why himself. */
	if (a->reason != NULL && (r->approve != 0 || r->officer)) {
		rc = text_check_field(
		    TEXT_REASON, a->reason, strlen(a->reason), err);
		bound = json_pack("{s:s}", "reason", a->reason);
		if (rc == HRV_OK && (what == NULL || bound == NULL))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		if (rc == HRV_OK)
			rc = proposal_bind(v, "reason_mac", bound, what, err);
	}
	json_decref(bound);
	if (rc == HRV_OK && what == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = proposal_starts(v, a->kind, what, err);
	if (rc != HRV_OK) {
		json_decref(what);
		return rc;
	}
	*ret = what;
	return HRV_OK;
}
