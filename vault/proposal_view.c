/* SPDX-License-Identifier: ISC */
/*
 * Listing and showing proposals. Layer: verbs. Invariant: everything but a
 * typed reason is layer 1 (ids, classes, rules and dates): nothing is decrypted
 * for it and nothing is written, so that whoever is to approve can always look
 * first. A reason is opened as the log opens them.
 */
#include "hrvault/proposal.h"

#include <stdlib.h>
#include <string.h>

#include "vault/audit_int.h"
#include "vault/crypto/crypt.h"
#include "vault/custody/roles.h"
#include "vault/log/append.h"
#include "vault/member.h"
#include "vault/proposal.h"
#include "vault/proposal_rule.h"
#include "vault/store/db.h"
#include "vault/version.h"

#define OP "proposal.show"

static json_t *
row_json(const struct hrv_vault *v, const struct proposal_row *p)
{
	char id[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&p->id, id);
	if (o == NULL || json_set_str(o, "id", id) ||
	    json_set_str(o, "kind", p->kind) ||
	    json_set_str(o, "status", p->status) ||
	    json_set_str(o, "proposer", p->proposer) ||
	    member_set_user_id(o, "proposer_user_id", v->slots, p->proposer) ||
	    json_set_str(o, "opened", p->opened) ||
	    json_set_str(o, "expires", p->expires) ||
	    json_set_str(
		o, "approver", p->approver[0] == '\0' ? NULL : p->approver) ||
	    member_set_user_id(o, "approver_user_id", v->slots, p->approver)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* The same, and what took its place. */
static int
listed_json(struct hrv_vault *v, const struct proposal_row *p, json_t **ret,
    struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct hrv_id later;
	struct hrv_err why;
	json_t *o;
	int rc = proposal_outdated(v, p, &later, err);

	if (rc != HRV_OK)
		return rc;
	o = row_json(v, p);
	if (o != NULL && later.kind != 0) {
		id_format(&later, text);
		if (json_set_str(o, "outdated_by", text)) {
			json_decref(o);
			o = NULL;
		}
	}
	if (o != NULL && strcmp(p->status, "approved") == 0 &&
	    proposal_still(v, p, &why) == HRV_EREFUSED &&
	    json_object_set_new(o, "overtaken", json_true())) {
		json_decref(o);
		o = NULL;
	}
	if (o == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	*ret = o;
	return HRV_OK;
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
		json_t *o = NULL;

		rc = proposal_load(v, &ids[i], &p, err);
		if (rc != HRV_OK)
			break;
		rc = listed_json(v, &p, &o, err);
		proposal_clear(&p);
		if (rc == HRV_OK)
			rc = fn(ctx, (struct hrv_doc *)o, err);
		json_decref(o);
	}
	free(ids);
	return rc;
}

/* Whether one was typed: its entry says so without telling it. */
static int
has_reason(struct hrv_vault *v, const struct proposal_row *p, bool *ret,
    struct hrv_err *err)
{
	struct leaf l = LEAF_INIT;
	struct buf b = BUF_INIT;
	int rc = log_read(v->db, p->opened_leaf, &b, NULL, err);

	if (rc == HRV_OK)
		rc = leaf_parse(b.data, b.len, &l, err);
	*ret = rc == HRV_OK && (l.has & LEAF_DETAIL) != 0;
	buf_clear(&b);
	return rc;
}

static int
full_json(struct hrv_vault *v, const struct proposal_row *p, json_t **ret,
    struct hrv_err *err)
{
	json_t *effects = json_array(), *o = NULL;
	uint8_t hash[32];
	bool reason = false;
	int rc = listed_json(v, p, &o, err);

	if (rc == HRV_OK)
		rc = has_reason(v, p, &reason, err);
	if (rc != HRV_OK) {
		json_decref(effects);
		json_decref(o);
		return rc;
	}

	crypt_sha256(p->payload.data, p->payload.len, hash);
	if (o == NULL || json_object_set_new(o, "effects", effects) ||
	    json_object_set(o, "what", p->what) ||
	    json_set_hex(o, "sha256", hash, sizeof(hash)) ||
	    json_object_set_new(o, "has_reason", json_boolean(reason)) ||
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

/* One proposal as it is shown; *ret_leaf (may be NULL): the entry that opened
 * it. */
static int
shown(struct hrv_vault *v, const char *which, json_t **ret, uint64_t *ret_leaf,
    struct hrv_err *err)
{
	struct proposal_row p = PROPOSAL_ROW_INIT;
	struct hrv_id id;
	int rc = lookup_proposal(v, which, &id, err);

	if (rc == HRV_OK)
		rc = proposal_load(v, &id, &p, err);
	if (rc == HRV_OK)
		rc = proposal_check_log(v, &p, err);
	if (rc == HRV_OK)
		rc = full_json(v, &p, ret, err);
	if (ret_leaf != NULL)
		*ret_leaf = p.opened_leaf;
	proposal_clear(&p);
	return rc;
}

int
hrv_proposal_show(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	json_t *o = NULL;
	int rc = shown(v, which, &o, NULL, err);

	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)o;
	return rc;
}

/* Opens the reason of the entry and puts it into the document. */
static int
open_reason(
    struct hrv_vault *v, uint64_t leaf, json_t *doc, struct hrv_err *err)
{
	json_t *list =
	    json_pack("[{s:I,s:n}]", "index", (json_int_t)leaf, "reason");
	json_t *entry = json_array_get(list, 0);
	int rc = list == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			      : audit_reasons(v, OP, list, err);

	if (rc == HRV_OK &&
	    (json_object_del(entry, "index") || json_object_update(doc, entry)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(list);
	return rc;
}

int
hrv_proposal_show_reason(struct hrv_vault *v, const char *which,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY(OP);
	json_t *o = NULL;
	uint64_t leaf = 0;
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	rc = shown(v, which, &o, &leaf, err);
	if (rc == HRV_OK && json_is_true(json_object_get(o, "has_reason")))
		rc = open_reason(v, leaf, o, err);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}
