/* SPDX-License-Identifier: ISC */
/*
 * Identity documents. Layer: verbs.
 */
#include "vault/identity.h"

#include <string.h>

#include "hrvault/date.h"
#include "vault/base/text.h"
#include "vault/seal.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/unseal.h"

/* Says when, by which rule, and in which run; the names are gone for good. */
static int
gone(struct hrv_vault *v, const struct subject_row *s, struct hrv_err *err)
{
	struct hrv_id run = { .kind = ID_RUN };
	char text[ID_TEXT_SIZE], by[ID_TEXT_SIZE];
	struct hrv_err ignored;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_TOMBSTONE_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&s->id, text);
	(void)db_bind_blob(st, 1, s->identity.b, ID_BYTES);
	if (db_step_one(st, &ignored) != HRV_OK ||
	    db_col_fixed(st, 3, run.b, ID_BYTES, &ignored) != HRV_OK) {
		db_reset(st);
		return hrv_fail(err, HRV_EPURGED,
		    "who %s was is gone with the last of the records", text);
	}
	id_format(&run, by);
	hrv_fail(err, HRV_EPURGED,
	    "who %s was is gone since %s, with the last of the records (rule "
	    "%s, run %s)",
	    text, db_col_text(st, 4), db_col_text(st, 5), by);
	db_reset(st);
	return hrv_hint(
	    err, "'hrvault purge show %s' shows the certificate", by);
}

int
identity_gone(
    struct hrv_vault *v, const struct subject_row *s, struct hrv_err *err)
{
	char from[ID_TEXT_SIZE], into[ID_TEXT_SIZE];

	if (s->went.kind != ID_SUBJECT)
		return s->gone ? gone(v, s, err) : HRV_OK;
	id_format(&s->id, from);
	id_format(&s->went, into);
	hrv_fail_as(err, HRV_EREFUSED, "merged",
	    "%s is another entry of %s and has nothing of its own", from, into);
	return hrv_hint(err, "use %s", into);
}

static int
open_version(struct hrv_vault *v, const struct receipt *r,
    const struct record_row *rec, uint32_t n, json_t **ret, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	json_t *header = NULL, *identity;
	int rc = version_load(v, &rec->id, n, &ver, err);

	if (rc == HRV_OK)
		rc = unseal_header(v, r, rec, &ver, &header, err);
	if (rc == HRV_OK) {
		identity = json_object_get(header, "identity");
		if (json_is_object(identity))
			*ret = json_incref(identity);
		else
			rc = hrv_fail(err, HRV_EINTEGRITY,
			    "an identity document is damaged");
	}
	json_decref(header);
	version_clear(&ver);
	return rc;
}

int
identity_open_version(struct hrv_vault *v, const struct receipt *r,
    const struct subject_row *s, uint32_t n, json_t **ret, struct hrv_err *err)
{
	struct record_row rec;
	int rc;

	if (s->gone && !s->merged)
		return gone(v, s, err);
	rc = record_load(v, &s->identity, &rec, err);
	return rc == HRV_OK ? open_version(v, r, &rec, n, ret, err) : rc;
}

int
identity_open(struct hrv_vault *v, const struct receipt *r,
    const struct subject_row *s, json_t **ret, struct hrv_err *err)
{
	struct record_row rec;
	int rc;

	if (s->gone)
		return gone(v, s, err);
	rc = record_load(v, &s->identity, &rec, err);
	return rc == HRV_OK ? open_version(v, r, &rec, rec.version, ret, err)
			    : rc;
}

int
identity_seal(struct hrv_vault *v, const struct hrv_id *subject,
    const struct hrv_id *record, uint32_t n, json_t *identity,
    struct hrv_err *err)
{
	struct seal_args a = { .subject = subject,
		.record = record,
		.version = n,
		.class_name = CLASS_IDENTITY,
		.compartment = COMP_IDENTITY };
	struct sealed s = { .header = BUF_INIT };
	char day[HRV_DATE_TEXT];
	int rc = vault_today_text(v, day, err);

	a.header = json_object();
	if (rc == HRV_OK &&
	    (a.header == NULL ||
		json_object_set(a.header, "identity", identity) != 0))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = seal_version(v, &a, &s, err);
	if (rc == HRV_OK)
		rc = seal_store(v, &a, &s, day, err);
	sealed_clear(&s);
	json_decref(a.header);
	return rc;
}

static int
check_text(const json_t *value, enum text_field field, struct hrv_err *err)
{
	const char *text = json_string_value(value);

	if (value == NULL)
		return HRV_OK;
	if (text == NULL)
		return hrv_fail(err, HRV_EUSAGE, "the %s must be a text",
		    text_field_label(field));
	return text_check_field(field, text, json_string_length(value), err);
}

static int
check_list(const json_t *list, enum text_field field, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (list != NULL && !json_is_array(list))
		return hrv_fail(err, HRV_EUSAGE, "the %s must be a list",
		    text_field_label(field));
	if (json_array_size(list) > IDENTITY_LIST_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "more than %d of one kind (%s) are too many",
		    IDENTITY_LIST_MAX, text_field_label(field));
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++)
		rc = check_text(json_array_get(list, i), field, err);
	return rc;
}

static int
check_born(const json_t *born, struct hrv_err *err)
{
	struct hrv_date d;

	if (born != NULL && !hrv_date_parse(json_string_value(born), &d))
		return hrv_fail(err, HRV_EUSAGE,
		    "the birth date is not a date (YYYY-MM-DD)");
	return HRV_OK;
}

/* The members of an identity document. */
static const struct member {
	const char *name;
	enum text_field field;
	bool list;
} members[] = { { "name", TEXT_NAME, false }, { "given", TEXT_NAME, false },
	{ "middle", TEXT_NAME, false }, { "family", TEXT_NAME, false },
	{ "number", TEXT_NUMBER, false }, { "emails", TEXT_EMAIL, true },
	{ "phones", TEXT_PHONE, true } };

static int
check_member(const char *key, const json_t *value, struct hrv_err *err)
{
	if (strcmp(key, "born") == 0)
		return check_born(value, err);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (strcmp(key, members[i].name) != 0)
			continue;
		return members[i].list
			   ? check_list(value, members[i].field, err)
			   : check_text(value, members[i].field, err);
	}
	hrv_fail(err, HRV_EUSAGE,
	    "the identity has a member that no identity document has");
	return hrv_hint(err, "its members are: name, given, middle, family, "
			     "number, emails, phones, born");
}

int
identity_check(const json_t *identity, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (json_object_get(identity, "name") == NULL)
		return hrv_fail(err, HRV_EUSAGE, "a subject needs a name");
	for (void *i = json_object_iter((json_t *)(uintptr_t)identity);
	     rc == HRV_OK && i != NULL;
	     i = json_object_iter_next((json_t *)(uintptr_t)identity, i))
		rc = check_member(
		    json_object_iter_key(i), json_object_iter_value(i), err);
	return rc;
}
