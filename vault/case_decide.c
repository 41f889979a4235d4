/* SPDX-License-Identifier: ISC */
/*
 * Deciding what becomes of a record of a case. Layer: verbs. Invariants: a
 * record is withheld only on a ground of the law the case was opened under; one
 * behind a gate is disclosed only when somebody says who opened the gate.
 */
#include "hrvault/case.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/case.h"
#include "vault/store/db.h"
#include "vault/unseal.h"
#include "vault/version.h"

/* Codes of the law for a hint: "S2P3-16, S2P4-24, ..." */
static void
list_codes(const struct hrv_law *law, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < law->n_codes && n + 1 < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s",
		    i > 0 ? ", " : "", law->codes[i].id);
}

static int
check_words(const struct kase *k, const struct hrv_case_decide_args *a,
    struct hrv_err *err)
{
	char codes[400];

	if (a->code != NULL && hrv_law_find_code(k->law, a->code) == NULL) {
		list_codes(k->law, codes, sizeof(codes));
		hrv_fail(
		    err, HRV_EUSAGE, "the law %s has no such code", k->law->id);
		return hrv_hint(err, "its codes are %s", codes);
	}
	if (a->code != NULL && a->reason == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "the reason is missing; the person will read it");
	return a->reason == NULL ? HRV_OK
				 : text_check_field(TEXT_REASON, a->reason,
				       strlen(a->reason), err);
}

/* Whether the record may be given out by this member, as far as law and keys
 * go. */
static int
check_disclose(struct hrv_vault *v, const struct kase *k,
    const struct case_item *item, const char *reason, struct hrv_err *err)
{
	const struct hrv_law_gate *gate;
	struct version_row ver = { .header = BUF_INIT };
	struct record_row rec;
	int rc = record_load(v, &item->record, &rec, err);

	if (rc == HRV_OK)
		rc = version_load(v, &rec.id, item->n, &ver, err);
	if (rc == HRV_OK && !unseal_may(v, &rec, &ver)) {
		hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
		    "you do not hold the key of the compartment '%s'",
		    rec.compartment);
		rc = hrv_hint(err, "a member who holds it decides about this "
				   "record and exports the case");
	}
	version_clear(&ver);
	if (rc != HRV_OK)
		return rc;
	gate = hrv_law_next_gate(k->law, rec.compartment, NULL);
	if (gate == NULL || reason != NULL)
		return HRV_OK;
	hrv_fail_as(err, HRV_ECONFIRM, "gate",
	    "records of '%s' need the %s first", rec.compartment,
	    gate->needs == HRV_GATE_OPINION ? "opinion of a health professional"
					    : "sign-off of legal");
	return hrv_hint(err, "say who gave it, and when, with --reason");
}

static int
set_item(struct hrv_vault *v, const struct kase *k,
    const struct case_item *item, const struct hrv_case_decide_args *a,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(v->db, SQL_KASE_SET_ITEM, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
	(void)db_bind_blob(st, 2, item->record.b, ID_BYTES);
	(void)db_bind_int(st, 3, item->n);
	(void)db_bind_text(
	    st, 4, a->code == NULL ? ITEM_DISCLOSED : ITEM_WITHHELD);
	(void)db_bind_text(st, 5, a->code);
	(void)db_bind_int(st, 6, (int64_t)v->frontier.size);
	return db_run(st, err);
}

/* The record's items that are still there, one after the other. */
static const struct case_item *
next_item(const struct kase *k, const struct hrv_id *record,
    const struct case_item *last)
{
	size_t i = last == NULL ? 0 : (size_t)(last - k->items) + 1;

	for (; i < k->n_items; i++) {
		if (id_equal(&k->items[i].record, record) &&
		    strcmp(k->items[i].disposition, ITEM_DESTROYED) != 0)
			return &k->items[i];
	}
	return NULL;
}

static int
check_items(struct hrv_vault *v, const struct kase *k,
    const struct hrv_id *record, const struct hrv_case_decide_args *a,
    struct hrv_err *err)
{
	const struct case_item *item = next_item(k, record, NULL);
	char text[ID_TEXT_SIZE];
	int rc = HRV_OK;

	if (item == NULL) {
		id_format(record, text);
		hrv_fail(err, HRV_ENOTFOUND,
		    "the case has no record %s that could be decided", text);
		return hrv_hint(err, "'hrvault case collect' finds what was "
				     "stored since, 'hrvault case show' lists "
				     "what was found");
	}
	for (; rc == HRV_OK && item != NULL && a->code == NULL;
	     item = next_item(k, record, item))
		rc = check_disclose(v, k, item, a->reason, err);
	return rc;
}

static int
store(struct hrv_vault *v, const struct kase *k, const struct hrv_id *record,
    const struct hrv_case_decide_args *a, struct hrv_err *err)
{
	const struct case_item *item = NULL;
	struct manifest m = { 0 };
	struct case_step s = {
		.op = "case.decide", .text = a->reason, .manifest = &m
	};
	json_t *p = json_pack("{s:s}", "disposition",
	    a->code == NULL ? ITEM_DISCLOSED : ITEM_WITHHELD);
	int rc = manifest_add(&m, record, NULL, err);

	if (p == NULL || json_set_str(p, "code", a->code))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	s.payload = p;
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = case_unchanged(v, k, err);
	while (rc == HRV_OK && (item = next_item(k, record, item)) != NULL)
		rc = set_item(v, k, item, a, err);
	if (rc == HRV_OK)
		rc = case_step_write(v, k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	manifest_clear(&m);
	json_decref(p);
	return rc;
}

static int
decided_doc(struct hrv_vault *v, const struct kase *k,
    const struct hrv_id *record, const char *code, struct hrv_doc **ret,
    struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], rec[ID_TEXT_SIZE];
	struct kase now = { .law = NULL };
	json_t *o = NULL;
	int rc = case_rows(v, &k->id, &now, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&k->id, id);
	id_format(record, rec);
	o = json_pack("{s:s,s:s,s:s,s:I}", "id", id, "record", rec,
	    "disposition", code == NULL ? ITEM_DISCLOSED : ITEM_WITHHELD,
	    "undecided", (json_int_t)case_count(&now, ITEM_UNDECIDED));
	case_clear(&now);
	if (o == NULL || json_set_str(o, "code", code)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
hrv_case_decide(struct hrv_vault *v, const struct hrv_case_decide_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry e = ENTRY("case.decide");
	struct kase k = { .law = NULL };
	struct hrv_id record;
	int rc = role_may(v->role, "case.decide", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = case_load(v, args->which, &k, err);
	if (rc == HRV_OK)
		rc = lookup_record(v, args->record, &record, err);
	if (rc == HRV_OK)
		rc = check_words(&k, args, err);
	if (rc == HRV_OK)
		rc = case_must_be_active(v, &k, e.op, err);
	if (rc == HRV_OK) {
		rc = check_items(v, &k, &record, args, err);
		e.subject = &k.subject;
		e.kase = &k.id;
		e.record = &record;
		if (rc == HRV_EREFUSED || rc == HRV_ECONFIRM)
			rc = txn_refuse(v, &e, err);
	}
	if (rc == HRV_OK)
		rc = store(v, &k, &record, args, err);
	if (rc == HRV_OK)
		rc = decided_doc(v, &k, &record, args->code, ret_doc, err);
	case_clear(&k);
	return rc;
}
