/* SPDX-License-Identifier: ISC */
/*
 * The stub of a record: the tombstones of its versions, and the rows that say
 * that there was one. Layer: verbs. Invariant: a stub stays while anything
 * still asks for it: a record whose term counts from the destruction, a case
 * or disclosure that names it, a hold that does.
 */
#include <stdio.h>
#include <string.h>

#include "hrvault/schedule.h"
#include "vault/paper_int.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/version.h"

/* Whether a live record of the person, or of whom the person became, is of a
 * class that counts from the destruction of that one. */
static int
is_waited_for(struct hrv_vault *v, const struct hrv_id *subject,
    const char *class_name, bool *ret, struct hrv_err *err)
{
	struct hrv_id last = *subject;
	struct stmt *st;
	bool more = false;
	int rc = subject_last(v, &last, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_RECORD_COUNT_CLASSES_OF, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, last.b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const struct hrv_class *c =
		    hrv_schedule_class(v->schedule, db_col_text(st, 0));

		/* What the schedule does not know might. */
		*ret |= db_col_int(st, 1) > 0 &&
			(c == NULL || hrv_class_waits_for(c, class_name));
	}
	db_reset(st);
	return rc;
}

/* Whether it says that the person had a record, and nothing else does: who it
 * is goes only when something says so. */
static int
is_last_trace(struct hrv_vault *v, const struct hrv_id *subject, bool *ret,
    struct hrv_err *err)
{
	struct subject_row s;
	struct stmt *st;
	int rc = subject_load(v, subject, &s, err);

	if (rc != HRV_OK || s.gone)
		return rc;
	rc = db_stmt(v->db, SQL_RECORD_GET_LIVE, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	*ret = db_col_int(st, 0) == 0;
	db_reset(st);
	return HRV_OK;
}

/* Whether a record of the person counts from it, or a hold names it. */
static int
is_asked_for(struct hrv_vault *v, const struct paper *p, const char *class_name,
    bool *ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], like[ID_TEXT_SIZE + 2];
	struct stmt *st;
	int rc = HRV_OK;

	*ret = false;
	rc = is_last_trace(v, &p->subject, ret, err);
	if (rc == HRV_OK && hrv_schedule_waits_for(v->schedule, class_name))
		rc = is_waited_for(v, &p->subject, class_name, ret, err);
	if (rc != HRV_OK || *ret)
		return rc;
	id_format(&p->id, id);
	snprintf(like, sizeof(like), "%%%s%%", id);
	rc = db_stmt(v->db, SQL_HOLD_GET_NAMING, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, like);
	rc = db_step_one(st, err);
	if (rc == HRV_OK) {
		*ret = db_col_int(st, 0) != 0;
		db_reset(st);
	}
	return rc;
}

static int
pass_row(const struct paper_walk *w, struct stmt *st, struct hrv_err *err)
{
	struct paper p = { .kind = PAPER_STUB,
		.id.kind = ID_RECORD,
		.subject.kind = ID_SUBJECT };
	char class_name[CLASS_NAME_SIZE];
	bool asked = false;
	int rc = db_col_fixed(st, 0, p.id.b, ID_BYTES, err);

	if (rc == HRV_OK)
		rc = db_col_fixed(st, 1, p.subject.b, ID_BYTES, err);
	if (rc != HRV_OK)
		return rc;
	snprintf(class_name, sizeof(class_name), "%s", db_col_text(st, 2));
	p.leaf = (uint64_t)db_col_int(st, 3);
	snprintf(p.created, sizeof(p.created), "%s", db_col_text(st, 4));
	rc = is_asked_for(w->v, &p, class_name, &asked, err);
	return rc != HRV_OK || asked ? rc : paper_pass(w, &p, 1, err);
}

/* Those of one day. */
static int
list_day(const struct paper_walk *w, const char *day, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc = db_stmt(w->v->db, SQL_TOMBSTONE_LIST_LAST, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, day);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = pass_row(w, st, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

static int
count_day(
    const struct paper_walk *w, const struct paper *probe, struct hrv_err *err)
{
	struct stmt *st;
	size_t n;
	int rc = db_stmt(w->v->db, SQL_TOMBSTONE_COUNT_DAY, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_text(st, 1, probe->created);
	rc = db_step_one(st, err);
	if (rc != HRV_OK)
		return rc;
	n = (size_t)db_col_int(st, 0);
	db_reset(st);
	return paper_pass(w, probe, n, err);
}

/* One day, which decides for all that went on it. */
static int
walk_day(const struct paper_walk *w, const char *day, struct hrv_err *err)
{
	struct paper probe = { .kind = PAPER_STUB };
	bool wanted = false;
	int rc;

	snprintf(probe.created, sizeof(probe.created), "%s", day);
	rc = paper_wanted(w, &probe, &wanted, err);
	if (rc != HRV_OK || !wanted)
		return rc;
	return w->counted ? count_day(w, &probe, err)
			  : list_day(w, probe.created, err);
}

/* One record's, by its last version. */
static int
walk_one(const struct paper_walk *w, struct hrv_err *err)
{
	struct stmt *st;
	bool found = false;
	int rc = db_stmt(w->v->db, SQL_TOMBSTONE_GET_LAST, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, w->id->b, ID_BYTES);
	rc = db_step(st, &found, err);
	if (rc == HRV_OK && found)
		rc = pass_row(w, st, err);
	db_reset(st);
	return rc;
}

static int
each(const struct paper_walk *w, struct hrv_err *err)
{
	struct stmt *st;
	bool more = false;
	int rc;

	if (w->id != NULL)
		return walk_one(w, err);
	rc = db_stmt(w->v->db, SQL_TOMBSTONE_LIST_DAYS, &st, err);
	if (rc != HRV_OK)
		return rc;
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		rc = walk_day(w, db_col_text(st, 0), err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	return rc;
}

/* Destroyed on that day by that run, whose entry lists it. */
static int
check(const struct judge *j, const struct paper *p, const struct leaf *l,
    const json_t *payload, bool *ret, struct hrv_err *err)
{
	const char *day = json_str(payload, "day");
	int rc = paper_listed(j->v, p, ret, err);

	*ret = rc == HRV_OK && *ret &&
	       strcmp(l->op->name, "purge.commit") == 0 && day != NULL &&
	       strcmp(day, p->created) == 0;
	return rc;
}

static int
protect(struct hrv_vault *v, const struct protect *holds, const struct paper *p,
    struct protect_why *why, struct hrv_err *err)
{
	return paper_person(v, holds, &p->subject, why, err);
}

const struct paper_ops paper_stub = {
	.class_name = "vault.tombstone",
	.each = each,
	.check = check,
	.protect = protect,
	.deks = -1,
};
