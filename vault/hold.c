/* SPDX-License-Identifier: ISC */
/*
 * Placing holds. Layer: verbs. Invariant: a hold is in force from the commit
 * that logs it, and placing one must work when nothing else does any more.
 */
#include "hrvault/hold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hrvault/policy.h"
#include "vault/base/text.h"
#include "vault/holdplace.h"
#include "vault/holdscope.h"
#include "vault/reserve.h"
#include "vault/txn.h"

/* Matter, reason and authority as one sealed text. */
static int
sealed_text(const struct hrv_hold_args *a, struct buf *out, struct hrv_err *err)
{
	json_t *o = NULL;
	int rc;

	rc = text_check_field(TEXT_TITLE, a->matter, strlen(a->matter), err);
	if (rc == HRV_OK)
		rc = text_check_field(
		    TEXT_REASON, a->reason, strlen(a->reason), err);
	if (rc == HRV_OK && a->authority != NULL)
		rc = text_check_field(
		    TEXT_TITLE, a->authority, strlen(a->authority), err);
	if (rc != HRV_OK)
		return rc;
	o = json_object();
	if (o == NULL || json_set_str(o, "matter", a->matter) ||
	    json_set_str(o, "reason", a->reason) ||
	    json_set_str(o, "authority", a->authority))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	else
		rc = json_canonical(o, out, err);
	json_decref(o);
	return rc;
}

static int
check_review(const struct hrv_hold_args *a, struct hrv_err *err)
{
	struct hrv_date d;

	if (a->review != NULL && !hrv_date_parse(a->review, &d))
		return hrv_fail(err, HRV_EUSAGE,
		    "the day of review is not a date (YYYY-MM-DD)");
	return HRV_OK;
}

/* What the law wants to be said with a hold that it asks for. */
static int
check_statutory(const struct hrv_hold_args *a, struct hrv_err *err)
{
	static const char *const kinds[] = { HOLD_CHARGE, HOLD_PRESERVATION,
		"tax-audit", "insurance-claim" };
	const char *kind = a->statutory;
	bool known = kind == NULL;
	bool person = a->subjects != NULL && a->subjects[0] != NULL;

	for (size_t i = 0; !known && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		known = strcmp(kind, kinds[i]) == 0;
	if (!known)
		return hrv_fail(err, HRV_EUSAGE,
		    "a statutory hold is for one of charge, preservation, "
		    "tax-audit, insurance-claim");
	if (kind == NULL || strcmp(kind, HOLD_CHARGE) != 0) {
		if (a->also != NULL)
			return hrv_fail(err, HRV_EUSAGE,
			    "comparators belong to a charge: --statutory "
			    "charge");
		if (kind == NULL || strcmp(kind, HOLD_PRESERVATION) != 0 ||
		    person)
			return HRV_OK;
	}
	if (!person)
		return hrv_fail(err, HRV_EUSAGE,
		    "this hold is about a person: --subject S");
	if (strcmp(kind, HOLD_CHARGE) != 0 || a->also != NULL)
		return HRV_OK;
	hrv_fail(err, HRV_EUSAGE,
	    "a charge holds the records of the comparators as well");
	return hrv_hint(err,
	    "name people in the same job with --comparator S, or say "
	    "--comparator none");
}

/* The records that are covered at this moment, and no others. */
static int
freeze(struct hrv_vault *v, const struct scope *asked, struct scope *ret,
    struct hrv_err *err)
{
	struct manifest m = { 0 };
	int rc = holdscope_matches(v, asked, &m, err);

	if (rc == HRV_OK && m.n == 0)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "there is no such record now, so there is nothing to "
		    "freeze");
	for (size_t i = 0; rc == HRV_OK && i < m.n; i++)
		rc = scope_add_record(ret, &m.rows[i].id, err);
	for (size_t i = 0; rc == HRV_OK && i < asked->n_about; i++)
		rc = scope_add_about(ret, &asked->about[i], err);
	/* Whom the question named, the matter is about. */
	for (size_t i = 0; rc == HRV_OK && i < asked->n_subjects; i++)
		rc = scope_add_about(ret, &asked->subjects[i], err);
	ret->frozen = true;
	manifest_clear(&m);
	return rc;
}

/* A hold on its way. */
struct placing {
	const struct hrv_hold_args *args;
	struct scope asked;
	struct scope frozen;
	struct buf text;
	struct hrv_id id;
};

/* The whole change, in one transaction. */
static int
place(struct hrv_vault *v, struct placing *p, struct hrv_err *err)
{
	const struct hrv_hold_args *a = p->args;
	struct hold_new n = { .scope = &p->asked,
		.kind = a->statutory == NULL ? HOLD_ORDINARY : a->statutory,
		.review = a->review,
		.text = buf_str(&p->text) };
	int rc = txn_begin(v, err);

	scope_clear(&p->frozen);
	if (rc == HRV_OK && a->frozen) {
		rc = freeze(v, &p->asked, &p->frozen, err);
		n.asked = &p->asked;
		n.scope = &p->frozen;
	}
	/* Whom it is about, may place it as well: it only protects. */
	if (rc == HRV_OK)
		rc = hold_add(v, &n, &p->id, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, true, err);
	txn_abort(v);
	return rc;
}

/* What is covered, counted after the commit: the hold must not wait for it.
 * On a full disk it is only counted. */
static int
result(struct hrv_vault *v, struct placing *p, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	const struct scope *s = p->args->frozen ? &p->frozen : &p->asked;
	char text[ID_TEXT_SIZE];
	struct manifest m = { 0 };
	json_t *doc = json_object();
	uint8_t hash[32];
	uint64_t leaf = 0;
	size_t n = 0;
	bool logged;
	int rc = hold_snapshot(v, &p->id, s, &leaf, hash, &n, err);

	logged = rc == HRV_OK;
	if (!logged) {
		rc = holdscope_matches(v, s, &m, err);
		n = m.n;
		if (rc == HRV_OK)
			rc = manifest_hash(&m, hash, err);
	}
	manifest_clear(&m);
	id_format(&p->id, text);
	if (rc == HRV_OK &&
	    (doc == NULL || json_set_str(doc, "id", text) ||
		json_set_int(doc, "matched", (int64_t)n) ||
		hold_put_overdue(v, p->args->review, doc) ||
		json_object_set_new(doc, "snapshot",
		    logged ? json_integer((json_int_t)leaf) : json_null()) ||
		json_set_hex(doc, "manifest", hash, sizeof(hash))))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

int
hrv_hold_place(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct entry refused = ENTRY("hold.place");
	struct placing p = { .args = args, .text = BUF_INIT_SECRET };
	int rc = role_may(v->role, "hold.place", err);

	if (rc != HRV_OK)
		return txn_refuse(v, &refused, err);
	rc = sealed_text(args, &p.text, err);
	if (rc == HRV_OK)
		rc = check_review(args, err);
	if (rc == HRV_OK)
		rc = check_statutory(args, err);
	if (rc == HRV_OK)
		rc = holdscope_read(v, args, &p.asked, err);
	if (rc == HRV_OK)
		rc = place(v, &p, err);
	if (rc == HRV_ELOG || rc == HRV_EIO) {
		/* The disk is full: this is what the reserve is for. */
		if (reserve_give_up(v))
			rc = place(v, &p, err);
	}
	if (rc == HRV_OK)
		rc = result(v, &p, ret_doc, err);
	else if (rc == HRV_EREFUSED)
		rc = txn_refuse(v, &refused, err);
	buf_clear(&p.text);
	scope_clear(&p.asked);
	scope_clear(&p.frozen);
	return rc;
}

int
hrv_hold_preview(struct hrv_vault *v, const struct hrv_hold_args *args,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct scope scope = { 0 };
	struct manifest m = { 0 };
	json_t *doc = json_object(), *list = json_array();
	char text[ID_TEXT_SIZE];
	int rc = holdscope_read(v, args, &scope, err);

	if (rc == HRV_OK)
		rc = holdscope_matches(v, &scope, &m, err);
	for (size_t i = 0; rc == HRV_OK && i < m.n; i++) {
		id_format(&m.rows[i].id, text);
		if (json_array_append_new(list, json_string(text)) != 0)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc == HRV_OK && (json_set_int(doc, "matched", (int64_t)m.n) != 0 ||
				json_object_set(doc, "records", list) != 0))
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (rc == HRV_OK)
		*ret_doc = (struct hrv_doc *)json_incref(doc);
	json_decref(list);
	json_decref(doc);
	manifest_clear(&m);
	scope_clear(&scope);
	return rc;
}
