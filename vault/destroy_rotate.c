/* SPDX-License-Identifier: ISC */
/*
 * The next keystore generation for a rotation. Layer: verbs. Invariant: it has
 * every key that the one before has, but for those that were retired by
 * sealing their record anew, and these only when that was asked for.
 */
#include "vault/destroy_int.h"

int
destroy_rotate(struct hrv_vault *v, const struct destroy_rotation *how,
    struct destroy_result *ret, struct hrv_err *err)
{
	struct destroy_work w = { .v = v, .rotation = how, .ret = ret };
	int rc = HRV_OK;

	*ret = (struct destroy_result){ .gen_before = v->gen,
		.gen_after = v->gen + 1 };
	w.records = json_array();
	w.identities = json_array();
	if (w.records == NULL || w.identities == NULL)
		rc = destroy_no_memory(err);
	if (rc == HRV_OK)
		rc = destroy_keys(&w, err);
	deklist_clear(&w.victims);
	deklist_clear(&w.referenced);
	deklist_clear(&w.survivors);
	json_decref(w.records);
	json_decref(w.identities);
	return rc;
}
