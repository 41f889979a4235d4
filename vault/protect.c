/* SPDX-License-Identifier: ISC */
/*
 * Holds and cases as obstacles. Layer: verbs. Invariant: whatever cannot be
 * read protects.
 */
#include "vault/protect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/crypto/crypt.h"
#include "vault/fold.h"
#include "vault/store/db.h"
#include "vault/terms.h"

bool
protect_any(const struct protect_why *why)
{
	return why->hold || why->cooling || why->kase;
}

void
protect_free(struct protect *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->n; i++)
		scope_clear(&p->holds[i].scope);
	free(p->holds);
	scope_laws_clear(&p->laws);
	free(p);
}

static int
add_hold(struct protect *p, struct stmt *st, struct hrv_err *err)
{
	struct protect_hold h = { .id = { .kind = ID_HOLD } };
	struct protect_hold *list;
	const char *status = db_col_text(st, 2);
	const char *free_from = db_col_text(st, 6);
	int rc;

	if (status != NULL && strcmp(status, "active") != 0) {
		if (free_from == NULL)
			return hrv_fail(
			    err, HRV_EINTEGRITY, "a released hold has no end");
		if (strcmp(free_from, p->day) <= 0)
			return HRV_OK; /* over */
		snprintf(h.free_from, sizeof(h.free_from), "%s", free_from);
	}
	rc = db_col_fixed(st, 0, h.id.b, ID_BYTES, err);
	if (rc == HRV_OK)
		rc = scope_parse(db_col_text(st, 1), &h.scope, err);
	if (rc != HRV_OK)
		return rc;
	list = realloc(p->holds, (p->n + 1) * sizeof(*list));
	if (list == NULL) {
		scope_clear(&h.scope);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	p->holds = list;
	list[p->n++] = h;
	return HRV_OK;
}

int
protect_load(struct hrv_vault *v, struct protect **ret, struct hrv_err *err)
{
	struct protect *p = calloc(1, sizeof(*p));
	struct stmt *st;
	bool more = false;
	int rc;

	if (p == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = vault_today_text(v, p->day, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_HOLD_LIST, &st, err);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = add_hold(p, st, err);
		if (rc != HRV_OK)
			db_reset(st);
	}
	for (size_t i = 0; i < p->n; i++)
		p->asks |= scope_has_query(&p->holds[i].scope);
	if (rc == HRV_OK && p->asks)
		rc = scope_laws_load(v, &p->laws, err);
	if (rc != HRV_OK) {
		protect_free(p);
		return rc;
	}
	*ret = p;
	return HRV_OK;
}

/* The hold of that id among those that count, or NULL. */
static const struct protect_hold *
find_hold(const struct protect *p, const struct hrv_id *id)
{
	for (size_t i = 0; i < p->n; i++) {
		if (id_equal(&p->holds[i].id, id))
			return &p->holds[i];
	}
	return NULL;
}

static int
same_hold(const struct protect_hold *h, const struct fold_hold *log, bool *ret,
    struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	uint8_t hash[32];
	int rc = scope_format(&h->scope, &text, err);

	if (rc == HRV_OK) {
		crypt_sha256(text.data, text.len, hash);
		*ret = memcmp(hash, log->scope, sizeof(hash)) == 0 &&
		       strcmp(h->free_from,
			   log->active ? "" : log->free_from) == 0;
	}
	buf_clear(&text);
	return rc;
}

static int
check_holds(
    const struct protect *p, const struct fold *fold, struct hrv_err *err)
{
	size_t counting = 0;
	bool same = true;
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && same && i < fold->n_holds; i++) {
		const struct fold_hold *log = &fold->holds[i];
		const struct protect_hold *h = find_hold(p, &log->id);

		if (!log->active && strcmp(log->free_from, p->day) <= 0)
			continue; /* over */
		counting++;
		same = false;
		if (h != NULL)
			rc = same_hold(h, log, &same, err);
	}
	if (rc == HRV_OK && (!same || counting != p->n))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the holds in the database are not those of the log: "
		    "nothing is destroyed");
	return rc;
}

int
protect_check_log(struct hrv_vault *v, const struct protect *p,
    const struct fold *fold, struct hrv_err *err)
{
	bool same = false;
	int rc = check_holds(p, fold, err);

	if (rc == HRV_OK)
		rc = caselog_compare(v, &fold->cases, p->day, &same, err);
	if (rc == HRV_OK && !same)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the cases in the database are not those of the log: "
		    "nothing is destroyed");
	return rc;
}

static void
note_hold(struct protect_why *why, const struct protect_hold *h)
{
	if (h->free_from[0] == '\0') {
		why->hold = true;
		why->hold_id = h->id;
	} else {
		why->cooling = true;
		if (strcmp(h->free_from, why->until) > 0)
			memcpy(why->until, h->free_from, sizeof(why->until));
		if (!why->hold)
			why->hold_id = h->id;
	}
}

/* Cases of the subject that are open or not long closed. */
static int
subject_cases(struct hrv_vault *v, const struct protect *p,
    const struct hrv_id *subject, struct protect_why *why, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_CASE };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_KASE_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *status = db_col_text(st, 1);
		const char *until = db_col_text(st, 2);

		if (status != NULL && strcmp(status, "closed") == 0 &&
		    (until == NULL || strcmp(until, p->day) < 0))
			continue;
		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc == HRV_OK && p->but != NULL && id_equal(&id, p->but))
			continue;
		why->kase = true;
		why->case_id = id;
		db_reset(st);
		break;
	}
	return rc;
}

/* Another person's open case that lists this record. */
int
protect_listed(struct hrv_vault *v, const struct protect *p,
    const struct hrv_id *record, struct protect_why *why, struct hrv_err *err)
{
	struct stmt *st;
	bool found = false;
	int rc = db_stmt(v->db, SQL_KASE_GET_LISTING, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_text(st, 2, p->day);
	if (p->but != NULL)
		(void)db_bind_blob(st, 3, p->but->b, ID_BYTES);
	else
		(void)db_bind_text(st, 3, "");
	rc = db_step(st, &found, err);
	if (rc == HRV_OK && found) {
		why->kase = true;
		why->case_id.kind = ID_CASE;
		rc = db_col_fixed(st, 0, why->case_id.b, ID_BYTES, err);
		db_reset(st);
	}
	return rc;
}

/* Cases of those whom it is linked to, and any that lists it. */
static int
other_cases(struct hrv_vault *v, const struct protect *p,
    const struct scope_thing *t, struct protect_why *why, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && !why->kase && i < t->n_links; i++)
		rc = subject_cases(v, p, &t->links[i], why, err);
	if (rc == HRV_OK && !why->kase)
		rc = protect_listed(v, p, &t->rec->id, why, err);
	return rc;
}

/* What protects it as a record of the one whom it names; what protects a
 * record protects the statements on it, and the other way round. */
static int
add_record(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, struct protect_why *ret, struct hrv_err *err)
{
	struct protect_why why = *ret;
	struct scope_thing t = { 0 };
	int rc = scopething_load(v, rec, p->asks ? &p->laws : NULL, &t, err);

	for (size_t i = 0; rc == HRV_OK && i < p->n; i++) {
		if (scope_covers(&p->holds[i].scope, &t))
			note_hold(&why, &p->holds[i]);
	}
	if (rc == HRV_OK)
		rc = subject_cases(v, p, &rec->subject, &why, err);
	if (rc == HRV_OK)
		rc = other_cases(v, p, &t, &why, err);
	for (size_t i = 0; rc == HRV_OK && i < t.n_kin; i++)
		rc = other_cases(v, p, &t.kin[i].thing, &why, err);
	scopething_clear(&t);
	if (rc == HRV_OK)
		*ret = why;
	return rc;
}

/* What stayed under the id of somebody who became another one is protected by
 * what protects either. */
int
protect_record(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, struct protect_why *ret, struct hrv_err *err)
{
	struct protect_why why = { 0 };
	struct record_row last = *rec;
	int rc = subject_last(v, &last.subject, err);

	if (rc == HRV_OK)
		rc = add_record(v, p, rec, &why, err);
	if (rc == HRV_OK && !id_equal(&last.subject, &rec->subject))
		rc = add_record(v, p, &last, &why, err);
	if (rc == HRV_OK)
		*ret = why;
	return rc;
}

/* Ids of the holds that cover it: those in force, or those cooling off. */
static int
list_covering(const struct protect *p, const struct scope_thing *t,
    bool cooling, json_t *list, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	for (size_t i = 0; i < p->n; i++) {
		const struct protect_hold *h = &p->holds[i];

		if ((h->free_from[0] != '\0') != cooling ||
		    !scope_covers(&h->scope, t))
			continue;
		id_format(&h->id, text);
		if (json_array_append_new(list, json_string(text)) != 0)
			return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	return HRV_OK;
}

int
protect_list_holds(struct hrv_vault *v, const struct protect *p,
    const struct record_row *rec, json_t *list, struct hrv_err *err)
{
	struct scope_thing t = { 0 };
	int rc = scopething_load(v, rec, p->asks ? &p->laws : NULL, &t, err);

	if (rc == HRV_OK)
		rc = list_covering(p, &t, false, list, err);
	if (rc == HRV_OK)
		rc = list_covering(p, &t, true, list, err);
	scopething_clear(&t);
	return rc;
}

static int
add_subject(struct hrv_vault *v, const struct protect *p,
    const struct hrv_id *subject, struct protect_why *why, struct hrv_err *err)
{
	for (size_t i = 0; i < p->n; i++) {
		if (scope_names_subject(&p->holds[i].scope, subject))
			note_hold(why, &p->holds[i]);
	}
	return subject_cases(v, p, subject, why, err);
}

int
protect_subject(struct hrv_vault *v, const struct protect *p,
    const struct hrv_id *subject, struct protect_why *ret, struct hrv_err *err)
{
	struct protect_why why = { 0 };
	struct hrv_id last = *subject;
	int rc = subject_last(v, &last, err);

	if (rc == HRV_OK)
		rc = add_subject(v, p, subject, &why, err);
	if (rc == HRV_OK && !id_equal(&last, subject))
		rc = add_subject(v, p, &last, &why, err);
	if (rc == HRV_OK)
		*ret = why;
	return rc;
}

int
protect_check_alter(struct hrv_vault *v, const struct record_row *rec,
    const struct hrv_id *subject, struct hrv_err *err)
{
	struct protect *p = NULL;
	struct protect_why why = { 0 };
	char text[ID_TEXT_SIZE];
	int rc = protect_load(v, &p, err);

	if (rc == HRV_OK)
		rc = rec != NULL ? protect_record(v, p, rec, &why, err)
				 : protect_subject(v, p, subject, &why, err);
	protect_free(p);
	if (rc != HRV_OK || (!why.hold && !why.kase))
		return rc;
	id_format(rec != NULL ? &rec->id : subject, text);
	if (why.hold) {
		hrv_fail_as(err, HRV_EREFUSED, "held",
		    "%s is under a legal hold: what is known about it may be "
		    "added to, not changed",
		    text);
		return hrv_hint(err, "ask legal; 'hrvault hold list' shows "
				     "the holds in force");
	}
	hrv_fail_as(err, HRV_EREFUSED, "open-case",
	    "%s is frozen by an open case: what is known about it may be "
	    "added to, not changed",
	    text);
	return hrv_hint(err, "see 'hrvault case list'");
}
