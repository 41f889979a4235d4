/* SPDX-License-Identifier: ISC */
/*
 * Facts: the state of every subject and record as the tables have it, against
 * what the log stated last; and the dates that follow from them. Layer:
 * verbs. Invariant: a date that was edited, or an old page that was put back,
 * no longer has the state that was logged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/case.h"
#include "vault/check_int.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/terms.h"

static void
compare(struct check *c, const struct hrv_id *id, const uint8_t now[32],
    const uint8_t row[32])
{
	const struct fold_thing *t = fold_find(&c->fold, id);
	char text[ID_TEXT_SIZE];

	id_format(id, text);
	if (t == NULL || !t->known)
		check_problem(c, "%s: the log never stated its facts", text);
	else if (memcmp(t->state, now, 32) != 0)
		check_problem(
		    c, "%s: its facts are not those that were logged", text);
	else if (memcmp(t->state, row, 32) != 0)
		check_problem(c,
		    "%s: the state in its row is not the one that was logged",
		    text);
}

static int
check_subjects(struct check *c, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct subject_row row;
	uint8_t state[32];
	size_t n = 0;
	int rc = ids_of(
	    c->v, SQL_CHECK_LIST_SUBJECTS, NULL, ID_SUBJECT, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		c->subjects++;
		rc = subject_load(c->v, &ids[i], &row, err);
		if (rc == HRV_OK)
			rc = state_subject(c->v, &ids[i], state, err);
		if (rc == HRV_OK)
			compare(c, &ids[i], state, row.state);
		rc = check_take(c, rc, "a subject", err);
	}
	free(ids);
	return rc;
}

/* What the table says when this version may be destroyed. */
static int
stored_term(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    char out[HRV_DATE_TEXT], bool *ret_found, struct hrv_err *err)
{
	const char *text;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_TERM_GET, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)n);
	rc = db_step(st, ret_found, err);
	if (rc != HRV_OK || !*ret_found)
		return rc;
	text = db_col_text(st, 2);
	snprintf(out, HRV_DATE_TEXT, "%s", text == NULL ? "" : text);
	db_reset(st);
	return HRV_OK;
}

/* The term of one version, worked out again from its facts. */
static int
check_term(struct check *c, const struct record_row *rec, uint32_t n,
    struct hrv_date today, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], was[HRV_DATE_TEXT] = "";
	char now[HRV_DATE_TEXT] = "";
	struct version_row ver;
	struct hrv_decision d;
	struct facts f = { 0 };
	bool found = false;
	int rc = version_load(c->v, &rec->id, n, &ver, err);

	if (rc != HRV_OK)
		return rc;
	if (ver.header.len == 0)
		goto out;
	rc = facts_load(c->v, rec, &ver, &f, err);
	if (rc == HRV_OK)
		rc = hrv_policy_decide(
		    c->v->schedule, rec->class_name, &f.facts, today, &d, err);
	if (rc == HRV_OK)
		rc = stored_term(c->v, &rec->id, n, was, &found, err);
	if (rc != HRV_OK)
		goto out;
	if (d.purge_from.kind == HRV_BOUND_DATE)
		hrv_date_format(d.purge_from.date, now);
	if (!found || strcmp(was, now) != 0) {
		id_format(&rec->id, id);
		check_problem(c,
		    "%s version %u: the day it may be destroyed from is not "
		    "the one that follows from its facts",
		    id, n);
	}
out:
	facts_clear(&f);
	version_clear(&ver);
	return rc;
}

static int
check_record(struct check *c, const struct hrv_id *id, struct hrv_date today,
    struct hrv_err *err)
{
	struct record_row rec;
	uint8_t state[32];
	int rc = record_load(c->v, id, &rec, err);

	if (rc == HRV_OK)
		rc = state_record(c->v, id, state, err);
	if (rc != HRV_OK)
		return rc;
	compare(c, id, state, rec.state);
	if (c->v->schedule == NULL ||
	    strcmp(rec.class_name, CLASS_IDENTITY) == 0)
		return HRV_OK;
	for (uint32_t n = 1; rc == HRV_OK && n <= rec.version; n++)
		rc = check_term(c, &rec, n, today, err);
	return rc;
}

/* Steps, decisions and copies of every case. */
static int
check_cases(struct check *c, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	uint8_t state[32];
	size_t n = 0;
	int rc = ids_of(c->v, SQL_KASE_LIST, NULL, ID_CASE, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = case_state(c->v, &ids[i], state, err);
		if (rc == HRV_OK)
			compare(c, &ids[i], state, state);
		rc = check_take(c, rc, "a case", err);
	}
	free(ids);
	return rc;
}

int
check_facts(struct check *c, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	struct hrv_date today;
	size_t n = 0;
	int rc = vault_today(c->v, &today, err);

	if (rc == HRV_OK)
		rc = check_subjects(c, err);
	if (rc == HRV_OK)
		rc = check_cases(c, err);
	if (rc == HRV_OK)
		rc = ids_of(c->v, SQL_CHECK_LIST_RECORDS, NULL, ID_RECORD, &ids,
		    &n, err);
	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		c->records++;
		rc = check_record(c, &ids[i], today, err);
		rc = check_take(c, rc, "a record", err);
	}
	free(ids);
	return rc;
}
