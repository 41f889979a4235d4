/* SPDX-License-Identifier: ISC */
/*
 * What a decision and its explanation share. Layer: policy (internal).
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include "hrvault/policy.h"
#include "policy/term.h"

/* The rules of a class taken together. RESULT_REMOVED: no rule sets it. */
struct outcome {
	struct result keep;
	struct result limit;
	const struct hrv_rule *keep_rule;
	const struct hrv_rule *limit_rule;
	enum hrv_at_expiry at_expiry;			 /* the most cautious */
	const struct hrv_rule *rule[HRV_DECISION_RULES]; /* that count */
	size_t rule_count;
};

/* Works it out. trace may be NULL. */
void outcome_of(const struct hrv_class *klass, const struct hrv_facts *facts,
    struct trace *trace, struct outcome *o);

/* The first day on which the record may be destroyed. */
struct hrv_bound outcome_purge_from(const struct outcome *o);

/* HRV_EUSAGE where a date in there is none. */
int policy_check_facts(const struct hrv_facts *facts, struct hrv_date day,
    struct hrv_err *err) HRV_MUST_CHECK;

/* HRV_ENOTFOUND, with the nearest as a hint. */
int policy_find_class(const struct hrv_schedule *schedule, const char *id,
    const struct hrv_class **ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
