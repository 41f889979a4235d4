/* SPDX-License-Identifier: ISC */
/*
 * What an import must not bring back: records that were erased at the person's
 * request, or are to be. Layer: verbs. Invariant: only ids, classes and days
 * are looked at; nothing is opened for it. Of somebody of whom nothing is left
 * the vault knows nothing, and a row about them is about somebody new.
 */
#include <string.h>

#include "vault/candidate.h"
#include "vault/import_int.h"
#include "vault/store/db.h"

static int
asks(struct importing *im, enum sql_id sql, const struct import_item *it,
    const char *class_name, bool *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(im->v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, it->subject.id.b, ID_BYTES);
	(void)db_bind_text(st, 2, class_name);
	if (sql == SQL_TOMBSTONE_GET_ERASED)
		(void)db_bind_text(st, 3, ERASURE_RULE);
	rc = db_step(st, ret, err);
	db_reset(st);
	return rc;
}

/* fresh: a record beside those that there are, not a version of one. */
static int
check_class(struct importing *im, struct import_item *it,
    const char *class_name, bool fresh, struct hrv_err *err)
{
	bool erased = false, ordered = false;
	int rc =
	    asks(im, SQL_KASE_GET_ORDERED_CLASS, it, class_name, &ordered, err);

	if (rc == HRV_OK && fresh)
		rc = asks(
		    im, SQL_TOMBSTONE_GET_ERASED, it, class_name, &erased, err);
	if (ordered)
		import_reject(it, 0, "record",
		    "one of its class is to be erased at the person's request; "
		    "an import adds none to it");
	else if (erased)
		import_reject(it, 0, "record",
		    "one of its class was erased at the person's request; "
		    "where "
		    "it may be kept again, 'hrvault record add' stores it");
	return rc;
}

int
import_check_erased(
    struct importing *im, struct import_item *it, struct hrv_err *err)
{
	int rc = HRV_OK;

	if (it->amend || it->store)
		rc = check_class(im, it, im->class_name, it->store, err);
	for (size_t i = 0; rc == HRV_OK && i < it->docs; i++) {
		if (!it->doc[i].stored)
			rc = check_class(
			    im, it, it->doc[i].class_name, true, err);
	}
	return rc;
}
