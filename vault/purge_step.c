/* SPDX-License-Identifier: ISC */
/*
 * The steps of a destruction, in the order in which every way to it takes
 * them. Layer: verbs. Invariant: nothing is destroyed that was not announced
 * in a durable entry, and judged by the log's very end under the write lock.
 */
#include "vault/clock.h"
#include "vault/purge.h"
#include "vault/purge_restored.h"
#include "vault/remember.h"

int
purge_check_trust(
    struct hrv_vault *v, const struct survey *s, struct hrv_err *err)
{
	int rc = remember_check_seen(v, err);

	return rc == HRV_OK
		   ? clock_check(&s->fold, v->schedule, vault_now(v), err)
		   : rc;
}

int
purge_announce(struct hrv_vault *v, const struct survey *s,
    const struct hrv_id *run, const struct hrv_id *person, struct receipt **ret,
    struct hrv_err *err)
{
	struct entry e = ENTRY("purge.intent");
	struct manifest m = { 0 };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++) {
		if (s->list[i].chosen)
			rc = manifest_add(&m, &s->list[i].record, NULL, err);
	}
	for (size_t i = 0; rc == HRV_OK && i < s->papers.n; i++) {
		if (s->papers.list[i].chosen)
			rc = manifest_add(&m, &s->papers.list[i].id, NULL, err);
	}
	for (size_t i = 0; rc == HRV_OK && i < s->over.n; i++)
		rc = manifest_add(&m, &s->over.ids[i], NULL, err);
	if (rc == HRV_OK && person != NULL)
		rc = manifest_add(&m, person, NULL, err);
	e.run = run;
	if (rc == HRV_OK)
		rc = receipt_open(v, &e, &m, ret, err);
	manifest_clear(&m);
	return rc;
}

int
purge_commit(
    struct hrv_vault *v, const struct purge_commit_args *a, struct hrv_err *err)
{
	struct entry none = ENTRY("purge.commit");
	int rc = txn_begin(v, err);

	if (rc == HRV_OK)
		rc = survey_update(v, a->survey, err);
	if (rc == HRV_OK)
		rc = clock_check(
		    &a->survey->fold, v->schedule, vault_now(v), err);
	if (rc == HRV_OK)
		rc = purge_check_restored(&a->survey->fold, err);
	if (rc == HRV_OK)
		rc = a->destroy(v, a->ctx, err);
	if (rc == HRV_OK && !destroy_any(a->result)) {
		none.run = a->run;
		none.result = LEAF_REFUSED;
		none.code = "protected";
		rc = receipt_entry(v, a->intent, &none, NULL, err);
	}
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	if (rc == HRV_OK && destroy_any(a->result))
		v->gen = a->result->gen_after;
	txn_abort(v);
	return rc;
}
