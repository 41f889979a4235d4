/* SPDX-License-Identifier: ISC */
/*
 * The due list. Layer: verbs. Found through the covering index of the terms;
 * a term that another schedule was used for is not believed but recomputed,
 * so an interrupted adoption hides nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/schedule.h"
#include "vault/adopted.h"
#include "vault/foldrows.h"
#include "vault/holdtell.h"
#include "vault/inforce.h"
#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/paper.h"
#include "vault/protect.h"
#include "vault/retention.h"
#include "vault/store/db.h"
#include "vault/terms.h"

/* A version that belongs into the list. */
struct due_ref {
	struct hrv_id record;
	uint32_t n;
	char from[HRV_DATE_TEXT];
};

struct due_list {
	struct hrv_vault *v;
	struct due_ref *refs;
	size_t n, cap;
	struct hrv_date day; /* decided for */
	struct hrv_date today;
	char last[HRV_DATE_TEXT]; /* purge_from up to here */
	bool stale;		  /* some were recomputed */
	bool as_of;
	struct protect *protect;
	struct hrv_date notice_policy; /* over, as to the schedule's entry */
	struct fold policies;	       /* the schedules alone */
	struct adopted adopted;
};

static int
add_ref(struct due_list *l, const struct hrv_id *record, uint32_t n,
    const char *from, struct hrv_err *err)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
		struct due_ref *p = realloc(l->refs, cap * sizeof(*p));

		if (p == NULL)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
		l->refs = p;
		l->cap = cap;
	}
	l->refs[l->n].record = *record;
	l->refs[l->n].n = n;
	snprintf(l->refs[l->n].from, HRV_DATE_TEXT, "%s", from);
	l->n++;
	return HRV_OK;
}

static int
find_current(struct due_list *l, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_RECORD };
	uint8_t policy[32];
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(l->v->db, SQL_RETENTION_LIST_DUE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, l->last);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = db_col_fixed(st, 3, policy, sizeof(policy), err);
		if (rc == HRV_OK &&
		    memcmp(policy, l->v->schedule_hash, sizeof(policy)) == 0)
			rc = add_ref(l, &id, (uint32_t)db_col_int(st, 1),
			    db_col_text(st, 2), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

static int
take_stale(void *ctx, const struct hrv_id *record, uint32_t n,
    const char *was[2], struct hrv_err *err)
{
	struct due_list *l = ctx;
	char from[HRV_DATE_TEXT];
	struct retention r;
	bool live;
	int rc = retention_load(l->v, record, n, l->day, &r, &live, err);

	(void)was;
	if (rc != HRV_OK || !live)
		return rc;
	hrv_bound_text(r.decision.purge_from, from);
	if (r.decision.purge_from.kind == HRV_BOUND_DATE &&
	    r.decision.at_expiry != HRV_EXPIRY_PERMANENT &&
	    strcmp(from, l->last) <= 0) {
		rc = add_ref(l, record, n, from, err);
		l->stale = true;
	}
	retention_clear(&r);
	return rc;
}

static int
by_day(const void *a, const void *b)
{
	const struct due_ref *x = a, *y = b;
	int order = strcmp(x->from, y->from);

	if (order == 0)
		order = memcmp(x->record.b, y->record.b, ID_BYTES);
	return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

/* When a log entry was made. */
static int
time_of(struct due_list *l, uint64_t leaf, int64_t *ret, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	struct leaf parsed = LEAF_INIT;
	int rc = log_read(l->v->db, leaf, &text, NULL, err);

	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &parsed, err);
	*ret = parsed.time;
	buf_clear(&text);
	return rc;
}

/* The day on which the notice that begins at that time is over. */
static int
notice_from(
    struct due_list *l, int64_t time, struct hrv_date *ret, struct hrv_err *err)
{
	int rc = vault_local_date(l->v, time / 1000000, ret, err);

	if (rc == HRV_OK &&
	    !hrv_date_add(*ret, l->v->schedule->purge.notice, ret))
		rc = hrv_fail(err, HRV_EFAILED, "a date is out of range");
	return rc;
}

/* The same for a record, by its last entry; a schedule that was adopted when
 * it was there already has a notice of its own. */
static int
record_notice(struct due_list *l, const struct record_row *rec,
    struct hrv_date *ret, struct hrv_err *err)
{
	int64_t last = 0;
	uint64_t first = 0;
	int rc = time_of(l, rec->state_leaf, &last, err);

	if (rc == HRV_OK)
		rc = notice_from(l, last, ret, err);
	if (rc == HRV_OK)
		rc = fold_rows_first(l->v, &l->policies, rec, &first, err);
	if (rc == HRV_OK)
		adopted_notice(&l->adopted, first, ret);
	return rc;
}

/* The schedules that were adopted, down to the one in force. */
static int
policy_notice(struct due_list *l, struct hrv_err *err)
{
	int rc = inforce_schedule(l->v, err);

	if (rc == HRV_OK)
		rc = fold_rows_policies(&l->policies, l->v, err);
	if (rc == HRV_OK)
		rc = adopted_load(l->v, &l->policies, &l->adopted, err);
	if (rc == HRV_OK)
		rc = notice_from(
		    l, l->policies.policy_time, &l->notice_policy, err);
	return rc;
}

/* What goes with it waits for it, and the other way round. */
static int
kin_notice(struct due_list *l, const struct record_row *rec,
    struct hrv_date *over, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct record_row kin;
	struct hrv_date d;
	size_t n = 0;
	int rc = ids_together(l->v, rec, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(l->v, &ids[i], &kin, err);
		if (rc == HRV_OK)
			rc = record_notice(l, &kin, &d, err);
		if (rc == HRV_OK && hrv_date_cmp(d, *over) > 0)
			*over = d;
	}
	free(ids);
	return rc;
}

/* Notice runs from the latest entry that can have made the record due: its
 * own facts, its subject's, or the schedule. */
static int
set_notice(struct due_list *l, const struct retention *r, json_t *o,
    struct hrv_err *err)
{
	struct hrv_date over = l->notice_policy, d;
	char text[HRV_DATE_TEXT];
	struct subject_row s;
	int64_t time = 0;
	int rc = record_notice(l, &r->rec, &d, err);

	if (rc == HRV_OK && hrv_date_cmp(d, over) > 0)
		over = d;
	if (rc == HRV_OK)
		rc = kin_notice(l, &r->rec, &over, err);
	if (rc == HRV_OK)
		rc = subject_load(l->v, &r->rec.subject, &s, err);
	if (rc == HRV_OK)
		rc = time_of(l, s.state_leaf, &time, err);
	if (rc == HRV_OK)
		rc = notice_from(l, time, &d, err);
	if (rc != HRV_OK)
		return rc;
	if (hrv_date_cmp(d, over) > 0)
		over = d;
	hrv_date_format(over, text);
	if (hrv_date_cmp(l->today, over) < 0 &&
	    json_set_str(o, "notice_until", text))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static int
put_protected(json_t *o, const struct protect_why *p, struct hrv_err *err)
{
	json_t *why = json_array();
	int rc = HRV_OK;

	if (p->hold)
		(void)json_array_append_new(why, json_string("hold"));
	if (p->cooling)
		(void)json_array_append_new(why, json_string("cooling-off"));
	if (p->kase)
		(void)json_array_append_new(why, json_string("case"));
	if (json_object_set_new(o, "protected", json_boolean(protect_any(p))) ||
	    json_object_set(o, "why", why))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	json_decref(why);
	return rc;
}

/* Whether something keeps it, and what kind of thing; never which matter. */
static int
set_protected(struct due_list *l, const struct retention *r, json_t *o,
    struct hrv_err *err)
{
	struct protect_why p;
	int rc = protect_record(l->v, l->protect, &r->rec, &p, err);

	if (rc == HRV_OK)
		rc = put_protected(o, &p, err);
	if (rc == HRV_OK && (p.hold || p.cooling))
		rc = holdtell_add(l->v, l->protect, &r->rec, r->n, o, err);
	return rc;
}

static int
set_dates(json_t *o, const struct hrv_decision *d)
{
	const struct hrv_rule *rule =
	    d->keep_rule != NULL ? d->keep_rule : d->limit_rule;

	return json_object_set_new(o, "rule",
		   rule == NULL ? json_null() : json_string(rule->id)) ||
	       retention_set_bound(o, "keep_until", d->keep_until) ||
	       retention_set_bound(o, "limit_until", d->limit_until) ||
	       retention_set_bound(o, "purge_from", d->purge_from) ||
	       json_set_str(o, "state", hrv_state_name(d->state));
}

static int
emit(struct due_list *l, const struct due_ref *ref, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err)
{
	struct retention r;
	json_t *o = NULL;
	bool live;
	int rc =
	    retention_load(l->v, &ref->record, ref->n, l->day, &r, &live, err);

	if (rc != HRV_OK || !live)
		return rc;
	o = json_object();
	if (retention_json(&r, o) || set_dates(o, &r.decision))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = set_protected(l, &r, o, err);
	if (rc == HRV_OK && !l->as_of &&
	    (r.decision.state == HRV_STATE_DUE ||
		r.decision.state == HRV_STATE_REVIEW))
		rc = set_notice(l, &r, o, err);
	retention_clear(&r);
	if (rc == HRV_OK)
		rc = fn(ctx, (const struct hrv_doc *)o, err);
	json_decref(o);
	return rc;
}

/* The vault's own papers, after the records. */
struct due_papers {
	struct due_list *l;
	hrv_doc_fn *fn;
	void *ctx;
};

static int
emit_paper(void *ctx, const struct paper *p, struct hrv_err *err)
{
	struct due_papers *d = ctx;
	struct protect_why why = { 0 };
	char text[ID_TEXT_SIZE];
	json_t *o;
	int rc;

	if (p->decision.at_expiry == HRV_EXPIRY_PERMANENT)
		return HRV_OK;
	o = json_object();
	id_format(&p->id, text);
	rc = paper_protected(d->l->v, d->l->protect, p, &why, err);
	if (rc == HRV_OK &&
	    (o == NULL || json_object_set_new(o, "record", json_null()) ||
		json_object_set_new(o, "subject", json_null()) ||
		json_set_str(o, "paper", text) ||
		json_set_str(o, "class", p->class_name) ||
		set_dates(o, &p->decision)))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = put_protected(o, &why, err);
	if (rc == HRV_OK)
		rc = d->fn(d->ctx, (const struct hrv_doc *)o, err);
	json_decref(o);
	return rc;
}

/* The day asked for, and the last purge_from that is listed. */
static int
read_args(
    struct due_list *l, const struct hrv_due_args *args, struct hrv_err *err)
{
	struct hrv_duration within = { 0, 0, 0 };
	struct hrv_date last;
	int rc = vault_today(l->v, &l->today, err);

	if (rc != HRV_OK)
		return rc;
	l->as_of = hrv_date_is_set(args->as_of);
	l->day = l->as_of ? args->as_of : l->today;
	if (args->within != NULL && !hrv_duration_parse(args->within, &within))
		return hrv_fail(
		    err, HRV_EUSAGE, "a period is written P90D, P6M or P1Y");
	if (!hrv_date_valid(l->day) || !hrv_date_add(l->day, within, &last))
		return hrv_fail(err, HRV_EUSAGE, "the day is out of range");
	hrv_date_format(last, l->last);
	return HRV_OK;
}

static int
list(struct due_list *l, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct due_papers papers = { l, fn, ctx };
	int rc = find_current(l, err);

	if (rc == HRV_OK)
		rc = retention_each_stale(l->v, take_stale, l, err);
	if (rc == HRV_OK && l->stale)
		qsort(l->refs, l->n, sizeof(*l->refs), by_day);
	if (rc == HRV_OK)
		rc = protect_load(l->v, &l->protect, err);
	if (rc == HRV_OK)
		rc = policy_notice(l, err);
	for (size_t i = 0; rc == HRV_OK && i < l->n; i++)
		rc = emit(l, &l->refs[i], fn, ctx, err);
	if (rc == HRV_OK)
		rc =
		    paper_each(l->v, l->day, l->last, emit_paper, &papers, err);
	return rc;
}

int
hrv_retention_due(struct hrv_vault *v, const struct hrv_due_args *args,
    hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct due_list l = { .v = v };
	int rc = read_args(&l, args, err);

	if (rc == HRV_OK)
		rc = db_begin_read(v->db, err);
	if (rc == HRV_OK) {
		rc = list(&l, fn, ctx, err);
		db_rollback(v->db);
	}
	protect_free(l.protect);
	adopted_clear(&l.adopted);
	fold_clear(&l.policies);
	free(l.refs);
	return rc;
}
