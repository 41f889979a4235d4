/* SPDX-License-Identifier: ISC */
/*
 * Deciding what becomes of a record of a case. Layer: verbs. Invariants: a
 * record is withheld only on a ground of the law the case was opened under;
 * one behind a gate goes out only when somebody says who opened the gate; a
 * decision for the record itself takes a derived copy away.
 */
#include "hrvault/case.h"

#include <stdio.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/case.h"
#include "vault/case_copy.h"
#include "vault/case_gate.h"
#include "vault/unseal.h"
#include "vault/version.h"

/* One decision. */
struct deciding {
	struct hrv_vault *v;
	const struct hrv_case_decide_args *a;
	struct kase k;
	struct hrv_id record;
	char gate[CASE_GATE_SIZE]; /* of the version at hand */
	struct buf text;	   /* what is sealed: opinion and reason */
};

static int
check_words(const struct deciding *d, struct hrv_err *err)
{
	const struct hrv_case_decide_args *a = d->a;
	int rc = a->code == NULL ? HRV_OK
				 : case_code_check(&d->k, a->code, NULL, err);

	if (rc == HRV_OK && a->code != NULL && a->reason == NULL)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the reason is missing; the person will read it");
	if (rc == HRV_OK && a->code != NULL && a->gate.opinion != NULL &&
	    !case_code_needs_opinion(&d->k, a->code))
		rc = hrv_fail(err, HRV_EUSAGE,
		    "%s is used without an opinion of a health professional",
		    a->code);
	if (rc == HRV_OK && a->gate.checked && a->reason == NULL)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "say how it was checked: --checked needs --reason");
	if (rc == HRV_OK && a->reason != NULL)
		rc = text_check_field(
		    TEXT_REASON, a->reason, strlen(a->reason), err);
	return rc;
}

/* Whether the record may be given out by this member, as far as law and keys
 * go. A copy that was contributed already needs no key of the record. */
static int
check_disclose(struct deciding *d, const struct record_row *rec,
    const struct case_item *item, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	int rc = version_load(d->v, &rec->id, item->n, &ver, err);

	if (rc == HRV_OK && !unseal_may(d->v, rec, &ver)) {
		hrv_fail_as(err, HRV_EREFUSED, "key-not-held",
		    "you do not hold the key of the compartment '%s'",
		    rec->compartment);
		rc = hrv_hint(err, "a member who holds it decides about this "
				   "record, then 'hrvault case contribute' "
				   "hands it over");
	}
	version_clear(&ver);
	if (rc == HRV_OK)
		rc = case_gate_open(
		    d->v, &d->k, rec, item, &d->a->gate, d->gate, err);
	return rc;
}

/* A sign-off stays for the time when it is disclosed after all; the opinion is
 * said anew each time, because it is sealed with the reason. */
static int
check_withhold(struct deciding *d, struct hrv_err *err)
{
	const struct case_item *item =
	    case_next_item(&d->k, &d->record, d->a->version, NULL);

	d->gate[0] = '\0';
	return case_code_open(
	    d->v, &d->k, d->a->code, item, &d->a->gate, false, d->gate, err);
}

/* The gate of a version that is withheld. */
static int
set_withheld(
    struct deciding *d, const struct case_item *item, struct hrv_err *err)
{
	char gate[CASE_GATE_SIZE];
	bool signed_off = strstr(item->gate, "signoff") != NULL;

	snprintf(gate, sizeof(gate), "%s%s%s", d->gate,
	    d->gate[0] != '\0' && signed_off ? "," : "",
	    signed_off ? "signoff" : "");
	return case_gate_set(d->v, &d->k, item, gate, err);
}

static int
check_items(struct deciding *d, struct hrv_err *err)
{
	const struct case_item *item = NULL;
	char text[ID_TEXT_SIZE];
	struct record_row rec;
	int rc = HRV_OK;

	if (case_next_item(&d->k, &d->record, d->a->version, NULL) == NULL) {
		id_format(&d->record, text);
		hrv_fail(err, HRV_ENOTFOUND,
		    "the case has no record %s that could be decided", text);
		return hrv_hint(err, "'hrvault case collect' finds what was "
				     "stored since, 'hrvault case show' lists "
				     "what was found");
	}
	rc = record_load(d->v, &d->record, &rec, err);
	if (rc == HRV_OK && d->a->code != NULL) {
		rc = case_code_check(&d->k, d->a->code, &rec, err);
		return rc == HRV_OK ? check_withhold(d, err) : rc;
	}
	while (rc == HRV_OK && (item = case_next_item(&d->k, &d->record,
				    d->a->version, item)) != NULL)
		rc = check_disclose(d, &rec, item, err);
	return rc;
}

static int
set_items(struct deciding *d, struct hrv_err *err)
{
	const struct case_item *item = NULL;
	bool out = d->a->code == NULL;
	struct record_row rec;
	int rc = record_load(d->v, &d->record, &rec, err);

	while (rc == HRV_OK && (item = case_next_item(&d->k, &d->record,
				    d->a->version, item)) != NULL) {
		rc = case_copy_drop(d->v, &d->k.id, &d->record, item->n, err);
		if (rc == HRV_OK)
			rc = case_item_set(d->v, &d->k, item,
			    out ? ITEM_DISCLOSED : ITEM_WITHHELD, d->a->code,
			    err);
		if (rc == HRV_OK && out)
			rc = case_gate_open(
			    d->v, &d->k, &rec, item, &d->a->gate, d->gate, err);
		if (rc == HRV_OK)
			rc =
			    out ? case_gate_set(d->v, &d->k, item, d->gate, err)
				: set_withheld(d, item, err);
	}
	return rc;
}

static json_t *
payload_of(const struct deciding *d)
{
	json_t *p = json_pack("{s:s}", "disposition",
	    d->a->code == NULL ? ITEM_DISCLOSED : ITEM_WITHHELD);

	if (p == NULL || json_set_str(p, "code", d->a->code) ||
	    json_set_str(p, "gate", d->gate[0] == '\0' ? NULL : d->gate) ||
	    (d->a->version != 0 && json_set_int(p, "version", d->a->version))) {
		json_decref(p);
		return NULL;
	}
	return p;
}

static int
store(struct deciding *d, struct hrv_err *err)
{
	struct manifest m = { 0 };
	struct case_step s = { .op = "case.decide", .manifest = &m };
	json_t *p = payload_of(d);
	int rc = manifest_add(&m, &d->record, NULL, err);

	if (p == NULL)
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		rc = case_text(d->a->gate.opinion, d->a->reason, &d->text, err);
	s.payload = p;
	s.text = d->text.len > 0 ? buf_str(&d->text) : NULL;
	if (rc == HRV_OK)
		rc = txn_begin(d->v, err);
	if (rc == HRV_OK)
		rc = case_unchanged(d->v, &d->k, err);
	if (rc == HRV_OK)
		rc = set_items(d, err);
	if (rc == HRV_OK)
		rc = case_step_write(d->v, &d->k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(d->v, true, err);
	txn_abort(d->v);
	manifest_clear(&m);
	json_decref(p);
	return rc;
}

static int
decided_doc(const struct deciding *d, struct hrv_doc **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE], rec[ID_TEXT_SIZE];
	struct kase now = { .law = NULL };
	json_t *o = NULL;
	int rc = case_rows(d->v, &d->k.id, &now, err);

	if (rc != HRV_OK)
		return rc;
	id_format(&d->k.id, id);
	id_format(&d->record, rec);
	o = json_pack("{s:s,s:s,s:s,s:I}", "id", id, "record", rec,
	    "disposition", d->a->code == NULL ? ITEM_DISCLOSED : ITEM_WITHHELD,
	    "undecided", (json_int_t)case_count(&now, ITEM_UNDECIDED));
	case_clear(&now);
	if (o == NULL || json_set_str(o, "code", d->a->code)) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

static int
decide(struct deciding *d, struct hrv_err *err)
{
	struct entry e = ENTRY("case.decide");
	int rc = case_load(d->v, d->a->which, &d->k, err);

	if (rc == HRV_OK)
		rc = lookup_record(d->v, d->a->record, &d->record, err);
	if (rc == HRV_OK)
		rc = check_words(d, err);
	if (rc == HRV_OK)
		rc = case_must_be_active(d->v, &d->k, e.op, err);
	if (rc == HRV_OK)
		rc = case_must_not_erase(d->v, &d->k, e.op, err);
	if (rc != HRV_OK)
		return rc;
	rc = check_items(d, err);
	e.subject = &d->k.subject;
	e.kase = &d->k.id;
	e.record = &d->record;
	if (rc == HRV_EREFUSED || rc == HRV_ECONFIRM)
		return txn_refuse(d->v, &e, err);
	return rc == HRV_OK ? store(d, err) : rc;
}

int
hrv_case_decide(struct hrv_vault *v, const struct hrv_case_decide_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct deciding d = { .v = v, .a = args, .text = BUF_INIT_SECRET };
	struct entry e = ENTRY("case.decide");
	int rc = role_may(v->role, "case.decide", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = decide(&d, err);
	if (rc == HRV_OK)
		rc = decided_doc(&d, ret_doc, err);
	buf_clear(&d.text);
	case_clear(&d.k);
	return rc;
}
