/* SPDX-License-Identifier: ISC */
/*
 * What the schedules before leave in force for a while. Whoever weakens a
 * safeguard and shortens a period in one file must not get both at once: what
 * an adoption made due waits for the longer of the notices before and after
 * it, and the stricter brakes count until a run that left out nothing has gone
 * through after that. Layer: verbs.
 */
#ifndef VAULT_ADOPTED_H
#define VAULT_ADOPTED_H

#include "hrvault/policy.h"
#include "vault/fold.h"

/* One schedule that took the place of another. */
struct adoption {
	uint64_t leaf;		       /* its entry, */
	int64_t time;		       /* and the time of that */
	struct hrv_date over;	       /* first day after the longer notice */
	struct hrv_purge_settings was; /* of the one before */
};

struct adopted {
	struct adoption *list; /* in the order of the log */
	size_t n;
	bool braked; /* brakes of a schedule before still count */
	int32_t max_per_run;
	int32_t max_share;
};

/*
 * Works it out from the schedules of a fold, whose newest is the one in force.
 * A text that this program cannot read any more counts with the defaults.
 * HRV_EINTEGRITY when one is not stored. Given back with adopted_clear().
 */
int adopted_load(struct hrv_vault *v, const struct fold *fold,
    struct adopted *ret, struct hrv_err *err) HRV_MUST_CHECK;
void adopted_clear(struct adopted *a);
/* Moves a day on to the end of the notice of every adoption that came after
 * entry `first`: of something that was there before, any of them may have made
 * it due. */
void adopted_notice(
    const struct adopted *a, uint64_t first, struct hrv_date *day);

#endif
