/* SPDX-License-Identifier: ISC */
/*
 * Folding the log: what a purge has to know of all history, worked out from
 * the verified entries alone and never from the tables: which holds are in
 * force, which cases freeze what, which state each candidate had last, when,
 * and how the clock went.
 * Layer: verbs.
 */
#ifndef VAULT_FOLD_H
#define VAULT_FOLD_H

#include "vault/base/id.h"
#include "vault/caselog.h"
#include "vault/handle.h"
#include "vault/log/leaf.h"
#include "vault/owned.h"
#include "vault/txn.h"

/* Times are never before that of an earlier entry, so that a clock that was
 * slow begins no notice earlier. Where people confirmed it they begin anew. */

/* What the log said last of one record or subject. */
struct fold_thing {
	struct hrv_id id;
	bool known;	   /* some entry stated it */
	uint8_t state[32]; /* as stated last */
	uint64_t first;	   /* number of the first entry that stated it */
	int64_t time;	   /* of the last one */
};

/* A schedule that was adopted, in force or not any more. */
struct fold_policy {
	uint8_t hash[32];
	uint64_t leaf;
	int64_t time;
};

struct fold_hold {
	struct hrv_id id;
	uint8_t scope[32]; /* hash of the canonical scope */
	bool active;
	char free_from[11]; /* released: first day without protection */
};

/* Somebody's erasure, ordered by two people: this version goes as soon as
 * nothing keeps it. */
struct fold_order {
	struct hrv_id record;
	uint32_t n;
	struct hrv_id kase;
	struct hrv_id subject;	     /* whose, now; of rows: not known */
	char proposal[ID_TEXT_SIZE]; /* that was approved; "" in founding */
	int64_t time; /* of the entry, or of the latest that filed it anew */
};

struct fold {
	uint64_t size;		   /* entries folded so far */
	struct fold_thing *things; /* sorted by id; set by the caller */
	size_t n_things;
	struct fold_hold *holds; /* sorted by id */
	size_t n_holds;
	struct caselog cases;
	struct owned owned; /* of the people among the things; off at first */
	struct fold_order *orders; /* sorted by record and version */
	size_t n_orders;
	bool has_policy;
	uint8_t policy[32]; /* schedule in force */
	int64_t policy_time;
	struct fold_policy *policies; /* all of them, in order */
	size_t n_policies;
	int64_t whole_time; /* of the last run that left out nothing that was
			     * due; 0: none */
	int64_t last_time;  /* of the newest entry */
	int64_t newest;	    /* the latest time any entry states */
	uint64_t *restored; /* entries of restores and rollbacks that hold
			     * destruction back, in order */
	size_t n_restored;
	int64_t max_gap; /* between neighbours since the clock was last
			  * found or confirmed credible */
};

/* Begins a fold that looks out for these things (n of them, in any order);
 * the list is copied. Freed with fold_clear(). */
int fold_init(struct fold *f, const struct hrv_id *things, size_t n,
    struct hrv_err *err) HRV_MUST_CHECK;
void fold_clear(struct fold *f);
/*
 * Takes one verified entry, in order, with its parsed payload and the rows of
 * its manifest (either may be NULL). HRV_EINTEGRITY when the payload is not
 * what its operation writes.
 */
int fold_leaf(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err) HRV_MUST_CHECK;
/* What the log said last of that thing, or NULL when it was not asked for. */
const struct fold_thing *fold_find(
    const struct fold *f, const struct hrv_id *id);
/* The order for that version, or NULL. */
const struct fold_order *fold_order_find(
    const struct fold *f, const struct hrv_id *record, uint32_t n);
/* Takes an order in; a later one for the same version takes the place of the
 * earlier. For what makes a fold from rows, too. */
int fold_order_add(struct fold *f, const struct fold_order *order,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * An entry that succeeded, of a case: case.erase orders, case.refuse takes all
 * orders of its case back, case.decide those of its records whatever was
 * decided instead. HRV_EINTEGRITY for a payload that is none.
 */
int fold_case(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * An entry that succeeded, of any other operation: what files a record anew or
 * takes a fact back may end its keeping, and one person does it, so that the
 * notice of its orders begins again; who gets it by a move asked for nothing,
 * and the orders end.
 * HRV_EINTEGRITY for a payload that is none.
 */
int fold_refiled(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err) HRV_MUST_CHECK;
/* An entry restore, rollback.accept or restore.confirm that succeeded: the
 * first holds destruction back if it lost what may keep a record, the second
 * always, the third ends that of the one it names and of no other. */
int fold_restored(struct fold *f, const struct leaf *leaf,
    const json_t *payload, struct hrv_err *err) HRV_MUST_CHECK;
/* Takes an adoption in; for what makes a fold from rows, too. */
int fold_policy_add(struct fold *f, const struct fold_policy *policy,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Hash of the canonical list of the active holds, as inforce_holds() makes it
 * from the table. */
int fold_holds_hash(
    const struct fold *f, uint8_t out[32], struct hrv_err *err) HRV_MUST_CHECK;

#endif
