/* SPDX-License-Identifier: ISC */
/*
 * Ordering an erasure (Art. 17). Layer: verbs. Invariants: two people order
 * exactly the versions that were listed, once, and with them what is kept on a
 * ground; from then on the runs look at what was ordered by themselves, and
 * each version goes as soon as nothing keeps it. Where nothing can be ordered
 * that is the answer, by the same two. Nothing is destroyed from here.
 */
#include "vault/case_erase.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/case.h"
#include "vault/case_gate.h"
#include "vault/case_life.h"
#include "vault/proposal.h"

#define OP "case.erase"

/* One command's work. */
struct erasing {
	struct hrv_vault *v;
	struct kase k;
	json_t *what;	 /* is ordered */
	json_t *records; /* the same for the payload: [[id, n], ...] */
	bool alone;	 /* of the person nothing is left but who it is */
	bool goes;	 /* a record is ordered, now or before */
	bool news;	 /* something is kept that nobody approved */
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

/* Whether an item is to be ordered now. Who somebody is follows the records;
 * where there is none, it is all there is to order. */
static int
to_order(const struct erasing *x, const struct case_item *it,
    struct record_row *rec, bool *ret, struct hrv_err *err)
{
	int rc;

	*ret = false;
	if (strcmp(it->disposition, ITEM_ERASE) != 0)
		return HRV_OK;
	rc = record_load(x->v, &it->record, rec, err);
	if (rc == HRV_OK)
		rc = case_item_there(x->v, it, ret, err);
	if (rc == HRV_OK && strcmp(rec->class_name, CLASS_IDENTITY) == 0)
		*ret = *ret && x->alone;
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

/* What is kept is part of what is approved. */
static int
keep_item(struct erasing *x, const struct case_item *it, json_t *kept,
    json_t *comps, struct hrv_err *err)
{
	struct record_row rec;
	bool there = false;
	int rc;

	if (strcmp(it->disposition, ITEM_REFUSED) != 0 || !case_item_kept(it))
		return HRV_OK;
	rc = case_item_there(x->v, it, &there, err);
	if (rc == HRV_OK && there)
		rc = record_load(x->v, &it->record, &rec, err);
	if (rc != HRV_OK || !there)
		return rc;
	x->news = x->news || !case_item_settled(&x->k, it);
	if (add_comp(comps, rec.compartment))
		return no_memory(err);
	return case_erase_list(kept, it, rec.class_name, it->code, err);
}

/* Who somebody is goes later in any case, so it makes no answer. */
static int
note_going(struct erasing *x, const struct case_item *it, bool take,
    struct hrv_err *err)
{
	struct record_row rec;
	int rc;

	if (!take && strcmp(it->disposition, ITEM_ORDERED) != 0)
		return HRV_OK;
	rc = record_load(x->v, &it->record, &rec, err);
	if (rc == HRV_OK && strcmp(rec.class_name, CLASS_IDENTITY) != 0)
		x->goes = true;
	return rc;
}

/* Exactly what is ordered: versions, whatever their facts will be. */
static int
describe(struct erasing *x, struct hrv_err *err)
{
	json_t *listed = json_array(), *comps = json_array();
	json_t *kept = json_array();
	struct record_row rec;
	char id[ID_TEXT_SIZE];
	bool take;
	int rc = HRV_OK;

	id_format(&x->k.id, id);
	x->records = json_array();
	x->what = json_pack("{s:s,s:o,s:o,s:o}", "case", id, "records", listed,
	    "compartments", comps, "kept", kept);
	if (x->records == NULL || x->what == NULL)
		return no_memory(err);
	for (size_t i = 0; rc == HRV_OK && i < x->k.n_items; i++) {
		rc = to_order(x, &x->k.items[i], &rec, &take, err);
		if (rc == HRV_OK && take)
			rc = add_item(
			    x, &x->k.items[i], &rec, listed, comps, err);
		if (rc == HRV_OK)
			rc = note_going(x, &x->k.items[i], take, err);
		if (rc == HRV_OK)
			rc = keep_item(x, &x->k.items[i], kept, comps, err);
	}
	if (json_array_size(kept) == 0)
		(void)json_object_del(x->what, "kept");
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
		bool take;

		rc = to_order(x, it, &rec, &take, err);
		if (rc == HRV_OK && take)
			rc = case_item_set(
			    x->v, &x->k, it, ITEM_ORDERED, NULL, err);
	}
	return rc;
}

static int
order(struct erasing *x, struct hrv_err *err)
{
	char day[HRV_DATE_TEXT];
	struct case_step s = { .op = OP,
		.event = x->goes ? EVENT_ORDERED : EVENT_ANSWERED,
		.day = day,
		.manifest = x->things.n > 0 ? &x->things : NULL,
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

static int
look(struct erasing *x, struct hrv_err *err)
{
	bool live = true;
	int rc = subject_has_records(x->v, &x->k.subject, &live, err);

	x->alone = !live;
	return rc == HRV_OK ? describe(x, err) : rc;
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
		rc = look(&x, err);
	if (rc == HRV_OK &&
	    (x.things.n > 0 || x.news || strcmp(x.k.status, CASE_OPEN) == 0)) {
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
