/* SPDX-License-Identifier: ISC */
/*
 * Reading the ledger of consents. Layer: verbs.
 */
#include <stdio.h>
#include <string.h>

#include "vault/consent.h"
#include "vault/store/db.h"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
consents_of(struct hrv_vault *v, const struct hrv_id *subject, json_t **ret,
    struct hrv_err *err)
{
	json_t *list = json_array();
	struct stmt *st = NULL;
	bool more = false;
	int rc = list == NULL
		     ? no_memory(err)
		     : db_stmt(v->db, SQL_RIGHTS_LIST_CONSENTS, &st, err);

	if (rc == HRV_OK)
		(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	while (
	    rc == HRV_OK && (rc = db_step(st, &more, err)) == HRV_OK && more) {
		json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:I}", "purpose",
		    db_col_text(st, 0), "act", db_col_text(st, 1),
		    "text_version", db_col_text(st, 2), "date",
		    db_col_text(st, 3), "entry", (json_int_t)db_col_int(st, 4));

		if (o == NULL || json_array_append_new(list, o))
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

int
consent_live(struct hrv_vault *v, const struct hrv_id *subject,
    const char *purpose, bool *ret, char *ret_version, struct hrv_err *err)
{
	const char *act, *text;
	bool found = false;
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_RIGHTS_GET_CONSENT, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, subject->b, ID_BYTES);
	(void)db_bind_text(st, 2, purpose);
	rc = db_step(st, &found, err);
	act = rc == HRV_OK && found ? db_col_text(st, 0) : NULL;
	text = act == NULL ? NULL : db_col_text(st, 1);
	if (rc == HRV_OK) {
		*ret = act != NULL && strcmp(act, "given") == 0;
		if (ret_version != NULL)
			snprintf(
			    ret_version, 33, "%s", text == NULL ? "" : text);
	}
	db_reset(st);
	return rc;
}
