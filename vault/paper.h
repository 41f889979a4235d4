/* SPDX-License-Identifier: ISC */
/*
 * The vault's own papers: what it writes about people and matters beside the
 * records, and when that ends. Each kind has a class "vault.*" whose rules the
 * schedule in force gives; nothing here knows a term of its own. Layer: verbs.
 * It decides and changes nothing.
 */
#ifndef VAULT_PAPER_H
#define VAULT_PAPER_H

#include "vault/candidate.h"

enum paper_kind {
	PAPER_HOLD,	  /* the sealed words of a hold that was released */
	PAPER_STUB,	  /* what is left of a record that was destroyed */
	PAPER_DISCLOSURE, /* whom a record was disclosed to */
	PAPER_CASE /* copies and sealed words of a case that was closed */
};

/* One paper that is still there and has the day from which it counts. */
struct paper {
	enum paper_kind kind;
	struct hrv_id id;      /* of the hold, record, case */
	struct hrv_id subject; /* whose stub; kind 0: of nobody alone */
	uint64_t leaf;	       /* the entry from which it counts */
	char created[HRV_DATE_TEXT];
	char closed[HRV_DATE_TEXT]; /* "" where the kind has none */
	/* What the schedule makes of it: */
	const char *class_name;
	struct hrv_decision decision;
	char purge_from[HRV_DATE_TEXT]; /* "" while pending */
	char rule[65];
	/* What else there is to say, once it was judged: */
	enum verdict verdict;
	char until[HRV_DATE_TEXT]; /* notice, cooling: first day after it */
	bool chosen;		   /* a run takes it; see purge_paper.h */
	const char *approval;	   /* id of the list it is on, or NULL */
};

struct papers {
	struct paper *list;
	size_t n;
};

/* The class of a kind. Static. */
const char *paper_class(enum paper_kind kind);
/* The kind of that class, or -1. */
int paper_kind_of(const char *class_name);

typedef int paper_fn(void *ctx, const struct paper *p, struct hrv_err *err);
/* Calls fn for every paper that is there and whose purge_from is `last` at the
 * latest (ISO text), by the rows, decided for that day. Not judged. */
int paper_each(struct hrv_vault *v, struct hrv_date day, const char *last,
    paper_fn *fn, void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/* Calls fn with what there is of every kind and day, due or not, and how many
 * of it, some of which may have to wait longer. */
typedef int paper_count_fn(
    void *ctx, const struct paper *p, size_t n, struct hrv_err *err);
int paper_count(struct hrv_vault *v, struct hrv_date day, paper_count_fn *fn,
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Judges every paper that is due: by the entry from which it counts, by its
 * notice, and by the holds and cases of the people it is about. HRV_EINTEGRITY
 * when a row says something else than the log. Given back with papers_clear().
 */
int papers_judge(const struct judge *j, struct papers *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The same for one, by kind and id, under the write lock. What is not there
 * (any more) is VERDICT_NOT_DUE. */
int paper_judge(const struct judge *j, enum paper_kind kind,
    const struct hrv_id *id, struct paper *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void papers_clear(struct papers *p);
/* What protects it: holds and cases of the people it is about. */
int paper_protected(struct hrv_vault *v, const struct protect *protect,
    const struct paper *p, struct protect_why *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* What a list of papers is bound to: which one, by which rule, and the keys
 * that would go. */
int paper_state(struct hrv_vault *v, const struct paper *p, uint8_t out[32],
    struct hrv_err *err) HRV_MUST_CHECK;
/* As a plan has it. *ret is the caller's. */
int paper_tell(
    const struct paper *p, json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;

#endif
