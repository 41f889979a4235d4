/* SPDX-License-Identifier: ISC */
/*
 * From the rules of a class and the facts of a record to its dates and its
 * state on a day, see include/hrvault/policy.h. Layer: policy (pure).
 * Invariant: a record is due only when a keep or a limit gave a date and that
 * date has passed; everything unknown leaves it where it is.
 */
#include "policy/decide.h"

#include <stdio.h>
#include <string.h>

#include "policy/term.h"

/* Adds one rule's keep: the latest counts, one pending makes all pending. */
static void
merge_keep(struct outcome *o, const struct hrv_rule *rule, struct result r)
{
	bool first = o->keep.kind == RESULT_REMOVED;

	if (r.kind == RESULT_REMOVED || o->keep.kind == RESULT_PENDING)
		return;
	if (first || r.kind == RESULT_PENDING ||
	    hrv_date_cmp(r.date, o->keep.date) > 0) {
		o->keep = r;
		o->keep_rule = rule;
	}
}

/* Adds one rule's limit: the earliest counts, pending ones are passed over. */
static void
merge_limit(struct outcome *o, const struct hrv_rule *rule, struct result r)
{
	if (r.kind == RESULT_REMOVED ||
	    (r.kind == RESULT_PENDING && o->limit.kind != RESULT_REMOVED))
		return;
	if (o->limit.kind != RESULT_DATE ||
	    hrv_date_cmp(r.date, o->limit.date) < 0) {
		o->limit = r;
		o->limit_rule = rule;
	}
}

static void
add_rule(struct outcome *o, const struct hrv_rule *rule,
    const struct hrv_facts *facts, struct trace *trace)
{
	if (rule->keep != NULL)
		merge_keep(o, rule, term_eval(rule->keep, facts, trace));
	if (rule->limit != NULL)
		merge_limit(o, rule, term_eval(rule->limit, facts, trace));
	if (rule->at_expiry > o->at_expiry)
		o->at_expiry = rule->at_expiry;
	if (o->rule_count < HRV_DECISION_RULES)
		o->rule[o->rule_count++] = rule;
}

struct hrv_bound
outcome_purge_from(const struct outcome *o)
{
	const struct result *r =
	    o->keep.kind != RESULT_REMOVED ? &o->keep : &o->limit;
	struct hrv_bound b = { HRV_BOUND_PENDING, HRV_DATE_NONE };

	if (r->kind == RESULT_DATE && hrv_date_add_days(r->date, 1, &b.date))
		b.kind = HRV_BOUND_DATE;
	return b;
}

/* Whether what counts so far had let go of the record before `day`. */
static bool
over_before(const struct outcome *o, struct hrv_date day)
{
	struct hrv_bound from = outcome_purge_from(o);

	return o->rule_count > 0 && o->at_expiry != HRV_EXPIRY_PERMANENT &&
	       from.kind == HRV_BOUND_DATE && hrv_date_cmp(from.date, day) < 0;
}

/* The earliest valid_from after `after` of the class; not set: none. */
static struct hrv_date
next_start(const struct hrv_class *klass, struct hrv_date after)
{
	struct hrv_date next = HRV_DATE_NONE;

	for (size_t i = 0; i < klass->rule_count; i++) {
		struct hrv_date d = klass->rule[i]->valid_from;

		if (hrv_date_cmp(d, after) > 0 &&
		    (!hrv_date_is_set(next) || hrv_date_cmp(d, next) < 0))
			next = d;
	}
	return next;
}

/* In the order in which the rules came into force: each meets the record as
 * the older ones left it, so that a new rule follows records that still
 * exist and never brings back one that had to be gone. */
void
outcome_of(const struct hrv_class *klass, const struct hrv_facts *facts,
    struct trace *trace, struct outcome *o)
{
	struct hrv_date start = HRV_DATE_NONE;
	struct hrv_facts own = *facts;

	own.purpose = klass->purpose;
	*o = (struct outcome){ .keep.kind = RESULT_REMOVED,
		.limit.kind = RESULT_REMOVED };
	do {
		bool over = hrv_date_is_set(start) && over_before(o, start);

		for (size_t i = 0; i < klass->rule_count && !over; i++)
			if (hrv_date_cmp(klass->rule[i]->valid_from, start) ==
			    0)
				add_rule(o, klass->rule[i], &own, trace);
		start = next_start(klass, start);
	} while (hrv_date_is_set(start));
}

static struct hrv_bound
bound(struct result r)
{
	if (r.kind == RESULT_REMOVED)
		return (struct hrv_bound){ HRV_BOUND_NONE, HRV_DATE_NONE };
	if (r.kind == RESULT_PENDING)
		return (struct hrv_bound){ HRV_BOUND_PENDING, HRV_DATE_NONE };
	return (struct hrv_bound){ HRV_BOUND_DATE, r.date };
}

static bool
after(struct hrv_date day, struct hrv_bound b)
{
	return b.kind == HRV_BOUND_DATE && hrv_date_cmp(day, b.date) > 0;
}

static enum hrv_state
state_on(const struct hrv_decision *d, struct hrv_date day)
{
	struct hrv_bound end = d->keep_until.kind != HRV_BOUND_NONE
				   ? d->keep_until
				   : d->limit_until;

	if (end.kind != HRV_BOUND_DATE) {
		if (end.kind == HRV_BOUND_PENDING && d->overdue)
			return HRV_STATE_RESTRICTED;
		return HRV_STATE_PENDING;
	}
	if (!after(day, end))
		return d->overdue ? HRV_STATE_RESTRICTED : HRV_STATE_LIVE;
	if (d->at_expiry == HRV_EXPIRY_PERMANENT)
		return HRV_STATE_LIVE;
	return d->at_expiry == HRV_EXPIRY_REVIEW ? HRV_STATE_REVIEW
						 : HRV_STATE_DUE;
}

/* Restricted from the day after the limit, where the keep goes on longer. */
static struct hrv_bound
restriction(const struct hrv_decision *d)
{
	struct hrv_bound b = { HRV_BOUND_NONE, HRV_DATE_NONE };
	bool longer =
	    d->keep_until.kind == HRV_BOUND_PENDING ||
	    (d->keep_until.kind == HRV_BOUND_DATE &&
		hrv_date_cmp(d->limit_until.date, d->keep_until.date) < 0);

	if (d->limit_until.kind == HRV_BOUND_DATE && longer &&
	    hrv_date_add_days(d->limit_until.date, 1, &b.date))
		b.kind = HRV_BOUND_DATE;
	return b;
}

/* The first day on which somebody should look at a record whose trigger never
 * came, by the strictest rule that says so. */
static void
review(
    struct hrv_decision *d, const struct hrv_facts *facts, struct hrv_date day)
{
	struct hrv_date stored, on;

	if (d->purge_from.kind == HRV_BOUND_DATE)
		return;
	stored = fact_date(facts, "record.stored", false, NULL);
	if (!hrv_date_is_set(stored))
		return;
	for (size_t i = 0; i < d->rule_count; i++) {
		const struct hrv_rule *r = d->rule[i];

		if (!r->has_review_if_pending ||
		    !hrv_date_add(stored, r->review_if_pending, &on))
			continue;
		if (!hrv_date_is_set(d->review_on) ||
		    hrv_date_cmp(on, d->review_on) < 0)
			d->review_on = on;
	}
	d->review_pending = hrv_date_is_set(d->review_on) &&
			    hrv_date_cmp(day, d->review_on) >= 0;
}

void
hrv_class_decide(const struct hrv_class *klass, const struct hrv_facts *facts,
    struct hrv_date day, struct hrv_decision *ret)
{
	struct trace trace = { ret->fact, 0 };
	struct outcome o;

	outcome_of(klass, facts, &trace, &o);
	ret->keep_until = bound(o.keep);
	ret->limit_until = bound(o.limit);
	ret->purge_from = outcome_purge_from(&o);
	ret->restrict_from = restriction(ret);
	ret->at_expiry = o.at_expiry;
	ret->overdue = after(day, ret->limit_until);
	ret->state = state_on(ret, day);
	ret->keep_rule = o.keep_rule;
	ret->limit_rule = o.limit_rule;
	ret->rule_count = o.rule_count;
	memcpy(ret->rule, o.rule, o.rule_count * sizeof(o.rule[0]));
	ret->fact_count = trace.count;
	for (size_t i = 0; i < trace.count; i++)
		ret->fact[i].decisive =
		    ((o.keep.used | o.limit.used) >> i & 1) != 0;
	ret->review_on = HRV_DATE_NONE;
	ret->review_pending = false;
	review(ret, facts, day);
}

int
policy_check_facts(
    const struct hrv_facts *facts, struct hrv_date day, struct hrv_err *err)
{
	if (!hrv_date_valid(day))
		return hrv_fail(
		    err, HRV_EUSAGE, "the day to decide for is not a date");
	if ((hrv_date_is_set(facts->born) && !hrv_date_valid(facts->born)) ||
	    (hrv_date_is_set(facts->dependant_born) &&
		!hrv_date_valid(facts->dependant_born)))
		return hrv_fail(err, HRV_EUSAGE, "a birth date is not a date");
	for (size_t i = 0; i < facts->count; i++)
		if (!hrv_date_valid(facts->fact[i].date))
			return hrv_fail(err, HRV_EUSAGE,
			    "the date of %s is not a date",
			    facts->fact[i].event);
	return HRV_OK;
}

int
policy_find_class(const struct hrv_schedule *schedule, const char *id,
    const struct hrv_class **ret, struct hrv_err *err)
{
	const struct hrv_class *c = hrv_schedule_class(schedule, id);
	const char *near;

	if (c != NULL) {
		*ret = c;
		return HRV_OK;
	}
	hrv_fail(err, HRV_ENOTFOUND, "the schedule %s has no class %.64s",
	    schedule->id, id);
	near = hrv_schedule_nearest_class(schedule, id);
	if (near != NULL)
		return hrv_hint(err, "did you mean %s?", near);
	return HRV_ENOTFOUND;
}

int
hrv_policy_decide(const struct hrv_schedule *schedule, const char *class_id,
    const struct hrv_facts *facts, struct hrv_date day,
    struct hrv_decision *ret, struct hrv_err *err)
{
	const struct hrv_class *c = NULL;
	int rc;

	rc = policy_find_class(schedule, class_id, &c, err);
	if (rc == HRV_OK)
		rc = policy_check_facts(facts, day, err);
	if (rc == HRV_OK)
		hrv_class_decide(c, facts, day, ret);
	return rc;
}

const char *
hrv_state_name(enum hrv_state state)
{
	static const char *const name[] = { "pending", "live", "restricted",
		"due", "review" };

	return name[state];
}

void
hrv_bound_text(struct hrv_bound b, char out[HRV_DATE_TEXT])
{
	if (b.kind == HRV_BOUND_PENDING)
		snprintf(out, HRV_DATE_TEXT, "pending");
	else
		hrv_date_format(b.date, out);
}
