/* SPDX-License-Identifier: ISC */
/*
 * Decisions and terms in plain English, for people who have to answer for
 * them. Layer: policy (pure). Invariant: the sentences say what decide.c
 * worked out, from the same functions, and never write a birth date.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/decide.h"
#include "policy/term.h"
#include "vault/base/buf.h"

static void say_term(
    struct buf *b, const struct hrv_term *t, const struct hrv_facts *facts);

static void
add_date(struct buf *b, struct hrv_date d)
{
	char text[HRV_DATE_TEXT];

	hrv_date_format(d, text);
	buf_adds(b, text);
}

static void
add_duration(struct buf *b, struct hrv_duration p)
{
	char text[HRV_DURATION_WORDS];

	hrv_duration_words(p, text);
	buf_adds(b, text);
}

/* ---- a term for itself ---- */

static void
describe_when(struct buf *b, const struct term_when *w)
{
	const char *and = " if ";

	for (size_t i = 0; i < w->has_count; i++, and = " and ")
		buf_addf(b, "%sthere is %s", and, w->has[i]);
	for (size_t i = 0; i < w->lacks_count; i++, and = " and ")
		buf_addf(b, "%sthere is no %s", and, w->lacks[i]);
	if (w->has_below) {
		buf_addf(b, "%sthe service was shorter than ", and);
		add_duration(b, w->below);
		and = " and ";
	}
	if (w->has_at_least) {
		buf_addf(b, "%sthe service was at least ", and);
		add_duration(b, w->at_least);
	}
}

static void
describe(struct buf *b, const struct hrv_term *t)
{
	if (t->kind == TERM_EVENT)
		buf_addf(b, "%s%s", t->first ? "the first " : "", t->event);
	if (t->kind == TERM_AGE)
		buf_addf(b, "the day on which the %s is %u",
		    t->dependant ? "dependant" : "subject", t->years);
	for (size_t i = 0; i < t->count; i++) {
		buf_adds(b, i > 0		  ? ", "
			    : t->kind == TERM_MAX ? "the later of ("
						  : "the earlier of (");
		describe(b, t->child[i]);
		buf_adds(b, i + 1 == t->count ? ")" : "");
	}
	if (t->round != NULL)
		buf_addf(b, ", then the end of its %s", t->round->name);
	if (t->has_plus) {
		buf_adds(b, ", then ");
		add_duration(b, t->plus);
		buf_adds(b, t->inclusive ? " beginning with that day" : "");
	}
	if (t->absent_ignore)
		buf_adds(b, ", if there is one");
	if (t->when != NULL)
		describe_when(b, t->when);
}

char *
hrv_term_words(const struct hrv_term *term)
{
	struct buf b = BUF_INIT;
	char *text = NULL;

	if (term != NULL)
		describe(&b, term);
	if (buf_ok(&b, NULL) == HRV_OK)
		text = strdup(buf_str(&b));
	buf_clear(&b);
	return text;
}

/* ---- a term with its facts ---- */

/* Why an event has no date that counts. */
static void
say_absent(
    struct buf *b, const struct hrv_term *t, const struct hrv_facts *facts)
{
	struct hrv_date d = fact_date(facts, t->event, t->first, NULL);

	if (!hrv_date_is_set(d)) {
		buf_addf(b, "%s has not happened", t->event);
		return;
	}
	buf_addf(b, "%s of ", t->event);
	add_date(b, d);
	buf_addf(b, " does not count, because %s of ", t->later);
	add_date(b, fact_date(facts, t->later, false, NULL));
	buf_adds(b, " came later");
}

static void
say_event(
    struct buf *b, const struct hrv_term *t, const struct hrv_facts *facts)
{
	struct hrv_date d = fact_date(facts, t->event, t->first, t->later);

	if (!hrv_date_is_set(d)) {
		say_absent(b, t, facts);
		return;
	}
	buf_addf(b, "%s%s is ", t->first ? "the first " : "", t->event);
	add_date(b, d);
}

static void
say_age(struct buf *b, const struct hrv_term *t, const struct hrv_facts *facts)
{
	const char *who = t->dependant ? "dependant" : "subject";
	struct hrv_date born =
	    t->dependant ? facts->dependant_born : facts->born;
	struct hrv_date d;

	if (!hrv_date_is_set(born)) {
		buf_addf(b, "the birth date of the %s is not known", who);
	} else if (hrv_date_birthday(born, t->years, &d)) {
		buf_addf(b, "the %s reaches %u years on ", who, t->years);
		add_date(b, d);
	} else {
		buf_addf(
		    b, "the %s reaches %u years after 9999", who, t->years);
	}
}

static void
say_group(
    struct buf *b, const struct hrv_term *t, const struct hrv_facts *facts)
{
	buf_adds(
	    b, t->kind == TERM_MAX ? "the later of (" : "the earlier of (");
	for (size_t i = 0; i < t->count; i++) {
		buf_adds(b, i > 0 ? "; and " : "");
		say_term(b, t->child[i], facts);
	}
	buf_adds(b, ")");
}

/* The steps after the date: rounding, adding, each with what it gives. */
static void
say_steps(
    struct buf *b, const struct hrv_term *t, const struct hrv_facts *facts)
{
	struct hrv_term bare = *t;
	struct result r;

	bare.when = NULL;
	bare.round = NULL;
	bare.has_plus = false;
	r = term_eval(&bare, facts, NULL);
	if (r.kind != RESULT_DATE)
		return;
	if (t->count > 0) {
		buf_adds(b, ", which is ");
		add_date(b, r.date);
	}
	if (t->round != NULL) {
		bare.round = t->round;
		r = term_eval(&bare, facts, NULL);
		buf_addf(b, ", the %s ends on ", t->round->name);
		add_date(b, r.date);
	}
	if (!t->has_plus)
		return;
	bare.has_plus = true;
	r = term_eval(&bare, facts, NULL);
	buf_adds(b, ", and ");
	add_duration(b, t->plus);
	buf_adds(
	    b, t->inclusive ? " beginning with that day end " : " later is ");
	if (r.kind != RESULT_DATE)
		buf_adds(b, "after the year 9999");
	else
		buf_adds(b, t->inclusive ? "on " : "");
	add_date(b, r.date);
}

static void
say_term(struct buf *b, const struct hrv_term *t, const struct hrv_facts *facts)
{
	enum when_answer a = WHEN_MET;
	uint64_t used = 0;

	if (t->when != NULL)
		a = when_eval(t->when, facts, NULL, &used);
	if (a != WHEN_MET) {
		describe(b, t);
		buf_adds(
		    b, a == WHEN_UNMET
			   ? ", which does not apply here"
			   : ", which cannot be told while the dates of the "
			     "employment are not known");
		return;
	}
	if (t->kind == TERM_EVENT)
		say_event(b, t, facts);
	else if (t->kind == TERM_AGE)
		say_age(b, t, facts);
	else
		say_group(b, t, facts);
	say_steps(b, t, facts);
	if (t->when != NULL)
		describe_when(b, t->when);
}

/* ---- the sentences ---- */

/* Ends the sentence in b and starts an empty one. */
static int
end_line(struct hrv_reasons *out, struct buf *b, struct hrv_err *err)
{
	char **line;
	char *text;
	int rc;

	buf_addc(b, '.');
	rc = buf_ok(b, err);
	if (rc != HRV_OK)
		return rc;
	line = reallocarray(out->line, out->count + 1, sizeof(*line));
	if (line == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	out->line = line;
	text = strdup(buf_str(b));
	if (text == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	if (text[0] >= 'a' && text[0] <= 'z')
		text[0] = (char)(text[0] - 'a' + 'A');
	line[out->count++] = text;
	buf_reset(b);
	return HRV_OK;
}

static int
say_bound(struct hrv_reasons *out, struct buf *b, const struct hrv_rule *rule,
    const struct hrv_term *t, const struct hrv_facts *facts,
    struct hrv_err *err)
{
	struct result r = term_eval(t, facts, NULL);
	bool keep = t == rule->keep;

	buf_addf(b, "rule %s (%s) ", rule->id, rule->cite);
	if (r.kind == RESULT_REMOVED) {
		buf_addf(b, "sets no %s here", keep ? "minimum" : "maximum");
	} else if (r.kind == RESULT_PENDING) {
		buf_adds(b, keep ? "keeps it, until when is open"
				 : "sets a maximum that has no date yet");
	} else {
		buf_adds(
		    b, keep ? "keeps it until " : "lets it be used until ");
		add_date(b, r.date);
	}
	buf_adds(b, ": ");
	say_term(b, t, facts);
	return end_line(out, b, err);
}

static bool
counts(const struct outcome *o, const struct hrv_rule *rule)
{
	for (size_t i = 0; i < o->rule_count; i++)
		if (o->rule[i] == rule)
			return true;
	return false;
}

static int
say_rule(struct hrv_reasons *out, struct buf *b, const struct outcome *o,
    const struct hrv_rule *rule, const struct hrv_facts *facts,
    struct hrv_err *err)
{
	int rc = HRV_OK;

	if (!counts(o, rule)) {
		buf_addf(b, "rule %s (%s) counts from ", rule->id, rule->cite);
		add_date(b, rule->valid_from);
		buf_adds(b, " and does not bring back a record that the other "
			    "rules had let go before");
		return end_line(out, b, err);
	}
	if (rule->keep != NULL)
		rc = say_bound(out, b, rule, rule->keep, facts, err);
	if (rc == HRV_OK && rule->limit != NULL)
		rc = say_bound(out, b, rule, rule->limit, facts, err);
	if (rc != HRV_OK || rule->at_expiry == HRV_EXPIRY_PURGE)
		return rc;
	buf_addf(b, "rule %s (%s) %s", rule->id, rule->cite,
	    rule->at_expiry == HRV_EXPIRY_REVIEW
		? "wants a person to decide when it is due"
		: "never lets it be destroyed");
	return end_line(out, b, err);
}

static void
say_total(struct buf *b, const struct hrv_decision *d)
{
	const char *also = "";

	buf_adds(b, "together ");
	if (d->keep_until.kind == HRV_BOUND_DATE) {
		buf_adds(b, "it must exist until ");
		add_date(b, d->keep_until.date);
		buf_addf(b, " (rule %s)", d->keep_rule->id);
		also = ", ";
	}
	if (d->limit_until.kind == HRV_BOUND_DATE) {
		buf_addf(b, "%sit may be used until ", also);
		add_date(b, d->limit_until.date);
		buf_addf(b, " (rule %s)", d->limit_rule->id);
		also = ", ";
	}
	if (d->purge_from.kind == HRV_BOUND_DATE) {
		buf_addf(b, "%sit may be destroyed from ", also);
		add_date(b, d->purge_from.date);
	} else {
		buf_addf(
		    b, "%sthere is no date on which it may be destroyed", also);
	}
}

static void
say_state(struct buf *b, const struct hrv_decision *d, struct hrv_date day)
{
	static const char *const words[] = {
		[HRV_STATE_PENDING] = "pending: what its time is counted "
				      "from has not happened",
		[HRV_STATE_LIVE] = "live",
		[HRV_STATE_RESTRICTED] = "restricted: kept, but not to be "
					 "used",
		[HRV_STATE_DUE] = "due: it is to be destroyed",
		[HRV_STATE_REVIEW] = "up for review: a person decides whether "
				     "it is destroyed",
	};

	buf_adds(b, "on ");
	add_date(b, day);
	buf_addf(b, " it is %s", words[d->state]);
	if (d->overdue && d->state != HRV_STATE_RESTRICTED)
		buf_adds(b, ", and past its maximum");
	if (d->review_pending) {
		buf_adds(b, "; since ");
		add_date(b, d->review_on);
		buf_adds(b, " somebody should look why its trigger never "
			    "came");
	}
}

static int
say_all(struct hrv_reasons *out, struct buf *b, const struct hrv_class *c,
    const struct hrv_facts *facts, struct hrv_date day, struct hrv_err *err)
{
	struct hrv_facts own = *facts;
	struct hrv_decision d;
	struct outcome o;
	int rc = HRV_OK;

	own.purpose = c->purpose;
	hrv_class_decide(c, facts, day, &d);
	outcome_of(c, facts, NULL, &o);
	if (c->with_subject) {
		buf_adds(b, "it ends in the run that destroys the subject's "
			    "last record");
		return end_line(out, b, err);
	}
	for (size_t i = 0; rc == HRV_OK && i < c->rule_count; i++)
		rc = say_rule(out, b, &o, c->rule[i], &own, err);
	if (rc == HRV_OK) {
		say_total(b, &d);
		rc = end_line(out, b, err);
	}
	if (rc == HRV_OK) {
		say_state(b, &d, day);
		rc = end_line(out, b, err);
	}
	return rc;
}

int
hrv_policy_explain(const struct hrv_schedule *schedule, const char *class_id,
    const struct hrv_facts *facts, struct hrv_date day, struct hrv_reasons *ret,
    struct hrv_err *err)
{
	struct hrv_reasons out = HRV_REASONS_INIT;
	const struct hrv_class *c = NULL;
	struct buf b = BUF_INIT;
	int rc;

	rc = policy_find_class(schedule, class_id, &c, err);
	if (rc != HRV_OK)
		goto out;
	rc = policy_check_facts(facts, day, err);
	if (rc != HRV_OK)
		goto out;
	rc = say_all(&out, &b, c, facts, day, err);
	if (rc != HRV_OK)
		goto out;
	*ret = out;
	out = (struct hrv_reasons)HRV_REASONS_INIT;
	rc = HRV_OK;
out:
	hrv_reasons_clear(&out);
	buf_clear(&b);
	return rc;
}

void
hrv_reasons_clear(struct hrv_reasons *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->line[i]);
	free(r->line);
	*r = (struct hrv_reasons)HRV_REASONS_INIT;
}
