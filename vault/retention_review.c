/* SPDX-License-Identifier: ISC */
/*
 * Somebody looked at what never falls due by itself. Layer: verbs. Invariant:
 * this sets the day on which somebody looks again and nothing else; a person
 * who should not be here takes the purge's way (expel.c).
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/schedule.h"
#include "vault/base/json.h"
#include "vault/custody/roles.h"
#include "vault/detail.h"
#include "vault/expel.h"
#include "vault/identity.h"
#include "vault/record_refile.h"
#include "vault/record_view.h"
#include "vault/retention.h"
#include "vault/store/db.h"
#include "vault/txn.h"

#define AGAIN "P1Y"

/* What is looked at. */
struct review {
	struct hrv_id thing;
	struct record_row rec; /* of a record */
	struct subject_row subject;
	char next[HRV_DATE_TEXT];
};

static int
not_pending(const struct hrv_id *thing, const char *why, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];

	id_format(thing, text);
	hrv_fail_as(err, HRV_EREFUSED, "not-pending", "%s %s", text, why);
	return hrv_hint(err, "'hrvault retention orphans' lists what is to be "
			     "looked at");
}

/* Only what has no date is put off; nothing with a date can be. */
static int
check_record(struct hrv_vault *v, struct review *x, struct hrv_err *err)
{
	struct hrv_date today;
	struct retention r;
	bool live = false, dated;
	int rc = record_load(v, &x->thing, &x->rec, err);

	if (rc == HRV_OK && x->rec.purged)
		return record_purged(v, &x->rec, x->rec.version, err);
	if (rc == HRV_OK)
		rc = record_no_statement(&x->rec, err);
	if (rc == HRV_OK)
		rc = subject_load(v, &x->rec.subject, &x->subject, err);
	if (rc == HRV_OK)
		rc = vault_today(v, &today, err);
	if (rc == HRV_OK)
		rc = retention_load(
		    v, &x->thing, x->rec.version, today, &r, &live, err);
	if (rc != HRV_OK || !live)
		return rc;
	dated = r.decision.purge_from.kind == HRV_BOUND_DATE;
	retention_clear(&r);
	return dated ? not_pending(&x->thing, "has its date: it falls due", err)
		     : HRV_OK;
}

static int
check_subject(struct hrv_vault *v, struct review *x, struct hrv_err *err)
{
	int rc = subject_load(v, &x->thing, &x->subject, err);

	return rc == HRV_OK ? identity_gone(v, &x->subject, err) : rc;
}

static int
set_next(struct hrv_vault *v, const char *again, struct review *x,
    struct hrv_err *err)
{
	struct hrv_duration d;
	struct hrv_date today, next;
	int rc = vault_today(v, &today, err);

	if (rc == HRV_OK &&
	    (!hrv_duration_parse(again == NULL ? AGAIN : again, &d) ||
		!hrv_date_add(today, d, &next) ||
		hrv_date_cmp(next, today) <= 0))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "when to look again is a duration such as P90D or P1Y");
	if (rc == HRV_OK)
		hrv_date_format(next, x->next);
	return rc;
}

static int
store(struct hrv_vault *v, const struct review *x, uint64_t leaf,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_REVIEW_DEL, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, x->thing.b, ID_BYTES);
	rc = db_run(st, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_REVIEW_ADD, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, x->thing.b, ID_BYTES);
	(void)db_bind_text(st, 2, x->next);
	(void)db_bind_int(st, 3, (int64_t)leaf);
	rc = db_run(st, err);
	return rc == HRV_OK && x->thing.kind == ID_RECORD
		   ? terms_update_record(v, &x->thing, NULL, err)
		   : rc;
}

/* Entry, reason, row and term in one commit. */
static int
put_off(struct hrv_vault *v, const struct review *x, const char *reason,
    struct hrv_err *err)
{
	bool record = x->thing.kind == ID_RECORD;
	struct entry e = ENTRY("subject.review");
	struct detail d = { .sealed = BUF_INIT };
	json_t *p = json_pack("{s:s}", "next", x->next);
	uint64_t leaf = 0;
	int rc = p == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : txn_begin(v, err);

	if (rc == HRV_OK)
		rc = detail_seal(v, KEK_DETAIL, &x->thing, reason, &d, err);
	e.op = record ? "record.review" : "subject.review";
	e.subject = &x->subject.id;
	e.record = record ? &x->thing : NULL;
	e.comp = record ? x->rec.compartment : NULL;
	e.payload = p;
	e.detail = d.commit;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = store(v, x, leaf, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	detail_clear(&d);
	json_decref(p);
	return rc;
}

static int
make_doc(const struct review *x, struct hrv_doc **ret, struct hrv_err *err)
{
	json_t *o = json_object();

	if (o == NULL ||
	    record_put_id(o, x->thing.kind == ID_RECORD ? "record" : "subject",
		&x->thing) ||
	    json_set_str(o, "next", x->next)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

static int
refuse(struct hrv_vault *v, const struct review *x, struct hrv_err *err)
{
	bool record = x->thing.kind == ID_RECORD;
	struct entry e = ENTRY("subject.review");

	if (err->code != HRV_EREFUSED)
		return (int)err->code;
	e.op = record ? "record.review" : "subject.review";
	e.record = record ? &x->thing : NULL;
	e.subject = x->thing.kind == ID_SUBJECT ? &x->thing : NULL;
	return txn_refuse(v, &e, err);
}

int
hrv_retention_review(struct hrv_vault *v, const struct hrv_review_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct review x = { .next = "" };
	bool record = strncmp(args->what, "R-", 2) == 0;
	int rc =
	    role_may(v->role, record ? "record.review" : "subject.review", err);

	if (rc == HRV_OK)
		rc = refile_check_reason(args->reason, err);
	if (rc == HRV_OK)
		rc = record ? lookup_record(v, args->what, &x.thing, err)
			    : lookup_subject(v, args->what, &x.thing, err);
	if (rc == HRV_OK && args->destroy != NULL && record)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "a record is never destroyed by a review; 'hrvault record "
		    "void' is for what was filed in error");
	if (rc == HRV_OK && args->destroy != NULL)
		return expel(v, &x.thing, args, ret_doc, err);
	if (rc == HRV_OK)
		rc = record ? check_record(v, &x, err)
			    : check_subject(v, &x, err);
	if (rc == HRV_OK)
		rc = set_next(v, args->again, &x, err);
	if (rc != HRV_OK)
		return refuse(v, &x, err);
	rc = put_off(v, &x, args->reason, err);
	return rc == HRV_OK ? make_doc(&x, ret_doc, err) : rc;
}
