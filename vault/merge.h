/* SPDX-License-Identifier: ISC */
/*
 * Two entries of one person made one: what the files merge*.c share. Layer:
 * verbs. What is sealed for the one is opened and sealed anew for the other, as
 * when a record is moved, so nothing that is held or in a case can be among it.
 */
#ifndef VAULT_MERGE_H
#define VAULT_MERGE_H

#include "vault/proposal.h"
#include "vault/receipt.h"
#include "vault/subject_correct.h"

/* A record as it was when it was looked at. */
struct merge_record {
	struct hrv_id id;
	uint64_t state_leaf;
	bool linked; /* names the person, and is about somebody else */
};

struct merging {
	struct hrv_vault *v;
	struct subject_row from;
	struct record_row identity; /* of from */
	struct correction to; /* whom it becomes; states and moved are those of
			       * the whole */
	struct merge_record *records;
	size_t n;
	size_t moved;	    /* records that were sealed anew */
	uint8_t things[32]; /* of the records and holds of both, as they were */
	json_t *dropped;    /* fields of the one that the other has otherwise */
	struct receipt *receipt;
	struct approval approval;
};

/* Whether it may be done at all; fills records. Outside of a transaction and
 * again inside. HRV_EREFUSED: "held", "cooling-off", "open-case",
 * "key-not-held", "member"; HRV_EBUSY when something changed in between. */
int merge_check(struct merging *m, struct hrv_err *err) HRV_MUST_CHECK;
/* The identity as it will be, from both: what the other has not is taken over.
 * Fills to.identity, to.changed and dropped. */
int merge_identity(struct merging *m, const json_t *from, const json_t *to,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the transaction, before anything moves: fills things, which is what an
 * approval is for: the state of every living record of both and of every record
 * that names who goes, and each hold that covers one or names who stays. */
int merge_bind(struct merging *m, struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the transaction: moves everything, and fills states and moved. */
int merge_move(struct merging *m, struct hrv_err *err) HRV_MUST_CHECK;

#endif
