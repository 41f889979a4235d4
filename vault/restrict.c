/* SPDX-License-Identifier: ISC */
/*
 * Restricting the use of a subject's records, and lifting it. Layer: verbs.
 * Invariant: the subject and every live record of it change in one commit,
 * each with its new state in the manifest of the entry. The check that
 * enforces it is where records are read (record_read.c).
 */
#include "hrvault/rights.h"

#include <stdlib.h>
#include <string.h>

#include "vault/base/text.h"
#include "vault/case.h"
#include "vault/custody/roles.h"
#include "vault/detail.h"
#include "vault/dual.h"
#include "vault/holdkeep.h"
#include "vault/holdplace.h"
#include "vault/identity.h"
#include "vault/restrict.h"
#include "vault/state.h"
#include "vault/store/db.h"
#include "vault/terms.h"
#include "vault/txn.h"

/* One command's work. */
struct restriction {
	struct hrv_vault *v;
	const char *op;
	const char *ground;	 /* that comes; NULL: lifted */
	const char *lifted;	 /* that goes; NULL: the one there is */
	char left[GROUNDS_SIZE]; /* those in force afterwards */
	const char *reason;	 /* NULL unless lifted */
	const char *told;	 /* likewise */
	const struct hrv_id *kase;
	bool again;
	bool by_right;
	struct holdkeep keep;
	struct subject_row subject;
	struct manifest states;
	size_t records;
	bool unchanged;
	bool preserved; /* a hold was placed for it */
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

int
restrict_check_ground(const char *ground, struct hrv_err *err)
{
	return grounds_check(strchr(ground, ',') == NULL ? ground : "", err);
}

static int
set_ground(struct restriction *x, enum sql_id sql, const struct hrv_id *id,
    struct hrv_err *err)
{
	struct stmt *st;
	int rc = db_stmt(x->v->db, sql, &st, err);

	if (rc != HRV_OK)
		return rc;
	(void)db_bind_blob(st, 1, id->b, ID_BYTES);
	(void)db_bind_text(st, 2, x->left[0] == '\0' ? NULL : x->left);
	return db_run(st, err);
}

/* The subject and its records, in the tables and in the manifest. */
static int
set_all(struct restriction *x, struct hrv_err *err)
{
	struct hrv_id *ids = NULL;
	uint8_t state[32];
	size_t n = 0;
	int rc = ids_of(x->v, SQL_RIGHTS_LIST_RECORDS, &x->subject.id,
	    ID_RECORD, &ids, &n, err);

	for (size_t i = 0; rc == HRV_OK && i < n; i++) {
		rc = set_ground(x, SQL_RECORD_SET_RESTRICTED, &ids[i], err);
		if (rc == HRV_OK)
			rc = state_record(x->v, &ids[i], state, err);
		if (rc == HRV_OK)
			rc = manifest_add(&x->states, &ids[i], state, err);
	}
	free(ids);
	x->records = n;
	if (rc == HRV_OK)
		rc = set_ground(
		    x, SQL_RIGHTS_SET_RESTRICTED, &x->subject.id, err);
	if (rc == HRV_OK)
		rc = state_subject(x->v, &x->subject.id, state, err);
	if (rc == HRV_OK)
		rc = manifest_add(&x->states, &x->subject.id, state, err);
	x->states.states = true;
	return rc;
}

/* Grounds stand beside each other: another one takes none away, and who lifts
 * one leaves the others. */
static void
set_left(struct restriction *x)
{
	const char *was = x->subject.restricted;

	if (x->ground != NULL)
		grounds_add(was, x->ground, x->left);
	else
		grounds_less(was, x->lifted == NULL ? was : x->lifted, x->left);
}

/* A restore does what was done before, and undoes nothing. */
static int
change(struct restriction *x, struct hrv_err *err)
{
	struct holdkeep *k = &x->keep;
	int rc =
	    x->again ? HRV_OK : holdkeep_before(x->v, k, &x->subject.id, err);

	set_left(x);
	if (rc == HRV_OK)
		rc = set_all(x, err);
	if (rc == HRV_OK)
		rc = x->by_right ? holdkeep_look(x->v, k, err)
				 : holdkeep_check(x->v, k, err);
	return rc;
}

/* Every row names the entry that stated its state. */
static int
set_states(struct restriction *x, uint64_t leaf, struct hrv_err *err)
{
	int rc = HRV_OK;

	for (size_t i = 0; rc == HRV_OK && i < x->states.n; i++) {
		const struct manifest_row *m = &x->states.rows[i];

		rc = m->id.kind == ID_SUBJECT
			 ? state_set_subject(x->v, &m->id, leaf, m->state, err)
			 : state_set_record(x->v, &m->id, leaf, m->state, err);
	}
	return rc;
}

/* A restricting entry has all that are in force from then on, a lifting one
 * those that are left: a fold needs the last entry only. */
static int
put_grounds(const struct restriction *x, json_t *p)
{
	const char *left = x->left[0] == '\0' ? NULL : x->left;

	if (x->ground != NULL)
		return json_set_str(p, "ground", left);
	return json_set_str(p, "lifted", x->lifted) ||
	       json_set_str(p, "left", left);
}

static int
log_change(struct restriction *x, struct hrv_err *err)
{
	struct detail d = { .sealed = BUF_INIT };
	struct entry e = { .op = x->op, .phase = OP_SINGLE, .result = LEAF_OK };
	struct dual_step step = {
		.kind = x->op, .subject = &x->subject.id, .reason = x->reason
	};
	struct approval approval = { .alone = false };
	json_t *p = json_object();
	const char *was = x->subject.restricted;
	uint64_t leaf = 0;
	int rc = HRV_OK;

	if (p == NULL || put_grounds(x, p) ||
	    json_set_str(p, "was", was[0] == '\0' ? NULL : was) ||
	    json_set_str(p, "told", x->told) ||
	    (x->again && json_set_int(p, "again", 1)) ||
	    json_set_int(p, "records", (int64_t)x->records))
		rc = no_memory(err);
	step.what = p;
	if (rc == HRV_OK && !x->again && !x->by_right)
		rc = dual_allow(x->v, &step, &approval, err);
	if (rc == HRV_OK)
		rc = approval_log(&approval, &e, p, err);
	e.subject = &x->subject.id;
	e.kase = x->kase;
	e.payload = p;
	e.manifest = &x->states;
	if (rc == HRV_OK && x->reason != NULL)
		rc = detail_seal(
		    x->v, KEK_DETAIL, &x->subject.id, x->reason, &d, err);
	if (rc == HRV_OK) {
		e.detail = x->reason == NULL ? NULL : d.commit;
		rc = txn_entry(x->v, &e, &leaf, err);
	}
	if (rc == HRV_OK && x->reason != NULL)
		rc = detail_store(x->v, leaf, &d, err);
	if (rc == HRV_OK)
		rc = set_states(x, leaf, err);
	if (rc == HRV_OK)
		rc = proposal_done(x->v, &approval, leaf, err);
	if (rc == HRV_OK && x->by_right)
		rc = hold_by_name(x->v, &x->keep, err);
	/* Art. 18(1)(c): the person needs the data kept. */
	if (rc == HRV_OK && x->ground != NULL && !x->again &&
	    grounds_has(x->ground, "claims"))
		rc = hold_preserve(x->v, &x->subject.id, &x->preserved, err);
	detail_clear(&d);
	json_decref(p);
	return rc;
}

/* Art. 18(1)(d): until it is decided whose grounds prevail. */
static int
check_objection(struct restriction *x, struct hrv_err *err)
{
	bool pending = false;
	int rc = case_objection_pending(x->v, &x->subject.id, &pending, err);

	set_left(x);
	if (rc != HRV_OK || !pending ||
	    grounds_has(x->left, RESTRICT_OBJECTION))
		return rc;
	hrv_fail_as(err, HRV_EREFUSED, "objection",
	    "an objection of this person was not decided yet, and restricts "
	    "until it is");
	return hrv_hint(err, "'hrvault case list' has it; decide it with "
			     "'hrvault case resolve'");
}

/* The ground that is lifted is in force, and named where there are others. */
static int
check_lifted(struct restriction *x, struct hrv_err *err)
{
	const char *was = x->subject.restricted;
	char id[ID_TEXT_SIZE];

	id_format(&x->subject.id, id);
	if (was[0] == '\0')
		return hrv_fail_as(err, HRV_EREFUSED, "not-restricted",
		    "%s is not restricted", id);
	if (x->lifted == NULL && strchr(was, ',') != NULL) {
		hrv_fail(err, HRV_EUSAGE,
		    "%s is restricted on several grounds: %s", id, was);
		return hrv_hint(err, "say which of them is over with --ground");
	}
	if (x->lifted != NULL && !grounds_has(was, x->lifted)) {
		hrv_fail_as(err, HRV_EREFUSED, "not-restricted",
		    "%s is not restricted on the ground '%s'", id, x->lifted);
		return hrv_hint(err, "it is restricted for: %s", was);
	}
	return HRV_OK;
}

/* Under the write lock. */
static int
carry_out(struct restriction *x, struct hrv_err *err)
{
	int rc = subject_load(x->v, &x->subject.id, &x->subject, err);

	if (rc == HRV_OK)
		rc = identity_gone(x->v, &x->subject, err);
	if (rc != HRV_OK)
		return rc;
	if (x->ground == NULL)
		rc = check_lifted(x, err);
	if (rc == HRV_OK && x->ground == NULL)
		rc = check_objection(x, err);
	if (rc != HRV_OK)
		return rc;
	set_left(x);
	x->unchanged =
	    x->ground != NULL && strcmp(x->left, x->subject.restricted) == 0;
	if (x->unchanged)
		return HRV_OK;
	rc = change(x, err);
	if (rc == HRV_OK)
		rc = log_change(x, err);
	return rc == HRV_OK ? txn_commit(x->v, true, err) : rc;
}

int
restrict_apply(struct hrv_vault *v, const struct restrict_step *step,
    size_t *ret_records, struct hrv_err *err)
{
	struct restriction x = { .v = v,
		.op =
		    step->ground != NULL ? "subject.restrict" : "subject.lift",
		.ground = step->ground,
		.lifted = step->lifted,
		.reason = step->reason,
		.told = step->told,
		.kase = step->kase,
		.by_right = step->by_right,
		.again = step->again };
	int rc = subject_load(v, step->subject, &x.subject, err);

	if (rc == HRV_OK)
		rc = change(&x, err);
	if (rc == HRV_OK)
		rc = log_change(&x, err);
	if (rc == HRV_OK && ret_records != NULL)
		*ret_records = x.records;
	holdkeep_clear(&x.keep);
	manifest_clear(&x.states);
	return rc;
}

/* Art. 18(3): the person is told first, and the day of it stands in the
 * log. */
static int
check_told(struct restriction *x, struct hrv_err *err)
{
	struct hrv_date told, today;
	int rc;

	if (x->told == NULL) {
		hrv_fail_as(err, HRV_ECONFIRM, "not-told",
		    "the person is told before a restriction is lifted");
		return hrv_hint(err, "tell them, then say on which day with "
				     "--told DATE");
	}
	if (!hrv_date_parse(x->told, &told))
		return hrv_fail(err, HRV_EUSAGE,
		    "the day of telling is not a date (YYYY-MM-DD)");
	rc = vault_today(x->v, &today, err);
	if (rc == HRV_OK && hrv_date_cmp(told, today) > 0)
		rc = hrv_fail(
		    err, HRV_EUSAGE, "the day of telling lies in the future");
	return rc;
}

/* What still restricts, or null. */
static int
put_left(const struct restriction *x, json_t *o)
{
	return x->left[0] == '\0'
		   ? json_object_set_new(o, "restricted", json_null())
		   : json_set_str(o, "restricted", x->left);
}

static int
make_result(struct restriction *x, struct hrv_doc **ret, struct hrv_err *err)
{
	char id[ID_TEXT_SIZE];
	json_t *o = json_object();
	int bad;

	id_format(&x->subject.id, id);
	bad = o == NULL || json_set_str(o, "id", id) ||
	      json_set_int(o, "records", (int64_t)x->records);
	if (x->ground == NULL)
		bad = bad || json_set_str(o, "was", x->subject.restricted) ||
		      put_left(x, o);
	else
		bad = bad || json_set_str(o, "restricted", x->left) ||
		      json_object_set_new(
			  o, "unchanged", json_boolean(x->unchanged)) ||
		      json_object_set_new(
			  o, "preserved", json_boolean(x->preserved));
	if (bad) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

static int
run(struct restriction *x, const char *who, struct hrv_doc **ret,
    struct hrv_err *err)
{
	struct entry refused = {
		.op = x->op, .phase = OP_SINGLE, .result = LEAF_OK
	};
	int rc = role_may(x->v->role, x->op, err);

	if (rc != HRV_OK)
		return txn_refuse(x->v, &refused, err);
	if (x->ground != NULL)
		rc = restrict_check_ground(x->ground, err);
	else if (x->reason == NULL)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "a restriction needs its ground, lifting it a reason");
	else
		rc = text_check_field(
		    TEXT_REASON, x->reason, strlen(x->reason), err);
	if (rc == HRV_OK && x->lifted != NULL)
		rc = restrict_check_ground(x->lifted, err);
	if (rc == HRV_OK && x->ground == NULL)
		rc = check_told(x, err);
	if (rc == HRV_OK)
		rc = lookup_subject(x->v, who, &x->subject.id, err);
	if (rc != HRV_OK)
		return rc;
	refused.subject = &x->subject.id;
	rc = txn_begin(x->v, err);
	if (rc == HRV_OK)
		rc = carry_out(x, err);
	txn_abort(x->v);
	holdkeep_clear(&x->keep);
	manifest_clear(&x->states);
	if (rc == HRV_EREFUSED)
		return txn_refuse(x->v, &refused, err);
	return rc == HRV_OK ? make_result(x, ret, err) : rc;
}

int
hrv_subject_restrict(struct hrv_vault *v, const char *who, const char *ground,
    struct hrv_doc **ret_doc, struct hrv_err *err)
{
	struct restriction x = {
		.v = v, .op = "subject.restrict", .ground = ground
	};

	return run(&x, who, ret_doc, err);
}

int
hrv_subject_lift(struct hrv_vault *v, const char *who, const char *ground,
    const char *reason, const char *told, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct restriction x = { .v = v,
		.op = "subject.lift",
		.lifted = ground,
		.reason = reason,
		.told = told };

	return run(&x, who, ret_doc, err);
}
