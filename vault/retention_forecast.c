/* SPDX-License-Identifier: ISC */
/*
 * How much falls due when. Layer: verbs. Counted in the index of the terms;
 * those that another schedule was used for are taken out and put where the
 * schedule in force says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/schedule.h"
#include "vault/paper.h"
#include "vault/retention.h"
#include "vault/store/db.h"

#define MONTHS_MAX 1200

struct amount {
	int64_t records;
	int64_t review;
	int64_t papers; /* of the vault itself; in neither of the above */
};

struct forecast {
	struct hrv_vault *v;
	struct hrv_date today;
	char today_text[HRV_DATE_TEXT];
	unsigned months;
	struct amount *month;
	struct amount due, later, pending, permanent;
};

/* Months from this one to that of an ISO date or month. */
static int
months_ahead(const struct forecast *f, const char *date)
{
	int year = (int)strtol(date, NULL, 10);
	int month = (int)strtol(date + 5, NULL, 10);

	return (year - f->today.year) * 12 + month - f->today.month;
}

/* Where a version with that purge_from (or its month) is counted. */
static struct amount *
place(struct forecast *f, const char *from, bool due, const char *at_expiry)
{
	int ahead;

	if (strcmp(at_expiry, "permanent") == 0)
		return &f->permanent;
	if (strlen(from) < 7)
		return &f->pending;
	if (due)
		return &f->due;
	ahead = months_ahead(f, from);
	if (ahead < 0 || ahead >= (int)f->months)
		return &f->later;
	return &f->month[ahead];
}

static void
count(struct forecast *f, const char *from, bool due, const char *at_expiry,
    int64_t n)
{
	struct amount *a = place(f, from, due, at_expiry);

	a->records += n;
	if (strcmp(at_expiry, "review") == 0)
		a->review += n;
}

static int
count_table(struct forecast *f, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(f->v->db, SQL_RETENTION_COUNT_MONTHS, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, f->today_text);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *from = db_col_text(st, 1);
		const char *at_expiry = db_col_text(st, 2);

		count(f, from == NULL ? "" : from, db_col_int(st, 0) != 0,
		    at_expiry == NULL ? "" : at_expiry, db_col_int(st, 3));
	}
	return rc;
}

static int
move_stale(void *ctx, const struct hrv_id *record, uint32_t n,
    const char *was[2], struct hrv_err *err)
{
	struct forecast *f = ctx;
	char from[HRV_DATE_TEXT] = "";
	struct retention r;
	bool live;
	int rc = retention_load(f->v, record, n, f->today, &r, &live, err);

	if (rc != HRV_OK)
		return rc;
	count(f, was[0],
	    was[0][0] != '\0' && strcmp(was[0], f->today_text) <= 0, was[1],
	    -1);
	if (!live)
		return HRV_OK;
	if (r.decision.purge_from.kind == HRV_BOUND_DATE)
		hrv_date_format(r.decision.purge_from.date, from);
	count(f, from, from[0] != '\0' && strcmp(from, f->today_text) <= 0,
	    hrv_at_expiry_name(r.decision.at_expiry), 1);
	retention_clear(&r);
	return HRV_OK;
}

static int
count_paper(void *ctx, const struct paper *p, size_t n, struct hrv_err *err)
{
	struct forecast *f = ctx;
	bool due = p->purge_from[0] != '\0' &&
		   strcmp(p->purge_from, f->today_text) <= 0;

	(void)err;
	place(f, p->purge_from, due, hrv_at_expiry_name(p->decision.at_expiry))
	    ->papers += (int64_t)n;
	return HRV_OK;
}

static int
tell(const struct amount *a, const char *period, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err)
{
	json_t *o = json_object();
	int rc;

	if (o == NULL || json_set_str(o, "period", period) ||
	    json_set_int(o, "records", a->records) ||
	    json_set_int(o, "review", a->review) ||
	    json_set_int(o, "papers", a->papers))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else
		rc = fn(ctx, (const struct hrv_doc *)o, err);
	json_decref(o);
	return rc;
}

static int
tell_all(
    const struct forecast *f, hrv_doc_fn *fn, void *ctx, struct hrv_err *err)
{
	int rc = tell(&f->due, "due", fn, ctx, err);

	for (unsigned i = 0; rc == HRV_OK && i < f->months; i++) {
		int at = f->today.year * 12 + f->today.month - 1 + (int)i;
		char period[16];

		snprintf(
		    period, sizeof(period), "%04d-%02d", at / 12, at % 12 + 1);
		rc = tell(&f->month[i], period, fn, ctx, err);
	}
	if (rc == HRV_OK)
		rc = tell(&f->later, "later", fn, ctx, err);
	if (rc == HRV_OK)
		rc = tell(&f->pending, "pending", fn, ctx, err);
	if (rc == HRV_OK)
		rc = tell(&f->permanent, "permanent", fn, ctx, err);
	return rc;
}

int
hrv_retention_forecast(struct hrv_vault *v, unsigned months, hrv_doc_fn *fn,
    void *ctx, struct hrv_err *err)
{
	struct forecast f = { .v = v, .months = months };
	int rc = vault_today(v, &f.today, err);

	if (months == 0 || months > MONTHS_MAX)
		return hrv_fail(err, HRV_EUSAGE,
		    "a forecast is for 1 to %d months", MONTHS_MAX);
	if (rc != HRV_OK)
		return rc;
	hrv_date_format(f.today, f.today_text);
	f.month = calloc(months, sizeof(*f.month));
	if (f.month == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = db_begin_read(v->db, err);
	if (rc == HRV_OK) {
		rc = count_table(&f, err);
		if (rc == HRV_OK)
			rc = retention_each_stale(v, move_stale, &f, err);
		if (rc == HRV_OK)
			rc = paper_count(v, f.today, count_paper, &f, err);
		db_rollback(v->db);
	}
	if (rc == HRV_OK)
		rc = tell_all(&f, fn, ctx, err);
	free(f.month);
	return rc;
}
