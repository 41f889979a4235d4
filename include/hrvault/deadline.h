/* SPDX-License-Identifier: ISC */
/*
 * When the request of a data subject has to be answered: laws, calendars of
 * working days, and the function that turns the dated facts of a case into a
 * due date. All of it is pure: no file, no clock, no time zone is looked at
 * here (hrvault/zone.h turns an instant of receipt into the local day).
 * docs/formats/law.md says what the files hold and how the days are counted.
 */
#ifndef HRVAULT_DEADLINE_H
#define HRVAULT_DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hrvault/date.h"
#include "hrvault/err.h"
#include "hrvault/fileerr.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- calendars --------------------------------------------------------- */

/* The working days of a place. Made by hrv_calendar_parse(), not changed
 * afterwards; all texts belong to it. */
struct hrv_calendar {
	const char *id;
	const char *version;
	const char *title;		 /* "" where the file has none */
	bool weekend[7];		 /* Monday first; never all seven */
	const struct hrv_date *holidays; /* ascending, no day twice */
	size_t n_holidays;
	int first_year;	  /* the years whose holidays are known: from that of */
	int last_year;	  /* the first holiday to that of the last */
	struct cfg *tree; /* keeps the texts; of no use to callers */
};

/* Reads the len bytes of a calendar file. NULL when anything is wrong with
 * it: then errors has all of it. Freed by hrv_calendar_free(). */
struct hrv_calendar *hrv_calendar_parse(
    const char *text, size_t len, struct hrv_file_errors *errors);

/* Frees it; NULL is fine. */
void hrv_calendar_free(struct hrv_calendar *cal);

/* Neither weekend nor holiday. In a year whose holidays are not known only
 * the weekend counts, which makes a deadline earlier, never later. */
bool hrv_calendar_is_working(
    const struct hrv_calendar *cal, struct hrv_date day);

/* --- laws -------------------------------------------------------------- */

/* What a proof of identity does to the clock. */
enum hrv_identity_rule {
	HRV_IDENTITY_STARTS, /* the clock starts when it came */
	HRV_IDENTITY_PAUSES, /* the clock stands from asking to receiving */
	HRV_IDENTITY_IGNORED
};

/* A ground for withholding or redacting. */
struct hrv_law_code {
	const char *id; /* "S2P4-24" */
	const char *title;
	const char *cite;
	const char *note;	/* "" where there is none */
	bool only_confidential; /* for records marked so when stored */
	/* Used only on the opinion of a health professional that is not older
	 * than this. */
	bool needs_opinion;
	struct hrv_duration within;
};

/* What has to be there before an export. */
enum hrv_gate_need {
	HRV_GATE_OPINION, /* a health professional's opinion */
	HRV_GATE_SIGNOFF  /* the sign-off of legal */
};

/* Records of this compartment stand behind that gate. */
struct hrv_law_gate {
	const char *compartment;
	enum hrv_gate_need needs;
	struct hrv_duration within; /* how old an opinion may be */
};

/* A law. Made by hrv_law_parse(), not changed afterwards; all texts and
 * lists belong to it. */
struct hrv_law {
	const char *id;
	const char *version;
	const char *title;
	const char *timezone; /* its shape is right; it may not exist */
	const char *calendar; /* id of a calendar */
	const char *cite;
	bool starts_authority; /* proof of authority starts the clock */
	bool starts_fee;       /* so does the fee */
	enum hrv_identity_rule identity;
	bool pauses; /* questions stop the clock */
	bool rolls;  /* a due date moves to the next working day */
	struct hrv_duration period;
	bool extendable;
	struct hrv_duration extended;	      /* instead of period */
	struct hrv_duration extension_notice; /* notice until then */
	bool has_internal;
	struct hrv_duration internal;
	int acknowledge_working_days; /* 0: none */
	struct hrv_duration freeze_after_close;
	const struct hrv_law_code *codes;
	size_t n_codes;
	const struct hrv_law_gate *gates;
	size_t n_gates;
	const char *const *never_export; /* JSON pointers (RFC 6901) */
	size_t n_never_export;
	struct cfg *tree; /* keeps the texts; of no use to callers */
};

/* Reads the len bytes of a law file. NULL when anything is wrong with it:
 * then errors has all of it. Freed by hrv_law_free(). */
struct hrv_law *hrv_law_parse(
    const char *text, size_t len, struct hrv_file_errors *errors);

/* Frees it; NULL is fine. */
void hrv_law_free(struct hrv_law *law);

/* The code of that id (exact spelling), or NULL. */
const struct hrv_law_code *hrv_law_find_code(
    const struct hrv_law *law, const char *id);

/* The next gate of a compartment: start with NULL, then the gate found last;
 * NULL at the end. */
const struct hrv_law_gate *hrv_law_next_gate(const struct hrv_law *law,
    const char *compartment, const struct hrv_law_gate *last);

/* "opinion" or "signoff", as in the file. Static. */
const char *hrv_gate_need_name(enum hrv_gate_need need);

/* --- due dates --------------------------------------------------------- */

/* A question and its answer, or any two days in order. */
struct hrv_span {
	struct hrv_date from;
	struct hrv_date to; /* not before from */
};

/* Reads "2026-03-04..2026-03-10"; false, and *ret untouched, for anything
 * else and when the second day lies before the first. */
bool hrv_span_parse(const char *text, struct hrv_span *ret);

/* Something that the requester had to bring. Without `asked` it counts for
 * nothing, whatever else is set. */
struct hrv_proof {
	bool asked;
	struct hrv_date asked_on; /* HRV_DATE_NONE: not known, see below */
	struct hrv_date given_on; /* HRV_DATE_NONE: it has not come */
};

/* The dated facts of a case, local days all. Start from { 0 }. The days
 * needed as asked_on are those of identity under a law where identity pauses;
 * unknown, the day of receipt is taken. */
struct hrv_deadline_facts {
	struct hrv_date received; /* day zero */
	struct hrv_proof identity;
	struct hrv_proof authority; /* of a representative */
	struct hrv_proof fee;
	const struct hrv_span *pauses; /* answered questions, any order */
	size_t n_pauses;
	bool question_open;		  /* one waits for its answer */
	struct hrv_date question_asked;	  /* when; may be HRV_DATE_NONE */
	struct hrv_date extension_notice; /* HRV_DATE_NONE: none was given */
};

/* What the clock waits for; bits of hrv_deadline.awaiting. */
#define HRV_AWAIT_IDENTITY 1u
#define HRV_AWAIT_AUTHORITY 2u
#define HRV_AWAIT_FEE 4u
#define HRV_AWAIT_ANSWER 8u

#define HRV_DEADLINE_REASONS 16
#define HRV_DEADLINE_REASON 200

/* The answer. A date that there is not is HRV_DATE_NONE. */
struct hrv_deadline {
	unsigned awaiting;     /* HRV_AWAIT_*; not 0: there is no due date */
	struct hrv_date start; /* of the clock; none while it has not begun */
	int32_t pause_days;    /* that the clock stood after its start */
	struct hrv_date unrolled;
	struct hrv_date due;	     /* last day for the answer */
	const char *weekday;	     /* of due: "Monday"; "" without. Static */
	struct hrv_date safe_target; /* last working day up to unrolled */
	struct hrv_date internal_target;
	bool extended;			 /* an extension counts */
	struct hrv_date extension_limit; /* last day to give its notice */
	struct hrv_date acknowledge_by;	 /* shown also while awaiting */
	bool holidays_missing; /* the calendar does not know a year used */
	size_t n_reasons;
	char reasons[HRV_DEADLINE_REASONS][HRV_DEADLINE_REASON]; /* in order;
					      sentences, no full stop */
};

/* The due date of a case with these facts under the law; cal is the calendar
 * that the law names. *ret is written on success only and owns nothing.
 * HRV_EUSAGE: another calendar, no day of receipt, a pause that ends before
 * it begins, pauses that overlap, a proof given before it was asked for, a
 * notice before the receipt, or a date that leaves year 9999. */
int hrv_deadline(const struct hrv_law *law, const struct hrv_calendar *cal,
    const struct hrv_deadline_facts *facts, struct hrv_deadline *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* "identity", "authority", "fee" or "answer" for the lowest bit that is set;
 * NULL for 0. Static. */
const char *hrv_await_name(unsigned awaiting);

#ifdef __cplusplus
}
#endif
#endif
