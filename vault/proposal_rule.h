/* SPDX-License-Identifier: ISC */
/*
 * Who may propose what, and who may approve it: the table of steps that take
 * two people. Layer: verbs; pure but for the slot file it is asked about.
 */
#ifndef VAULT_PROPOSAL_RULE_H
#define VAULT_PROPOSAL_RULE_H

#include "vault/base/json.h"
#include "vault/custody/slots.h"

/* One step. */
struct proposal_rule {
	const char *kind;
	unsigned propose;  /* set of 1 << enum role */
	unsigned approve;  /* roles that may approve anything of the kind */
	bool officer;	   /* hr may approve what touches only compartments
			    * that were granted to the member */
	bool legal;	   /* one of the two is legal where there is one */
	const char *about; /* what it does, for people */
};

/* The rule of a kind. A kind that is not in the table (a step that a schedule
 * added) is proposed by any writer, approved by dpo or an officer. Never
 * NULL. */
const struct proposal_rule *proposal_rule(const char *kind);
/* Whether it takes two people only because the schedule lists it. */
bool proposal_rule_is_added(const char *kind);
/* The i-th rule of the table, NULL past the end. */
const struct proposal_rule *proposal_rule_at(size_t i);
/* HRV_EREFUSED ("role") when a member of that role may not propose it. */
int proposal_may_propose(
    enum role role, const char *kind, struct hrv_err *err) HRV_MUST_CHECK;

/* What is asked about an approval. */
struct proposal_question {
	const struct slots *slots;
	const char *kind;
	const json_t *what;
	const char *proposer; /* fingerprints */
	const char *approver;
	const char *today; /* ISO date */
};
/*
 * HRV_EREFUSED, saying why, unless that member may approve it today:
 * "self-approval" for the proposer, "role" for a role that may not,
 * "key-not-held" for an officer without a compartment, "no-member".
 */
int proposal_may_approve(
    const struct proposal_question *q, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds what an adoption, an import or a package comes to, of a proposal's
 * `effects` (NULL: nothing), as sentences for people, one string each. */
int proposal_effects(
    const json_t *e, json_t *list, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends a sentence. */
int proposal_line(
    json_t *list, const struct buf *line, struct hrv_err *err) HRV_MUST_CHECK;
/* A member as text: "?" for what is not there. */
const char *proposal_text(const json_t *o, const char *key);
/* Appends a list's texts, divided by commas, "none" for none; "1 version" or "3
 * versions"; and what becomes of the dates, of an object `moved`. */
void proposal_add_list(struct buf *line, const json_t *list);
void proposal_add_count(struct buf *line, long long n, const char *one);
void proposal_add_moved(struct buf *line, const json_t *moved);
/* Appends what a merge does. */
void proposal_add_merge(const json_t *w, struct buf *line);
/* Appends "key: value" for each member of w that is neither a hash nor in
 * `told`, which ends with NULL. */
void proposal_add_rest(
    struct buf *line, const json_t *w, const char *const *told);
/* Appends the sentence of a step that a schedule put under two people, or of
 * one about keys or backups; any other is shown member by member. */
void proposal_step_words(const char *kind, const json_t *w, struct buf *line);
/* Adds the hashes of what is approved as one sentence, where there are any. */
int proposal_hashes(
    const json_t *what, json_t *list, struct hrv_err *err) HRV_MUST_CHECK;
/* "dpo or legal": who may approve, for hints. Static. */
const char *proposal_approvers(const char *kind);

#endif
