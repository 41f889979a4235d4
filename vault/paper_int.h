/* SPDX-License-Identifier: ISC */
/*
 * What paper.c asks of each kind of paper. Internal to vault/paper*.c. Layer:
 * verbs.
 */
#ifndef VAULT_PAPER_INT_H
#define VAULT_PAPER_INT_H

#include "vault/log/leaf.h"
#include "vault/paper.h"

struct paper_ops {
	const char *class_name;
	/* Calls fn for each that is there and counts: kind, id, leaf and days
	 * are set. With an id, for that one alone. */
	int (*each)(struct hrv_vault *v, const struct hrv_id *id, paper_fn *fn,
	    void *ctx, struct hrv_err *err);
	/* Whether the entry says what the row does. The log to its end was
	 * verified; this is what keeps an edited row from ending anything. */
	int (*check)(const struct judge *j, const struct paper *p,
	    const struct leaf *l, const json_t *payload, bool *ret,
	    struct hrv_err *err);
	int (*protect)(struct hrv_vault *v, const struct protect *protect,
	    const struct paper *p, struct protect_why *why,
	    struct hrv_err *err);
	int deks; /* statement that lists its keys, by its id */
};

extern const struct paper_ops paper_hold;

/* Adds what protects a person's papers: a hold that names the person or covers
 * one of the records, or a case. */
int paper_person(struct hrv_vault *v, const struct protect *protect,
    const struct hrv_id *subject, struct protect_why *why,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Joins two reasons into why. */
void paper_join(struct protect_why *why, const struct protect_why *more);

#endif
