/* SPDX-License-Identifier: ISC */
/*
 * The counting of due dates, in the order of docs/formats/law.md: start and
 * pauses (deadline_clock.c), extension, corresponding day, rolling. Layer:
 * policy (pure). Invariant: every step that moved the date left a sentence that
 * says so, and while something is awaited there is no due date at all.
 */
#include "policy/deadline.h"

#include <string.h>

static int
out_of_range(struct hrv_err *err)
{
	return hrv_fail(err, HRV_EUSAGE, "the dates lead beyond the year 9999");
}

/* The day when something that is still awaited began to stop the clock. */
static bool
stands_since(const struct deadline_work *w, struct hrv_date day)
{
	struct hrv_date asked = HRV_DATE_NONE;

	if (w->out.awaiting & HRV_AWAIT_ANSWER)
		asked = w->facts->question_asked;
	else if (w->out.awaiting & HRV_AWAIT_IDENTITY)
		asked = w->facts->identity.asked_on;
	return hrv_date_is_set(asked) && hrv_date_cmp(asked, day) <= 0;
}

static int
extend(struct deadline_work *w, struct hrv_err *err)
{
	const struct hrv_law *law = w->law;
	struct hrv_date notice = w->facts->extension_notice, limit;
	bool given = hrv_date_is_set(notice);

	if (!law->extendable) {
		if (given)
			deadline_why(w, "this law knows no extension");
		return HRV_OK;
	}
	if (!hrv_date_add(w->out.start, law->extension_notice, &limit) ||
	    !hrv_date_add_days(limit, w->out.pause_days, &limit))
		return out_of_range(err);
	/* While the clock stands, so does the time for the notice. */
	w->out.extended = given && (hrv_date_cmp(notice, limit) <= 0 ||
				       stands_since(w, limit));
	if (w->out.awaiting == 0)
		w->out.extension_limit = limit;
	if (w->out.extended)
		deadline_why(w, "extended: notice was given on %s, in time",
		    deadline_date(notice).s);
	else if (given)
		deadline_why(w,
		    "not extended: the notice of %s came after "
		    "%s, the last day for it, and changes nothing",
		    deadline_date(notice).s, deadline_date(limit).s);
	return HRV_OK;
}

/* The nearest working day in steps of one day; counts `n` of them, 0 meaning
 * the day itself if it is one. Notes years that the calendar does not know. */
static bool
walk(struct deadline_work *w, int32_t step, int n, struct hrv_date *day)
{
	const struct hrv_calendar *cal = w->cal;

	for (;;) {
		if (day->year < cal->first_year || day->year > cal->last_year)
			w->out.holidays_missing = true;
		if (hrv_calendar_is_working(cal, *day) && n-- <= 0)
			return true;
		if (!hrv_date_add_days(*day, step, day))
			return false;
	}
}

/* A question that was put when the time was over cannot be seen from the due
 * date, which it moved all the same. */
static void
warn_of_late_questions(struct deadline_work *w)
{
	const struct hrv_deadline_facts *f = w->facts;

	for (size_t i = 0; w->law->pauses && i < f->n_pauses; i++) {
		int32_t later = 0;
		struct hrv_date end;

		for (size_t k = 0; k < f->n_pauses; k++)
			if (hrv_date_cmp(
				f->pauses[k].from, f->pauses[i].from) >= 0)
				later += deadline_days_after(
				    &f->pauses[k], w->out.start);
		if (!hrv_date_add_days(w->out.unrolled, -later, &end) ||
		    hrv_date_cmp(f->pauses[i].from, end) <= 0)
			continue;
		deadline_why(w,
		    "careful: the question of %s was put after "
		    "the time was over on %s; such a pause may not count",
		    deadline_date(f->pauses[i].from).s, deadline_date(end).s);
		return;
	}
}

static void
explain_due(struct deadline_work *w, struct hrv_duration period)
{
	const struct hrv_deadline *out = &w->out;
	char words[HRV_DURATION_WORDS];

	hrv_duration_words(period, words);
	deadline_why(w, "%s after %s%s: %s", words, deadline_date(out->start).s,
	    out->pause_days > 0 ? ", and the days on which the clock stood"
				: "",
	    deadline_date(out->unrolled).s);
	warn_of_late_questions(w);
	if (hrv_date_cmp(out->due, out->unrolled) != 0)
		deadline_why(w,
		    "that is a %s%s; the next working day is %s "
		    "%s",
		    deadline_weekday(out->unrolled),
		    w->cal->weekend[hrv_date_weekday(out->unrolled)]
			? ""
			: " and a holiday",
		    out->weekday, deadline_date(out->due).s);
	if (hrv_date_cmp(out->safe_target, out->due) != 0)
		deadline_why(w, "aim at %s, the last working day up to then",
		    deadline_date(out->safe_target).s);
}

static int
find_due(struct deadline_work *w, struct hrv_err *err)
{
	const struct hrv_law *law = w->law;
	struct hrv_duration period =
	    w->out.extended ? law->extended : law->period;
	struct hrv_deadline *out = &w->out;

	if (!hrv_date_add(out->start, period, &out->unrolled) ||
	    !hrv_date_add_days(out->unrolled, out->pause_days, &out->unrolled))
		return out_of_range(err);
	out->due = out->safe_target = out->unrolled;
	if ((law->rolls && !walk(w, 1, 0, &out->due)) ||
	    !walk(w, -1, 0, &out->safe_target))
		return out_of_range(err);
	if (law->has_internal &&
	    !hrv_date_add(out->start, law->internal, &out->internal_target))
		return out_of_range(err);
	out->weekday = deadline_weekday(out->due);
	explain_due(w, period);
	return HRV_OK;
}

/* Counted from receipt whatever is awaited. */
static int
find_acknowledgement(struct deadline_work *w, struct hrv_err *err)
{
	struct hrv_date day = w->facts->received;
	int n = w->law->acknowledge_working_days;

	if (n == 0)
		return HRV_OK;
	if (!hrv_date_add_days(day, 1, &day) || !walk(w, 1, n - 1, &day))
		return out_of_range(err);
	w->out.acknowledge_by = day;
	deadline_why(w, "acknowledge by %s, %d working day%s after receipt",
	    deadline_date(day).s, n, n == 1 ? "" : "s");
	return HRV_OK;
}

int
hrv_deadline(const struct hrv_law *law, const struct hrv_calendar *cal,
    const struct hrv_deadline_facts *facts, struct hrv_deadline *ret,
    struct hrv_err *err)
{
	struct deadline_work w = { law, cal, facts, { .weekday = "" } };
	int rc = deadline_check(law, cal, facts, err);

	if (rc != HRV_OK)
		return rc;
	deadline_why(
	    &w, "counted under %s %s: %s", law->id, law->version, law->cite);
	deadline_find_start(&w);
	if (hrv_date_is_set(w.out.start)) {
		deadline_find_pauses(&w);
		rc = extend(&w, err);
	} else if (law->pauses && facts->question_open) {
		w.out.awaiting |= HRV_AWAIT_ANSWER;
	}
	if (rc == HRV_OK && w.out.awaiting == 0)
		rc = find_due(&w, err);
	if (rc == HRV_OK)
		rc = find_acknowledgement(&w, err);
	if (rc != HRV_OK)
		return rc;
	if (w.out.holidays_missing)
		deadline_why(&w,
		    "calendar %s knows the holidays of %d to %d "
		    "only: beyond them weekends alone were left out",
		    cal->id, cal->first_year, cal->last_year);
	*ret = w.out;
	return HRV_OK;
}
