/* SPDX-License-Identifier: ISC */
/*
 * What a collecting found, for whoever asked for it, with the names that would
 * go out. Layer: verbs. Invariant: the records are opened for it under a
 * receipt of their own, after the collecting is durable: what is damaged
 * undoes nothing of that.
 */
#include <string.h>

#include "vault/case_annex.h"
#include "vault/case_named.h"
#include "vault/case_next.h"
#include "vault/record_view.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
under_receipt(struct hrv_vault *v, const struct receipt *r,
    const struct kase *k, json_t **ret, struct hrv_err *err)
{
	struct pseudonyms *names = NULL;
	json_t *frozen = NULL;
	int rc = frozen_open(v, r, k, &frozen, err);

	if (rc == HRV_OK)
		rc = pseudonyms_new(json_object_get(frozen, "people"),
		    json_object_get(frozen, "own"), &names, err);
	if (rc == HRV_OK)
		rc = case_named(v, r, k, names, ret, err);
	pseudonyms_free(names);
	json_decref(frozen);
	return rc;
}

static int
named_now(struct hrv_vault *v, const struct kase *k, json_t **ret,
    struct hrv_err *err)
{
	struct entry e = ENTRY("case.show");
	struct manifest m = { 0 };
	struct receipt *r = NULL;
	json_t *list = NULL;
	int rc = case_things(v, k, &m, err);

	e.subject = &k->subject;
	e.kase = &k->id;
	if (rc == HRV_OK)
		rc = receipt_open(v, &e, &m, &r, err);
	manifest_clear(&m);
	if (rc == HRV_OK)
		rc = under_receipt(v, r, k, &list, err);
	if (rc == HRV_OK)
		rc = receipt_close(v, &r, &e, NULL, err);
	else
		rc = record_failed(v, &e, &r, err);
	receipt_drop(&r);
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}

int
case_collected(struct hrv_vault *v, const struct hrv_id *kase, size_t added,
    struct hrv_doc **ret, struct hrv_err *err)
{
	struct kase now = { .law = NULL };
	char id[ID_TEXT_SIZE];
	json_t *o, *items = NULL, *named = NULL;
	int rc = case_rows(v, kase, &now, err);

	id_format(kase, id);
	o = json_pack("{s:s}", "id", id);
	if (rc == HRV_OK && case_has_package(&now))
		rc = named_now(v, &now, &named, err);
	if (rc == HRV_OK)
		rc = case_items_json(v, &now, &items, err);
	if (rc == HRV_OK)
		rc = case_law(v, &now, err);
	if (rc == HRV_OK)
		rc = case_put_waits(v, &now, items, err);
	if (rc == HRV_OK && (o == NULL || case_put_counts(o, &now) ||
				json_set_int(o, "added", (int64_t)added) ||
				case_put_named(o, named, false) ||
				json_object_set_new(o, "items", items)))
		rc = no_memory(err);
	json_decref(named);
	case_clear(&now);
	if (rc != HRV_OK) {
		json_decref(o);
		return rc;
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}
