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
#include "vault/survey_int.h"
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
	if (rc == HRV_OK && s->fold.owned.on)
		rc = owned_check(v, &s->fold, err);
	/* What is judged from here on may go. */
	s->judge.basis = true;
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
	size_t from;
	bool due;
	int rc = inforce_schedule(v, err);

	if (rc == HRV_OK && view->list != NULL)
		rc = survey_list_items(v, view->list, s, err);
	else if (rc == HRV_OK)
		rc = view->record != NULL
			 ? survey_list_record(v, view->record, s, err)
		     : view->person != NULL
			 ? survey_list_person(v, view->person, s, err)
			 : survey_list_due(v, s, err);
	/* A list is exactly that: whoever gives one acts on nothing else. */
	due =
	    view->record == NULL && view->person == NULL && view->list == NULL;
	from = due ? s->n : 0;
	if (rc == HRV_OK && due)
		rc = survey_list_ordered(v, s, err);
	/* What is voided or erased takes the statements on it along; what is
	 * due by its dates is so with them. */
	if (rc == HRV_OK && (due || view->record != NULL))
		rc = survey_list_statements(v, s, from, err);
	if (rc == HRV_OK && due)
		rc = over_list(v, &s->over, err);
	if (rc == HRV_OK)
		rc = survey_watch(v, view->person, s, err);
	/* A list was destroyed before, by the log; a look destroys nothing. */
	s->fold.owned.on = rc == HRV_OK && view->verified && view->list == NULL;
	if (rc == HRV_OK)
		rc = view->verified ? fold_log(v, view, s, err)
				    : fold_rows(&s->fold, v, err);
	if (rc == HRV_OK)
		rc = judge_init(&s->judge, v, &s->fold, err);
	if (rc == HRV_OK && view->verified)
		rc = protect_check_log(v, s->judge.protect, &s->fold, err);
	if (rc == HRV_OK && s->fold.owned.on)
		rc = owned_check(v, &s->fold, err);
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
