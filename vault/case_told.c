/* SPDX-License-Identifier: ISC */
/*
 * Who else had what a case is about, and that they were told (Art. 19). Layer:
 * verbs.
 */
#include "hrvault/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vault/case.h"
#include "vault/recipient.h"
#include "vault/store/db.h"
#include "vault/version.h"

/* What is corrected, erased or restricted has been with these. A correction is
 * a version that came since the request. */
int
case_recipients(struct hrv_vault *v, const struct kase *k, struct hrv_id **ret,
    size_t *ret_n, struct hrv_err *err)
{
	bool corrected = strcmp(k->claim, "rectification") == 0;
	const char *word = case_outcome_word(k);
	/* What was asked for and not done is nothing to tell anybody. */
	bool nothing = !corrected && !case_erases(k) &&
		       (case_refusal_stands(k) ||
			   (word != NULL && strcmp(word, "rejected") == 0));
	struct hrv_id *list = NULL, *p;
	struct stmt *st;
	bool more = false;
	size_t n = 0;
	int rc;

	*ret = NULL;
	*ret_n = 0;
	if (case_has_package(k) || nothing)
		return HRV_OK;
	rc = db_stmt(v->db, SQL_RIGHTS_LIST_RECIPIENTS_TO_TELL, &st, err);
	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->subject.b, ID_BYTES);
	(void)db_bind_text(st, 2, corrected ? k->received : "");
	if (case_erases(k))
		(void)db_bind_blob(st, 3, k->id.b, ID_BYTES);
	else
		(void)db_bind_null(st, 3);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		p = realloc(list, (n + 1) * sizeof(*list));
		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		list = p;
		list[n].kind = ID_RECIPIENT;
		rc = db_col_fixed(st, 0, list[n++].b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	if (rc != HRV_OK) {
		free(list);
		return rc;
	}
	*ret = list;
	*ret_n = n;
	return HRV_OK;
}

static int
check_recipient(struct hrv_vault *v, const struct kase *k,
    const struct hrv_id *id, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	size_t n = 0;
	bool had = false;
	int rc = case_recipients(v, k, &ids, &n, err);

	for (size_t i = 0; i < n; i++)
		had = had || id_equal(&ids[i], id);
	free(ids);
	if (rc == HRV_OK && !had)
		rc = case_refused(v, k, "case.event",
		    "is about nothing that this recipient was given", "outcome",
		    err);
	for (size_t i = 0; rc == HRV_OK && i < k->n_told; i++) {
		if (id_equal(&k->told[i].recipient, id))
			rc = case_refused(v, k, "case.event",
			    "says already that this recipient was told",
			    "outcome", err);
	}
	return rc;
}

static int
store(struct hrv_vault *v, const struct kase *k, const struct hrv_id *id,
    const char *day, struct hrv_err *err)
{
	struct case_step s = {
		.op = "case.event", .event = "recipient.told", .day = day
	};
	char text[ID_TEXT_SIZE];
	struct stmt *st;
	int rc = txn_begin(v, err);

	id_format(id, text);
	s.payload = json_pack("{s:s}", "recipient", text);
	if (rc == HRV_OK && s.payload == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = case_unchanged(v, k, err);
	if (rc == HRV_OK)
		rc = db_stmt(v->db, SQL_KASE_ADD_TOLD, &st, err);
	if (rc == HRV_OK) {
		(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
		(void)db_bind_blob(st, 2, id->b, ID_BYTES);
		(void)db_bind_text(st, 3, day);
		(void)db_bind_int(st, 4, (int64_t)v->frontier.size);
		rc = db_run(st, err);
	}
	if (rc == HRV_OK)
		rc = case_step_write(v, k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(s.payload);
	return rc;
}

int
hrv_case_told(struct hrv_vault *v, const char *which, const char *recipient,
    const char *on, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry e = ENTRY("case.event");
	struct kase k = { .law = NULL };
	char day[HRV_DATE_TEXT];
	struct hrv_id id;
	int rc = role_may(v->role, e.op, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = case_load(v, which, &k, err);
	if (rc == HRV_OK)
		rc = lookup_recipient(v, recipient, &id, err);
	if (rc == HRV_OK)
		rc = case_day(v, &k, on, day, err);
	if (rc == HRV_OK)
		rc = check_recipient(v, &k, &id, err);
	if (rc == HRV_OK)
		rc = store(v, &k, &id, day, err);
	if (rc == HRV_OK)
		rc = hrv_case_outcome(v, which, ret_doc, err);
	case_clear(&k);
	return rc;
}

int
case_load_told(struct hrv_vault *v, struct kase *k, struct hrv_err *err)
{
	struct case_told *list = NULL, *p;
	struct stmt *st;
	bool more = false;
	size_t n = 0;
	int rc = db_stmt(v->db, SQL_KASE_LIST_TOLD, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	while ((rc = db_step(st, &more, err)) == HRV_OK && more) {
		const char *day = db_col_text(st, 1);

		p = realloc(list, (n + 1) * sizeof(*list));
		if (p == NULL) {
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
			break;
		}
		list = p;
		list[n] =
		    (struct case_told){ .recipient = { .kind = ID_RECIPIENT } };
		snprintf(list[n].day, sizeof(list[n].day), "%s",
		    day == NULL ? "" : day);
		rc = db_col_fixed(st, 0, list[n++].recipient.b, ID_BYTES, err);
		if (rc != HRV_OK)
			break;
	}
	db_reset(st);
	k->told = list;
	k->n_told = n;
	return rc;
}
