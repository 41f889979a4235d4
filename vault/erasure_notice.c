/* SPDX-License-Identifier: ISC */
/*
 * The notice of an ordered erasure, see erasure_notice.h. Layer: verbs.
 * Invariant: writing to a record does not put its erasure off, and a date that
 * somebody mistyped yesterday destroys nothing today.
 */
#include "vault/erasure_notice.h"

#include <string.h>

#include "vault/log/append.h"
#include "vault/log/leaf.h"
#include "vault/store/db.h"
#include "vault/terms.h"

/* The later of *t and the time of an entry. */
static int
later(struct hrv_vault *v, uint64_t index, int64_t *t, struct hrv_err *err)
{
	struct buf text = BUF_INIT;
	struct leaf l = LEAF_INIT;
	int rc = log_read(v->db, index, &text, NULL, err);

	if (rc == HRV_OK)
		rc = leaf_parse(text.data, text.len, &l, err);
	if (rc == HRV_OK && l.time > *t)
		*t = l.time;
	buf_clear(&text);
	return rc;
}

/* The entry of an event, where it is one that somebody entered. */
static int
entered(struct hrv_vault *v, const struct hrv_id *owner,
    const struct hrv_used_fact *f, int64_t *t, struct hrv_err *err)
{
	char day[HRV_DATE_TEXT];
	struct stmt *st;
	uint64_t leaf = 0;
	bool found = false;
	int rc = db_stmt(v->db, SQL_EVENT_GET_ENTRY, &st, err);

	if (rc != HRV_OK)
		return rc;
	hrv_date_format(f->date, day);
	(void)db_bind_blob(st, 1, owner->b, ID_BYTES);
	(void)db_bind_text(st, 2, f->event);
	(void)db_bind_text(st, 3, day);
	rc = db_step_one(st, err);
	found = rc == HRV_OK && !db_col_null(st, 0);
	if (found)
		leaf = (uint64_t)db_col_int(st, 0);
	db_reset(st);
	return rc == HRV_OK && found ? later(v, leaf, t, err) : rc;
}

/* A birth date is part of what the record and the person are stated with; any
 * entry may be the one that has it. */
static int
born(struct hrv_vault *v, const struct record_row *rec, int64_t *t,
    struct hrv_err *err)
{
	struct subject_row s;
	struct record_row on = { .state_leaf = 0 };
	int rc = later(v, rec->state_leaf, t, err);

	if (rc == HRV_OK && is_statement(rec))
		rc = record_load(v, &rec->statement_on, &on, err);
	if (rc == HRV_OK && is_statement(rec))
		rc = later(v, on.state_leaf, t, err);
	if (rc == HRV_OK)
		rc = subject_load(v, &rec->subject, &s, err);
	return rc == HRV_OK ? later(v, s.state_leaf, t, err) : rc;
}

/* A fact that nobody enters: it has the day on which it came about. */
static bool
comes_about(const struct hrv_used_fact *f)
{
	return strncmp(f->event, "class.", 6) == 0 ||
	       strcmp(f->event, "record.superseded") == 0;
}

int
erasure_notice(struct hrv_vault *v, const struct record_row *rec,
    const struct hrv_decision *d, int64_t since, struct hrv_date *ret,
    struct hrv_err *err)
{
	const struct hrv_id *own =
	    is_statement(rec) ? &rec->statement_on : &rec->id;
	struct hrv_date about = { 0 };
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < d->fact_count; i++) {
		const struct hrv_used_fact *f = &d->fact[i];

		if (!f->decisive || d->keep_until.kind == HRV_BOUND_NONE)
			continue;
		if (f->age > 0) {
			rc = born(v, rec, &since, err);
			continue;
		}
		if (comes_about(f) && hrv_date_cmp(f->date, about) > 0)
			about = f->date;
		rc = entered(v, own, f, &since, err);
		if (rc == HRV_OK)
			rc = entered(v, &rec->subject, f, &since, err);
	}
	if (rc == HRV_OK)
		rc = vault_local_date(v, since / 1000000, ret, err);
	if (rc == HRV_OK && hrv_date_cmp(about, *ret) > 0)
		*ret = about;
	if (rc == HRV_OK && !hrv_date_add(*ret, v->schedule->purge.notice, ret))
		rc = hrv_fail(err, HRV_EFAILED, "a date is out of range");
	return rc;
}
