/* SPDX-License-Identifier: ISC */
/*
 * Two people for what ends sooner: the one question every change asks that
 * moves a known date of destruction earlier (an event added or retracted, a
 * birth date corrected, a record filed elsewhere). Layer: verbs.
 */
#ifndef VAULT_EARLIER_H
#define VAULT_EARLIER_H

#include "vault/base/json.h"
#include "vault/proposal.h"
#include "vault/terms.h"

/* A change that may move dates: an event, a correction of a person, or a
 * record filed under another person or class. */
struct earlier_step {
	const struct hrv_id *subject;
	const struct hrv_id *record; /* NULL: an event of the subject */
	const char *comp;	     /* of the record; NULL: the subject's */
	const char *event;	     /* NULL: a correction */
	const char *day;
	bool retract;
	const json_t *identity; /* a correction: as it will be; of an
				 * amendment, what it stores */
	uint32_t version;	/* an amendment: the new one; else 0 */
	/* A record filed anew: whose and what it will be. All NULL, or all
	 * set. */
	const struct hrv_id *to_subject;
	const char *to_class;
	const char *to_comp;
	bool others; /* dates of other records of either person move as well */
	const char *reason;   /* sealed with the proposal; may be NULL */
	struct hrv_id *waits; /* gets the proposal that waits; may be NULL */
};

/*
 * Whether a change with these effects may be made now, inside the open
 * transaction that already made it. First dates and later dates may be set by
 * one member: *ret is empty then. A known date that moves earlier, or is taken
 * back by a retraction or another filing, takes two (proposal_require(), whose
 * errors these are); the caller logs *ret with the change and uses it up.
 * After a failure the transaction is over.
 */
int earlier_allow(struct hrv_vault *v, const struct terms_moved *moved,
    const struct earlier_step *step, struct approval *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds a compartment to a sorted list that has each once. 0, or -1 for want of
 * memory. */
int earlier_add_comp(json_t *list, const char *comp);
/* Adds those of a subject's living documents: whoever approves a change of
 * them must have been given all of them. */
int earlier_subject_comps(struct hrv_vault *v, const struct hrv_id *subject,
    json_t *list, struct hrv_err *err) HRV_MUST_CHECK;
/* Sets "moved": {"dated","earlier","later","pending"} in a payload or result.
 * 0, or -1 for want of memory. */
int earlier_set_moved(json_t *obj, const struct terms_moved *moved);
/* The same in what is approved, with "dates", a hash of every version that
 * moves and both of its dates, and "soonest", the earliest new date or
 * "at-once", where there is one. */
int earlier_bind_moved(json_t *what, const struct terms_moved *moved);
/* Whether any date moved. */
bool earlier_any(const struct terms_moved *moved);
/* Recomputes the dates of a subject's records, or of one record, as the
 * functions of terms.h do, and tells in *moved which of them are kept all the
 * same, by holds and cases as they are in the open transaction. */
int earlier_update_subject(struct hrv_vault *v, const struct hrv_id *subject,
    struct terms_moved *moved, struct hrv_err *err) HRV_MUST_CHECK;
int earlier_update_record(struct hrv_vault *v, const struct hrv_id *record,
    struct terms_moved *moved, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Sets "earliest_destruction": the first day on which one of the versions that
 * got a new date could be destroyed, the notice that begins today included;
 * null when there is none, or none that nothing keeps. "protected": how many
 * of those with a date are kept whatever it says.
 */
int earlier_set_destruction(struct hrv_vault *v, json_t *obj,
    const struct terms_moved *moved, struct hrv_err *err) HRV_MUST_CHECK;

#endif
