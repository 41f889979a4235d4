/* SPDX-License-Identifier: ISC */
/*
 * Whom a record was disclosed to. Layer: verbs. The list of a record ends as
 * one, counted from the last disclosure: part of an answer would be worse than
 * none. Invariant: it counts from an entry of the log that is as old as the row
 * says.
 */
#include <stdio.h>
#include <string.h>

#include "vault/paper_int.h"
#include "vault/store/db.h"
#include "vault/terms.h"

static int
pass_row(const struct paper_walk *w, struct stmt *st, struct hrv_err *err)
{
	struct paper p = { .kind = PAPER_DISCLOSURE,
		.id.kind = ID_RECORD,
		.subject.kind = ID_SUBJECT };
	const char *day = db_col_text(st, 3);
	int rc = db_col_fixed(st, 0, p.id.b, ID_BYTES, err);

	if (rc == HRV_OK)
		rc = db_col_fixed(st, 1, p.subject.b, ID_BYTES, err);
	p.leaf = (uint64_t)db_col_int(st, 2);
	snprintf(p.created, sizeof(p.created), "%s", day == NULL ? "" : day);
	return rc == HRV_OK ? paper_pass(w, &p, 1, err) : rc;
}

static int
each(const struct paper_walk *w, struct hrv_err *err)
{
	enum sql_id sql = w->id == NULL ? SQL_RIGHTS_LIST_LAST_DISCLOSURES
					: SQL_RIGHTS_GET_LAST_DISCLOSURE;
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(w->v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	if (w->id != NULL)
		(void)db_bind_blob(st, 1, w->id->b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = pass_row(w, st, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* The row has the day on which the command began where the vault was then, the
 * entry the moment at which it was done: a midnight may lie between, and a
 * schedule of another time zone since. */
static int
same_day(const struct judge *j, const struct paper *p, const struct leaf *l,
    bool *ret, struct hrv_err *err)
{
	struct hrv_duration one = { .days = 1 };
	struct hrv_date row, entry, after_row, after_entry;
	int rc = vault_local_date(j->v, l->time / 1000000, &entry, err);

	*ret = rc == HRV_OK && hrv_date_parse(p->created, &row) &&
	       hrv_date_add(row, one, &after_row) &&
	       hrv_date_add(entry, one, &after_entry) &&
	       hrv_date_cmp(row, after_entry) <= 0 &&
	       hrv_date_cmp(entry, after_row) <= 0;
	return rc;
}

/* Done by that entry, of the record alone or of many at once. */
static int
check(const struct judge *j, const struct paper *p, const struct leaf *l,
    const json_t *payload, bool *ret, struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	bool named;
	int rc = HRV_OK;

	(void)payload;
	id_format(&p->id, text);
	named = strcmp(l->record, text) == 0;
	if (!named)
		rc = paper_listed(j->v, p, &named, err);
	if (rc != HRV_OK || !named || strcmp(l->op->name, "disclose") != 0) {
		*ret = false;
		return rc;
	}
	return same_day(j, p, l, ret, err);
}

static int
protect(struct hrv_vault *v, const struct protect *holds, const struct paper *p,
    struct protect_why *why, struct hrv_err *err)
{
	struct protect_why one = { 0 };
	int rc = paper_person(v, holds, &p->subject, why, err);

	/* Somebody linked to the record may be asking whom it went to. */
	if (rc == HRV_OK)
		rc = protect_listed(v, holds, &p->id, &one, err);
	if (rc == HRV_OK)
		paper_join(why, &one);
	return rc;
}

const struct paper_ops paper_disclosure = {
	.class_name = "vault.disclosure",
	.each = each,
	.check = check,
	.protect = protect,
	.deks = -1,
};
