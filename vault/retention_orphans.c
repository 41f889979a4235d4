/* SPDX-License-Identifier: ISC */
/*
 * What will never fall due by itself. Layer: verbs. Reads only.
 */
#include <stdlib.h>
#include <string.h>

#include "hrvault/schedule.h"
#include "vault/retention.h"
#include "vault/store/db.h"

struct orphans {
	struct hrv_vault *v;
	struct hrv_date today;
	hrv_doc_fn *fn;
	void *ctx;
};

static int
set_trigger(json_t *o, const struct orphans *x, const struct retention *r,
    struct hrv_err *err)
{
	const struct hrv_decision *d = &r->decision;
	char review_on[HRV_DATE_TEXT], next[HRV_DATE_TEXT];
	char today[HRV_DATE_TEXT];
	json_t *missing = NULL;
	bool any = false;
	int rc =
	    retention_missing(x->v->schedule, r, x->today, &missing, &any, err);

	if (rc != HRV_OK)
		return rc;
	rc = terms_next_review(x->v, &r->rec.id, next, err);
	if (rc != HRV_OK) {
		json_decref(missing);
		return rc;
	}
	hrv_date_format(d->review_on, review_on);
	if (strcmp(next, review_on) > 0)
		memcpy(review_on, next, sizeof(review_on));
	hrv_date_format(x->today, today);
	if (json_object_set_new(o, "missing", missing) ||
	    json_object_set_new(o, "any_of", json_boolean(any)) ||
	    json_set_str(o, "since", r->rec.stored) ||
	    json_object_set_new(o, "review_on",
		review_on[0] == '\0' ? json_null() : json_string(review_on)) ||
	    json_object_set_new(o, "review",
		json_boolean(
		    review_on[0] != '\0' && strcmp(review_on, today) <= 0)))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

static int
one_record(struct orphans *x, const struct hrv_id *record, uint32_t n,
    struct hrv_err *err)
{
	struct retention r;
	json_t *o = NULL;
	bool live;
	int rc = retention_load(x->v, record, n, x->today, &r, &live, err);

	if (rc != HRV_OK || !live)
		return rc;
	if (r.decision.purge_from.kind == HRV_BOUND_DATE)
		goto out; /* by the schedule in force it has one */
	o = json_object();
	if (o == NULL || json_set_str(o, "finding", "no-trigger") ||
	    retention_json(&r, o))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = set_trigger(o, x, &r, err);
	if (rc == HRV_OK)
		rc = x->fn(x->ctx, (const struct hrv_doc *)o, err);
out:
	json_decref(o);
	retention_clear(&r);
	return rc;
}

static int
pending(struct orphans *x, struct hrv_err *err)
{
	struct hrv_id id = { .kind = ID_RECORD };
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(x->v->db, SQL_RETENTION_LIST_PENDING, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = db_col_fixed(st, 0, id.b, ID_BYTES, err);
		if (rc == HRV_OK)
			rc = one_record(
			    x, &id, (uint32_t)db_col_int(st, 1), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* Those whose old term had a date; the others were in the list already. */
static int
take_stale(void *ctx, const struct hrv_id *record, uint32_t n,
    const char *was[2], struct hrv_err *err)
{
	if (was[0] == NULL || was[0][0] == '\0')
		return HRV_OK;
	return one_record(ctx, record, n, err);
}

static int
subjects(struct orphans *x, enum sql_id sql, const char *finding,
    struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	struct hrv_id *list = NULL;
	size_t n = 0;
	int rc = ids_of(x->v, (int)sql, NULL, ID_SUBJECT, &list, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		json_t *o = json_object();
		char next[HRV_DATE_TEXT] = "", today[HRV_DATE_TEXT];

		rc = terms_next_review(x->v, &list[i], next, err);
		hrv_date_format(x->today, today);
		id_format(&list[i], text);
		if (rc == HRV_OK &&
		    (o == NULL || json_set_str(o, "finding", finding) ||
			json_set_str(o, "subject", text) ||
			json_object_set_new(o, "review_on",
			    next[0] == '\0' ? json_null()
					    : json_string(next)) ||
			json_object_set_new(o, "review",
			    json_boolean(strcmp(next, today) <= 0))))
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		if (rc == HRV_OK)
			rc = x->fn(x->ctx, (const struct hrv_doc *)o, err);
		json_decref(o);
	}
	free(list);
	return rc;
}

static int
all_findings(struct orphans *x, struct hrv_err *err)
{
	int rc = pending(x, err);

	if (rc == HRV_OK)
		rc = retention_each_stale(x->v, take_stale, x, err);
	if (rc == HRV_OK)
		rc = subjects(
		    x, SQL_RETENTION_LIST_NO_OUTCOME, "no-outcome", err);
	if (rc == HRV_OK)
		rc = subjects(x, SQL_RETENTION_LIST_NO_START, "no-start", err);
	if (rc == HRV_OK)
		rc =
		    subjects(x, SQL_RETENTION_LIST_NO_RECORD, "no-record", err);
	return rc;
}

int
hrv_retention_orphans(
    struct hrv_vault *v, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	struct orphans x = { .v = v, .fn = fn, .ctx = ctx };
	int rc = vault_today(v, &x.today, err);

	if (rc == HRV_OK)
		rc = db_begin_read(v->db, err);
	if (rc == HRV_OK) {
		rc = all_findings(&x, err);
		db_rollback(v->db);
	}
	return rc;
}
