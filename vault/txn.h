/* SPDX-License-Identifier: ISC */
/*
 * Write transactions: every change of a vault happens between txn_begin() and
 * txn_commit(). Beginning takes the one write lock, closes what dead sessions
 * left open and, the first time in a command, opens the session; committing
 * makes the keys durable first, then the bodies, then vault.db, whose commit
 * is the commit. Layer: verbs.
 */
#ifndef VAULT_TXN_H
#define VAULT_TXN_H

#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/log/leaf.h"

/* One thing a batch touched. */
struct manifest_row {
	struct hrv_id id;
	uint8_t state[32]; /* canonical state afterwards; unused in reads */
};

struct manifest {
	struct manifest_row *rows;
	size_t n;
	bool states; /* rows carry states */
};

struct approval;

/* What a verb wants logged; start from ENTRY(op). Pointers are borrowed. */
struct entry {
	const char *op;
	enum op_phase phase;
	const struct hrv_id *subject;
	const struct hrv_id *record;
	const struct hrv_id *hold;
	const struct hrv_id *kase;
	const struct hrv_id *proposal;
	const struct approval *uses; /* an intent that uses this one up */
	const struct hrv_id *run;
	const struct hrv_id *backup;
	const char *comp;
	const json_t *payload;	   /* canonical payload, no personal data */
	const uint8_t *state;	   /* 32 bytes */
	const uint8_t *detail;	   /* 32 bytes: commitment to a sealed text */
	struct manifest *manifest; /* sorted by txn_entry() */
	const uint64_t *ref;	   /* outcome: index of its intent */
	enum leaf_result result;   /* LEAF_OK unless an intent */
	const char *code;	   /* of a refusal or failure */
};
#define ENTRY(name)                                                            \
	{                                                                      \
		.op = (name), .phase = OP_SINGLE, .result = LEAF_OK            \
	}

/*
 * Takes the write lock, reads what is in force (generation, log head,
 * schedule, holds), finishes what dead sessions left, and writes the
 * session.open entry if this command has none yet. HRV_EBUSY: another writer,
 * or the slot file changed since the vault was opened. HRV_EINTEGRITY
 * ("holds"): the holds of the table do not follow from the last entry; nothing
 * is written over them.
 */
int txn_begin(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* Signs and adds one entry; *ret_index (may be NULL) is its number. */
int txn_entry(struct hrv_vault *v, struct entry *e, uint64_t *ret_index,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Makes the transaction durable, with a signed checkpoint of the new head
 * unless the command will commit again (last = false). HRV_ELOG when the
 * medium refuses: nothing of it then happened.
 */
int txn_commit(
    struct hrv_vault *v, bool last, struct hrv_err *err) HRV_MUST_CHECK;
/* Undoes an open transaction; without one it does nothing. */
void txn_abort(struct hrv_vault *v);

/*
 * Logs that `e->op` was refused or failed for this error, in a transaction of
 * its own, and returns the error's code: for `return txn_refuse(v, &e, err)`.
 * A role that cannot write the log gets only the error.
 */
int txn_refuse(struct hrv_vault *v, struct entry *e, struct hrv_err *err);

/* Adds one row; the array grows. */
int manifest_add(struct manifest *m, const struct hrv_id *id,
    const uint8_t *state, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees the rows; m is empty again. */
void manifest_clear(struct manifest *m);
/* Whether the list, sorted by manifest_hash() (or of one row), has that id. */
bool manifest_has(const struct manifest *m, const struct hrv_id *id);
/* Hash of the canonical list: [{"id":...,"state":...},...] sorted by id. */
int manifest_hash(
    struct manifest *m, uint8_t out[32], struct hrv_err *err) HRV_MUST_CHECK;

#endif
