/* SPDX-License-Identifier: ISC */
/*
 * Keys that somebody knows who should not know them any more. The log says
 * who knew what (member.remove, member.renew), the slot file whether it was
 * replaced; a rotation that is still to be done follows from the two and
 * cannot be ticked off. Layer: verbs.
 */
#ifndef VAULT_EXPOSED_H
#define VAULT_EXPOSED_H

#include "vault/base/json.h"
#include "vault/handle.h"

/* Notes, inside the transaction of entry number leaf, that the member knew
 * these keys (a list of ids). */
int exposed_add(struct hrv_vault *v, const char *fpr, const json_t *ids,
    uint64_t leaf, struct hrv_err *err) HRV_MUST_CHECK;
/*
 * The rotations still to be done, one object a key: key ("kek/pay.1"), name
 * ("kek/pay"), known_to (fingerprints), by (fingerprints of who can do it),
 * command. *ret is the caller's.
 */
int exposed_tasks(
    struct hrv_vault *v, json_t **ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Fingerprints of the members who are granted a key. NULL: out of memory. */
json_t *exposed_holders(const struct slots *s, const char *id);
/* The command that rotates the key of that name, into out. */
void exposed_command(const char *name, char out[96]);

#endif
