/* SPDX-License-Identifier: ISC */
/*
 * What a law wants before a record may leave: the gates of its compartment,
 * and grounds that are for marked records only. Layer: verbs.
 */
#ifndef VAULT_CASE_GATE_H
#define VAULT_CASE_GATE_H

#include "hrvault/case.h"
#include "vault/case.h"
#include "vault/version.h"

/*
 * Whether every gate before the record's compartment is open today, with what
 * the item has already and what was said now (given may be NULL): a health
 * professional's opinion not older than the law says, or data that the person
 * has seen already; the sign-off of legal. out gets the new gate of the item.
 * HRV_ECONFIRM ("gate") names what is missing; HRV_EUSAGE: an opinion without
 * its day, or from the future.
 */
int case_gate_open(struct hrv_vault *v, const struct kase *k,
    const struct record_row *rec, const struct case_item *item,
    const struct hrv_case_gate *given, char out[CASE_GATE_SIZE],
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Appends to out what the grounds of a decision (codes divided by commas) need
 * before they may be used: a health professional's opinion that disclosing
 * would do harm, not older than the law says. It was given now, or, where
 * `stands`, with the item before. HRV_ECONFIRM ("gate") names what is missing;
 * HRV_EUSAGE as case_gate_open().
 */
int case_code_open(struct hrv_vault *v, const struct kase *k, const char *codes,
    const struct case_item *item, const struct hrv_case_gate *given,
    bool stands, char out[CASE_GATE_SIZE], struct hrv_err *err) HRV_MUST_CHECK;
/* Whether such an opinion is with the item: its reason is then sealed behind a
 * first line that names it, and which the person does not read. */
bool case_item_harms(const struct case_item *item);
/* Whether any of the codes needs one. */
bool case_code_needs_opinion(const struct kase *k, const char *codes);
/* Whether whoever decided said that it may go out as it is. */
bool case_item_checked(const struct case_item *item);
/* A code of the case's law, and one that this record (NULL: any) may be
 * withheld or redacted under. HRV_EUSAGE lists the codes; HRV_EREFUSED
 * ("not-confidential"). */
int case_code_check(const struct kase *k, const char *code,
    const struct record_row *rec, struct hrv_err *err) HRV_MUST_CHECK;
/* What is sealed with a decision: "opinion: REF" and, from the second line on,
 * the reason; either may be NULL. */
int case_text(const char *opinion, const char *reason, struct buf *out,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Writes the gate of an item, in the open transaction. */
int case_gate_set(struct hrv_vault *v, const struct kase *k,
    const struct case_item *item, const char *gate,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Writes disposition and code of an item (code may be NULL). */
int case_item_set(struct hrv_vault *v, const struct kase *k,
    const struct case_item *item, const char *disposition, const char *code,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
