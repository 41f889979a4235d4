/* SPDX-License-Identifier: ISC */
/*
 * Before keys are left out because nothing refers to them. Layer: verbs.
 * Invariant: a key is an orphan only while every record and case is exactly
 * what the log stated last. A page of the database that was put back from
 * before a record was stored makes its key look like one.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/case.h"
#include "vault/destroy_int.h"
#include "vault/paper_ended.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/verify.h"

/* Everything that has a state and keys. */
struct everything {
	const struct destroy_work *w;
	struct hrv_id *records;
	size_t n_records;
	struct hrv_id *cases;
	size_t n_cases;
	struct paper_ended ended;
	struct fold fold;
};

static int
differs(const struct hrv_id *id, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	hrv_fail(err, HRV_EINTEGRITY,
	    "what the database says of %s is not what the log says, and a key "
	    "that nothing needs could be its own: nothing is destroyed",
	    text);
	return hrv_hint(err, "run 'hrvault check' and 'hrvault audit verify'");
}

/* A record that the log knows is in the table, purged or not, until its stub
 * has ended. */
static int
must_be_there(
    const struct everything *x, const struct hrv_id *id, struct hrv_err *err)
{
	return id->kind != ID_RECORD || fold_find(&x->fold, id) != NULL ||
		       paper_ended_has(&x->ended, id)
		   ? HRV_OK
		   : differs(id, err);
}

static int
fold_entry(void *ctx, const struct verify_entry *e, struct hrv_err *err)
{
	struct everything *x = ctx;
	struct hrv_id id;
	int rc = HRV_OK;

	if (e->leaf->result == LEAF_OK && (e->leaf->has & LEAF_STATE) != 0 &&
	    id_parse(e->leaf->record, ID_RECORD, &id))
		rc = must_be_there(x, &id, err);
	for (size_t i = 0;
	     rc == HRV_OK && e->leaf->result == LEAF_OK && e->things != NULL &&
	     e->things->states && i < e->things->n;
	     i++)
		rc = must_be_there(x, &e->things->rows[i].id, err);
	return rc == HRV_OK
		   ? fold_leaf(&x->fold, e->leaf, e->json, e->things, err)
		   : rc;
}

static int
list_everything(struct everything *x, struct hrv_err *err)
{
	struct hrv_id *all = NULL;
	int rc = ids_of(x->w->v, SQL_CHECK_LIST_RECORDS, NULL, ID_RECORD,
	    &x->records, &x->n_records, err);

	if (rc == HRV_OK)
		rc = ids_of(x->w->v, SQL_KASE_LIST, NULL, ID_CASE, &x->cases,
		    &x->n_cases, err);
	if (rc == HRV_OK)
		rc = paper_ended_load(x->w->v, &x->ended, err);
	/* Those of this run have no entry yet. */
	if (rc == HRV_OK)
		rc = paper_ended_add(&x->ended, x->w->papers, err);
	paper_ended_sort(&x->ended);
	if (rc != HRV_OK)
		return rc;
	all = malloc((x->n_records + x->n_cases + 1) * sizeof(*all));
	if (all == NULL)
		return destroy_no_memory(err);
	if (x->n_records > 0)
		memcpy(all, x->records, x->n_records * sizeof(*all));
	if (x->n_cases > 0)
		memcpy(all + x->n_records, x->cases, x->n_cases * sizeof(*all));
	rc = fold_init(&x->fold, all, x->n_records + x->n_cases, err);
	free(all);
	return rc;
}

/* The log was verified to this size in this very transaction. */
static int
fold_log(struct everything *x, struct hrv_err *err)
{
	struct verify_args a = { .from_size = x->w->args->judge->fold->size,
		.each = fold_entry,
		.ctx = x };
	struct verify_report r = { 0 };
	int rc = verify_log(x->w->v, &a, &r, err);

	if (rc == HRV_OK && !r.ok)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the log does not verify, so nothing is destroyed");
	verify_report_clear(&r);
	return rc;
}

static bool
listed(const struct hrv_id *list, size_t n, const struct hrv_id *id)
{
	for (size_t i = 0; i < n; i++) {
		if (id_equal(&list[i], id))
			return true;
	}
	return false;
}

/* What this run has changed was compared with the log before it did. */
static bool
is_ours(const struct destroy_work *w, const struct hrv_id *id)
{
	if (id->kind == ID_CASE)
		return listed(w->cases, w->n_cases, id);
	return fold_find(w->args->judge->fold, id) != NULL &&
	       listed(w->changed, w->n_changed, id);
}

static int
compare(const struct everything *x, const struct hrv_id *id,
    const uint8_t now[32], struct hrv_err *err)
{
	const struct fold_thing *t = fold_find(&x->fold, id);

	if (t != NULL && t->known && memcmp(t->state, now, 32) == 0)
		return HRV_OK;
	return is_ours(x->w, id) ? HRV_OK : differs(id, err);
}

int
destroy_check_orphans(struct destroy_work *w, struct hrv_err *err)
{
	struct everything x = { .w = w };
	uint8_t state[32];
	int rc = list_everything(&x, err);

	if (rc == HRV_OK)
		rc = fold_log(&x, err);
	for (size_t i = 0; rc == HRV_OK && i < x.n_records; i++) {
		rc = state_record(w->v, &x.records[i], state, err);
		if (rc == HRV_OK)
			rc = compare(&x, &x.records[i], state, err);
	}
	for (size_t i = 0; rc == HRV_OK && i < x.n_cases; i++) {
		rc = case_state(w->v, &x.cases[i], state, err);
		if (rc == HRV_OK)
			rc = compare(&x, &x.cases[i], state, err);
	}
	fold_clear(&x.fold);
	paper_ended_clear(&x.ended);
	free(x.records);
	free(x.cases);
	return rc;
}
