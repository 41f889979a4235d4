/* SPDX-License-Identifier: ISC */
/*
 * Whose a record is, folded from the log: every record that any entry ever gave
 * to the people a run looks at, with its last state and the day of the run that
 * destroyed it. What counts from the destruction of other records, and that
 * somebody has no record left, is believed from here and not from a table: a
 * row that was forged, lost or put back destroys nothing. Layer: verbs.
 */
#ifndef VAULT_OWNED_H
#define VAULT_OWNED_H

#include "hrvault/policy.h"
#include "vault/base/id.h"
#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/log/leaf.h"
#include "vault/terms.h"
#include "vault/txn.h"
#include "vault/version.h"

struct fold;

struct owned_record {
	struct hrv_id record;
	uint8_t state[32]; /* as stated last */
	bool known;
	uint32_t loss; /* its last one, plus one; 0: none */
	uint32_t mark; /* likewise */
	/* By owned_check(): */
	bool there; /* not so once its stub has ended */
	struct hrv_id subject;
};

/* What a run destroyed of a record, and as what: it may have been filed anew
 * since, and what counts from its destruction does not follow it. */
struct owned_loss {
	char day[11];
	bool voided; /* as filed in error */
	/* The entry does not tell whether it did: it stated the record without
	 * a change, or names no approval where there was none to name. */
	bool doubt;
	struct hrv_id subject;		  /* no kind: whose it is now */
	char class_name[CLASS_NAME_SIZE]; /* "": as it is now */
	struct hrv_id last;		  /* whom that person became */
	uint32_t before; /* of the same record, plus one; 0: none */
};

struct owned_pair {
	struct hrv_id a, b;
};

struct owned_merge {
	struct hrv_id from, into;
	struct hrv_id last; /* whom that one became; by owned_check() */
	size_t at;	    /* in the order of the log */
};

/* A record that was marked as filed in error, and by which approval. */
struct owned_mark {
	uint32_t before;	     /* of the same record, plus one; 0: none */
	char proposal[ID_TEXT_SIZE]; /* "": by one member, in founding */
};

struct owned {
	bool on;      /* asked for */
	bool checked; /* owned_check() went through */
	struct owned_record *list;
	size_t n;
	uint32_t *slots; /* where a record is in the list, plus one */
	size_t n_slots;
	struct owned_loss *losses;
	size_t n_losses;
	struct owned_merge *merges;
	size_t n_merges;
	struct owned_mark *marks;
	size_t n_marks;
	uint64_t *imports; /* intents that name somebody who is looked at */
	size_t n_imports;
	/* By owned_check(): */
	uint32_t *sorted;	  /* the list by subject */
	struct owned_pair *links; /* a is named by record b; sorted */
	size_t n_links;
	struct owned_loss *counts; /* losses with whose and what; sorted */
	size_t n_counts;
};

/* Frees all of it; off again. */
void owned_clear(struct owned *o);
/* Takes one verified entry, in order; of the fold the people count that it
 * looks out for. */
int owned_leaf(struct fold *f, const struct leaf *leaf, const json_t *payload,
    const struct manifest *things, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Demands that each of these records is in the database what the log stated
 * last, and is called destroyed exactly when no version of it is left.
 * HRV_EINTEGRITY otherwise. Begins the part below anew; in a transaction, whose
 * own changes come after it.
 */
int owned_check(
    struct hrv_vault *v, struct fold *f, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether anything but who it is lives of a person, or a living record of
 * somebody else names him or her. */
int owned_lives(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Whether anything of the person was destroyed that was not filed in error, or
 * the person was merged. HRV_EINTEGRITY when the log knows nothing of which it
 * could be said.
 */
int owned_is_over(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Compares each class.<id>.destroyed that a class counts from with what the log
 * says of the person. Where an entry leaves open what it destroyed, the later
 * day takes its place in the facts, or none. HRV_EINTEGRITY when they differ
 * without such a doubt.
 */
int owned_check_facts(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, const struct hrv_class *c,
    struct facts *facts, struct hrv_err *err) HRV_MUST_CHECK;

#endif
