/* SPDX-License-Identifier: ISC */
/*
 * What goes into a due date and the words that come out of it: checking the
 * facts, reading spans, writing sentences. Layer: policy (pure). Invariant:
 * facts that contradict each other never get as far as the counting.
 */
#include "policy/deadline.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *
deadline_weekday(struct hrv_date d)
{
	static const char *const names[] = { "Monday", "Tuesday", "Wednesday",
		"Thursday", "Friday", "Saturday", "Sunday" };

	return names[hrv_date_weekday(d)];
}

struct deadline_text
deadline_date(struct hrv_date d)
{
	struct deadline_text t = { "" };

	hrv_date_format(d, t.s);
	return t;
}

void
deadline_why(struct deadline_work *w, const char *fmt, ...)
{
	size_t i = w->out.n_reasons;
	va_list ap;

	if (i == HRV_DEADLINE_REASONS)
		return;
	va_start(ap, fmt);
	vsnprintf(w->out.reasons[i], sizeof(w->out.reasons[i]), fmt, ap);
	va_end(ap);
	w->out.n_reasons++;
}

const char *
hrv_await_name(unsigned awaiting)
{
	if (awaiting & HRV_AWAIT_IDENTITY)
		return "identity";
	if (awaiting & HRV_AWAIT_AUTHORITY)
		return "authority";
	if (awaiting & HRV_AWAIT_FEE)
		return "fee";
	return awaiting & HRV_AWAIT_ANSWER ? "answer" : NULL;
}

bool
hrv_span_parse(const char *text, struct hrv_span *ret)
{
	char from[HRV_DATE_TEXT] = "";
	struct hrv_span span;

	if (text == NULL || strlen(text) != 22)
		return false;
	memcpy(from, text, sizeof(from) - 1);
	if (!hrv_date_parse(from, &span.from) ||
	    memcmp(text + 10, "..", 2) != 0 ||
	    !hrv_date_parse(text + 12, &span.to) ||
	    hrv_date_cmp(span.to, span.from) < 0)
		return false;
	*ret = span;
	return true;
}

static int
check_proof(const struct hrv_proof *p, const char *what, struct hrv_err *err)
{
	if ((hrv_date_is_set(p->asked_on) && !hrv_date_valid(p->asked_on)) ||
	    (hrv_date_is_set(p->given_on) && !hrv_date_valid(p->given_on)))
		return hrv_fail(err, HRV_EUSAGE,
		    "the %s has a day that does not exist", what);
	if (p->asked && hrv_date_is_set(p->given_on) &&
	    hrv_date_cmp(p->given_on, p->asked_on) < 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "the %s came on %s, before it was asked for on %s", what,
		    deadline_date(p->given_on).s, deadline_date(p->asked_on).s);
	return HRV_OK;
}

/* Two spans that share a day's worth of standing still. A question may be
 * asked on the day when the one before it was answered. */
static bool
overlap(const struct hrv_span *a, const struct hrv_span *b)
{
	return hrv_date_cmp(a->from, b->to) < 0 &&
	       hrv_date_cmp(b->from, a->to) < 0;
}

/* An open question inside a pause: no answer to it would be valid any more, and
 * the clock would stand still for ever. */
static int
check_open(const struct hrv_deadline_facts *f, struct hrv_err *err)
{
	for (size_t i = 0; f->question_open && i < f->n_pauses; i++) {
		const struct hrv_span *p = &f->pauses[i];

		if (!hrv_date_is_set(f->question_asked) ||
		    hrv_date_cmp(f->question_asked, p->from) < 0 ||
		    hrv_date_cmp(f->question_asked, p->to) >= 0)
			continue;
		hrv_fail(err, HRV_EUSAGE,
		    "the question of %s lies in the pause %s..%s",
		    deadline_date(f->question_asked).s,
		    deadline_date(p->from).s, deadline_date(p->to).s);
		return hrv_hint(err, "a question counts from the day when the "
				     "one before it was answered, or later");
	}
	return HRV_OK;
}

static int
check_pauses(const struct hrv_deadline_facts *f, struct hrv_err *err)
{
	for (size_t i = 0; i < f->n_pauses; i++) {
		const struct hrv_span *a = &f->pauses[i];

		if (!hrv_date_valid(a->from) || !hrv_date_valid(a->to) ||
		    hrv_date_cmp(a->to, a->from) < 0) {
			hrv_fail(err, HRV_EUSAGE,
			    "a pause ends before it begins, or on no day");
			return hrv_hint(err,
			    "a pause runs from the day of the question to the "
			    "day of its answer");
		}
		for (size_t k = 0; k < i; k++) {
			const struct hrv_span *b = &f->pauses[k];

			if (!overlap(a, b))
				continue;
			hrv_fail(err, HRV_EUSAGE,
			    "the pauses %s..%s and %s..%s overlap",
			    deadline_date(b->from).s, deadline_date(b->to).s,
			    deadline_date(a->from).s, deadline_date(a->to).s);
			return hrv_hint(err,
			    "give one pause from the first question to the "
			    "last answer");
		}
	}
	return check_open(f, err);
}

int
deadline_check(const struct hrv_law *law, const struct hrv_calendar *cal,
    const struct hrv_deadline_facts *f, struct hrv_err *err)
{
	int rc;

	if (strcmp(law->calendar, cal->id) != 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "law %s counts by calendar %s, not %s", law->id,
		    law->calendar, cal->id);
	if (!hrv_date_valid(f->received))
		return hrv_fail(err, HRV_EUSAGE,
		    "there is no day on which it was received");
	rc = check_proof(&f->identity, "proof of identity", err);
	if (rc == HRV_OK)
		rc = check_proof(&f->authority, "proof of authority", err);
	if (rc == HRV_OK)
		rc = check_proof(&f->fee, "fee", err);
	if (rc == HRV_OK)
		rc = check_pauses(f, err);
	if (rc != HRV_OK || !hrv_date_is_set(f->extension_notice))
		return rc;
	if (!hrv_date_valid(f->extension_notice) ||
	    hrv_date_cmp(f->extension_notice, f->received) < 0)
		return hrv_fail(err, HRV_EUSAGE,
		    "the notice of extension was given before the request "
		    "was received, or on no day");
	return HRV_OK;
}
