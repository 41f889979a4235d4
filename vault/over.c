/* SPDX-License-Identifier: ISC */
/*
 * Who is left over. Layer: verbs. Invariant: whoever still has a record, or
 * lost one only because it was filed in error, is not.
 */
#include "vault/over.h"

#include <stdlib.h>

#include "vault/store/db.h"
#include "vault/terms.h"

int
over_list(struct hrv_vault *v, struct over *ret, struct hrv_err *err)
{
	return ids_of(v, SQL_SUBJECT_LIST_OVER, NULL, ID_SUBJECT, &ret->ids,
	    &ret->n, err);
}

int
over_there(struct hrv_vault *v, const struct over *list, struct over *ret,
    struct hrv_err *err)
{
	size_t wanted = list == NULL ? 0 : list->n, n = 0;
	struct hrv_id *ids = calloc(wanted + 1, sizeof(*ids));
	struct subject_row s;

	if (ids == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < wanted; i++) {
		if (subject_load(v, &list->ids[i], &s, NULL) == HRV_OK &&
		    (!s.gone || s.merged))
			ids[n++] = list->ids[i];
	}
	*ret = (struct over){ ids, n };
	return HRV_OK;
}

void
over_clear(struct over *o)
{
	free(o->ids);
	*o = (struct over){ .n = 0 };
}

/* N days after the day of the last entry that stated the person. */
static int
notice_is_over(const struct judge *j, const struct subject_row *s, bool *ret,
    struct hrv_err *err)
{
	const struct fold_thing *a = fold_find(j->fold, &s->id);
	const struct fold_thing *b = fold_find(j->fold, &s->identity);
	struct hrv_date day;
	int64_t t;
	int rc;

	*ret = false;
	if (a == NULL || b == NULL)
		return HRV_OK;
	t = a->time > b->time ? a->time : b->time;
	rc = judge_notice(j, t, b->first, &day, err);
	if (rc == HRV_OK)
		*ret = hrv_date_cmp(j->today, day) >= 0;
	return rc;
}

/* Whether anything that is kept of the one a person became, or that names that
 * one, is protected: a number or a way of writing the name that was not taken
 * over may stand in it, and who that is would be known no more. */
static int
is_needed(const struct judge *j, const struct hrv_id *last, enum sql_id sql,
    bool *ret, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = ids_of(j->v, (int)sql, last, ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && !*ret && i < n; i++) {
		struct protect_why why = { 0 };

		rc = record_load(j->v, &ids[i], &rec, err);
		if (rc == HRV_OK && !rec.purged)
			rc = protect_record(j->v, j->protect, &rec, &why, err);
		*ret = protect_any(&why);
	}
	free(ids);
	return rc;
}

static int
survivor_needs(const struct judge *j, const struct subject_row *s, bool *ret,
    struct hrv_err *err)
{
	struct hrv_id last = s->id;
	int rc = HRV_OK;

	*ret = false;
	if (!s->merged)
		return HRV_OK;
	rc = subject_last(j->v, &last, err);
	if (rc == HRV_OK)
		rc = is_needed(j, &last, SQL_RECORD_LIST_OF, ret, err);
	return rc == HRV_OK ? is_needed(j, &last, SQL_LINK_LIST_TO, ret, err)
			    : rc;
}

/* Who never had a record goes only by an order of the log, and who lost one, by
 * what the log says of it: a row that says so alone destroys nothing. */
static int
has_ground(const struct judge *j, const struct subject_row *s,
    const struct record_row *identity, bool *ret, struct hrv_err *err)
{
	const struct owned *o = &j->fold->owned;
	struct stmt *st;
	int rc;

	*ret =
	    fold_order_find(j->fold, &identity->id, identity->version) != NULL;
	if (*ret)
		return HRV_OK;
	rc = db_stmt(j->v->db, SQL_SUBJECT_GET_BEREFT, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, s->id.b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = db_col_int(st, 0) != 0;
	db_reset(st);
	return *ret && o->checked ? owned_is_over(j->v, o, &s->id, ret, err)
				  : HRV_OK;
}

int
over_may_go(const struct judge *j, const struct hrv_id *subject, bool *ret,
    struct hrv_err *err)
{
	struct protect_why person = { 0 }, record = { 0 };
	struct record_row identity;
	struct hrv_id *links = NULL;
	struct subject_row s;
	bool told = false, needed = false, ground = false;
	size_t n = 0;
	int rc = subject_load(j->v, subject, &s, err);

	*ret = false;
	if (rc == HRV_OK)
		rc = record_load(j->v, &s.identity, &identity, err);
	if (rc == HRV_OK)
		rc = protect_subject(j->v, j->protect, subject, &person, err);
	if (rc == HRV_OK)
		rc = protect_record(j->v, j->protect, &identity, &record, err);
	if (rc == HRV_OK)
		rc = ids_of(j->v, SQL_LINK_LIST_TO, subject, ID_RECORD, &links,
		    &n, err);
	free(links);
	if (rc == HRV_OK)
		rc = survivor_needs(j, &s, &needed, err);
	if (rc == HRV_OK)
		rc = notice_is_over(j, &s, &told, err);
	if (rc == HRV_OK)
		rc = has_ground(j, &s, &identity, &ground, err);
	if (rc == HRV_OK)
		*ret = ground && told && !needed && n == 0 &&
		       !protect_any(&person) && !protect_any(&record);
	return rc;
}

int
over_choose(const struct judge *j, struct over *o, struct hrv_err *err)
{
	size_t kept = 0;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < o->n; i++) {
		bool may = false;

		rc = over_may_go(j, &o->ids[i], &may, err);
		if (may)
			o->ids[kept++] = o->ids[i];
	}
	if (rc == HRV_OK)
		o->n = kept;
	return rc;
}
