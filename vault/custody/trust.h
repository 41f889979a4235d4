/* SPDX-License-Identifier: ISC */
/*
 * Whether a slot file is what its signers signed: its signatures are verified
 * with the certificates it carries, in a private throw-away keyring that
 * knows nothing else. Layer: custody.
 */
#ifndef VAULT_CUSTODY_TRUST_H
#define VAULT_CUSTODY_TRUST_H

#include "vault/custody/slots.h"

struct pgp;

/* A keyring with the certificates of every member and former member. */
struct trust {
	char *home;
	struct pgp *pgp;
};

/* Makes it below tmp_dir and imports every certificate of s; each must be the
 * key whose fingerprint its line names. Freed with trust_clear(). */
int trust_init(struct trust *t, const char *tmp_dir, const struct slots *s,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Asks a keyring, this one or the caller's own, for every key that s has a
 * certificate of, in one gpg call instead of one for each that is named later;
 * what it has not is no error. HRV_EKEY: gpg failed. */
int trust_know(struct pgp *p, const struct slots *s,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Removes the keyring; a zeroed struct is fine. */
void trust_clear(struct trust *t);
/*
 * Demands at least one signature over the signed part of a slot file (text of
 * len bytes, already parsed into s), and every one of them good and by a
 * member or former member named in it. HRV_EINTEGRITY otherwise.
 */
int trust_check_slots(struct trust *t, const struct slots *s, const void *text,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that sig is fpr's good signature over data. HRV_EINTEGRITY. */
int trust_check_sig(struct trust *t, const char *fpr, const struct buf *sig,
    const struct buf *data, struct hrv_err *err) HRV_MUST_CHECK;

#endif
