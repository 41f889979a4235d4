/* SPDX-License-Identifier: ISC */
/*
 * Storing a new subject. Layer: verbs. Invariant: whoever comes in here by
 * whatever way (typed, resume, import) passed the same checks, the minimum age
 * among them.
 */
#include "vault/subject_store.h"

#include <string.h>

#include "hrvault/policy.h"
#include "vault/identity.h"
#include "vault/index.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/terms.h"

#define AGE_MAX 130

static const uint8_t no_state[32];

static int
under_age(const struct hrv_schedule *s, struct hrv_err *err)
{
	hrv_fail_as(err, HRV_EREFUSED, "under-age",
	    "nobody under %d is taken in here; nothing was stored",
	    (int)s->minimum_age);
	return hrv_hint(err,
	    "delete the application where it came from; the age is set by the "
	    "schedule (minimum_age)");
}

static int
check_born(struct hrv_vault *v, const char *text, struct hrv_err *err)
{
	struct hrv_date today, born, oldest;
	int rc = vault_today(v, &today, err);

	if (rc != HRV_OK || text == NULL)
		return rc;
	if (!hrv_date_parse(text, &born))
		return hrv_fail(err, HRV_EUSAGE,
		    "the birth date is not a date (YYYY-MM-DD)");
	if (hrv_date_cmp(born, today) > 0)
		return hrv_fail(
		    err, HRV_EUSAGE, "the birth date is in the future");
	if (hrv_date_add_months(today, -12 * AGE_MAX, &oldest) &&
	    hrv_date_cmp(born, oldest) < 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "the birth date is more than %d years ago", AGE_MAX);
	if (!hrv_schedule_old_enough(v->schedule, born, today))
		return under_age(v->schedule, err);
	return HRV_OK;
}

int
subject_check(struct hrv_vault *v, const char *kind, const json_t *identity,
    struct hrv_err *err)
{
	int rc;

	if (v->schedule == NULL)
		return hrv_fail(err, HRV_EFAILED, "no schedule is in force");
	if (kind == NULL || (strcmp(kind, KIND_CANDIDATE) != 0 &&
				strcmp(kind, KIND_EMPLOYEE) != 0))
		return hrv_fail(
		    err, HRV_EUSAGE, "a subject is a candidate or an employee");
	rc = identity_check(identity, err);
	if (rc == HRV_OK)
		rc = check_born(v, json_str(identity, "born"), err);
	return rc;
}

static int
add_subject_row(
    struct hrv_vault *v, const struct subject_new *n, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_SUBJECT_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, n->id.b, ID_BYTES);
	(void)db_bind_text(st, 2, n->kind);
	(void)db_bind_blob(st, 3, n->record.b, ID_BYTES);
	(void)db_bind_int(st, 4, 0);
	(void)db_bind_blob(st, 5, no_state, sizeof(no_state));
	return db_run(st, err);
}

/* The identity document's record. It has no birth date of its own: no rule
 * decides when it ends. */
static int
add_record_row(
    struct hrv_vault *v, const struct subject_new *n, struct hrv_err *err)
{
	char day[HRV_DATE_TEXT];
	struct stmt *st;
	int rc = vault_today_text(v, day, err);

	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_RECORD_ADD, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, n->record.b, ID_BYTES);
	(void)db_bind_blob(st, 2, n->id.b, ID_BYTES);
	(void)db_bind_text(st, 3, CLASS_IDENTITY);
	(void)db_bind_text(st, 4, COMP_IDENTITY);
	(void)db_bind_text(st, 5, day);
	(void)db_bind_text(st, 6, day);
	(void)db_bind_null(st, 7);
	(void)db_bind_null(st, 8);
	(void)db_bind_text(st, 9, "subject");
	(void)db_bind_int(st, 10, 0);
	(void)db_bind_blob(st, 11, no_state, sizeof(no_state));
	return db_run(st, err);
}

int
subject_store(struct hrv_vault *v, struct subject_new *n, struct hrv_err *err)
{
	int rc = subject_check(v, n->kind, n->identity, err);

	vault_new_id(ID_RECORD, &n->record);
	if (rc == HRV_OK)
		rc = add_subject_row(v, n, err);
	if (rc == HRV_OK)
		rc = add_record_row(v, n, err);
	if (rc == HRV_OK)
		rc = identity_seal(v, &n->id, &n->record, 1, n->identity, err);
	if (rc == HRV_OK)
		rc = index_add(v, &n->id, n->identity, err);
	for (size_t i = 0; rc == HRV_OK && i < n->n_events; i++)
		rc = event_add(v, &n->id, &n->events[i], NULL, err);
	if (rc == HRV_OK)
		rc = state_subject(v, &n->id, n->state, err);
	if (rc == HRV_OK)
		rc = state_record(v, &n->record, n->record_state, err);
	return rc;
}

int
subject_manifest(
    const struct subject_new *n, struct manifest *m, struct hrv_err *err)
{
	int rc = manifest_add(m, &n->id, n->state, err);

	if (rc == HRV_OK)
		rc = manifest_add(m, &n->record, n->record_state, err);
	return rc;
}

int
subject_logged(struct hrv_vault *v, const struct subject_new *n, uint64_t leaf,
    struct hrv_err *err)
{
	int rc = state_set_subject(v, &n->id, leaf, n->state, err);

	if (rc == HRV_OK)
		rc =
		    state_set_record(v, &n->record, leaf, n->record_state, err);
	return rc;
}
