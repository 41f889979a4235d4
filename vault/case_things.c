/* SPDX-License-Identifier: ISC */
/*
 * What a receipt of a case names. Layer: verbs.
 */
#include <stdlib.h>

#include "vault/case.h"
#include "vault/receipt.h"
#include "vault/store/db.h"
#include "vault/version.h"

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
	return rc;
}
