/* SPDX-License-Identifier: ISC */
/*
 * What becomes of a record of an erasure. Layer: verbs. Invariant: what is
 * told never says more than the person may know, nor promises more than the
 * next run will do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/case_erase.h"
#include "vault/case_life.h"
#include "vault/erasure_notice.h"
#include "vault/foldrows.h"
#include "vault/inforce.h"
#include "vault/log/append.h"
#include "vault/record_view.h"
#include "vault/store/db.h"
#include "vault/terms.h"

int
case_erase_stand(
    const struct kase *k, const struct record_row *rec, struct case_item *item)
{
	bool own = case_person(k, &rec->subject);

	snprintf(item->disposition, sizeof(item->disposition), "%s",
	    own ? ITEM_ERASE : ITEM_REFUSED);
	snprintf(item->code, sizeof(item->code), "%s", own ? "" : "others");
	return HRV_OK;
}

static int
destroyed(struct hrv_vault *v, const struct case_item *item,
    struct becomes *ret, struct hrv_err *err)
{
	struct stmt *st;
	bool found = false;
	int rc = db_stmt(v->db, SQL_TOMBSTONE_GET_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, item->record.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)item->n);
	rc = db_step(st, &found, err);
	ret->word = "destroyed";
	if (rc == HRV_OK && found)
		snprintf(
		    ret->until, sizeof(ret->until), "%s", db_col_text(st, 1));
	db_reset(st);
	return rc;
}

/* When a step of the case was written. */
static int
time_of(struct hrv_vault *v, uint64_t index, int64_t *ret, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	struct leaf l = LEAF_INIT;
	int rc = log_read(v->db, index, &text, NULL, err);

	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &l, err);
	if (rc == HRV_OK)
		*ret = l.time;
	buf_clear(&text);
	return rc;
}

/* The first day of a run that may take what nothing keeps: as the run counts
 * it, from the order or what came later and begins the notice again. */
static int
first_day(struct hrv_vault *v, const struct becomes_by *by,
    const struct record_row *rec, const struct hrv_decision *d,
    const struct case_item *item, struct becomes *ret, struct hrv_err *err)
{
	const struct fold *fold = by->fold;
	const struct fold_order *o =
	    fold_order_find(fold, &item->record, item->n);
	int64_t since = o == NULL ? 0 : o->time;
	struct hrv_date day;
	uint64_t first = 0;
	int rc = o == NULL ? time_of(v, item->leaf, &since, err) : HRV_OK;

	ret->word = "erased";
	if (fold->policy_time > since)
		since = fold->policy_time;
	if (rc == HRV_OK)
		rc = erasure_notice(v, rec, d, since, &day, err);
	if (rc == HRV_OK)
		rc = fold_rows_first(v, fold, rec, &first, err);
	if (rc != HRV_OK)
		return rc;
	adopted_notice(by->adopted, first, &day);
	hrv_date_format(day, ret->until);
	return HRV_OK;
}

/* A move to another person ended the order: the record is not theirs. */
static bool
order_ended(const struct fold *fold, const struct case_item *item)
{
	return strcmp(item->disposition, ITEM_ORDERED) == 0 &&
	       fold_order_find(fold, &item->record, item->n) == NULL;
}

/* Something keeps it for now; when that ends it goes by itself. */
static void
defer(struct becomes *ret, const char *ground, struct hrv_bound until)
{
	ret->word = "deferred";
	ret->ground = ground;
	if (until.kind == HRV_BOUND_DATE)
		hrv_date_format(until.date, ret->until);
}

/* Who somebody is goes with the last record; where there is none, when nothing
 * names them and the case is long over. */
static int
identity(struct hrv_vault *v, const struct kase *k, struct becomes *ret,
    struct hrv_err *err)
{
	static const struct hrv_bound no_date = { .kind = HRV_BOUND_NONE };
	struct hrv_id *links = NULL;
	bool records = true;
	size_t n = 0;
	int rc = subject_has_records(v, &k->subject, &records, err);

	if (rc == HRV_OK)
		rc = ids_of(v, SQL_LINK_LIST_TO, &k->subject, ID_RECORD, &links,
		    &n, err);
	free(links);
	defer(ret,
	    records ? "last-record"
	    : n > 0 ? "mentioned"
		    : "request",
	    no_date);
	return rc;
}

static int
living(struct hrv_vault *v, const struct becomes_by *by, const struct kase *k,
    const struct record_row *rec, const struct version_row *ver,
    const struct case_item *item, struct becomes *ret, struct hrv_err *err)
{
	static const struct hrv_bound no_date = { .kind = HRV_BOUND_NONE };
	struct protect but = *by->protect;
	struct protect_why why = { 0 };
	struct hrv_decision d = { .rule_count = 0 };
	struct hrv_date today;
	int rc = vault_today(v, &today, err);

	but.but = &k->id;
	if (rc == HRV_OK && strcmp(rec->class_name, CLASS_IDENTITY) == 0)
		return identity(v, k, ret, err);
	if (rc == HRV_OK && order_ended(by->fold, item)) {
		ret->word = "refused";
		ret->ground = "others";
		return HRV_OK;
	}
	if (rc == HRV_OK)
		rc = record_decide(v, rec, ver, today, &d, err);
	if (rc == HRV_OK)
		rc = protect_record(v, &but, rec, &why, err);
	if (rc != HRV_OK)
		return rc;
	if (d.at_expiry == HRV_EXPIRY_PERMANENT) {
		ret->word = "refused";
		ret->ground = "legal-obligation";
	} else if (d.keep_until.kind == HRV_BOUND_PENDING ||
		   (d.keep_until.kind == HRV_BOUND_DATE &&
		       hrv_date_cmp(today, d.keep_until.date) <= 0)) {
		defer(ret, "legal-obligation", d.keep_until);
	} else if (protect_any(&why)) {
		defer(ret, "protected", no_date);
	} else {
		rc = first_day(v, by, rec, &d, item, ret, err);
	}
	return rc;
}

/* Nothing is left of its record but what is to go in the same case. */
static int
follows(struct hrv_vault *v, const struct kase *k, const struct record_row *rec,
    struct becomes *ret, struct hrv_err *err)
{
	static const struct hrv_bound no_date = { .kind = HRV_BOUND_NONE };
	const struct case_item *it;
	struct record_row on;
	int rc = record_load(v, &rec->statement_on, &on, err);

	if (rc != HRV_OK)
		return rc;
	it = case_next_item(k, &on.id, on.version, NULL);
	if (it == NULL || strcmp(it->disposition, ITEM_ORDERED) != 0)
		defer(ret, "with-record", no_date);
	return HRV_OK;
}

int
case_becomes(struct hrv_vault *v, const struct becomes_by *by,
    const struct kase *k, const struct case_item *item, struct becomes *ret,
    struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct becomes b = { .word = "open" };
	struct record_row rec;
	int rc = record_load(v, &item->record, &rec, err);

	if (rc == HRV_OK)
		rc = version_load(v, &item->record, item->n, &ver, err);
	if (rc != HRV_OK)
		return rc;
	if (ver.header.len == 0) {
		rc = destroyed(v, item, &b, err);
	} else if (case_refusal_stands(k)) {
		b.word = "refused";
		b.ground = "request-refused";
	} else if (strcmp(item->disposition, ITEM_REFUSED) == 0) {
		b.word = case_item_settled(k, item) ? "refused" : "open";
		b.ground = item->code;
	} else if (strcmp(item->disposition, ITEM_ORDERED) == 0 ||
		   strcmp(item->disposition, ITEM_ERASE) == 0) {
		rc = living(v, by, k, &rec, &ver, item, &b, err);
		if (rc == HRV_OK && is_statement(&rec) &&
		    strcmp(b.word, "refused") != 0)
			rc = follows(v, k, &rec, &b, err);
	}
	/* The identity is ordered by nobody: it follows. */
	if (rc == HRV_OK && !case_refusal_stands(k) &&
	    strcmp(item->disposition, ITEM_ERASE) == 0 &&
	    strcmp(rec.class_name, CLASS_IDENTITY) != 0)
		b.word = ver.header.len == 0 ? b.word : "open";
	version_clear(&ver);
	if (rc == HRV_OK)
		*ret = b;
	return rc;
}
