/* SPDX-License-Identifier: ISC */
/*
 * Rows of a destruction. Layer: verbs.
 */
#include "vault/destroy_rows.h"

#include "vault/index.h"
#include "vault/store/db.h"
#include "vault/terms.h"

/* Runs a statement whose one parameter is an id. */
int
rows_run_for(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	return db_run(st, err);
}

static int
set_text(struct hrv_vault *v, enum sql_id sql, const struct hrv_id *id,
    const char *text, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, text);
	return db_run(st, err);
}

int
rows_destroy_version(struct hrv_vault *v, const struct hrv_id *run,
    const char *day, const struct candidate *c, struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_TOMBSTONE_ADD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, c->record.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)c->n);
	(void)db_bind_blob(st, 3, c->subject.b, ID_BYTES);
	(void)db_bind_text(st, 4, c->class_name);
	(void)db_bind_text(st, 5, c->compartment);
	(void)db_bind_blob(st, 6, run->b, ID_BYTES);
	(void)db_bind_text(st, 7, day);
	(void)db_bind_text(st, 8, c->rule);
	rc = db_run(st, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_VERSION_DEL_BODY, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, c->record.b, ID_BYTES);
	(void)db_bind_int(st, 2, (int64_t)c->n);
	rc = db_run(st, err);
	return rc != HRV_OK ? rc : terms_remove(v, &c->record, c->n, err);
}

int
rows_finish_record(struct hrv_vault *v, const struct hrv_id *record,
    bool *ret_gone, struct hrv_err *err)
{
	struct stmt *st;
	bool live = false;
	int rc = db_stmt(v->db, SQL_VERSION_LIST_OF, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, record->b, ID_BYTES);
	rc = db_step(st, &live, err);
	db_reset(st);
	*ret_gone = !live;
	if (rc != HRV_OK || live)
		return rc;
	rc = set_text(v, SQL_RECORD_SET_STATUS, record, "purged", err);
	if (rc == HRV_OK)
		rc = rows_run_for(v, SQL_RECORD_DEL_BORN, record, err);
	if (rc == HRV_OK)
		rc = rows_run_for(v, SQL_EVENT_DEL_OF, record, err);
	if (rc == HRV_OK)
		rc = rows_run_for(v, SQL_LINK_DEL_OF, record, err);
	if (rc == HRV_OK)
		rc = rows_run_for(v, SQL_DETAIL_DEL_OF, record, err);
	if (rc == HRV_OK)
		rc = rows_run_for(v, SQL_REVIEW_DEL, record, err);
	return rc;
}

int
rows_finish_subject(
    struct hrv_vault *v, const struct hrv_id *subject, struct hrv_err *err)
{
	int rc = set_text(v, SQL_SUBJECT_SET_STATUS, subject, "gone", err);

	if (rc == HRV_OK)
		rc = index_remove(v, subject, err);
	if (rc == HRV_OK)
		rc = rows_run_for(v, SQL_EVENT_DEL_OF, subject, err);
	if (rc == HRV_OK)
		rc = rows_run_for(v, SQL_DETAIL_DEL_OF, subject, err);
	if (rc == HRV_OK)
		rc = rows_run_for(v, SQL_REVIEW_DEL, subject, err);
	return rc;
}
