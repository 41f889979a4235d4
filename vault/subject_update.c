/* SPDX-License-Identifier: ISC */
/*
 * Correcting who a subject is. Layer: verbs. Invariant: nothing is overwritten;
 * the identity as it was remains a version of its record, so that also a held
 * subject can be corrected.
 */
#include "hrvault/subject.h"

#include <stdlib.h>
#include <string.h>

#include "vault/detail.h"
#include "vault/dual.h"
#include "vault/earlier.h"
#include "vault/identity.h"
#include "vault/subject_correct.h"
#include "vault/subject_intake.h"
#include "vault/subject_match.h"
#include "vault/subject_store.h"

#define OP "subject.update"

/* One command's work. */
struct updating {
	struct hrv_vault *v;
	const struct hrv_subject_update_args *args;
	struct correction to;
	bool under_age;
	struct subject_set same_number;
	struct receipt *receipt;
	struct detail reason;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static const char *
new_number(const struct updating *u)
{
	return u->args->fields.number;
}

/* Intent to open the subject, and whoever may have the new number. */
static int
open_receipt(struct updating *u, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct manifest m = { 0 };
	int rc = manifest_add(&m, &u->to.subject.id, NULL, err);

	if (rc == HRV_OK && new_number(u) != NULL)
		rc = subject_set_add(
		    u->v, &u->same_number, TEXT_NUMBER, new_number(u), err);
	subject_set_drop(&u->same_number, &u->to.subject.id);
	if (rc == HRV_OK)
		rc = subject_set_manifest(&u->same_number, &m, err);
	e.subject = &u->to.subject.id;
	if (rc == HRV_OK)
		rc = receipt_open(u->v, &e, &m, &u->receipt, err);
	manifest_clear(&m);
	return rc;
}

static int
check_result(struct updating *u, struct hrv_err *err)
{
	int rc = subject_check(u->v, u->to.kind, u->to.identity, err);

	/* Somebody who was taken in too young is not hidden by refusing to
	 * write the true birth date down. */
	u->under_age = rc == HRV_EREFUSED;
	if (u->under_age)
		rc = HRV_OK;
	if (rc == HRV_OK && json_array_size(u->to.changed) == 0)
		rc = hrv_fail(
		    err, HRV_EUSAGE, "this would change nothing; it is so now");
	return rc;
}

/* The identity as it will be, from the one that was opened. */
static int
edit(struct updating *u, const json_t *old, struct hrv_err *err)
{
	int rc = HRV_OK;

	u->to.identity = json_deep_copy(old);
	if (u->to.identity == NULL)
		return no_memory(err);
	for (size_t i = 0; rc == HRV_OK && i < u->args->n_remove; i++)
		rc = intake_remove(u->to.identity, u->args->remove[i], err);
	if (rc == HRV_OK)
		rc = intake_set(u->to.identity, &u->args->fields, err);
	if (rc == HRV_OK)
		rc = intake_changed(old, u->to.identity, &u->to.changed, err);
	if (rc == HRV_OK && strcmp(u->to.kind, u->to.subject.kind) != 0 &&
	    json_array_append_new(u->to.changed, json_string("kind")))
		rc = no_memory(err);
	return rc == HRV_OK ? check_result(u, err) : rc;
}

/* Opens the identity, makes the new one, and asks whether its number is
 * free. */
static int
open_and_edit(struct updating *u, struct hrv_err *err)
{
	json_t *old = NULL;
	int rc = identity_open(u->v, u->receipt, &u->to.subject, &old, err);

	if (rc == HRV_OK)
		rc = edit(u, old, err);
	json_decref(old);
	if (rc == HRV_OK && new_number(u) != NULL)
		rc = subject_number_free(
		    u->v, u->receipt, &u->same_number, new_number(u), err);
	return rc;
}

/* Tells what changed, never to what: fields by name, and effects. */
static int
make_payload(struct updating *u, json_t **ret, struct hrv_err *err)
{
	json_t *p = json_pack("{s:O,s:I}", "fields", u->to.changed, "version",
	    (json_int_t)u->to.record.version + 1);

	if (p == NULL || earlier_set_moved(p, &u->to.moved) ||
	    (correction_has(&u->to, "kind") &&
		json_set_str(p, "kind", u->to.kind))) {
		json_decref(p);
		return no_memory(err);
	}
	*ret = p;
	return HRV_OK;
}

/* Where the schedule asks two people for every correction: they decide about
 * the dates that it moves as well, by the same rule. */
static int
allow_step(struct updating *u, struct approval *ret, struct hrv_err *err)
{
	json_t *what = json_object();
	struct dual_step step = { .kind = OP,
		.subject = &u->to.subject.id,
		.what = what,
		.bound = u->to.identity,
		.reason = u->args->reason };
	int rc = HRV_OK;

	if (what == NULL || earlier_bind_moved(what, &u->to.moved) ||
	    json_set_str(what, "kind", u->to.kind))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = dual_allow(u->v, &step, ret, err);
	json_decref(what);
	return rc;
}

static int
log_update(struct updating *u, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	json_t *payload = NULL;
	uint64_t leaf = 0;
	struct earlier_step step = { .subject = &u->to.subject.id,
		.identity = u->to.identity,
		.reason = u->args->reason };
	struct approval approval = { .alone = false };
	int rc = dual_asks(u->v, OP)
		     ? allow_step(u, &approval, err)
		     : earlier_allow(u->v, &u->to.moved, &step, &approval, err);

	if (rc == HRV_OK)
		rc = make_payload(u, &payload, err);
	if (rc == HRV_OK)
		rc = approval_log(&approval, &e, payload, err);
	e.subject = &u->to.subject.id;
	e.payload = payload;
	e.manifest = &u->to.states;
	e.detail = u->reason.commit;
	if (rc == HRV_OK)
		rc = receipt_entry(u->v, &u->receipt, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(u->v, &approval, leaf, err);
	if (rc == HRV_OK)
		rc = correction_logged(&u->to, leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(u->v, leaf, &u->reason, err);
	json_decref(payload);
	return rc;
}

/* Whether the identity is still the one that was opened, and nobody made the
 * person another one: a merge leaves the identity as it is. */
static int
check_unmoved(struct updating *u, struct hrv_err *err)
{
	struct record_row now;
	struct subject_row who = { .gone = true };
	int rc = record_load(u->v, &u->to.record.id, &now, err);

	if (rc == HRV_OK)
		rc = subject_load(u->v, &u->to.subject.id, &who, err);
	if (rc == HRV_OK &&
	    (now.version != u->to.record.version || now.purged || who.gone)) {
		hrv_fail(err, HRV_EBUSY,
		    "somebody else has just changed this subject");
		rc = hrv_hint(err, "look at it again, then repeat the command");
	}
	if (rc == HRV_OK)
		rc = subject_number_same(u->v, &u->same_number, new_number(u),
		    &u->to.subject.id, err);
	return rc;
}

static int
store_all(struct updating *u, struct hrv_err *err)
{
	int rc = txn_begin(u->v, err);

	if (rc == HRV_OK)
		rc = check_unmoved(u, err);
	if (rc == HRV_OK)
		rc = detail_seal(u->v, KEK_DETAIL, &u->to.subject.id,
		    u->args->reason, &u->reason, err);
	if (rc == HRV_OK)
		rc = correction_store(&u->to, err);
	if (rc == HRV_OK)
		rc = log_update(u, err);
	if (rc == HRV_OK)
		rc = txn_commit(u->v, true, err);
	txn_abort(u->v);
	return rc;
}

static int
result(struct updating *u, struct hrv_doc **ret_doc, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *doc;
	int rc = HRV_OK;

	id_format(&u->to.subject.id, id);
	doc = json_pack("{s:s,s:I,s:O}", "id", id, "version",
	    (json_int_t)u->to.record.version + 1, "changed", u->to.changed);
	if (doc == NULL || earlier_set_moved(doc, &u->to.moved) ||
	    (u->under_age &&
		json_object_set_new(doc, "under_age", json_true())))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = earlier_set_destruction(u->v, doc, &u->to.moved, err);
	if (rc != HRV_OK) {
		json_decref(doc);
		return rc;
	}
	*ret_doc = (struct hrv_doc *)doc;
	return HRV_OK;
}

/* What can be known before anything is opened. */
static int
check_args(struct updating *u, struct hrv_err *err)
{
	const char *reason = u->args->reason;
	int rc;

	if (reason == NULL) {
		hrv_fail(err, HRV_EUSAGE, "a correction needs a reason");
		return hrv_hint(err, "give one with --reason");
	}
	rc = text_check_field(TEXT_REASON, reason, strlen(reason), err);
	if (rc == HRV_OK)
		rc = lookup_subject(u->v, u->args->who, &u->to.subject.id, err);
	if (rc == HRV_OK)
		rc = subject_load(u->v, &u->to.subject.id, &u->to.subject, err);
	if (rc == HRV_OK)
		rc = identity_gone(u->v, &u->to.subject, err);
	if (rc == HRV_OK)
		rc = record_load(
		    u->v, &u->to.subject.identity, &u->to.record, err);
	u->to.kind = u->args->kind != NULL ? u->args->kind : u->to.subject.kind;
	return rc;
}

int
hrv_subject_update(struct hrv_vault *v,
    const struct hrv_subject_update_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct updating u = { .v = v, .args = args, .to.v = v };
	struct entry e = ENTRY(OP);
	int rc = role_may(v->role, OP, err);

	if (rc != HRV_OK)
		return txn_refuse(v, &e, err);
	u.reason.sealed = (struct buf)BUF_INIT;
	rc = check_args(&u, err);
	if (rc == HRV_OK)
		rc = open_receipt(&u, err);
	if (rc == HRV_OK)
		rc = open_and_edit(&u, err);
	if (rc == HRV_OK)
		rc = store_all(&u, err);
	e.subject = &u.to.subject.id;
	if (rc == HRV_OK)
		rc = result(&u, ret_doc, err);
	else
		rc = subject_read_failed(v, &u.receipt, &e, err);
	receipt_drop(&u.receipt);
	detail_clear(&u.reason);
	subject_set_clear(&u.same_number);
	correction_clear(&u.to);
	return rc;
}
