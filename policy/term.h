/* SPDX-License-Identifier: ISC */
/*
 * Terms: the expressions of a schedule that give a date. Made by
 * term_parse.c, never changed afterwards. Layer: policy (internal).
 */
#ifndef POLICY_TERM_H
#define POLICY_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/date.h"
#include "hrvault/policy.h"

#define TERM_GROUPS_MAX 3 /* groups inside each other */

enum term_kind { TERM_EVENT, TERM_AGE, TERM_MAX, TERM_MIN };

/* A named period; month and day are its last day, month 0 the end of each
 * month. */
struct period {
	const char *name;
	uint8_t month;
	uint8_t day;
};

/* A condition. All parts that are there must be met. */
struct term_when {
	const char *const *has;
	size_t has_count;
	const char *const *lacks;
	size_t lacks_count;
	bool has_below, has_at_least;
	struct hrv_duration below;
	struct hrv_duration at_least;
};

struct hrv_term {
	enum term_kind kind;
	int line;
	/* TERM_EVENT */
	const char *event;
	bool first;	    /* else the last of several dates */
	bool absent_ignore; /* else pending */
	bool inclusive;	    /* the period begins with the day */
	const char *later;  /* while a later one of these stands, the last
			     * date is pending: hired after ended, applied
			     * after closed. NULL for other events */
	/* TERM_AGE */
	uint32_t years;
	bool dependant;
	/* TERM_MAX, TERM_MIN */
	const struct hrv_term *const *child;
	size_t count;
	/* all but TERM_AGE */
	bool has_plus;
	struct hrv_duration plus;
	const struct period *round; /* NULL: none */
	const struct term_when *when;
};

/* What a term gives. */
enum result_kind { RESULT_DATE, RESULT_PENDING, RESULT_REMOVED };

struct result {
	enum result_kind kind;
	struct hrv_date date; /* for RESULT_DATE */
	uint64_t used;	      /* the facts it was counted from, as bits of
			       * struct trace */
	bool too_late;	      /* pending because it lies after year 9999 */
};

/* The facts that were looked at, in order; NULL where nobody asks. */
struct trace {
	struct hrv_used_fact *fact; /* HRV_DECISION_FACTS of them */
	size_t count;
};

/* The value of a term. trace may be NULL. */
struct result term_eval(const struct hrv_term *term,
    const struct hrv_facts *facts, struct trace *trace);

/* The last (or first) date of an event, with the rules for dates that a later
 * event makes void; not set where there is none. */
struct hrv_date fact_date(const struct hrv_facts *facts, const char *event,
    bool first, const char *later);

/* The event that makes the last date of `event` void while it stands later,
 * or NULL. Static. */
const char *event_voided_by(const char *event);

/* Whether the event has any date. */
bool fact_has(const struct hrv_facts *facts, const char *event);

/* How a condition stands. */
enum when_answer { WHEN_MET, WHEN_UNMET, WHEN_UNKNOWN };
enum when_answer when_eval(const struct term_when *when,
    const struct hrv_facts *facts, struct trace *trace, uint64_t *used);

/* The last day of the period in which d lies. False after year 9999. */
bool period_end(
    const struct period *period, struct hrv_date d, struct hrv_date *ret);

#endif
