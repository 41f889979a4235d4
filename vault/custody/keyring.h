/* SPDX-License-Identifier: ISC */
/*
 * The vault keys that one member holds, in secure memory, and the grant that
 * carries them: "hrvault-grant/1" and one line "<key id> <base64>" per key,
 * the plaintext of one OpenPGP message. Layer: custody. Invariant: a key is
 * in the ring only if it matched its check value in the slot file.
 */
#ifndef VAULT_CUSTODY_KEYRING_H
#define VAULT_CUSTODY_KEYRING_H

#include "vault/base/buf.h"
#include "vault/crypto/key.h"
#include "vault/custody/slots.h"

struct keyring_entry {
	char id[KEY_ID_SIZE]; /* "kek/pay.3" */
	char name[KEY_ID_SIZE];
	uint32_t version;
	struct key *key;
};

struct keyring {
	struct keyring_entry *entries;
	size_t n;
};

#define KEYRING_INIT                                                           \
	{                                                                      \
		NULL, 0                                                        \
	}

/* Wipes and frees every key; r is empty and usable again. */
void keyring_clear(struct keyring *r);
/* Adds a key under its id; takes it over and sets *key to NULL, also on
 * failure. */
int keyring_add(struct keyring *r, const char *id, struct key **key,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Wipes the key of that id, if it is held. */
void keyring_drop(struct keyring *r, const char *id);
/* A new random key of that name and version into the ring and, enabled and
 * with its check value, into the slot file. */
int keyring_create(struct keyring *r, struct slots *s, const char *name,
    uint32_t version, struct hrv_err *err) HRV_MUST_CHECK;
/* The key of that name and version, or NULL. Borrowed. */
const struct key *keyring_get(
    const struct keyring *r, const char *name, uint32_t version);
/* The newest key of that name that is enabled in the slot file, with its
 * version; NULL when the member holds none. Borrowed. */
const struct key *keyring_current(const struct keyring *r,
    const struct slots *s, const char *name, uint32_t *ret_version);
/* True when any version of that name is held. */
bool keyring_has(const struct keyring *r, const char *name);

/*
 * Reads the plaintext of a grant and keeps the keys whose check value in the
 * slot file fits. HRV_EINTEGRITY when a key is unknown there or does not fit.
 */
int keyring_read_grant(struct keyring *r, const struct slots *s,
    const struct buf *plain, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * Writes the grant for a role and its compartments ("a,b" or "-"): exactly
 * the keys of the key matrix, every version that the ring holds and that s
 * does not call destroyed. ids gets the comma-separated key ids. HRV_EREFUSED
 * when the ring lacks a key that is to be granted: nobody can grant what he
 * does not hold.
 */
int keyring_write_grant(const struct keyring *r, const struct slots *s,
    const struct slot_member *m, struct buf *plain, struct buf *ids,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Writes a grant of that one key. HRV_ENOMEM. */
int keyring_write_one(const struct keyring *r, const char *id,
    struct buf *plain, struct hrv_err *err) HRV_MUST_CHECK;
/* True when the key of that name belongs into the grant of a member. */
bool keyring_belongs(const struct slot_member *m, const char *name);

#endif
