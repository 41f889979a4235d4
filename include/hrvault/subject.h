/* SPDX-License-Identifier: ISC */
/*
 * The people the records are about: taking them in, finding and showing them,
 * correcting who they are, and dating what happened to them. Whatever shows a
 * name is logged before the name is read. A subject is named by its id, an
 * unambiguous prefix of it, number:X or email:X.
 */
#ifndef HRVAULT_SUBJECT_H
#define HRVAULT_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/* Who somebody is. NULL or a count of 0: not given. All text is borrowed. */
struct hrv_subject_fields {
	const char *name;
	const char *number; /* the employer's; no two subjects have the same */
	const char *const *emails;
	size_t n_emails;
	const char *const *phones;
	size_t n_phones;
	const char *born; /* ISO date */
};

struct hrv_subject_add_args {
	const char *kind; /* "candidate" or "employee" */
	struct hrv_subject_fields fields;
	/* A JSON identity document (the members of struct hrv_subject_fields,
	 * and given, middle, family) or a JSON Resume, or NULL. What is given
	 * in fields counts instead of what stands there. */
	const void *from;
	size_t from_len;
	const char *from_name; /* the file's name, kept sealed; or NULL */
};

/*
 * Takes a subject in. A JSON Resume is also stored, as it came, as a record of
 * the class `application`. *ret_doc: id, kind, records (ids of what was stored
 * with it), and where others have one of the e-mail addresses same_email (ids).
 * HRV_EREFUSED "under-age": nothing was stored, and the log names nobody.
 * HRV_EEXISTS: another subject has the number (the message names its id).
 * HRV_EUSAGE names the field that is wrong, never its value.
 */
int hrv_subject_add(struct hrv_vault *v,
    const struct hrv_subject_add_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Finds subjects by words of the name in any order (accents and case folded),
 * by number, e-mail address or phone number, whichever the text looks like;
 * "name:", "number:", "email:" or "phone:" before it settles that. Calls fn
 * with each: id, kind, name, number, emails, matched (the fields that did).
 * Nobody found is no error. HRV_EREFUSED for roles without the index.
 */
int hrv_subject_find(struct hrv_vault *v, const char *text, hrv_doc_fn *fn,
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * All subjects, by name: id, kind, status, name, number. A member whose role
 * may not see all names (everybody but hr and dpo) gets id, kind and status,
 * by id; then nothing is opened and nothing logged. gone: also those whose
 * last record was destroyed, without a name.
 */
int hrv_subject_list(struct hrv_vault *v, bool gone, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * One subject: id, kind, status, the identity, events [{event, date}], records
 * [{class, live, destroyed}], restricted (the ground, where it is),
 * consents (where any), protected
 * (it or one of its records cannot be destroyed now), and for legal and dpo
 * also why (holds, cases: ids). HRV_EPURGED when it is gone, saying since when.
 */
int hrv_subject_show(struct hrv_vault *v, const char *who,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

struct hrv_subject_update_args {
	const char *who;
	const char *kind; /* or NULL */
	/* What is given replaces what was there; lists as a whole. */
	struct hrv_subject_fields fields;
	/* Fields to take away: "number", "emails", "phones", "born". */
	const char *const *remove;
	size_t n_remove;
	const char *reason; /* needed; kept sealed */
};
/*
 * Corrects who a subject is: a new version of the identity, the old one stays
 * as long as the subject. A birth date goes on to the records whose class
 * counts an age, and their dates follow. *ret_doc: id, version, changed
 * (names of fields), moved, earliest_destruction, under_age (only when the
 * corrected birth date says so). HRV_EUSAGE when nothing would change.
 */
int hrv_subject_update(struct hrv_vault *v,
    const struct hrv_subject_update_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

struct hrv_subject_event_args {
	const char *who;
	const char *name; /* "ended" or "subject.ended" */
	const char *date; /* ISO date */
	bool retract;	  /* it was entered in error */
};
/*
 * Dates an event of a subject, or takes one back; the dates of all its records
 * follow. Being hired makes a candidate an employee. *ret_doc: id, event,
 * date, kind, unchanged (true when it was there already), moved {earlier,
 * later, pending, dated}, earliest_destruction (a date or null).
 * HRV_EREFUSED "held" or "open-case": what is protected is not taken back.
 */
int hrv_subject_event(struct hrv_vault *v,
    const struct hrv_subject_event_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Makes two entries of one person one: records (sealed anew), events, consents,
 * preferences, confirmations, notices and links of `who` become those of
 * `into`, whose identity takes over what it has not. `who` is then a name for
 * the other; its identity goes with a later run. *ret_doc: id (into), merged
 * (who), kind, records, changed (fields), dropped (fields that differ: those of
 * into stay), moved, earliest_destruction. HRV_EREFUSED: "held", "cooling-off",
 * "open-case", "key-not-held", "member", "merged". HRV_ECONFIRM: a known date
 * of destruction would move earlier, or the schedule asks two people.
 */
int hrv_subject_merge(struct hrv_vault *v, const char *who, const char *into,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
