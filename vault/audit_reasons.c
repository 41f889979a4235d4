/* SPDX-License-Identifier: ISC */
/*
 * Opening typed reasons for those who may. Layer: verbs. Invariant: one
 * durable intent names the owner of every reason before the first is opened,
 * and its outcome is written before any is shown.
 */
#include <string.h>

#include "vault/audit_int.h"
#include "vault/detail.h"
#include "vault/holdplace.h"
#include "vault/receipt.h"
#include "vault/unseal.h"

/* Whether the entry has a reason, and the reason itself if it still exists. */
static int
load(struct hrv_vault *v, const json_t *entry, struct detail *ret,
    bool *ret_found, struct hrv_err *err)
{
	uint64_t index = (uint64_t)json_int(entry, "index", 0);
	int rc;

	*ret_found = false;
	if (json_object_get(entry, "reason") == NULL)
		return HRV_OK;
	rc = detail_load(v, index, ret, err);
	if (rc == HRV_ENOTFOUND)
		return HRV_OK;
	*ret_found = rc == HRV_OK;
	return rc;
}

static int
owners(struct hrv_vault *v, const json_t *entries, struct manifest *m,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < json_array_size(entries); i++) {
		struct detail d = { .sealed = BUF_INIT };
		bool found, known = false;

		rc = load(v, json_array_get(entries, i), &d, &found, err);
		if (rc != HRV_OK || !found)
			continue;
		for (size_t k = 0; k < m->n && !known; k++)
			known = id_equal(&m->rows[k].id, &d.owner);
		if (!known)
			rc = manifest_add(m, &d.owner, NULL, err);
		detail_clear(&d);
	}
	return rc;
}

/* The text as it was typed; a hold's is an object of matter and reason. */
static int
set_reason(json_t *entry, const struct detail *d, const struct buf *text)
{
	json_t *both = NULL;
	int rc;

	if (strcmp(d->kek, KEK_HOLD) == 0 &&
	    json_read(text->data, text->len, &both, NULL) == HRV_OK &&
	    json_is_object(both)) {
		rc = json_set_str(entry, "matter", json_str(both, "matter")) ||
		     json_set_str(entry, "reason", json_str(both, "reason")) ||
		     json_set_str(
			 entry, "authority", json_str(both, "authority"));
		json_decref(both);
		return rc;
	}
	json_decref(both);
	return json_set_str(entry, "reason", buf_str(text));
}

static int
open_one(struct hrv_vault *v, const struct receipt *r, json_t *entry,
    struct hrv_err *err)
{
	struct detail d = { .sealed = BUF_INIT };
	struct buf text = BUF_INIT_SECRET;
	bool found;
	int rc = load(v, entry, &d, &found, err);

	if (rc != HRV_OK)
		return rc;
	if (!found) {
		if (json_object_get(entry, "reason") != NULL &&
		    json_object_set_new(entry, "reason_gone", json_true()))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		return rc;
	}
	/* A matter is not read by whom it is about, on no way. */
	if (d.owner.kind == ID_HOLD)
		rc = conflict_check_hold(v, v->fpr, &d.owner, err);
	if (rc == HRV_OK)
		rc = unseal_detail(v, r, &d, &text, err);
	if (rc == HRV_OK && set_reason(entry, &d, &text))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_EREFUSED && (strcmp(err->name, "key-not-held") == 0 ||
				      strcmp(err->name, "conflict") == 0))
		rc = json_object_set_new(entry, "reason_withheld", json_true())
			 ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			 : HRV_OK;
	buf_clear(&text);
	detail_clear(&d);
	return rc;
}

int
audit_reasons(
    struct hrv_vault *v, const char *op, json_t *entries, struct hrv_err *err)
{
	struct entry e = { .op = op, .phase = OP_SINGLE, .result = LEAF_OK };
	struct manifest m = { 0 };
	struct receipt *r = NULL;
	struct hrv_err why;
	int rc = owners(v, entries, &m, err);

	if (rc != HRV_OK) {
		manifest_clear(&m);
		return rc;
	}
	rc = receipt_open(v, &e, &m, &r, err);
	if (rc != HRV_OK)
		return rc;
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(entries); i++)
		rc = open_one(v, r, json_array_get(entries, i), err);
	why = *err;
	if (receipt_close(v, &r, &e, rc == HRV_OK ? NULL : &why, err) != HRV_OK)
		return (int)err->code;
	*err = why;
	return rc;
}
