/* SPDX-License-Identifier: ISC */
/*
 * What dies with a case: copies that were derived for it and words that people
 * typed. Layer: verbs. Invariant: a case ends by the log (closed, its freeze
 * over) and by the term of the class vault.case, never by a table alone.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/case.h"
#include "vault/destroy_int.h"
#include "vault/fold.h"
#include "vault/store/db.h"

#define CLASS_CASE "vault.case"

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

/* Whether the term of case files is over for one that was closed that day. */
static int
is_due(const struct destroy_work *w, const char *closed, bool *ret,
    struct hrv_err *err)
{
	struct hrv_fact fact = { .event = "record.closed" };
	const struct hrv_facts facts = { .fact = &fact, .count = 1 };
	struct hrv_decision d;
	int rc;

	*ret = false;
	if (!hrv_date_parse(closed, &fact.date))
		return HRV_OK;
	rc = hrv_policy_decide(
	    w->v->schedule, CLASS_CASE, &facts, w->args->judge->today, &d, err);
	if (rc == HRV_OK)
		*ret = d.state == HRV_STATE_DUE;
	return rc;
}

/* A case whose time is over, with nothing that holds its person's things. */
static int
has_ended(const struct destroy_work *w, const struct caselog_case *c, bool *ret,
    struct hrv_err *err)
{
	struct protect_why why = { 0 };
	struct kase k = { .law = NULL };
	const struct case_event *e;
	int rc = HRV_OK;

	*ret = false;
	if (!c->closed || strcmp(c->frozen_until, w->day) >= 0)
		return HRV_OK;
	rc = case_rows(w->v, &c->id, &k, err);
	e = rc == HRV_OK ? case_find_event(&k, "closed") : NULL;
	if (e != NULL)
		rc = is_due(w, e->day, ret, err);
	case_clear(&k);
	if (rc == HRV_OK && *ret)
		rc = protect_subject(
		    w->v, w->args->judge->protect, &c->subject, &why, err);
	if (rc == HRV_OK)
		*ret = *ret && !protect_any(&why);
	return rc;
}

static int
note(struct destroy_work *w, const struct hrv_id *id, struct hrv_err *err)
{
	struct hrv_id *p = realloc(w->cases, (w->n_cases + 1) * sizeof(*p));

	if (p == NULL)
		return destroy_no_memory(err);
	w->cases = p;
	p[w->n_cases++] = *id;
	return HRV_OK;
}

static int
take_case(struct destroy_work *w, const struct hrv_id *id, struct hrv_err *err)
{
	size_t before = w->victims.n, details;
	int rc = deklist_query(w->v, &w->victims, SQL_DETAIL_LIST_OF, id, err);

	details = w->victims.n - before;
	if (rc == HRV_OK)
		rc = deklist_query(
		    w->v, &w->victims, SQL_KASE_LIST_COPY_DEKS_OF, id, err);
	if (rc != HRV_OK || w->victims.n == before)
		return rc;
	rc = run_for(w->v, SQL_DETAIL_DEL_OF, id, err);
	if (rc == HRV_OK)
		rc = run_for(w->v, SQL_KASE_DEL_COPIES, id, err);
	if (rc == HRV_OK)
		rc = note(w, id, err);
	w->ret->details += details;
	return rc;
}

int
destroy_cases(struct destroy_work *w, struct hrv_err *err)
{
	const struct caselog *log = &w->args->judge->fold->cases;
	bool ended;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < log->n; i++) {
		rc = has_ended(w, &log->cases[i], &ended, err);
		if (rc == HRV_OK && ended)
			rc = take_case(w, &log->cases[i].id, err);
	}
	return rc;
}
