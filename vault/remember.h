/* SPDX-License-Identifier: ISC */
/*
 * What a client remembers of a vault: the newest checkpoint it saw, in its
 * own state folder, and which slot files it verified. Whoever has seen more
 * of the log than it shows now knows that it was rolled back. Layer: verbs.
 */
#ifndef VAULT_REMEMBER_H
#define VAULT_REMEMBER_H

#include "vault/handle.h"

/*
 * Demands that the open log continues the checkpoint this client remembers:
 * at least as long, and with the same root at that size. HRV_EINTEGRITY
 * ("rollback") otherwise. Nothing remembered is fine: the first visit.
 */
int remember_check(struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* What an opened vault must stand: remember_check(), and that it does not wait
 * for the approval of its restore (HRV_ECONFIRM "restoring"), but for what the
 * caller's args let pass: then v->behind is set, and the client goes on
 * remembering what it did. */
int remember_open(struct hrv_vault *v, const struct hrv_open_args *args,
    struct hrv_err *err) HRV_MUST_CHECK;
/* The same for one checkpoint of the caller's (text of a signed note), with
 * `who` in the message: "this client", "seen/<name>". own: this client verified
 * and kept it, so it counts also where the key that signed it was given up. */
int remember_check_note(struct hrv_vault *v, const struct buf *note, bool own,
    const char *who, struct hrv_err *err) HRV_MUST_CHECK;
/* Writes the newest checkpoint to the client's folder and to seen/, where
 * purge runs read it. Nothing while the vault is behind what the client
 * remembers, or waits for the approval of its restore. */
int remember_save(struct hrv_vault *v, const struct buf *note,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Writes it to the client's folder only: for who may not write the vault. */
int remember_save_own(struct hrv_vault *v, const struct buf *note,
    struct hrv_err *err) HRV_MUST_CHECK;
/* Size of the log in the checkpoint that this client remembers; 0: none. */
uint64_t remember_size(const struct hrv_vault *v);
/* Demands consistency with every checkpoint in seen/. */
int remember_check_seen(
    struct hrv_vault *v, struct hrv_err *err) HRV_MUST_CHECK;
/* Appends the checkpoint that this client remembers. HRV_ENOTFOUND. */
int remember_own(
    struct hrv_vault *v, struct buf *note, struct hrv_err *err) HRV_MUST_CHECK;
/* Calls fn with every checkpoint in seen/. */
int remember_each_seen(struct hrv_vault *v,
    int (*fn)(void *ctx, const struct buf *note, struct hrv_err *err),
    void *ctx, struct hrv_err *err) HRV_MUST_CHECK;
/* Whether this client verified the signatures of that slot file before. */
bool remember_slots_known(const struct hrv_vault *v, const uint8_t hash[32]);
/* Remembers that it did. Best effort: verifying again is only slower. */
void remember_slots(const struct hrv_vault *v, const uint8_t hash[32]);
/* Whether an entry of the log may not rest on that member, because he had left
 * when this client last saw the vault. It may where the log shows how he left:
 * before that, or when he was let in again. */
bool remember_left(const struct hrv_vault *v, const char *fpr, uint64_t index);
/* Remembers who has left. Best effort; only where the log continues what this
 * client remembers. */
void remember_formers(const struct hrv_vault *v);
/* Whether this client ever saw the vault out of founding. */
bool remember_founded(const struct hrv_vault *v);

#endif
