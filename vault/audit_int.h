/* SPDX-License-Identifier: ISC */
/*
 * What the files audit*.c share. Internal. Layer: verbs.
 */
#ifndef VAULT_AUDIT_INT_H
#define VAULT_AUDIT_INT_H

#include "vault/base/json.h"
#include "vault/handle.h"
#include "vault/log/leaf.h"
#include "vault/log/note.h"

struct hrv_doc;

/* The newest stored checkpoint, verified; its text is appended to note. */
int audit_newest(struct hrv_vault *v, struct buf *note,
    struct note_checkpoint *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Hands doc out when ok, else frees it: HRV_ENOMEM. doc is taken over. */
int audit_doc(json_t *doc, bool ok, struct hrv_doc **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* Who opened a session. */
struct audit_session {
	uint8_t id[LEAF_SESSION];
	char member[65];
	char role[16];
};
struct audit_sessions {
	struct audit_session *list;
	size_t n;
};

/* Notes the session that a session.open entry opens. */
int audit_session_add(struct audit_sessions *s, const struct leaf *l,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whose it is, or NULL. */
const struct audit_session *audit_session_find(
    const struct audit_sessions *s, const uint8_t id[LEAF_SESSION]);

/* One entry as a document; payload is stored text or NULL. *ret is the
 * caller's (json_decref). */
int audit_entry_doc(const struct leaf *l, const struct audit_session *s,
    const void *payload, size_t payload_len, json_t **ret,
    struct hrv_err *err) HRV_MUST_CHECK;

/* audit_reasons.c: opens the typed reasons of these documents (an array of
 * entries, with "reason" still unset) under one logged intent of the operation
 * op. */
int audit_reasons(struct hrv_vault *v, const char *op, json_t *entries,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
