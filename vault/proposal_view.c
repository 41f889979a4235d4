/* SPDX-License-Identifier: ISC */
/*
 * Listing and showing proposals. Layer: verbs. Everything is layer 1: ids,
 * classes, rules and dates; nothing is decrypted and nothing is written, so
 * that whoever is to approve can always look first.
 */
#include "hrvault/proposal.h"

#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/proposal.h"
#include "vault/proposal_rule.h"
#include "vault/store/db.h"
#include "vault/version.h"

static json_t *
row_json(const struct proposal_row *p)
{
	char id[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&p->id, id);
	if (o == NULL || json_set_str(o, "id", id) ||
	    json_set_str(o, "kind", p->kind) ||
	    json_set_str(o, "status", p->status) ||
	    json_set_str(o, "proposer", p->proposer) ||
	    json_set_str(o, "opened", p->opened) ||
	    json_set_str(o, "expires", p->expires) ||
	    json_set_str(
		o, "approver", p->approver[0] == '\0' ? NULL : p->approver)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int
hrv_proposal_list(
    struct hrv_vault *v, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = ids_of(v, SQL_PROPOSAL_LIST, NULL, ID_PROPOSAL, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct proposal_row p = PROPOSAL_ROW_INIT;
		json_t *o;

		rc = proposal_load(v, &ids[i], &p, err);
		if (rc != HRV_OK)
			break;
		o = row_json(&p);
		proposal_clear(&p);
		rc = o == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			       : fn(ctx, (struct hrv_doc *)o, err);
		json_decref(o);
	}
	free(ids);
	return rc;
}

static int
full_json(const struct proposal_row *p, json_t **ret, struct hrv_err *err)
{
	json_t *o = row_json(p), *effects = json_array();
	uint8_t hash[32];
	int rc = HRV_OK;

	crypt_sha256(p->payload.data, p->payload.len, hash);
	if (o == NULL || json_object_set_new(o, "effects", effects) ||
	    json_object_set(o, "what", p->what) ||
	    json_set_hex(o, "sha256", hash, sizeof(hash)) ||
	    json_set_str(o, "approvers", proposal_approvers(p->kind)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = proposal_words(p, effects, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = o;
	return HRV_OK;
}

int
hrv_proposal_show(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct hrv_id id;
	json_t *o = NULL;
	int rc = lookup_proposal(v, which, &id, err);

	if (rc == HRV_OK)
		rc = proposal_load(v, &id, &p, err);
	if (rc == HRV_OK)
		rc = proposal_check_log(v, &p, err);
	if (rc == HRV_OK)
		rc = full_json(&p, &o, err);
	proposal_clear(&p);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)o;
	return rc;
}
