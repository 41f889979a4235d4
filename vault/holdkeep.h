/* SPDX-License-Identifier: ISC */
/*
 * A hold keeps what it covers. A scope that asks a query covers a record by
 * facts of it and of its subject, and one member may change those. What is
 * held before such a change is held after it, or there is no change. Layer:
 * verbs. The pattern, inside the transaction of the change:
 *
 *	struct holdkeep k = { .p = NULL };
 *	rc = holdkeep_before(v, &k, subject or record, err);
 *	... the rows are changed ...
 *	rc = holdkeep_check(v, &k, err);
 *	holdkeep_clear(&k);
 *
 * What changes a fact and does not do so is found by tests/lint/chokes.
 */
#ifndef VAULT_HOLDKEEP_H
#define VAULT_HOLDKEEP_H

#include "vault/protect.h"

/* A record, and a hold that covers it. */
struct holdkeep_row {
	struct hrv_id record;
	size_t hold; /* in p */
};

struct holdkeep {
	struct protect *p; /* read once; NULL before */
	struct holdkeep_row *rows;
	size_t n;
	/* Of what is lost: how many, one of them, and its hold. */
	size_t lost;
	struct record_row rec;
	const struct protect_hold *hold;
};

/*
 * Notes which holds with a query, active or cooling off, cover the live records
 * of a subject, or one record. Without such a hold nothing is looked at. May be
 * called for several owners.
 */
int holdkeep_before(struct hrv_vault *v, struct holdkeep *k,
    const struct hrv_id *owner, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether one of them does not cover its record any more: k->lost. */
int holdkeep_look(struct hrv_vault *v, struct holdkeep *k,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Adds those records, by name, to a scope. */
int holdkeep_lost(struct hrv_vault *v, const struct holdkeep *k,
    struct scope *scope, struct hrv_err *err) HRV_MUST_CHECK;
/* As holdkeep_look(); HRV_EREFUSED ("held" or "cooling-off") where one is lost.
 * Names the hold to legal and dpo only, and never a matter. */
int holdkeep_check(struct hrv_vault *v, struct holdkeep *k,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Forgets what was noted, and not the holds: for many rows of one
 * transaction. */
void holdkeep_next(struct holdkeep *k);
void holdkeep_clear(struct holdkeep *k);

#endif
