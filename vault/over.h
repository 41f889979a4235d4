/* SPDX-License-Identifier: ISC */
/*
 * People of whom nothing is left but who they are: the last record went while
 * something else protected the person, or the person was merged into another.
 * Who it is goes by itself, with the first run that finds nothing in the way.
 * Layer: verbs.
 */
#ifndef VAULT_OVER_H
#define VAULT_OVER_H

#include "vault/candidate.h"

struct over {
	struct hrv_id *ids; /* of subjects */
	size_t n;
};

/* Lists them from the tables, whatever protects them. Given back with
 * over_clear(). */
int over_list(
    struct hrv_vault *v, struct over *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Those of a list (NULL: none) who are there and whose identity is not gone;
 * one that came after a backup is not there at all. Given back with
 * over_clear(). */
int over_there(struct hrv_vault *v, const struct over *list, struct over *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void over_clear(struct over *o);
/*
 * Whether who it is may go now: nothing protects the person, no record of
 * somebody else names him or her, of whoever was merged nothing protects a
 * record of the one that this became, and the notice after the last entry about
 * the person is over.
 */
int over_may_go(const struct judge *j, const struct hrv_id *subject, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Leaves only those who may go. */
int over_choose(
    const struct judge *j, struct over *o, struct hrv_err *err) HRV_MUST_CHECK;

#endif
