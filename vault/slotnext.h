/* SPDX-License-Identifier: ISC */
/*
 * The next generation of the slot file: what every change of members or keys
 * has in common. The file is made from the one in force, signed and durable
 * before the log names it, and in force with the commit; one that was written
 * and never named is an aborted change that every reader passes over.
 * Layer: verbs.
 */
#ifndef VAULT_SLOTNEXT_H
#define VAULT_SLOTNEXT_H

#include "vault/base/json.h"
#include "vault/handle.h"

/* A copy of the slot file in force with the next number, chained to it and
 * without signatures. *ret is freed with slots_free(). HRV_ENOMEM. */
int slotnext_new(struct hrv_vault *v, struct slots **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Seals to fpr, whose certificate to_pgp has, the keys of a role with these
 * compartments ("a,b" or "-") and puts the grant into next; ids (may be NULL)
 * gets the comma-separated key ids. HRV_EREFUSED ("key-not-held") when the
 * caller lacks a key that belongs into it: nobody can grant what he does not
 * hold. HRV_EKEY when the key of fpr cannot be encrypted to. Nothing is
 * written.
 */
int slotnext_grant(struct hrv_vault *v, struct pgp *to_pgp, struct slots *next,
    const char *fpr, struct buf *ids, struct hrv_err *err) HRV_MUST_CHECK;

/* Whether the caller holds every version of every key that belongs into the
 * grant of a member of next, so that all of it can be sealed again. */
bool slotnext_holds_all(const struct hrv_vault *v, const struct slots *next,
    const struct slot_member *m);

/* A new version of a key. */
struct slotnext_key {
	char name[KEY_ID_SIZE]; /* "kek/pay" */
	char id[KEY_ID_SIZE];	/* "kek/pay.2" */
	uint32_t version;
};
/*
 * Makes the next version of a key: into the caller's ring and into next,
 * enabled, sealed to every member of next whose role and compartments take it,
 * by the certificates of the slot file; every version before it gets the
 * status `old`. A member whose other keys the caller does not hold gets it as
 * a grant of its own beside those he has. HRV_EKEY ("member-key") when one of
 * them cannot be sealed to. Nothing is written.
 */
int slotnext_rotate(struct hrv_vault *v, struct slots *next, const char *name,
    enum key_status old, struct slotnext_key *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/*
 * Inside the open transaction: signs and writes the file, durably, before the
 * log names it. The payload of the entry that is the reason for the change
 * gets "founding_ended" when next has two approvers for the first time.
 */
int slotnext_write(struct hrv_vault *v, struct slots *next, json_t *payload,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Logs slots.adopt, the last entry of the change, and makes vault.db name the
 * written file; founding ends here. Entries up to this one carry the old slot
 * file's hash, as v->slots still is the old one.
 */
int slotnext_log(struct hrv_vault *v, const struct slots *next,
    struct hrv_err *err) HRV_MUST_CHECK;

/* After the commit: next becomes v->slots (*next is set to NULL), is
 * remembered as verified, and files older than its predecessor go. */
void slotnext_use(struct hrv_vault *v, struct slots **next);

#endif
