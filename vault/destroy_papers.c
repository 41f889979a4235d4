/* SPDX-License-Identifier: ISC */
/*
 * The end of the vault's own papers. Layer: verbs. Invariant: a paper goes
 * only after paper_judge() let it go in this very transaction, or because the
 * verified log of a vault that is restored says that it went before; what the
 * log is folded from never goes.
 */
#include "vault/destroy_int.h"
#include "vault/store/db.h"

static int
run_for(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	return db_run(st, err);
}

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
take_words(struct destroy_work *w, const struct hrv_id *id, struct hrv_err *err)
{
	size_t before = w->victims.n;
	int rc = deklist_query(w->v, &w->victims, SQL_DETAIL_LIST_OF, id, err);

	w->ret->details += w->victims.n - before;
	return rc == HRV_OK ? run_for(w->v, SQL_DETAIL_DEL_OF, id, err) : rc;
}

static int (*const take[])(struct destroy_work *w, const struct hrv_id *id,
    struct hrv_err *err) = { [PAPER_HOLD] = take_words };

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
	size_t before = w->victims.n;
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
		rc = take[p.kind](w, &p.id, err);
	/* An older backup may not have had it at all. */
	if (rc != HRV_OK || (asked->again && w->victims.n == before))
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
