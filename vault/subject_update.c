/* SPDX-License-Identifier: ISC */
/*
 * Correcting who a subject is. Layer: verbs. Invariant: nothing is overwritten;
 * the identity as it was remains a version of its record, so that also a held
 * subject can be corrected.
 */
#include "hrvault/subject.h"

#include <stdlib.h>
#include <string.h>

#include "vault/detail.h"
#include "vault/earlier.h"
#include "vault/identity.h"
#include "vault/index.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/subject_intake.h"
#include "vault/subject_match.h"
#include "vault/subject_store.h"

#define OP "subject.update"

/* One command's work. */
struct updating {
	struct hrv_vault *v;
	const struct hrv_subject_update_args *args;
	struct subject_row subject;
	struct record_row record; /* of the identity */
	json_t *identity;	  /* as it will be */
	json_t *changed;	  /* names of fields */
	bool under_age;
	struct subject_set same_number;
	struct receipt *receipt;
	struct manifest states; /* of everything that changed */
	struct terms_moved moved;
	struct detail reason;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static bool
has_changed(const struct updating *u, const char *field)
{
	for (size_t i = 0; i < json_array_size(u->changed); i++) {
		if (strcmp(json_string_value(json_array_get(u->changed, i)),
			field) == 0)
			return true;
	}
	return false;
}

static const char *
new_number(const struct updating *u)
{
	return u->args->fields.number;
}

/* Intent to open the subject, and whoever may have the new number. */
static int
open_receipt(struct updating *u, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct manifest m = { 0 };
	int rc = manifest_add(&m, &u->subject.id, NULL, err);

	if (rc == HRV_OK && new_number(u) != NULL)
		rc = subject_set_add(
		    u->v, &u->same_number, TEXT_NUMBER, new_number(u), err);
	subject_set_drop(&u->same_number, &u->subject.id);
	if (rc == HRV_OK)
		rc = subject_set_manifest(&u->same_number, &m, err);
	e.subject = &u->subject.id;
	if (rc == HRV_OK)
		rc = receipt_open(u->v, &e, &m, &u->receipt, err);
	manifest_clear(&m);
	return rc;
}

/* The kind after the change. */
static const char *
kind_of(const struct updating *u)
{
	return u->args->kind != NULL ? u->args->kind : u->subject.kind;
}

static int
check_result(struct updating *u, struct hrv_err *err)
{
	int rc = subject_check(u->v, kind_of(u), u->identity, err);

	/* Somebody who was taken in too young is not hidden by refusing to
	 * write the true birth date down. */
	u->under_age = rc == HRV_EREFUSED;
	if (u->under_age)
		rc = HRV_OK;
	if (rc == HRV_OK && json_array_size(u->changed) == 0)
		rc = hrv_fail(
		    err, HRV_EUSAGE, "this would change nothing; it is so now");
	return rc;
}

/* Opens the identity and makes the new one of it. */
static int
edit(struct updating *u, struct hrv_err *err)
{
	json_t *old = NULL;
	int rc = identity_open(u->v, u->receipt, &u->subject, &old, err);

	if (rc == HRV_OK)
		u->identity = json_deep_copy(old);
	u->changed = json_array();
	json_decref(old);
	if (rc == HRV_OK && (u->identity == NULL || u->changed == NULL))
		rc = no_memory(err);
	for (size_t i = 0; rc == HRV_OK && i < u->args->n_remove; i++)
		rc = intake_remove(
		    u->identity, u->args->remove[i], u->changed, err);
	if (rc == HRV_OK)
		rc = intake_set(u->identity, &u->args->fields, u->changed, err);
	if (rc == HRV_OK && strcmp(kind_of(u), u->subject.kind) != 0 &&
	    json_array_append_new(u->changed, json_string("kind")))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = check_result(u, err);
	if (rc == HRV_OK && new_number(u) != NULL)
		rc = subject_number_free(
		    u->v, u->receipt, &u->same_number, new_number(u), err);
	return rc;
}

static int
run_with_id(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *id,
    struct stmt **ret, struct hrv_err *err)
{
	int rc = db_stmt(v->db, sql, ret, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(*ret, 1, id->b, ID_BYTES);
	return rc;
}

/* The new version takes the place of the old one, which stays. */
static int
store_version(struct updating *u, struct hrv_err *err)
{
	uint32_t n = u->record.version;
	char day[HRV_DATE_TEXT];
	struct stmt *st;
	int rc = vault_today_text(u->v, day, err);

	if (rc == HRV_OK)
		rc = identity_seal(u->v, &u->subject.id, &u->record.id, n + 1,
		    u->identity, err);
	if (rc == HRV_OK)
		rc = run_with_id(
		    u->v, SQL_VERSION_SET_SUPERSEDED, &u->record.id, &st, err);
	if (rc == HRV_OK) {
		(void)db_bind_int(st, 2, (int64_t)n);
		(void)db_bind_text(st, 3, day);
		rc = db_run(st, err);
	}
	if (rc == HRV_OK)
		rc = run_with_id(
		    u->v, SQL_RECORD_SET_VERSION, &u->record.id, &st, err);
	if (rc == HRV_OK) {
		(void)db_bind_int(st, 2, (int64_t)n + 1);
		rc = db_run(st, err);
	}
	if (rc == HRV_OK)
		rc = index_remove(u->v, &u->subject.id, err);
	if (rc == HRV_OK)
		rc = index_add(u->v, &u->subject.id, u->identity, err);
	return rc;
}

static int
add_state(struct updating *u, const struct hrv_id *id, struct hrv_err *err)
{
	uint8_t state[32];
	int rc = id->kind == ID_SUBJECT ? state_subject(u->v, id, state, err)
					: state_record(u->v, id, state, err);

	return rc == HRV_OK ? manifest_add(&u->states, id, state, err) : rc;
}

static int
store_kind(struct updating *u, struct hrv_err *err)
{
	struct stmt *st;
	int rc;

	if (!has_changed(u, "kind"))
		return HRV_OK;
	rc = run_with_id(u->v, SQL_SUBJECT_SET_KIND, &u->subject.id, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 2, kind_of(u));
	rc = db_run(st, err);
	return rc == HRV_OK ? add_state(u, &u->subject.id, err) : rc;
}

/* The birth date of one record, where its class counts an age. */
static int
record_born(struct updating *u, const struct hrv_id *id, struct hrv_err *err)
{
	const struct hrv_class *klass;
	struct record_row rec;
	struct stmt *st;
	int rc = record_load(u->v, id, &rec, err);

	if (rc != HRV_OK || rec.purged)
		return rc;
	klass = hrv_schedule_class(u->v->schedule, rec.class_name);
	if (klass == NULL || !klass->needs_born)
		return HRV_OK;
	rc = run_with_id(u->v, SQL_RECORD_SET_BORN, id, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 2, json_str(u->identity, "born"));
	(void)db_bind_text(
	    st, 3, rec.dependant_born[0] == '\0' ? NULL : rec.dependant_born);
	rc = db_run(st, err);
	if (rc == HRV_OK)
		rc = add_state(u, id, err);
	if (rc == HRV_OK)
		rc = terms_update_record(u->v, id, &u->moved, err);
	return rc;
}

static int
store_born(struct updating *u, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	int rc = HRV_OK;

	if (!has_changed(u, "born"))
		return HRV_OK;
	rc = ids_of(
	    u->v, SQL_RECORD_LIST_OF, &u->subject.id, ID_RECORD, &ids, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++)
		rc = record_born(u, &ids[i], err);
	free(ids);
	return rc;
}

/* Tells what changed, never to what: fields by name, and effects. */
static int
make_payload(struct updating *u, bool alone, json_t **ret, struct hrv_err *err)
{
	json_t *p = json_pack("{s:O,s:I}", "fields", u->changed, "version",
	    (json_int_t)u->record.version + 1);

	if (p == NULL || earlier_set_moved(p, &u->moved) ||
	    (has_changed(u, "kind") && json_set_str(p, "kind", kind_of(u))) ||
	    (alone && json_set_int(p, "alone", 1))) {
		json_decref(p);
		return no_memory(err);
	}
	*ret = p;
	return HRV_OK;
}

static int
set_states(struct updating *u, uint64_t leaf, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < u->states.n; i++) {
		const struct manifest_row *row = &u->states.rows[i];

		rc = row->id.kind == ID_SUBJECT
			 ? state_set_subject(
			       u->v, &row->id, leaf, row->state, err)
			 : state_set_record(
			       u->v, &row->id, leaf, row->state, err);
	}
	return rc;
}

static int
log_update(struct updating *u, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	json_t *payload = NULL;
	uint64_t leaf = 0;
	bool alone = false;
	int rc = earlier_allow(u->v, &u->moved, &alone, err);

	if (rc == HRV_OK)
		rc = make_payload(u, alone, &payload, err);
	e.subject = &u->subject.id;
	e.payload = payload;
	e.manifest = &u->states;
	e.detail = u->reason.commit;
	if (rc == HRV_OK)
		rc = receipt_entry(u->v, &u->receipt, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = set_states(u, leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(u->v, leaf, &u->reason, err);
	json_decref(payload);
	return rc;
}

/* Whether the identity is still the one that was opened. */
static int
check_unmoved(struct updating *u, struct hrv_err *err)
{
	struct record_row now;
	int rc = record_load(u->v, &u->record.id, &now, err);

	if (rc == HRV_OK && (now.version != u->record.version || now.purged)) {
		hrv_fail(err, HRV_EBUSY,
		    "somebody else has just changed this subject");
		rc = hrv_hint(err, "look at it again, then repeat the command");
	}
	if (rc == HRV_OK)
		rc = subject_number_same(
		    u->v, &u->same_number, new_number(u), &u->subject.id, err);
	return rc;
}

static int
store_all(struct updating *u, struct hrv_err *err)
{
	int rc = txn_begin(u->v, err);

	if (rc == HRV_OK)
		rc = check_unmoved(u, err);
	if (rc == HRV_OK)
		rc = detail_seal(u->v, KEK_DETAIL, &u->subject.id,
		    u->args->reason, &u->reason, err);
	if (rc == HRV_OK)
		rc = store_version(u, err);
	if (rc == HRV_OK)
		rc = add_state(u, &u->record.id, err);
	if (rc == HRV_OK)
		rc = store_kind(u, err);
	if (rc == HRV_OK)
		rc = store_born(u, err);
	if (rc == HRV_OK)
		rc = log_update(u, err);
	if (rc == HRV_OK)
		rc = txn_commit(u->v, true, err);
	txn_abort(u->v);
	return rc;
}

static int
result(struct updating *u, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *doc;
	int rc = HRV_OK;

	id_format(&u->subject.id, id);
	doc = json_pack("{s:s,s:I,s:O}", "id", id, "version",
	    (json_int_t)u->record.version + 1, "changed", u->changed);
	if (doc == NULL || earlier_set_moved(doc, &u->moved) ||
	    (u->under_age &&
		json_object_set_new(doc, "under_age", json_true())))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = earlier_set_destruction(u->v, doc, &u->moved, err);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

/* What can be known before anything is opened. */
static int
check_args(struct updating *u, struct hrv_err *err)
{
	const char *reason = u->args->reason;
	int rc;

	if (reason == NULL) {
		hrv_fail(err, HRV_EUSAGE, "a correction needs a reason");
		return hrv_hint(err, "give one with --reason");
	}
	rc = text_check_field(TEXT_REASON, reason, strlen(reason), err);
	if (rc == HRV_OK)
		rc = lookup_subject(u->v, u->args->who, &u->subject.id, err);
	if (rc == HRV_OK)
		rc = subject_load(u->v, &u->subject.id, &u->subject, err);
	if (rc == HRV_OK)
		rc = identity_gone(u->v, &u->subject, err);
	if (rc == HRV_OK)
		rc = record_load(u->v, &u->subject.identity, &u->record, err);
	return rc;
}

int
hrv_subject_update(struct hrv_vault *v,
    const struct hrv_subject_update_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct updating u = { .v = v, .args = args };
	struct entry e = ENTRY(OP);
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	u.reason.sealed = (struct buf)BUF_INIT;
	rc = check_args(&u, err);
	if (rc == HRV_OK)
		rc = open_receipt(&u, err);
	if (rc == HRV_OK)
		rc = edit(&u, err);
	if (rc == HRV_OK)
		rc = store_all(&u, err);
	e.subject = &u.subject.id;
	if (rc == HRV_OK)
		rc = result(&u, ret_doc, err);
	else
		rc = subject_read_failed(v, &u.receipt, &e, err);
	receipt_drop(&u.receipt);
	manifest_clear(&u.states);
	detail_clear(&u.reason);
	subject_set_clear(&u.same_number);
	json_decref(u.changed);
	json_decref(u.identity);
	return rc;
}
