/* SPDX-License-Identifier: ISC */
/*
 * Keeping a record of an erasure on a ground of Art. 17(3). Layer: verbs.
 * Invariants: one person proposes what is kept and takes it back; it counts
 * when two people approved the answer it is part of; and no word of one person
 * undoes what two ordered.
 */
#include <string.h>

#include "hrvault/case.h"
#include "vault/base/text.h"
#include "vault/case_erase.h"
#include "vault/case_gate.h"
#include "vault/proposal.h"
#include "vault/record_view.h"

#define OP "case.decide"

/* One record that is to stay, or no longer. */
struct keeping {
	struct hrv_vault *v;
	const struct hrv_case_keep_args *a;
	struct kase k;
	struct record_row rec;
	json_t *kept; /* versions, for what is approved */
	bool ordered; /* two people ordered one of them */
	struct approval approval;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
check_ground(const char *ground, struct hrv_err *err)
{
	static const char *const grounds[] = { "expression", "legal-obligation",
		"public-health", "archive", "claims" };

	for (size_t i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++) {
		if (ground != NULL && strcmp(ground, grounds[i]) == 0)
			return HRV_OK;
	}
	hrv_fail(err, HRV_EUSAGE, "Art. 17(3) has no such ground");
	return hrv_hint(err, "expression, legal-obligation, public-health, "
			     "archive or claims");
}

static int
no_reason(const struct hrv_case_keep_args *a, struct hrv_err *err)
{
	hrv_fail(err, HRV_EUSAGE,
	    "nobody said why it is kept; the reason is stored sealed");
	return hrv_hint(
	    err, "'hrvault case keep C R --ground %s --reason T'", a->ground);
}

static int
check_words(const struct hrv_case_keep_args *a, struct hrv_err *err)
{
	int rc;

	if (a->withdraw && (a->ground != NULL || a->reason != NULL))
		return hrv_fail(err, HRV_EUSAGE,
		    "what is no longer kept needs no ground and no reason");
	if (a->withdraw)
		return HRV_OK;
	rc = check_ground(a->ground, err);
	if (rc == HRV_OK && a->reason == NULL)
		rc = no_reason(a, err);
	return rc == HRV_OK ? text_check_field(TEXT_REASON, a->reason,
				  strlen(a->reason), err)
			    : rc;
}

/* Of what the verb changes: to be kept, what is there and the person's own; to
 * be kept no longer, what somebody wanted to keep. */
static bool
concerns(const struct keeping *x, const struct case_item *it)
{
	bool refused = strcmp(it->disposition, ITEM_REFUSED) == 0;

	if (x->a->withdraw)
		return refused && case_item_kept(it);
	return !refused || case_item_kept(it);
}

/* The versions that are there. */
static int
choose(struct keeping *x, struct hrv_err *err)
{
	const struct case_item *it = NULL;
	int rc = HRV_OK;

	x->kept = json_array();
	if (x->kept == NULL)
		return no_memory(err);
	while (rc == HRV_OK &&
	       (it = case_next_item(&x->k, &x->rec.id, 0, it)) != NULL) {
		bool there = false;

		rc = case_item_there(x->v, it, &there, err);
		if (rc != HRV_OK || !there || !concerns(x, it))
			continue;
		x->ordered =
		    x->ordered || strcmp(it->disposition, ITEM_ORDERED) == 0;
		rc = case_erase_list(
		    x->kept, it, x->rec.class_name, x->a->ground, err);
	}
	if (rc == HRV_OK && json_array_size(x->kept) == 0) {
		hrv_fail(err, HRV_ENOTFOUND,
		    x->a->withdraw
			? "the case has no such record that somebody wants to "
			  "keep"
			: "the case has no such record that could be kept");
		rc = hrv_hint(err, "'hrvault case show' lists its records");
	}
	return rc;
}

/* A statement ends with what it is about, whatever is said of it alone. */
static int
check_statement(struct keeping *x, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	int rc = record_no_statement(&x->rec, err);

	e.subject = &x->k.subject;
	e.kase = &x->k.id;
	e.record = &x->rec.id;
	return rc == HRV_EREFUSED ? txn_refuse(x->v, &e, err) : rc;
}

static int
check_case(struct keeping *x, struct hrv_err *err)
{
	int rc = case_must_be_active(x->v, &x->k, OP, err);

	if (rc == HRV_OK && !case_erases(&x->k))
		rc = case_refused(
		    x->v, &x->k, OP, "asks for no erasure", "show", err);
	/* The person was told by then. */
	if (rc == HRV_OK && x->a->withdraw &&
	    strcmp(x->k.status, CASE_DELIVERED) == 0)
		rc = case_refused(x->v, &x->k, OP,
		    "was answered: what the person was told changes only when "
		    "the case was closed and opened again",
		    "close", err);
	if (rc == HRV_OK && strcmp(x->rec.class_name, CLASS_IDENTITY) == 0) {
		hrv_fail(err, HRV_EUSAGE,
		    "who the person is stays as long as any record and goes "
		    "with the last: nobody decides about it alone");
		rc = hrv_hint(err, "keep the record that is needed");
	}
	return rc == HRV_OK ? check_statement(x, err) : rc;
}

/* What two people ordered, two people take back. */
static int
ask(struct keeping *x, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	struct proposal_args two = { .kind = "case.erase",
		.subject = &x->k.subject,
		.kase = &x->k.id,
		.reason = x->a->reason,
		.kek = KEK_DETAIL,
		.owner = &x->k.id };
	json_t *what;
	int rc;

	if (!x->ordered || x->a->withdraw)
		return HRV_OK;
	id_format(&x->k.id, id);
	what = json_pack("{s:s,s:[],s:O,s:[s]}", "case", id, "records", "kept",
	    x->kept, "compartments", x->rec.compartment);
	two.what = what;
	rc = what == NULL ? no_memory(err)
			  : proposal_require(x->v, &two, &x->approval, err);
	json_decref(what);
	return rc;
}

static int
set_items(struct keeping *x, struct hrv_err *err)
{
	const struct case_item *it = NULL;
	int rc = HRV_OK;

	while (rc == HRV_OK &&
	       (it = case_next_item(&x->k, &x->rec.id, 0, it)) != NULL) {
		bool there = false;

		rc = case_item_there(x->v, it, &there, err);
		if (rc == HRV_OK && there && concerns(x, it))
			rc = case_item_set(x->v, &x->k, it,
			    x->a->withdraw ? ITEM_ERASE : ITEM_REFUSED,
			    x->a->ground, err);
	}
	return rc;
}

static int
store(struct keeping *x, struct hrv_err *err)
{
	bool two = x->ordered && !x->a->withdraw;
	char day[HRV_DATE_TEXT];
	struct manifest m = { 0 };
	struct case_step s = { .op = OP,
		.event = two ? "kept" : NULL,
		.day = two ? day : NULL,
		.text = x->a->reason,
		.approval = two ? &x->approval : NULL,
		.manifest = &m };
	json_t *p = json_pack(
	    "{s:s}", "disposition", x->a->withdraw ? ITEM_ERASE : ITEM_REFUSED);
	int rc = case_day(x->v, &x->k, NULL, day, err);

	s.payload = p;
	if (p == NULL || json_set_str(p, "code", x->a->ground))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = manifest_add(&m, &x->rec.id, NULL, err);
	if (rc == HRV_OK)
		rc = txn_begin(x->v, err);
	if (rc == HRV_OK)
		rc = case_unchanged(x->v, &x->k, err);
	if (rc == HRV_OK)
		rc = set_items(x, err);
	if (rc == HRV_OK)
		rc = case_step_write(x->v, &x->k, &s, NULL, err);
	if (rc == HRV_OK)
		rc = txn_commit(x->v, true, err);
	txn_abort(x->v);
	manifest_clear(&m);
	json_decref(p);
	return rc;
}

int
hrv_case_keep(struct hrv_vault *v, const struct hrv_case_keep_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct keeping x = { .v = v, .a = args };
	struct entry e = ENTRY(OP);
	struct hrv_id id;
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	rc = check_words(args, err);
	if (rc == HRV_OK)
		rc = case_load(v, args->which, &x.k, err);
	if (rc == HRV_OK)
		rc = lookup_record(v, args->record, &id, err);
	if (rc == HRV_OK)
		rc = record_load(v, &id, &x.rec, err);
	if (rc == HRV_OK)
		rc = check_case(&x, err);
	if (rc == HRV_OK)
		rc = choose(&x, err);
	if (rc == HRV_OK)
		rc = ask(&x, err);
	if (rc == HRV_OK)
		rc = store(&x, err);
	if (rc == HRV_OK)
		rc = hrv_case_outcome(v, args->which, ret_doc, err);
	json_decref(x.kept);
	case_clear(&x.k);
	return rc;
}
