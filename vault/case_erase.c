/* SPDX-License-Identifier: ISC */
/*
 * Ordering an erasure (Art. 17). Layer: verbs. Invariants: two people order
 * exactly the versions that were listed, once; from then on the runs look at
 * them by themselves, and each goes as soon as nothing keeps it. Nothing is
 * destroyed from here.
 */
#include "vault/case_erase.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/case.h"
#include "vault/base/text.h"
#include "vault/crypto/crypt.h"
#include "vault/proposal.h"
#include "vault/store/db.h"

#define OP "case.erase"

/* One command's work. */
struct erasing {
	struct hrv_vault *v;
	struct kase k;
	json_t *what;	 /* is ordered */
	json_t *records; /* the same for the payload: [[id, n], ...] */
	struct manifest things;
	struct approval approval;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Adds a compartment to a sorted list that has each once. */
static int
add_comp(json_t *list, const char *comp)
{
	size_t n = json_array_size(list), at = 0;
	int c = 1;

	while (
	    at < n &&
	    (c = strcmp(json_string_value(json_array_get(list, at)), comp)) < 0)
		at++;
	if (at < n && c == 0)
		return 0;
	return json_array_insert_new(list, at, json_string(comp));
}

/* Whether an item is to be ordered now. */
static int
to_order(struct hrv_vault *v, const struct case_item *it,
    struct record_row *rec, bool *ret, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	int rc;

	*ret = false;
	if (strcmp(it->disposition, ITEM_ERASE) != 0)
		return HRV_OK;
	rc = record_load(v, &it->record, rec, err);
	if (rc == HRV_OK)
		rc = version_load(v, &it->record, it->n, &ver, err);
	if (rc == HRV_OK)
		*ret = ver.header.len > 0 &&
		       strcmp(rec->class_name, CLASS_IDENTITY) != 0;
	version_clear(&ver);
	return rc;
}

static int
add_item(struct erasing *x, const struct case_item *it,
    const struct record_row *rec, json_t *listed, json_t *comps,
    struct hrv_err *err)
{
	char text[ID_TEXT_SIZE];
	bool first = x->things.n == 0 ||
		     !id_equal(&x->things.rows[x->things.n - 1].id, &rec->id);

	id_format(&rec->id, text);
	if (json_array_append_new(
		listed, json_pack("{s:s,s:I,s:s}", "record", text, "version",
			    (json_int_t)it->n, "class", rec->class_name)) ||
	    json_array_append_new(
		x->records, json_pack("[s,I]", text, (json_int_t)it->n)) ||
	    add_comp(comps, rec->compartment))
		return no_memory(err);
	return first ? manifest_add(&x->things, &rec->id, NULL, err) : HRV_OK;
}

/* Exactly what is ordered: versions, whatever their facts will be. */
static int
describe(struct erasing *x, struct hrv_err *err)
{
	json_t *listed = json_array(), *comps = json_array();
	struct record_row rec;
	char id[ID_TEXT_SIZE];
	bool take;
	int rc = HRV_OK;

	id_format(&x->k.id, id);
	x->records = json_array();
	x->what = json_pack("{s:s,s:o,s:o}", "case", id, "records", listed,
	    "compartments", comps);
	if (x->records == NULL || x->what == NULL)
		return no_memory(err);
	for (size_t i = 0; rc == HRV_OK && i < x->k.n_items; i++) {
		rc = to_order(x->v, &x->k.items[i], &rec, &take, err);
		if (rc == HRV_OK && take)
			rc = add_item(
			    x, &x->k.items[i], &rec, listed, comps, err);
	}
	return rc;
}

static int
check(struct erasing *x, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	int rc = case_must_be_active(x->v, &x->k, OP, err);

	if (rc == HRV_OK && !case_erases(&x->k))
		rc = case_refused(x->v, &x->k, OP,
		    strcmp(x->k.claim, "objection") == 0
			? "is an objection that was not granted"
			: "is about another right",
		    "show", err);
	if (rc != HRV_OK)
		return rc;
	rc = case_check_requester(&x->k, err);
	if (rc == HRV_OK && x->k.n_items == 0) {
		id_format(&x->k.id, id);
		hrv_fail_as(err, HRV_ECONFIRM, "not-collected",
		    "nothing was collected for the case so far");
		rc = hrv_hint(err, "'hrvault case collect %s'", id);
	}
	return rc;
}

static int
ask(struct erasing *x, struct hrv_err *err)
{
	struct proposal_args two = { .kind = OP,
		.what = x->what,
		.subject = &x->k.subject,
		.kase = &x->k.id };

	return proposal_require(x->v, &two, &x->approval, err);
}

static int
set_ordered(struct erasing *x, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < x->k.n_items; i++) {
		const struct case_item *it = &x->k.items[i];
		struct record_row rec;
		struct stmt *st;
		bool take;

		rc = to_order(x->v, it, &rec, &take, err);
		if (rc != HRV_OK || !take)
			continue;
		rc = db_stmt(x->v->db, SQL_KASE_SET_ITEM, &st, err);
		if (rc != HRV_OK)
			break;
		(void)db_bind_blob(st, 1, x->k.id.b, ID_BYTES);
		(void)db_bind_blob(st, 2, it->record.b, ID_BYTES);
		(void)db_bind_int(st, 3, it->n);
		(void)db_bind_text(st, 4, ITEM_ORDERED);
		(void)db_bind_text(st, 5, NULL);
		(void)db_bind_int(st, 6, (int64_t)x->v->frontier.size);
		rc = db_run(st, err);
	}
	return rc;
}

static int
order(struct erasing *x, struct hrv_err *err)
{
	char day[HRV_DATE_TEXT];
	struct case_step s = { .op = OP,
		.event = "ordered",
		.day = day,
		.manifest = &x->things,
		.approval = &x->approval };
	int rc = case_day(x->v, &x->k, NULL, day, err);

	if (strcmp(x->k.status, CASE_OPEN) == 0)
		s.status = CASE_DECIDED;
	s.payload = json_pack("{s:O}", "records", x->records);
	if (rc == HRV_OK && s.payload == NULL)
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = txn_begin(x->v, err);
	if (rc == HRV_OK)
		rc = case_unchanged(x->v, &x->k, err);
	if (rc == HRV_OK)
		rc = set_ordered(x, err);
	if (rc == HRV_OK)
		rc = case_step_write(x->v, &x->k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(x->v, true, err);
	txn_abort(x->v);
	json_decref(s.payload);
	return rc;
}

int
hrv_case_erase(struct hrv_vault *v, const char *which, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct erasing x = { .v = v };
	struct entry e = ENTRY(OP);
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = case_load(v, which, &x.k, err);
	if (rc == HRV_OK)
		rc = check(&x, err);
	if (rc == HRV_OK)
		rc = describe(&x, err);
	if (rc == HRV_OK && x.things.n > 0) {
		rc = ask(&x, err);
		if (rc == HRV_OK)
			rc = order(&x, err);
	}
	if (rc == HRV_OK)
		rc = hrv_case_outcome(v, which, ret_doc, err);
	json_decref(x.what);
	json_decref(x.records);
	manifest_clear(&x.things);
	case_clear(&x.k);
	return rc;
}

static int
check_ground(const char *ground, struct hrv_err *err)
{
	static const char *const grounds[] = { "expression", "legal-obligation",
		"public-health", "archive", "claims" };

	for (size_t i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++) {
		if (strcmp(ground, grounds[i]) == 0)
			return HRV_OK;
	}
	hrv_fail(err, HRV_EUSAGE, "Art. 17(3) has no such ground");
	return hrv_hint(err, "expression, legal-obligation, public-health, "
			     "archive or claims");
}

/* The record's items that are there and not refused already. */
static int
refuse_items(struct hrv_vault *v, const struct kase *k,
    const struct hrv_id *record, const char *ground, size_t *ret_n,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	*ret_n = 0;
	for (size_t i = 0; rc == HRV_OK && i < k->n_items; i++) {
		const struct case_item *it = &k->items[i];
		struct stmt *st;

		if (!id_equal(&it->record, record) ||
		    strcmp(it->disposition, ITEM_DESTROYED) == 0)
			continue;
		rc = db_stmt(v->db, SQL_KASE_SET_ITEM, &st, err);
		if (rc != HRV_OK)
			break;
		(void)db_bind_blob(st, 1, k->id.b, ID_BYTES);
		(void)db_bind_blob(st, 2, record->b, ID_BYTES);
		(void)db_bind_int(st, 3, it->n);
		(void)db_bind_text(st, 4, ITEM_REFUSED);
		(void)db_bind_text(st, 5, ground);
		(void)db_bind_int(st, 6, (int64_t)v->frontier.size);
		rc = db_run(st, err);
		(*ret_n)++;
	}
	return rc;
}

static int
store_keep(struct hrv_vault *v, const struct kase *k,
    const struct hrv_id *record, const char *ground, const char *reason,
    struct hrv_err *err)
{
	struct manifest m = { 0 };
	json_t *p =
	    json_pack("{s:s,s:s}", "disposition", ITEM_REFUSED, "code", ground);
	struct case_step s = { .op = "case.decide",
		.text = reason,
		.payload = p,
		.manifest = &m };
	size_t n = 0;
	int rc =
	    p == NULL ? no_memory(err) : manifest_add(&m, record, NULL, err);

	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = case_unchanged(v, k, err);
	if (rc == HRV_OK)
		rc = refuse_items(v, k, record, ground, &n, err);
	if (rc == HRV_OK && n == 0)
		rc = hrv_fail(err, HRV_ENOTFOUND,
		    "the case has no such record that could be kept");
	if (rc == HRV_OK)
		rc = case_step_write(v, k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	manifest_clear(&m);
	json_decref(p);
	return rc;
}

int
hrv_case_keep(struct hrv_vault *v, const char *which, const char *record,
    const char *ground, const char *reason, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct entry e = ENTRY("case.decide");
	struct kase k = { .law = NULL };
	struct hrv_id id;
	int rc = role_may(v->role, e.op, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = check_ground(ground, err);
	if (rc == HRV_OK)
		rc = text_check_field(TEXT_REASON, reason, strlen(reason), err);
	if (rc == HRV_OK)
		rc = case_load(v, which, &k, err);
	if (rc == HRV_OK)
		rc = lookup_record(v, record, &id, err);
	if (rc == HRV_OK)
		rc = case_must_be_active(v, &k, e.op, err);
	if (rc == HRV_OK && !case_erases(&k))
		rc = case_refused(
		    v, &k, e.op, "asks for no erasure", "show", err);
	if (rc == HRV_OK)
		rc = store_keep(v, &k, &id, ground, reason, err);
	if (rc == HRV_OK)
		rc = hrv_case_outcome(v, which, ret_doc, err);
	case_clear(&k);
	return rc;
}
