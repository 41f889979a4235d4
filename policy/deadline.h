/* SPDX-License-Identifier: ISC */
/*
 * The working state of one due-date computation, shared by deadline_facts.c
 * (checks and sentences), deadline_clock.c (start and pauses) and deadline.c
 * (the rest of the counting). Layer: policy (pure).
 */
#ifndef POLICY_DEADLINE_H
#define POLICY_DEADLINE_H

#include "hrvault/deadline.h"

/* Everything in hand while one case is looked at. */
struct deadline_work {
	const struct hrv_law *law;
	const struct hrv_calendar *cal;
	const struct hrv_deadline_facts *facts;
	struct hrv_deadline out;
};

/* A date as text for one sentence, by value so that two fit into one call. */
struct deadline_text {
	char s[HRV_DATE_TEXT];
};

/* Refuses facts that cannot be: HRV_EUSAGE. Nothing is changed. */
int deadline_check(const struct hrv_law *law, const struct hrv_calendar *cal,
    const struct hrv_deadline_facts *facts, struct hrv_err *err) HRV_MUST_CHECK;

/* Sets out.start, or none and what is awaited. */
void deadline_find_start(struct deadline_work *w);

/* Sets out.pause_days and what is awaited; out.start is there. */
void deadline_find_pauses(struct deadline_work *w);

/* Days of the span that lie after the day `from`. */
int32_t deadline_days_after(const struct hrv_span *s, struct hrv_date from);

/* Adds one sentence (printf style, cut at its size) to the reasons; the last
 * place is kept when they are full. */
void deadline_why(struct deadline_work *w, const char *fmt, ...)
    HRV_PRINTF(2, 3);

/* The date in ISO form. */
struct deadline_text deadline_date(struct hrv_date d);

/* "Monday" for 0, ... Static. */
const char *deadline_weekday(struct hrv_date d);

#endif
