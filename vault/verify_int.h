/* SPDX-License-Identifier: ISC */
/*
 * What the files verify*.c share: the state of one verification. Each of them
 * checks one side of an entry (its bytes, its place in the tree, its sense,
 * what it changes) and adds sentences to the report. Internal. Layer: verbs.
 */
#ifndef VAULT_VERIFY_INT_H
#define VAULT_VERIFY_INT_H

#include "vault/caselog.h"
#include "vault/log/append.h"
#include "vault/verify.h"

/* What later entries need to know of an earlier one. */
struct verify_trace {
	const struct op *op; /* NULL: missing or unreadable */
	uint32_t session;    /* number of its session + 1, 0: unknown */
	uint8_t phase;
	uint8_t closed; /* enum verify_closed, a set */
};

/* By which operations an intent was followed. */
enum verify_closed {
	CLOSED = 1, /* its own outcome, or session.lost */
	CLOSED_COMMIT = 2,
	CLOSED_DESTROYED = 4,
	CLOSED_CERTIFICATE = 8
};

struct verify_session {
	uint8_t id[LEAF_SESSION];
	uint8_t pub[32];
	char member[65];
};

struct verify_hold {
	struct hrv_id id;
	uint8_t scope[32];
	bool stated;
	uint8_t state[32]; /* holdplace.h, as stated last */
};

/* A member who is a subject of the vault. */
struct verify_person {
	char member[FPR_SIZE];
	struct hrv_id subject;
};

/* One recovery share. */
struct verify_share {
	uint8_t split[16];
	unsigned index, threshold;
	char custodian[FPR_SIZE];
	uint8_t hash[32];
	uint64_t leaf;
	uint64_t confirmed; /* entry; 0: not yet */
};

/* One adoption of a schedule, law, calendar or controller. */
struct verify_policy {
	uint64_t leaf;
	uint8_t hash[32];
	char kind[16];
	char id[65];
	bool stored; /* the table has it too */
};

struct verify {
	struct hrv_vault *v;
	const struct verify_args *args;
	struct verify_report *report;
	struct tree_frontier f;
	uint64_t bad_heads; /* entries whose head does not fit, */
	uint64_t bad_head;  /* and the first of them */

	struct verify_trace *trace; /* one per entry so far */
	size_t trace_cap;

	struct verify_session *sessions;
	size_t n_sessions;
	size_t sessions_cap;

	struct verify_hold *holds; /* active ones, sorted by id */
	size_t n_holds;
	uint8_t holds_hash[32];
	struct verify_person *persons; /* in no order */
	size_t n_persons;
	struct caselog cases;
	struct verify_policy *policies;
	size_t n_policies;
	struct verify_share *shares; /* as the entries made them */
	size_t n_shares;
	size_t shares_cap;
	uint8_t policy[32]; /* schedule in force */
	bool has_policy;
	bool founded;		/* an entry ended the founding */
	uint8_t slots[32];	/* that the entry before named */
	bool slots_moved;	/* the entry before may have changed them */
	json_t *exposed;	/* "<key> <member> <entry>" of each key that
				 * somebody lost the right to */
	json_t *rows;		/* verify_rows.c: by "<table> <key>" */
	json_t *logkeys;	/* by entry: keys of the log after the first */
	uint64_t manifest_rows; /* seen so far */

	struct note_vkey vkey; /* of the origin at this point of the log */
	bool note_more;	       /* the next stored checkpoint: */
	uint64_t note_size;
	uint64_t note_last;  /* the one before it */
	uint64_t remembered; /* size this client saw, read before the log */
	struct buf note;
};

/* verify.c: a sentence about entry `index`, or about the log as a whole. Each
 * returns HRV_OK or HRV_ENOMEM in y->report (sentences are then counted). */
void verify_problem(struct verify *y, uint64_t index, const char *fmt, ...)
    HRV_PRINTF(3, 4);
void verify_problem_log(struct verify *y, const char *fmt, ...)
    HRV_PRINTF(2, 3);
void verify_remark(struct verify *y, uint64_t index, const char *fmt, ...)
    HRV_PRINTF(3, 4);
/* How many entries, from the first on, have signatures that count as
 * verified. */
uint64_t verify_signed(const struct verify *y);
/* Makes room for one more element; *list may move. */
int verify_grow(void *list, size_t n, size_t *cap, size_t size,
    struct hrv_err *err) HRV_MUST_CHECK;

/* verify_tree.c: appends one leaf hash, comparing every subtree it completes
 * with the stored one; where the leaf's own stored hash differs, that one is
 * taken, so that later entries can still be judged. */
int verify_tree_add(struct verify *y, const uint8_t hash[TREE_HASH],
    struct hrv_err *err) HRV_MUST_CHECK;
/* Appends stored hashes for entries that are missing, up to `index`. */
int verify_tree_gap(
    struct verify *y, uint64_t index, struct hrv_err *err) HRV_MUST_CHECK;
/* Begins with the first stored checkpoint; looks at the one of the size
 * reached; ends with what the tables say of the whole. */
int verify_notes_begin(struct verify *y, struct hrv_err *err) HRV_MUST_CHECK;
int verify_notes_at(struct verify *y, struct hrv_err *err) HRV_MUST_CHECK;
int verify_tree_end(struct verify *y, struct hrv_err *err) HRV_MUST_CHECK;

/* verify_session.c: whose session it is, and both kinds of signatures. */
int verify_session_entry(struct verify *y, const struct leaf *l,
    const struct log_row *row, struct hrv_err *err) HRV_MUST_CHECK;

/* verify_fold.c: what was in force before the entry, then what it changes.
 * json is its payload or NULL. */
void verify_fold_before(struct verify *y, const struct leaf *l);
int verify_fold_after(struct verify *y, const struct leaf *l,
    const json_t *json, const struct manifest *things,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The tables of holds, cases, policies and open intents against the fold. */
int verify_fold_end(struct verify *y, struct hrv_err *err) HRV_MUST_CHECK;
/* verify_holds.c: what an entry says of notices, reviews and of members who
 * are subjects; and the tables of these at the end, with a remark for each
 * hold whose review is overdue. */
int verify_holds_after(struct verify *y, const struct leaf *l,
    const json_t *json, struct hrv_err *err) HRV_MUST_CHECK;
int verify_holds_end(struct verify *y, struct hrv_err *err) HRV_MUST_CHECK;
/* The hash of no holds at all. */
int verify_fold_begin(struct verify *y, struct hrv_err *err) HRV_MUST_CHECK;

/* verify_keys.c: what an entry says of keys, and which key of the log it
 * brings; the tables of exposed keys and of the log's keys against what the log
 * made of them. */
int verify_keys_after(struct verify *y, const struct leaf *l,
    const json_t *json, struct hrv_err *err) HRV_MUST_CHECK;
int verify_keys_succession(
    struct verify *y, const char *vkey, struct hrv_err *err) HRV_MUST_CHECK;
int verify_keys_end(struct verify *y, struct hrv_err *err) HRV_MUST_CHECK;
/* verify_rows.c: what an entry makes of backups, epochs, escrow folders,
 * origins and reviews; at the end their tables against it. */
int verify_rows_after(struct verify *y, const struct leaf *l,
    const json_t *json, struct hrv_err *err) HRV_MUST_CHECK;
int verify_rows_end(struct verify *y, struct hrv_err *err) HRV_MUST_CHECK;
/* verify_share.c: what an entry of recovery shares makes of them, and at the
 * end the table of shares against it. Signatures of custodians are verified
 * where the slot file has their certificate. */
int verify_share_entry(struct verify *y, const struct leaf *l,
    const json_t *json, struct hrv_err *err) HRV_MUST_CHECK;
int verify_share_end(struct verify *y, struct hrv_err *err) HRV_MUST_CHECK;

/* verify_entry.c: one entry, from its stored row. A log_each() function; ctx
 * is the struct verify. */
int verify_row(
    void *ctx, const struct log_row *row, struct hrv_err *err) HRV_MUST_CHECK;

#endif
