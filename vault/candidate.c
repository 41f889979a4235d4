/* SPDX-License-Identifier: ISC */
/*
 * The judgement. Layer: verbs. Invariant: VERDICT_DESTROY is reached only
 * when every reason to keep was looked at and none applied.
 */
#include "vault/candidate.h"

#include <stdio.h>
#include <string.h>

#include "vault/candidate_kin.h"
#include "vault/erasure_notice.h"
#include "vault/inforce.h"
#include "vault/state.h"
#include "vault/terms.h"

const char *
verdict_name(enum verdict verdict)
{
	static const char *const names[] = { "destroy", "not-due", "hold",
		"cooling-off", "case", "notice", "review", "permanent" };

	return names[verdict];
}

void
candidate_clear(struct candidate *c)
{
	json_decref(c->basis);
	c->basis = NULL;
}

int
judge_init(struct judge *j, struct hrv_vault *v, const struct fold *fold,
    struct hrv_err *err)
{
	uint8_t table[32], log[32];
	int rc;

	*j = (struct judge){ .v = v, .fold = fold };
	rc = inforce_holds(v, table, err);
	if (rc == HRV_OK)
		rc = fold_holds_hash(fold, log, err);
	if (rc == HRV_OK && memcmp(table, log, sizeof(log)) != 0)
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the holds in the database are not those of the log: "
		    "nothing is destroyed");
	if (rc == HRV_OK &&
	    (!fold->has_policy ||
		memcmp(fold->policy, v->schedule_hash, 32) != 0))
		rc = hrv_fail(err, HRV_EINTEGRITY,
		    "the schedule in the database is not that of the log: "
		    "nothing is destroyed");
	if (rc == HRV_OK)
		rc = protect_load(v, &j->protect, err);
	if (rc == HRV_OK)
		rc = adopted_load(v, fold, &j->adopted, err);
	if (rc == HRV_OK)
		rc = vault_today(v, &j->today, err);
	if (rc != HRV_OK)
		judge_clear(j);
	return rc;
}

void
judge_clear(struct judge *j)
{
	protect_free(j->protect);
	adopted_clear(&j->adopted);
	j->protect = NULL;
}

static int
check_state(const struct judge *j, const struct hrv_id *id,
    const uint8_t now[32], struct hrv_err *err)
{
	const struct fold_thing *t = fold_find(j->fold, id);
	char text[ID_TEXT_SIZE];

	if (t != NULL && t->known && memcmp(t->state, now, 32) == 0)
		return HRV_OK;
	id_format(id, text);
	hrv_fail(err, HRV_EINTEGRITY,
	    "what the database says of %s is not what the log says: nothing "
	    "is destroyed",
	    text);
	return hrv_hint(err, "run 'hrvault check' and 'hrvault audit verify'");
}

int
judge_check_states(
    const struct judge *j, const struct record_row *rec, struct hrv_err *err)
{
	uint8_t state[32];
	int rc = state_record(j->v, &rec->id, state, err);

	if (rc == HRV_OK)
		rc = check_state(j, &rec->id, state, err);
	if (rc == HRV_OK)
		rc = state_subject(j->v, &rec->subject, state, err);
	if (rc == HRV_OK)
		rc = check_state(j, &rec->subject, state, err);
	return rc;
}

int
judge_notice(const struct judge *j, int64_t time, uint64_t first,
    struct hrv_date *ret, struct hrv_err *err)
{
	int rc = vault_local_date(j->v, time / 1000000, ret, err);

	if (rc == HRV_OK &&
	    !hrv_date_add(*ret, j->v->schedule->purge.notice, ret))
		rc = hrv_fail(err, HRV_EFAILED, "a date is out of range");
	if (rc == HRV_OK)
		adopted_notice(&j->adopted, first, ret);
	return rc;
}

/*
 * Of a record the notice begins with the entry that made it due. Which entry
 * that was is not guessed: the latest one that could have, which is the last
 * to state the record's or the subject's facts, or to adopt the schedule.
 */
static int
notice_over(const struct judge *j, const struct record_row *rec,
    struct hrv_date *ret, struct hrv_err *err)
{
	const struct fold_thing *r = fold_find(j->fold, &rec->id);
	const struct fold_thing *s = fold_find(j->fold, &rec->subject);
	int64_t t = j->fold->policy_time;

	if (r != NULL && r->time > t)
		t = r->time;
	if (s != NULL && s->time > t)
		t = s->time;
	return judge_notice(j, t, r == NULL ? 0 : r->first, ret, err);
}

/* Dates the decision came from; of an age only that it was asked for. */
static json_t *
facts_json(const struct hrv_decision *d)
{
	json_t *list = json_array();
	char day[HRV_DATE_TEXT];
	int bad = list == NULL;

	for (size_t i = 0; !bad && i < d->fact_count; i++) {
		const struct hrv_used_fact *f = &d->fact[i];
		json_t *o = json_object();

		hrv_date_format(f->date, day);
		bad |= json_set_str(o, "event", f->event);
		if (f->age > 0)
			bad |= json_set_int(o, "age_reached", (int64_t)f->age);
		else
			bad |= json_set_str(o, "date", day);
		bad |= json_array_append_new(list, o);
	}
	if (bad) {
		json_decref(list);
		return NULL;
	}
	return list;
}

const struct hrv_rule *
candidate_rule(const struct hrv_decision *d)
{
	return d->keep_rule != NULL ? d->keep_rule : d->limit_rule;
}

int
candidate_basis(const struct hrv_schedule *s, const struct hrv_decision *d,
    json_t **ret, struct hrv_err *err)
{
	const struct hrv_rule *rule = candidate_rule(d);
	char keep[HRV_DATE_TEXT], limit[HRV_DATE_TEXT];
	json_t *o = json_object();

	hrv_bound_text(d->keep_until, keep);
	hrv_bound_text(d->limit_until, limit);
	if (o == NULL ||
	    json_set_str(o, "rule", rule == NULL ? "" : rule->id) ||
	    json_set_str(o, "citation", rule == NULL ? "" : rule->cite) ||
	    json_set_str(o, "schedule", s->id) ||
	    json_set_str(o, "schedule_version", s->version) ||
	    json_set_str(o, "keep_until", keep) ||
	    json_set_str(o, "limit_until", limit) ||
	    json_object_set_new(o, "facts", facts_json(d))) {
		json_decref(o);
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	*ret = o;
	return HRV_OK;
}

static void
fill(struct candidate *c, const struct record_row *rec,
    const struct version_row *ver, const struct hrv_decision *d)
{
	const struct hrv_rule *rule = candidate_rule(d);

	c->record = rec->id;
	c->n = ver->n;
	c->subject = rec->subject;
	memcpy(c->class_name, rec->class_name, sizeof(c->class_name));
	memcpy(c->compartment, rec->compartment, sizeof(c->compartment));
	memcpy(c->dek, ver->dek, sizeof(c->dek));
	snprintf(c->rule, sizeof(c->rule), "%s", rule == NULL ? "" : rule->id);
	if (d->purge_from.kind == HRV_BOUND_DATE)
		hrv_date_format(d->purge_from.date, c->purge_from);
}

/* The schedule alone: due, and to be destroyed without a person's decision? */
enum verdict
candidate_scheduled(const struct hrv_decision *d)
{
	if (d->at_expiry == HRV_EXPIRY_PERMANENT)
		return VERDICT_PERMANENT;
	if (d->state == HRV_STATE_REVIEW)
		return VERDICT_REVIEW;
	return d->state == HRV_STATE_DUE ? VERDICT_DESTROY : VERDICT_NOT_DUE;
}

/* What protects it, due or not. */
enum verdict
candidate_shield(const struct protect_why *why)
{
	if (why->hold)
		return VERDICT_HOLD;
	if (why->cooling)
		return VERDICT_COOLING;
	return why->kase ? VERDICT_CASE : VERDICT_DESTROY;
}

/* A version that is due: whatever protects it wins over the schedule. */
static void
judge_due(const struct judge *j, const struct protect_why *why,
    struct hrv_date over, struct candidate *c)
{
	if (c->shield != VERDICT_DESTROY) {
		c->verdict = c->shield;
		if (c->shield == VERDICT_COOLING)
			memcpy(c->until, why->until, sizeof(why->until));
	} else if (hrv_date_cmp(j->today, over) < 0) {
		c->verdict = VERDICT_NOTICE;
		hrv_date_format(over, c->until);
	}
}

/* Art. 17(3)(b): what must be kept still, or for ever, is kept. */
static bool
keep_is_over(const struct judge *j, const struct hrv_decision *d)
{
	if (d->at_expiry == HRV_EXPIRY_PERMANENT ||
	    d->keep_until.kind == HRV_BOUND_PENDING)
		return false;
	return d->keep_until.kind == HRV_BOUND_NONE ||
	       hrv_date_cmp(j->today, d->keep_until.date) > 0;
}

/* Who had a record erased needs no word of theirs on it any more: an order for
 * the newest version of a record is one for the statements on it, from the day
 * on which both were there. */
static int
find_order(const struct judge *j, const struct record_row *rec, uint32_t n,
    const struct fold_order **ret, int64_t *ret_since, struct hrv_err *err)
{
	const struct fold_thing *own = fold_find(j->fold, &rec->id);
	const struct fold_order *o = fold_order_find(j->fold, &rec->id, n);
	struct record_row on;
	bool follows = o == NULL && is_statement(rec);
	int rc = HRV_OK;

	if (follows)
		rc = record_load(j->v, &rec->statement_on, &on, err);
	if (follows && rc == HRV_OK)
		o = fold_order_find(j->fold, &on.id, on.version);
	if (rc != HRV_OK)
		return rc;
	*ret = o;
	*ret_since = j->fold->policy_time;
	if (o != NULL && o->time > *ret_since)
		*ret_since = o->time;
	if (follows && own != NULL && own->time > *ret_since)
		*ret_since = own->time;
	return HRV_OK;
}

/*
 * A version whose erasure was ordered goes as soon as it need not be kept,
 * nothing but the case that asked for it protects it, and the notice is over,
 * which begins with the order, or with the schedule if that came later.
 */
static int
judge_erasure(const struct judge *j, const struct record_row *rec,
    const struct hrv_decision *d, struct candidate *c, struct hrv_err *err)
{
	const struct fold_thing *own = fold_find(j->fold, &rec->id);
	const struct fold_order *o = NULL;
	struct protect but;
	struct protect_why why = { 0 };
	struct hrv_date day;
	int64_t since = 0;
	int rc = find_order(j, rec, c->n, &o, &since, err);

	if (rc != HRV_OK || o == NULL || !keep_is_over(j, d))
		return rc;
	but = *j->protect;
	but.but = &o->kase;
	rc = protect_record(j->v, &but, rec, &why, err);
	if (rc == HRV_OK)
		rc = erasure_notice(j->v, rec, d, since, &day, err);
	if (rc != HRV_OK)
		return rc;
	adopted_notice(&j->adopted, own == NULL ? 0 : own->first, &day);
	if (protect_any(&why)) {
		c->verdict = candidate_shield(&why);
	} else if (hrv_date_cmp(j->today, day) < 0) {
		c->verdict = VERDICT_NOTICE;
		hrv_date_format(day, c->until);
	} else {
		c->verdict = VERDICT_DESTROY;
		c->erasure = true;
		memcpy(c->order, o->proposal, sizeof(c->order));
		memcpy(c->rule, ERASURE_RULE, sizeof(ERASURE_RULE));
	}
	return HRV_OK;
}

/* The schedule's dates stay in the basis: they say that nothing kept it. */
static int
erasure_basis(struct candidate *c, struct hrv_err *err)
{
	if (!c->erasure)
		return HRV_OK;
	if (json_set_str(c->basis, "rule", ERASURE_RULE) ||
	    json_set_str(c->basis, "citation", "GDPR Art. 17(1)"))
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	return HRV_OK;
}

/* What it counts from that others were destroyed, by the log. */
static int
check_waits(const struct judge *j, const struct record_row *rec,
    struct facts *f, struct hrv_err *err)
{
	const struct hrv_schedule *s = j->v->schedule;

	return j->fold->owned.checked
		   ? owned_check_facts(j->v, &j->fold->owned, &rec->subject,
			 hrv_schedule_class(s, rec->class_name), f, err)
		   : HRV_OK;
}

static int
judge_version(const struct judge *j, const struct record_row *rec,
    const struct version_row *ver, struct candidate *c, struct hrv_err *err)
{
	struct protect_why why;
	struct hrv_decision d;
	struct hrv_date over;
	struct facts f = { 0 };
	int rc = facts_load(j->v, rec, ver, &f, err);

	if (rc == HRV_OK)
		rc = check_waits(j, rec, &f, err);
	if (rc == HRV_OK)
		rc = hrv_policy_decide(j->v->schedule, rec->class_name,
		    &f.facts, j->today, &d, err);
	if (rc != HRV_OK)
		goto out;
	fill(c, rec, ver, &d);
	c->verdict = candidate_scheduled(&d);
	rc = protect_record(j->v, j->protect, rec, &why, err);
	if (rc == HRV_OK)
		rc = notice_over(j, rec, &over, err);
	if (rc != HRV_OK)
		goto out;
	c->shield = candidate_shield(&why);
	if (c->verdict != VERDICT_NOT_DUE && c->verdict != VERDICT_PERMANENT)
		judge_due(j, &why, over, c);
	if (c->verdict != VERDICT_DESTROY)
		rc = judge_erasure(j, rec, &d, c, err);
	if (rc != HRV_OK)
		goto out;
	if (j->basis &&
	    (c->verdict == VERDICT_DESTROY || c->verdict == VERDICT_REVIEW)) {
		rc = candidate_basis(j->v->schedule, &d, &c->basis, err);
		if (rc == HRV_OK)
			rc = erasure_basis(c, err);
	}
out:
	facts_clear(&f);
	return rc;
}

/* By itself; a statement's dates come from the facts of its record. */
static int
judge_one(const struct judge *j, const struct record_row *rec, uint32_t n,
    struct candidate *ret, struct hrv_err *err)
{
	struct version_row ver = { .header = BUF_INIT };
	struct candidate c = { .record = rec->id,
		.n = n,
		.verdict = VERDICT_NOT_DUE,
		.shield = VERDICT_NOT_DUE };
	struct record_row on;
	int rc = judge_check_states(j, rec, err);

	if (rc == HRV_OK && is_statement(rec))
		rc = record_load(j->v, &rec->statement_on, &on, err);
	if (rc == HRV_OK && is_statement(rec))
		rc = judge_check_states(j, &on, err);
	if (rc == HRV_OK)
		rc = version_load(j->v, &rec->id, n, &ver, err);
	/* Without a header it is gone already. */
	if (rc == HRV_OK && ver.header.len > 0)
		rc = judge_version(j, rec, &ver, &c, err);
	version_clear(&ver);
	if (rc != HRV_OK) {
		candidate_clear(&c);
		return rc;
	}
	*ret = c;
	return HRV_OK;
}

/* With what it is kept together with. */
static int
judge_kin(const struct judge *j, const struct kin *k, struct candidate *c,
    struct hrv_err *err)
{
	const struct kin_version *one = NULL;
	int rc = HRV_OK;

	for (size_t i = 0; i < k->n; i++) {
		if (k->list[i].n == c->n &&
		    id_equal(&k->list[i].record, &c->record))
			one = &k->list[i];
	}
	for (size_t i = 0; rc == HRV_OK && one != NULL && i < k->n; i++) {
		struct candidate other = { .n = 0 };
		struct record_row rec;

		if (one == &k->list[i] || !kin_needs(one, &k->list[i]))
			continue;
		/* Filed after the look at the log: it was stated just now. */
		if (fold_find(j->fold, &k->list[i].record) == NULL) {
			other.verdict = VERDICT_NOTICE;
			candidate_join(c, &other);
			continue;
		}
		rc = record_load(j->v, &k->list[i].record, &rec, err);
		if (rc == HRV_OK)
			rc = judge_one(j, &rec, k->list[i].n, &other, err);
		if (rc == HRV_OK)
			candidate_join(c, &other);
		candidate_clear(&other);
	}
	return rc;
}

int
candidate_judge(const struct judge *j, const struct hrv_id *record, uint32_t n,
    struct candidate *ret, struct hrv_err *err)
{
	struct candidate c = { .n = 0 };
	struct kin k = { .n = 0 };
	struct record_row rec;
	int rc = record_load(j->v, record, &rec, err);

	if (rc == HRV_OK)
		rc = judge_one(j, &rec, n, &c, err);
	if (rc == HRV_OK)
		rc = kin_load(j->v, &rec, &k, err);
	if (rc == HRV_OK && k.statements > 0)
		rc = judge_kin(j, &k, &c, err);
	kin_clear(&k);
	if (rc != HRV_OK) {
		candidate_clear(&c);
		return rc;
	}
	*ret = c;
	return HRV_OK;
}
