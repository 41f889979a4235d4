/* SPDX-License-Identifier: ISC */
/*
 * Identity documents. Layer: verbs.
 */
#include "vault/identity.h"

#include <string.h>

#include "hrvault/date.h"
#include "vault/base/text.h"
#include "vault/seal.h"
#include "vault/terms.h"
#include "vault/unseal.h"

int
identity_open(struct hrv_vault *v, const struct receipt *r,
    const struct subject_row *s, json_t **ret, struct hrv_err *err)
{
	struct record_row rec;
	struct version_row ver = { .header = BUF_INIT };
	char text[ID_TEXT_SIZE];
	json_t *header = NULL, *identity;
	int rc;

	if (s->gone) {
		id_format(&s->id, text);
		return hrv_fail(err, HRV_EPURGED,
		    "who %s was is gone with the last of the records", text);
	}
	rc = record_load(v, &s->identity, &rec, err);
	if (rc == HRV_OK)
		rc = version_load(v, &rec.id, rec.version, &ver, err);
	if (rc == HRV_OK)
		rc = unseal_header(v, r, &rec, &ver, &header, err);
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
	for (size_t i = 0; rc == HRV_OK && i < json_array_size(list); i++)
		rc = check_text(json_array_get(list, i), field, err);
	return rc;
}

int
identity_check(const json_t *identity, struct hrv_err *err)
{
	static const char *const names[] = { "name", "given", "middle",
		"family" };
	const char *born = json_str(identity, "born");
	struct hrv_date d;
	int rc = HRV_OK;

	if (json_str(identity, "name") == NULL)
		return hrv_fail(err, HRV_EUSAGE, "a subject needs a name");
	for (size_t i = 0; rc == HRV_OK && i < 4; i++)
		rc = check_text(
		    json_object_get(identity, names[i]), TEXT_NAME, err);
	if (rc == HRV_OK)
		rc = check_text(
		    json_object_get(identity, "number"), TEXT_NUMBER, err);
	if (rc == HRV_OK)
		rc = check_list(
		    json_object_get(identity, "emails"), TEXT_EMAIL, err);
	if (rc == HRV_OK)
		rc = check_list(
		    json_object_get(identity, "phones"), TEXT_PHONE, err);
	if (rc == HRV_OK && born != NULL && !hrv_date_parse(born, &d))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the birth date is not a date (YYYY-MM-DD)");
	return rc;
}
