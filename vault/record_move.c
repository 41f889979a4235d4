/* SPDX-License-Identifier: ISC */
/*
 * A record that was filed under the wrong person. Layer: verbs. Invariant:
 * afterwards it is the other person's in every respect, and nothing the first
 * one is shown or handed out contains it.
 */
#include "hrvault/record.h"

#include <string.h>

#include "vault/custody/roles.h"
#include "vault/record_refile.h"
#include "vault/record_view.h"

static int
find(struct hrv_vault *v, struct refiling *r, const char *record,
    const char *subject, struct hrv_err *err)
{
	int rc = record_find(v, record, &r->rec, err);

	if (rc == HRV_OK)
		rc = lookup_subject(v, subject, &r->to.id, err);
	if (rc == HRV_OK)
		rc = subject_load(v, &r->to.id, &r->to, err);
	if (rc == HRV_OK && id_equal(&r->rec.subject, &r->to.id))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the record is filed under this subject already");
	return rc;
}

int
hrv_record_move(struct hrv_vault *v, const struct hrv_record_move_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct refiling r = { .reason = args->reason,
		.use = &args->use,
		.e = ENTRY("record.move") };
	char was[ID_TEXT_SIZE], is[ID_TEXT_SIZE], class_name[CLASS_NAME_SIZE];
	int rc = role_may(v->role, "record.move", err);

	if (rc == HRV_OK)
		rc = refile_check_reason(args->reason, err);
	if (rc == HRV_OK)
		rc = find(v, &r, args->record, args->subject, err);
	if (rc != HRV_OK)
		return record_failed(v, &r.e, &r.receipt, err);
	id_format(&r.rec.subject, was);
	id_format(&r.to.id, is);
	memcpy(class_name, r.rec.class_name, sizeof(class_name));
	r.class_name = class_name;
	r.was = was;
	r.is = is;
	rc = refile(v, &r, err);
	if (rc == HRV_OK)
		rc = refile_result(v, &r, ret_doc, err);
	refile_clear(&r);
	return rc;
}
