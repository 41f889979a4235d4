/* SPDX-License-Identifier: ISC */
/*
 * A destruction run. Layer: verbs. It starts out with nothing to destroy and
 * destroys only what every step let pass; a run that cannot be sure of the
 * log, the holds or the clock destroys nothing and says so.
 */
#include "hrvault/purge.h"

#include <stdlib.h>
#include <string.h>

#include "vault/destroy.h"
#include "vault/purge.h"
#include "vault/purge_paper.h"
#include "vault/purge_restored.h"
#include "vault/schedule.h"
#include "vault/store/db.h"

#define SHARE_FLOOR 25 /* records that a share never brakes below */

int
purge_brake(const struct survey *s, size_t destroy, struct hrv_err *err)
{
	const struct adopted *a = &s->judge.adopted;
	size_t share = s->live * (size_t)a->max_share / 100;
	size_t limit = (size_t)a->max_per_run;

	if (share < SHARE_FLOOR)
		share = SHARE_FLOOR;
	if (share < limit)
		limit = share;
	if (destroy <= limit)
		return HRV_OK;
	hrv_fail_as(err, HRV_ECONFIRM, "brake",
	    "%zu records are due, and one run may destroy %zu without people"
	    "%s: nothing was destroyed",
	    destroy, limit,
	    a->braked ? " by the stricter of the schedules before and after "
			"the last adoption"
		      : "");
	return hrv_hint(err,
	    "look at 'hrvault purge plan', then "
	    "'hrvault purge plan --propose' to have the list approved");
}

/* A run that destroyed nothing: still logged, so that silence means that no
 * run took place. */
static int
heartbeat(struct hrv_vault *v, const struct survey *s, bool whole,
    struct hrv_err *err)
{
	struct entry e = ENTRY("purge.heartbeat");
	json_t *p = json_object();
	char day[HRV_DATE_TEXT];
	int rc;

	hrv_date_format(s->judge.today, day);
	if (p == NULL || json_set_str(p, "day", day) ||
	    json_set_int(p, "protected", (int64_t)purge_protected(s)) ||
	    json_set_int(p, "pending", (int64_t)s->pending) ||
	    (whole && json_set_int(p, "whole", 1))) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	e.payload = p;
	rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
out:
	txn_abort(v);
	json_decref(p);
	return rc;
}

static int
make_items(const struct survey *s, struct destroy_item **ret, size_t *ret_n,
    struct hrv_err *err)
{
	struct destroy_item *items = calloc(s->n + 1, sizeof(*items));
	size_t n = 0;

	if (items == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	for (size_t i = 0; i < s->n; i++) {
		const struct candidate *c = &s->list[i];

		if (!c->chosen)
			continue;
		items[n].record = c->record;
		items[n].n = c->n;
		items[n].approval = c->approval;
		items[n++].reason = c->erasure		  ? DESTROY_ERASURE
				    : c->approval == NULL ? DESTROY_SCHEDULE
							  : DESTROY_APPROVED;
	}
	*ret = items;
	*ret_n = n;
	return HRV_OK;
}

/* One run on its way. */
struct running {
	struct survey s;
	struct purge_lists lists;
	struct hrv_id id;
	struct receipt *intent;
	struct destroy_result result;
};

/* Under the write lock: judge again and destroy. What is on a list and changed
 * since it was announced drops out here. */
static int
destroy(struct hrv_vault *v, void *ctx, struct hrv_err *err)
{
	struct running *r = ctx;
	struct destroy_args a = {
		.run = &r->id, .intent = &r->intent, .alone = r->lists.alone
	};
	struct destroy_item *items = NULL;
	struct destroy_paper *papers = NULL;
	json_t *used = NULL;
	int rc = purge_lists_choose(v, &r->lists, &r->s, err);

	/* What was on a list and is not any more counts against the brake. */
	if (rc == HRV_OK)
		rc = purge_brake(&r->s,
		    purge_chosen(&r->s, true) +
			purge_papers_braked(&r->s.papers),
		    err);
	if (rc == HRV_OK)
		rc = make_items(&r->s, &items, &a.n, err);
	if (rc == HRV_OK)
		rc =
		    purge_papers_items(&r->s.papers, &papers, &a.n_papers, err);
	if (rc == HRV_OK && (used = purge_lists_used(&r->lists)) == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	a.items = items;
	a.papers = papers;
	a.judge = &r->s.judge;
	a.over = &r->s.over;
	a.approvals = used;
	a.whole = !r->lists.only;
	if (rc == HRV_OK)
		rc = destroy_commit(v, &a, &r->result, err);
	if (rc == HRV_OK && destroy_any(&r->result))
		rc = purge_lists_done(v, &r->lists, r->result.leaf, err);
	json_decref(used);
	free(papers);
	free(items);
	return rc;
}

/* Records that a person was asked about and that therefore go. */
static size_t
reviewed(const struct survey *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->list[i].chosen &&
		     s->list[i].verdict == VERDICT_REVIEW &&
		     (i == 0 ||
			 !id_equal(&s->list[i - 1].record, &s->list[i].record));
	return n;
}

static int
make_doc(const struct running *run, size_t left, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	const struct destroy_result *r = &run->result;
	const struct survey *s = &run->s;
	char text[ID_TEXT_SIZE];
	json_t *doc = json_object();
	bool destroyed = destroy_any(r);
	size_t protected =
	    purge_protected(s) - reviewed(s) + json_array_size(r->spared);
	json_t *skipped = NULL;
	int bad = doc == NULL;
	int rc = purge_skipped(s, &skipped, err);

	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	/* What came in between was kept as well. */
	bad |= r->spared != NULL && json_array_extend(skipped, r->spared) != 0;
	bad |= json_object_set_new(doc, "skipped", skipped);
	id_format(&run->id, text);
	bad |= json_object_set_new(
	    doc, "run", destroyed ? json_string(text) : json_null());
	bad |= json_set_int(doc, "destroyed", (int64_t)r->records);
	bad |= json_set_int(doc, "protected", (int64_t) protected);
	bad |= json_set_int(doc, "pending", (int64_t)s->pending);
	bad |= json_set_int(doc, "identities", (int64_t)r->identities);
	bad |= json_set_int(doc, "papers", (int64_t)r->papers);
	bad |= json_object_set_new(doc, "certificate",
	    destroyed && left == 0 ? json_string(text) : json_null());
	bad |= json_object_set_new(doc, "finished", json_boolean(left == 0));
	bad |= json_object_set_new(
	    doc, "dropped", purge_lists_dropped(&run->lists, s));
	if (bad) {
		json_decref(doc);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

/* What must hold before a run may destroy anything. */
static int
check_run(struct hrv_vault *v, const struct survey *s, struct hrv_err *err)
{
	int rc = purge_check_trust(v, s, err);

	if (rc == HRV_OK)
		rc = purge_check_restored(&s->fold, err);
	if (rc == HRV_OK)
		rc = purge_brake(s,
		    purge_chosen(s, true) + purge_papers_braked(&s->papers),
		    err);
	return rc;
}

/* What there is to destroy, and whether a run may. */
static int
prepare(struct hrv_vault *v, const char *plan, struct running *r,
    struct hrv_err *err)
{
	bool stale = false;
	int rc = role_may(v->role, "purge.intent", err);

	/* An adoption that was interrupted left terms of the schedule before:
	 * they could hide what is due. */
	if (rc == HRV_OK)
		rc = schedule_refresh_all(v, &stale, err);
	if (rc == HRV_OK)
		rc = survey_make(v, &r->s, err);
	if (rc == HRV_OK)
		rc = purge_lists_load(v, plan, &r->lists, err);
	/* Nobody is on a list by who he or she is. */
	if (rc == HRV_OK && r->lists.only)
		over_clear(&r->s.over);
	if (rc == HRV_OK)
		rc = purge_lists_choose(v, &r->lists, &r->s, err);
	return rc == HRV_OK ? check_run(v, &r->s, err) : rc;
}

/* The intent of a run that came to nothing is closed by what kept it. */
static void
close_intent(struct hrv_vault *v, struct running *r, const struct hrv_err *why)
{
	struct entry e = ENTRY("purge.commit");
	struct hrv_err ignored;

	e.run = &r->id;
	if (r->intent != NULL && why->code == HRV_ECONFIRM)
		(void)!receipt_close(v, &r->intent, &e, why, &ignored);
}

int
hrv_purge_run_plan(struct hrv_vault *v, const char *plan,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("purge.intent");
	struct running r = { .intent = NULL };
	struct purge_commit_args a = { .survey = &r.s,
		.run = &r.id,
		.intent = &r.intent,
		.destroy = destroy,
		.ctx = &r,
		.result = &r.result };
	size_t left = 0;
	int rc;

	vault_new_id(ID_RUN, &r.id);
	rc = prepare(v, plan, &r, err);
	/* Tables that are not what the log says are not written about: an
	 * entry made from them would be wrong for good. */
	if (rc == HRV_EINTEGRITY)
		goto out;
	if (rc != HRV_OK) {
		rc = txn_refuse(v, &refused, err);
		goto out;
	}
	if (purge_chosen(&r.s, false) == 0 && r.s.over.n == 0 &&
	    purge_papers_chosen(&r.s.papers) == 0) {
		rc = heartbeat(v, &r.s, !r.lists.only, err);
	} else {
		rc = purge_announce(v, &r.s, &r.id, NULL, &r.intent, err);
		if (rc == HRV_OK)
			rc = purge_commit(v, &a, err);
		if (rc != HRV_OK)
			close_intent(v, &r, err);
	}
	if (rc == HRV_OK)
		rc = purge_finish_runs(v, &left, err);
	if (rc == HRV_OK)
		rc = make_doc(&r, left, ret_doc, err);
out:
	receipt_drop(&r.intent);
	destroy_clear(&r.result);
	purge_lists_clear(&r.lists);
	survey_clear(&r.s);
	return rc;
}

int
hrv_purge_run(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	return hrv_purge_run_plan(v, NULL, ret_doc, err);
}
