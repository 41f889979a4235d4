/* SPDX-License-Identifier: ISC */
/*
 * Showing one subject. Layer: verbs. Invariant: the name is read under a
 * durable intent, and the result leaves only after the outcome is durable too.
 */
#include "hrvault/subject.h"

#include <stdlib.h>
#include <string.h>

#include "vault/attest.h"
#include "vault/consent.h"
#include "vault/event.h"
#include "vault/identity.h"
#include "vault/preference.h"
#include "vault/protect.h"
#include "vault/store/db.h"
#include "vault/subject_match.h"
#include "vault/subject_view.h"

#define OP "subject.show"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
add_identity(json_t *doc, const json_t *identity, struct hrv_err *err)
{
	static const char *const keys[] = { "name", "given", "middle", "family",
		"number", "emails", "phones", "born" };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < sizeof(keys) / sizeof(keys[0]);
	     i++)
		rc = view_copy(doc, identity, keys[i], err);
	return rc;
}

/* records: [{class, live, destroyed}]. The identity is not counted: it is
 * what is shown. */
static int
add_records(struct hrv_vault *v, const struct hrv_id *subject, json_t *doc,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(v->db, SQL_RECORD_COUNT_CLASSES_OF, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *one = json_pack("{s:s,s:I,s:I}", "class",
		    db_col_text(st, 0), "live", (json_int_t)db_col_int(st, 1),
		    "destroyed", (json_int_t)db_col_int(st, 2));

		if (one == NULL || json_array_append_new(list, one)) {
			db_reset(st);
			rc = no_memory(err);
		}
	}
	if (rc == HRV_OK && json_object_set(doc, "records", list))
		rc = no_memory(err);
	json_decref(list);
	return rc;
}

/* Adds an id to a list of texts that has each once. */
static int
add_id(json_t *list, const struct hrv_id *id, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *t = json_string_value(json_array_get(list, i));

		if (t != NULL && strcmp(t, text) == 0)
			return HRV_OK;
	}
	return json_array_append_new(list, json_string(text)) ? no_memory(err)
							      : HRV_OK;
}

/* What is known so far about why a subject cannot be destroyed. */
struct why {
	bool any;
	json_t *holds;
	json_t *cases;
};

static int
add_why(struct why *w, const struct protect_why *p, struct hrv_err *err)
{
	int rc = HRV_OK;

	w->any = w->any || protect_any(p);
	if (p->hold || p->cooling)
		rc = add_id(w->holds, &p->hold_id, err);
	if (rc == HRV_OK && p->kase)
		rc = add_id(w->cases, &p->case_id, err);
	return rc;
}

/* The subject as such and each of its live records. */
static int
collect_why(struct hrv_vault *v, const struct hrv_id *subject, struct why *w,
    struct hrv_err *err)
{
	struct protect *p = NULL;
	struct protect_why one;
	struct record_row rec;
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = protect_load(v, &p, err);

	if (rc == HRV_OK)
		rc = protect_subject(v, p, subject, &one, err);
	if (rc == HRV_OK)
		rc = add_why(w, &one, err);
	if (rc == HRV_OK)
		rc = ids_of(
		    v, SQL_RECORD_LIST_OF, subject, ID_RECORD, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = record_load(v, &ids[i], &rec, err);
		if (rc != HRV_OK || rec.purged)
			continue;
		rc = protect_record(v, p, &rec, &one, err);
		if (rc == HRV_OK)
			rc = add_why(w, &one, err);
	}
	free(ids);
	protect_free(p);
	return rc;
}

/* Everybody hears that; why, only who may look into holds. */
static int
add_protection(struct hrv_vault *v, const struct hrv_id *subject, json_t *doc,
    struct hrv_err *err)
{
	struct why w = { false, json_array(), json_array() };
	struct hrv_err ignored;
	int rc = w.holds == NULL || w.cases == NULL ? no_memory(err) : HRV_OK;

	if (rc == HRV_OK)
		rc = collect_why(v, subject, &w, err);
	if (rc == HRV_OK &&
	    json_object_set_new(doc, "protected", json_boolean(w.any)))
		rc = no_memory(err);
	if (rc == HRV_OK && role_may(v->role, "hold.show", &ignored) == 0 &&
	    (json_object_set(doc, "holds", w.holds) ||
		json_object_set(doc, "cases", w.cases)))
		rc = no_memory(err);
	json_decref(w.holds);
	json_decref(w.cases);
	return rc;
}

/* Other entries of the person, which lead here. */
static int
add_merged(struct hrv_vault *v, const struct hrv_id *subject, json_t *doc,
    struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	json_t *list = json_array();
	size_t n = 0;
	int rc = list == NULL ? no_memory(err)
			      : ids_of(v, SQL_SUBJECT_LIST_MERGED, subject,
				    ID_SUBJECT, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = add_id(list, &ids[i], err);
	if (rc == HRV_OK && n > 0 && json_object_set(doc, "merged", list))
		rc = no_memory(err);
	json_decref(list);
	free(ids);
	return rc;
}

/* All that needs no key. */
static int
clear_part(struct hrv_vault *v, const struct subject_row *s, json_t *doc,
    struct hrv_err *err)
{
	json_t *events = NULL, *consents = NULL, *wishes = NULL;
	struct attest attest;
	int rc = event_list(v, &s->id, &events, err);

	if (rc == HRV_OK && s->restricted[0] != '\0' &&
	    json_set_str(doc, "restricted", s->restricted))
		rc = no_memory(err);
	if (rc == HRV_OK && json_object_set(doc, "events", events))
		rc = no_memory(err);
	json_decref(events);
	if (rc == HRV_OK)
		rc = consents_of(v, &s->id, &consents, err);
	if (rc == HRV_OK && json_array_size(consents) > 0 &&
	    json_object_set(doc, "consents", consents))
		rc = no_memory(err);
	json_decref(consents);
	if (rc == HRV_OK)
		rc = preferences_of(v, &s->id, &wishes, err);
	if (rc == HRV_OK && json_array_size(wishes) > 0 &&
	    json_object_set(doc, "preferences", wishes))
		rc = no_memory(err);
	json_decref(wishes);
	if (rc == HRV_OK)
		rc = attest_load(v, &s->id, &attest, err);
	if (rc == HRV_OK)
		rc = attest_put(doc, &attest, err);
	if (rc == HRV_OK)
		rc = add_merged(v, &s->id, doc, err);
	if (rc == HRV_OK)
		rc = add_records(v, &s->id, doc, err);
	if (rc == HRV_OK)
		rc = add_protection(v, &s->id, doc, err);
	return rc;
}

/* Opens the identity under an intent of its own. */
static int
open_identity(struct hrv_vault *v, const struct subject_row *s, json_t *doc,
    struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct manifest m = { 0 };
	struct receipt *r = NULL;
	json_t *identity = NULL;
	int rc = manifest_add(&m, &s->id, NULL, err);

	e.subject = &s->id;
	if (rc == HRV_OK)
		rc = receipt_open(v, &e, &m, &r, err);
	if (rc == HRV_OK)
		rc = identity_open(v, r, s, &identity, err);
	if (rc == HRV_OK)
		rc = add_identity(doc, identity, err);
	if (rc == HRV_OK)
		rc = receipt_close(v, &r, &e, NULL, err);
	else
		rc = subject_read_failed(v, &r, &e, err);
	json_decref(identity);
	manifest_clear(&m);
	return rc;
}

int
hrv_subject_show(struct hrv_vault *v, const char *who, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct entry refused = ENTRY(OP);
	struct subject_row s;
	struct hrv_id id;
	json_t *doc = NULL;
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	rc = lookup_subject(v, who, &id, err);
	if (rc == HRV_OK)
		rc = subject_load(v, &id, &s, err);
	if (rc == HRV_OK)
		rc = identity_gone(v, &s, err);
	if (rc == HRV_OK)
		rc = view_subject(&s, &doc, err);
	if (rc == HRV_OK)
		rc = open_identity(v, &s, doc, err);
	if (rc == HRV_OK)
		rc = clear_part(v, &s, doc, err);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}
