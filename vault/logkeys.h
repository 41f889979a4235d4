/* SPDX-License-Identifier: ISC */
/*
 * The keys that have signed the log's checkpoints, one after the other: the
 * first from the founding entry, each later one from a log.succession entry.
 * Layer: verbs. A checkpoint counts only by the key that was in force at its
 * size: who still has an old key can sign nothing new.
 */
#ifndef VAULT_LOGKEYS_H
#define VAULT_LOGKEYS_H

#include "vault/base/json.h"
#include "vault/handle.h"

/* One key. It signs checkpoints of more than `from` entries, up to and
 * including the `from` of the next one. */
struct logkey {
	struct note_vkey vkey;
	uint64_t from; /* number of the entry that brought it */
};

/* Reads all of them, oldest first, into the handle, each from the entry that
 * brought it. HRV_EINTEGRITY: those known before stay. */
int logkeys_load(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* The public half of the log's key that the member holds, under that origin.
 * HRV_ENOTFOUND: the role holds none. */
int logkeys_held(struct hrv_vault *v, const char *origin, struct note_vkey *ret,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Whoever holds the log's key checks that the newest is its public half.
 * HRV_EINTEGRITY. */
int logkeys_check_held(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* The list for whoever verifies elsewhere: vkey and from, oldest first. NULL:
 * out of memory. */
json_t *logkeys_json(const struct hrv_vault *v);
void logkeys_clear(struct hrv_vault *v);
/* The key that signs checkpoints of that size, under an origin that the log
 * has or had. */
int logkeys_vkey(const struct hrv_vault *v, const char *origin, uint64_t size,
    struct note_vkey *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Reads and verifies a checkpoint of the origin in force by the key of its
 * size. Errors as note_open(). */
int logkeys_open(const struct hrv_vault *v, const void *note, size_t len,
    struct note_checkpoint *ret, struct hrv_err *err) HRV_MUST_CHECK;
/* Inside the open transaction: logs that the log goes on under this key from
 * here on. It counts in the handle with the next logkeys_load(). */
int logkeys_succeed(struct hrv_vault *v, const struct note_vkey *vkey,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
