/* SPDX-License-Identifier: ISC */
/*
 * How a member's OpenPGP key stands: what the certificate of the slot file
 * says, and what the caller's own keyring knows of a revocation. Layer: verbs.
 */
#ifndef VAULT_STANDING_H
#define VAULT_STANDING_H

#include "vault/custody/trust.h"
#include "vault/handle.h"

/* Days before its end from which a member or its key counts as expiring. */
#define STANDING_EXPIRING_DAYS 30

enum standing {
	STANDING_ACTIVE,
	STANDING_EXPIRING, /* its key or membership ends within 30 days */
	STANDING_UNUSABLE, /* cannot be encrypted to */
	STANDING_EXPIRED,  /* its key has, or the membership is over */
	STANDING_REVOKED
};

/* "active", "expiring", "unusable", "expired", "revoked". Static. */
const char *standing_name(enum standing s);
/*
 * How a member stands now. t holds the certificates of the slot file. A longer
 * life that only the caller's keyring knows counts, because the member can
 * work; nobody can seal to it before it was taken in.
 */
int standing_of(struct hrv_vault *v, struct trust *t,
    const struct slot_member *m, enum standing *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Demands that keys can be sealed to this member now, by the certificate in
 * the slot file. HRV_EKEY ("member-key") naming the member. */
int standing_check_seal(struct hrv_vault *v, struct trust *t,
    const struct slot_member *m, struct hrv_err *err) HRV_MUST_CHECK;

#endif
