/* SPDX-License-Identifier: ISC */
/*
 * Redacting a record of a case. Layer: verbs. Invariants: what is taken out is
 * not in the copy, neither its bytes nor its name; the record stays as it is;
 * the copy has both hashes, sealed, and no entry of the log has either.
 */
#include "hrvault/case.h"

#include <string.h>

#include "vault/base/jsonptr.h"
#include "vault/base/text.h"
#include "vault/case_gate.h"
#include "vault/case_redact.h"
#include "vault/record_view.h"
#include "vault/unseal.h"

#define OP "case.redact"

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
check_words(const struct redacting *x, struct hrv_err *err)
{
	const struct hrv_case_redact_args *a = x->a;
	int rc = HRV_OK;

	if ((a->field == NULL) == (a->replacement == NULL))
		return hrv_fail(err, HRV_EUSAGE,
		    "a record is redacted by a field or by a replacement");
	if (a->field != NULL && !jsonptr_ok(a->field)) {
		hrv_fail(err, HRV_EUSAGE, "the field is not a JSON pointer");
		return hrv_hint(err, "write it as /bank/iban, or /years/0 for "
				     "the first of a list (RFC 6901)");
	}
	if (a->gate.checked && a->reason == NULL)
		return hrv_fail(err, HRV_EUSAGE,
		    "say how it was checked: --checked needs --reason");
	if (a->reason != NULL)
		rc = text_check_field(
		    TEXT_REASON, a->reason, strlen(a->reason), err);
	if (rc == HRV_OK && a->title != NULL)
		rc = text_check_field(
		    TEXT_TITLE, a->title, strlen(a->title), err);
	return rc == HRV_OK ? case_code_check(&x->k, a->code, NULL, err) : rc;
}

/* Gates, keys and grounds, before anything is opened. */
static int
check_item(
    struct redacting *x, const struct case_item *item, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	char gate[CASE_GATE_SIZE];
	int rc =
	    case_gate_open(x->v, &x->k, &x->rec, item, &x->a->gate, gate, err);

	if (rc == HRV_OK)
		rc = case_code_open(x->v, &x->k, x->a->code, item, &x->a->gate,
		    true, gate, err);
	if (rc == HRV_OK)
		rc = version_load(x->v, &x->record, item->n, &ver, err);
	/* Also of a copy that was handed over: which fields it has, and the
	 * hash of what is left, tell what the copy says. */
	if (rc == HRV_OK && !unseal_may(x->v, &x->rec, &ver)) {
		hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
		    "you do not hold the key of the compartment '%s'",
		    x->rec.compartment);
		rc = hrv_hint(err, "a member who holds it redacts this "
				   "record; 'hrvault member list' shows who");
	}
	version_clear(&ver);
	return rc;
}

static int
check_items(struct redacting *x, struct hrv_err *err)
{
	const struct case_item *item = NULL;
	char text[ID_TEXT_SIZE];
	size_t n = 0;
	int rc = case_code_check(&x->k, x->a->code, &x->rec, err);

	while (rc == HRV_OK && (item = case_next_item(&x->k, &x->record,
				    x->a->version, item)) != NULL) {
		n++;
		rc = check_item(x, item, err);
	}
	if (rc != HRV_OK)
		return rc;
	if (n == 0) {
		id_format(&x->record, text);
		hrv_fail(err, HRV_ENOTFOUND,
		    "the case has no record %s that could be redacted", text);
		return hrv_hint(err, "'hrvault case collect' finds what was "
				     "stored since");
	}
	if (x->a->field == NULL && n > 1) {
		hrv_fail(err, HRV_EUSAGE,
		    "the record has %zu versions, and a replacement stands in "
		    "for one",
		    n);
		return hrv_hint(err, "say which with --version N");
	}
	if (x->a->field == NULL &&
	    strcmp(x->rec.class_name, CLASS_IDENTITY) == 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "an identity has fields: redact it with --field");
	return HRV_OK;
}

static int
make_copies(struct redacting *x, struct hrv_err *err)
{
	const struct case_item *item = NULL;
	int rc = HRV_OK;

	while (rc == HRV_OK && (item = case_next_item(&x->k, &x->record,
				    x->a->version, item)) != NULL) {
		rc = redact_item(x, item, err);
	}
	if (rc == HRV_OK && x->n == 0) {
		hrv_fail(err, HRV_EUSAGE,
		    "there is no such field, or it was taken out already");
		rc = hrv_hint(err, "'hrvault record read' shows the document; "
				   "the pointer names one member of it");
	}
	return rc;
}

/* The copies, and the entry that states the case with them. */
static int
store(struct redacting *x, struct hrv_err *err)
{
	struct buf text = BUF_INIT_SECRET;
	struct case_step s = {
		.op = OP, .text = NULL, .record = &x->record, .receipt = &x->r
	};
	json_t *p = json_pack("{s:s,s:s,s:s}", "disposition", ITEM_REDACTED,
	    "code", x->a->code, "how",
	    x->a->field != NULL ? "field" : "replacement");
	int rc = p == NULL ? no_memory(err) : txn_begin(x->v, err);

	s.payload = p;
	if (rc == HRV_OK)
		rc = case_text(x->a->gate.opinion, x->a->reason, &text, err);
	s.text = text.len > 0 ? buf_str(&text) : NULL;
	if (rc == HRV_OK)
		rc = case_unchanged(x->v, &x->k, err);
	if (rc == HRV_OK)
		rc = make_copies(x, err);
	if (rc == HRV_OK && json_set_int(p, "versions", (int64_t)x->n))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = case_step_write(x->v, &x->k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(x->v, true, err);
	buf_clear(&text);
	json_decref(p);
	return rc;
}

static int
open_receipt(struct redacting *x, struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc = manifest_add(&m, &x->k.id, NULL, err);

	if (rc == HRV_OK)
		rc = manifest_add(&m, &x->record, NULL, err);
	if (rc == HRV_OK)
		rc = manifest_add(&m, &x->rec.subject, NULL, err);
	if (rc == HRV_OK)
		rc = receipt_open(x->v, &x->e, &m, &x->r, err);
	manifest_clear(&m);
	return rc;
}

static int
redacted_doc(
    const struct redacting *x, struct hrv_doc **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], rec[ID_TEXT_SIZE];
	const struct case_item *item;
	struct kase now = { .law = NULL };
	json_t *o;
	int rc = case_rows(x->v, &x->k.id, &now, err);

	if (rc != HRV_OK)
		return rc;
	item = case_next_item(&now, &x->record,
	    (uint32_t)json_int(json_array_get(x->copies, 0), "version", 0),
	    NULL);
	id_format(&x->k.id, id);
	id_format(&x->record, rec);
	o = json_pack("{s:s,s:s,s:s,s:s,s:I,s:O}", "id", id, "record", rec,
	    "disposition", ITEM_REDACTED, "code",
	    item == NULL ? x->a->code : item->code, "undecided",
	    (json_int_t)case_count(&now, ITEM_UNDECIDED), "copies", x->copies);
	case_clear(&now);
	if (o == NULL)
		return no_memory(err);
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

/* Everything up to the first thing that is opened. */
static int
prepare(struct redacting *x, struct hrv_err *err)
{
	int rc = case_load(x->v, x->a->which, &x->k, err);

	if (rc == HRV_OK)
		rc = lookup_record(x->v, x->a->record, &x->record, err);
	if (rc == HRV_OK)
		rc = record_load(x->v, &x->record, &x->rec, err);
	if (rc == HRV_OK)
		rc = check_words(x, err);
	if (rc == HRV_OK)
		rc = case_day(x->v, &x->k, NULL, x->day, err);
	if (rc == HRV_OK)
		rc = case_must_be_active(x->v, &x->k, OP, err);
	if (rc == HRV_OK)
		rc = case_must_not_erase(x->v, &x->k, OP, err);
	if (rc != HRV_OK)
		return rc;
	x->e.subject = &x->k.subject;
	x->e.kase = &x->k.id;
	x->e.record = &x->record;
	rc = check_items(x, err);
	if (rc == HRV_EREFUSED || rc == HRV_ECONFIRM)
		return txn_refuse(x->v, &x->e, err);
	if (rc == HRV_OK && x->a->replacement != NULL)
		rc = record_source_open(&x->source, x->a->replacement, err);
	return rc;
}

int
hrv_case_redact(struct hrv_vault *v, const struct hrv_case_redact_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct redacting x = { .v = v,
		.a = args,
		.source = { .fd = -1, .head = BUF_INIT_SECRET },
		.e = ENTRY(OP),
		.copies = json_array() };
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		rc = txn_refuse(v, &x.e, err);
	else if (x.copies == NULL)
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = prepare(&x, err);
	if (rc == HRV_OK) {
		rc = open_receipt(&x, err);
		if (rc == HRV_OK)
			rc = store(&x, err);
		if (rc != HRV_OK)
			rc = record_failed(v, &x.e, &x.r, err);
	}
	if (rc == HRV_OK)
		rc = redacted_doc(&x, ret_doc, err);
	receipt_drop(&x.r);
	record_source_clear(&x.source);
	json_decref(x.copies);
	case_clear(&x.k);
	return rc;
}
