/* SPDX-License-Identifier: ISC */
/*
 * Reading what people confirmed and were told. Layer: verbs.
 */
#include <stdio.h>

#include "vault/attest.h"
#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static void
copy(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text == NULL ? "" : text);
}

int
attest_load(struct hrv_vault *v, const struct hrv_id *subject,
    struct attest *ret, struct hrv_err *err)
{
	struct attest a = { .confirmed = "" };
	struct stmt *st;
	bool found = false;
	int rc = db_stmt(v->db, SQL_ATTEST_GET_CONFIRMED, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	rc = db_step(st, &found, err);
	if (rc == HRV_OK && found)
		copy(a.confirmed, sizeof(a.confirmed), db_col_text(st, 0));
	db_reset(st);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_ATTEST_GET_NOTICE, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	rc = db_step(st, &found, err);
	if (rc == HRV_OK && found) {
		copy(a.notice, sizeof(a.notice), db_col_text(st, 0));
		copy(a.told, sizeof(a.told), db_col_text(st, 1));
	}
	db_reset(st);
	if (rc == HRV_OK)
		*ret = a;
	return rc;
}

int
attest_put(json_t *doc, const struct attest *a, struct hrv_err *err)
{
	json_t *notice;

	if (a->confirmed[0] != '\0' &&
	    json_set_str(doc, "confirmed", a->confirmed))
		return no_memory(err);
	if (a->notice[0] == '\0')
		return HRV_OK;
	notice = json_pack("{s:s,s:s}", "version", a->notice, "date", a->told);
	return notice == NULL || json_object_set_new(doc, "notice", notice)
		   ? no_memory(err)
		   : HRV_OK;
}

int
attest_history(struct hrv_vault *v, const struct hrv_id *subject, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st = NULL;
	bool more = false;
	int rc = list == NULL ? no_memory(err)
			      : db_stmt(v->db, SQL_ATTEST_LIST_OF, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *one = json_pack("[s,s,s]", db_col_text(st, 0),
		    db_col_text(st, 1), db_col_text(st, 2));

		if (one == NULL || json_array_append_new(list, one))
			rc = no_memory(err);
	}
	if (st != NULL)
		db_reset(st);
	if (rc != HRV_OK) {
		json_decref(list);
		return rc;
	}
	*ret = list;
	return HRV_OK;
}
