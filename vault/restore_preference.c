/* SPDX-License-Identifier: ISC */
/*
 * Wishes about being written to that were said after the snapshot. Layer:
 * verbs. Invariant: whoever said no last is written to by no vault that comes
 * back, under any id that was this person by then; a yes is not made up.
 */
#include <stdio.h>
#include <string.h>

#include "vault/base/json.h"
#include "vault/log/leaf.h"
#include "vault/preference.h"
#include "vault/restore_int.h"
#include "vault/version.h"

int
restore_preference(
    struct restore *r, const struct leaf *l, json_t *p, struct hrv_err *err)
{
	if (json_str(p, "channel") == NULL || json_str(p, "allowed") == NULL ||
	    json_str(p, "date") == NULL)
		return hrv_fail(err, HRV_EINTEGRITY,
		    "the log backup does not say what was wished for");
	return restore_said(r, r->wishes, "channel", l->subject, p, err);
}

static int
refuse_one(
    struct restore *r, const char *key, const json_t *p, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct hrv_id id;
	bool noted = false;
	int rc;

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(key, " "), key);
	rc = id_parse(text, ID_SUBJECT, &id)
		 ? preference_refuse_again(r->v, &id, json_str(p, "channel"),
		       json_str(p, "date"), &noted, err)
		 : hrv_fail(err, HRV_EINTEGRITY,
		       "the log backup does not say who wished for it");
	if (rc == HRV_ENOTFOUND || rc == HRV_EPURGED)
		return HRV_OK;
	r->refused += noted;
	return rc;
}

int
restore_preference_again(struct restore *r, struct hrv_err *err)
{
	const char *key;
	json_t *said;
	int rc = HRV_OK;

	json_object_foreach(r->wishes, key, said)
	{
		if (rc == HRV_OK &&
		    strcmp(json_str(said, "allowed"), "no") == 0)
			rc = refuse_one(r, key, said, err);
	}
	return rc;
}
