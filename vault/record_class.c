/* SPDX-License-Identifier: ISC */
/*
 * What may be stored for whom, by whom. Layer: verbs. Invariant: a refusal
 * comes before anything is written or opened.
 */
#include "vault/record_store.h"

#include <stdio.h>
#include <string.h>

static int
unknown_class(struct hrv_vault *v, const char *name, struct hrv_err *err)
{
	const char *near = v->schedule == NULL
			       ? NULL
			       : hrv_schedule_nearest_class(v->schedule, name);

	hrv_fail_as(err, HRV_EUSAGE, "unknown-class",
	    "the schedule in force has no class of that name");
	if (near != NULL)
		return hrv_hint(err, "did you mean '%s'?", near);
	return hrv_hint(err, "'hrvault policy show' lists the classes");
}

static int
gone(const struct hrv_id *subject, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(subject, text);
	return hrv_fail(
	    err, HRV_EPURGED, "%s is gone with the last of the records", text);
}

/* Whether the class is about people of this kind. */
static int
fits_kind(const struct hrv_class *c, const char *kind, struct hrv_err *err)
{
	unsigned bit = strcmp(kind, "candidate") == 0 ? HRV_WHO_CANDIDATE
						      : HRV_WHO_EMPLOYEE;

	if ((c->who & bit) != 0)
		return HRV_OK;
	hrv_fail_as(err, HRV_EREFUSED, "wrong-kind",
	    "the class '%s' is not for a subject of the kind %s", c->id, kind);
	return hrv_hint(err,
	    "'hrvault policy show --class %s' says for whom it "
	    "is; a candidate who was hired becomes an "
	    "employee with 'hrvault subject event S hired "
	    "DATE'",
	    c->id);
}

int
record_holds_key(
    const struct hrv_vault *v, const char *compartment, struct hrv_err *err)
{
	char kek[KEY_ID_SIZE];

	snprintf(kek, sizeof(kek), "kek/%s", compartment);
	if (keyring_current(&v->ring, v->slots, kek, NULL) != NULL)
		return HRV_OK;
	hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
	    "you do not hold the key of the compartment '%s'", compartment);
	return hrv_hint(err, "ask a member who holds it; 'hrvault member list' "
			     "shows who does");
}

int
record_class(struct hrv_vault *v, const char *class_name,
    const struct subject_row *subject, const struct hrv_class **ret,
    struct hrv_err *err)
{
	const struct hrv_class *c;
	int rc;

	if (subject->gone)
		return gone(&subject->id, err);
	c = v->schedule == NULL ? NULL
				: hrv_schedule_class(v->schedule, class_name);
	if (c == NULL)
		return unknown_class(v, class_name, err);
	if (c->built_in)
		return hrv_fail_as(err, HRV_EUSAGE, "unknown-class",
		    "the class '%s' is kept by the vault itself", c->id);
	rc = fits_kind(c, subject->kind, err);
	if (rc == HRV_OK)
		rc = record_holds_key(v, c->compartment, err);
	if (rc == HRV_OK)
		*ret = c;
	return rc;
}
