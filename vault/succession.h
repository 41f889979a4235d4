/* SPDX-License-Identifier: ISC */
/*
 * Where the log goes on under another origin: after a restore, or when two
 * people accepted an older state. Checkpoints of the origin before it are
 * still checked: against the entries that stayed, and against what two people
 * gave up. Layer: verbs. docs/formats/backup.md.
 */
#ifndef VAULT_SUCCESSION_H
#define VAULT_SUCCESSION_H

#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/log/tree.h"

/* A head of a log. */
struct head {
	uint64_t size;
	uint8_t root[TREE_HASH];
};

struct succession {
	uint64_t leaf;			/* of its entry */
	char was[NOTE_NAME_MAX + 1];	/* origin of the entries that stay */
	char before[NOTE_NAME_MAX + 1]; /* of the head that is given up */
	char origin[NOTE_NAME_MAX + 1];
	bool restore;		 /* or an accepted rollback */
	uint64_t fork;		 /* entries before it stayed */
	uint8_t root[TREE_HASH]; /* of these */
	struct head lost;	 /* what was given up ends here */
};

/*
 * Inside the open transaction: logs log.succession, keeps its row and moves the
 * handle and the vault to the next origin, which nobody has seen. lost: the
 * head that is given up, of the origin `before`; fork: entries that stay.
 * reason: "restore" or "rollback".
 */
int succession_log(struct hrv_vault *v, const char *reason, uint64_t fork,
    const char *before, const struct head *lost,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The last succession of all; HRV_ENOTFOUND without a message worth showing.
 * What it says is read from the log's entry. */
int succession_last(struct hrv_vault *v, struct succession *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The nth succession (from 0) that may speak of a head of that origin: the one
 * that passed it, and any by which people gave up one of it. HRV_ENOTFOUND
 * likewise. */
int succession_find(struct hrv_vault *v, const char *origin, size_t nth,
    struct succession *ret, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Demands that a checkpoint of an earlier origin is one of what stayed or of
 * what was given up: by its root where the entries are known, else by the
 * approval of a second member. HRV_EINTEGRITY "rollback" otherwise.
 */
int succession_check(struct hrv_vault *v, const struct succession *s,
    const struct note_checkpoint *cp, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The same while a restore waits for its approval: whether a checkpoint is one
 * of what stayed or of what the vault's last succession would give up, whoever
 * approves. Good for looking at it and approving it, never for going on by it.
 */
int succession_waits(struct hrv_vault *v, const struct succession *s,
    const struct note_checkpoint *cp, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Demands that a succession is what another member agreed to: the entry beside
 * it names a proposal for exactly what stays and what is given up, signed by
 * somebody else than who made it; a restore without its log names two.
 * HRV_EINTEGRITY "rollback" otherwise.
 */
int succession_people(struct hrv_vault *v, const struct succession *s,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that what a proposal to restore says of what stays and of what is
 * given up is what the vault's last succession did. HRV_EINTEGRITY. */
int succession_agrees(struct hrv_vault *v, const json_t *what,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Reads {"size","root"}; false when it is none. */
bool succession_head(const json_t *o, struct head *ret);
/* The error of a client that remembers more: HRV_EINTEGRITY "rollback". */
int succession_unknown(struct hrv_err *err);
/* Sets the log's public key to the origin in force. */
int succession_vkey(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether a is an origin that the log gets after it had b. */
bool succession_later(const char *a, const char *b);
/* The origin after this one: log1 is followed by log2. HRV_EINTEGRITY when it
 * does not end in a number. */
int succession_next(const char *origin, char ret[NOTE_NAME_MAX + 1],
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
