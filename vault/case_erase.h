/* SPDX-License-Identifier: ISC */
/*
 * Erasures: how a record stands before anybody decided, and what becomes of
 * it now. Layer: verbs.
 */
#ifndef VAULT_CASE_ERASE_H
#define VAULT_CASE_ERASE_H

#include "vault/adopted.h"
#include "vault/base/json.h"
#include "vault/case.h"
#include "vault/fold.h"
#include "vault/protect.h"
#include "vault/version.h"

/* The disposition of a record that was found for an erasure: the person's own
 * is to go, somebody else's, which only mentions them, stays. HRV_OK. */
int case_erase_stand(
    const struct kase *k, const struct record_row *rec, struct case_item *item);

/* Steps of an erasure that answer it. */
#define EVENT_ORDERED "ordered"
#define EVENT_ANSWERED "answered" /* nothing could be ordered */
#define EVENT_KEPT "kept"	  /* two people took one out of their order */

/* Whether a version that is refused is so because somebody wants to keep it,
 * not because it is about somebody else. */
bool case_item_kept(const struct case_item *item);
/* Whether its key is there still. */
int case_item_there(struct hrv_vault *v, const struct case_item *item,
    bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether two people approved that it is kept: with an answer that came after,
 * or by taking it out of their order. */
bool case_item_settled(const struct kase *k, const struct case_item *item);
/* HRV_OK when each record has been decided by two people, so that the answer
 * may go out; else refused under op, with the next step. */
int case_erase_settled(struct hrv_vault *v, const struct kase *k,
    const char *op, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends {record, version, class, ground} to what is approved; ground may be
 * NULL. */
int case_erase_list(json_t *list, const struct case_item *item,
    const char *class_name, const char *ground,
    struct hrv_err *err) HRV_MUST_CHECK;
/* In the open transaction, with a refusal: what was ordered and is there is
 * ordered no longer. */
int case_erase_take_back(struct hrv_vault *v, const struct kase *k,
    struct hrv_err *err) HRV_MUST_CHECK;

/* What becomes of one version, and why. */
struct becomes {
	const char *word;   /* "destroyed", "erased", "refused", "deferred";
			     * "open" while nobody decided */
	const char *ground; /* "legal-obligation", "protected", ...; NULL:
			     * nothing keeps it. Of who somebody is:
			     * "last-record", "mentioned", "request" */
	/* The last day of keeping, of what is destroyed the day of it, of what
	 * is erased the first day on which a run may; "" for none or not
	 * known. */
	char until[HRV_DATE_TEXT];
};
/* What it is worked out by, for all versions of a case. */
struct becomes_by {
	const struct protect *protect;
	const struct fold *fold;       /* as of fold_rows() */
	const struct adopted *adopted; /* of that fold */
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
