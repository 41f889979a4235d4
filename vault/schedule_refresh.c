/* SPDX-License-Identifier: ISC */
/*
 * Bringing terms up to date with the schedule in force. Layer: verbs. Which
 * ones are not is read from the table, so there is no state to lose.
 */
#include <stdlib.h>

#include "vault/schedule.h"
#include "hrvault/schedule.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/txn.h"

struct stale {
	struct hrv_id record;
	uint32_t n;
};

/* Up to max of them; *ret_n is how many there were. */
static int
list_stale(struct hrv_vault *v, struct stale *list, size_t max, size_t *ret_n,
    struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	size_t n = 0;
	int rc = db_stmt(v->db, SQL_TERM_LIST_STALE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, v->schedule_hash, sizeof(v->schedule_hash));
	(void)db_bind_int(st, 2, (int64_t)max);
	while (n < max && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		list[n].record.kind = ID_RECORD;
		list[n].n = (uint32_t)db_col_int(st, 1);
		rc = db_col_fixed(st, 0, list[n].record.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
		n++;
	}
	db_reset(st);
	*ret_n = n;
	return rc;
}

static int
remove_stale(
    struct hrv_vault *v, const struct hrv_id *record, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_TERM_DEL_STALE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_blob(st, 2, v->schedule_hash, sizeof(v->schedule_hash));
	return db_run(st, err);
}

int
schedule_refresh(
    struct hrv_vault *v, size_t max, bool *ret_more, struct hrv_err *err)
{
	struct stale *list = calloc(max + 1, sizeof(*list));
	size_t n = 0;
	int rc;

	if (list == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	rc = list_stale(v, list, max + 1, &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n && i < max; i++) {
		/* Made anew from the rows there are, which remember the date
		 * that a pending one had. */
		if (i + 1 == n || i + 1 == max ||
		    !id_equal(&list[i].record, &list[i + 1].record))
			rc = terms_update_record(v, &list[i].record, NULL, err);
		/* A row whose version is gone must not stay stale for ever. */
		if (rc == HRV_OK)
			rc = remove_stale(v, &list[i].record, err);
	}
	free(list);
	if (rc == HRV_OK)
		*ret_more = n > max;
	return rc;
}

static int
count_stale(struct hrv_vault *v, uint64_t *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_TERM_COUNT_STALE, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, v->schedule_hash, sizeof(v->schedule_hash));
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = (uint64_t)db_col_int(st, 0);
	db_reset(st);
	return HRV_OK;
}

void
hrv_on_dates(struct hrv_vault *v, hrv_dates_fn *fn, void *ctx)
{
	v->dates = fn;
	v->dates_ctx = ctx;
}

int
schedule_refresh_all(struct hrv_vault *v, bool *ret_any, struct hrv_err *err)
{
	uint64_t total = 0, done = 0;
	bool more;
	int rc = count_stale(v, &total, err);

	more = rc == HRV_OK && total > 0;
	*ret_any = more;
	while (rc == HRV_OK && more) {
		rc = txn_begin(v, err);
		if (rc == HRV_OK)
			rc = schedule_refresh(v, SCHEDULE_STEP, &more, err);
		if (rc == HRV_OK)
			rc = txn_commit(v, false, err);
		txn_abort(v);
		done = more ? done + SCHEDULE_STEP : total;
		if (rc == HRV_OK && v->dates != NULL)
			v->dates(
			    v->dates_ctx, done < total ? done : total, total);
	}
	return rc;
}
