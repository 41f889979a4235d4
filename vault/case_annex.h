/* SPDX-License-Identifier: ISC */
/*
 * What collecting freezes: the history of access to the person's data, the
 * person's earlier requests, and the letters that stand for other people.
 * Layer: verbs. The document is sealed as a copy of the case itself
 * (case_copy.h, n 0), and its hash is part of what an approval binds:
 *   annex     [{on, act, purpose, role, times}], by day
 *   requests  [{case, right, received, status}], by receipt
 *   people    [{as, subject, identity, merged, names, marks, phones}], in the
 *             order they came; identity is the version of it that was opened,
 *             merged are the entries that became the subject
 *   own       names of the subject
 *   untold    [{recipient, code}] of whom the person is not told; absent
 *             without any
 */
#ifndef VAULT_CASE_ANNEX_H
#define VAULT_CASE_ANNEX_H

#include "hrvault/case.h"
#include "vault/case.h"
#include "vault/receipt.h"

/*
 * Reads the log for every access to the records of `things` and to the
 * subject, but for those of this case itself and disclosures to whom the list
 * untold has: day, what it was for, role; no member. *ret is the caller's.
 */
int annex_of_log(struct hrv_vault *v, const struct kase *k,
    const struct manifest *things, const json_t *untold, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whether the person is told of an act of the log. What is done for a legal
 * hold tells that there is one, which is confidential. */
bool annex_tells(const char *act);
/* The subject's other cases. *ret is the caller's. */
int annex_requests(struct hrv_vault *v, const struct kase *k, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* The entries that became this one, at once or over others, and whose identity
 * is still there; the array is the caller's. */
int people_merged(struct hrv_vault *v, const struct hrv_id *id,
    struct hrv_id **ret, size_t *ret_n, struct hrv_err *err) HRV_MUST_CHECK;
/* The subjects, besides the case's, that records of `things` are about or
 * linked to, then the entries that became one of them; the array is the
 * caller's. */
int people_linked(struct hrv_vault *v, const struct kase *k,
    const struct manifest *things, struct hrv_id **ret, size_t *ret_n,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Opens their identities, in every version there is, and adds whoever is not in
 * the list yet, under the next letter; what a merged entry held counts for who
 * it became, whoever of the two comes first; then whoever `names` names: one
 * person a line, spellings divided by '='. HRV_EUSAGE: a line that is no name.
 * list grows.
 */
int people_add(struct hrv_vault *v, const struct receipt *r,
    const struct hrv_id *linked, size_t n, json_t *list,
    struct hrv_err *err) HRV_MUST_CHECK;
int people_add_names(
    json_t *list, const char *names, struct hrv_err *err) HRV_MUST_CHECK;

/* Whether that recipient is in the list; NULL is in none. */
bool untold_has(const json_t *untold, const char *recipient);
/* Whether u (may be NULL) can be done: id of the recipient, "" for NULL.
 * HRV_EUSAGE: no code or no reason; HRV_ENOTFOUND: no such recipient. */
int untold_check(struct hrv_vault *v, const struct kase *k,
    const struct hrv_case_untold *u, char id[ID_TEXT_SIZE],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Puts the list of before, changed by u, into the document. */
int untold_make(const json_t *old, const struct hrv_case_untold *u,
    const char *id, json_t *frozen, struct hrv_err *err) HRV_MUST_CHECK;
/* The members of the entry that say so; u NULL: none. Nonzero: no memory. */
int untold_put(
    const struct hrv_case_untold *u, const char *id, json_t *payload);

/* What collecting freezes from. */
struct frozen_from {
	const struct hrv_id *linked; /* as people_linked() found them */
	size_t n_linked;
	const char *names; /* as for people_add_names(), or NULL */
	const struct hrv_case_untold *untold; /* or NULL, */
	const char *untold_id;		      /* and whom it is about */
	const struct manifest *things;
	const char *day;
};
/* Makes the document: people who have a letter keep it. The receipt names the
 * case, the subject and everybody linked. *ret is the caller's. */
int frozen_make(struct hrv_vault *v, const struct receipt *r,
    const struct kase *k, const struct frozen_from *from, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction: seals it in the place of the one before. */
int frozen_put(struct hrv_vault *v, const struct kase *k, json_t *frozen,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Opens the one there is. *ret is the caller's. HRV_ENOTFOUND: nothing was
 * collected. */
int frozen_open(struct hrv_vault *v, const struct receipt *r,
    const struct kase *k, json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
