/* SPDX-License-Identifier: ISC */
/*
 * What dies with a case: copies that were derived for it and words that people
 * typed. Layer: verbs. When it does is said by paper_case.c.
 */
#include <stdlib.h>

#include "vault/destroy_int.h"
#include "vault/destroy_rows.h"
#include "vault/store/db.h"

static int
note(struct destroy_work *w, const struct hrv_id *id, struct hrv_err *err)
{
	struct hrv_id *p = realloc(w->cases, (w->n_cases + 1) * sizeof(*p));

	if (p == NULL)
		return destroy_no_memory(err);
	w->cases = p;
	p[w->n_cases++] = *id;
	return HRV_OK;
}

int
destroy_case(struct destroy_work *w, const struct hrv_id *id, bool *ret_took,
    struct hrv_err *err)
{
	size_t before = w->victims.n, details;
	int rc = deklist_query(w->v, &w->victims, SQL_DETAIL_LIST_OF, id, err);

	details = w->victims.n - before;
	if (rc == HRV_OK)
		rc = deklist_query(
		    w->v, &w->victims, SQL_KASE_LIST_COPY_DEKS_OF, id, err);
	*ret_took = w->victims.n > before;
	if (rc != HRV_OK || !*ret_took)
		return rc;
	rc = rows_run_for(w->v, SQL_DETAIL_DEL_OF, id, err);
	if (rc == HRV_OK)
		rc = rows_run_for(w->v, SQL_KASE_DEL_COPIES, id, err);
	if (rc == HRV_OK)
		rc = note(w, id, err);
	w->ret->details += details;
	return rc;
}
