/* SPDX-License-Identifier: ISC */
/*
 * The one way to destruction. Layer: verbs. Invariant: a key leaves the
 * keystore only from here, only for a version that candidate_judge() let go in
 * this very transaction, or with the last record of its subject, or because
 * nothing has referred to it for thirty days.
 */
#include "vault/destroy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/destroy_int.h"
#include "vault/destroy_rows.h"
#include "vault/store/db.h"
#include "vault/store/keystore.h"

#define FINISH_WAIT_MS 5000

int
destroy_no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
destroy_changed(
    struct destroy_work *w, const struct hrv_id *id, struct hrv_err *err)
{
	struct hrv_id *p;

	for (size_t i = w->n_changed; i > 0 && i + 4 > w->n_changed; i--) {
		if (id_equal(&w->changed[i - 1], id))
			return HRV_OK; /* versions of a record come in a row */
	}
	if ((w->n_changed & (w->n_changed - 1)) == 0) {
		p = realloc(w->changed,
		    (w->n_changed == 0 ? 1 : 2 * w->n_changed) * sizeof(*p));
		if (p == NULL)
			return destroy_no_memory(err);
		w->changed = p;
	}
	w->changed[w->n_changed++] = *id;
	return HRV_OK;
}

/* An item that may not go after all, for the report. */
static int
spare(struct destroy_work *w, const struct candidate *c, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&c->record, text);
	if (o == NULL || json_set_str(o, "record", text) ||
	    json_set_int(o, "version", (int64_t)c->n) ||
	    json_set_str(o, "why", verdict_name(c->verdict)) ||
	    json_set_str(o, "until", c->until[0] == '\0' ? NULL : c->until) ||
	    json_array_append_new(w->ret->spared, o))
		return destroy_no_memory(err);
	return HRV_OK;
}

static int
note_record(struct destroy_work *w, const struct candidate *c,
    const struct destroy_item *item, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	json_t *o = json_object(), *approvals = json_array();
	int bad = o == NULL || approvals == NULL;

	id_format(&c->record, text);
	if (item->approval != NULL)
		bad |= json_array_append_new(
		    approvals, json_string(item->approval));
	bad |= json_set_str(o, "id", text);
	bad |= json_set_int(o, "version", (int64_t)c->n);
	bad |= json_set_str(o, "class", c->class_name);
	bad |= json_set_str(o, "hold_check",
	    item->reason == DESTROY_AGAIN ? "destroyed before the restore"
	    : c->erasure ? "no hold, no case but the one that asked for it"
			 : "no hold, no open case");
	bad |= json_object_set(o, "basis", c->basis);
	bad |= json_object_set_new(o, "approvals", approvals);
	bad |= json_array_append_new(w->records, o);
	return bad ? destroy_no_memory(err) : HRV_OK;
}

/* Whether it may go for the reason it is on the list for. */
static bool
may_go(const struct destroy_work *w, const struct destroy_item *item,
    const struct candidate *c)
{
	switch (item->reason) {
	case DESTROY_PERSON:
		if (w->args->person == NULL ||
		    !id_equal(&c->subject, w->args->person))
			return false;
		return c->shield == VERDICT_DESTROY &&
		       (item->approval != NULL || w->v->founding);
	case DESTROY_AGAIN:
		return w->v->restoring;
	case DESTROY_VOID:
		return c->shield == VERDICT_DESTROY &&
		       (item->approval != NULL || w->v->founding);
	case DESTROY_APPROVED:
		if (c->verdict == VERDICT_REVIEW && item->approval != NULL)
			return true;
		break;
	case DESTROY_ERASURE:
	case DESTROY_SCHEDULE:
		break;
	}
	return c->verdict == VERDICT_DESTROY;
}

/* The schedule is not why what should not be here goes. */
static int
set_basis(struct destroy_work *w, enum destroy_reason reason,
    struct candidate *c, struct hrv_err *err)
{
	const struct hrv_schedule *s = w->v->schedule;
	bool person = reason == DESTROY_PERSON, again = reason == DESTROY_AGAIN;
	const char *rule = person  ? w->args->person_rule
			   : again ? DESTROY_AGAIN_RULE
				   : DESTROY_VOID_RULE;
	const char *cite = person  ? w->args->person_cite
			   : again ? "destroyed before the restore"
				   : "filed in error";
	json_t *o = json_pack("{s:s,s:s,s:s,s:s}", "rule", rule, "citation",
	    cite, "schedule", s->id, "schedule_version", s->version);

	if (o == NULL)
		return destroy_no_memory(err);
	json_decref(c->basis);
	c->basis = o;
	snprintf(c->rule, sizeof(c->rule), "%s", rule);
	w->voided = w->voided || reason == DESTROY_VOID;
	w->again = w->again || again;
	return HRV_OK;
}

/* Judges one item again. */
static int
judge_item(
    struct destroy_work *w, struct destroy_judged *x, struct hrv_err *err)
{
	enum destroy_reason reason = x->item.reason;
	bool bypasses = reason == DESTROY_VOID || reason == DESTROY_PERSON ||
			reason == DESTROY_AGAIN;
	int rc = candidate_judge(
	    w->args->judge, &x->item.record, x->item.n, &x->c, err);

	if (rc != HRV_OK)
		return rc;
	x->go = may_go(w, &x->item, &x->c);
	/* Nothing protects it, but nobody agreed either. */
	if (!x->go && bypasses)
		x->c.verdict = x->c.shield == VERDICT_DESTROY ? VERDICT_REVIEW
							      : x->c.shield;
	return x->go && bypasses ? set_basis(w, reason, &x->c, err) : HRV_OK;
}

/* What may go is taken out of the tables. */
static int
take_item(
    struct destroy_work *w, const struct destroy_judged *x, struct hrv_err *err)
{
	const struct candidate *c = &x->c;
	int rc;

	if (!x->go)
		return spare(w, c, err);
	rc = note_record(w, c, &x->item, err);
	if (rc == HRV_OK)
		rc = deklist_add(&w->victims, c->dek, err);
	if (rc == HRV_OK)
		rc = rows_destroy_version(w->v, w->args->run, w->day, c, err);
	if (rc == HRV_OK)
		rc = destroy_changed(w, &c->record, err);
	w->ret->versions += rc == HRV_OK;
	return rc;
}

static int
cmp_judged(const void *a, const void *b)
{
	const struct destroy_item *x =
	    &((const struct destroy_judged *)a)->item;
	const struct destroy_item *y =
	    &((const struct destroy_judged *)b)->item;
	int c = memcmp(x->record.b, y->record.b, ID_BYTES);

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

/* What was listed twice is there once. */
static size_t
unique(struct destroy_judged *list, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || cmp_judged(&list[i], &list[kept - 1]) != 0)
			list[kept++] = list[i];
	}
	return kept;
}

/* Items in order, so that versions of a record come in a row. All are judged
 * by the rows as they are before anything is taken. */
static int
take_items(struct destroy_work *w, struct hrv_err *err)
{
	size_t n = w->args->n;
	struct destroy_judged *list = calloc(n + 1, sizeof(*list));
	int rc = HRV_OK;

	if (list == NULL)
		return destroy_no_memory(err);
	for (size_t i = 0; i < n; i++)
		list[i].item = w->args->items[i];
	if (n > 1)
		qsort(list, n, sizeof(*list), cmp_judged);
	n = unique(list, n);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = judge_item(w, &list[i], err);
	if (rc == HRV_OK)
		rc = destroy_keep_together(w, list, n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = take_item(w, &list[i], err);
	for (size_t i = 0; i < n; i++)
		candidate_clear(&list[i].c);
	free(list);
	return rc;
}

int
destroy_commit(struct hrv_vault *v, const struct destroy_args *args,
    struct destroy_result *ret, struct hrv_err *err)
{
	struct destroy_work w = { .v = v, .args = args, .ret = ret };
	int rc = HRV_ENOMEM;

	*ret = (struct destroy_result){ .gen_before = v->gen,
		.gen_after = v->gen + 1,
		.spared = json_array() };
	w.records = json_array();
	w.identities = json_array();
	hrv_date_format(args->judge->today, w.day);
	if (w.records == NULL || w.identities == NULL || ret->spared == NULL)
		rc = destroy_no_memory(err);
	else
		rc = take_items(&w, err);
	if (rc == HRV_OK && ret->versions > 0)
		rc = destroy_last_records(&w, err);
	if (rc == HRV_OK && args->over != NULL)
		rc = destroy_over(&w, err);
	if (rc == HRV_OK)
		rc = destroy_papers(&w, err);
	/* All of them or none: who it is stays with what stays. */
	if (rc == HRV_OK && args->person != NULL &&
	    json_array_size(ret->spared) == 0)
		rc = destroy_last_subject(&w, args->person, err);
	if (rc == HRV_OK && destroy_any(ret))
		rc = destroy_keys(&w, err);
	if (rc == HRV_OK && destroy_any(ret))
		rc = destroy_log(&w, err);
	deklist_clear(&w.victims);
	deklist_clear(&w.referenced);
	deklist_clear(&w.survivors);
	json_decref(w.records);
	json_decref(w.identities);
	json_decref(w.papers);
	free(w.changed);
	free(w.cases);
	return rc;
}

void
destroy_clear(struct destroy_result *r)
{
	json_decref(r->facts);
	json_decref(r->spared);
	r->facts = NULL;
	r->spared = NULL;
}

int
destroy_finish(struct hrv_vault *v, uint32_t old_gen, struct hrv_err *err)
{
	struct keystore_end_args end = { .dir = v->dir,
		.gen = old_gen,
		.live = v->gen,
		.timeout_ms = FINISH_WAIT_MS };
	bool busy = false;
	int rc;

	/* Our own lock on the old anchor would make us wait for ourselves. */
	keystore_close(v->ks);
	v->ks = NULL;
	rc = keystore_destroy(&end, err);
	if (rc == HRV_OK)
		rc = db_checkpoint_truncate(v->db, &busy, err);
	if (rc == HRV_OK && busy)
		rc = hrv_fail(err, HRV_EBUSY,
		    "a reader keeps the write-ahead log from being emptied");
	return rc;
}
