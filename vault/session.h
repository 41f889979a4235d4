/* SPDX-License-Identifier: ISC */
/*
 * A session: one command's right to write the log. Its Ed25519 key lives in
 * secure memory; the member's OpenPGP key certifies it once, together with
 * the head of the log it saw, in the session.open entry. A lock file in
 * sessions/ tells others whether it still runs. Layer: verbs.
 */
#ifndef VAULT_SESSION_H
#define VAULT_SESSION_H

#include "vault/handle.h"
#include "vault/log/leaf.h"

struct session {
	uint8_t id[LEAF_SESSION];
	char hex[2 * LEAF_SESSION + 1];
	struct key *seed;
	uint8_t pub[32];
	int lock_fd;
	char *lock_path;
	bool opened;	       /* its session.open entry is in the log */
	bool certified;	       /* open_leaf holds a certificate */
	struct leaf open_leaf; /* prepared session.open entry */
};

/* Makes the session with its key and lock file. */
int session_new(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* Removes the lock file and wipes the key; NULL is fine. */
void session_free(struct session *s);
/*
 * Fills the session.open entry for the given head and has the member's
 * OpenPGP key sign it. Done before the write lock is taken (a pinentry may
 * wait for a person), and again under it when the head has moved meanwhile.
 */
int session_certify(struct hrv_vault *v, const struct tree_frontier *head,
    struct hrv_err *err) HRV_MUST_CHECK;
/* True when the session with that id (32 hex digits) has ended or died: its
 * lock file is gone or free. */
bool session_is_dead(const struct hrv_vault *v, const char *hex);
/* Removes the lock files of all dead sessions. Under the write lock, after
 * what they left open was closed. */
void session_bury_dead(const struct hrv_vault *v);

#endif
