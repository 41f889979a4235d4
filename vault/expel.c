/* SPDX-License-Identifier: ISC */
/*
 * A person who should not be here, see expel.h. Layer: verbs. Invariant: the
 * ground is proved from what is stored before anybody is asked, and all goes
 * or nothing.
 */
#include "vault/expel.h"

#include <stdlib.h>
#include <string.h>

#include "hrvault/rights.h"
#include "vault/base/json.h"
#include "vault/custody/roles.h"
#include "vault/destroy.h"
#include "vault/detail.h"
#include "vault/dual.h"
#include "vault/earlier.h"
#include "vault/identity.h"
#include "vault/intake_age.h"
#include "vault/proposal.h"
#include "vault/purge.h"
#include "vault/purge_restored.h"
#include "vault/record_view.h"
#include "vault/store/db.h"
#include "vault/terms.h"

#define OP "subject.review"

static const struct ground {
	const char *name;
	const char *cite;
	bool of_age; /* proved by the birth date */
} grounds[] = {
	{ "under-age", "taken in under the minimum age of the schedule", true },
	{ "no-record", "nothing about the person was ever stored", false },
};

/* One command's work. */
struct expelling {
	struct hrv_vault *v;
	const struct ground *ground;
	const char *reason;
	struct subject_row subject;
	struct record_row identity;
	char born[HRV_DATE_TEXT]; /* that proves it; "" for another ground */
	struct survey s;
	json_t *what;
	struct approval approval;
	char approval_id[ID_TEXT_SIZE];
	struct hrv_id run;
	struct receipt *intent;
	struct destroy_result result;
	bool told; /* a refusal is in the log already */
};

static int
no_memory(struct hrv_err *err)
{
	return hrv_fail(err, HRV_ENOMEM, "out of memory");
}

static int
find_ground(const char *name, const struct ground **ret, struct hrv_err *err)
{
	for (size_t i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++) {
		if (strcmp(name, grounds[i].name) == 0) {
			*ret = &grounds[i];
			return HRV_OK;
		}
	}
	hrv_fail(err, HRV_EUSAGE, "there is no such ground to destroy");
	return hrv_hint(err, "under-age or no-record");
}

/* Whether the person was too young on the day of intake. */
static int
check_born(struct expelling *x, const json_t *identity, struct hrv_err *err)
{
	const char *text = json_str(identity, "born");
	struct hrv_date born, stored;
	bool old_enough = true;
	int rc;

	if (text == NULL || !hrv_date_parse(text, &born) ||
	    !hrv_date_parse(x->identity.stored, &stored)) {
		hrv_fail_as(err, HRV_EREFUSED, "no-birth-date",
		    "no birth date is known of this person");
		return hrv_hint(err, "enter it with 'hrvault subject update "
				     "S --born D --reason T'");
	}
	rc = intake_old_enough(x->v, born, stored, &old_enough, err);
	if (rc != HRV_OK)
		return rc;
	if (!old_enough) {
		hrv_date_format(born, x->born);
		return HRV_OK;
	}
	hrv_fail_as(err, HRV_EREFUSED, "of-age",
	    "this person was old enough when taken in");
	return hrv_hint(err, "what counts is the schedule of the day of "
			     "intake");
}

/* Opens the identity, which is a read like any other. */
static int
prove_age(struct expelling *x, struct hrv_err *err)
{
	struct entry e = ENTRY(OP);
	struct manifest m = { 0 };
	struct receipt *r = NULL;
	json_t *identity = NULL;
	struct hrv_err ignored;
	int rc = manifest_add(&m, &x->subject.id, NULL, err);

	e.subject = &x->subject.id;
	if (rc == HRV_OK)
		rc = receipt_open(x->v, &e, &m, &r, err);
	manifest_clear(&m);
	if (rc != HRV_OK)
		return rc;
	rc = identity_open(x->v, r, &x->subject, &identity, err);
	if (rc == HRV_OK)
		rc = check_born(x, identity, err);
	json_decref(identity);
	if (rc == HRV_OK)
		return receipt_close(x->v, &r, &e, NULL, err);
	(void)!receipt_close(x->v, &r, &e, err, &ignored);
	x->told = true;
	return rc;
}

/* From now on it is stored and not used. */
static int
quarantine(struct expelling *x, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	char id[ID_TEXT_SIZE];
	int rc;

	if (x->subject.restricted[0] != '\0' ||
	    dual_asks(x->v, "subject.restrict"))
		return HRV_OK;
	id_format(&x->subject.id, id);
	rc = hrv_subject_restrict(x->v, id, "unlawful", &doc, err);
	hrv_doc_free(doc);
	return rc;
}

/* Other people's records that name the person keep who it is; its own ones
 * fall due by the schedule, unless it should never have had any. */
static int
check_records(struct expelling *x, struct hrv_err *err)
{
	struct hrv_id *links = NULL;
	size_t n = 0;
	int rc = ids_of(
	    x->v, SQL_LINK_LIST_TO, &x->subject.id, ID_RECORD, &links, &n, err);

	free(links);
	if (rc == HRV_OK && n > 0) {
		hrv_fail_as(err, HRV_EREFUSED, "linked",
		    "records about other people name this person, so who it "
		    "is stays with them: nothing was destroyed");
		return hrv_hint(err, "it can go when they are destroyed");
	}
	if (rc != HRV_OK || x->ground->of_age || x->s.n == 0)
		return rc;
	hrv_fail_as(err, HRV_EREFUSED, "has-records",
	    "there are records about this person");
	return hrv_hint(err, "they fall due by the schedule, and who it is "
			     "with the last of them");
}

/* The same names as for one record, so that every way is refused alike. */
static int protected(enum verdict shield, struct hrv_err *err)
{
	if (shield == VERDICT_HOLD)
		hrv_fail_as(err, HRV_EREFUSED, "held",
		    "a legal hold covers something about this person: nothing "
		    "was destroyed");
	else if (shield == VERDICT_CASE)
		hrv_fail_as(err, HRV_EREFUSED, "open-case",
		    "an open case freezes something about this person: "
		    "nothing was destroyed");
	else
		hrv_fail_as(err, HRV_EREFUSED, "cooling-off",
		    "something about this person was under a legal hold that "
		    "is cooling off: nothing was destroyed");
	return hrv_hint(err, "'hrvault record explain' says what protects a "
			     "record; when it is over, run this again");
}

/* A hold is named before a case, a case before a cooling-off. */
static void
add_shield(enum verdict *shield, enum verdict one)
{
	if (one == VERDICT_HOLD || *shield == VERDICT_DESTROY ||
	    (one == VERDICT_CASE && *shield == VERDICT_COOLING))
		*shield = one;
}

static void
add_why(enum verdict *shield, const struct protect_why *why)
{
	if (why->hold)
		add_shield(shield, VERDICT_HOLD);
	if (why->kase)
		add_shield(shield, VERDICT_CASE);
	if (why->cooling)
		add_shield(shield, VERDICT_COOLING);
}

/* A person whom anything protects stays whole. */
static int
check_free(struct expelling *x, struct hrv_err *err)
{
	struct protect_why why = { 0 };
	enum verdict shield = VERDICT_DESTROY;
	int rc = protect_subject(
	    x->v, x->s.judge.protect, &x->subject.id, &why, err);

	add_why(&shield, &why);
	if (rc == HRV_OK)
		rc = protect_record(
		    x->v, x->s.judge.protect, &x->identity, &why, err);
	add_why(&shield, &why);
	for (size_t i = 0; rc == HRV_OK && i < x->s.n; i++)
		add_shield(&shield, x->s.list[i].shield);
	if (rc != HRV_OK || shield == VERDICT_DESTROY)
		return rc;
	return protected(shield, err);
}

/* The birth date that all of it rests on: one member can enter one, so it is
 * this one that another approves. */
static int
bind_born(struct expelling *x, json_t *what, struct hrv_err *err)
{
	json_t *bound = json_pack("{s:s}", "born", x->born);
	int rc =
	    bound == NULL ? no_memory(err) : dual_bind(x->v, bound, what, err);

	json_decref(bound);
	return rc;
}

/* Exactly what would go. */
static int
describe(struct expelling *x, json_t **ret, struct hrv_err *err)
{
	json_t *o = json_pack("{s:s}", "ground", x->ground->name);
	json_t *comps = json_array(), *records = json_array();
	char text[ID_TEXT_SIZE];
	int bad =
	    o == NULL || json_object_set_new(o, "records", records) |
			     json_object_set_new(o, "compartments", comps);

	for (size_t i = 0; !bad && i < x->s.n; i++) {
		const struct candidate *c = &x->s.list[i];

		id_format(&c->record, text);
		bad = json_array_append_new(records,
			  json_pack("{s:s,s:I,s:s}", "record", text, "version",
			      (json_int_t)c->n, "class", c->class_name)) ||
		      earlier_add_comp(comps, c->compartment);
	}
	bad = bad || record_put_id(o, "subject", &x->subject.id);
	if (bad) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = o;
	return x->ground->of_age ? bind_born(x, o, err) : HRV_OK;
}

static int
check(struct expelling *x, struct hrv_err *err)
{
	int rc = subject_load(x->v, &x->subject.id, &x->subject, err);

	if (rc == HRV_OK)
		rc = identity_gone(x->v, &x->subject, err);
	if (rc == HRV_OK)
		rc = record_load(x->v, &x->subject.identity, &x->identity, err);
	if (rc == HRV_OK && x->ground->of_age)
		rc = prove_age(x, err);
	if (rc == HRV_OK && x->ground->of_age)
		rc = quarantine(x, err);
	if (rc == HRV_OK)
		rc = survey_make_person(x->v, &x->subject.id, &x->s, err);
	if (rc == HRV_OK)
		rc = check_records(x, err);
	if (rc == HRV_OK)
		rc = check_free(x, err);
	if (rc == HRV_OK)
		rc = purge_check_trust(x->v, &x->s, err);
	if (rc == HRV_OK)
		rc = purge_check_restored(&x->s.fold, err);
	return rc == HRV_OK ? describe(x, &x->what, err) : rc;
}

static int
ask(struct expelling *x, struct hrv_err *err)
{
	struct proposal_args a = { .kind = OP,
		.what = x->what,
		.subject = &x->subject.id,
		.kek = KEK_DETAIL,
		.owner = &x->subject.id };
	struct buf said = BUF_INIT_SECRET;
	int rc;

	/* Whoever approves reads the date, the log does not. */
	buf_adds(&said, x->reason);
	if (x->born[0] != '\0')
		buf_addf(&said, "\nborn %s", x->born);
	a.reason = buf_str(&said);
	rc = buf_ok(&said, err);
	if (rc == HRV_OK)
		rc = proposal_require(x->v, &a, &x->approval, err);
	buf_clear(&said);
	if (rc == HRV_OK && !x->approval.alone)
		id_format(&x->approval.id, x->approval_id);
	return rc;
}

/* Under the write lock. */
static int
destroy(struct hrv_vault *v, void *ctx, struct hrv_err *err)
{
	struct expelling *x = ctx;
	bool alone = x->approval.alone;
	json_t *used = json_array();
	struct destroy_args a = { .run = &x->run,
		.judge = &x->s.judge,
		.n = x->s.n,
		.person = &x->subject.id,
		.person_rule = x->ground->name,
		.person_cite = x->ground->cite,
		.approvals = used,
		.alone = alone,
		.intent = &x->intent };
	struct destroy_item *items = calloc(x->s.n + 1, sizeof(*items));
	int rc = items == NULL || used == NULL ||
			 (!alone && json_array_append_new(
					used, json_string(x->approval_id)))
		     ? no_memory(err)
		     : check_free(x, err);

	for (size_t i = 0; rc == HRV_OK && i < x->s.n; i++)
		items[i] = (struct destroy_item){ .record = x->s.list[i].record,
			.n = x->s.list[i].n,
			.reason = DESTROY_PERSON,
			.approval = alone ? NULL : x->approval_id };
	a.items = items;
	if (rc == HRV_OK)
		rc = destroy_commit(v, &a, &x->result, err);
	/* Something came in meanwhile, or is protected now: all or nothing. */
	if (rc == HRV_OK && x->result.identities == 0) {
		hrv_fail(err, HRV_EBUSY,
		    "something about the person was changed at the same "
		    "moment: nothing was destroyed");
		rc = hrv_hint(err, "look at it, then run the command again");
	}
	if (rc == HRV_OK)
		rc = proposal_done(v, &x->approval, x->result.leaf, err);
	json_decref(used);
	free(items);
	return rc;
}

static void
close_intent(struct expelling *x, const struct hrv_err *why)
{
	struct entry e = ENTRY("purge.commit");
	struct hrv_err ignored;

	e.run = &x->run;
	if (x->intent != NULL)
		(void)!receipt_close(x->v, &x->intent, &e, why, &ignored);
}

static int
carry_out(struct expelling *x, struct hrv_err *err)
{
	struct purge_commit_args a = { .survey = &x->s,
		.run = &x->run,
		.intent = &x->intent,
		.destroy = destroy,
		.ctx = x,
		.result = &x->result };
	int rc = purge_announce(
	    x->v, &x->s, &x->run, &x->subject.id, &x->intent, err);

	if (rc == HRV_OK)
		rc = purge_commit(x->v, &a, err);
	if (rc != HRV_OK)
		close_intent(x, err);
	return rc;
}

static int
make_doc(const struct expelling *x, size_t left, struct hrv_doc **ret,
    struct hrv_err *err)
{
	char run[ID_TEXT_SIZE];
	json_t *o = json_object();

	id_format(&x->run, run);
	if (o == NULL || record_put_id(o, "subject", &x->subject.id) ||
	    json_set_str(o, "ground", x->ground->name) ||
	    json_set_str(o, "run", run) ||
	    json_set_int(o, "destroyed", (int64_t)x->result.records) ||
	    json_object_set_new(
		o, "identity", json_boolean(x->result.identities > 0)) ||
	    json_object_set_new(
		o, "certificate", left == 0 ? json_string(run) : json_null()) ||
	    json_object_set_new(o, "finished", json_boolean(left == 0))) {
		json_decref(o);
		return no_memory(err);
	}
	*ret = (struct hrv_doc *)o;
	return HRV_OK;
}

int
expel(struct hrv_vault *v, const struct hrv_id *subject,
    const struct hrv_review_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err)
{
	struct expelling x = {
		.v = v, .reason = args->reason, .subject.id = *subject
	};
	struct entry refused = ENTRY(OP);
	size_t left = 0;
	int rc = find_ground(args->destroy, &x.ground, err);

	refused.subject = subject;
	vault_new_id(ID_RUN, &x.run);
	if (rc == HRV_OK)
		rc = check(&x, err);
	if ((rc == HRV_EREFUSED || rc == HRV_ECONFIRM) && !x.told)
		rc = txn_refuse(v, &refused, err);
	else if (rc == HRV_OK)
		rc = ask(&x, err);
	if (rc == HRV_OK)
		rc = carry_out(&x, err);
	if (rc == HRV_OK)
		rc = purge_finish_runs(v, &left, err);
	if (rc == HRV_OK)
		rc = make_doc(&x, left, ret_doc, err);
	receipt_drop(&x.intent);
	destroy_clear(&x.result);
	survey_clear(&x.s);
	json_decref(x.what);
	explicit_bzero(x.born, sizeof(x.born));
	return rc;
}
