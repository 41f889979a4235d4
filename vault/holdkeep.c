/* SPDX-License-Identifier: ISC */
/*
 * What is held stays held. Layer: verbs. Invariant: the holds are asked about
 * the rows as they are in the open transaction, before and after, by the same
 * scope_covers() that a purge asks.
 */
#include "vault/holdkeep.h"

#include <stdlib.h>

#include "vault/store/db.h"

static int
add(struct holdkeep *k, const struct hrv_id *record, size_t hold,
    struct hrv_err *err)
{
	struct holdkeep_row *p = realloc(k->rows, (k->n + 1) * sizeof(*p));

	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	k->rows = p;
	p[k->n++] = (struct holdkeep_row){ *record, hold };
	return HRV_OK;
}

static int
note_record(struct hrv_vault *v, struct holdkeep *k, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct scope_thing t = { 0 };
	struct record_row rec;
	int rc = record_load(v, id, &rec, err);

	if (rc != HRV_OK || rec.purged)
		return rc;
	rc = scopething_load(v, &rec, &k->p->laws, &t, err);
	for (size_t i = 0; rc == HRV_OK && i < k->p->n; i++) {
		const struct scope *s = &k->p->holds[i].scope;

		if (scope_has_query(s) && scope_covers(s, &t))
			rc = add(k, id, i, err);
	}
	scopething_clear(&t);
	return rc;
}

int
holdkeep_before(struct hrv_vault *v, struct holdkeep *k,
    const struct hrv_id *owner, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = k->p == NULL ? protect_load(v, &k->p, err) : HRV_OK;

	if (rc != HRV_OK || !k->p->asks)
		return rc;
	if (owner->kind == ID_RECORD)
		return note_record(v, k, owner, err);
	rc = ids_of(v, SQL_RECORD_LIST_OF, owner, ID_RECORD, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = note_record(v, k, &ids[i], err);
	free(ids);
	return rc;
}

/* Whether the hold covers the record as it is now. */
static int
still(struct hrv_vault *v, const struct holdkeep *k,
    const struct holdkeep_row *row, struct record_row *rec, bool *ret,
    struct hrv_err *err)
{
	struct scope_thing t = { 0 };
	int rc = record_load(v, &row->record, rec, err);

	if (rc == HRV_OK)
		rc = scopething_load(v, rec, &k->p->laws, &t, err);
	*ret = rc == HRV_OK && scope_covers(&k->p->holds[row->hold].scope, &t);
	scopething_clear(&t);
	return rc;
}

static int
look_row(struct hrv_vault *v, struct holdkeep *k,
    const struct holdkeep_row *row, struct hrv_err *err)
{
	const struct protect_hold *h = &k->p->holds[row->hold];
	struct record_row rec;
	bool covers = true;
	int rc = still(v, k, row, &rec, &covers, err);

	if (rc == HRV_OK && !covers) {
		k->lost++;
		/* An active one can be amended, so it is the one to tell. */
		if (k->hold == NULL || k->hold->free_from[0] != '\0') {
			k->hold = h;
			k->rec = rec;
		}
	}
	return rc;
}

int
holdkeep_lost(struct hrv_vault *v, const struct holdkeep *k,
    struct scope *scope, struct hrv_err *err)
{
	struct record_row rec;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < k->n; i++) {
		bool covers = true;

		rc = still(v, k, &k->rows[i], &rec, &covers, err);
		if (rc == HRV_OK && !covers)
			rc = scope_add_record(scope, &k->rows[i].record, err);
	}
	return rc;
}

int
holdkeep_look(struct hrv_vault *v, struct holdkeep *k, struct hrv_err *err)
{
	int rc = HRV_OK;

	k->lost = 0;
	k->hold = NULL;
	for (size_t i = 0; rc == HRV_OK && i < k->n; i++)
		rc = look_row(v, k, &k->rows[i], err);
	return rc;
}

/* Which hold covers which record is for legal and dpo to know. */
static bool
may_know(const struct hrv_vault *v)
{
	return v->role == ROLE_LEGAL || v->role == ROLE_DPO;
}

static int
refuse(struct hrv_vault *v, const struct holdkeep *k, struct hrv_err *err)
{
	char record[ID_TEXT_SIZE], hold[ID_TEXT_SIZE], subject[ID_TEXT_SIZE];
	const char *others = k->lost > 1 ? " and others" : "";
	bool knows = may_know(v);

	id_format(&k->rec.id, record);
	id_format(&k->rec.subject, subject);
	id_format(&k->hold->id, hold);
	if (k->hold->free_from[0] != '\0') {
		hrv_fail_as(err, HRV_EREFUSED, "cooling-off",
		    "this would take %s%s out of a legal hold that is cooling "
		    "off",
		    record, others);
		return hrv_hint(
		    err, "try again from %s on", k->hold->free_from);
	}
	hrv_fail_as(err, HRV_EREFUSED, "held",
	    "this would take %s%s out of %s legal hold%s%s", record, others,
	    knows ? "the" : "a", knows ? " " : "", knows ? hold : "");
	return hrv_hint(err,
	    "legal or a dpo first adds what it covers by name, 'hrvault hold "
	    "amend %s --reason TEXT %s %s'; then repeat the command",
	    knows ? hold : "H", k->lost > 1 ? "--subject" : "--record",
	    k->lost > 1 ? subject : record);
}

int
holdkeep_check(struct hrv_vault *v, struct holdkeep *k, struct hrv_err *err)
{
	int rc = holdkeep_look(v, k, err);

	return rc == HRV_OK && k->lost > 0 ? refuse(v, k, err) : rc;
}

void
holdkeep_next(struct holdkeep *k)
{
	free(k->rows);
	k->rows = NULL;
	k->n = 0;
	k->lost = 0;
	k->hold = NULL;
}

void
holdkeep_clear(struct holdkeep *k)
{
	holdkeep_next(k);
	protect_free(k->p);
	k->p = NULL;
}
