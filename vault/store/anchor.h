/* SPDX-License-Identifier: ISC */
/*
 * The anchor of a keystore generation: 32 random bytes in anchor.<gen>,
 * without which keys.<gen>.db cannot be opened by anybody. It is in no backup.
 * Destroying it is what destroys the keys of a purge; a reader holds a shared
 * lock on it for as long as it uses them. Layer: store.
 */
#ifndef VAULT_STORE_ANCHOR_H
#define VAULT_STORE_ANCHOR_H

#include <stdint.h>

#include "hrvault/err.h"

#define ANCHOR_SECRET_LEN 32

struct anchor;

/* Writes a new anchor.<gen> (gen > 0) into the vault folder dir, synced with
 * its folder. HRV_EEXISTS, HRV_EIO. */
int anchor_create(
    const char *dir, uint32_t gen, struct hrv_err *err) HRV_MUST_CHECK;

/* Opens, locks (shared) and checks anchor.<gen>; *ret_anchor is given back
 * with anchor_close(). HRV_ENOTFOUND when the generation is gone (look again
 * which one is in force), HRV_EINTEGRITY when the bytes are not an anchor's or
 * another generation's (also while it is being destroyed), HRV_EBUSY when its
 * destroyer holds it for longer than timeout_ms. */
int anchor_open(const char *dir, uint32_t gen, unsigned timeout_ms,
    struct anchor **ret_anchor, struct hrv_err *err) HRV_MUST_CHECK;

/* Its ANCHOR_SECRET_LEN bytes, borrowed until anchor_close(). */
const uint8_t *anchor_secret(const struct anchor *anchor);

/* Unlocks, wipes, frees; NULL is fine. */
void anchor_close(struct anchor *anchor);

/* Overwrites anchor.<gen> with random bytes, syncs, unlinks it and syncs the
 * folder, under an exclusive lock for which it waits up to timeout_ms:
 * HRV_EBUSY when readers stay. This process must have closed it before. A
 * missing anchor is fine, a damaged one is destroyed all the same. */
int anchor_destroy(const char *dir, uint32_t gen, unsigned timeout_ms,
    struct hrv_err *err) HRV_MUST_CHECK;

#endif
