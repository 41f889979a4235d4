/* SPDX-License-Identifier: ISC */
/*
 * A record that was filed under the wrong class. Layer: verbs. Invariant: it
 * is sealed under the key of its new compartment, and who holds only the key
 * of the old one cannot open it any more.
 */
#include "hrvault/record.h"

#include <string.h>

#include "vault/custody/roles.h"
#include "vault/record_refile.h"
#include "vault/record_view.h"

static int
find(struct hrv_vault *v, struct refiling *r, const char *record,
    struct hrv_err *err)
{
	int rc = record_find(v, record, &r->rec, err);

	if (rc == HRV_OK)
		rc = subject_load(v, &r->rec.subject, &r->to, err);
	if (rc == HRV_OK && strcmp(r->rec.class_name, r->class_name) == 0)
		rc = hrv_fail(
		    err, HRV_EUSAGE, "the record is of this class already");
	return rc;
}

int
hrv_record_reclassify(struct hrv_vault *v,
    const struct hrv_record_reclassify_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct refiling r = { .reason = args->reason,
		.class_name = args->class_name,
		.is = args->class_name,
		.dependant = args->dependant_born,
		.use = &args->use,
		.e = ENTRY("record.reclassify") };
	char was[CLASS_NAME_SIZE];
	int rc = role_may(v->role, "record.reclassify", err);

	if (rc == HRV_OK)
		rc = refile_check_reason(args->reason, err);
	if (rc == HRV_OK)
		rc = find(v, &r, args->record, err);
	if (rc != HRV_OK)
		return record_failed(v, &r.e, &r.receipt, err);
	memcpy(was, r.rec.class_name, sizeof(was));
	r.was = was;
	rc = refile(v, &r, err);
	if (rc == HRV_OK)
		rc = refile_result(v, &r, ret_doc, err);
	refile_clear(&r);
	return rc;
}
