/* SPDX-License-Identifier: ISC */
/*
 * Retention schedules: read one, look at it, ask it when a record must be
 * kept, restricted and destroyed, and why. Everything here is pure: text,
 * facts and a day go in, a decision comes out; no file, clock, key or
 * environment is touched, and the same input always gives the same answer.
 *
 * A schedule is made by hrv_schedule_parse() and does not change until
 * hrv_schedule_free(); several threads may read it. Everything reached
 * through it - classes, rules, texts, also those named by a decision - is
 * owned by it and lives as long.
 *
 * Asking is three steps:
 *
 *	struct hrv_fact fact[] = { { "subject.ended", { 2020, 1, 31 } } };
 *	struct hrv_facts facts = { .fact = fact, .count = 1 };
 *	hrv_policy_decide(schedule, "personnel_file", &facts, day, &d, err);
 */
#ifndef HRVAULT_POLICY_H
#define HRVAULT_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/date.h"
#include "hrvault/err.h"
#include "hrvault/fileerr.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what a schedule says ---- */

enum hrv_at_expiry {
	HRV_EXPIRY_PURGE,    /* destroyed by the next run after the notice */
	HRV_EXPIRY_REVIEW,   /* a person decides, by proposal */
	HRV_EXPIRY_PERMANENT /* never destroyed */
};

/* Kinds of subjects a class is about; bits of struct hrv_class.who. */
#define HRV_WHO_CANDIDATE 1u
#define HRV_WHO_EMPLOYEE 2u

struct hrv_term; /* an expression that gives a date; see hrv_term_words() */

/* One rule with its authority. */
struct hrv_rule {
	const char *id;
	const char *cite; /* the law or practice it rests on; never empty */
	const char *note; /* a remark, or "" */
	const struct hrv_term *keep;  /* NULL: no minimum */
	const struct hrv_term *limit; /* NULL: no maximum */
	enum hrv_at_expiry at_expiry;
	struct hrv_date valid_from; /* not set: it always counted */
	bool has_review_if_pending;
	struct hrv_duration review_if_pending; /* after record.stored */
	int line; /* in the file; 0 for a built-in one */
};

/* One class of records.
 *
 * Seven classes are built in, for the vault's own papers; a schedule may give
 * them other rules by a class entry of the same id (which then needs only id
 * and rules). Their facts, filled in by the vault:
 *
 *	vault.case	  record.closed: the case was closed
 *	vault.hold	  record.closed: the hold was released
 *	vault.tombstone   record.created: the record was destroyed
 *	vault.certificate record.created: the run's certificate was made
 *	vault.disclosure  record.created: the disclosure was made
 *	vault.log	  record.created: the entry was written
 *	vault.identity	  none: `with_subject` is set. Who a subject is dies in
 *			  the run that destroys the last of its records; no
 *			  date decides that, so every decision about it is
 *			  pending and no rule can be set for it. */
struct hrv_class {
	const char *id;
	const char *title;
	unsigned who;		 /* HRV_WHO_*; 0 for the built-in ones */
	const char *compartment; /* "" for built-in ones that need no key */
	const char *purpose;
	const char *const *purposes; /* for which it may be read; the whole
				      * list of the schedule where the class
				      * does not narrow it */
	size_t purpose_count;
	const char *legal_basis; /* "legal_obligation", ... */
	bool special_category;	 /* Art. 9 data */
	const struct hrv_rule *const *rule;
	size_t rule_count;
	bool needs_born;	   /* a rule asks the subject's age */
	bool needs_dependant_born; /* a rule asks a dependant's age */
	bool built_in;
	bool with_subject; /* vault.identity only */
	int line;	   /* in the file; 0 for a built-in one as it comes */
};

/* The settings of the purge, with their defaults. */
struct hrv_purge_settings {
	struct hrv_duration notice;		 /* P14D */
	int32_t max_per_run;			 /* 500 records */
	int32_t max_share;			 /* 10 (percent of the vault) */
	struct hrv_duration release_cooling_off; /* P30D, after a hold */
	int32_t max_silence; /* 8 days between log entries */
};

/* A whole schedule. Read it; change nothing. */
struct hrv_schedule {
	const char *id;
	const char *version;
	const char *title;
	const char *jurisdiction;
	const char *timezone; /* looks like a tz name; whether it exists is
			       * for the caller to find out */
	int32_t minimum_age;  /* in years; 13 where the file says nothing */
	const char *const *compartment; /* in the file's order */
	size_t compartment_count;
	const char *const *purpose; /* administration is always among them */
	size_t purpose_count;
	const char *const *event; /* every event name there is, except
				   * class.<id>.destroyed */
	size_t event_count;
	const char *const *dual_control; /* steps that take two people here
					  * beyond the fixed ones */
	size_t dual_control_count;
	struct hrv_purge_settings purge;
	const struct hrv_class *klass; /* the file's, then the built-in ones */
	size_t class_count;
	const struct hrv_rule *rule; /* likewise */
	size_t rule_count;
	size_t test_count; /* cases in the file's tests section */
};

/* Reads a schedule from len bytes of text. NULL when anything is wrong; then
 * errors holds all of it, by line. Frees with hrv_schedule_free(). */
struct hrv_schedule *hrv_schedule_parse(
    const char *text, size_t len, struct hrv_file_errors *errors);

/* Frees the schedule and all that is reached through it. NULL is fine. */
void hrv_schedule_free(struct hrv_schedule *schedule);

/* As hrv_schedule_parse(), for the answer alone: whether the text is a right
 * schedule. errors holds everything that is wrong, by line. */
bool hrv_policy_check_text(
    const char *text, size_t len, struct hrv_file_errors *errors);

/* The class or rule of that id, or NULL. */
const struct hrv_class *hrv_schedule_class(
    const struct hrv_schedule *s, const char *id);
const struct hrv_rule *hrv_schedule_rule(
    const struct hrv_schedule *s, const char *id);

/* The class id nearest to a mistyped one, or NULL. */
const char *hrv_schedule_nearest_class(
    const struct hrv_schedule *s, const char *id);

/* Whether the schedule knows this event: a built-in one, one of its own, or
 * class.<id>.destroyed of one of its classes. name has its prefix. */
bool hrv_schedule_knows_event(const struct hrv_schedule *s, const char *name);
/* Whether any rule of a class counts from class.<id>.destroyed of that one. */
bool hrv_schedule_waits_for(const struct hrv_schedule *s, const char *class_id);
/* The same for the rules of one class. */
bool hrv_class_waits_for(const struct hrv_class *c, const char *class_id);
/* Whether any rule of the class asks for that event, also in a condition. */
bool hrv_class_asks_event(const struct hrv_class *c, const char *event);
/* The event nearest to a mistyped one, or NULL. */
const char *hrv_schedule_nearest_event(
    const struct hrv_schedule *s, const char *name);

/* Whether records of a class may be read for a purpose. */
bool hrv_class_allows_purpose(const struct hrv_class *c, const char *purpose);

/* Whether a subject born that day is old enough on that day to be taken in:
 * the birthday itself counts, 29 February counts on 1 March in common
 * years. */
bool hrv_schedule_old_enough(
    const struct hrv_schedule *s, struct hrv_date born, struct hrv_date day);

/* "purge", "review", "permanent". Static. */
const char *hrv_at_expiry_name(enum hrv_at_expiry e);

/* A term in words: "record.pay_date, then the end of its uk_tax_year, then 3
 * years". Allocated; the caller frees it. NULL: no memory. term may be NULL
 * ("" then). */
char *hrv_term_words(const struct hrv_term *term);

/* ---- asking it ---- */

/* One thing that happened, on one day. An event may have several days, and
 * then stands several times, in any order. */
struct hrv_fact {
	const char *event; /* with its prefix: "subject.ended" */
	struct hrv_date date;
	const char *purpose; /* of a consent: the one it is for; NULL: any. It
			      * plays no part in classes of other purposes */
};

/* All that is known about one record: its own events, its subject's, the
 * class.<id>.destroyed of its subject, and birth dates where the class asks
 * for them. Events that the schedule does not know play no part. */
struct hrv_facts {
	const struct hrv_fact *fact;
	size_t count;
	struct hrv_date born;		/* HRV_DATE_NONE: not known */
	struct hrv_date dependant_born; /* HRV_DATE_NONE: not known */
	const char *purpose; /* of the class that is asked; set by the engine */
};

enum hrv_bound_kind {
	HRV_BOUND_NONE,	   /* no rule sets it */
	HRV_BOUND_PENDING, /* a rule does, but there is no date yet */
	HRV_BOUND_DATE
};

struct hrv_bound {
	enum hrv_bound_kind kind;
	struct hrv_date date; /* set for HRV_BOUND_DATE only */
};

enum hrv_state {
	HRV_STATE_PENDING, /* no trigger yet; never due */
	HRV_STATE_LIVE,
	HRV_STATE_RESTRICTED, /* stored, not used, not destroyed */
	HRV_STATE_DUE,
	HRV_STATE_REVIEW /* due, and a person has to decide */
};

#define HRV_DECISION_RULES 32
#define HRV_DECISION_FACTS 64

/* A fact that was looked at, for the certificate. Of a birth date it says
 * only which age was asked for, never the date. */
struct hrv_used_fact {
	const char *event;    /* or "subject.age", "dependant.age" */
	struct hrv_date date; /* not set for an age */
	uint32_t age;	      /* years; 0 for an event */
	bool decisive; /* keep_until or limit_until was counted from it */
};

/* The answer for one record on one day. Plain memory: nothing to free; names
 * and rules belong to the schedule. */
struct hrv_decision {
	struct hrv_bound keep_until;	/* last day it must exist */
	struct hrv_bound limit_until;	/* last day it may be in normal use */
	struct hrv_bound purge_from;	/* first day it may be destroyed; never
					 * NONE */
	struct hrv_bound restrict_from; /* first day it is restricted, where
					 * that comes before the end; DATE or
					 * NONE */
	enum hrv_state state;
	bool overdue;	     /* after limit_until, and still there */
	bool review_pending; /* the trigger never came, and the time set by
			      * review_if_pending is over: somebody should
			      * look. It makes nothing due */
	struct hrv_date review_on;    /* when that is or was; maybe not set */
	enum hrv_at_expiry at_expiry; /* of the rules together */
	const struct hrv_rule *keep_rule; /* whose keep is keep_until (or is
					   * pending); NULL where none */
	const struct hrv_rule *limit_rule;
	const struct hrv_rule *rule[HRV_DECISION_RULES]; /* that count */
	size_t rule_count;
	struct hrv_used_fact fact[HRV_DECISION_FACTS];
	size_t fact_count;
};

/* Decides for a record of the class on that day. HRV_ENOTFOUND: no such class
 * (the hint names the nearest); HRV_EUSAGE: a date is not a date. Allocates
 * nothing. Dates after 9999-12-31 count as pending: such a record is never
 * due. */
int hrv_policy_decide(const struct hrv_schedule *schedule, const char *class_id,
    const struct hrv_facts *facts, struct hrv_date day,
    struct hrv_decision *ret, struct hrv_err *err) HRV_MUST_CHECK;

/* The same without look-up and without checks, for many records of one class;
 * every date in facts must be valid (or, of birth dates, not set). */
void hrv_class_decide(const struct hrv_class *klass,
    const struct hrv_facts *facts, struct hrv_date day,
    struct hrv_decision *ret);

/* "pending", "live", "restricted", "due", "review". Static. */
const char *hrv_state_name(enum hrv_state state);

/* The date, "pending", or "" for none. */
void hrv_bound_text(struct hrv_bound b, char out[HRV_DATE_TEXT]);

/* Sentences. Start with HRV_REASONS_INIT, end with hrv_reasons_clear(). */
struct hrv_reasons {
	char **line;
	size_t count;
};
#define HRV_REASONS_INIT                                                       \
	{                                                                      \
		NULL, 0                                                        \
	}
void hrv_reasons_clear(struct hrv_reasons *r);

/* Why a decision is as it is: one plain English sentence per step, with rule,
 * citation, the facts and the arithmetic, and the conclusion for the day.
 * Birth dates are not written out (what follows from them is). Errors as
 * hrv_policy_decide(), and HRV_ENOMEM. */
int hrv_policy_explain(const struct hrv_schedule *schedule,
    const char *class_id, const struct hrv_facts *facts, struct hrv_date day,
    struct hrv_reasons *ret, struct hrv_err *err) HRV_MUST_CHECK;

/* ---- the cases a schedule brings along ---- */

/* One case of the tests section that did not come out. */
struct hrv_test_failure {
	int line;   /* of the case in the file */
	char *text; /* "class payslip: keep_until is 2028-04-05, expected ..."
		     */
};

/* Start with HRV_TEST_REPORT_INIT, end with hrv_test_report_clear(). */
struct hrv_test_report {
	size_t passed;
	size_t failed;
	struct hrv_test_failure *failure; /* one per failed case */
	const struct hrv_rule **untested; /* rules of the file that no case
					   * touches */
	size_t untested_count;
};
#define HRV_TEST_REPORT_INIT                                                   \
	{                                                                      \
		0, 0, NULL, NULL, 0                                            \
	}
void hrv_test_report_clear(struct hrv_test_report *report);

/* Runs all cases. Failed cases are no error: see ret->failed. HRV_ENOMEM. */
int hrv_policy_run_tests(const struct hrv_schedule *schedule,
    struct hrv_test_report *ret, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
