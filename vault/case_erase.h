/* SPDX-License-Identifier: ISC */
/*
 * Erasures: how a record stands before anybody decided, and what becomes of
 * it now. Layer: verbs.
 */
#ifndef VAULT_CASE_ERASE_H
#define VAULT_CASE_ERASE_H

#include "vault/case.h"
#include "vault/fold.h"
#include "vault/protect.h"
#include "vault/version.h"

/* The disposition of a record that was found for an erasure: the person's own
 * is to go, somebody else's, which only mentions them, stays. HRV_OK. */
int case_erase_stand(
    const struct kase *k, const struct record_row *rec, struct case_item *item);

/* What becomes of one version, and why. */
struct becomes {
	const char *word;   /* "destroyed", "erased", "refused", "deferred";
			     * "open" while nobody decided */
	const char *ground; /* "legal-obligation", "protected", ...; NULL:
			     * nothing keeps it */
	/* The last day of keeping, of what is destroyed the day of it, of what
	 * is erased the first day on which a run may; "" for none or not
	 * known. */
	char until[HRV_DATE_TEXT];
};
/* What it is worked out by, for all versions of a case. */
struct becomes_by {
	const struct protect *protect;
	const struct fold *fold; /* as of fold_rows() */
};
/*
 * Works it out from the tables as they are. "protected" stands for a hold, a
 * cooling-off and another person's case alike, so that nobody learns of a
 * hold; where a legal obligation is known, it alone is told.
 */
int case_becomes(struct hrv_vault *v, const struct becomes_by *by,
    const struct kase *k, const struct case_item *item, struct becomes *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
