/* SPDX-License-Identifier: ISC */
/*
 * Replacing one key of the vault: what the kinds of keys have in common and
 * where they differ. Layer: verbs.
 */
#ifndef VAULT_ROTATE_H
#define VAULT_ROTATE_H

#include "hrvault/keys.h"
#include "vault/base/json.h"
#include "vault/destroy.h"
#include "vault/slotnext.h"

/* One rotation on its way. */
struct rotate {
	struct hrv_vault *v;
	const char *name;			/* "kek/pay" */
	const struct hrv_key_rotate_args *args; /* whom to tell, or NULL */
	struct slots *next; /* the slot file that will be in force */
	struct slotnext_key key;
	struct receipt *receipt;    /* of the key.rotate intent */
	json_t *payload;	    /* of its outcome */
	struct destroy_result keys; /* where a generation was built */
	bool built;
	size_t rewrapped;
};

/*
 * What a kind of key needs besides a new version in the slot file; each runs
 * inside the transaction that makes the rotation true, after the slot file was
 * written, and adds what it did to the payload.
 */
int rotate_kek(struct rotate *r, struct hrv_err *err) HRV_MUST_CHECK;
/* vault.db knows which version of "kek/pay" wraps what, to tell who can open
 * it: from now on this one. */
int rotate_versions(struct hrv_vault *v, const char *name, uint32_t version,
    struct hrv_err *err) HRV_MUST_CHECK;
int rotate_write(struct rotate *r, struct hrv_err *err) HRV_MUST_CHECK;
int rotate_index(struct rotate *r, struct hrv_err *err) HRV_MUST_CHECK;
/* The identities that a new key of the index has to open. */
int rotate_index_things(struct hrv_vault *v, struct manifest *m,
    struct hrv_err *err) HRV_MUST_CHECK;
/* After the outcome's entry: log.succession, with the new key of the log. */
int rotate_write_succeed(struct rotate *r, struct hrv_err *err) HRV_MUST_CHECK;

/* Builds the next keystore generation and says so in the payload. */
int rotate_build(struct rotate *r, const struct destroy_rotation *how,
    struct hrv_err *err) HRV_MUST_CHECK;

/* The whole of a rotation of the key of the database, which rewrites vault.db
 * and therefore wants it alone: HRV_EBUSY while another command runs. Adds to
 * done as rotate_report() does. */
int rotate_meta(
    struct hrv_vault *v, json_t *done, struct hrv_err *err) HRV_MUST_CHECK;
/* Begins the payload: which key follows which. */
int rotate_payload(struct rotate *r, struct hrv_err *err) HRV_MUST_CHECK;
/* Adds to done what was rotated: key, members, rewrapped. */
int rotate_report(
    const struct rotate *r, json_t *done, struct hrv_err *err) HRV_MUST_CHECK;
/* Frees all; a key that did not come into force is wiped. */
void rotate_clear(struct rotate *r);

/* Where a generation was built: that the one before is to be destroyed, also if
 * we do not live to; and destroying it after the commit. *ret_done is false
 * while a reader still holds it. */
int rotate_note_generation(
    struct rotate *r, uint64_t leaf, struct hrv_err *err) HRV_MUST_CHECK;
int rotate_finish(
    struct rotate *r, bool *ret_done, struct hrv_err *err) HRV_MUST_CHECK;

/* What sealing records anew came to. */
struct reencrypted {
	size_t records;
	size_t kept; /* held, or in an open case: they keep their keys */
	bool finished;
};
/* Whether sealing anew was begun in a compartment and not finished. */
int reencrypt_begun(struct hrv_vault *v, const char *compartment, bool *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Seals every record of the compartment anew, in steps that each are whole, and
 * goes on where an earlier one ended; then leaves the keys before out of the
 * keystore. Under a hold and in an open case a record stays as it is.
 */
int reencrypt(struct hrv_vault *v, const char *compartment,
    const struct hrv_key_rotate_args *args, struct reencrypted *ret,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
