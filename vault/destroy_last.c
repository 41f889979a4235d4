/* SPDX-License-Identifier: ISC */
/*
 * What goes with the last of something: a record with its last version, who it
 * is with the last record, typed reasons with what they belong to. Layer:
 * verbs. Invariant: an identity goes only when nothing of the subject is left
 * and nothing protects it.
 */
#include <stdlib.h>
#include <string.h>

#include "vault/destroy_int.h"
#include "vault/destroy_rows.h"
#include "vault/over.h"
#include "vault/store/db.h"
#include "vault/terms.h"

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

/* A living record of the subject by the table, and by the log where that was
 * asked: whoever has one stays. */
static int
has_record(struct destroy_work *w, const struct hrv_id *subject, bool *ret,
    struct hrv_err *err)
{
	const struct owned *o = &w->args->judge->fold->owned;
	struct stmt *st;
	int rc = db_stmt(w->v->db, SQL_RECORD_GET_LIVE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = db_col_int(st, 0) != 0;
	db_reset(st);
	return !*ret && o->checked ? owned_lives(w->v, o, subject, ret, err)
				   : rc;
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
	bool live = false;
	int rc =
	    ids_of(w->v, SQL_LINK_LIST_TO, &s->id, ID_RECORD, &links, &n, err);

	free(links);
	/* What the log knows is read row by row, so it is asked last. */
	if (rc == HRV_OK && n == 0)
		rc = has_record(w, &s->id, &live, err);
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
		rc = destroy_changed(w, &identity->id, err);
	if (rc == HRV_OK)
		rc = destroy_changed(w, &s->id, err);
	id_format(&s->id, text);
	if (rc == HRV_OK &&
	    json_array_append_new(w->identities, json_string(text)) != 0)
		rc = destroy_no_memory(err);
	w->ret->identities++;
	if (w->args->person != NULL || w->lone)
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
		rc = destroy_changed(w, &moved[i], err);
	free(moved);
	return rc;
}

/* A subject that lost a record: it goes when that was the last one. */
int
destroy_last_subject(
    struct destroy_work *w, const struct hrv_id *id, struct hrv_err *err)
{
	struct subject_row s;
	struct record_row identity;
	bool done = false;
	int rc = subject_load(w->v, id, &s, err);

	if (rc != HRV_OK || (s.gone && !s.merged))
		return rc;
	rc = record_load(w->v, &s.identity, &identity, err);
	if (rc == HRV_OK)
		rc = subject_is_done(w, &s, &identity, &done, err);
	if (rc == HRV_OK && done)
		rc = take_identity(w, &s, &identity, err);
	return rc;
}

int
destroy_over(struct destroy_work *w, struct hrv_err *err)
{
	const struct over *o = w->args->over;
	bool may = false;
	int rc = HRV_OK;

	w->lone = true;
	w->again = w->again || w->args->over_again;
	for (size_t i = 0; rc == HRV_OK && i < o->n; i++) {
		if (!w->args->over_again)
			rc = over_may_go(w->args->judge, &o->ids[i], &may, err);
		if (rc == HRV_OK && (may || w->args->over_again))
			rc = destroy_last_subject(w, &o->ids[i], err);
	}
	w->lone = false;
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
			rc = destroy_last_subject(w, &list[i].id, err);
	}
	return rc;
}

/* Records first, each of their subjects, then cases that have ended. */
int
destroy_last_records(struct destroy_work *w, struct hrv_err *err)
{
	size_t n = w->n_changed; /* only records so far; others follow */
	struct owner *owners = calloc(n + 1, sizeof(*owners));
	size_t n_owners = 0;
	int rc = HRV_OK;

	if (owners == NULL)
		return destroy_no_memory(err);
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
	return rc;
}
