/* SPDX-License-Identifier: ISC */
/*
 * Proposals: the one mechanism for what takes two people. A verb asks
 * proposal_require() right before it acts, with a canonical description of
 * exactly what it is about to do. Somebody else approves that description by
 * an OpenPGP signature; the proposer repeats the command, which finds its
 * approval and uses it up. Layer: verbs. Invariant: an approval counts only
 * when the log knows it, the signature verifies now with the certificates of
 * the slot file, and the approver may still approve.
 */
#ifndef VAULT_PROPOSAL_H
#define VAULT_PROPOSAL_H

#include "hrvault/date.h"
#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/txn.h"

#define PROPOSAL_KIND_SIZE 32
#define PROPOSAL_DAYS                                                          \
	14 /* until one lapses, unless its kind says otherwise                 \
	    */

/* A step that takes two people. Pointers are borrowed for the call. */
struct proposal_args {
	const char *kind; /* "hold.release"; see proposal_rule.h */
	/* Exactly what will be done: ids, hashes, dates; no personal data. The
	 * same command must make the same value again. "compartments" lists
	 * those it touches, for kinds that an hr member may approve. */
	const json_t *what;
	/* What that comes to, counted now, for whoever is to approve; it is
	 * signed with the rest and may differ the next time. NULL: nothing. */
	const json_t *effects;
	int days;		      /* until it lapses; 0: PROPOSAL_DAYS */
	const struct hrv_id *subject; /* for the log; each may be NULL */
	const struct hrv_id *record;
	const struct hrv_id *hold;
	const struct hrv_id *kase;
	/* Why, sealed with the proposal under `kek` (KEK_DETAIL or KEK_HOLD)
	 * for `owner`, and part of what is approved by a keyed hash; NULL:
	 * nothing was said. */
	const char *reason;
	const char *kek;
	const struct hrv_id *owner;
};

/*
 * Adds a keyed hash of words that the log may not have to what is approved, so
 * that an approval is for these words and no others. HRV_EREFUSED without the
 * key of the index, HRV_ENOMEM.
 */
int proposal_bind(struct hrv_vault *v, const char *name, const json_t *bound,
    json_t *what, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Adds to `what` what a step of that kind starts from, where somebody else
 * could have decided otherwise since: the slot file, the entry of what is in
 * force, the state of the case.
 */
int proposal_starts(struct hrv_vault *v, const char *kind, json_t *what,
    struct hrv_err *err) HRV_MUST_CHECK;
/* All that an approval of this step is for: `what`, what it starts from, and
 * the reason but in a request, which nobody approves. The caller owns *ret. */
int proposal_whole(struct hrv_vault *v, const struct proposal_args *args,
    json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;

/* What allows a step. Zeroed: nothing was needed, as for a change that turns
 * out to move nothing earlier. */
struct approval {
	bool alone;	  /* one did it alone: the vault is in founding */
	struct hrv_id id; /* otherwise the approved proposal */
};

struct proposal_row;

/*
 * Whether the step may be taken now. Call it outside of a transaction, or
 * inside one whose changes may be undone: unless it succeeds, the open
 * transaction is given up.
 *
 * HRV_OK: go on; write *ret into the entry with approval_log() and call
 * proposal_done() in the same transaction. HRV_ECONFIRM ("approval"): nobody
 * approved yet; a proposal is open now, was logged, and is named by the error.
 * HRV_EREFUSED ("role"): the member may not propose this. HRV_EINTEGRITY: the
 * database calls a proposal approved that is not. None of these needs another
 * entry in the log but the refusal by role.
 */
int proposal_require(struct hrv_vault *v, const struct proposal_args *args,
    struct approval *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * As proposal_require(), but also in founding: always opens a proposal, or
 * finds the open one, and always returns HRV_ECONFIRM (or the error that kept
 * it from that). For requests that somebody else
 * carries out, and for lists that are proposed by a command of their own.
 * *ret_id (may be NULL) names it. An approved one that waits to be carried
 * out is found as well.
 */
int proposal_open(struct hrv_vault *v, const struct proposal_args *args,
    struct hrv_id *ret_id, struct hrv_err *err);
/* The approved proposal of this member for exactly this, if there is one; *ret
 * is not touched otherwise, and nothing is opened. */
int proposal_approved(struct hrv_vault *v, const struct proposal_args *args,
    struct approval *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Whether this member proposed exactly this before, and nobody who could have
 * approved or rejected it did until it lapsed. The latest such proposal counts
 * alone. HRV_EINTEGRITY when the log knows nothing of the proposal.
 */
int proposal_unanswered(struct hrv_vault *v, const struct proposal_args *args,
    bool *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Whether the proposer of an approved one repeated its command when something
 * that it depends on had changed: *ret is then the newest proposal for that
 * other state, which the command looks for; else its kind is 0. Such an
 * approval counts only if things are again as they were.
 */
int proposal_outdated(struct hrv_vault *v, const struct proposal_row *p,
    struct hrv_id *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends why the newest approved proposal of this member about the same thing
 * does not count for this step, in half a sentence; nothing where there is
 * none. */
int proposal_not_this(struct hrv_vault *v, const struct proposal_args *args,
    struct buf *out, struct hrv_err *err) HRV_MUST_CHECK;
/* A member other than the caller who may approve that kind of step today, or
 * "". For steps that somebody else stands in for where nobody is left. */
int proposal_other(struct hrv_vault *v, const char *kind, char ret[FPR_SIZE],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Puts the approval into the entry that logs the step: e->proposal, or
 * "alone": 1 in its payload. a must live as long as e. HRV_ENOMEM. */
int approval_log(const struct approval *a, struct entry *e, json_t *payload,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the step's transaction: its approval is used up by the entry number
 * leaf. HRV_EBUSY when another command used or rejected it just now; the step
 * must then not be taken. Nothing to do for a step taken alone. */
int proposal_done(struct hrv_vault *v, const struct approval *a, uint64_t leaf,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Inside the transaction that carries a step out: open proposals of this kind
 * for exactly this, whoever made them, are done with it (requests that were
 * acted on). */
int proposal_answered(struct hrv_vault *v, const char *kind, const json_t *what,
    uint64_t leaf, struct hrv_err *err) HRV_MUST_CHECK;

/* A proposal as the table has it. */
struct proposal_row {
	struct hrv_id id;
	char kind[PROPOSAL_KIND_SIZE];
	char proposer[FPR_SIZE];
	char status[12]; /* open, approved, done, rejected, expired */
	char expires[HRV_DATE_TEXT]; /* last day on which it counts */
	char opened[32];
	uint64_t opened_leaf;
	struct buf payload; /* the canonical bytes that are approved */
	json_t *what;	    /* of the payload; borrowed from `json` */
	json_t *json;
	char approver[FPR_SIZE]; /* "" until approved */
	struct buf sig;
};

#define PROPOSAL_ROW_INIT                                                      \
	{                                                                      \
		.payload = BUF_INIT, .sig = BUF_INIT                           \
	}

/*
 * Reads one. Its status is as of today: one that was never carried out in
 * time is "expired", whatever the table says. HRV_ENOTFOUND. HRV_EINTEGRITY
 * when the row contradicts itself. Given back with proposal_clear().
 */
int proposal_load(struct hrv_vault *v, const struct hrv_id *id,
    struct proposal_row *ret, struct hrv_err *err) HRV_MUST_CHECK;
void proposal_clear(struct proposal_row *p);
/*
 * Demands that what the table says of a proposal is what the log says: made
 * with this payload, approved by this signature or not, and neither rejected
 * nor used. HRV_EINTEGRITY otherwise.
 */
int proposal_check_log(struct hrv_vault *v, const struct proposal_row *p,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that the signature of an approved proposal is the approver's, over
 * exactly this payload. HRV_EINTEGRITY. */
int proposal_check_sig(struct hrv_vault *v, const struct proposal_row *p,
    struct hrv_err *err) HRV_MUST_CHECK;
struct proposal_question;
/* proposal_may_approve() (proposal_rule.h), and HRV_EREFUSED ("self-approval")
 * also for another key of the proposer, as far as the vault knows of it. */
int proposal_may(struct hrv_vault *v, const struct proposal_question *q,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Everything that must hold for an approved proposal to count now: log,
 * signature, and an approver who may approve still (HRV_EREFUSED). */
int proposal_check(struct hrv_vault *v, const struct proposal_row *p,
    struct hrv_err *err) HRV_MUST_CHECK;
/* HRV_EREFUSED ("overtaken") when what the proposal starts from is not so any
 * more: nobody carries it out, whoever approves it. */
int proposal_still(struct hrv_vault *v, const struct proposal_row *p,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whether this member may answer an open one today: approve it, or act on a
 * request of hr. HRV_EREFUSED, saying why, or another error. */
int proposal_may_decide(struct hrv_vault *v, const struct proposal_row *p,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends what an approver signs: "hrvault-approval/v1\n", the vault's id, and
 * the SHA-256 of the payload. */
void proposal_signed_bytes(
    const struct hrv_vault *v, const struct buf *payload, struct buf *out);
/* Adds what it starts from as a sentence, where it names that. */
int proposal_start_words(
    const json_t *what, json_t *list, struct hrv_err *err) HRV_MUST_CHECK;
/* Logs, inside the open transaction, that every proposal which nobody carried
 * out in time has lapsed. */
int proposal_lapse(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* Logs, inside the open transaction, that what this member proposed and nobody
 * carried out has lapsed, approved or not: only he could have. */
int proposal_withdraw(
    struct hrv_vault *v, const char *fpr, struct hrv_err *err) HRV_MUST_CHECK;
/* What it would do, as sentences for people, one string each, into list. */
int proposal_words(const struct proposal_row *p, json_t *list,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The same for an erasure, an export or a refusal of a case. */
int proposal_case_words(const struct proposal_row *p, json_t *list,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
