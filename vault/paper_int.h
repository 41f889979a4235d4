/* SPDX-License-Identifier: ISC */
/*
 * What paper.c asks of each kind of paper. Internal to vault/paper*.c. Layer:
 * verbs.
 */
#ifndef VAULT_PAPER_INT_H
#define VAULT_PAPER_INT_H

#include "vault/log/leaf.h"
#include "vault/paper.h"

/* A walk over papers of one kind. */
struct paper_walk {
	struct hrv_vault *v;
	struct hrv_date day;	 /* decided for */
	const char *last;	 /* purge_from up to here; NULL: all */
	const struct hrv_id *id; /* only this one, or NULL */
	bool counted;		 /* fn gets one for many, and how many */
	paper_count_fn *fn;
	void *ctx;
};

/* Decides for a paper, of which kind and days are set, and passes it on when
 * its date is within the walk. A walk may ask first with a probe, one for all
 * of a day, whether there is any use in listing them. */
int paper_pass(const struct paper_walk *w, const struct paper *p, size_t n,
    struct hrv_err *err) HRV_MUST_CHECK;
int paper_wanted(const struct paper_walk *w, const struct paper *probe,
    bool *ret, struct hrv_err *err) HRV_MUST_CHECK;

struct paper_ops {
	const char *class_name;
	/* Passes each that is there and counts: kind, id, leaf and days are
	 * set. */
	int (*each)(const struct paper_walk *w, struct hrv_err *err);
	/* Whether the entry says what the row does. The log to its end was
	 * verified; this is what keeps an edited row from ending anything. */
	int (*check)(const struct judge *j, const struct paper *p,
	    const struct leaf *l, const json_t *payload, bool *ret,
	    struct hrv_err *err);
	int (*protect)(struct hrv_vault *v, const struct protect *protect,
	    const struct paper *p, struct protect_why *why,
	    struct hrv_err *err);
	int deks; /* statement that lists its keys, by its id; -1: it has none
		   */
};

extern const struct paper_ops paper_hold;
extern const struct paper_ops paper_stub;
extern const struct paper_ops paper_disclosure;
extern const struct paper_ops paper_case;

/* Adds what protects a person's papers: a hold that names the person or covers
 * one of the records, or a case; of whom the person became as well. */
int paper_person(struct hrv_vault *v, const struct protect *protect,
    const struct hrv_id *subject, struct protect_why *why,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whether the list of its entry has it. */
int paper_listed(struct hrv_vault *v, const struct paper *p, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Joins two reasons into why. */
void paper_join(struct protect_why *why, const struct protect_why *more);

#endif
