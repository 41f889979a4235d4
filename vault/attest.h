/* SPDX-License-Identifier: ISC */
/*
 * What people confirmed and what they were told: when somebody last said that
 * what is kept about them is right, and which version of the privacy notice
 * they know. Part of the state of a subject. Layer: verbs.
 */
#ifndef VAULT_ATTEST_H
#define VAULT_ATTEST_H

#include "hrvault/date.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/handle.h"

/* What counts of a subject's history. */
struct attest {
	char confirmed[HRV_DATE_TEXT];	/* newest day, or "" */
	char notice[TEXT_VERSION_SIZE]; /* version, or "" */
	char told[HRV_DATE_TEXT];	/* day of that, or "" */
};

/* Reads it from the tables; opens nothing. */
int attest_load(struct hrv_vault *v, const struct hrv_id *subject,
    struct attest *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds it to a document: confirmed (a day) and notice {version, date}, each
 * only where there is one. */
int attest_put(
    json_t *doc, const struct attest *a, struct hrv_err *err) HRV_MUST_CHECK;
/* The whole history in its order, [[act, version, day], ...], for the state.
 * *ret is the caller's; empty where there is none. */
int attest_history(struct hrv_vault *v, const struct hrv_id *subject,
    json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
