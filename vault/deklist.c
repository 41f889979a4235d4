/* SPDX-License-Identifier: ISC */
/*
 * Lists of data key ids. Layer: verbs.
 */
#include "vault/deklist.h"

#include <stdlib.h>
#include <string.h>

#include "vault/store/db.h"

int
deklist_add(
    struct deklist *l, const uint8_t id[DEK_ID_LEN], struct hrv_err *err)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
		uint8_t(*p)[DEK_ID_LEN] = realloc(l->ids, cap * sizeof(*p));

		if (p == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		l->ids = p;
		l->cap = cap;
	}
	memcpy(l->ids[l->n++], id, DEK_ID_LEN);
	return HRV_OK;
}

static int
cmp(const void *a, const void *b)
{
	return memcmp(a, b, DEK_ID_LEN);
}

void
deklist_sort(struct deklist *l)
{
	if (l->n > 1)
		qsort(l->ids, l->n, sizeof(*l->ids), cmp);
}

bool
deklist_has(const struct deklist *l, const uint8_t id[DEK_ID_LEN])
{
	return l->n > 0 &&
	       bsearch(id, l->ids, l->n, sizeof(*l->ids), cmp) != NULL;
}

void
deklist_clear(struct deklist *l)
{
	free(l->ids);
	*l = (struct deklist){ 0 };
}

int
deklist_query(struct hrv_vault *v, struct deklist *l, int sql,
    const struct hrv_id *param, struct hrv_err *err)
{
	uint8_t id[DEK_ID_LEN];
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, (enum sql_id)sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	if (param != NULL)
		(void)db_bind_blob(st, 1, param->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, id, sizeof(id), err);
		if (rc == HRV_OK)
			rc = deklist_add(l, id, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}
