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
#include "vault/txn.h"

struct fold;

struct owned_record {
	struct hrv_id record;
	uint8_t state[32]; /* as stated last */
	char day[11];	   /* of the last run that stated it, or "" */
	bool known;
	bool voided;	   /* by that run, as filed in error */
	bool reclassified; /* ever */
	/* By owned_check(): */
	bool there; /* not so once its stub has ended */
	bool links; /* it names other people */
	struct hrv_id subject;
};

struct owned_pair {
	struct hrv_id a, b;
};

/* A record that was marked as filed in error, and by which approval. */
struct owned_mark {
	struct hrv_id record;
	char proposal[ID_TEXT_SIZE]; /* "": by one member, in founding */
};

struct owned {
	bool on;      /* asked for */
	bool checked; /* owned_check() went through */
	struct owned_record *list;
	size_t n;
	uint32_t *slots; /* where a record is in the list, plus one */
	size_t n_slots;
	uint32_t *sorted;	   /* the list by subject; by owned_check() */
	struct owned_pair *merges; /* a became b */
	size_t n_merges;
	struct owned_mark *marks;
	size_t n_marks;
	uint64_t *imports; /* intents that name somebody who is looked at */
	size_t n_imports;
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
/* Whether a record of the person was destroyed that was not filed in error, or
 * the person was merged. HRV_EINTEGRITY when there never was one of either. */
int owned_is_over(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Compares each class.<id>.destroyed that a class counts from with what the log
 * says of the person. *ret is false where it cannot tell, because a record was
 * filed under another class in between; then it is not due. HRV_EINTEGRITY when
 * they differ.
 */
int owned_check_facts(struct hrv_vault *v, const struct owned *o,
    const struct hrv_id *subject, const struct hrv_class *c,
    const struct hrv_facts *facts, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
