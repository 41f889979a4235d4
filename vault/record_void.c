/* SPDX-License-Identifier: ISC */
/*
 * A record that should never have been stored. Layer: verbs. Invariant: it is
 * destroyed by the purge's own steps and for nothing else's sake: by two
 * people, never against a hold, a cooling-off or a case, and exactly what was
 * approved.
 */
#include "hrvault/record.h"

#include <stdlib.h>

#include "vault/base/json.h"
#include "vault/custody/roles.h"
#include "vault/destroy.h"
#include "vault/detail.h"
#include "vault/proposal.h"
#include "vault/purge.h"
#include "vault/purge_restored.h"
#include "vault/record_refile.h"
#include "vault/record_view.h"

#define OP "record.void"

/* One command's work. */
struct voiding {
	struct record_row rec;
	const char *reason;
	struct survey s;
	json_t *what; /* is destroyed */
	struct approval approval;
	char approval_id[ID_TEXT_SIZE];
	struct hrv_id run;
	struct receipt *intent;
	struct destroy_result result;
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

/* Exactly what would go, by the rows as they are now: its own versions, and
 * those of the statements on it. */
static int
describe(const struct record_row *rec, const struct survey *s, json_t **ret,
    struct hrv_err *err)
{
	json_t *o = json_pack("{s:[s],s:s}", "compartments", rec->compartment,
	    "class", rec->class_name);
	json_t *versions = json_array(), *statements = json_array();
	int bad = o == NULL || versions == NULL || statements == NULL;

	for (size_t i = 0; !bad && i < s->n; i++) {
		const struct candidate *c = &s->list[i];
		char id[ID_TEXT_SIZE];

		id_format(&c->record, id);
		bad = id_equal(&c->record, &rec->id)
			  ? json_array_append_new(
				versions, json_integer((json_int_t)c->n))
			  : json_array_append_new(statements,
				json_pack("[s,I]", id, (json_int_t)c->n));
	}
	bad = bad || json_object_set(o, "versions", versions) ||
	      (json_array_size(statements) > 0 &&
		  json_object_set(o, "statements", statements)) ||
	      record_put_id(o, "record", &rec->id) ||
	      record_put_id(o, "subject", &rec->subject);
	json_decref(versions);
	json_decref(statements);
	if (bad) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = o;
	return HRV_OK;
}

/* Everything that can be refused before somebody is asked. */
static int
check(struct hrv_vault *v, struct voiding *x, struct hrv_err *err)
{
	int rc;

	if (x->rec.purged)
		return record_purged(v, &x->rec, x->rec.version, err);
	rc = record_no_statement(&x->rec, err);
	if (rc == HRV_OK)
		rc = refile_check_free(v, &x->rec, err);
	if (rc == HRV_OK)
		rc = survey_make_record(v, &x->rec.id, &x->s, err);
	if (rc == HRV_OK && x->s.n == 0)
		rc = hrv_fail(
		    err, HRV_EINTEGRITY, "a living record has no version");
	if (rc == HRV_OK)
		rc = purge_check_trust(v, &x->s, err);
	if (rc == HRV_OK)
		rc = purge_check_restored(&x->s.fold, err);
	return rc == HRV_OK ? describe(&x->rec, &x->s, &x->what, err) : rc;
}

static int
ask(struct hrv_vault *v, struct voiding *x, struct hrv_err *err)
{
	struct proposal_args a = { .kind = OP,
		.what = x->what,
		.subject = &x->rec.subject,
		.record = &x->rec.id,
		.reason = x->reason,
		.kek = KEK_DETAIL,
		.owner = &x->rec.subject };
	int rc = proposal_require(v, &a, &x->approval, err);

	if (rc == HRV_OK && !x->approval.alone)
		id_format(&x->approval.id, x->approval_id);
	return rc;
}

/* States that and why it is filed in error. The reason outlives the record,
 * and goes with its subject. */
static int
mark(struct hrv_vault *v, struct voiding *x, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct detail d = { .sealed = BUF_INIT };
	json_t *p = json_object();
	json_t *statements = json_object_get(x->what, "statements");
	uint64_t leaf = 0;
	int rc = HRV_OK;

	if (p == NULL ||
	    json_object_set(
		p, "versions", json_object_get(x->what, "versions")) ||
	    (statements != NULL &&
		json_object_set(p, "statements", statements)) ||
	    json_set_str(
		p, "proposal", x->approval.alone ? NULL : x->approval_id) ||
	    (x->approval.alone && json_set_int(p, "alone", 1)))
		rc = no_memory(err);
	if (rc == HRV_OK)
		rc = txn_begin(v, err);
	if (rc == HRV_OK)
		rc = detail_seal(
		    v, KEK_DETAIL, &x->rec.subject, x->reason, &d, err);
	e.subject = &x->rec.subject;
	e.record = &x->rec.id;
	e.comp = x->rec.compartment;
	e.payload = p;
	e.detail = d.commit;
	if (rc == HRV_OK)
		rc = txn_entry(v, &e, &leaf, err);
	if (rc == HRV_OK)
		rc = detail_store(v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = txn_commit(v, false, err);
	txn_abort(v);
	detail_clear(&d);
	json_decref(p);
	return rc;
}

/* The highest version of the record itself that was listed. */
static uint32_t
newest_of(const struct voiding *x)
{
	uint32_t n = 0;

	for (size_t i = 0; i < x->s.n; i++) {
		if (id_equal(&x->s.list[i].record, &x->rec.id))
			n = x->s.list[i].n;
	}
	return n;
}

/* Whether under the write lock it is still what was described. */
static int
check_same(struct hrv_vault *v, struct voiding *x, struct hrv_err *err)
{
	json_t *now = NULL;
	int rc = record_load(v, &x->rec.id, &x->rec, err);

	if (rc == HRV_OK)
		rc = describe(&x->rec, &x->s, &now, err);
	if (rc == HRV_OK &&
	    (!json_equal(now, x->what) || x->rec.version != newest_of(x))) {
		rc = hrv_fail(err, HRV_EBUSY,
		    "the record was changed at the same moment");
		hrv_hint(err, "look at it, then run the command again");
	}
	json_decref(now);
	return rc;
}

/* Under the write lock. */
static int
destroy(struct hrv_vault *v, void *ctx, struct hrv_err *err)
{
	struct voiding *x = ctx;
	bool alone = x->approval.alone;
	json_t *used = json_array();
	struct destroy_args a = { .run = &x->run,
		.judge = &x->s.judge,
		.n = x->s.n,
		.approvals = used,
		.alone = alone,
		.intent = &x->intent };
	struct destroy_item *items = calloc(x->s.n + 1, sizeof(*items));
	int rc = check_same(v, x, err);

	if (rc == HRV_OK && (items == NULL || used == NULL ||
				(!alone && json_array_append_new(used,
					       json_string(x->approval_id)))))
		rc = no_memory(err);
	for (size_t i = 0; rc == HRV_OK && i < x->s.n; i++)
		items[i] = (struct destroy_item){ .record = x->s.list[i].record,
			.n = x->s.list[i].n,
			.reason = DESTROY_VOID,
			.approval = alone ? NULL : x->approval_id };
	a.items = items;
	if (rc == HRV_OK)
		rc = destroy_commit(v, &a, &x->result, err);
	if (rc == HRV_OK && x->result.versions > 0)
		rc = proposal_done(v, &x->approval, x->result.leaf, err);
	json_decref(used);
	free(items);
	return rc;
}

/* The intent of a run that came to nothing is closed by what kept it. */
static void
close_intent(struct hrv_vault *v, struct voiding *x, const struct hrv_err *why)
{
	struct entry e = ENTRY("purge.commit");
	struct hrv_err ignored;

	e.run = &x->run;
	if (x->intent != NULL)
		(void)!receipt_close(v, &x->intent, &e, why, &ignored);
}

static int
carry_out(struct hrv_vault *v, struct voiding *x, struct hrv_err *err)
{
	struct purge_commit_args a = { .survey = &x->s,
		.run = &x->run,
		.intent = &x->intent,
		.destroy = destroy,
		.ctx = x,
		.result = &x->result };
	int rc = mark(v, x, err);

	if (rc == HRV_OK)
		rc = purge_announce(v, &x->s, &x->run, NULL, &x->intent, err);
	if (rc == HRV_OK)
		rc = purge_commit(v, &a, err);
	if (rc != HRV_OK)
		close_intent(v, x, err);
	if (rc != HRV_OK || x->result.versions > 0)
		return rc;
	/* A hold or a case came in between; the outcome says so already. */
	hrv_fail_as(err, HRV_EREFUSED, "protected",
	    "the record is protected now: nothing was destroyed");
	return hrv_hint(err, "'hrvault record explain' says by what");
}

static int
make_doc(const struct voiding *x, size_t left, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	char run[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&x->run, run);
	if (o == NULL || record_put_id(o, "record", &x->rec.id) ||
	    json_set_str(o, "run", run) ||
	    json_set_int(o, "destroyed", (int64_t)x->result.versions) ||
	    json_object_set_new(
		o, "certificate", left == 0 ? json_string(run) : json_null()) ||
	    json_object_set_new(o, "finished", json_boolean(left == 0))) {
		json_decref(o);
		return no_memory(err);
	}
	*ret_doc = (struct hrv_doc *)o;
	return HRV_OK;
}

static int
refuse(struct hrv_vault *v, const struct voiding *x, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);

	if (err->code != HRV_EREFUSED && err->code != HRV_ECONFIRM &&
	    err->code != HRV_EINTEGRITY)
		return (int)err->code;
	if (x->rec.id.kind == ID_RECORD) {
		e.subject = &x->rec.subject;
		e.record = &x->rec.id;
		e.comp = x->rec.compartment;
	}
	return txn_refuse(v, &e, err);
}

int
hrv_record_void(struct hrv_vault *v, const char *record, const char *reason,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct voiding x = { .reason = reason };
	size_t left = 0;
	int rc = role_may(v->role, OP, err);

	vault_new_id(ID_RUN, &x.run);
	if (rc == HRV_OK)
		rc = refile_check_reason(reason, err);
	if (rc == HRV_OK)
		rc = record_find(v, record, &x.rec, err);
	if (rc == HRV_OK)
		rc = check(v, &x, err);
	if (rc != HRV_OK)
		rc = refuse(v, &x, err);
	else
		rc = ask(v, &x, err);
	if (rc == HRV_OK)
		rc = carry_out(v, &x, err);
	if (rc == HRV_OK)
		rc = purge_finish_runs(v, &left, err);
	if (rc == HRV_OK)
		rc = make_doc(&x, left, ret_doc, err);
	receipt_drop(&x.intent);
	destroy_clear(&x.result);
	survey_clear(&x.s);
	json_decref(x.what);
	return rc;
}
