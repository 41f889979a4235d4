/* SPDX-License-Identifier: ISC */
/*
 * Records that are kept together. Layer: verbs. Invariant: what keeps one of
 * them keeps the others, so that a judgement never parts them.
 */
#include "vault/candidate_kin.h"

#include <stdlib.h>
#include <string.h>

#include "vault/store/db.h"

void
kin_clear(struct kin *k)
{
	free(k->list);
	*k = (struct kin){ .n = 0 };
}

static int
add(struct kin *k, const struct kin_version *one, struct hrv_err *err)
{
	struct kin_version *p = realloc(k->list, (k->n + 1) * sizeof(*p));

	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	k->list = p;
	p[k->n++] = *one;
	k->statements += one->statement;
	return HRV_OK;
}

static int
add_versions(struct hrv_vault *v, const struct hrv_id *record, bool statement,
    struct kin *k, struct hrv_err *err)
{
	struct kin_version one = { .record = *record, .statement = statement };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_VERSION_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		one.n = (uint32_t)db_col_int(st, 0);
		rc = add(k, &one, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

int
kin_load(struct hrv_vault *v, const struct record_row *rec, struct kin *ret,
    struct hrv_err *err)
{
	const struct hrv_id *on =
	    is_statement(rec) ? &rec->statement_on : &rec->id;
	struct hrv_id *ids = NULL;
	struct kin k = { .n = 0 };
	size_t n = 0;
	int rc = ids_together(v, rec, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		bool own = id_equal(&ids[i], on);

		rc = add_versions(v, &ids[i], !own, &k, err);
		if (rc == HRV_OK && own && k.n > 0)
			k.list[k.n - 1].last = true;
	}
	free(ids);
	if (rc != HRV_OK) {
		kin_clear(&k);
		return rc;
	}
	*ret = k;
	return HRV_OK;
}

bool
kin_needs(const struct kin_version *one, const struct kin_version *other)
{
	return one->statement || (one->last && other->statement);
}

/* How much a verdict keeps. */
static int
weight(enum verdict verdict)
{
	static const enum verdict order[] = { VERDICT_DESTROY, VERDICT_REVIEW,
		VERDICT_NOTICE, VERDICT_CASE, VERDICT_COOLING, VERDICT_HOLD,
		VERDICT_PERMANENT, VERDICT_NOT_DUE };
	const int n = sizeof(order) / sizeof(order[0]);

	for (int i = 0; i < n; i++) {
		if (order[i] == verdict)
			return i;
	}
	return n;
}

void
candidate_join(struct candidate *c, const struct candidate *other)
{
	int more = weight(other->verdict) - weight(c->verdict);

	if (weight(other->shield) > weight(c->shield))
		c->shield = other->shield;
	if (more < 0)
		return;
	if (more > 0 || strcmp(other->until, c->until) > 0)
		memcpy(c->until, other->until, sizeof(c->until));
	if (more > 0) {
		c->verdict = other->verdict;
		c->erasure = false;
		c->order[0] = '\0';
	}
}
