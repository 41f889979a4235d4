/* SPDX-License-Identifier: ISC */
/*
 * When the clock of a case starts and for how long it stood. Layer: policy
 * (pure). Invariant: a day counts as a pause once, and only after the start.
 */
#include "policy/deadline.h"

/* One thing that may start the clock. */
static void
start_with(struct deadline_work *w, const struct hrv_proof *p, unsigned bit,
    const char *what)
{
	if (!p->asked)
		return;
	if (!hrv_date_is_set(p->given_on)) {
		w->out.awaiting |= bit;
		deadline_why(w,
		    "the clock starts when the %s comes, which "
		    "was asked for",
		    what);
	} else if (hrv_date_cmp(p->given_on, w->out.start) > 0) {
		w->out.start = p->given_on;
		deadline_why(w,
		    "the clock starts with the %s, which came on "
		    "%s",
		    what, deadline_date(p->given_on).s);
	}
}

void
deadline_find_start(struct deadline_work *w)
{
	const struct hrv_deadline_facts *f = w->facts;
	const struct hrv_law *law = w->law;

	w->out.start = f->received;
	deadline_why(w, "received on %s, which is day zero (%s)",
	    deadline_date(f->received).s, law->timezone);
	if (law->identity == HRV_IDENTITY_STARTS)
		start_with(
		    w, &f->identity, HRV_AWAIT_IDENTITY, "proof of identity");
	else if (law->identity == HRV_IDENTITY_IGNORED && f->identity.asked)
		deadline_why(w, "asking for identity does not move the clock "
				"of this law");
	if (law->starts_authority)
		start_with(w, &f->authority, HRV_AWAIT_AUTHORITY,
		    "proof of authority");
	else if (f->authority.asked)
		deadline_why(w, "asking for authority does not move the clock "
				"of this law");
	if (law->starts_fee)
		start_with(w, &f->fee, HRV_AWAIT_FEE, "fee");
	else if (f->fee.asked)
		deadline_why(w, "a fee does not move the clock of this law");
	if (w->out.awaiting != 0)
		w->out.start = HRV_DATE_NONE;
}

int32_t
deadline_days_after(const struct hrv_span *s, struct hrv_date from)
{
	struct hrv_date first =
	    hrv_date_cmp(s->from, from) > 0 ? s->from : from;
	int32_t days = hrv_date_to_days(s->to) - hrv_date_to_days(first);

	return days > 0 ? days : 0;
}

static void
pause_for_questions(struct deadline_work *w)
{
	const struct hrv_deadline_facts *f = w->facts;
	int32_t days = 0;

	if (!w->law->pauses) {
		if (f->n_pauses > 0 || f->question_open)
			deadline_why(w, "questions to the requester do not "
					"stop the clock of this law");
		return;
	}
	for (size_t i = 0; i < f->n_pauses; i++)
		days += deadline_days_after(&f->pauses[i], w->out.start);
	if (f->n_pauses > 0)
		deadline_why(w,
		    "questions stopped the clock for %d day%s, "
		    "from asking to answer, after its start",
		    (int)days, days == 1 ? "" : "s");
	if (f->question_open) {
		w->out.awaiting |= HRV_AWAIT_ANSWER;
		deadline_why(w, "a question is open: the clock stands until "
				"its answer");
	}
	w->out.pause_days = days;
}

/* The law under which checking who asks stops the clock. A day on which the
 * clock stood for a question as well counts once. */
static void
pause_for_identity(struct deadline_work *w)
{
	const struct hrv_deadline_facts *f = w->facts;
	struct hrv_span s = { f->identity.asked_on, f->identity.given_on };
	bool assumed = !hrv_date_is_set(s.from);
	int32_t days;

	if (w->law->identity != HRV_IDENTITY_PAUSES || !f->identity.asked)
		return;
	if (!hrv_date_is_set(s.to)) {
		w->out.awaiting |= HRV_AWAIT_IDENTITY;
		deadline_why(w, "proof of identity was asked for: the clock "
				"stands until it comes");
		return;
	}
	if (assumed)
		s.from = f->received;
	days = deadline_days_after(&s, w->out.start);
	for (size_t i = 0; w->law->pauses && i < f->n_pauses; i++) {
		struct hrv_span both = f->pauses[i];

		if (hrv_date_cmp(both.from, s.from) < 0)
			both.from = s.from;
		if (hrv_date_cmp(both.to, s.to) > 0)
			both.to = s.to;
		days -= deadline_days_after(&both, w->out.start);
	}
	if (days == 0)
		return;
	w->out.pause_days += days;
	deadline_why(w,
	    "the check of identity stopped the clock for %d "
	    "day%s, from %s%s to %s",
	    (int)days, days == 1 ? "" : "s", deadline_date(s.from).s,
	    assumed ? " (taken as the day asked)" : "", deadline_date(s.to).s);
}

void
deadline_find_pauses(struct deadline_work *w)
{
	pause_for_questions(w);
	pause_for_identity(w);
}
