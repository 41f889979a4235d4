/* SPDX-License-Identifier: ISC */
/*
 * Which way a term moved, see terms_move.h. Layer: verbs. Invariant: a date is
 * earlier than the last one that was known, however long none was: between the
 * two anything may have been entered without a date to move.
 */
#include "vault/terms_move.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/buf.h"
#include "vault/crypto/crypt.h"
#include "vault/protect.h"
#include "vault/store/db.h"

static void
copy_day(char out[HRV_DATE_TEXT], const char *text)
{
	snprintf(out, HRV_DATE_TEXT, "%s", text == NULL ? "" : text);
}

static bool
is_day(const char *text)
{
	return text[0] >= '0' && text[0] <= '9';
}

int
term_old(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    struct term_old *ret, struct hrv_err *err)
{
	struct stmt *st;
	bool found = false;
	int rc = db_stmt(v->db, SQL_TERM_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)n);
	rc = db_step(st, &found, err);
	found = rc == HRV_OK && found;
	copy_day(ret->keep, found ? db_col_text(st, 0) : "");
	copy_day(ret->was, found ? db_col_text(st, 2) : "-");
	copy_day(ret->known, found ? db_col_text(st, 7) : "");
	db_reset(st);
	if (is_day(ret->was))
		copy_day(ret->known, ret->was);
	return rc;
}

static int
is_ordered(struct hrv_vault *v, const struct record_row *rec, uint32_t n,
    bool *ret, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_KASE_COUNT_ORDERED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, rec->id.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)n);
	rc = db_step_one(st, err);
	*ret = rc == HRV_OK && db_col_int(st, 0) > 0;
	if (rc == HRV_OK)
		db_reset(st);
	return rc;
}

/* The first day after the keeping: "" while that has no end. */
static void
after_keep(const char *keep, char out[HRV_DATE_TEXT])
{
	static const struct hrv_duration one = { .days = 1 };
	struct hrv_date d;

	copy_day(out, keep[0] == '\0' ? TERMS_AT_ONCE : "");
	if (is_day(keep) && hrv_date_parse(keep, &d) &&
	    hrv_date_add(d, one, &d))
		hrv_date_format(d, out);
}

/* From which day on one that moved could be destroyed. */
static int
count_first(struct hrv_vault *v, const struct record_row *rec,
    struct terms_moved *m, const char *now, struct hrv_err *err)
{
	struct protect_why why = { .hold = false };
	int rc = HRV_OK;

	if (m->protect != NULL)
		rc = protect_record(v, m->protect, rec, &why, err);
	if (rc == HRV_OK && protect_any(&why))
		m->kept++;
	else if (rc == HRV_OK && (m->first_destruction[0] == '\0' ||
				     strcmp(now, m->first_destruction) < 0))
		memcpy(m->first_destruction, now, HRV_DATE_TEXT);
	return rc;
}

/* What an approval is for: each version with both of its dates. */
static int
note(struct terms_moved *m, const struct record_row *rec, uint32_t n,
    const char *was, const char *now, struct hrv_err *err)
{
	struct buf b = BUF_INIT;
	char id[ID_TEXT_SIZE];
	int rc;

	id_format(&rec->id, id);
	buf_add(&b, m->digest, sizeof(m->digest));
	buf_addf(&b, "%s %u %s %s\n", id, (unsigned)n, was, now);
	rc = buf_ok(&b, err);
	if (rc == HRV_OK)
		crypt_sha256(b.data, b.len, m->digest);
	buf_clear(&b);
	if (now[0] != '\0' &&
	    (m->soonest[0] == '\0' || strcmp(now, m->soonest) < 0))
		copy_day(m->soonest, now);
	if (m->about != NULL && !id_equal(m->about, &rec->id) &&
	    !(is_statement(rec) && id_equal(m->about, &rec->statement_on)))
		m->others = true;
	return rc;
}

static bool
has_waited(const struct hrv_decision *d)
{
	for (size_t i = 0; i < d->fact_count; i++) {
		if (d->fact[i].decisive &&
		    strncmp(d->fact[i].event, "class.", 6) == 0)
			return true;
	}
	return false;
}

int
term_moved(struct hrv_vault *v, const struct record_row *rec, uint32_t n,
    const struct term_old *old, const struct hrv_decision *d,
    struct terms_moved *m, struct hrv_err *err)
{
	char was[HRV_DATE_TEXT], now[HRV_DATE_TEXT] = "", keep[HRV_DATE_TEXT];
	const char *known = old->known;
	bool ordered = false;
	int rc = is_ordered(v, rec, n, &ordered, err);

	m->total++;
	if (rc != HRV_OK || strcmp(old->was, "-") == 0)
		return rc;
	copy_day(was, old->was);
	if (d->purge_from.kind == HRV_BOUND_DATE)
		hrv_date_format(d->purge_from.date, now);
	if (ordered) {
		hrv_bound_text(d->keep_until, keep);
		if (d->keep_until.kind == HRV_BOUND_NONE)
			keep[0] = '\0';
		after_keep(keep, now);
		after_keep(old->keep, was);
		known = is_day(was) ? was : known;
	}
	if (strcmp(was, now) == 0)
		return HRV_OK;
	if (now[0] == '\0')
		m->pending++;
	else if (strcmp(now, known) < 0)
		m->earlier++;
	else if (was[0] == '\0')
		m->dated++;
	else
		m->later++;
	if (was[0] == '\0' && has_waited(d))
		m->waited++;
	rc = note(m, rec, n, was, now, err);
	if (rc != HRV_OK || d->at_expiry == HRV_EXPIRY_PERMANENT ||
	    now[0] == '\0')
		return rc;
	if (strcmp(now, TERMS_AT_ONCE) == 0)
		rc = vault_today_text(v, now, err);
	return rc == HRV_OK ? count_first(v, rec, m, now, err) : rc;
}
