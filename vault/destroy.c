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
#include "vault/terms.h"

#define FINISH_WAIT_MS 5000

int
destroy_no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
note_changed(
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

/* Judges one item again; what may go is taken out of the tables. */
static int
take_item(struct destroy_work *w, const struct destroy_item *item,
    struct hrv_err *err)
{
	bool bypasses = item->reason == DESTROY_VOID ||
			item->reason == DESTROY_PERSON ||
			item->reason == DESTROY_AGAIN;
	struct candidate c = { 0 };
	int rc =
	    candidate_judge(w->args->judge, &item->record, item->n, &c, err);

	if (rc != HRV_OK)
		return rc;
	if (!may_go(w, item, &c)) {
		if (bypasses)
			c.verdict = c.shield;
		rc = spare(w, &c, err);
		goto out;
	}
	if (bypasses)
		rc = set_basis(w, item->reason, &c, err);
	if (rc == HRV_OK)
		rc = note_record(w, &c, item, err);
	if (rc == HRV_OK)
		rc = deklist_add(&w->victims, c.dek, err);
	if (rc == HRV_OK)
		rc = rows_destroy_version(w->v, w->args->run, w->day, &c, err);
	if (rc == HRV_OK)
		rc = note_changed(w, &c.record, err);
	if (rc == HRV_OK)
		w->ret->versions++;
out:
	candidate_clear(&c);
	return rc;
}

/* Typed reasons die with what they belong to. */
static int
take_details(
    struct destroy_work *w, const struct hrv_id *owner, struct hrv_err *err)
{
	size_t before = w->victims.n;
	int rc =
	    deklist_query(w->v, &w->victims, SQL_DETAIL_LIST_OF, owner, err);

	w->ret->details += w->victims.n - before;
	return rc;
}

/* Whether the subject has nothing left: no record, no link, no protection. */
static int
subject_is_done(struct destroy_work *w, const struct subject_row *s,
    const struct record_row *identity, bool *ret, struct hrv_err *err)
{
	struct protect_why subject = { 0 }, record = { 0 };
	const struct judge *j = w->args->judge;
	struct hrv_id *links = NULL;
	size_t n = 0;
	bool live;
	struct stmt *st;
	int rc = db_stmt(w->v->db, SQL_RECORD_GET_LIVE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, s->id.b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	live = db_col_int(st, 0) != 0;
	db_reset(st);
	rc = ids_of(w->v, SQL_LINK_LIST_TO, &s->id, ID_RECORD, &links, &n, err);
	free(links);
	if (rc == HRV_OK)
		rc = protect_subject(w->v, j->protect, &s->id, &subject, err);
	if (rc == HRV_OK)
		rc = protect_record(w->v, j->protect, identity, &record, err);
	*ret = !live && n == 0 &&
	       (w->again || (!protect_any(&subject) && !protect_any(&record)));
	return rc;
}

/* Every version of the identity record, then the subject itself. */
static int
take_identity(struct destroy_work *w, const struct subject_row *s,
    const struct record_row *identity, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	bool gone;
	int rc = judge_check_states(w->args->judge, identity, err);

	if (rc == HRV_OK)
		rc = deklist_query(w->v, &w->victims, SQL_VERSION_LIST_DEKS_OF,
		    &identity->id, err);
	for (uint32_t n = 1; rc == HRV_OK && n <= identity->version; n++) {
		struct candidate c = { .record = identity->id,
			.n = n,
			.subject = s->id,
			.class_name = CLASS_IDENTITY,
			.compartment = COMP_IDENTITY,
			.rule = CLASS_IDENTITY };

		rc = rows_destroy_version(w->v, w->args->run, w->day, &c, err);
	}
	if (rc == HRV_OK)
		rc = take_details(w, &identity->id, err);
	if (rc == HRV_OK)
		rc = take_details(w, &s->id, err);
	if (rc == HRV_OK)
		rc = rows_finish_record(w->v, &identity->id, &gone, err);
	if (rc == HRV_OK)
		rc = rows_finish_subject(w->v, &s->id, err);
	if (rc == HRV_OK)
		rc = note_changed(w, &identity->id, err);
	if (rc == HRV_OK)
		rc = note_changed(w, &s->id, err);
	id_format(&s->id, text);
	if (rc == HRV_OK &&
	    json_array_append_new(w->identities, json_string(text)) != 0)
		rc = destroy_no_memory(err);
	w->ret->identities++;
	if (w->args->person != NULL)
		w->ret->versions += identity->version;
	return rc;
}

/* A subject that lost a record, and of which class. */
struct owner {
	struct hrv_id id;
	char class_name[CLASS_NAME_SIZE];
};

/* A record that lost a version: finished when it was the last one. *ret is
 * then its subject, else unchanged. */
static int
finish_record(struct destroy_work *w, const struct hrv_id *record,
    struct owner *ret, struct hrv_err *err)
{
	struct record_row rec;
	size_t before = w->victims.n;
	bool gone = false;
	int rc = record_load(w->v, record, &rec, err);

	/* Reasons are collected before the rows that know their keys go, and
	 * given back when the record lives on. */
	if (rc == HRV_OK)
		rc = take_details(w, record, err);
	if (rc == HRV_OK)
		rc = rows_finish_record(w->v, record, &gone, err);
	if (rc == HRV_OK && !gone) {
		w->ret->details -= w->victims.n - before;
		w->victims.n = before;
	}
	if (rc == HRV_OK && gone) {
		ret->id = rec.subject;
		memcpy(
		    ret->class_name, rec.class_name, sizeof(ret->class_name));
	}
	return rc;
}

/*
 * Records of the subject that count from the destruction of that class have
 * their first date now, or another one. This run is what made them due, so
 * the entry states them again: their notice counts from it.
 */
static int
move_waiting(
    struct destroy_work *w, const struct owner *owner, struct hrv_err *err)
{
	struct hrv_id *moved = NULL;
	size_t n = 0;
	int rc = terms_update_waiting(
	    w->v, &owner->id, owner->class_name, &moved, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = note_changed(w, &moved[i], err);
	free(moved);
	return rc;
}

/* A subject that lost a record: it goes when that was the last one. */
static int
finish_subject(
    struct destroy_work *w, const struct hrv_id *id, struct hrv_err *err)
{
	struct subject_row s;
	struct record_row identity;
	bool done = false;
	int rc = subject_load(w->v, id, &s, err);

	if (rc != HRV_OK || s.gone)
		return rc;
	rc = record_load(w->v, &s.identity, &identity, err);
	if (rc == HRV_OK)
		rc = subject_is_done(w, &s, &identity, &done, err);
	if (rc == HRV_OK && done)
		rc = take_identity(w, &s, &identity, err);
	return rc;
}

static int
cmp_owner(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;
	int c = memcmp(x->id.b, y->id.b, ID_BYTES);

	return c != 0 ? c : strcmp(x->class_name, y->class_name);
}

/* In order: what waits for a class is moved once for each, and a subject is
 * looked at once for what is left of it. */
static int
finish_owners(struct destroy_work *w, const struct owner *list, size_t n,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		if (i == 0 || cmp_owner(&list[i], &list[i - 1]) != 0)
			rc = move_waiting(w, &list[i], err);
		if (rc == HRV_OK &&
		    (i + 1 == n || !id_equal(&list[i].id, &list[i + 1].id)))
			rc = finish_subject(w, &list[i].id, err);
	}
	return rc;
}

/* Records first, each of their subjects, then cases that have ended. */
static int
finish_records(struct destroy_work *w, struct hrv_err *err)
{
	size_t n = w->n_changed; /* only records so far; others follow */
	struct owner *owners = calloc(n + 1, sizeof(*owners));
	size_t n_owners = 0;
	int rc = owners == NULL ? destroy_no_memory(err) : HRV_OK;

	w->ret->records = n;
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		struct owner owner = { .class_name = "" };
		const struct hrv_id record = w->changed[i];

		rc = finish_record(w, &record, &owner, err);
		if (rc == HRV_OK && owner.class_name[0] != '\0')
			owners[n_owners++] = owner;
	}
	if (n_owners > 1)
		qsort(owners, n_owners, sizeof(*owners), cmp_owner);
	/* The subject of what was filed in error stays, and no disposition
	 * took place that anything could count from. */
	if (rc == HRV_OK && !w->voided)
		rc = finish_owners(w, owners, n_owners, err);
	free(owners);
	return rc == HRV_OK ? destroy_cases(w, err) : rc;
}

static int
cmp_item(const void *a, const void *b)
{
	const struct destroy_item *x = a, *y = b;
	int c = memcmp(x->record.b, y->record.b, ID_BYTES);

	return c != 0 ? c : (x->n > y->n) - (x->n < y->n);
}

/* Items in order, so that versions of a record come in a row. */
static int
take_items(struct destroy_work *w, struct hrv_err *err)
{
	size_t n = w->args->n;
	struct destroy_item *items = malloc((n + 1) * sizeof(*items));
	int rc = HRV_OK;

	if (items == NULL)
		return destroy_no_memory(err);
	if (n > 0)
		memcpy(items, w->args->items, n * sizeof(*items));
	if (n > 1)
		qsort(items, n, sizeof(*items), cmp_item);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = take_item(w, &items[i], err);
	free(items);
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
		rc = finish_records(&w, err);
	/* All of them or none: who it is stays with what stays. */
	if (rc == HRV_OK && args->person != NULL &&
	    json_array_size(ret->spared) == 0)
		rc = finish_subject(&w, args->person, err);
	if (rc == HRV_OK && ret->versions > 0)
		rc = destroy_keys(&w, err);
	if (rc == HRV_OK && ret->versions > 0)
		rc = destroy_log(&w, err);
	deklist_clear(&w.victims);
	deklist_clear(&w.referenced);
	deklist_clear(&w.survivors);
	json_decref(w.records);
	json_decref(w.identities);
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
