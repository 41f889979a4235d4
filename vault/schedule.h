/* SPDX-License-Identifier: ISC */
/*
 * A schedule over all records: going through them once with their facts,
 * comparing two schedules, and bringing the table of terms up to date after
 * an adoption. Layer: verbs.
 */
#ifndef VAULT_SCHEDULE_H
#define VAULT_SCHEDULE_H

#include "hrvault/policy.h"
#include "vault/base/json.h"
#include "vault/version.h"

/* One live version with everything that its dates follow from. */
struct scan_row {
	struct hrv_id subject;
	struct hrv_id record;
	uint32_t n;
	char class_name[CLASS_NAME_SIZE];
	char compartment[CLASS_NAME_SIZE];
	struct hrv_facts facts; /* borrowed for the call */
};
typedef int scan_fn(void *ctx, const struct scan_row *row, struct hrv_err *err);

/*
 * Calls fn for every live version of every record but identities, in one pass:
 * the facts of a subject and of a record are read once. Best in a transaction,
 * so that all is as of one moment. A code from fn ends it and is passed on.
 */
int schedule_scan(struct hrv_vault *v, scan_fn *fn, void *ctx,
    struct hrv_err *err) HRV_MUST_CHECK;

/* How many versions another schedule would move. */
struct effects_count {
	size_t records; /* versions looked at */
	size_t earlier; /* could be destroyed earlier, or at last get a date */
	size_t later;	/* later, or never */
	size_t due_now; /* become due at once */
	/* A person was to decide about them, and they would go by themselves;
	 * and the other way round. */
	size_t review_to_purge;
	size_t purge_to_review;
};
struct effects {
	const struct hrv_schedule *was;	     /* the one in force, or NULL */
	const struct hrv_schedule *schedule; /* the other one */
	struct effects_count all;
	struct effects_count *classes; /* in the order of schedule->klass */
};
/*
 * Compares the schedule in force with another one, today. *ret is freed with
 * effects_clear(). HRV_EREFUSED ("class-in-use", "compartment-in-use") when
 * records exist that the other one has no class or compartment for.
 */
int effects_compute(struct hrv_vault *v, const struct hrv_schedule *other,
    struct effects *ret, struct hrv_err *err) HRV_MUST_CHECK;
void effects_clear(struct effects *e);
/* Adds the counts, classes[] and safeguards[] to a result. */
int effects_json(
    const struct effects *e, json_t *into, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * What protects records from being destroyed too soon or by one person, and
 * would be weaker or stronger: the settings of the purge, the steps under two
 * people, and what happens at the end of a class. [{safeguard, was, now,
 * change}], change being "weaker" or "stronger". NULL without memory.
 */
json_t *safeguards_json(
    const struct hrv_schedule *was, const struct hrv_schedule *now);

/* The same as effects_json() for whoever is to approve another schedule: an
 * object that the caller frees. */
int effects_told(struct hrv_vault *v, const struct hrv_schedule *other,
    json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Recomputes up to max terms that another schedule than the one in force was
 * used for, in the open transaction. *ret_more: there are more of them. The
 * column term.policy says which they are, so a pass that was interrupted goes
 * on where it stood; lists and purges never believe a stale term.
 */
int schedule_refresh(struct hrv_vault *v, size_t max, bool *ret_more,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * All of them that are left, in steps of a transaction each, also what an
 * adoption left that was interrupted; the handle's hrv_dates_fn is told.
 * *ret_any: there were some.
 */
int schedule_refresh_all(
    struct hrv_vault *v, bool *ret_any, struct hrv_err *err) HRV_MUST_CHECK;
/* Terms recomputed in one transaction. */
#define SCHEDULE_STEP 20000

#endif
