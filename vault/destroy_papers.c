/* SPDX-License-Identifier: ISC */
/*
 * The end of the vault's own papers. Layer: verbs. Invariant: a paper goes
 * only after paper_judge() let it go in this very transaction, or because the
 * verified log of a vault that is restored says that it went before; what the
 * log is folded from never goes.
 */
#include "vault/destroy_int.h"
#include "vault/destroy_rows.h"
#include "vault/store/db.h"
#include "vault/version.h"

/* A paper that may not go after all, for the report. */
static int
spare(struct destroy_work *w, const struct paper *p, struct hrv_err *err)
{
	json_t *o = NULL;
	int rc = paper_tell(p, &o, err);

	if (rc == HRV_OK && json_array_append_new(w->ret->spared, o))
		rc = destroy_no_memory(err);
	return rc;
}

/* As it was destroyed before, nothing is decided now. */
static json_t *
again_basis(const struct destroy_work *w)
{
	return json_pack("{s:s,s:s,s:s,s:s}", "rule", DESTROY_AGAIN_RULE,
	    "citation", "destroyed before the restore", "schedule",
	    w->v->schedule->id, "schedule_version", w->v->schedule->version);
}

static int
note(struct destroy_work *w, const struct destroy_paper *asked,
    const struct paper *p, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	json_t *o = json_object(), *basis = NULL, *approvals = json_array();
	int bad = o == NULL || approvals == NULL;
	int rc = HRV_OK;

	if (w->papers == NULL)
		w->papers = json_array();
	if (asked->again)
		basis = again_basis(w);
	else
		rc = candidate_basis(w->v->schedule, &p->decision, &basis, err);
	id_format(&p->id, text);
	if (asked->approval != NULL)
		bad |= json_array_append_new(
		    approvals, json_string(asked->approval));
	bad |= json_set_str(o, "class", p->class_name);
	bad |= json_set_str(o, "id", text);
	bad |= json_set_str(o, "hold_check",
	    asked->again ? "destroyed before the restore"
			 : "no hold, no open case");
	bad |= json_object_set_new(o, "basis", basis);
	bad |= json_object_set_new(o, "approvals", approvals);
	bad |= json_array_append_new(w->papers, o);
	return rc == HRV_OK && bad ? destroy_no_memory(err) : rc;
}

/* The sealed words of a hold. Its row stays: the log is folded from it. */
static int
take_words(struct destroy_work *w, const struct paper *p, bool *ret_took,
    struct hrv_err *err)
{
	size_t before = w->victims.n;
	int rc =
	    deklist_query(w->v, &w->victims, SQL_DETAIL_LIST_OF, &p->id, err);

	w->ret->details += w->victims.n - before;
	*ret_took = w->victims.n > before;
	return rc == HRV_OK ? rows_run_for(w->v, SQL_DETAIL_DEL_OF, &p->id, err)
			    : rc;
}

/* Whether this very run destroyed it: then the stub is a new one, and the
 * entry still has to state it. */
static int
is_new(struct destroy_work *w, const struct hrv_id *record, bool *ret,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(w->v->db, SQL_TOMBSTONE_GET_IN_RUN, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_blob(st, 2, w->args->run->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = db_col_int(st, 0) != 0;
	db_reset(st);
	return HRV_OK;
}

/* Every row that says that there was a record, and of the person when nothing
 * else is left. Rows of what still lives are never taken. */
static int
take_stub(struct destroy_work *w, const struct paper *p, bool *ret_took,
    struct hrv_err *err)
{
	struct record_row rec;
	bool new = false;
	int rc = record_load(w->v, &p->id, &rec, err);

	if (rc == HRV_ENOTFOUND)
		return HRV_OK; /* a backup that never had it */
	if (rc == HRV_OK)
		rc = is_new(w, &p->id, &new, err);
	if (rc != HRV_OK || new || !rec.purged)
		return rc;
	*ret_took = true;
	rc = rows_run_for(w->v, SQL_TOMBSTONE_DEL_OF, &p->id, err);
	if (rc == HRV_OK)
		rc = rows_run_for(w->v, SQL_RECORD_DEL_VERSIONS, &p->id, err);
	if (rc == HRV_OK)
		rc = rows_run_for(w->v, SQL_RECORD_DEL_STUB, &p->id, err);
	return rc == HRV_OK
		   ? rows_run_for(w->v, SQL_SUBJECT_DEL_GONE, &rec.subject, err)
		   : rc;
}

/* Whom a record was disclosed to; why went with the record's own words. */
static int
take_disclosures(struct destroy_work *w, const struct paper *p, bool *ret_took,
    struct hrv_err *err)
{
	int rc = rows_run_for(w->v, SQL_RIGHTS_DEL_DISCLOSURES, &p->id, err);

	*ret_took = rc == HRV_OK && db_changes(w->v->db) > 0;
	return rc;
}

static int
take_case(struct destroy_work *w, const struct paper *p, bool *ret_took,
    struct hrv_err *err)
{
	return destroy_case(w, &p->id, ret_took, err);
}

static int (*const take[])(struct destroy_work *w, const struct paper *p,
    bool *ret_took, struct hrv_err *err) = { [PAPER_HOLD] = take_words,
	[PAPER_STUB] = take_stub,
	[PAPER_DISCLOSURE] = take_disclosures,
	[PAPER_CASE] = take_case };

static bool
may_go(const struct destroy_work *w, const struct destroy_paper *asked,
    const struct paper *p)
{
	if (asked->again)
		return w->v->restoring;
	return p->verdict == VERDICT_DESTROY ||
	       (p->verdict == VERDICT_REVIEW && asked->approval != NULL);
}

static int
take_paper(struct destroy_work *w, const struct destroy_paper *asked,
    struct hrv_err *err)
{
	bool took = false;
	struct paper p = { .kind = asked->kind,
		.id = asked->id,
		.class_name = paper_class(asked->kind) };
	int rc = HRV_OK;

	if (!asked->again)
		rc = paper_judge(
		    w->args->judge, asked->kind, &asked->id, &p, err);
	if (rc == HRV_OK && !may_go(w, asked, &p))
		return spare(w, &p, err);
	if (rc == HRV_OK)
		rc = take[p.kind](w, &p, &took, err);
	/* An older backup may not have had it at all. */
	if (rc != HRV_OK || !took)
		return rc;
	w->ret->papers++;
	return note(w, asked, &p, err);
}

int
destroy_papers(struct destroy_work *w, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < w->args->n_papers; i++)
		rc = take_paper(w, &w->args->papers[i], err);
	return rc;
}
