/* SPDX-License-Identifier: ISC */
/*
 * Listing what a survey looks at. Layer: verbs. Nothing is judged here.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/candidate_kin.h"
#include "vault/store/db.h"
#include "vault/survey_int.h"
#include "vault/terms.h"

static int
add(struct survey *s, const struct hrv_id *record, uint32_t n,
    struct hrv_err *err)
{
	struct candidate *p = s->list;

	if ((s->n & (s->n - 1)) == 0)
		p = realloc(p, (s->n == 0 ? 1 : 2 * s->n) * sizeof(*p));
	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	s->list = p;
	p[s->n++] = (struct candidate){ .record = *record, .n = n };
	return HRV_OK;
}

int
survey_list_due(struct hrv_vault *v, struct survey *s, struct hrv_err *err)
{
	char today[HRV_DATE_TEXT];
	struct stmt *st;
	bool more = false;
	int rc = vault_today_text(v, today, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_TERM_LIST_DUE, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, today);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct hrv_id id = { .kind = ID_RECORD };

		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = add(s, &id, (uint32_t)db_col_int(st, 1), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* Whether it is listed already. */
static bool
listed(const struct survey *s, size_t n, const struct hrv_id *record,
    uint32_t version)
{
	for (size_t i = 0; i < n; i++) {
		if (s->list[i].n == version &&
		    id_equal(&s->list[i].record, record))
			return true;
	}
	return false;
}

int
survey_list_ordered(struct hrv_vault *v, struct survey *s, struct hrv_err *err)
{
	size_t due = s->n;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_KASE_LIST_ORDERED, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		struct hrv_id id = { .kind = ID_RECORD };
		uint32_t n = (uint32_t)db_col_int(st, 1);
		struct record_row rec;

		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = record_load(v, &id, &rec, err);
		/* Who somebody is goes another way: over.h. */
		if (rc == HRV_OK && strcmp(rec.class_name, CLASS_IDENTITY) == 0)
			continue;
		/* Two cases may have ordered it; rows come in order. */
		if (rc == HRV_OK && !listed(s, due, &id, n) &&
		    (s->n == due || s->list[s->n - 1].n != n ||
			!id_equal(&s->list[s->n - 1].record, &id)))
			rc = add(s, &id, n, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

int
survey_list_record(struct hrv_vault *v, const struct hrv_id *record,
    struct survey *s, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_VERSION_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = add(s, record, (uint32_t)db_col_int(st, 0), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* Whether a row of that key is there and not destroyed. */
static int
is_there(struct hrv_vault *v, const struct survey_item *item, bool *ret,
    struct hrv_err *err)
{
	struct stmt *st;
	bool row = false;
	int rc = db_stmt(v->db, SQL_VERSION_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, item->record.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)item->n);
	rc = db_step(st, &row, err);
	*ret = rc == HRV_OK && row && !db_col_null(st, 2);
	db_reset(st);
	return rc;
}

int
survey_list_items(struct hrv_vault *v, const struct survey_list *list,
    struct survey *s, struct hrv_err *err)
{
	bool there = false;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < list->n; i++) {
		rc = is_there(v, &list->items[i], &there, err);
		if (rc == HRV_OK && there)
			rc = add(
			    s, &list->items[i].record, list->items[i].n, err);
	}
	return rc == HRV_OK ? over_there(v, list->over, &s->over, err) : rc;
}

int
survey_list_person(struct hrv_vault *v, const struct hrv_id *subject,
    struct survey *s, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = ids_of(
	    v, SQL_RECORD_LIST_DOCUMENTS_OF, subject, ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(v, &ids[i], &rec, err);
		if (rc == HRV_OK && !rec.purged)
			rc = survey_list_record(v, &ids[i], s, err);
	}
	free(ids);
	return rc;
}

/* Of one record, whose last version is listed. */
static int
add_statements(
    struct survey *s, const struct kin *k, size_t listed_n, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < k->n; i++) {
		const struct kin_version *x = &k->list[i];

		if (x->statement && !listed(s, listed_n, &x->record, x->n))
			rc = add(s, &x->record, x->n, err);
	}
	return rc;
}

int
survey_list_statements(
    struct hrv_vault *v, struct survey *s, size_t from, struct hrv_err *err)
{
	size_t n = s->n;
	int rc = HRV_OK;

	for (size_t i = from; rc == HRV_OK && i < n; i++) {
		struct kin k = { .n = 0 };
		struct record_row rec;
		bool last = false;

		rc = record_load(v, &s->list[i].record, &rec, err);
		if (rc == HRV_OK && !is_statement(&rec))
			rc = kin_load(v, &rec, &k, err);
		for (size_t x = 0; x < k.n; x++)
			last = last ||
			       (k.list[x].last && k.list[x].n == s->list[i].n);
		if (rc == HRV_OK && last && k.statements > 0)
			rc = add_statements(s, &k, n, err);
		kin_clear(&k);
	}
	return rc;
}

/* Ids for the fold. */
struct watching {
	struct hrv_id *ids;
	size_t n;
	size_t cap;
};

static int
watch_id(struct watching *w, const struct hrv_id *id, struct hrv_err *err)
{
	if (w->n == w->cap) {
		size_t cap = w->cap == 0 ? 16 : 2 * w->cap;
		struct hrv_id *p = realloc(w->ids, cap * sizeof(*p));

		if (p == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		w->ids = p;
		w->cap = cap;
	}
	w->ids[w->n++] = *id;
	return HRV_OK;
}

/* And whoever became that person: what is left of the records of then may be
 * what others count from. */
static int
watch_person(struct hrv_vault *v, const struct hrv_id *subject,
    struct watching *w, struct hrv_err *err)
{
	struct subject_row sub;
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = subject_load(v, subject, &sub, err);

	if (rc == HRV_OK)
		rc = watch_id(w, &sub.id, err);
	if (rc == HRV_OK)
		rc = watch_id(w, &sub.identity, err);
	if (rc == HRV_OK)
		rc = ids_of(v, SQL_SUBJECT_LIST_BECAME, subject, ID_SUBJECT,
		    &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = watch_id(w, &ids[i], err);
	free(ids);
	return rc;
}

/* The record, what it is kept together with, whose it is and who that is,
 * because an identity may go with its last record. */
static int
watch_record(struct hrv_vault *v, const struct hrv_id *record,
    struct watching *w, struct hrv_err *err)
{
	struct hrv_id *kin = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = record_load(v, record, &rec, err);

	if (rc == HRV_OK)
		rc = watch_id(w, &rec.id, err);
	if (rc == HRV_OK && is_statement(&rec))
		rc = watch_id(w, &rec.statement_on, err);
	if (rc == HRV_OK)
		rc = ids_together(v, &rec, &kin, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (!id_equal(&kin[i], &rec.id) &&
		    !id_equal(&kin[i], &rec.statement_on))
			rc = watch_id(w, &kin[i], err);
	}
	free(kin);
	if (rc == HRV_OK)
		rc = watch_person(v, &rec.subject, w, err);
	return rc != HRV_ENOTFOUND
		   ? rc
		   : hrv_fail(err, HRV_EINTEGRITY,
			 "a record that is due is not in the database: nothing "
			 "is destroyed");
}

int
survey_watch(struct hrv_vault *v, const struct hrv_id *person, struct survey *s,
    struct hrv_err *err)
{
	struct watching w = { .n = 0 };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++)
		rc = watch_record(v, &s->list[i].record, &w, err);
	for (size_t i = 0; rc == HRV_OK && i < s->over.n; i++)
		rc = watch_person(v, &s->over.ids[i], &w, err);
	if (rc == HRV_OK && person != NULL)
		rc = watch_person(v, person, &w, err);
	if (rc == HRV_OK)
		rc = fold_init(&s->fold, w.ids, w.n, err);
	free(w.ids);
	return rc;
}
