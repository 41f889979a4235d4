/* SPDX-License-Identifier: ISC */
/*
 * The file of a case: copies that were derived for it and words that people
 * typed. Layer: verbs. Invariant: it ends only after the case was closed by an
 * entry of the log and freezes nothing any more; what was decided stays.
 */
#include <stdio.h>
#include <string.h>

#include "vault/paper_int.h"
#include "vault/store/db.h"

static int
pass_row(const struct paper_walk *w, struct stmt *st, struct hrv_err *err)
{
	struct paper p = { .kind = PAPER_CASE,
		.id.kind = ID_CASE,
		.subject.kind = ID_SUBJECT };
	const char *received = db_col_text(st, 2), *closed = db_col_text(st, 4);
	int rc = db_col_fixed(st, 0, p.id.b, ID_BYTES, err);

	if (rc == HRV_OK)
		rc = db_col_fixed(st, 1, p.subject.b, ID_BYTES, err);
	snprintf(p.created, sizeof(p.created), "%s",
	    received == NULL ? "" : received);
	snprintf(
	    p.closed, sizeof(p.closed), "%s", closed == NULL ? "" : closed);
	p.leaf = (uint64_t)db_col_int(st, 3);
	if (rc != HRV_OK || (w->id != NULL && !id_equal(w->id, &p.id)))
		return rc;
	return paper_pass(w, &p, 1, err);
}

static int
each(const struct paper_walk *w, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(w->v->db, SQL_KASE_LIST_FILES, &st, err);

	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = pass_row(w, st, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* Closed by that entry, on that day. */
static int
check(const struct judge *j, const struct paper *p, const struct leaf *l,
    const json_t *payload, bool *ret, struct hrv_err *err)
{
	const char *event = json_str(payload, "event");
	const char *day = json_str(payload, "day");
	char text[ID_TEXT_SIZE];

	(void)j;
	(void)err;
	id_format(&p->id, text);
	*ret = strncmp(l->op->name, "case.", 5) == 0 &&
	       strcmp(l->kase, text) == 0 && event != NULL &&
	       strcmp(event, "closed") == 0 && day != NULL &&
	       strcmp(day, p->closed) == 0;
	return HRV_OK;
}

/* The freeze of the case itself counts as well. */
static int
protect(struct hrv_vault *v, const struct protect *holds, const struct paper *p,
    struct protect_why *why, struct hrv_err *err)
{
	return paper_person(v, holds, &p->subject, why, err);
}

const struct paper_ops paper_case = {
	.class_name = "vault.case",
	.each = each,
	.check = check,
	.protect = protect,
	.deks = SQL_KASE_LIST_DEKS_OF,
};
