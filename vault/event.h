/* SPDX-License-Identifier: ISC */
/*
 * Dated facts of a subject or a record: the rows of the table `event`. What
 * is retracted leaves the table and stays in the log. Layer: verbs. Nothing
 * here logs or recomputes terms: the caller does both in the same
 * transaction.
 */
#ifndef VAULT_EVENT_H
#define VAULT_EVENT_H

#include "hrvault/date.h"
#include "vault/base/json.h"
#include "vault/handle.h"

#define EVENT_NAME_SIZE 96   /* with the NUL */
#define EVENT_YEARS_AHEAD 50 /* a mistyped year keeps a record for ever */
#define EVENT_YEAR_MIN 1900

/* One dated fact by its full name ("subject.ended"). name is borrowed. */
struct event {
	const char *name;
	struct hrv_date day;
};

/*
 * The full name of an event that may be given to a thing of that kind
 * (ID_SUBJECT or ID_RECORD) by hand. typed is with or without the prefix.
 * HRV_EUSAGE, with the nearest name as a hint, when the schedule in force has
 * no such event, or when the vault itself keeps it (record.created, stored,
 * superseded). What was typed is never part of the message.
 */
int event_full_name(const struct hrv_vault *v, char kind, const char *typed,
    char ret[EVENT_NAME_SIZE], struct hrv_err *err) HRV_MUST_CHECK;
/*
 * An event of a consent is kept under its name, a colon and the purpose that
 * the consent is for, which no event of a schedule has. The first makes such a
 * name (HRV_EUSAGE: too long). The second ends a copy of one at its name and
 * returns the purpose in it, NULL where there is none.
 */
int event_of_purpose(const char *name, const char *purpose,
    char ret[EVENT_NAME_SIZE], struct hrv_err *err) HRV_MUST_CHECK;
const char *event_cut_purpose(char *name);
/*
 * Whether that day makes sense for that event: not before EVENT_YEAR_MIN nor
 * EVENT_YEARS_AHEAD, and
 * in the future only what people plan ahead (subject.hired, subject.ended,
 * subject.terminated_involuntarily and a schedule's own events). HRV_EUSAGE.
 */
int event_check_day(const struct event *e, struct hrv_date today,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Adds an event inside the open transaction; the next entry that is logged in
 * it must be the one that says so. *ret_new (may be NULL) is false when the
 * owner had it already, and nothing changed. Works for owners that are held:
 * facts may be added always.
 */
int event_add(struct hrv_vault *v, const struct hrv_id *owner,
    const struct event *e, bool *ret_new, struct hrv_err *err) HRV_MUST_CHECK;
/* Takes an event away. HRV_ENOTFOUND when the owner does not have it. Whether
 * it may be taken away (hold, open case, two people) the caller asked. */
int event_retract(struct hrv_vault *v, const struct hrv_id *owner,
    const struct event *e, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether the owner has that event on that day. */
int event_has(struct hrv_vault *v, const struct hrv_id *owner,
    const struct event *e, bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* All events of an owner: [{"event","date"},...] sorted by date and name, of a
 * consent with its "purpose". The array is the caller's. */
int event_list(struct hrv_vault *v, const struct hrv_id *owner, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* One row as such an object, the day under that name; NULL: no memory. */
json_t *event_json(const char *stored, const char *day_name, const char *day);

#endif
