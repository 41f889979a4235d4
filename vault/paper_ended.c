/* SPDX-License-Identifier: ISC */
/*
 * Records of which not even a stub is left, by the entries that say so. Layer:
 * verbs. Invariant: a run whose entry cannot be read names nobody, so that a
 * row that is missing for another reason stays missing.
 */
#include "vault/paper_ended.h"

#include <stdlib.h>
#include <string.h>

#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/paper.h"
#include "vault/purge.h"
#include "vault/store/db.h"
#include "vault/version.h"

static int
cmp_id(const void *a, const void *b)
{
	const struct hrv_id *x = a, *y = b;

	return memcmp(x->b, y->b, ID_BYTES);
}

int
paper_ended_add(
    struct paper_ended *e, const json_t *papers, struct hrv_err *err)
{
	size_t n = json_array_size(papers);
	struct hrv_id *ids = realloc(e->ids, (e->n + n + 1) * sizeof(*ids));

	if (ids == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	e->ids = ids;
	for (size_t i = 0; i < n; i++) {
		const json_t *p = json_array_get(papers, i);
		const char *id = json_str(p, "id");
		const char *class_name = json_str(p, "class");

		if (id != NULL && class_name != NULL &&
		    paper_kind_of(class_name) == PAPER_STUB &&
		    id_parse(id, ID_RECORD, &ids[e->n]))
			e->n++;
	}
	return HRV_OK;
}

/* What the entry of one run names. */
static int
add_run(struct hrv_vault *v, const struct hrv_id *run, struct paper_ended *e,
    struct hrv_err *err)
{
	struct buf text = BUF_INIT, payload = BUF_INIT;
	struct leaf l = LEAF_INIT;
	struct run_row r;
	json_t *o = NULL;
	int rc = run_load(v, run, &r, err);

	if (rc != HRV_OK)
		return rc;
	rc = log_read(v->db, r.commit_leaf, &text, &payload, err);
	run_clear(&r);
	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &l, err);
	if (rc == HRV_OK && l.result == LEAF_OK &&
	    strcmp(l.op->name, "purge.commit") == 0) {
		rc = json_read(payload.data, payload.len, &o, err);
		if (rc == HRV_OK)
			rc = paper_ended_add(
			    e, json_object_get(o, "papers"), err);
	}
	json_decref(o);
	buf_clear(&payload);
	buf_clear(&text);
	return rc;
}

int
paper_ended_load(
    struct hrv_vault *v, struct paper_ended *ret, struct hrv_err *err)
{
	struct paper_ended e = { .n = 0 };
	struct hrv_id *runs = NULL;
	size_t n = 0;
	int rc = ids_of(v, SQL_RUN_LIST, NULL, ID_RUN, &runs, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = add_run(v, &runs[i], &e, err);
	free(runs);
	if (rc != HRV_OK) {
		paper_ended_clear(&e);
		return rc;
	}
	*ret = e;
	return HRV_OK;
}

void
paper_ended_sort(struct paper_ended *e)
{
	if (e->n > 1)
		qsort(e->ids, e->n, sizeof(*e->ids), cmp_id);
}

bool
paper_ended_has(const struct paper_ended *e, const struct hrv_id *record)
{
	return e->n > 0 &&
	       bsearch(record, e->ids, e->n, sizeof(*e->ids), cmp_id) != NULL;
}

void
paper_ended_clear(struct paper_ended *e)
{
	free(e->ids);
	*e = (struct paper_ended){ .n = 0 };
}
