/* SPDX-License-Identifier: ISC */
/*
 * The sign-off of legal for a record of a case. Layer: verbs. Invariant: it
 * opens nothing and decides nothing; it lets others decide.
 */
#include "hrvault/case.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/case.h"
#include "vault/case_gate.h"
#include "vault/custody/roles.h"
#include "vault/version.h"

#define OP "case.signoff"

/* "signoff" beside what the item has already. */
static int
sign_item(struct hrv_vault *v, const struct kase *k,
    const struct case_item *item, struct hrv_err *err)
{
	char gate[2 * CASE_GATE_SIZE];

	if (strstr(item->gate, "signoff") != NULL)
		return HRV_OK;
	(void)snprintf(gate, sizeof(gate), "%s%ssignoff", item->gate,
	    item->gate[0] == '\0' ? "" : ",");
	return case_gate_set(v, k, item, gate, err);
}

static int
sign(struct hrv_vault *v, const struct kase *k, const struct hrv_id *record,
    const char *reason, struct hrv_err *err)
{
	const struct case_item *item = NULL;
	struct case_step s = { .op = OP, .text = reason, .record = record };
	json_t *p = json_pack("{s:s}", "gate", "signoff");
	int rc = p == NULL ? hrv_fail(err, HRV_ENOMEM, "out of memory")
			   : txn_begin(v, err);

	s.payload = p;
	if (rc == HRV_OK)
		rc = case_unchanged(v, k, err);
	while (
	    rc == HRV_OK && (item = case_next_item(k, record, 0, item)) != NULL)
		rc = sign_item(v, k, item, err);
	if (rc == HRV_OK)
		rc = case_step_write(v, k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	json_decref(p);
	return rc;
}

static int
check(const struct kase *k, const struct hrv_id *record, const char *reason,
    struct hrv_err *err)
{
	if (case_next_item(k, record, 0, NULL) == NULL) {
		hrv_fail(err, HRV_ENOTFOUND,
		    "the case has no such record that could be signed off");
		return hrv_hint(err, "'hrvault case show' lists its records");
	}
	return text_check_field(TEXT_REASON, reason, strlen(reason), err);
}

int
hrv_case_signoff(struct hrv_vault *v, const char *which, const char *record,
    const char *reason, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct kase k = { .law = NULL };
	char id[ID_TEXT_SIZE], rec[ID_TEXT_SIZE];
	struct hrv_id r;
	json_t *o = NULL;
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = case_load(v, which, &k, err);
	if (rc == HRV_OK)
		rc = lookup_record(v, record, &r, err);
	if (rc == HRV_OK)
		rc = case_must_be_active(v, &k, OP, err);
	if (rc == HRV_OK)
		rc = check(&k, &r, reason, err);
	if (rc == HRV_OK)
		rc = sign(v, &k, &r, reason, err);
	if (rc == HRV_OK) {
		id_format(&k.id, id);
		id_format(&r, rec);
		o = json_pack("{s:s,s:s,s:s}", "id", id, "record", rec, "gate",
		    "signoff");
		if (o == NULL)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)o;
	case_clear(&k);
	return rc;
}
