/* SPDX-License-Identifier: ISC */
/*
 * Surveys. Layer: verbs. Invariant: no candidate is judged by a log that was
 * not verified to its end.
 */
#include "vault/survey.h"

#include <stdlib.h>
#include <string.h>

#include "vault/foldrows.h"
#include "vault/inforce.h"
#include "vault/remember.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/verify.h"

/* Folds what was not folded yet. */
static int
fold_entry(void *ctx, const struct verify_entry *e, struct hrv_err *err)
{
	struct fold *f = ctx;

	if (e->index < f->size)
		return HRV_OK;
	return fold_leaf(f, e->leaf, e->json, e->things, err);
}

static int
not_verified(const struct verify_report *r, struct hrv_err *err)
{
	struct buf text = BUF_INIT;

	if (r->n > 0)
		verify_problem_text(&r->problems[0], &text);
	hrv_fail(err, HRV_EINTEGRITY,
	    "the log does not verify, so nothing is destroyed: %s (%zu "
	    "problems)",
	    buf_str(&text), r->n + r->more);
	buf_clear(&text);
	return hrv_hint(err, "run 'hrvault audit verify' for all of them");
}

static int
verify_and_fold(struct hrv_vault *v, const struct verify_args *args,
    struct survey *s, struct hrv_err *err)
{
	struct verify_report report = { 0 };
	int rc = verify_log(v, args, &report, err);

	if (rc == HRV_OK && !report.ok)
		rc = not_verified(&report, err);
	if (rc == HRV_OK) {
		memcpy(s->root, report.root, sizeof(s->root));
		if (!v->in_txn)
			verify_mark_save(v, &report);
	}
	verify_report_clear(&report);
	return rc;
}

int
survey_update(struct hrv_vault *v, struct survey *s, struct hrv_err *err)
{
	struct verify_args a = { .from_size = s->fold.size,
		.from_root = s->root,
		.each = fold_entry,
		.ctx = &s->fold };
	int rc = verify_and_fold(v, &a, s, err);

	judge_clear(&s->judge);
	if (rc == HRV_OK)
		rc = judge_init(&s->judge, v, &s->fold, err);
	if (rc == HRV_OK)
		rc = protect_check_log(v, s->judge.protect, &s->fold, err);
	/* What is judged from here on may go. */
	s->judge.basis = true;
	return rc;
}

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

/* Versions that the table calls due today. */
static int
list_due(struct hrv_vault *v, struct survey *s, struct hrv_err *err)
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

/* Versions whose erasure was ordered, due or not: the rows are asked for them,
 * the log whether it is so. */
static int
list_ordered(struct hrv_vault *v, struct survey *s, struct hrv_err *err)
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

		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
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

/* Versions of one record. */
static int
list_record(struct hrv_vault *v, const struct hrv_id *record, struct survey *s,
    struct hrv_err *err)
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

/* Those of a list that are there. */
static int
list_items(struct hrv_vault *v, const struct survey_list *list,
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

/* Versions of every record of one person; who it is goes along. */
static int
list_person(struct hrv_vault *v, const struct hrv_id *subject, struct survey *s,
    struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row rec;
	size_t n = 0;
	int rc = ids_of(
	    v, SQL_RECORD_LIST_DOCUMENTS_OF, subject, ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(v, &ids[i], &rec, err);
		if (rc == HRV_OK && !rec.purged)
			rc = list_record(v, &ids[i], s, err);
	}
	free(ids);
	return rc;
}

/* What the fold must look out for: the records, their subjects and who those
 * are, because an identity may go with its last record. */
static int
watch(struct hrv_vault *v, const struct hrv_id *person, struct survey *s,
    struct hrv_err *err)
{
	struct hrv_id *ids =
	    malloc((3 * s->n + 2 * s->over.n + 2) * sizeof(*ids));
	struct record_row rec;
	struct subject_row sub;
	size_t n = 0;
	int rc = HRV_OK;

	if (ids == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; rc == HRV_OK && i < s->n; i++) {
		rc = record_load(v, &s->list[i].record, &rec, err);
		if (rc == HRV_OK)
			rc = subject_load(v, &rec.subject, &sub, err);
		if (rc == HRV_ENOTFOUND)
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "a record that is due is not in the database: "
			    "nothing is destroyed");
		if (rc != HRV_OK)
			break;
		ids[n++] = rec.id;
		ids[n++] = sub.id;
		ids[n++] = sub.identity;
	}
	for (size_t i = 0; rc == HRV_OK && i < s->over.n; i++) {
		rc = subject_load(v, &s->over.ids[i], &sub, err);
		if (rc != HRV_OK)
			break;
		ids[n++] = sub.id;
		ids[n++] = sub.identity;
	}
	if (rc == HRV_OK && person != NULL)
		rc = subject_load(v, person, &sub, err);
	if (rc == HRV_OK && person != NULL) {
		ids[n++] = sub.id;
		ids[n++] = sub.identity;
	}
	if (rc == HRV_OK)
		rc = fold_init(&s->fold, ids, n, err);
	free(ids);
	return rc;
}

static int
count(struct hrv_vault *v, enum sql_id sql, size_t *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, sql, &st, err);

	if (rc == HRV_OK)
		rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = (size_t)db_col_int(st, 0);
	db_reset(st);
	return HRV_OK;
}

static int
judge_all(struct survey *s, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++) {
		struct hrv_id id = s->list[i].record;

		rc = candidate_judge(
		    &s->judge, &id, s->list[i].n, &s->list[i], err);
	}
	return rc;
}

/* What to look at, and how: the whole table of what is due, or one record. */
struct view {
	const struct hrv_id *record;	/* one record, */
	const struct hrv_id *person;	/* or all of one person; NULL: due */
	const struct survey_list *list; /* or a list */
	bool verified;			/* by the verified log */
	/* What this client knows of the log, from before the snapshot was
	 * taken: others may know more a moment later. */
	struct verify_mark mark;
	uint64_t remembered;
};

/* Verifies the log, from where this client verified it last, and folds it. */
static int
fold_log(struct hrv_vault *v, const struct view *view, struct survey *s,
    struct hrv_err *err)
{
	struct verify_args a = { .from_size = view->mark.size,
		.remembered = &view->remembered,
		.each = fold_entry,
		.ctx = &s->fold };

	a.from_root = view->mark.size == 0 ? NULL : view->mark.root;
	return verify_and_fold(v, &a, s, err);
}

static int
fill(struct hrv_vault *v, const struct view *view, struct survey *s,
    struct hrv_err *err)
{
	bool due;
	int rc = inforce_schedule(v, err);

	if (rc == HRV_OK && view->list != NULL)
		rc = list_items(v, view->list, s, err);
	else if (rc == HRV_OK)
		rc = view->record != NULL ? list_record(v, view->record, s, err)
		     : view->person != NULL
			 ? list_person(v, view->person, s, err)
			 : list_due(v, s, err);
	/* A list is exactly that: whoever gives one acts on nothing else. */
	due =
	    view->record == NULL && view->person == NULL && view->list == NULL;
	if (rc == HRV_OK && due)
		rc = list_ordered(v, s, err);
	if (rc == HRV_OK && due)
		rc = over_list(v, &s->over, err);
	if (rc == HRV_OK)
		rc = watch(v, view->person, s, err);
	if (rc == HRV_OK)
		rc = view->verified ? fold_log(v, view, s, err)
				    : fold_rows(&s->fold, v, err);
	if (rc == HRV_OK)
		rc = judge_init(&s->judge, v, &s->fold, err);
	if (rc == HRV_OK && view->verified)
		rc = protect_check_log(v, s->judge.protect, &s->fold, err);
	if (rc == HRV_OK)
		rc = judge_all(s, err);
	if (rc == HRV_OK && due)
		rc = papers_judge(&s->judge, &s->papers, err);
	if (rc == HRV_OK && due)
		rc = over_choose(&s->judge, &s->over, err);
	if (rc == HRV_OK)
		rc = count(v, SQL_TERM_COUNT_PENDING, &s->pending, err);
	if (rc == HRV_OK && view->verified)
		rc = count(v, SQL_RECORD_COUNT_LIVE, &s->live, err);
	return rc;
}

/* All of it in one snapshot: log and tables must be of the same moment, or a
 * hold placed in between would look like one that was forged. */
static int
make(struct hrv_vault *v, struct view *view, struct survey *ret,
    struct hrv_err *err)
{
	struct survey s = { 0 };
	int rc;

	view->remembered = remember_size(v);
	verify_mark_load(v, &view->mark);
	rc = db_begin_read(v->db, err);
	if (rc != HRV_OK)
		return rc;
	rc = fill(v, view, &s, err);
	db_rollback(v->db);
	if (rc != HRV_OK) {
		survey_clear(&s);
		return rc;
	}
	*ret = s;
	ret->judge.fold = &ret->fold;
	return HRV_OK;
}

int
survey_make(struct hrv_vault *v, struct survey *ret, struct hrv_err *err)
{
	struct view view = { .verified = true };

	return make(v, &view, ret, err);
}

int
survey_make_record(struct hrv_vault *v, const struct hrv_id *record,
    struct survey *ret, struct hrv_err *err)
{
	struct view view = { .record = record, .verified = true };
	int rc = make(v, &view, ret, err);

	for (size_t i = 0; rc == HRV_OK && i < ret->n; i++)
		ret->list[i].chosen = true;
	return rc;
}

int
survey_make_person(struct hrv_vault *v, const struct hrv_id *subject,
    struct survey *ret, struct hrv_err *err)
{
	struct view view = { .person = subject, .verified = true };
	int rc = make(v, &view, ret, err);

	for (size_t i = 0; rc == HRV_OK && i < ret->n; i++)
		ret->list[i].chosen = true;
	return rc;
}

int
survey_make_list(struct hrv_vault *v, const struct survey_list *list,
    struct survey *ret, struct hrv_err *err)
{
	struct view view = { .list = list, .verified = true };
	int rc = make(v, &view, ret, err);

	for (size_t i = 0; rc == HRV_OK && i < ret->n; i++)
		ret->list[i].chosen = true;
	return rc;
}

int
survey_look(struct hrv_vault *v, struct survey *ret, struct hrv_err *err)
{
	struct view view = { .verified = false };

	return make(v, &view, ret, err);
}

void
survey_clear(struct survey *s)
{
	for (size_t i = 0; i < s->n; i++)
		candidate_clear(&s->list[i]);
	free(s->list);
	papers_clear(&s->papers);
	over_clear(&s->over);
	judge_clear(&s->judge);
	fold_clear(&s->fold);
	*s = (struct survey){ 0 };
}

size_t
survey_count(const struct survey *s, enum verdict verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		bool seen = false;

		if (s->list[i].verdict != verdict)
			continue;
		/* Versions of one record stand near each other at most. */
		for (size_t j = i; j > 0 && !seen && j + 8 > i; j--)
			seen = s->list[j - 1].verdict == verdict &&
			       id_equal(
				   &s->list[j - 1].record, &s->list[i].record);
		n += !seen;
	}
	return n;
}
