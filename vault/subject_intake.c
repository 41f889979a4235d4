/* SPDX-License-Identifier: ISC */
/*
 * Identity documents from outside. Layer: verbs. Invariant: only members that
 * an identity document has get in; a whole application stays a record, with an
 * end of its own.
 */
#include "vault/subject_intake.h"

#include <string.h>

#include "vault/identity.h"
#include "vault/importer/resume.h"
#include "vault/importer/rowparse.h"

#define FROM_MAX (16u * 1024u * 1024u)
#define FROM_DEPTH 64

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Takes value over. */
static int
set_value(json_t *identity, const char *key, json_t *value, struct hrv_err *err)
{
	if (value == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "the %s is not valid UTF-8, or memory is short", key);
	return json_object_set_new(identity, key, value) ? no_memory(err)
							 : HRV_OK;
}

static json_t *
list_of(const char *const *texts, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(list, json_string(texts[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* A new name; the parts of the old one do not belong to it. */
static int
set_name(json_t *identity, const char *name, struct hrv_err *err)
{
	const char *was = json_str(identity, "name");

	if (was == NULL || strcmp(was, name) != 0) {
		(void)json_object_del(identity, "given");
		(void)json_object_del(identity, "middle");
		(void)json_object_del(identity, "family");
	}
	return set_value(identity, "name", json_string(name), err);
}

int
intake_set(
    json_t *identity, const struct hrv_subject_fields *f, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (f->name != NULL)
		rc = set_name(identity, f->name, err);
	if (rc == HRV_OK && f->number != NULL)
		rc = set_value(identity, "number", json_string(f->number), err);
	if (rc == HRV_OK && f->n_emails > 0)
		rc = set_value(
		    identity, "emails", list_of(f->emails, f->n_emails), err);
	if (rc == HRV_OK && f->n_phones > 0)
		rc = set_value(
		    identity, "phones", list_of(f->phones, f->n_phones), err);
	if (rc == HRV_OK && f->born != NULL)
		rc = set_value(identity, "born", json_string(f->born), err);
	return rc;
}

int
intake_remove(json_t *identity, const char *field, struct hrv_err *err)
{
	static const char *const may[] = { "number", "emails", "phones",
		"born" };

	for (size_t i = 0; i < sizeof(may) / sizeof(may[0]); i++) {
		if (strcmp(field, may[i]) == 0) {
			(void)json_object_del(identity, field);
			return HRV_OK;
		}
	}
	return hrv_fail(err, HRV_EUSAGE,
	    "what can be taken away is: number, emails, phones, born");
}

int
intake_changed(
    const json_t *was, const json_t *is, json_t **ret, struct hrv_err *err)
{
	static const char *const keys[] = { "name", "given", "middle", "family",
		"number", "emails", "phones", "born" };
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const json_t *a = json_object_get(was, keys[i]);
		const json_t *b = json_object_get(is, keys[i]);

		/* json_equal() says no when both are missing. */
		if ((a == NULL && b == NULL) || json_equal(a, b))
			continue;
		if (json_array_append_new(list, json_string(keys[i]))) {
			json_decref(list);
			return no_memory(err);
		}
	}
	*ret = list;
	return HRV_OK;
}

/* Name, address and phone of a JSON Resume. */
static int
from_resume(
    const struct hrv_subject_add_args *a, json_t *identity, struct hrv_err *err)
{
	struct hrv_subject_fields f = { 0 };
	struct import_row row;
	int rc;

	import_row_init(&row);
	rc = resume_read(a->from, a->from_len, &row, err);
	if (rc == HRV_OK) {
		f.name = row.name;
		f.emails = row.email;
		f.n_emails = row.emails;
		f.phones = row.phone;
		f.n_phones = row.phones;
		rc = intake_set(identity, &f, err);
	}
	import_row_clear(&row);
	return rc;
}

static int
from_file(const struct hrv_subject_add_args *a, json_t *identity,
    bool *ret_resume, struct hrv_err *err)
{
	json_t *doc = NULL;
	int rc = HRV_OK;

	if (a->from_len > FROM_MAX ||
	    resume_too_deep(a->from, a->from_len, FROM_DEPTH))
		return hrv_fail(err, HRV_EUSAGE,
		    "the file is too long, or nested too deep");
	rc = json_read(a->from, a->from_len, &doc, err);
	if (rc != HRV_OK)
		return rc;
	if (!json_is_object(doc)) {
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the file is neither an identity document nor a JSON "
		    "Resume");
	} else if (json_object_get(doc, "basics") != NULL) {
		*ret_resume = true;
		rc = from_resume(a, identity, err);
	} else if (json_object_update(identity, doc)) {
		rc = no_memory(err);
	}
	json_decref(doc);
	return rc;
}

int
intake_new(const struct hrv_subject_add_args *args, json_t **ret,
    bool *ret_resume, struct hrv_err *err)
{
	json_t *identity = json_object();
	bool resume = false;
	int rc = identity == NULL ? no_memory(err) : HRV_OK;

	if (rc == HRV_OK && args->from != NULL)
		rc = from_file(args, identity, &resume, err);
	if (rc == HRV_OK)
		rc = intake_set(identity, &args->fields, err);
	if (rc == HRV_OK)
		rc = identity_check(identity, err);
	if (rc != HRV_OK) {
		json_decref(identity);
		return rc;
	}
	*ret = identity;
	*ret_resume = resume;
	return HRV_OK;
}
