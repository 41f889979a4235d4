/* SPDX-License-Identifier: ISC */
/*
 * The schedule in force and what follows from it: taking a new schedule, law
 * or calendar into force, seeing beforehand what it would do to the records
 * there are, and the lists of what falls due. All but adopting works for any
 * role, decrypts nothing and writes nothing.
 */
#ifndef HRVAULT_SCHEDULE_H
#define HRVAULT_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "hrvault/date.h"
#include "hrvault/doc.h"
#include "hrvault/err.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hrv_vault;

/*
 * What a text would change if it were adopted. *ret_doc: kind (schedule, law
 * or calendar, found out from the text), id, version, sha256; for a schedule
 * also earlier, later, due_now, records (versions looked at), review_to_purge
 * and purge_to_review (a person was to decide, and would not, and the other
 * way round), classes[] with the same numbers for each class that moves,
 * safeguards[] (safeguard, was, now, change: "weaker" or "stronger") and
 * new_compartments[]. HRV_EUSAGE: not a right text, with the first mistake's
 * line. HRV_EREFUSED ("class-in-use"): records exist of a class or in a
 * compartment that the new schedule does not have.
 */
int hrv_policy_diff(struct hrv_vault *v, const void *text, size_t len,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/* Told after each step of a recomputation of dates; total is how many versions
 * it began with. */
typedef void hrv_dates_fn(void *ctx, uint64_t done, uint64_t total);
/* Whom to tell when an adoption or a run has to recompute the dates of many
 * records; NULL: nobody. */
void hrv_on_dates(struct hrv_vault *v, hrv_dates_fn *fn, void *ctx);
/*
 * Takes it into force: text, hash and log entry, the keys of new compartments
 * (granted to the caller), and the dates of all records, in one commit as far
 * as 20000 versions; the rest follows in further ones, and an interrupted rest
 * is taken up by the next adoption or purge run. *ret_doc: as
 * hrv_policy_diff(), with audit_index. Errors as there, and: HRV_EEXISTS: it
 * is in force already. HRV_EREFUSED ("role"): the role may not, or cannot hold
 * the keys of new compartments.
 */
int hrv_policy_adopt(struct hrv_vault *v, const void *text, size_t len,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The schedule in force: id, version, title, jurisdiction, timezone,
 * minimum_age, sha256, adopted, compartments[], purposes[], events[], purge,
 * classes[] with their rules, and texts[]: every schedule, law and calendar
 * ever adopted. class_id (or NULL) leaves only that class; HRV_ENOTFOUND names
 * the nearest.
 */
int hrv_policy_show(struct hrv_vault *v, const char *class_id,
    struct hrv_doc **ret_doc, struct hrv_err *err) HRV_MUST_CHECK;

/* Which part of the due list is wanted. */
struct hrv_due_args {
	struct hrv_date as_of; /* HRV_DATE_NONE: today */
	const char *within;    /* "P90D": also what falls due so soon; NULL */
};
/*
 * What is due, by day: record, version, subject, class, rule, keep_until,
 * limit_until, purge_from, state, protected (true: something keeps it from
 * being destroyed; why[] says what kind of thing). as_of asks for another
 * day, past or future, from the facts known now; notice is not applied.
 * Identities are not listed: they go with the last record of a subject.
 */
int hrv_retention_due(struct hrv_vault *v, const struct hrv_due_args *args,
    hrv_doc_fn *fn, void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * What will never fall due by itself: finding is "no-trigger" (a record with
 * no date yet; missing[] names what would give it one, any_of tells whether
 * one of them is enough), "no-outcome" (a candidate without subject.closed),
 * "no-start" (an employee without subject.hired), "no-record" (a subject that
 * never got one). review is true where the time that the schedule allows
 * (review_if_pending) is over.
 */
int hrv_retention_orphans(struct hrv_vault *v, hrv_doc_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;
/* What becomes of something that never fell due by itself. */
struct hrv_review_args {
	const char *what;    /* a record or a subject */
	const char *reason;  /* needed; sealed into the log */
	const char *again;   /* duration until it is asked about again; NULL: a
			      * year */
	const char *destroy; /* a subject with all that is known of it, because
			      * it should not be here: "under-age" (by its birth
			      * date, on the day it came in), "no-record"
			      * (nothing was ever stored). NULL: it stays */
};
/*
 * Somebody looked at what `retention orphans` lists. It stays and is asked
 * about again later, or a person who should not be here is destroyed out of
 * turn: by the purge's own steps, by two people (HRV_ECONFIRM: a proposal is
 * open now), and never under a hold, a cooling-off or a case (HRV_EREFUSED).
 * What is kept for a reason still pending is never destroyed by this: a record
 * has no way out of here. *ret_doc: record or subject, next; or subject,
 * ground, run, destroyed, identity, certificate, finished.
 */
int hrv_retention_review(struct hrv_vault *v,
    const struct hrv_review_args *args, struct hrv_doc **ret_doc,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * How much falls due when: period ("due": today or before; "2026-12"; "later";
 * "pending": no date yet; "permanent"), records, review (those of them that a
 * person decides about). One element per month, `months` of them beginning
 * with this one, also where nothing falls due.
 */
int hrv_retention_forecast(struct hrv_vault *v, unsigned months, hrv_doc_fn *fn,
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
