/* SPDX-License-Identifier: ISC */
/*
 * A destruction run. Layer: verbs. It starts out with nothing to destroy and
 * destroys only what every step let pass; a run that cannot be sure of the
 * log, the holds or the clock destroys nothing and says so.
 */
#include "hrvault/purge.h"

#include <stdlib.h>
#include <string.h>

#include "vault/clock.h"
#include "vault/destroy.h"
#include "vault/purge.h"
#include "vault/remember.h"
#include "vault/schedule.h"
#include "vault/store/db.h"

#define REFRESH_STEP 20000 /* terms recomputed in one transaction */
#define SHARE_FLOOR 25	   /* records that a share never brakes below */

int
purge_brake(const struct hrv_schedule *s, size_t destroy, size_t live,
    struct hrv_err *err)
{
	size_t share = live * (size_t)s->purge.max_share / 100;
	size_t limit = (size_t)s->purge.max_per_run;

	if (share < SHARE_FLOOR)
		share = SHARE_FLOOR;
	if (share < limit)
		limit = share;
	if (destroy <= limit)
		return HRV_OK;
	hrv_fail_as(err, HRV_ECONFIRM, "brake",
	    "%zu records are due, and one run may destroy %zu without people: "
	    "nothing was destroyed",
	    destroy, limit);
	return hrv_hint(err,
	    "look at 'hrvault purge plan', then "
	    "'hrvault purge plan --propose' to have the list approved");
}

/* A run that destroyed nothing: still logged, so that silence means that no
 * run took place. */
static int
heartbeat(struct hrv_vault *v, const struct survey *s, struct hrv_err *err)
{
	struct entry e = ENTRY("purge.heartbeat");
	json_t *p = json_object();
	char day[HRV_DATE_TEXT];
	int rc;

	hrv_date_format(s->judge.today, day);
	if (p == NULL || json_set_str(p, "day", day) ||
	    json_set_int(p, "protected", (int64_t)purge_protected(s)) ||
	    json_set_int(p, "pending", (int64_t)s->pending)) {
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

/* Announces the list: durable before anything is destroyed. */
static int
announce(struct hrv_vault *v, const struct survey *s, const struct hrv_id *run,
    struct receipt **ret, struct hrv_err *err)
{
	struct entry e = ENTRY("purge.intent");
	struct manifest m = { 0 };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < s->n; i++) {
		if (s->list[i].verdict == VERDICT_DESTROY)
			rc = manifest_add(&m, &s->list[i].record, NULL, err);
	}
	e.run = run;
	if (rc == HRV_OK)
		rc = receipt_open(v, &e, &m, ret, err);
	manifest_clear(&m);
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
		if (s->list[i].verdict != VERDICT_DESTROY)
			continue;
		items[n].record = s->list[i].record;
		items[n].n = s->list[i].n;
		items[n++].reason = DESTROY_SCHEDULE;
	}
	*ret = items;
	*ret_n = n;
	return HRV_OK;
}

/* Under the write lock: take in what was logged meanwhile, judge again,
 * destroy, commit. */
static int
commit(struct hrv_vault *v, struct survey *s, const struct hrv_id *run,
    struct receipt **intent, struct destroy_result *result, struct hrv_err *err)
{
	struct destroy_args a = { .run = run, .intent = intent };
	struct destroy_item *items = NULL;
	struct entry none = ENTRY("purge.commit");
	int rc = make_items(s, &items, &a.n, err);

	a.items = items;
	a.judge = &s->judge;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = survey_update(v, s, err);
	if (rc == HRV_OK)
		rc = clock_check(&s->fold, v->schedule, vault_now(v), err);
	if (rc == HRV_OK)
		rc = destroy_commit(v, &a, result, err);
	if (rc == HRV_OK && result->versions == 0) {
		none.run = run;
		none.result = LEAF_REFUSED;
		none.code = "protected";
		rc = receipt_entry(v, intent, &none, NULL, err);
	}
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	if (rc == HRV_OK && result->versions > 0)
		v->gen = result->gen_after;
	txn_abort(v);
	free(items);
	return rc;
}

static int
make_doc(const struct survey *s, const struct hrv_id *run,
    const struct destroy_result *r, size_t left, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	json_t *doc = json_object();
	bool destroyed = r->versions > 0;
	size_t protected = purge_protected(s) + json_array_size(r->spared);
	int bad = doc == NULL;

	id_format(run, text);
	bad |= json_object_set_new(
	    doc, "run", destroyed ? json_string(text) : json_null());
	bad |= json_set_int(doc, "destroyed", (int64_t)r->records);
	bad |= json_set_int(doc, "protected", (int64_t) protected);
	bad |= json_set_int(doc, "pending", (int64_t)s->pending);
	bad |= json_set_int(doc, "identities", (int64_t)r->identities);
	bad |= json_object_set_new(doc, "certificate",
	    destroyed && left == 0 ? json_string(text) : json_null());
	bad |= json_object_set_new(doc, "finished", json_boolean(left == 0));
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
	int rc = remember_check_seen(v, err);

	if (rc == HRV_OK)
		rc = clock_check(&s->fold, v->schedule, vault_now(v), err);
	if (rc == HRV_OK)
		rc = purge_brake(v->schedule, survey_count(s, VERDICT_DESTROY),
		    s->live, err);
	return rc;
}

static int
has_stale_terms(struct hrv_vault *v, bool *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_TERM_LIST_STALE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, v->schedule_hash, sizeof(v->schedule_hash));
	(void)db_bind_int(st, 2, 1);
	rc = db_step(st, ret, err);
	db_reset(st);
	return rc;
}

/* An adoption that was interrupted left terms of the schedule before: they
 * could hide what is due. Finished here, in steps. */
static int
refresh_terms(struct hrv_vault *v, struct hrv_err *err)
{
	bool more = false;
	int rc = has_stale_terms(v, &more, err);

	while (rc == HRV_OK && more) {
		rc = txn_begin(v, err);
		if (rc == HRV_OK)
			rc = schedule_refresh(v, REFRESH_STEP, &more, err);
		if (rc == HRV_OK)
			rc = txn_commit(v, false, err);
		txn_abort(v);
	}
	return rc;
}

int
hrv_purge_run(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("purge.intent");
	struct destroy_result result = { 0 };
	struct survey s = { 0 };
	struct receipt *intent = NULL;
	struct hrv_id run;
	size_t left = 0;
	int rc = role_may(v->role, "purge.intent", err);

	vault_new_id(ID_RUN, &run);
	if (rc == HRV_OK)
		rc = refresh_terms(v, err);
	if (rc == HRV_OK)
		rc = survey_make(v, &s, err);
	if (rc == HRV_OK)
		rc = check_run(v, &s, err);
	if (rc != HRV_OK) {
		rc = txn_refuse(v, &refused, err);
		goto out;
	}
	if (survey_count(&s, VERDICT_DESTROY) == 0) {
		rc = heartbeat(v, &s, err);
	} else {
		rc = announce(v, &s, &run, &intent, err);
		if (rc == HRV_OK)
			rc = commit(v, &s, &run, &intent, &result, err);
	}
	if (rc == HRV_OK)
		rc = purge_finish_runs(v, &left, err);
	if (rc == HRV_OK)
		rc = make_doc(&s, &run, &result, left, ret_doc, err);
out:
	receipt_drop(&intent);
	destroy_clear(&result);
	survey_clear(&s);
	return rc;
}

int
hrv_purge_confirm_clock(
    struct hrv_vault *v, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry e = ENTRY("clock.confirm");
	json_t *p = json_object(), *doc = json_object();
	int rc = role_may(v->role, "clock.confirm", err);

	if (rc != HRV_OK) {
		rc = txn_refuse(v, &e, err);
		goto out;
	}
	if (p == NULL || doc == NULL || json_set_int(p, "alone", 1) ||
	    json_object_set_new(doc, "confirmed", json_true())) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	e.payload = p;
	rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(doc);
out:
	txn_abort(v);
	json_decref(p);
	json_decref(doc);
	return rc;
}
