/* SPDX-License-Identifier: ISC */
/*
 * Records whose stub has ended: the log knows them, no row does any more, and
 * that is as it should be. Layer: verbs.
 */
#ifndef VAULT_PAPER_ENDED_H
#define VAULT_PAPER_ENDED_H

#include "vault/base/json.h"
#include "vault/handle.h"

struct paper_ended {
	struct hrv_id *ids;
	size_t n;
};

/* Reads them from the entries of all runs. The caller has verified the log, or
 * does. Given back with paper_ended_clear(). */
int paper_ended_load(struct hrv_vault *v, struct paper_ended *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds those of a list of papers ("class", "id"), as an entry has it. */
int paper_ended_add(struct paper_ended *e, const json_t *papers,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Sorts, before paper_ended_has(). */
void paper_ended_sort(struct paper_ended *e);
bool paper_ended_has(const struct paper_ended *e, const struct hrv_id *record);
void paper_ended_clear(struct paper_ended *e);

#endif
