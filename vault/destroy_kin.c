/* SPDX-License-Identifier: ISC */
/*
 * What is kept together goes together. Layer: verbs. Invariant: after a run
 * no statement is without the record that it was filed with, and no record has
 * lost a statement and lives.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/candidate_kin.h"
#include "vault/destroy_int.h"

static int
cmp_version(const void *a, const void *b)
{
	const struct kin_version *x = a;
	const struct destroy_item *y =
	    &((const struct destroy_judged *)b)->item;
	int c = memcmp(x->record.b, y->record.b, ID_BYTES);

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

static struct destroy_judged *
find(struct destroy_judged *list, size_t n, const struct kin_version *one)
{
	return bsearch(one, list, n, sizeof(*list), cmp_version);
}

/* Nothing has to be said of what is not on the list. */
static void
stay(struct destroy_judged *x)
{
	if (x == NULL || !x->go)
		return;
	x->go = false;
	x->c.verdict = VERDICT_NOT_DUE;
}

/* One family: all of it, or no statement and not the last of the record. */
static void
keep(struct destroy_judged *list, size_t n, const struct kin *k)
{
	bool all = true, whole = true;

	for (size_t i = 0; i < k->n; i++) {
		const struct destroy_judged *x = find(list, n, &k->list[i]);
		bool goes = x != NULL && x->go;

		all = all && goes;
		whole = whole && (goes || k->list[i].statement);
	}
	for (size_t i = 0; !all && i < k->n; i++) {
		if (k->list[i].statement || (whole && k->list[i].last))
			stay(find(list, n, &k->list[i]));
	}
}

int
destroy_keep_together(struct destroy_work *w, struct destroy_judged *list,
    size_t n, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct kin k = { .n = 0 };
		struct record_row rec;

		/* What was destroyed before the restore was so together. */
		if (!list[i].go || list[i].item.reason == DESTROY_AGAIN)
			continue;
		rc = record_load(w->v, &list[i].item.record, &rec, err);
		if (rc == HRV_OK)
			rc = kin_load(w->v, &rec, &k, err);
		if (rc == HRV_OK && k.statements > 0)
			keep(list, n, &k);
		kin_clear(&k);
	}
	return rc;
}
