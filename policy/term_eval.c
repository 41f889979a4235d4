/* SPDX-License-Identifier: ISC */
/*
 * The value of a term for given facts, see policy/term.h. Layer: policy
 * (pure). Invariant: what is missing never becomes a date - a term whose
 * facts are not all there is pending or removed as the schedule says, and a
 * date after year 9999 is pending.
 */
#include "policy/term.h"

#include <string.h>

static const struct result pending = { .kind = RESULT_PENDING };
static const struct result removed = { .kind = RESULT_REMOVED };

const char *
event_voided_by(const char *event)
{
	if (strcmp(event, "subject.ended") == 0)
		return "subject.hired";
	if (strcmp(event, "subject.closed") == 0)
		return "subject.applied";
	return NULL;
}

/* Whether a consent for the purpose of this class was given on that day or
 * later. */
static bool
given_since(const struct hrv_facts *facts, struct hrv_date day)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct hrv_fact *f = &facts->fact[i];

		if (f->purpose != NULL &&
		    strcmp(f->purpose, facts->purpose) == 0 &&
		    strcmp(f->event, "subject.consent_given") == 0 &&
		    hrv_date_cmp(f->date, day) >= 0)
			return true;
	}
	return false;
}

/* Whether a fact plays a part in this class: a consent for another purpose
 * does not, and a withdrawal that names none ends when one is given for this
 * purpose again. */
static bool
counts(const struct hrv_facts *facts, const struct hrv_fact *f)
{
	if (facts->purpose == NULL)
		return true;
	if (f->purpose != NULL)
		return strcmp(f->purpose, facts->purpose) == 0;
	return strcmp(f->event, "subject.consent_withdrawn") != 0 ||
	       !given_since(facts, f->date);
}

bool
fact_has(const struct hrv_facts *facts, const char *event)
{
	for (size_t i = 0; i < facts->count; i++)
		if (strcmp(facts->fact[i].event, event) == 0 &&
		    counts(facts, &facts->fact[i]))
			return true;
	return false;
}

static struct hrv_date
pick(const struct hrv_facts *facts, const char *event, bool first)
{
	struct hrv_date found = HRV_DATE_NONE;

	for (size_t i = 0; i < facts->count; i++) {
		const struct hrv_fact *f = &facts->fact[i];
		int order;

		if (strcmp(f->event, event) != 0 || !counts(facts, f))
			continue;
		order = hrv_date_cmp(f->date, found);
		if (!hrv_date_is_set(found) || (first ? order < 0 : order > 0))
			found = f->date;
	}
	return found;
}

struct hrv_date
fact_date(const struct hrv_facts *facts, const char *event, bool first,
    const char *later)
{
	struct hrv_date d = pick(facts, event, first);

	/* Hired again: the employment has not ended after all. */
	if (!first && later != NULL && hrv_date_is_set(d) &&
	    hrv_date_cmp(pick(facts, later, false), d) > 0)
		return HRV_DATE_NONE;
	return d;
}

/* Remembers a fact once; the bit that stands for it. */
static uint64_t
note(struct trace *t, const char *event, struct hrv_date date, uint32_t age)
{
	if (t == NULL)
		return 0;
	for (size_t i = 0; i < t->count; i++)
		if (hrv_date_cmp(t->fact[i].date, date) == 0 &&
		    t->fact[i].age == age &&
		    strcmp(t->fact[i].event, event) == 0)
			return (uint64_t)1 << i;
	if (t->count == HRV_DECISION_FACTS)
		return 0; /* the reader refused such schedules */
	t->fact[t->count] = (struct hrv_used_fact){ event, date, age, false };
	return (uint64_t)1 << t->count++;
}

bool
period_end(const struct period *period, struct hrv_date d, struct hrv_date *ret)
{
	struct hrv_date end = { d.year, period->month, period->day };

	if (period->month == 0) {
		end.month = d.month;
		end.day = (uint8_t)hrv_month_length(d.year, d.month);
		*ret = end;
		return true;
	}
	if (hrv_date_cmp(d, end) > 0) {
		if (end.year == 9999)
			return false;
		end.year++;
	}
	/* 29 February stands for the last day of the month. A 28th that a
	 * common year ends with is not "after" it, so nothing moved above. */
	if (end.month == 2 && end.day == 29 && !hrv_year_is_leap(end.year))
		end.day = 28;
	*ret = end;
	return true;
}

/* Whether the employment lasted at least p. Over year 9999 it did not. */
static bool
lasted(struct hrv_date hired, struct hrv_date ended, struct hrv_duration p)
{
	struct hrv_date full;

	if (!hrv_date_add(hired, p, &full))
		return false;
	return hrv_date_to_days(full) <= hrv_date_to_days(ended) + 1;
}

enum when_answer
when_eval(const struct term_when *when, const struct hrv_facts *facts,
    struct trace *trace, uint64_t *used)
{
	struct hrv_date hired, ended;

	for (size_t i = 0; i < when->has_count; i++)
		if (!fact_has(facts, when->has[i]))
			return WHEN_UNMET;
	for (size_t i = 0; i < when->lacks_count; i++)
		if (fact_has(facts, when->lacks[i]))
			return WHEN_UNMET;
	for (size_t i = 0; i < when->has_count; i++)
		*used |= note(
		    trace, when->has[i], pick(facts, when->has[i], false), 0);
	if (!when->has_below && !when->has_at_least)
		return WHEN_MET;
	hired = fact_date(facts, "subject.hired", false, NULL);
	ended = fact_date(facts, "subject.ended", false, "subject.hired");
	if (!hrv_date_is_set(hired) || !hrv_date_is_set(ended))
		return WHEN_UNKNOWN;
	if (when->has_below && lasted(hired, ended, when->below))
		return WHEN_UNMET;
	if (when->has_at_least && !lasted(hired, ended, when->at_least))
		return WHEN_UNMET;
	*used |= note(trace, "subject.hired", hired, 0);
	*used |= note(trace, "subject.ended", ended, 0);
	return WHEN_MET;
}

static struct result
eval_event(const struct hrv_term *t, const struct hrv_facts *facts,
    struct trace *trace)
{
	struct result r = { .kind = RESULT_DATE };

	r.date = fact_date(facts, t->event, t->first, t->later);
	if (!hrv_date_is_set(r.date))
		return t->absent_ignore ? removed : pending;
	r.used = note(trace, t->event, r.date, 0);
	return r;
}

static struct result
eval_age(const struct hrv_term *t, const struct hrv_facts *facts,
    struct trace *trace)
{
	struct hrv_date born =
	    t->dependant ? facts->dependant_born : facts->born;
	struct result r = { .kind = RESULT_DATE };

	if (!hrv_date_is_set(born))
		return pending;
	if (!hrv_date_birthday(born, t->years, &r.date)) {
		r = pending;
		r.too_late = true;
		return r;
	}
	r.used = note(trace, t->dependant ? "dependant.age" : "subject.age",
	    HRV_DATE_NONE, t->years);
	return r;
}

/* The later or the earlier of what the children give. One pending child makes
 * a max pending; a min takes what there is. */
static struct result
eval_group(const struct hrv_term *t, const struct hrv_facts *facts,
    struct trace *trace)
{
	struct result best = pending;
	bool waiting = false;

	for (size_t i = 0; i < t->count; i++) {
		struct result r = term_eval(t->child[i], facts, trace);
		int order;

		if (r.kind == RESULT_PENDING)
			waiting = true;
		if (r.kind != RESULT_DATE)
			continue;
		order = hrv_date_cmp(r.date, best.date);
		if (best.kind != RESULT_DATE ||
		    (t->kind == TERM_MAX ? order > 0 : order < 0))
			best = r;
	}
	if (t->kind == TERM_MAX && waiting)
		return pending;
	return best;
}

static struct result
round_and_add(const struct hrv_term *t, struct result r)
{
	bool ok = true;

	if (t->round != NULL)
		ok = period_end(t->round, r.date, &r.date);
	if (ok && t->has_plus)
		ok = t->inclusive
			 ? hrv_date_add_inclusive(r.date, t->plus, &r.date)
			 : hrv_date_add(r.date, t->plus, &r.date);
	if (ok)
		return r;
	r = pending;
	r.too_late = true;
	return r;
}

struct result
term_eval(const struct hrv_term *t, const struct hrv_facts *facts,
    struct trace *trace)
{
	uint64_t used = 0;
	struct result r;

	if (t->when != NULL) {
		enum when_answer a = when_eval(t->when, facts, trace, &used);

		if (a == WHEN_UNMET)
			return removed;
		if (a == WHEN_UNKNOWN)
			return pending;
	}
	if (t->kind == TERM_EVENT)
		r = eval_event(t, facts, trace);
	else if (t->kind == TERM_AGE)
		r = eval_age(t, facts, trace);
	else
		r = eval_group(t, facts, trace);
	r.used |= used;
	if (r.kind == RESULT_DATE)
		r = round_and_add(t, r);
	return r;
}
