/* SPDX-License-Identifier: ISC */
/*
 * What a receipt of a case names. Layer: verbs.
 */
#include <stdlib.h>

#include "vault/case.h"
#include "vault/receipt.h"
#include "vault/store/db.h"
#include "vault/version.h"

static bool
has(const struct manifest *m, const struct hrv_id *id)
{
	for (size_t i = 0; i < m->n; i++) {
		if (id_equal(&m->rows[i].id, id))
			return true;
	}
	return false;
}

/* Whom the answer names besides: a restriction or a correction finds no
 * records, and is told to others all the same. */
static int
add_told(struct hrv_vault *v, const struct kase *k, struct manifest *m,
    struct hrv_err *err)
{
	struct hrv_id *to = NULL;
	size_t n = 0;
	int rc = case_recipients(v, k, &to, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (!has(m, &to[i]))
			rc = manifest_add(m, &to[i], NULL, err);
	}
	free(to);
	return rc;
}

int
case_things(struct hrv_vault *v, const struct kase *k, struct manifest *m,
    struct hrv_err *err)
{
	struct hrv_id *to = NULL;
	size_t n = 0;
	int rc = manifest_add(m, &k->id, NULL, err);

	if (rc == HRV_OK)
		rc = manifest_add(m, &k->subject, NULL, err);
	for (size_t i = 0; rc == HRV_OK && i < k->n_items; i++) {
		if (i == 0 ||
		    !id_equal(&k->items[i].record, &k->items[i - 1].record))
			rc = manifest_add(m, &k->items[i].record, NULL, err);
	}
	/* Their names are told to the person. */
	if (rc == HRV_OK)
		rc = ids_of(v, SQL_RIGHTS_LIST_RECIPIENTS_OF_CASE, &k->id,
		    ID_RECIPIENT, &to, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = manifest_add(m, &to[i], NULL, err);
	free(to);
	return rc == HRV_OK ? add_told(v, k, m, err) : rc;
}
