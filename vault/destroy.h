/* SPDX-License-Identifier: ISC */
/*
 * Destroying records by destroying their keys. This is the one way: every
 * path to destruction, whatever its reason, ends in destroy_commit(), which
 * checks each item again under the write lock and is the only caller of the
 * one function that writes a keystore generation. Layer: verbs.
 */
#ifndef VAULT_DESTROY_H
#define VAULT_DESTROY_H

#include "vault/candidate.h"
#include "vault/paper.h"
#include "vault/receipt.h"
#include "vault/store/keystore.h"

/* Why somebody wants a version destroyed. What must hold follows from it. */
enum destroy_reason {
	DESTROY_SCHEDULE, /* the schedule says so, and nobody has to be asked */
	DESTROY_APPROVED, /* the schedule asks a person, who approved */
	DESTROY_AGAIN,	  /* was destroyed before, by the verified log of a
			   * vault that is being restored: only a backup
			   * brought it back */
	DESTROY_VOID,	  /* filed in error: whatever the schedule says, but
			   * never against a hold, a cooling-off or a case;
			   * needs an approval, or founding */
	DESTROY_PERSON,	  /* of the person that destroy_args names, who should
			   * not be in the vault: as above, and who it is goes
			   * as well */
	DESTROY_ERASURE	  /* somebody asked for it, two people ordered it, and
			   * nothing keeps it (candidate.h) */
};

struct destroy_item {
	struct hrv_id record;
	uint32_t n;
	enum destroy_reason reason;
	const char *approval; /* id of the approved proposal, or NULL */
};

/* The rule that tombstones and certificates name for DESTROY_VOID. */
#define DESTROY_VOID_RULE "void"
/* The same for DESTROY_AGAIN. */
#define DESTROY_AGAIN_RULE "restore"

/* One of the vault's own papers (paper.h). */
struct destroy_paper {
	enum paper_kind kind;
	struct hrv_id id;
	bool again;	      /* as DESTROY_AGAIN */
	const char *approval; /* as in destroy_item */
};

struct destroy_args {
	const struct hrv_id *run;
	const struct judge *judge; /* made inside this transaction */
	const struct destroy_item *items;
	size_t n;
	const struct destroy_paper *papers;
	size_t n_papers;
	const struct hrv_id *person; /* a person who should not be here goes
				      * with all records; else NULL */
	const char *person_rule;     /* why, for tombstones and certificate */
	const char *person_cite;
	const struct over *over; /* people of whom nothing else is left, or
				  * NULL; judged again as well */
	bool over_again;	 /* were destroyed before, as DESTROY_AGAIN */
	const json_t *approvals; /* ids of the lists that people approved,
				  * for the entry; NULL or empty: none */
	bool alone;		 /* in founding: one member made the lists */
	bool whole;		 /* of everything that was due */
	struct receipt **intent; /* of the run's purge.intent entry; closed
				  * when something was destroyed */
};

/* What a commit did. */
struct destroy_result {
	size_t records; /* records of which a version was destroyed */
	size_t versions;
	size_t identities; /* that went with a last record */
	size_t papers;
	size_t details; /* typed reasons that went along */
	size_t orphans; /* unused keys left out: retired, or over 30 days */
	uint32_t gen_before;
	uint32_t gen_after;
	json_t *facts;	/* what the certificate is made of */
	json_t *spared; /* items that turned out protected: id and why */
	uint64_t leaf;	/* the purge.commit entry */
};

/* Whether anything was destroyed, so that there is a run to finish. */
static inline bool
destroy_any(const struct destroy_result *r)
{
	return r->versions + r->papers > 0;
}

/*
 * Inside the open write transaction: judges every item and paper again, builds
 * the next keystore generation without the keys of those that may go, takes
 * their headers, index rows and reasons out, puts tombstones in, moves the
 * vault to the new generation and logs purge.commit. The caller commits. When
 * nothing is left to destroy, destroy_any() is false and nothing was changed.
 * *ret is given back with destroy_clear() in any case.
 */
int destroy_commit(struct hrv_vault *v, const struct destroy_args *args,
    struct destroy_result *ret, struct hrv_err *err) HRV_MUST_CHECK;
void destroy_clear(struct destroy_result *r);
/* How a rotation wants the next generation built. */
struct destroy_rotation {
	keystore_rewrap_fn *rewrap; /* NULL: every key as it is wrapped */
	void *ctx;
	const struct key *k_write; /* of the next generation; NULL: the one
				    * in force */
	bool drop_retired; /* leave out the keys of records that were sealed
			    * anew; the caller has verified the log */
};
/*
 * Inside the open write transaction: builds the next keystore generation with
 * every key there is, also orphans, and moves the vault to it. Of *ret the
 * generations, orphans (retired keys left out) and facts are set, for the
 * entry that the caller logs: keys_before, keys_after, their hashes. Given
 * back with destroy_clear() in any case. The caller commits.
 */
int destroy_rotate(struct hrv_vault *v, const struct destroy_rotation *how,
    struct destroy_result *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * After the commit: makes the old generation unreadable for good and empties
 * the write-ahead log. HRV_EBUSY while readers hold it: the next writer or run
 * finishes it.
 */
int destroy_finish(
    struct hrv_vault *v, uint32_t old_gen, struct hrv_err *err) HRV_MUST_CHECK;

#endif
