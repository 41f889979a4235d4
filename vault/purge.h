/* SPDX-License-Identifier: ISC */
/*
 * What the parts of a destruction run share: the plan, the brakes, the
 * certificates. Layer: verbs.
 */
#ifndef VAULT_PURGE_H
#define VAULT_PURGE_H

#include "vault/destroy.h"
#include "vault/survey.h"

/* Number of records that are due and protected, for whatever reason. */
size_t purge_protected(const struct survey *s);
/* One candidate as a report has it: what it is, since when it is due, what
 * keeps it, and of holds what the member may know. *ret is the caller's. */
int purge_tell(const struct survey *s, const struct candidate *c, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Every candidate that something keeps, and is not chosen, as purge_tell()
 * has it. *ret is the caller's. */
int purge_skipped(
    const struct survey *s, json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * HRV_ECONFIRM ("brake") when a run would destroy more records than the
 * schedule lets one run destroy without people: max_per_run, or max_share of
 * the vault but at least 25; of schedules that were adopted lately the
 * strictest counts (adopted.h).
 */
int purge_brake(
    const struct survey *s, size_t destroy, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * What must hold before anything is destroyed, whatever the reason: the log
 * is the one that everybody saw (HRV_EINTEGRITY), the clock is credible
 * (HRV_ECONFIRM).
 */
int purge_check_trust(struct hrv_vault *v, const struct survey *s,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Logs purge.intent with the records that are `chosen` (and the person, or
 * NULL, who goes with them), durable before anything is destroyed. *ret is
 * closed by purge_commit(). */
int purge_announce(struct hrv_vault *v, const struct survey *s,
    const struct hrv_id *run, const struct hrv_id *person, struct receipt **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

struct purge_commit_args {
	struct survey *survey;
	const struct hrv_id *run;
	struct receipt **intent;
	/* Under the write lock, with the survey brought up to date: calls
	 * destroy_commit() with result. */
	int (*destroy)(struct hrv_vault *v, void *ctx, struct hrv_err *err);
	void *ctx;
	struct destroy_result *result;
};
/*
 * Under the write lock: takes in what was logged meanwhile, destroys, commits.
 * When everything turned out to be protected that is the outcome of the
 * intent, and destroy_any() is false. purge_finish_runs() comes next.
 */
int purge_commit(struct hrv_vault *v, const struct purge_commit_args *args,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Finishes every run that has no certificate yet: destroys what is left of
 * its old generation, then makes, signs, logs and writes its certificate.
 * Files of earlier certificates that are not there are written again.
 * *ret_left: runs whose old keys a reader still holds.
 */
int purge_finish_runs(
    struct hrv_vault *v, size_t *ret_left, struct hrv_err *err) HRV_MUST_CHECK;

/* Logs that two people confirmed `what` (NULL: nothing to name) under that
 * operation, in a transaction of its own, and uses their approval up. */
int purge_confirm_log(struct hrv_vault *v, const char *op, const json_t *what,
    const struct approval *a, struct hrv_err *err) HRV_MUST_CHECK;

/* A row of the table of runs. */
struct run_row {
	struct hrv_id id;
	char day[11];
	char status[16]; /* committed, destroyed, certified */
	uint32_t gen_before;
	uint32_t gen_after;
	size_t records;
	uint64_t commit_leaf;
	struct buf facts;
	struct buf cert_json;
	struct buf cert_text;
	struct buf cert_sig;
	struct buf cert_proof;
};
/* Reads one run; given back with run_clear(). HRV_ENOTFOUND. */
int run_load(struct hrv_vault *v, const struct hrv_id *id, struct run_row *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
void run_clear(struct run_row *r);

#endif
