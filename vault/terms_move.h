/* SPDX-License-Identifier: ISC */
/*
 * Which way a term moved: what two people are asked by. Layer: verbs.
 */
#ifndef VAULT_TERMS_MOVE_H
#define VAULT_TERMS_MOVE_H

#include "vault/terms.h"

/* What the table had of a version before it was made anew. */
struct term_old {
	char was[HRV_DATE_TEXT];   /* purge_from; "" pending, "-" no row */
	char keep[HRV_DATE_TEXT];  /* keep_until; "pending", "" none */
	char known[HRV_DATE_TEXT]; /* purge_from as last known; "" never */
};

/* Reads it. */
int term_old(struct hrv_vault *v, const struct hrv_id *record, uint32_t n,
    struct term_old *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Adds to *moved how a version's new term differs from the old one. What is
 * ordered to be erased goes when it need not be kept any more, so of that the
 * end of keeping counts, and not the day after the limit.
 */
int term_moved(struct hrv_vault *v, const struct record_row *rec, uint32_t n,
    const struct term_old *old, const struct hrv_decision *d,
    struct terms_moved *moved, struct hrv_err *err) HRV_MUST_CHECK;

#endif
