/* SPDX-License-Identifier: ISC */
/*
 * Judging one version of a record: may it be destroyed today, and if not, why
 * not. The same judgement makes the plan that people read and is repeated
 * under the write lock before anything is destroyed. Layer: verbs. It decides
 * and changes nothing.
 */
#ifndef VAULT_CANDIDATE_H
#define VAULT_CANDIDATE_H

#include "hrvault/policy.h"
#include "vault/base/json.h"
#include "vault/adopted.h"
#include "vault/fold.h"
#include "vault/protect.h"

/* The rule that tombstones and certificates name for an erasure. */
#define ERASURE_RULE "erasure"

/* What a run looks at everything with. */
struct judge {
	struct hrv_vault *v;
	const struct fold *fold; /* verified log, folded to its end */
	struct protect *protect; /* holds as the tables have them */
	struct adopted adopted;	 /* what earlier schedules leave in force */
	struct hrv_date today;
	bool basis; /* of what is to go: why, for the certificate. A look at
		     * thousands does without */
};

/* Why a version is not destroyed; the first that applies. */
enum verdict {
	VERDICT_DESTROY,
	VERDICT_NOT_DUE, /* its date has moved, or never came */
	VERDICT_HOLD,
	VERDICT_COOLING, /* a released hold's cooling-off */
	VERDICT_CASE,
	VERDICT_NOTICE,	  /* due, but announced too short a time ago */
	VERDICT_REVIEW,	  /* a person has to decide, by proposal */
	VERDICT_PERMANENT /* never destroyed */
};

struct candidate {
	struct hrv_id record;
	uint32_t n;
	struct hrv_id subject;
	char class_name[CLASS_NAME_SIZE];
	char compartment[CLASS_NAME_SIZE];
	char purge_from[HRV_DATE_TEXT];
	char until[HRV_DATE_TEXT]; /* notice, cooling: first day after it */
	enum verdict verdict;
	/* Hold, cooling-off or case, whatever the schedule says; "destroy":
	 * looked at, and nothing of that protects it; "not due": gone. */
	enum verdict shield;
	/* Somebody's erasure was ordered, and nothing stands in its way: the
	 * verdict is "destroy" then, whatever the schedule says. */
	bool erasure;
	char order[ID_TEXT_SIZE]; /* the proposal approved for it, or "" */
	char rule[65];
	uint8_t dek[DEK_ID_LEN];
	bool chosen;	      /* a run takes it; set by purge_list.h */
	const char *approval; /* id of the list it is on, or NULL; likewise */
	json_t *basis;	      /* rule, citation, dates it came from, for the
			       * certificate; NULL unless it is to go and
			       * the judge was asked for it */
};

/* "destroy", "not-due", "hold", ... Static. */
const char *verdict_name(enum verdict verdict);
/*
 * Judges version n of a record. HRV_EINTEGRITY when its facts are not what
 * the log stated last: then nothing may be destroyed at all. *ret is given
 * back with candidate_clear().
 */
int candidate_judge(const struct judge *j, const struct hrv_id *record,
    uint32_t n, struct candidate *ret, struct hrv_err *err) HRV_MUST_CHECK;
void candidate_clear(struct candidate *c);
/* The schedule alone: due, and to be destroyed without a person's decision?
 * VERDICT_DESTROY, _REVIEW, _PERMANENT or _NOT_DUE. */
enum verdict candidate_scheduled(const struct hrv_decision *d);
/* What protects, due or not; VERDICT_DESTROY: nothing. */
enum verdict candidate_shield(const struct protect_why *why);
/* The rule that set the end, or NULL. */
const struct hrv_rule *candidate_rule(const struct hrv_decision *d);
/* Why something goes, for the certificate: rule, citation, dates. *ret is the
 * caller's. */
int candidate_basis(const struct hrv_schedule *s, const struct hrv_decision *d,
    json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Prepares a judge: holds as of now, today. The holds of the tables must be
 * those of the fold (HRV_EINTEGRITY otherwise). judge_clear() gives back. */
int judge_init(struct judge *j, struct hrv_vault *v, const struct fold *fold,
    struct hrv_err *err) HRV_MUST_CHECK;
void judge_clear(struct judge *j);
/*
 * First day on which the notice is over: N days after the day of an entry at
 * `time`, and, of something that was there before a schedule was adopted (its
 * first entry is `first`), not before the longer of both notices after that.
 */
int judge_notice(const struct judge *j, int64_t time, uint64_t first,
    struct hrv_date *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that a record's and its subject's facts are those the log stated
 * last. HRV_EINTEGRITY otherwise. */
int judge_check_states(const struct judge *j, const struct record_row *rec,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
