/* SPDX-License-Identifier: ISC */
/*
 * Taking a subject in. Layer: verbs. Invariant: a subject that may not be
 * taken in leaves nothing behind, in the log not even an id.
 */
#include "hrvault/subject.h"

#include <stdio.h>
#include <string.h>

#include "vault/importer/resume.h"
#include "vault/record_store.h"
#include "vault/state.h"
#include "vault/subject_intake.h"
#include "vault/subject_match.h"
#include "vault/subject_store.h"

#define OP "subject.add"

/* One command's work. */
struct adding {
	struct hrv_vault *v;
	const struct hrv_subject_add_args *args;
	json_t *identity;
	bool resume; /* args->from becomes a record */
	struct subject_set same_number;
	struct subject_set opened; /* who may have the number or an address */
	json_t *same_email;	   /* ids of those that have one of them */
	struct receipt *receipt;   /* NULL: nobody had to be opened */
	struct subject_new new;
	struct hrv_id record; /* the resume's */
};

static const char *
number_of(const struct adding *a)
{
	return json_str(a->identity, "number");
}

/* Who may be the same person, by the index. */
static int
find_others(struct adding *a, struct hrv_err *err)
{
	const json_t *emails = json_object_get(a->identity, "emails"), *one;
	size_t i;
	int rc = HRV_OK;

	if (number_of(a) != NULL)
		rc = subject_set_add(
		    a->v, &a->same_number, TEXT_NUMBER, number_of(a), err);
	if (rc == HRV_OK && number_of(a) != NULL)
		rc = subject_set_add(
		    a->v, &a->opened, TEXT_NUMBER, number_of(a), err);
	json_array_foreach(emails, i, one)
	{
		if (rc == HRV_OK)
			rc = subject_set_add(a->v, &a->opened, TEXT_EMAIL,
			    json_string_value(one), err);
	}
	return rc;
}

/* An address that somebody has already is no mistake, but is said: it finds
 * both from now on. */
static int
list_same_email(struct adding *a, struct hrv_err *err)
{
	const json_t *emails = json_object_get(a->identity, "emails"), *one;
	size_t i;
	int rc = HRV_OK;

	a->same_email = json_array();
	json_array_foreach(emails, i, one)
	{
		if (rc == HRV_OK)
			rc = subject_set_having(a->v, a->receipt, &a->opened,
			    TEXT_EMAIL, json_string_value(one), a->same_email,
			    err);
	}
	return rc;
}

/* Opens whoever may have the same number or an address already. */
static int
check_others(struct adding *a, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct manifest m = { 0 };
	int rc = find_others(a, err);

	if (rc != HRV_OK || a->opened.n == 0)
		return rc;
	rc = subject_set_manifest(&a->opened, &m, err);
	if (rc == HRV_OK)
		rc = receipt_open(a->v, &e, &m, &a->receipt, err);
	manifest_clear(&m);
	if (rc == HRV_OK && number_of(a) != NULL)
		rc = subject_number_free(
		    a->v, a->receipt, &a->same_number, number_of(a), err);
	return rc == HRV_OK ? list_same_email(a, err) : rc;
}

/* A schedule without a place for a resume cannot take one. */
static int
check_resume(struct adding *a, struct hrv_err *err)
{
	struct subject_row row = { .id = { .kind = ID_SUBJECT } };
	const struct hrv_class *klass;

	if (!a->resume)
		return HRV_OK;
	if (a->v->schedule == NULL ||
	    hrv_schedule_class(a->v->schedule, RESUME_CLASS) == NULL) {
		hrv_fail(err, HRV_EUSAGE,
		    "the schedule has no class '%s', which a JSON Resume is "
		    "stored as; nothing was stored",
		    RESUME_CLASS);
		return hrv_hint(err,
		    "give --name, --email and so on, and store the file with "
		    "'hrvault record add' under a class there is");
	}
	snprintf(row.kind, sizeof(row.kind), "%s", a->args->kind);
	return record_class(a->v, RESUME_CLASS, &row, &klass, err);
}

/* Logs the new subject, as an outcome where somebody was opened for it. */
static int
log_subject(struct adding *a, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct manifest m = { 0 };
	char id[ID_TEXT_SIZE];
	uint64_t leaf = 0;
	json_t *payload;
	int rc;

	id_format(&a->new.record, id);
	payload = json_pack("{s:s,s:s}", "kind", a->new.kind, "identity", id);
	rc = subject_manifest(&a->new, &m, err);
	if (rc == HRV_OK && payload == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	e.subject = &a->new.id;
	e.payload = payload;
	e.manifest = &m;
	if (rc == HRV_OK && a->receipt != NULL)
		rc = receipt_entry(a->v, &a->receipt, &e, &leaf, err);
	else if (rc == HRV_OK)
		rc = txn_entry(a->v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = subject_logged(a->v, &a->new, leaf, err);
	manifest_clear(&m);
	json_decref(payload);
	return rc;
}

static int
log_resume(
    struct adding *a, const struct record_stored *stored, struct hrv_err *err)
{
	struct entry e = ENTRY("record.add");
	uint64_t leaf = 0;
	json_t *payload = json_pack("{s:s,s:s,s:s,s:s,s:I,s:[]}", "class",
	    RESUME_CLASS, "created", stored->created, "stored", stored->stored,
	    "provided_by", "subject", "bytes", (json_int_t)stored->size,
	    "events");
	int rc = payload == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
				 : HRV_OK;

	e.subject = &a->new.id;
	e.record = &a->record;
	e.comp = stored->compartment;
	e.payload = payload;
	e.state = stored->state;
	if (rc == HRV_OK)
		rc = txn_entry(a->v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = state_set_record(
		    a->v, &a->record, leaf, stored->state, err);
	json_decref(payload);
	return rc;
}

/* The candidate's own file, byte for byte. */
static int
store_resume(struct adding *a, struct hrv_err *err)
{
	struct body_memory mem = { a->args->from, a->args->from_len, 0 };
	struct body_source body = { body_memory_read, &mem };
	struct record_header h = { .title = "JSON Resume",
		.file = a->args->from_name,
		.media = RESUME_MEDIA_TYPE };
	struct record_store_args r = { .subject = &a->new.id,
		.class_name = RESUME_CLASS,
		.provided_by = "subject",
		.body = &body };
	struct record_stored stored;
	const char *born = json_str(a->identity, "born");
	int rc;

	if (!a->resume)
		return HRV_OK;
	vault_new_id(ID_RECORD, &a->record);
	r.id = a->record;
	if (born != NULL)
		(void)!hrv_date_parse(born, &r.born);
	rc = record_header_new(&h, &r.header, err);
	if (rc == HRV_OK)
		rc = record_store(a->v, &r, &stored, err);
	json_decref(r.header);
	if (rc == HRV_OK)
		rc = log_resume(a, &stored, err);
	return rc;
}

static int
store_all(struct adding *a, struct hrv_err *err)
{
	int rc = txn_begin(a->v, err);

	if (rc == HRV_OK)
		rc = subject_number_same(
		    a->v, &a->same_number, number_of(a), NULL, err);
	if (rc == HRV_OK)
		rc = subject_store(a->v, &a->new, err);
	if (rc == HRV_OK)
		rc = log_subject(a, err);
	if (rc == HRV_OK)
		rc = store_resume(a, err);
	if (rc == HRV_OK)
		rc = txn_commit(a->v, true, err);
	txn_abort(a->v);
	return rc;
}

static int
result(const struct adding *a, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], record[ID_TEXT_SIZE];
	json_t *doc, *records = json_array();

	id_format(&a->new.id, id);
	id_format(&a->record, record);
	if (a->resume && json_array_append_new(records, json_string(record))) {
		json_decref(records);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	doc = json_pack(
	    "{s:s,s:s,s:o}", "id", id, "kind", a->new.kind, "records", records);
	if (doc == NULL ||
	    (json_array_size(a->same_email) > 0 &&
		json_object_set(doc, "same_email", a->same_email))) {
		json_decref(doc);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

static int
add(struct adding *a, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	int rc = intake_new(a->args, &a->identity, &a->resume, err);

	if (rc == HRV_OK)
		rc = subject_check(a->v, a->args->kind, a->identity, err);
	if (rc == HRV_OK)
		rc = check_resume(a, err);
	if (rc == HRV_EREFUSED)
		return txn_refuse(a->v, &e, err);
	if (rc == HRV_OK)
		rc = check_others(a, err);
	a->new.kind = a->args->kind;
	a->new.identity = a->identity;
	vault_new_id(ID_SUBJECT, &a->new.id);
	if (rc == HRV_OK)
		rc = store_all(a, err);
	if (rc == HRV_OK)
		rc = result(a, ret_doc, err);
	else
		rc = subject_read_failed(a->v, &a->receipt, &e, err);
	return rc;
}

int
hrv_subject_add(struct hrv_vault *v, const struct hrv_subject_add_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct adding a = { .v = v, .args = args };
	struct entry e = ENTRY(OP);
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	a.record.kind = ID_RECORD;
	rc = add(&a, ret_doc, err);
	subject_set_clear(&a.same_number);
	subject_set_clear(&a.opened);
	json_decref(a.same_email);
	receipt_drop(&a.receipt);
	json_decref(a.identity);
	return rc;
}
